//! Images in OCI registries: what a tag stands for, and the components that they hold.

pub mod answer;
pub(crate) mod cache;
pub mod component;
pub mod credentials;
mod helper;
pub(crate) mod layer;
pub(crate) mod location;
mod remote;

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use oci_client::Reference;
use tokio::sync::Semaphore;

use crate::hosts::wire::ImagePullSecret;
use answer::words;
use remote::{Failure, Remote};

/// How long a registry may take to say what a tag stands for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Lookups at once: many Artifacts come due together when a controller begins.
const LOOKUPS: usize = 4;

/// Why it could not be told what an image is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The image is none.
    #[error("`{image}` is no image reference: {reason}")]
    Reference {
        /// As it was given.
        image: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The registry refused, or could not be reached; in its own words.
    #[error("cannot look up {image}: {reason}")]
    Refused {
        /// The image.
        image: String,
        /// The registry's words.
        reason: String,
    },
    /// The registry took too long.
    #[error("cannot look up {image}: the registry did not answer within {} s", PATIENCE.as_secs())]
    TimedOut {
        /// The image.
        image: String,
    },
}

/// The way to registries.
pub trait Registry: Send + Sync {
    /// The digest of the manifest that the image stands for now, as `sha256:…`.
    fn digest<'a>(
        &'a self,
        image: &'a str,
        credentials: Option<&'a ImagePullSecret>,
    ) -> BoxFuture<'a, Result<String, RegistryError>>;
}

/// Registries as the OCI distribution specification has them.
pub struct OciRegistry {
    insecure: bool,
    lookups: Semaphore,
}

impl OciRegistry {
    /// `insecure` speaks HTTP to all registries; otherwise only those of this machine are spoken to so.
    pub fn new(insecure: bool) -> Self {
        Self { insecure, lookups: Semaphore::new(LOOKUPS) }
    }

    async fn look_up(&self, image: &str, credentials: Option<&ImagePullSecret>) -> Result<String, RegistryError> {
        let reference = image.parse::<Reference>();
        let reference = reference
            .map_err(|error| RegistryError::Reference { image: image.to_owned(), reason: error.to_string() })?;
        let _turn = self.lookups.acquire().await;
        let refused = |reason| RegistryError::Refused { image: image.to_owned(), reason };
        let failed = |failure: Failure| refused(words(&failure.words, credentials));
        let remote = Remote::of(&reference, credentials, self.insecure, PATIENCE).map_err(failed)?;
        let answer = tokio::time::timeout(PATIENCE, remote.digest()).await;
        let digest = answer.map_err(|_| RegistryError::TimedOut { image: image.to_owned() })?.map_err(failed)?;
        if is_digest(&digest) { Ok(digest) } else { Err(refused("the registry's answer is no digest".to_owned())) }
    }
}

impl Registry for OciRegistry {
    fn digest<'a>(
        &'a self,
        image: &'a str,
        credentials: Option<&'a ImagePullSecret>,
    ) -> BoxFuture<'a, Result<String, RegistryError>> {
        self.look_up(image, credentials).boxed()
    }
}

/// The image without its tag and digest.
pub fn untagged(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}

/// The registry that an image names; none names Docker Hub.
pub(crate) fn registry_of(image: &str) -> Option<&str> {
    let (first, _) = image.split_once('/')?;
    (first.contains(['.', ':']) || first == "localhost").then_some(first)
}

/// Whether it can stand behind the `@` of an image: what a registry says comes from outside.
fn is_digest(text: &str) -> bool {
    let hex = |hex: &str| hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let of =
        |algorithm: &str, digits| text.strip_prefix(algorithm).is_some_and(|rest| rest.len() == digits && hex(rest));
    of("sha256:", 64) || of("sha512:", 128)
}

/// Whether a registry is on this machine, so that nobody can listen on the way to it.
fn is_loopback(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => registry,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An error with all its causes: the last often says the most.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for registry in ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "127.0.0.1", "registry.localhost:5000"] {
            assert!(is_loopback(registry), "{registry}");
        }
        for registry in ["ghcr.io", "localhost.example.com:5000", "10.0.0.1:5000", "127.0.0.1.example.com"] {
            assert!(!is_loopback(registry), "{registry}");
        }
    }

    #[test]
    fn tag_and_digest_are_cut_off_and_a_port_is_not() {
        for image in ["r:5000/a/b", "r:5000/a/b:1", "r:5000/a/b@sha256:00", "r:5000/a/b:1@sha256:00"] {
            assert_eq!(untagged(image), "r:5000/a/b");
        }
        assert_eq!((untagged("web"), untagged("web:1")), ("web", "web"));
    }

    #[test]
    fn an_image_names_its_registry_or_none() {
        assert_eq!(registry_of("ghcr.io/a/b:1"), Some("ghcr.io"));
        assert_eq!((registry_of("r:5000/a"), registry_of("localhost/a")), (Some("r:5000"), Some("localhost")));
        assert_eq!((registry_of("acme/web:1"), registry_of("web")), (None, None));
    }

    #[test]
    fn a_digest_is_one_of_the_two_that_registries_use() {
        assert!(is_digest(&format!("sha256:{}", "0a".repeat(32))) && is_digest(&format!("sha512:{}", "0a".repeat(64))));
        for text in ["", "sha256:", "sha256:00", "latest"] {
            assert!(!is_digest(text), "{text}");
        }
        assert!(!is_digest(&format!("sha256:{}", "0A".repeat(32))));
        assert!(!is_digest(&format!("sha256:{} x", "0a".repeat(31))));
    }

    #[tokio::test]
    async fn what_is_no_image_is_refused_without_asking_anyone() {
        let refused = OciRegistry::new(false).digest("UPPER CASE", None).await.unwrap_err();
        assert!(refused.to_string().starts_with("`UPPER CASE` is no image reference: "), "{refused}");
    }
}

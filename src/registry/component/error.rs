//! Why a component could not be had, and what to do about it.

use std::path::PathBuf;

use oci_client::Reference;

use super::super::RegistryError;
use super::super::layer::{PullError, Refusal};
use super::Credentials;
use crate::component::ComponentError;

/// Why a component could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The image is none.
    #[error(transparent)]
    Reference(#[from] RegistryError),
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is in the way.
        reason: String,
        /// Whether there is nothing.
        is_missing: bool,
    },
    /// An image cannot be pulled.
    #[error("cannot pull {image}: {reason}")]
    Pull {
        /// The image.
        image: String,
        /// The registry's own words, where it had some.
        reason: String,
        /// What to do about it.
        help: Option<String>,
        /// Whether it wants credentials, and there was nothing in the way of finding some.
        wants_credentials: bool,
    },
    /// What is there is no component.
    #[error("{image}: {source}")]
    NotAComponent {
        /// The image.
        image: String,
        /// What it is.
        source: ComponentError,
    },
}

impl FetchError {
    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Reference(_) => None,
            Self::File { is_missing, .. } => is_missing.then_some("build it, or look at its path again"),
            Self::Pull { help, .. } => help.as_deref(),
            Self::NotAComponent { source, .. } => source.help(),
        }
    }

    /// Whether it wants credentials that nobody has named.
    pub fn wants_credentials(&self) -> bool {
        matches!(self, Self::Pull { wants_credentials: true, .. })
    }

    /// An image that could not be pulled with these credentials.
    pub(super) fn pull(error: PullError, image: &Reference, known: &Credentials) -> Self {
        let registry = image.registry();
        let said = error.reason;
        let (reason, help) = match (error.refusal, &known.secret, &known.trouble) {
            (Refusal::Unauthorized, Some(_), _) if known.is_named => (
                "the registry refuses the credentials of the pull secret".to_owned(),
                Some("look at the user and password in the Secret, and at the name of the image".to_owned()),
            ),
            (Refusal::Unauthorized, Some(_), _) => (
                "the registry refuses the credentials".to_owned(),
                Some(format!("docker login {registry}, or look at the name of the image again")),
            ),
            (Refusal::Unauthorized, None, Some(trouble)) => {
                ("the registry wants credentials".to_owned(), Some(format!("there are none for {registry}: {trouble}")))
            }
            (Refusal::Unauthorized, None, None) => {
                ("the registry wants credentials".to_owned(), Some(format!("docker login {registry}")))
            }
            (Refusal::NotFound, ..) => (
                "the registry does not have it".to_owned(),
                Some("push it, or look at its name and tag again".to_owned()),
            ),
            (Refusal::Unreachable, ..) => {
                // The client names the whole URL before it says why.
                let cause = said.split_once("): ").filter(|(request, _)| request.starts_with("error sending request"));
                (
                    cause.map_or(said.clone(), |(_, cause)| cause.to_owned()),
                    Some(format!("look at the name of the registry: is there a way from here to {registry}?")),
                )
            }
            (Refusal::Other, ..) => (said, None),
        };
        let wants_credentials =
            error.refusal == Refusal::Unauthorized && known.secret.is_none() && known.trouble.is_none();
        Self::Pull { image: error.image, reason, help, wants_credentials }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::wire::ImagePullSecret;

    fn pull(refusal: Refusal, secret: Option<&ImagePullSecret>, trouble: Option<&str>) -> FetchError {
        let trouble = trouble.map(str::to_owned);
        pull_with(refusal, &Credentials { secret: secret.cloned(), is_named: false, trouble })
    }

    fn pull_with(refusal: Refusal, known: &Credentials) -> FetchError {
        let error = PullError { image: "r.io/a:1".to_owned(), reason: "no".to_owned(), refusal };
        FetchError::pull(error, &"r.io/a:1".parse().unwrap(), known)
    }

    #[test]
    fn every_refusal_has_its_remedy() {
        let secret = ImagePullSecret { username: "me".to_owned(), password: "sesame".to_owned() };
        let help = |refusal, secret, trouble| pull(refusal, secret, trouble).help().unwrap_or_default().to_owned();
        let unauthorized = |secret, trouble| pull(Refusal::Unauthorized, secret, trouble).to_string();
        assert_eq!(unauthorized(Some(&secret), None), "cannot pull r.io/a:1: the registry refuses the credentials");
        assert_eq!(unauthorized(None, None), "cannot pull r.io/a:1: the registry wants credentials");
        assert!(help(Refusal::Unauthorized, Some(&secret), None).starts_with("docker login r.io, or look at the name"));
        let named = Credentials { secret: Some(secret.clone()), is_named: true, trouble: None };
        let named = pull_with(Refusal::Unauthorized, &named);
        assert!(named.to_string().ends_with(" the credentials of the pull secret"), "{named}");
        assert!(named.help().unwrap().starts_with("look at the user and password in the Secret"));
        assert_eq!(help(Refusal::Unauthorized, None, Some("x failed")), "there are none for r.io: x failed");
        assert_eq!(help(Refusal::Unauthorized, None, None), "docker login r.io");
        assert!(pull(Refusal::Unauthorized, None, None).wants_credentials());
        assert!(!pull(Refusal::Unauthorized, Some(&secret), None).wants_credentials() && !named.wants_credentials());
        assert!(!pull(Refusal::NotFound, None, None).wants_credentials());
        assert!(help(Refusal::NotFound, None, None).starts_with("push it"));
        assert!(help(Refusal::Unreachable, None, None).ends_with("is there a way from here to r.io?"));
        assert_eq!(help(Refusal::Other, None, None), "");
        assert_eq!(pull(Refusal::Other, None, None).to_string(), "cannot pull r.io/a:1: no");
    }
}

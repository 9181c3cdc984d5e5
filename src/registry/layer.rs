//! Pulling components from OCI registries.

use std::time::Duration;

use futures::StreamExt;
use oci_client::Reference;
use oci_client::errors::{OciDistributionError, OciErrorCode};
use oci_client::manifest::OciDescriptor;

use super::manifest::Manifests;
use super::{PATIENCE, auth, chain};
use crate::hosts::wire::ImagePullSecret;

/// Bytes of a component that are read; a large one has a tenth of it.
pub(crate) const LIMIT: u64 = 256 * 1024 * 1024;

/// The media types that components have had.
const LAYERS: [&str; 3] = [
    "application/wasm",
    "application/vnd.wasm.content.layer.v1+wasm",
    "application/vnd.module.wasm.content.layer.v1+wasm",
];

/// Why a component could not be pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PullError {
    /// The image.
    pub(crate) image: String,
    /// The registry's own words.
    pub(crate) reason: String,
    /// What lies behind them.
    pub(crate) refusal: Refusal,
}

/// What lies behind a registry's refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It wants to know who asks, or somebody else to ask.
    Unauthorized,
    /// It does not have the image.
    NotFound,
    /// It was not reached.
    Unreachable,
    /// Something else.
    Other,
}

/// The way to registries.
pub(crate) struct Layers {
    insecure: bool,
    patience: Duration,
}

/// What an image consists of.
pub(crate) struct Content {
    /// The digest of the component.
    pub(crate) layer: String,
    descriptor: OciDescriptor,
    manifests: Manifests,
}

impl Layers {
    /// `insecure` speaks HTTP to all registries; otherwise only those of this machine are spoken to so.
    pub(crate) fn new(insecure: bool, patience: Duration) -> Self {
        Self { insecure, patience }
    }

    /// Asks what an image is now.
    pub(crate) async fn digest(
        &self,
        image: &Reference,
        secret: Option<&ImagePullSecret>,
    ) -> Result<Content, PullError> {
        let manifests = Manifests::of(image, self.insecure, self.patience).map_err(|error| failed(image, &error))?;
        let auth = auth(secret);
        let patience = self.patience.min(PATIENCE);
        let asked = tokio::time::timeout(patience, manifests.image(image, &auth)).await;
        let asked = asked.map_err(|_| PullError { refusal: Refusal::Unreachable, ..too_slow(image, patience) })?;
        let manifest = asked.map_err(|error| failed(image, &error))?;
        let descriptor = component_of(&manifest.layers).map_err(|reason| refused(image, reason))?;
        Ok(Content { layer: descriptor.digest.clone(), descriptor: descriptor.clone(), manifests })
    }

    /// Fetches the component of an image; the client checks its digest.
    pub(crate) async fn pull(&self, image: &Reference, content: &Content) -> Result<Vec<u8>, PullError> {
        let pulling = async {
            let blob = content.manifests.client.pull_blob_stream(image, &content.descriptor).await;
            let mut blob = blob.map_err(|error| failed(image, &error))?;
            let mut bytes = Vec::new();
            while let Some(part) = blob.next().await {
                bytes.extend_from_slice(&part.map_err(|error| refused(image, chain(&error)))?);
                check_length(bytes.len(), content.descriptor.size).map_err(|reason| refused(image, reason))?;
            }
            Ok(bytes)
        };
        tokio::time::timeout(self.patience, pulling).await.map_err(|_| too_slow(image, self.patience))?
    }
}

fn too_slow(image: &Reference, patience: Duration) -> PullError {
    refused(image, format!("the registry took longer than {} s", patience.as_secs()))
}

/// The one layer that is a component.
fn component_of(layers: &[OciDescriptor]) -> Result<&OciDescriptor, String> {
    let layer = layers.iter().find(|layer| LAYERS.contains(&layer.media_type.as_str())).ok_or_else(|| {
        let found: Vec<_> = layers.iter().map(|layer| layer.media_type.as_str()).collect();
        format!(
            "the image holds no WebAssembly, but {}",
            if found.is_empty() { "nothing".into() } else { found.join(", ") }
        )
    })?;
    match u64::try_from(layer.size) {
        Ok(size) if size <= LIMIT => Ok(layer),
        Ok(size) => Err(too_large(size)),
        Err(_) => Err("its size is negative".to_owned()),
    }
}

/// Whether it is no more than the manifest says, which is no more than a component may have.
fn check_length(received: usize, said: i64) -> Result<(), String> {
    match u64::try_from(said) {
        Ok(said) if received as u64 <= said.min(LIMIT) => Ok(()),
        _ => Err(format!("the registry sends more than the {said} bytes that its manifest says")),
    }
}

fn failed(image: &Reference, error: &OciDistributionError) -> PullError {
    PullError { refusal: Refusal::of(error), ..refused(image, chain(error)) }
}

fn refused(image: &Reference, reason: String) -> PullError {
    PullError { image: image.whole(), reason, refusal: Refusal::Other }
}

/// Says that a component is too large.
pub(crate) fn too_large(bytes: u64) -> String {
    format!("{bytes} bytes are more than the {LIMIT} that a component may have")
}

impl Refusal {
    fn of(error: &OciDistributionError) -> Self {
        match error {
            OciDistributionError::AuthenticationFailure(_) | OciDistributionError::UnauthorizedError { .. } => {
                Self::Unauthorized
            }
            OciDistributionError::ServerError { code: 401 | 403, .. } => Self::Unauthorized,
            OciDistributionError::ImageManifestNotFoundError(_)
            | OciDistributionError::ServerError { code: 404, .. } => Self::NotFound,
            OciDistributionError::RegistryError { envelope, .. } => {
                envelope.errors.iter().find_map(|error| Self::of_code(&error.code)).unwrap_or(Self::Other)
            }
            OciDistributionError::RequestError(_) => Self::Unreachable,
            _ => Self::Other,
        }
    }

    fn of_code(code: &OciErrorCode) -> Option<Self> {
        match code {
            OciErrorCode::Denied | OciErrorCode::Unauthorized => Some(Self::Unauthorized),
            OciErrorCode::ManifestUnknown | OciErrorCode::NameUnknown | OciErrorCode::NotFound => Some(Self::NotFound),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_that_is_a_component_is_taken() {
        let layer =
            |media_type: &str, size| OciDescriptor { media_type: media_type.into(), size, ..Default::default() };
        let layers = [layer("text/plain", 1), layer("application/wasm", 2)];
        assert_eq!(component_of(&layers).unwrap().size, 2);
        assert_eq!(component_of(&layers[..1]).unwrap_err(), "the image holds no WebAssembly, but text/plain");
        assert_eq!(component_of(&[]).unwrap_err(), "the image holds no WebAssembly, but nothing");
        assert!(component_of(&[layer("application/wasm", i64::MAX)]).unwrap_err().contains("more than"));
        assert!(component_of(&[layer("application/wasm", -1)]).unwrap_err().contains("negative"));
    }

    #[test]
    fn no_more_is_taken_than_the_manifest_says() {
        assert_eq!(check_length(9, 9), Ok(()));
        assert_eq!(check_length(10, 9).unwrap_err(), "the registry sends more than the 9 bytes that its manifest says");
        assert!(check_length(usize::MAX, i64::MAX).is_err() && check_length(1, -1).is_err());
    }

    proptest::proptest! {
        /// Whatever stands in a manifest.
        #[test]
        fn any_manifest_is_read_or_refused(
            at in 0..MANIFEST.len(),
            byte in proptest::prelude::any::<u8>(),
            word in "[-0-9eE.]{0,30}|null|\\[\\{|application/wasm|\\PC{0,20}",
        ) {
            let mut flipped = MANIFEST.as_bytes().to_vec();
            flipped[at] = byte;
            let put = format!("{}{word}{}", &MANIFEST[..at], &MANIFEST[at..]);
            for bytes in [flipped.as_slice(), put.as_bytes()] {
                let manifest = serde_json::from_slice::<oci_client::manifest::OciImageManifest>(bytes);
                if let Ok(Ok(layer)) = manifest.map(|manifest| component_of(&manifest.layers).cloned()) {
                    proptest::prop_assert!(u64::try_from(layer.size).unwrap() <= LIMIT);
                }
            }
        }
    }

    const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":{"mediaType":"application/vnd.wasm.config.v0+json","digest":"sha256:00","size":2},
"layers":[{"mediaType":"application/wasm","digest":"sha256:00","size":1024,"annotations":{"a":"b"}}]}"#;
}

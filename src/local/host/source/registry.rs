//! Pulling from OCI registries.

use std::time::Duration;

use futures::StreamExt;
use oci_client::Reference;
use oci_client::client::Client;
use oci_client::errors::OciDistributionError;
use oci_client::manifest::OciDescriptor;

use super::{LIMIT, SourceError, too_large};
use crate::hosts::wire::ImagePullSecret;
use crate::registry::{self, chain};

/// The media types that components have had.
const LAYERS: [&str; 3] = [
    "application/wasm",
    "application/vnd.wasm.content.layer.v1+wasm",
    "application/vnd.module.wasm.content.layer.v1+wasm",
];

/// The way to registries.
pub(super) struct Registry {
    insecure: bool,
    patience: Duration,
}

/// What an image consists of.
pub(super) struct Content {
    /// The digest of the component.
    pub(super) layer: String,
    descriptor: OciDescriptor,
    client: Client,
}

impl Registry {
    /// `insecure` speaks HTTP to all registries; otherwise only those of this machine are spoken to so.
    pub(super) fn new(insecure: bool, patience: Duration) -> Self {
        Self { insecure, patience }
    }

    /// Asks what an image is now.
    pub(super) async fn digest(
        &self,
        image: &Reference,
        secret: Option<&ImagePullSecret>,
    ) -> Result<Content, SourceError> {
        let client = registry::client(image, self.insecure, self.patience);
        let auth = registry::auth(secret);
        let asked = tokio::time::timeout(self.patience, client.pull_image_manifest(image, &auth)).await;
        let asked = asked.map_err(|_| self.too_slow(image))?;
        let (manifest, _) = asked.map_err(|error| failed(image, &error))?;
        let descriptor = component_of(&manifest.layers).map_err(|reason| refused(image, reason))?;
        Ok(Content { layer: descriptor.digest.clone(), descriptor: descriptor.clone(), client })
    }

    /// Fetches the component of an image; the client checks its digest.
    pub(super) async fn pull(&self, image: &Reference, content: &Content) -> Result<Vec<u8>, SourceError> {
        let pulling = async {
            let blob = content.client.pull_blob_stream(image, &content.descriptor).await;
            let mut blob = blob.map_err(|error| failed(image, &error))?;
            let mut bytes = Vec::new();
            while let Some(part) = blob.next().await {
                bytes.extend_from_slice(&part.map_err(|error| refused(image, chain(&error)))?);
                if bytes.len() as u64 > LIMIT {
                    return Err(refused(image, too_large(bytes.len() as u64)));
                }
            }
            Ok(bytes)
        };
        tokio::time::timeout(self.patience, pulling).await.map_err(|_| self.too_slow(image))?
    }

    fn too_slow(&self, image: &Reference) -> SourceError {
        refused(image, format!("the registry took longer than {} s", self.patience.as_secs()))
    }
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

fn failed(image: &Reference, error: &OciDistributionError) -> SourceError {
    refused(image, chain(error))
}

fn refused(image: &Reference, reason: String) -> SourceError {
    SourceError::Pull { image: image.whole(), reason }
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
}

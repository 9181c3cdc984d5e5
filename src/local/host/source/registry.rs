//! Pulling from OCI registries.

use std::time::Duration;

use futures::StreamExt;
use oci_client::Reference;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::OciDescriptor;
use oci_client::secrets::RegistryAuth;

use super::{LIMIT, SourceError, too_large};
use crate::hosts::wire::ImagePullSecret;

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
        let auth = match secret {
            Some(secret) => RegistryAuth::Basic(secret.username.clone(), secret.password.clone()),
            None => RegistryAuth::Anonymous,
        };
        let client = self.client(image);
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

    fn client(&self, image: &Reference) -> Client {
        // Without one, rustls panics; another that is there already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let registry = image.resolve_registry();
        let protocol =
            if self.insecure || is_loopback(registry) { ClientProtocol::Http } else { ClientProtocol::Https };
        Client::new(ClientConfig {
            protocol,
            connect_timeout: Some(self.patience),
            read_timeout: Some(self.patience),
            ..ClientConfig::default()
        })
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

fn failed(image: &Reference, error: &OciDistributionError) -> SourceError {
    refused(image, chain(error))
}

fn refused(image: &Reference, reason: String) -> SourceError {
    SourceError::Pull { image: image.whole(), reason }
}

/// An error with all its causes: the last often says the most.
fn chain(error: &dyn std::error::Error) -> String {
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

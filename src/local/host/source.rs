//! Where components come from: files of this machine, or registries, whose answers are kept on the disk.

use std::path::PathBuf;
use std::sync::Arc;

use super::Options;
use crate::hosts::wire::{ImagePullPolicy, ImagePullSecret};
use crate::registry::RegistryError;
use crate::registry::cache::Cache;
pub(super) use crate::registry::cache::private_directory;
use crate::registry::layer::{Layers, PullError};
use crate::registry::location::{Location, read_file};

/// Why a component could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    /// The reference is none.
    #[error(transparent)]
    Reference(#[from] RegistryError),
    /// A file.
    #[error("cannot read {}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
    /// A registry; with its own words.
    #[error("failed to pull component from {image}: {reason}")]
    Pull { image: String, reason: String },
    /// It is not in the cache, and may not be pulled.
    #[error("{image} is not in the cache of this host, and its pull policy is Never")]
    NotPresent { image: String },
    /// The directory of the cache.
    #[error("cannot keep {image} in the cache: {reason}")]
    Cache { image: String, reason: String },
}

/// What a component is fetched with.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// As the manifest says it.
    pub(super) image: &'a str,
    /// When to pull.
    pub(super) policy: ImagePullPolicy,
    /// Credentials.
    pub(super) secret: Option<&'a ImagePullSecret>,
}

/// Files, registries and the cache.
pub(super) struct Source {
    base: PathBuf,
    cache: Arc<Cache>,
    registry: Layers,
}

impl Source {
    /// As the host is set up.
    pub(super) fn new(options: &Options) -> Self {
        let cache = Arc::new(Cache::new(&options.cache_dir.join("components"), options.clock));
        let registry = Layers::new(options.insecure_registries, options.pull_timeout);
        Self { base: options.base_dir.clone(), cache, registry }
    }

    /// The bytes of a component.
    ///
    /// # Errors
    /// Says what could not be had and why, never with credentials.
    pub(super) async fn fetch(&self, wanted: Wanted<'_>) -> Result<Vec<u8>, SourceError> {
        match Location::of(wanted.image, &self.base)? {
            Location::File(path) => blocking(move || read(path)).await,
            Location::Registry(reference) => self.pulled(wanted, &reference).await,
        }
    }

    async fn pulled(&self, wanted: Wanted<'_>, image: &oci_client::Reference) -> Result<Vec<u8>, SourceError> {
        if wanted.policy != ImagePullPolicy::Always {
            let (cache, name) = (self.cache.clone(), image.whole());
            if let Some(bytes) = blocking(move || Ok(cache.find(&name))).await? {
                return Ok(bytes);
            }
        }
        if wanted.policy == ImagePullPolicy::Never {
            return Err(SourceError::NotPresent { image: image.whole() });
        }
        let digest = self.registry.digest(image, wanted.secret).await?;
        let (cache, name, known) = (self.cache.clone(), image.whole(), digest.layer.digest.clone());
        if let Some(bytes) = blocking(move || Ok(cache.relabel(&name, &known))).await? {
            return Ok(bytes);
        }
        let bytes = self.registry.pull(image, wanted.secret, &digest).await?;
        let (cache, name) = (self.cache.clone(), image.whole());
        blocking(move || match cache.keep(&name, &digest.layer.digest, &bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(SourceError::Cache { image: name, reason: error.to_string() }),
        })
        .await
    }
}

fn read(path: PathBuf) -> Result<Vec<u8>, SourceError> {
    read_file(&path).map_err(|reason| SourceError::File { path, reason })
}

impl From<PullError> for SourceError {
    fn from(PullError { image, reason, .. }: PullError) -> Self {
        Self::Pull { image, reason }
    }
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(SourceError::Cache { image: "it".to_owned(), reason: error.to_string() }),
    }
}

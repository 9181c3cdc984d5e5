//! Pulling components from OCI registries.

use std::time::Duration;

use oci_client::Reference;

use super::PATIENCE;
pub(crate) use super::answer::{LIMIT, Refusal, too_large};
use super::answer::{Layer, words};
use super::remote::{Failure, Remote};
use crate::hosts::wire::ImagePullSecret;

/// Why a component could not be pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PullError {
    /// The image.
    pub(crate) image: String,
    /// The registry's own words, in one line and without secrets.
    pub(crate) reason: String,
    /// What lies behind them.
    pub(crate) refusal: Refusal,
}

/// The way to registries.
pub(crate) struct Layers {
    insecure: bool,
    patience: Duration,
}

/// What an image consists of.
pub(crate) struct Content {
    /// The component.
    pub(crate) layer: Layer,
    remote: Remote,
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
        let failed = |failure| failed(image, secret, failure);
        let remote = Remote::of(image, secret, self.insecure, self.patience).map_err(failed)?;
        let patience = self.patience.min(PATIENCE);
        let asked = tokio::time::timeout(patience, remote.content()).await;
        let asked = asked.map_err(|_| PullError { refusal: Refusal::Unreachable, ..too_slow(image, patience) })?;
        Ok(Content { layer: asked.map_err(failed)?, remote })
    }

    /// Fetches the component of an image, and checks its digest.
    pub(crate) async fn pull(
        &self,
        image: &Reference,
        secret: Option<&ImagePullSecret>,
        content: &Content,
    ) -> Result<Vec<u8>, PullError> {
        let pulled = tokio::time::timeout(self.patience, content.remote.component(&content.layer)).await;
        pulled.map_err(|_| too_slow(image, self.patience))?.map_err(|failure| failed(image, secret, failure))
    }
}

fn too_slow(image: &Reference, patience: Duration) -> PullError {
    let reason = format!("the registry took longer than {} s", patience.as_secs());
    PullError { image: image.whole(), reason, refusal: Refusal::Other }
}

fn failed(image: &Reference, secret: Option<&ImagePullSecret>, Failure { words: said, refusal }: Failure) -> PullError {
    PullError { image: image.whole(), reason: words(&said, secret), refusal }
}

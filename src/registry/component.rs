//! Components, wherever they are: files of this machine, or images in registries, which are kept in a cache by digest.

mod docker;
mod error;

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use oci_client::Reference;
use tokio::sync::Mutex;

use super::cache::Cache;
use super::credentials::DockerConfig;
use super::layer::{Content, Layers, PullError, Refusal};
use super::location::{Location, read_file};
use crate::component::Component;
use crate::context::Environment;
use crate::hosts::wire::ImagePullSecret;
use docker::Docker;
pub use error::FetchError;

/// How long a registry may take to tell what an image is, and then to send it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Components at once: each is in memory while it is read.
const AT_ONCE: usize = 4;

/// With what components are fetched.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Directory of docker's configuration.
    pub docker: Option<PathBuf>,
    /// Where programs that know credentials are; `None` is where all programs are.
    pub programs: Option<OsString>,
    /// Directory in which components are kept; `None` keeps none.
    pub cache: Option<PathBuf>,
    /// Speaks HTTP to all registries; otherwise only those of this machine are spoken to so.
    pub insecure: bool,
}

impl Settings {
    /// As the user's environment has it.
    pub fn of(environment: &Environment) -> Self {
        Self {
            docker: environment.docker_directory(),
            programs: environment.get_os("PATH").cloned(),
            cache: environment.cache_directory().map(|directory| directory.join("components")),
            insecure: false,
        }
    }
}

/// A component that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// An image, `file://` and a path, or a path that begins with `.` or `/`.
    pub image: &'a str,
    /// The directory that relative paths begin at.
    pub base: &'a Path,
    /// The pull secret that is named for it.
    pub secret: Option<&'a DockerConfig>,
}

/// Fetches components.
pub struct Fetcher {
    docker: Docker,
    cache: Option<Arc<Cache>>,
    layers: Layers,
    /// Registries that could not be reached, and why: they are not waited for again.
    unreachable: Mutex<HashMap<String, PullError>>,
}

impl Fetcher {
    /// Nothing is read before something is fetched.
    pub fn new(settings: Settings, clock: fn() -> Timestamp) -> Self {
        let Settings { docker, programs, cache, insecure } = settings;
        Self {
            docker: Docker::new(docker, programs),
            cache: cache.map(|directory| Arc::new(Cache::new(&directory, clock))),
            layers: Layers::new(insecure, PATIENCE),
            unreachable: Mutex::default(),
        }
    }

    /// What components import and export, in the order in which they are asked for. Whenever one begins or is done,
    /// `progress` hears how many are done, and the image.
    pub async fn components(
        &self,
        wanted: &[Wanted<'_>],
        progress: impl Fn(u64, &str),
    ) -> Vec<Result<Component, FetchError>> {
        let (done, progress) = (Cell::new(0), &progress);
        let fetched = wanted.iter().map(async |wanted| {
            progress(done.get(), wanted.image);
            let component = self.component(wanted).await;
            done.set(done.get() + 1);
            progress(done.get(), wanted.image);
            component
        });
        futures::stream::iter(fetched).buffered(AT_ONCE).collect().await
    }

    /// What a component imports and exports.
    ///
    /// # Errors
    /// Says what could not be had, why, and what to do; never with credentials.
    pub async fn component(&self, wanted: &Wanted<'_>) -> Result<Component, FetchError> {
        let bytes = match Location::of_path_or_image(wanted.image, wanted.base)? {
            Location::File(path) => {
                let there = path.clone();
                let read = move || (read_file(&there), !there.exists());
                let (read, is_missing) = blocking(read).await.unwrap_or_else(|reason| (Err(reason), false));
                read.map_err(|reason| FetchError::File { path, reason, is_missing })?
            }
            Location::Registry(image) => self.pulled(wanted, &image).await?,
        };
        let read = blocking(move || Component::read(&bytes)).await;
        let refused = |source| FetchError::NotAComponent { image: wanted.image.to_owned(), source };
        let unread = |reason| FetchError::File { path: wanted.image.into(), reason, is_missing: false };
        read.map_err(unread)?.map_err(refused)
    }

    async fn pulled(&self, wanted: &Wanted<'_>, image: &Reference) -> Result<Vec<u8>, FetchError> {
        let name = image.whole();
        // What a digest stands for does not change; what a tag stands for is asked each time.
        if let (Some(cache), Some(_)) = (&self.cache, image.digest()) {
            let (cache, name) = (cache.clone(), name.clone());
            if let Ok(Some(bytes)) = blocking(move || cache.find(&name)).await {
                return Ok(bytes);
            }
        }
        let known = self.credentials(wanted).await;
        let refused = |error| FetchError::pull(error, image, &known);
        let content = self.digest(image, known.secret.as_ref()).await.map_err(&refused)?;
        if let Some(cache) = &self.cache {
            let (cache, name, digest) = (cache.clone(), name.clone(), content.layer.digest.clone());
            if let Ok(Some(bytes)) = blocking(move || cache.relabel(&name, &digest)).await {
                return Ok(bytes);
            }
        }
        let bytes = self.layers.pull(image, known.secret.as_ref(), &content).await.map_err(&refused)?;
        let Some(cache) = self.cache.clone() else { return Ok(bytes) };
        let kept = blocking(move || {
            // Without it the image is pulled again, which is no harm.
            let _ = cache.keep(&name, &content.layer.digest, &bytes);
            bytes
        });
        kept.await.map_err(|reason| FetchError::Pull {
            image: image.whole(),
            reason,
            help: None,
            wants_credentials: false,
        })
    }

    /// Asks what an image is now, unless its registry could not be reached before.
    async fn digest(&self, image: &Reference, secret: Option<&ImagePullSecret>) -> Result<Content, PullError> {
        if let Some(before) = self.unreachable.lock().await.get(image.registry()) {
            return Err(PullError { image: image.whole(), ..before.clone() });
        }
        let asked = self.layers.digest(image, secret).await;
        if let Some(error) = asked.as_ref().err().filter(|error| error.refusal == Refusal::Unreachable) {
            self.unreachable.lock().await.insert(image.registry().to_owned(), error.clone());
        }
        asked
    }

    /// The credentials for an image, and why there may be others.
    async fn credentials(&self, wanted: &Wanted<'_>) -> Credentials {
        match wanted.secret.map(|secret| secret.credentials(wanted.image)) {
            Some(Ok(Some(secret))) => Credentials { secret: Some(secret), is_named: true, trouble: None },
            Some(Err(_)) => {
                let trouble = Some("the pull secret has no user and password for this registry".to_owned());
                Credentials { secret: None, is_named: true, trouble }
            }
            Some(Ok(None)) | None => {
                let (secret, trouble) = self.docker.credentials(wanted.image).await;
                Credentials { secret, is_named: false, trouble }
            }
        }
    }
}

/// The credentials for an image.
#[derive(Debug, Default)]
struct Credentials {
    secret: Option<ImagePullSecret>,
    /// Whether they are those of a pull secret, not those that docker has.
    is_named: bool,
    /// Why there are no others.
    trouble: Option<String>,
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())
}

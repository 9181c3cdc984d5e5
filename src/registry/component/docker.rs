//! The credentials that docker has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::super::credentials::DockerConfig;
use super::super::helper;
use crate::hosts::wire::ImagePullSecret;

/// How long a program may take that knows credentials: it may have to ask its user.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a configuration that are read.
const LIMIT: u64 = 1024 * 1024;

/// Docker's configuration, which is read when it is needed.
pub(super) struct Docker {
    directory: Option<PathBuf>,
    programs: Option<OsString>,
    config: OnceCell<Result<DockerConfig, String>>,
}

impl Docker {
    /// Of the configuration in that directory.
    pub(super) fn new(directory: Option<PathBuf>, programs: Option<OsString>) -> Self {
        Self { directory, programs, config: OnceCell::new() }
    }

    /// The credentials for an image; when there are none, what was in the way, if anything was.
    pub(super) async fn credentials(&self, image: &str) -> (Option<ImagePullSecret>, Option<String>) {
        let config = match self.config.get_or_init(|| async { self.read() }).await {
            Ok(config) => config,
            Err(trouble) => return (None, Some(trouble.clone())),
        };
        let trouble = match config.helper(image) {
            None => None,
            Some((name, server)) => match helper::ask(name, &server, self.programs.as_deref(), PATIENCE).await {
                Ok(Some(secret)) => return (Some(secret), None),
                Ok(None) => None,
                Err(trouble) => Some(trouble),
            },
        };
        // Beside a helper docker keeps entries without user and password.
        match config.credentials(image) {
            Ok(Some(secret)) => (Some(secret), None),
            Ok(None) | Err(_) => (None, trouble),
        }
    }

    fn read(&self) -> Result<DockerConfig, String> {
        let Some(directory) = &self.directory else { return Ok(DockerConfig::default()) };
        let path = directory.join("config.json");
        let unreadable = |reason: &str| format!("cannot read {}: {reason}", path.display());
        match bounded(&path) {
            Ok(Some(text)) => DockerConfig::read(&text).ok_or_else(|| unreadable("it is no configuration of docker")),
            Ok(None) => Ok(DockerConfig::default()),
            Err(error) => Err(unreadable(&error)),
        }
    }
}

/// A file, if it is there.
fn bounded(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
        Ok(metadata) if !metadata.is_file() => return Err("it is no file".to_owned()),
        Ok(metadata) if metadata.len() > LIMIT => return Err("it is too large".to_owned()),
        Ok(_) => {}
    }
    std::fs::read(path).map(Some).map_err(|error| error.to_string())
}

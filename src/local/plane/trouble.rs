//! Why a local control plane does not start or go on.

use std::io;

use crate::hosts::nats::NatsError;
use crate::local::directory::DirectoryError;
use crate::local::host::HostError;
use crate::local::serve::ServeError;
use crate::local::store::StoreError;

/// What can go wrong with a local control plane.
#[derive(Debug, thiserror::Error)]
pub enum PlaneError {
    /// Its data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Its objects cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The API server cannot listen.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The host does not start.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The NATS server of the real hosts cannot be reached.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// Our kinds or the Lease cannot be written.
    #[error("cannot set up the cluster")]
    SetUp(#[from] kube::Error),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl PlaneError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Directory(error) => error.help(),
            Self::Store(error) => error.help(),
            Self::Serve(ServeError::Bind { source, .. }) => port(source, "--port"),
            Self::Host(HostError::Listen { source, .. }) => port(source, "--http-port"),
            Self::Nats(_) => Some("--nats-url names the NATS server that the real hosts are connected to".to_owned()),
            Self::Serve(ServeError::Tls(_)) | Self::Host(_) | Self::SetUp(_) | Self::Failed(_) => None,
        }
    }
}

fn port(error: &io::Error, flag: &str) -> Option<String> {
    match error.kind() {
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied => {
            Some(format!("{flag} names another port; 0 is any that is free"))
        }
        _ => None,
    }
}

impl From<PlaneError> for crate::Error {
    fn from(error: PlaneError) -> Self {
        Self::Local(Box::new(error))
    }
}

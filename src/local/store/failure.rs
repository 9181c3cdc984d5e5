//! Why a write is not done, or a store cannot be opened.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Stored;

/// Why a write is not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The object is not as expected; this is what it is.
    #[error("the object is not as expected")]
    Conflict(Option<Arc<Stored>>),
    /// It could not be stored.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

/// What can go wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is there, and what it holds is no store that this version reads.
    #[error("the store {} is damaged: {cause}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The file cannot be read or written.
    #[error("the store {} cannot be {doing}: {cause}", path.display())]
    Disk {
        /// What was tried, such as `written`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Corrupt { path, .. } => {
                let directory = path.parent().unwrap_or(path).display();
                Some(format!(
                    "`kubectl wasmcloud local reset --dir {directory}` deletes it and all objects; to keep it, move it \
                     away: it is as it was"
                ))
            }
            Self::Disk { .. } | Self::Closed => None,
        }
    }

    pub(super) fn corrupt(path: &Path, cause: &str) -> Self {
        Self::Corrupt { path: path.to_owned(), cause: cause.to_owned() }
    }

    pub(super) fn disk(doing: &'static str, path: &Path, cause: &dyn Error) -> Self {
        Self::Disk { doing, path: path.to_owned(), cause: cause.to_string() }
    }
}

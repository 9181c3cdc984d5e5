//! The data directory of the local control plane: whose it is, who uses it, and what only its owner may read.

pub mod access;
pub mod certificate;
mod private;

#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::Environment;

/// The file that a running control plane holds locked; its process id stands in it.
const LOCK: &str = "lock";
/// The file with the objects.
const STORE: &str = "store.redb";
/// Everything this program makes in the directory; `reset` removes nothing else.
const CONTENTS: [&str; 7] =
    [STORE, "store.redb.new", "kubeconfig", "kubeconfig.new", "certificate.json", "certificate.json.new", "host"];
/// `local status` holds the lock for a moment when it looks whether anybody does.
const TRIES: u32 = 4;
const BETWEEN_TRIES: Duration = Duration::from_millis(25);

/// What can be wrong with a data directory.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Neither `XDG_DATA_HOME` nor `HOME` says where it is.
    #[error("there is no place for the data of the local control plane: neither XDG_DATA_HOME nor HOME is set")]
    NoHome,
    /// Another process runs in it.
    #[error("a local control plane runs in {} already{}", path.display(), pid.map(|pid| format!(", as process {pid}")).unwrap_or_default())]
    Running {
        /// The directory.
        path: PathBuf,
        /// The process, when it says so.
        pid: Option<u32>,
    },
    /// There are files of somebody else.
    #[error("{} is not empty, and no data directory of a local control plane", .0.display())]
    NotOurs(PathBuf),
    /// A file or the directory cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was tried, such as `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The keys of the API server cannot be made.
    #[error("cannot make the API server's keys: {0}")]
    Keys(String),
}

impl DirectoryError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoHome => Some("name a directory with --dir".to_owned()),
            Self::Running { path, pid } => {
                let stop = pid.map(|pid| format!("stop it with Ctrl-C or `kill {pid}`"));
                let stop = stop.unwrap_or_else(|| "stop it with Ctrl-C".to_owned());
                Some(format!("use it with --local={}, {stop}, or name another directory with --dir", path.display()))
            }
            Self::NotOurs(_) => Some("name an empty directory, or one that is not there yet".to_owned()),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some("--dir names another directory, one that you own and may write to".to_owned())
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("make room there, or name a directory on another disk with --dir".to_owned())
                }
                _ => None,
            },
            Self::Keys(_) => None,
        }
    }

    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// A data directory, private to its owner.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Where it is unless told: `$XDG_DATA_HOME/kubectl-wasmcloud/local`, or the same below `~/.local/share`.
    ///
    /// # Errors
    /// When neither variable is set.
    pub fn usual(environment: &Environment) -> Result<PathBuf, DirectoryError> {
        let set = |name| environment.get_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // The XDG specification has relative paths ignored.
        let data = set("XDG_DATA_HOME").filter(|path| path.is_absolute());
        let data = data.or_else(|| set("HOME").map(|home| home.join(".local/share")));
        data.map(|data| data.join("kubectl-wasmcloud/local")).ok_or(DirectoryError::NoHome)
    }

    /// The directory at a path, made when it is not there; nobody else may look into it afterwards.
    ///
    /// # Errors
    /// When it cannot be made or made private, or holds files of somebody else.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(DirectoryError::io("create the directory", path))?;
        let directory = Self { path: std::path::absolute(path).map_err(DirectoryError::io("find", path))? };
        if !directory.is_ours()? {
            return Err(DirectoryError::NotOurs(directory.path));
        }
        private::narrow(&directory.path, 0o700)?;
        Ok(directory)
    }

    /// The directory at a path, if there is one of a local control plane.
    pub fn existing(path: &Path) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        let directory = Self { path };
        directory.is_known().then_some(directory)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it this process's own until the lock is dropped.
    ///
    /// # Errors
    /// When another process has it, or the file cannot be written.
    pub fn lock(&self) -> Result<Lock, DirectoryError> {
        let path = self.path.join(LOCK);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = options.map_err(DirectoryError::io("open", &path))?;
        for tried in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tried < TRIES => std::thread::sleep(BETWEEN_TRIES),
                Err(TryLockError::WouldBlock) => {
                    return Err(DirectoryError::Running { path: self.path.clone(), pid: process_id(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(DirectoryError::io("lock", &path)(error)),
            }
        }
        let write = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        write.map_err(DirectoryError::io("write", &path))?;
        Ok(Lock { file })
    }

    /// The process that runs in it: `None` when there is none, `Some(None)` when it does not say which it is.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn holder(&self) -> Result<Option<Option<u32>>, DirectoryError> {
        let path = self.path.join(LOCK);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(DirectoryError::io("read", &path)(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(process_id(&mut file))),
            Err(TryLockError::Error(error)) => Err(DirectoryError::io("lock", &path)(error)),
        }
    }

    /// Deletes everything that a local control plane made here, and the directory when nothing else is in it.
    ///
    /// # Errors
    /// When something cannot be deleted.
    pub fn clear(&self, lock: Lock) -> Result<(), DirectoryError> {
        for name in CONTENTS {
            private::remove(&self.path.join(name))?;
        }
        private::remove(&self.path.join(LOCK))?;
        drop(lock);
        // What somebody else put here stays, and the directory with it.
        let _ = std::fs::remove_dir(&self.path);
        Ok(())
    }

    /// Whether a local control plane ran here.
    fn is_known(&self) -> bool {
        [LOCK, STORE].iter().any(|name| self.path.join(name).is_file())
    }

    /// Whether it is empty, or of an earlier run.
    fn is_ours(&self) -> Result<bool, DirectoryError> {
        let mut entries = std::fs::read_dir(&self.path).map_err(DirectoryError::io("read", &self.path))?;
        Ok(entries.next().is_none() || self.is_known())
    }
}

/// The right to use a data directory; it ends with the process, too.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Nobody is misled by an old id: it only counts while the file is locked.
        let _ = self.file.set_len(0);
    }
}

fn process_id(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

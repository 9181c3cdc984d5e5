//! The way to the local control plane that runs.

use std::path::{Path, PathBuf};

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::local::directory::{Directory, DirectoryError};
use crate::local::plane::PlaneError;

impl GlobalArgs {
    /// The data directory of the local control plane: the one named, else the usual one.
    ///
    /// # Errors
    /// When nothing says where the usual one is.
    pub(crate) fn local_directory(&self, named: Option<&Path>) -> Result<PathBuf, Error> {
        named.map_or_else(|| Directory::usual(&self.environment).map_err(failed), |path| Ok(path.to_owned()))
    }

    /// Whether the local control plane that `--local` names runs.
    ///
    /// # Errors
    /// When its directory cannot be read.
    pub(crate) fn runs_locally(&self) -> Result<bool, Error> {
        let Some(named) = &self.local else { return Ok(false) };
        let directory = Directory::existing(&self.local_directory(named.as_deref())?);
        let holder = directory.as_ref().map(Directory::holder).transpose().map_err(failed)?;
        Ok(holder.flatten().is_some())
    }

    /// The kubeconfig of the local control plane that `--local` names; `None` without the flag.
    ///
    /// # Errors
    /// When none runs there.
    pub(super) fn local_kubeconfig(&self) -> Result<Option<PathBuf>, Error> {
        let Some(named) = &self.local else { return Ok(None) };
        if self.server_url().is_some() {
            // clap cannot tell: `validate` has a --server that names none.
            return Err(Error::usage("the argument '--local[=<DIR>]' cannot be used with '--server <URL>'"));
        }
        let path = self.local_directory(named.as_deref())?;
        let directory = Directory::existing(&path);
        match directory.as_ref().map(Directory::holder).transpose().map_err(failed)?.flatten() {
            Some(_) => Ok(directory.map(|directory| directory.kubeconfig())),
            None => {
                let which = named.as_ref().map(|path| format!(" --dir {}", path.display())).unwrap_or_default();
                let help = format!("`kubectl wasmcloud local up{which}` starts one, in a terminal of its own");
                Err(Error::NoLocal { directory: path, help })
            }
        }
    }
}

fn failed(error: DirectoryError) -> Error {
    PlaneError::from(error).into()
}

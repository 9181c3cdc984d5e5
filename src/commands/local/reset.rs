//! `local reset`: everything away.

use clap::Args;

use super::DirectoryArg;
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::local::directory::Directory;
use crate::local::plane::PlaneError;
use crate::ui::Ui;

/// What `reset` takes.
#[derive(Debug, Args)]
pub struct ResetArgs {
    #[command(flatten)]
    directory: DirectoryArg,
}

/// Deletes the objects, keys and caches of a local control plane that does not run.
///
/// # Errors
/// When it runs, nobody can be asked, or something cannot be deleted.
pub fn run(ui: &Ui, global: &GlobalArgs, args: &ResetArgs) -> Result<(), Error> {
    let path = global.local_directory(args.directory.dir.as_deref())?;
    let Some(directory) = Directory::existing(&path) else {
        ui.status(format!("there is no local control plane in {}; nothing to delete", path.display()));
        return Ok(());
    };
    let lock = directory.lock().map_err(PlaneError::from)?;
    let question = format!("Delete all objects of the local control plane in {}?", directory.path().display());
    if !ui.confirm(&question)? {
        ui.status("nothing is deleted");
        return Ok(());
    }
    directory.clear(lock).map_err(PlaneError::from)?;
    ui.result(format!("the local control plane in {} is deleted", directory.path().display()))
}

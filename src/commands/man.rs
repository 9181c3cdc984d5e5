//! `kubectl wasmcloud man`: the manual pages, for whoever packages this.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{self, GlobalArgs};
use crate::error::Error;
use crate::ui::Ui;

/// What `man` takes.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Directory to write the pages to
    #[arg(long, value_name = "DIR")]
    output_dir: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// When they cannot be written.
pub async fn run(_ui: &Ui, _global: &GlobalArgs, args: ManArgs) -> Result<(), Error> {
    let cannot = |source| Error::File { doing: "cannot write to", path: args.output_dir.clone(), source };
    std::fs::create_dir_all(&args.output_dir).map_err(cannot)?;
    clap_mangen::generate_to(cli::command().bin_name("kubectl-wasmcloud"), &args.output_dir).map_err(cannot)
}

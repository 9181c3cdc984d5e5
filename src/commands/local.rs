//! `kubectl wasmcloud local`: a control plane on this machine, without a cluster, NATS or hosts.

pub mod reset;
pub mod status;
pub mod up;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::ui::Ui;

/// What can be done with it.
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Run it until Ctrl-C
    Up(up::UpArgs),
    /// Show whether it runs, and what is in it
    Status(status::StatusArgs),
    /// Delete everything in it
    Reset(reset::ResetArgs),
}

/// Where its data is.
#[derive(Debug, Args)]
struct DirectoryArg {
    /// Data directory; default is $XDG_DATA_HOME/kubectl-wasmcloud/local
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Does what was asked for.
///
/// # Errors
/// As the one that was asked for.
pub async fn run(ui: &Ui, global: &GlobalArgs, command: LocalCommand) -> Result<(), Error> {
    match command {
        LocalCommand::Up(args) => up::run(ui, global, args).await,
        LocalCommand::Status(args) => status::run(ui, global, args).await,
        LocalCommand::Reset(args) => reset::run(ui, global, &args),
    }
}

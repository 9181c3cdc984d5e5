//! `kubectl wasmcloud rollout`: following and steering rollouts.

mod below;
pub mod follow;
pub mod status;

use clap::Subcommand;

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::ui::Ui;

/// What there is to do with rollouts.
#[derive(Debug, Subcommand)]
pub enum RolloutCommand {
    /// Show the status of a rollout, until it is complete
    Status(status::StatusArgs),
}

/// Does it.
///
/// # Errors
/// As the subcommand.
pub async fn run(ui: &Ui, global: &GlobalArgs, command: RolloutCommand) -> Result<(), Error> {
    match command {
        RolloutCommand::Status(args) => status::run(ui, global, args).await,
    }
}

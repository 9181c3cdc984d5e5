//! `kubectl wasmcloud rollout`: following and steering rollouts.

mod below;
mod change;
pub mod follow;
pub mod history;
pub mod pause;
pub mod restart;
pub mod resume;
pub mod status;
mod tries;
pub mod undo;

use clap::Subcommand;
use serde_json::Value;

use super::selected::{Selected, Selections, is_told, read, wanted};
use crate::api::Kind;
use crate::api::names::label;
use crate::cli::GlobalArgs;
use crate::cli::target::TargetArgs;
use crate::cluster::{Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::charge::Heed;
use crate::plan::rollout::history::{Revision, revisions};
use crate::plan::selection::Aim;
use crate::ui::Ui;

/// What there is to do with rollouts.
#[derive(Debug, Subcommand)]
pub enum RolloutCommand {
    /// Show the revisions of deployments, and what they differ in
    History(history::HistoryArgs),
    /// Hold rollouts back until they are resumed
    Pause(change::ChangeArgs),
    /// Replace every Workload by a new one of the same template
    Restart(restart::RestartArgs),
    /// Let paused rollouts go on
    Resume(change::ChangeArgs),
    /// Show the status of rollouts, until they are complete
    Status(status::StatusArgs),
    /// Go back to a former revision
    Undo(undo::UndoArgs),
}

/// Does it.
///
/// # Errors
/// As the subcommand.
pub async fn run(ui: &Ui, global: &GlobalArgs, command: RolloutCommand) -> Result<(), Error> {
    match command {
        RolloutCommand::History(args) => history::run(ui, global, args).await,
        RolloutCommand::Pause(args) => pause::run(ui, global, args).await,
        RolloutCommand::Restart(args) => restart::run(ui, global, args).await,
        RolloutCommand::Resume(args) => resume::run(ui, global, args).await,
        RolloutCommand::Status(args) => status::run(ui, global, args).await,
        RolloutCommand::Undo(args) => undo::run(ui, global, args).await,
    }
}

/// The deployments that were asked for, and the cluster they are in. None at all is told, and no error, as kubectl has it.
async fn select(ui: &Ui, global: &GlobalArgs, target: &TargetArgs, aim: &Aim) -> Result<(Context, Selections), Error> {
    let wanted = wanted(ui, target, target.all_namespaces, aim).await?;
    let context = Context::connect(ui, global).await?;
    let selections = read(ui, &context, target, aim, wanted).await?;
    selections.tell_none(ui, &context, target, Kind::WorkloadDeployment);
    Ok((context, selections))
}

/// The revisions of a deployment, the oldest first.
async fn revisions_of(context: &Context, deployment: &Selected) -> Result<Vec<Revision>, Error> {
    let kind = Kind::WorkloadReplicaSet.api_resource();
    let scope = Scope::Namespace(deployment.namespace().to_owned());
    let labels = Some(format!("{}={}", label::WORKLOAD_DEPLOYMENT, deployment.name()));
    let sets: Vec<Value> = context.cluster.list(&kind, &scope, &Filter { labels, fields: None }).await?;
    Ok(revisions(&deployment.object, sets))
}

/// Whether whoever is in charge does what only our controller knows. Who may not read the Lease learns it from the
/// revisions of one of the deployments.
async fn heed(context: &Context, deployments: &[Selected]) -> Heed {
    let heed = context.cluster.heed((context.now)(), false).await;
    match (&heed, deployments.first()) {
        (Heed::Unknown, Some(deployment)) => {
            let revisions = revisions_of(context, deployment).await.unwrap_or_default();
            Heed::of(None, revisions.iter().any(|revision| revision.number.is_some()))
        }
        _ => heed,
    }
}

/// Several deployments, one after the other: what goes wrong with one is told at once, and the others get their turn.
struct Turns<'u> {
    ui: &'u Ui,
    alone: bool,
    failed: bool,
}

impl<'u> Turns<'u> {
    fn of(ui: &'u Ui, selections: &Selections) -> Self {
        Self { ui, alone: selections.objects.len() == 1 && !selections.missing, failed: selections.missing }
    }

    /// Takes the outcome of one.
    fn take(&mut self, outcome: Result<(), Error>) -> Result<(), Error> {
        match outcome {
            Err(error) if self.alone || error.exit_code() != crate::error::exit_code::ERROR => Err(error),
            outcome => is_told(self.ui, outcome).map(|told| self.failed |= told),
        }
    }

    /// The outcome of all.
    fn end(self) -> Result<(), Error> {
        if self.failed { Err(Error::Reported) } else { Ok(()) }
    }
}

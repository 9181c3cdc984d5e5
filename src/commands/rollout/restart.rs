//! `kubectl wasmcloud rollout restart`: by a stamp in the template, or Workload by Workload.

mod batch;

use std::time::Duration;

use clap::Args;

use super::change::change_all;
use super::{Turns, heed, select};
use crate::api::Kind;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cli::{GlobalArgs, duration};
use crate::commands::selected::Selections;
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::refusal;
use crate::plan::rollout::restart::{Way, restart, way};
use crate::plan::selection::Aim;
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout restart", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_restart };

/// What `rollout restart` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud rollout restart (NAME… | TYPE NAME… | TYPE/NAME…) [flags]\n       kubectl wasmcloud rollout restart (-l SELECTOR | -f FILE…) [flags]",
    after_help = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these."
)]
pub struct RestartArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Delete the Workloads one after the other, each once the one before is replaced and ready; with a number, that many
    /// at once. For controllers that ignore a restart
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, require_equals = true, default_missing_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    batch: Option<u16>,
    /// How long --batch may take for each deployment; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse, requires = "batch")]
    timeout: Duration,
    #[command(flatten)]
    write: WriteArgs,
}

/// Restarts.
///
/// # Errors
/// When a deployment is paused or not there, whoever is in charge ignores restarts, the server refuses, or replacements do
/// not become ready.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: RestartArgs) -> Result<(), Error> {
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    if selections.objects.is_empty() {
        return selections.outcome();
    }
    match way(&heed(&context, &selections.objects).await, args.batch)? {
        Way::Stamp => stamp(ui, &context, &args, &selections).await,
        Way::StampAfter(warning) => {
            ui.warning(warning);
            stamp(ui, &context, &args, &selections).await
        }
        Way::Batch(at_once) => batches(ui, &context, &args, &selections, at_once).await,
        Way::AskForBatch(why) if !ui.can_ask() => Err(ignored(why)),
        Way::AskForBatch(why) => {
            ui.warning(&why);
            match ui
                .confirm("delete the Workloads one after the other instead, each once the one before is replaced?")?
            {
                true => batches(ui, &context, &args, &selections, 1).await,
                false => Err(ignored(why)),
            }
        }
    }
}

async fn stamp(ui: &Ui, context: &Context, args: &RestartArgs, selections: &Selections) -> Result<(), Error> {
    let now = (context.now)();
    change_all(ui, context, &args.write, (selections, "restarted"), |deployment| restart(&deployment.object, now)).await
}

async fn batches(
    ui: &Ui,
    context: &Context,
    args: &RestartArgs,
    selections: &Selections,
    at_once: u16,
) -> Result<(), Error> {
    let mut turns = Turns::of(ui, selections);
    for deployment in &selections.objects {
        let restarted = batch::run(ui, context, args, deployment, at_once).await;
        turns.take(restarted.and_then(|()| args.write.tell(ui, deployment, "restarted")))?;
    }
    turns.end()
}

fn ignored(message: String) -> Error {
    let help = "--batch deletes the Workloads one after the other, each once the one before is replaced and ready";
    Error::Declined { message, help: Some(help.to_owned()) }
}

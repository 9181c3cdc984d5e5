//! Changing deployments, each on the condition that it is still what the decision was about.

use clap::Args;

use super::Turns;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::commands::selected::{Selected, Selections};
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::change::{Change, patch};
use crate::ui::Ui;

/// How often somebody else may be faster before we give up.
const ATTEMPTS: usize = 5;

/// What `rollout pause` and `rollout resume` take.
#[derive(Debug, Args)]
#[command(override_usage = USAGE, after_help = AFTER_HELP)]
pub struct ChangeArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

/// How deployments are named.
const USAGE: &str = "kubectl wasmcloud rollout VERB (NAME… | TYPE NAME… | TYPE/NAME…) [flags]\n       \
                     kubectl wasmcloud rollout VERB (-l SELECTOR | -f FILE…) [flags]";
/// What a NAME alone is.
const AFTER_HELP: &str = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these.";

/// Changes one deployment as `decide` says; should somebody else have changed it meanwhile, it is read and decided about
/// again. Returns the deployment as it is then, and why it was left alone if it was.
pub(super) async fn change(
    context: &Context,
    write: &WriteArgs,
    deployment: &Selected,
    mut decide: impl AsyncFnMut(&Selected) -> Result<Change, Error>,
) -> Result<(Selected, Option<String>), Error> {
    let mut deployment = deployment.clone();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let after = match decide(&deployment).await? {
            Change::Not(why) => return Ok((deployment, Some(why))),
            Change::To(after) => after,
        };
        let (kind, namespace) = (deployment.kind, Some(deployment.namespace()));
        if write.dry_run == DryRun::Client {
            return Ok((Selected { kind, object: after }, None));
        }
        let (resource, patch) = (kind.api_resource(), patch(&deployment.object, &after));
        let target = (deployment.name(), None);
        match context.cluster.merge_patch(&resource, namespace, target, &patch, write.writing()).await {
            Ok(object) => return Ok((Selected { kind, object }, None)),
            Err(error) if error.is_conflict() && attempts < ATTEMPTS => {
                let object = context.cluster.get(&resource, namespace, deployment.name()).await?;
                deployment = Selected { kind, object };
            }
            Err(error) => return Err(error),
        }
    }
}

/// Changes every deployment as `decide` says, and tells that it is `past`.
pub(super) async fn change_all(
    ui: &Ui,
    context: &Context,
    write: &WriteArgs,
    (selections, past): (&Selections, &str),
    decide: impl Fn(&Selected) -> Result<Change, Error>,
) -> Result<(), Error> {
    let mut turns = Turns::of(ui, selections);
    for deployment in &selections.objects {
        let changed = change(context, write, deployment, async |deployment| decide(deployment)).await;
        turns.take(changed.and_then(|(deployment, _)| write.tell(ui, &deployment, past)))?;
    }
    turns.end()
}

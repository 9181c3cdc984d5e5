//! Changing deployments, one after the other.

use clap::Args;

use super::Turns;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::commands::change::change;
use crate::commands::selected::{Selected, Selections};
use crate::context::Context;
use crate::error::Error;
use crate::plan::change::Change;
use crate::ui::Ui;

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

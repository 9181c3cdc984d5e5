//! `kubectl wasmcloud rollout undo`: back to a former revision, which a person may pick by its diff.

use clap::Args;
use serde_json::Value;

use super::{Turns, revisions_of, select};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::commands::change::change;
use crate::commands::selected::Selected;
use crate::context::Context;
use crate::error::Error;
use crate::plan::change::Change;
use crate::plan::rollout::history::Revision;
use crate::plan::rollout::refusal;
use crate::plan::rollout::undo::{RollBack, roll_back, target};
use crate::plan::selection::Aim;
use crate::report::{diff, history, render_yaml};
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout undo", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_undo };

/// What `rollout undo` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud rollout undo (NAME… | TYPE NAME… | TYPE/NAME…) [flags]\n       kubectl wasmcloud rollout undo (-l SELECTOR | -f FILE…) [flags]",
    after_help = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these.\n\
                  Without --to-revision a person at a terminal picks the revision; --yes takes the one before the newest."
)]
pub struct UndoArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// The revision to go back to; 0 is the one before the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true, allow_negative_numbers = true)]
    to_revision: i64,
    #[command(flatten)]
    write: WriteArgs,
}

/// Rolls back.
///
/// # Errors
/// When a deployment is paused or not there, there is no such revision, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: UndoArgs) -> Result<(), Error> {
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    let picks = ui.can_pick() && args.to_revision == 0 && selections.objects.len() == 1;
    let mut turns = Turns::of(ui, &selections);
    for deployment in &selections.objects {
        let number = match picks {
            true => pick(ui, &context, &args, deployment).await?,
            false => Some(args.to_revision),
        };
        let Some(number) = number else { continue };
        turns.take(undo(ui, &context, &args.write, deployment, number).await)?;
    }
    turns.end()
}

/// Puts back the template that a deployment had when it was `before`, for whoever has changed it since.
///
/// # Errors
/// When that revision is not there any more, or the server refuses.
pub(in crate::commands) async fn put_back(ui: &Ui, context: &Context, before: &Value) -> Result<(), Error> {
    let former = Selected { kind: Kind::WorkloadDeployment, object: before.clone() };
    let resource = former.kind.api_resource();
    let object = context.cluster.get(&resource, Some(former.namespace()), former.name()).await?;
    let revisions = revisions_of(context, &former).await?;
    let number = revisions.iter().find(|revision| revision.current).and_then(|revision| revision.number);
    let deployment = Selected { kind: former.kind, object };
    undo(ui, context, &WriteArgs::default(), &deployment, number.unwrap_or_default()).await
}

async fn undo(ui: &Ui, context: &Context, write: &WriteArgs, deployment: &Selected, number: i64) -> Result<(), Error> {
    let mut remarks = Vec::new();
    let mut compared = String::new();
    let (changed, skipped) = change(context, write, deployment, async |deployment| {
        let revisions = revisions_of(context, deployment).await?;
        let revision = target(&deployment.object, &revisions, number)?;
        let decided = roll_back(&deployment.object, revision)?;
        compared = difference(deployment, revision, &decided, ui.result_colour());
        remarks = decided.remarks;
        Ok(decided.change)
    })
    .await?;
    if write.dry_run != DryRun::None && write.output.is_none() {
        ui.raw(&compared)?;
    }
    write.tell(ui, &changed, skipped.as_deref().unwrap_or("rolled back"))?;
    remarks.iter().for_each(|remark| ui.warning(remark));
    Ok(())
}

/// What rolling back changes in the template; empty when it changes nothing.
fn difference(deployment: &Selected, revision: &Revision, decided: &RollBack, colour: bool) -> String {
    let Change::To(after) = &decided.change else { return String::new() };
    let text = |object: &Value| render_yaml(object.pointer("/spec/template").unwrap_or(&Value::Null));
    let label = |what: &str| format!("{} {what}", deployment.name());
    diff::unified(&text(&deployment.object), &text(after), (&label("live"), &label(&revision.title())), colour)
}

/// Lets a person pick the revision, and shows what it would change; nothing when the answer is no.
async fn pick(ui: &Ui, context: &Context, args: &UndoArgs, deployment: &Selected) -> Result<Option<i64>, Error> {
    let revisions = revisions_of(context, deployment).await?;
    // In words, when there is none or it may not be.
    roll_back(&deployment.object, target(&deployment.object, &revisions, 0)?)?;
    let choices: Vec<_> = revisions.iter().rev().skip(1).collect();
    if choices.iter().any(|revision| revision.number.is_none()) {
        return Ok(Some(0));
    }
    // What points to the choice takes two columns.
    let lines = history::choices(&choices, ui.look().width.saturating_sub(3));
    let picked = choices[ui.pick(&format!("roll {} back to", deployment.name()), &lines)?];
    let decided = roll_back(&deployment.object, picked)?;
    let compared = difference(deployment, picked, &decided, ui.look().colour);
    if args.write.dry_run == DryRun::None && !compared.is_empty() {
        ui.status(compared.trim_end());
        if !ui.confirm(&format!("roll {} back to {}?", deployment.name(), picked.title()))? {
            ui.status("nothing was done");
            return Ok(None);
        }
    }
    Ok(picked.number)
}

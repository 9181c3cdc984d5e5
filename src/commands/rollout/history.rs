//! `kubectl wasmcloud rollout history`: kubectl's table with images, templates, and what they differ in.

use clap::Args;
use serde_json::Value;

use super::{Turns, heed, revisions_of, select};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::TargetArgs;
use crate::commands::selected::Selected;
use crate::error::Error;
use crate::plan::rollout::history::{Revision, Span, find, remark};
use crate::plan::rollout::refusal;
use crate::plan::selection::Aim;
use crate::report::{self, Output, diff, history, parse_output, render_json, render_yaml};
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout history", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_history };

/// What `rollout history` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud rollout history (NAME… | TYPE NAME… | TYPE/NAME…) [flags]\n       kubectl wasmcloud rollout history (-l SELECTOR | -f FILE…) [flags]",
    after_help = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these.\n\
                  With -o the replica sets are shown that keep the revisions."
)]
pub struct HistoryArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Show the template of this revision
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    revision: i64,
    /// Show what two templates differ in: revisions by number, or counted back from the newest, which is 0; one alone is
    /// compared with the newest [default: -1,0]
    #[arg(long, value_name = "A[,B]", num_args = 0..=1, require_equals = true, default_missing_value = "-1,0", conflicts_with_all = ["revision", "output"])]
    diff: Option<Span>,
    /// How to show the replica sets: json, yaml, name or jsonpath=TEMPLATE
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_output)]
    output: Option<Output>,
    /// Show managedFields with -o json and -o yaml
    #[arg(long, hide_short_help = true)]
    show_managed_fields: bool,
}

/// Shows the history.
///
/// # Errors
/// When a deployment or a revision is not there, or a request fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: HistoryArgs) -> Result<(), Error> {
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    let mut turns = Turns::of(ui, &selections);
    let (mut all, mut shown) = (Vec::new(), Vec::new());
    for deployment in &selections.objects {
        let revisions = revisions_of(&context, deployment).await;
        turns.take(revisions.and_then(|revisions| {
            shown.extend(show(ui, &args, deployment, &revisions)?);
            all.extend(revisions);
            Ok(())
        }))?;
    }
    documents(ui, &args, shown, selections.objects.len())?;
    if !selections.objects.is_empty()
        && let Some(remark) = remark(&heed(&context, &selections.objects).await, &all)
    {
        ui.warning(remark);
    }
    turns.end()
}

/// Shows one deployment's history to a person; the replica sets that programs are to be shown.
fn show(ui: &Ui, args: &HistoryArgs, deployment: &Selected, revisions: &[Revision]) -> Result<Vec<Value>, Error> {
    let chosen = (args.revision != 0).then(|| numbered(revisions, args.revision)).transpose()?;
    if args.output.as_ref().is_some_and(|output| !output.is_table()) {
        let sets = chosen.map_or(revisions, std::slice::from_ref).iter();
        return Ok(sets.map(|revision| revision.set.clone()).collect());
    }
    let title = deployment.title();
    match (args.diff, chosen) {
        (Some(span), _) => ui.raw(&compare(ui, deployment.name(), revisions, span)?)?,
        (None, Some(chosen)) => {
            ui.raw(&format!("{title} with revision #{}\n{}\n", args.revision, history::template(chosen)))?;
        }
        (None, None) => ui.raw(&format!("{title} \n{}\n", history::table(revisions)))?,
    }
    Ok(Vec::new())
}

/// `--revision` is a number, and no count from the newest back.
fn numbered(revisions: &[Revision], number: i64) -> Result<&Revision, Error> {
    match number {
        ..=0 => Err(Error::usage(format!("revision must be a positive integer: {number}"))),
        number => find(revisions, number),
    }
}

fn compare(ui: &Ui, name: &str, revisions: &[Revision], span: Span) -> Result<String, Error> {
    let (from, to) = (find(revisions, span.from)?, find(revisions, span.to)?);
    let label = |revision: &Revision| format!("{name} {}", revision.title());
    let text = diff::unified(
        &render_yaml(from.template()),
        &render_yaml(to.template()),
        (&label(from), &label(to)),
        ui.result_colour(),
    );
    if text.is_empty() {
        ui.status(format!("{} and {} do not differ", label(from), label(to)));
    }
    Ok(text)
}

/// Shows the replica sets to programs.
fn documents(ui: &Ui, args: &HistoryArgs, mut sets: Vec<Value>, deployments: usize) -> Result<(), Error> {
    if !args.show_managed_fields {
        sets.iter_mut().for_each(report::hide_managed_fields);
    }
    let single = deployments == 1 && args.revision != 0;
    match &args.output {
        None | Some(Output::Table | Output::Wide) => Ok(()),
        Some(Output::Name) => sets
            .into_iter()
            .try_for_each(|object| ui.result(Selected { kind: Kind::WorkloadReplicaSet, object }.title())),
        // Nothing that was to be shown alone was found, and that is told.
        Some(_) if single && sets.is_empty() => Ok(()),
        Some(Output::Json) => ui.raw(&render_json(&report::list_of(sets, single))),
        Some(Output::Yaml) => ui.raw(&render_yaml(&report::list_of(sets, single))),
        Some(Output::JsonPath(template)) => ui.raw(&template.render(&report::list_of(sets, single))),
    }
}

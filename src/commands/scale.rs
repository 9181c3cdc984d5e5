//! `kubectl wasmcloud scale`: more or fewer replicas, in kubectl's words.

use std::time::Duration;

use clap::Args;
use futures::StreamExt;
use serde_json::{Value, json};

use super::selected::{self, Selected, is_told};
use crate::api::Kind;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{Change, DryRun, Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::scale::{self, Precondition, Progress};
use crate::plan::selection::Aim;
use crate::plan::set;
use crate::ui::Ui;

/// What `scale` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud scale [--current-replicas=COUNT] [--resource-version=VERSION] --replicas=COUNT (NAME… | TYPE NAME… | TYPE/NAME… | -f FILE…) [flags]",
    after_help = "WorkloadDeployments (wd) and WorkloadReplicaSets (wrs) have replicas; a NAME alone is a deployment."
)]
pub struct ScaleArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// All objects of the type in the namespace
    #[arg(long)]
    all: bool,
    /// How many replicas there are to be
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    replicas: Option<i32>,
    /// Only if so many replicas are asked for until now
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    current_replicas: Option<i32>,
    /// Only if the object has this version
    #[arg(long, value_name = "VERSION")]
    resource_version: Option<String>,
    /// How long to wait until all replicas are ready; 0 is not at all
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    #[command(flatten)]
    write: WriteArgs,
}

const AIM: Aim = Aim { verb: "scale", bare: Some(Kind::WorkloadDeployment), refuse: scale::refuse };

/// Scales what was asked for.
///
/// # Errors
/// When the words make no sense, a precondition is not met, the server refuses, or the time is up.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ScaleArgs) -> Result<(), Error> {
    let (replicas, precondition) = check(&args)?;
    selected::check_all(&args.target, args.all)?;
    let wanted = selected::wanted(ui, &args.target, args.all, &AIM).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &AIM, wanted).await?;
    if selections.objects.is_empty() && !selections.missing {
        return Err(Error::nothing_passed("scale"));
    }
    if precondition.resource_version.is_some() && selections.objects.len() > 1 {
        return Err(Error::usage("cannot use --resource-version with multiple resources"));
    }
    let mut failed = false;
    for object in &selections.objects {
        failed |= is_told(ui, scale_one(ui, &context, &args, object, (replicas, &precondition)).await)?;
    }
    if failed { Err(Error::Reported) } else { selections.outcome() }
}

fn check(args: &ScaleArgs) -> Result<(i32, Precondition), Error> {
    let replicas = args.replicas.filter(|replicas| *replicas >= 0).ok_or_else(|| {
        Error::usage("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    })?;
    let current_replicas = match args.current_replicas {
        Some(..-1) => return Err(Error::usage("The --current-replicas must specify an integer of -1 or greater")),
        // kubectl's word for any number.
        current => current.filter(|current| *current >= 0),
    };
    let resource_version = args.resource_version.clone().filter(|version| !version.is_empty());
    Ok((replicas, Precondition { current_replicas, resource_version }))
}

async fn scale_one(
    ui: &Ui,
    context: &Context,
    args: &ScaleArgs,
    selected: &Selected,
    (replicas, precondition): (i32, &Precondition),
) -> Result<(), Error> {
    precondition.check(&selected.object)?;
    if let Some(warning) = scale::warning(&selected.title(), set::owner(&selected.object)) {
        ui.warning(warning);
    }
    if args.write.dry_run != DryRun::Client {
        send(context, args, selected, (replicas, precondition)).await?;
    }
    let mut scaled = selected.clone();
    if args.write.dry_run == DryRun::None {
        if !args.timeout.is_zero() {
            until_done(ui, context, selected, replicas, args.timeout).await?;
        }
        if args.write.output.is_some() {
            let resource = selected.kind.api_resource();
            scaled.object = context.cluster.get(&resource, Some(selected.namespace()), selected.name()).await?;
        }
    } else if let Some(spec) = scaled.object.get_mut("spec") {
        spec["replicas"] = replicas.into();
    }
    args.write.tell(ui, &scaled, "scaled")
}

/// Deployments have a subresource for it, which also those may write who may write nothing else of them.
async fn send(
    context: &Context,
    args: &ScaleArgs,
    selected: &Selected,
    (replicas, precondition): (i32, &Precondition),
) -> Result<Value, Error> {
    let mut patch = json!({"spec": {"replicas": replicas}});
    if !precondition.is_empty() {
        patch["metadata"] = json!({"resourceVersion": selected.object["metadata"]["resourceVersion"]});
    }
    let subresource = (selected.kind == Kind::WorkloadDeployment).then_some("scale");
    let (resource, namespace) = (selected.kind.api_resource(), Some(selected.namespace()));
    context
        .cluster
        .merge_patch(&resource, namespace, (selected.name(), subresource), &patch, args.write.writing())
        .await
}

async fn until_done(
    ui: &Ui,
    context: &Context,
    selected: &Selected,
    replicas: i32,
    timeout: Duration,
) -> Result<(), Error> {
    let mut last = (0, 0);
    let waiting = follow(ui, context, selected, replicas, &mut last);
    match tokio::time::timeout(timeout, waiting).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let (current, ready) = last;
            let what =
                format!("{} to have {replicas} replicas; it has {current}, {ready} of them ready", selected.title());
            let (kind, namespace) = (selected.kind.singular(), selected.namespace());
            let help = format!("`kubectl wasmcloud get {kind},workloads -n {namespace}` shows what holds them up");
            Err(Error::TimedOut { what, help: Some(help) })
        }
    }
}

async fn follow(
    ui: &Ui,
    context: &Context,
    selected: &Selected,
    replicas: i32,
    last: &mut (i64, i64),
) -> Result<(), Error> {
    let wanted = i64::from(replicas);
    let bar = ui.bar(selected.name(), 1);
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    let scope = Scope::Namespace(selected.namespace().to_owned());
    let mut changes = context.cluster.watch(&selected.kind.api_resource(), &scope, &Filter::named(selected.name()));
    while let Some(change) = changes.next().await {
        let object = match change? {
            Change::All(objects) => objects.into_iter().next(),
            Change::Changed(object) => Some(object),
            Change::Gone(_) => None,
        };
        let Some(object) = object else { return Err(Error::not_found(&selected.kind.api_resource(), selected.name())) };
        match scale::progress(&object, wanted) {
            Progress::Done => return Ok(()),
            Progress::Overruled(other) => {
                let message = format!("{} was scaled to {other} by somebody else meanwhile", selected.title());
                return Err(Error::Kubernetes(message));
            }
            Progress::Goes(current, ready) => {
                *last = (current, ready);
                bar.show(count(ready), count(wanted.max(current)), "replicas ready");
            }
        }
    }
    Ok(())
}

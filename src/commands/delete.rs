//! `kubectl wasmcloud delete`: with kubectl's words, codes and cascades.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use kube::core::ApiResource;
use kube::core::params::DeleteParams;
use serde_json::Value;

use crate::cli::target::FileArgs;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{DryRun, Filter};
use crate::commands::files::documents;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::{kinds, plan_apply};
use crate::plan::selection::{self, Selection};
use crate::ui::Ui;

/// What `delete` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud delete TYPE NAME… [flags]\n       kubectl wasmcloud delete TYPE/NAME… [flags]\n       kubectl wasmcloud delete TYPE (-l SELECTOR | --all) [flags]\n       kubectl wasmcloud delete -f FILE… [flags]"
)]
pub struct DeleteArgs {
    /// Types and names of what to delete
    #[arg(value_name = "TYPE[/NAME]")]
    words: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
    /// Objects with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Option<String>,
    /// Objects with these fields, such as metadata.name=x
    #[arg(long, value_name = "SELECTOR")]
    field_selector: Option<String>,
    /// All objects of the type in the namespace
    #[arg(long)]
    all: bool,
    /// In all namespaces
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// What becomes of the objects that these own
    #[arg(long, value_name = "HOW", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "background")]
    cascade: Cascade,
    /// Wait until everything is gone
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    wait: bool,
    /// How long to wait; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    /// An object that is not there is no error
    #[arg(long)]
    ignore_not_found: bool,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
    /// `name` prints KIND.GROUP/NAME
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// What becomes of dependents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Cascade {
    #[default]
    Background,
    Foreground,
    Orphan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Name,
}

/// One object to delete.
#[derive(Clone, Debug)]
struct Target {
    resource: ApiResource,
    namespace: Option<String>,
    name: String,
}

/// Deletes what was asked for.
///
/// # Errors
/// When the words make no sense, something is not there, the server refuses, or the wait ends early.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DeleteArgs) -> Result<(), Error> {
    check(&args)?;
    let selection = if args.files.is_empty() { Some(selection::parse(&args.words)?) } else { None };
    if matches!(selection, Some(Selection::Types(_))) && !picks(&args) {
        return Err(Error::usage("resource(s) were provided, but no name was specified"));
    }
    let documents = if selection.is_none() { documents(&args.files, "delete").await? } else { Vec::new() };
    let context = Context::connect(ui, global).await?;
    let mut failed = false;
    let targets = match selection {
        Some(selection) => selected(ui, &context, &args, selection, &mut failed).await?,
        None => written(&context, documents).await?,
    };
    if targets.is_empty() && !failed && args.output.is_none() {
        ui.status("No resources found");
    }
    let deleted = delete_all(ui, &context, &args, targets, &mut failed).await?;
    if args.wait && args.dry_run == DryRun::None {
        until_gone(&context, &args, &deleted).await?;
    }
    if failed { Err(Error::Reported) } else { Ok(()) }
}

fn picks(args: &DeleteArgs) -> bool {
    args.all || args.selector.is_some() || args.field_selector.is_some()
}

fn check(args: &DeleteArgs) -> Result<(), Error> {
    if args.words.is_empty() && args.files.is_empty() {
        return Err(Error::usage("You must provide one or more resources by argument or filename."));
    }
    if !args.words.is_empty() && !args.files.is_empty() {
        return Err(Error::usage("when paths are provided as input, you may not specify resource arguments as well"));
    }
    if args.all && (args.selector.is_some() || args.field_selector.is_some()) {
        return Err(Error::usage("setting 'all' parameter but found a non empty selector."));
    }
    Ok(())
}

/// The objects that words and selectors mean. Those that are not there are told at once.
async fn selected(
    ui: &Ui,
    context: &Context,
    args: &DeleteArgs,
    selection: Selection,
    failed: &mut bool,
) -> Result<Vec<Target>, Error> {
    let mut targets = Vec::new();
    match selection {
        Selection::Types(kinds) => {
            let filter = Filter { labels: args.selector.clone(), fields: args.field_selector.clone() };
            for kind in kinds {
                let resource = kind.api_resource();
                let scope = context.scope(kind, args.all_namespaces);
                let objects: Vec<Value> = context.cluster.list(&resource, &scope, &filter).await?;
                targets.extend(objects.iter().map(|object| target(&resource, object)));
            }
        }
        Selection::Named(names) => {
            if picks(args) {
                return Err(Error::usage("name cannot be provided when a selector is specified"));
            }
            for (kind, name) in names {
                match context.find(kind, &name).await {
                    Ok(object) => targets.push(target(&kind.api_resource(), &object)),
                    Err(error) => missing(ui, args, error, failed)?,
                }
            }
        }
    }
    Ok(targets)
}

fn target(resource: &ApiResource, object: &Value) -> Target {
    let word = |path| object.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let name = word("/metadata/name").unwrap_or_default();
    Target { resource: resource.clone(), namespace: word("/metadata/namespace"), name }
}

/// The objects that manifests name, those first that were applied last.
async fn written(context: &Context, documents: Vec<Document>) -> Result<Vec<Target>, Error> {
    let kinds = context.cluster.resolve(kinds(&documents).map_err(Error::Manifests)?).await?;
    let (steps, problems) = plan_apply(documents, &kinds, &context.namespace, context.namespace_given);
    if !problems.is_empty() {
        return Err(Error::Manifests(problems));
    }
    let target = |step: crate::plan::apply::Step| Target {
        name: step.document.name().to_owned(),
        resource: step.resource,
        namespace: step.namespace,
    };
    Ok(steps.into_iter().rev().map(target).collect())
}

fn missing(ui: &Ui, args: &DeleteArgs, error: Error, failed: &mut bool) -> Result<(), Error> {
    if !error.is_not_found() {
        return Err(error);
    }
    // What a selector picked may be gone by now, as kubectl sees it too.
    if !args.ignore_not_found && !picks(args) {
        ui.error(&error);
        *failed = true;
    }
    Ok(())
}

async fn delete_all(
    ui: &Ui,
    context: &Context,
    args: &DeleteArgs,
    targets: Vec<Target>,
    failed: &mut bool,
) -> Result<Vec<(Target, Option<String>)>, Error> {
    let mut deleted = Vec::new();
    for target in targets {
        let namespace = target.namespace.as_deref();
        let uid = match args.dry_run {
            DryRun::Client => Ok(None),
            _ => context.cluster.delete(&target.resource, namespace, &target.name, &params(args)).await,
        };
        match uid {
            Ok(uid) => {
                ui.result(line(&target, args))?;
                deleted.push((target, uid));
            }
            Err(error) => missing(ui, args, error, failed)?,
        }
    }
    Ok(deleted)
}

fn params(args: &DeleteArgs) -> DeleteParams {
    let params = match args.cascade {
        Cascade::Background => DeleteParams::background(),
        Cascade::Foreground => DeleteParams::foreground(),
        Cascade::Orphan => DeleteParams::orphan(),
    };
    if args.dry_run == DryRun::Server { params.dry_run() } else { params }
}

fn line(target: &Target, args: &DeleteArgs) -> String {
    let kind = match target.resource.group.as_str() {
        "" => target.resource.kind.to_lowercase(),
        group => format!("{}.{group}", target.resource.kind.to_lowercase()),
    };
    if args.output == Some(Format::Name) {
        return format!("{kind}/{}", target.name);
    }
    let from = target.namespace.as_ref().map(|namespace| format!(" from {namespace} namespace")).unwrap_or_default();
    format!("{kind} \"{}\" deleted{from}{}", target.name, args.dry_run.suffix())
}

async fn until_gone(context: &Context, args: &DeleteArgs, deleted: &[(Target, Option<String>)]) -> Result<(), Error> {
    let waits = deleted.iter().map(|(target, uid)| async move {
        let wait =
            context.cluster.until_gone(&target.resource, target.namespace.as_deref(), &target.name, uid.as_deref());
        match args.timeout {
            Duration::ZERO => wait.await,
            timeout => tokio::time::timeout(timeout, wait).await.unwrap_or_else(|_| Err(timed_out(target))),
        }
    });
    futures::future::try_join_all(waits).await.map(drop)
}

fn timed_out(target: &Target) -> Error {
    let namespace = target.namespace.as_ref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    let title = format!("{}/{}", target.resource.plural, target.name);
    let help = format!(
        "a finalizer holds it until a controller lets it go; `kubectl get {title}{namespace} -o yaml` shows which"
    );
    Error::TimedOut { what: format!("the condition on {title}"), help: Some(help) }
}

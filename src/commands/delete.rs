//! `kubectl wasmcloud delete`: with kubectl's words, codes and cascades.

mod after;
mod targets;

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use kube::core::params::DeleteParams;

use crate::cli::target::TargetArgs;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::DryRun;
use crate::commands::in_time::in_time;
use crate::context::Context;
use crate::error::Error;
use crate::plan::delete::{Grace, plan_grace};
use crate::plan::prune::Target;
use crate::ui::Ui;

use targets::{Doomed, How, find, sought};

/// What `delete` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud delete TYPE NAME… [flags]\n       kubectl wasmcloud delete TYPE/NAME… [flags]\n       kubectl wasmcloud delete TYPE (-l SELECTOR | --all) [flags]\n       kubectl wasmcloud delete -f FILE… [flags]"
)]
pub struct DeleteArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// All objects of the type in the namespace
    #[arg(long)]
    all: bool,
    /// What becomes of the objects that these own
    #[arg(long, value_name = "HOW", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "background")]
    cascade: Cascade,
    /// Wait until everything is gone
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    wait: bool,
    /// How long to wait, where it waits; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    /// An object that is not there is no error
    #[arg(long)]
    ignore_not_found: bool,
    /// Seconds that an object may take to end; below 0 what is usual for it, 0 only with --force
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, hide_short_help = true)]
    grace_period: Option<i64>,
    /// Take it out of the API at once, without waiting for its end
    #[arg(long, hide_short_help = true)]
    force: bool,
    /// As soon as may be: --grace-period=1
    #[arg(long, hide_short_help = true)]
    now: bool,
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

/// What is told when an object is not waited for.
const IMMEDIATE: &str = "Immediate deletion does not wait for confirmation that the running resource has been terminated. The \
                         resource may continue to run on the cluster indefinitely.";

/// Deletes what was asked for.
///
/// # Errors
/// When the words make no sense, something is not there, the server refuses, or the wait ends early.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DeleteArgs) -> Result<(), Error> {
    check(&args)?;
    let grace = plan_grace(args.grace_period, args.force, args.now).map_err(Error::usage)?;
    let sought = sought(ui, &args).await?;
    let context = Context::connect(ui, global).await?;
    if grace.immediate {
        ui.warning(IMMEDIATE);
    }
    let mut failed = false;
    let found = find(ui, &context, &args, sought, &mut failed).await?;
    if found.objects.is_empty() && !failed && args.output.is_none() {
        ui.status("No resources found");
    }
    if args.dry_run == DryRun::None && !agreed(ui, &found.objects, found.how)? {
        ui.status("nothing is deleted");
        return Ok(());
    }
    let by_name = found.how != How::Selected;
    let deleted = delete_all(ui, &context, &args, grace, found.objects, &mut failed).await?;
    if args.dry_run == DryRun::None {
        if args.wait {
            until_gone(&context, &args, &deleted).await?;
        }
        after::tell(ui, &context, &deleted, by_name).await?;
    }
    if failed { Err(Error::Reported) } else { Ok(()) }
}

fn check(args: &DeleteArgs) -> Result<(), Error> {
    let TargetArgs { words, files, .. } = &args.target;
    if !words.is_empty() && !files.is_empty() {
        return Err(Error::usage("when paths are provided as input, you may not specify resource arguments as well"));
    }
    if !files.is_empty() && (args.all || args.target.field_selector.is_some()) {
        return Err(Error::usage("when paths are provided as input, you may not specify --all or a field selector"));
    }
    let named = words.len() > 1 || words.iter().any(|word| word.contains('/'));
    if args.target.all_namespaces && (named || !files.is_empty()) {
        return Err(Error::usage("a resource cannot be retrieved by name across all namespaces"));
    }
    if args.all && args.target.selects() {
        return Err(Error::usage("setting 'all' parameter but found a non empty selector."));
    }
    Ok(())
}

/// Whether a person who named no names has nothing against it; without one nobody is asked.
fn agreed(ui: &Ui, objects: &[Doomed], how: How) -> Result<bool, Error> {
    if objects.is_empty() || how == How::Named || !ui.can_ask() {
        return Ok(true);
    }
    if let [one] = objects {
        return ui.confirm(&format!("Delete {}?", one.target.place()));
    }
    objects.iter().for_each(|doomed| ui.status(doomed.target.place()));
    ui.confirm(&format!("Delete these {} objects?", objects.len()))
}

fn missing(ui: &Ui, args: &DeleteArgs, error: Error, failed: &mut bool) -> Result<(), Error> {
    if !error.is_not_found() {
        return Err(error);
    }
    // Who named no names misses none.
    if !args.ignore_not_found && !args.all && !args.target.selects() {
        ui.error(&error);
        *failed = true;
    }
    Ok(())
}

async fn delete_all(
    ui: &Ui,
    context: &Context,
    args: &DeleteArgs,
    grace: Grace,
    objects: Vec<Doomed>,
    failed: &mut bool,
) -> Result<Vec<(Doomed, Option<String>)>, Error> {
    let mut deleted = Vec::new();
    for doomed in objects {
        let Target { resource, namespace, name } = &doomed.target;
        let uid = match args.dry_run {
            DryRun::Client => Ok(None),
            _ => context.cluster.delete(resource, namespace.as_deref(), name, &params(args, grace)).await,
        };
        match uid {
            Ok(uid) => {
                ui.result(line(&doomed.target, args, grace))?;
                deleted.push((doomed, uid));
            }
            Err(error) => missing(ui, args, error, failed)?,
        }
    }
    Ok(deleted)
}

fn params(args: &DeleteArgs, grace: Grace) -> DeleteParams {
    let params = match args.cascade {
        Cascade::Background => DeleteParams::background(),
        Cascade::Foreground => DeleteParams::foreground(),
        Cascade::Orphan => DeleteParams::orphan(),
    };
    DeleteParams { dry_run: args.dry_run == DryRun::Server, grace_period_seconds: grace.seconds, ..params }
}

fn line(target: &Target, args: &DeleteArgs, grace: Grace) -> String {
    let title = target.title();
    if args.output == Some(Format::Name) {
        return title;
    }
    let kind = title.split_once('/').map_or(title.as_str(), |(kind, _)| kind);
    let from = target.namespace.as_ref().map(|namespace| format!(" from {namespace} namespace")).unwrap_or_default();
    let force = if grace.immediate { "force " } else { "" };
    format!("{kind} \"{}\" {force}deleted{from}{}", target.name, args.dry_run.suffix())
}

async fn until_gone(context: &Context, args: &DeleteArgs, deleted: &[(Doomed, Option<String>)]) -> Result<(), Error> {
    let waits = deleted.iter().map(|(Doomed { target, .. }, uid)| async move {
        let wait =
            context.cluster.until_gone(&target.resource, target.namespace.as_deref(), &target.name, uid.as_deref());
        match in_time(args.timeout, wait).await {
            // Who may not look cannot wait, which does not make the deletion fail.
            Some(Err(error)) if error.is_forbidden() => Ok(()),
            outcome => outcome.unwrap_or_else(|| Err(timed_out(target))),
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

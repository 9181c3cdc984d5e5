//! `kubectl wasmcloud deploy`: apply, then follow until it answers.

mod check;
#[cfg(feature = "local")]
mod local;

use std::time::Duration;

use clap::{ArgAction, Args};

use crate::cli::target::FileArgs;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::DryRun;
use crate::commands::files::documents;
use crate::commands::rollout::follow::{self, Target};
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::{Change, Step, kinds, plan_apply};
use crate::plan::rollout::{Snapshot, routes};
use crate::ui::Ui;

/// What `deploy` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Every document is checked before the first is applied; one that is not valid and nothing is.\n\
                  Objects in a namespace that the same files create are checked in namespace `default`.",
    override_usage = "kubectl wasmcloud deploy -f FILE… [flags]"
)]
pub struct DeployArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Follow the rollout until every replica is available
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    wait: bool,
    /// How long the rollout may take; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration::parse)]
    timeout: Duration,
    /// Take over fields that were written by others
    #[arg(long)]
    force_conflicts: bool,
    /// Port that workloads answer on, when this starts a local control plane; 0 is any
    #[cfg(feature = "local")]
    #[arg(long, value_name = "PORT", default_value_t = 8000, requires = "local", hide_short_help = true)]
    local_http_port: u16,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
}

/// Deploys.
///
/// # Errors
/// When a document is not valid (then nothing was applied), the server refuses one, or the rollout fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DeployArgs) -> Result<(), Error> {
    if args.files.is_empty() {
        return Err(Error::usage("must specify one of -f and -k"));
    }
    #[cfg_attr(not(feature = "local"), expect(unused_mut, reason = "files are images on the local control plane"))]
    let mut documents = documents(&args.files, "deploy").await?;
    #[cfg(feature = "local")]
    let plane = {
        local::anchor_files(global, &mut documents)?;
        local::start(ui, global, args.local_http_port).await?
    };
    deploy(ui, global, &args, documents).await?;
    #[cfg(feature = "local")]
    local::stay(ui, plane).await?;
    Ok(())
}

async fn deploy(ui: &Ui, global: &GlobalArgs, args: &DeployArgs, documents: Vec<Document>) -> Result<(), Error> {
    let kinds_used = kinds(&documents).map_err(Error::Manifests)?;
    let context = Context::connect(ui, global).await?;
    let known = context.cluster.resolve(kinds_used).await?;
    let (steps, problems) = plan_apply(documents, &known, &context.namespace, context.namespace_given);
    let checked = check::check(&context, steps, problems, args.force_conflicts, args.dry_run).await?;
    if args.dry_run != DryRun::None {
        return checked.iter().try_for_each(|checked| tell(ui, &checked.step, checked.change, args.dry_run));
    }
    apply(ui, &context, &checked, args.force_conflicts).await?;
    let targets: Vec<_> = checked.iter().filter_map(|checked| checked.step.deployment().map(Target::new)).collect();
    if !args.wait || targets.is_empty() {
        return Ok(());
    }
    let snapshots = follow::all(ui, &context, &targets, args.timeout).await?;
    tell_routes(ui, &context, &snapshots).await
}

async fn apply(ui: &Ui, context: &Context, checked: &[check::Checked], force: bool) -> Result<(), Error> {
    for check::Checked { step, before, .. } in checked {
        let namespace = step.namespace.as_deref();
        let applied = context.cluster.apply(&step.resource, namespace, &step.document.object, force, false).await;
        let refused = |problem| Error::Refused(Box::new(problem));
        let applied = applied.map_err(|error| check::problem(step, error).map_or_else(|error| error, refused))?;
        tell(ui, step, Change::between(before.as_ref(), &applied), DryRun::None)?;
    }
    Ok(())
}

fn tell(ui: &Ui, step: &Step, change: Change, dry_run: DryRun) -> Result<(), Error> {
    ui.result(format!("{} {change}{}", step.title(), dry_run.suffix()))
}

/// Where it answers, as far as the hosts' own word goes.
async fn tell_routes(ui: &Ui, context: &Context, snapshots: &[Snapshot]) -> Result<(), Error> {
    let hosts = match context.cluster.hosts().await {
        Ok(hosts) => hosts,
        Err(error) => {
            ui.warning(format!("cannot say where it answers: {error}"));
            return Ok(());
        }
    };
    for snapshot in snapshots {
        let routes = routes(snapshot, &hosts);
        routes.iter().try_for_each(|route| ui.result(route))?;
        if let Some(route) = routes.first() {
            ui.hint(format!("try it with: {}", route.curl()));
        }
    }
    Ok(())
}

//! `kubectl wasmcloud deploy`: apply, then follow until it answers.

#[cfg(feature = "local")]
mod local;
mod made;

use std::time::Duration;

use clap::{ArgAction, Args};
use serde::Deserialize;
use serde_json::Value;

use crate::api::names::field_manager;
use crate::api::{HasConditions, WorkloadDeployment};
use crate::cli::output::Format;
use crate::cli::shape::ShapeArgs;
use crate::cli::target::FileArgs;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{Applying, DryRun, Validation};
use crate::commands::apply::check::{AT_ONCE, Checked, Checking, Objects, check, plan};
use crate::commands::apply::validated::validate;
use crate::commands::apply::write::write;
use crate::commands::diff::Difference;
use crate::commands::files::documents;
use crate::commands::rollout::follow::{self, Target};
use crate::commands::rollout::undo::put_back;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::{Change, Step};
use crate::plan::rollout::{Earlier, Snapshot, routes};
use crate::ui::Ui;

/// What `deploy` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Every document is checked before the first is applied; one that is not valid and nothing is.\n\
                  Objects in a namespace that the same files create are checked in namespace `default`.",
    override_usage = "kubectl wasmcloud deploy -f FILE… [flags]
       kubectl wasmcloud deploy NAME --image IMAGE [flags]"
)]
pub struct DeployArgs {
    /// Name of the deployment that --image makes
    name: Option<String>,
    #[command(flatten)]
    files: FileArgs,
    /// Follow the rollout until every replica is available
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    wait: bool,
    /// How long the rollout may take, where it is followed; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration::parse)]
    timeout: Duration,
    /// Put the former template back when the rollout fails or takes too long
    #[arg(long)]
    undo_on_failure: bool,
    /// Take over fields that were written by others
    #[arg(long)]
    force_conflicts: bool,
    /// Whose change this is, for the fields' ownership
    #[arg(long, value_name = "NAME", default_value = field_manager::KUBECTL, hide_default_value = true, hide_short_help = true)]
    field_manager: String,
    /// Port that workloads answer on, when this starts a local control plane; 0 is any
    #[cfg(feature = "local")]
    #[arg(long, value_name = "PORT", default_value_t = 8000, requires = "local", hide_short_help = true)]
    local_http_port: u16,
    /// Show what would change, and ask before it is done
    #[arg(long, conflicts_with = "dry_run")]
    confirm: bool,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
    /// Show the manifest that --image makes, with --dry-run
    #[arg(short, long, value_name = "FORMAT", value_enum)]
    output: Option<Format>,
    #[command(flatten)]
    shape: ShapeArgs,
}

/// Deploys.
///
/// # Errors
/// When a document is not valid (then nothing was applied), the server refuses one, or the rollout fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DeployArgs) -> Result<(), Error> {
    made::check_words(&args)?;
    let made = match args.shape.names_what_runs() {
        true => Some(made::make(ui, global, &args).await?),
        false => None,
    };
    let text = made.as_ref().zip(args.output).map(|(made, format)| made.render(format));
    if let Some(text) = text.as_ref().filter(|_| args.dry_run == DryRun::Client) {
        return ui.raw(text);
    }
    if args.undo_on_failure && !args.wait {
        return Err(Error::usage("--undo-on-failure needs to see the rollout fail, and --wait=false does not look"));
    }
    #[cfg_attr(not(feature = "local"), expect(unused_mut, reason = "files are images on the local control plane"))]
    let mut documents = match &made {
        Some(made) => made.documents()?,
        None => documents(&args.files, "deploy").await?,
    };
    #[cfg(feature = "local")]
    let plane = {
        local::anchor_files(global, &mut documents)?;
        local::start(ui, global, args.local_http_port).await?
    };
    deploy(ui, global, &args, (documents, text)).await?;
    #[cfg(feature = "local")]
    local::stay(ui, plane).await?;
    Ok(())
}

/// Deploys documents; a text is shown in place of what would become of them.
async fn deploy(
    ui: &Ui,
    global: &GlobalArgs,
    args: &DeployArgs,
    (documents, text): (Vec<Document>, Option<String>),
) -> Result<(), Error> {
    let validated = validate(ui, &documents, Validation::Strict).await?;
    let objects = Objects::read(documents, None)?;
    let context = Context::connect(ui, global).await?;
    let (steps, problems) = plan(&context, objects).await?;
    let applying = Applying { manager: &args.field_manager, force: args.force_conflicts, ..Applying::default() };
    let how = Checking { dry_run: args.dry_run, applying, at_once: AT_ONCE };
    let checked = check(&context, steps, problems, how).await.map_err(|error| validated.placed(error))?;
    if let Some(text) = text {
        return ui.raw(&text);
    }
    if args.dry_run != DryRun::None {
        return checked.iter().try_for_each(|checked| tell(ui, &checked.step, checked.change, args.dry_run));
    }
    if args.confirm && !agreed(ui, &checked)? {
        ui.status("nothing is applied");
        return Ok(());
    }
    let earlier = if args.wait { earlier(&context, &checked).await } else { Earlier::default() };
    apply(ui, &context, &checked, applying).await?;
    let targets: Vec<_> = checked.iter().filter_map(|checked| checked.step.deployment().map(Target::new)).collect();
    if !args.wait || targets.is_empty() {
        return Ok(());
    }
    match follow::all(ui, &context, &targets, earlier, args.timeout).await {
        Ok(snapshots) => tell_routes(ui, &context, &snapshots).await,
        Err(error) if args.undo_on_failure => {
            ui.error(&error);
            undo(ui, &context, &checked).await?;
            Err(Error::Reported)
        }
        Err(error) => Err(error),
    }
}

/// What has failed of the deployments before anything is applied; those that are Ready need not be looked at.
async fn earlier(context: &Context, checked: &[Checked]) -> Earlier {
    let mut earlier = Earlier::default();
    for Checked { step, before, .. } in checked {
        let before = before.as_ref().and_then(|before| WorkloadDeployment::deserialize(before).ok());
        if let (Some(target), Some(false)) = (step.deployment(), before.map(|before| before.is_ready())) {
            follow::failed_by_now(context, &Target::new(target), &mut earlier).await;
        }
    }
    earlier
}

/// Puts back the templates that were changed. All else that was applied stays.
async fn undo(ui: &Ui, context: &Context, checked: &[Checked]) -> Result<(), Error> {
    for Checked { step, before, after, .. } in checked.iter().filter(|checked| checked.step.deployment().is_some()) {
        let template = |object: &Value| object.pointer("/spec/template").cloned();
        match before {
            Some(before) if template(before) == template(after) => {}
            Some(before) => put_back(ui, context, before).await?,
            None => ui.hint(format!("{} is new: there is nothing to go back to", step.title())),
        }
    }
    Ok(())
}

/// Shows what would change, and asks; what changes nothing needs no answer.
fn agreed(ui: &Ui, checked: &[Checked]) -> Result<bool, Error> {
    let differences: Vec<_> = checked.iter().filter_map(|checked| Difference::of(checked, false)).collect();
    if differences.is_empty() {
        return Ok(true);
    }
    let colour = ui.look().colour;
    differences.iter().for_each(|difference| ui.status(difference.unified(colour).trim_end()));
    ui.confirm(&match differences.len() {
        1 => "Apply this change?".to_owned(),
        count => format!("Apply the changes of these {count} objects?"),
    })
}

async fn apply(ui: &Ui, context: &Context, checked: &[Checked], how: Applying<'_>) -> Result<(), Error> {
    for checked in checked {
        let applied = write(context, checked, how).await?;
        tell(ui, &checked.step, Change::between(checked.before.as_ref(), &applied), DryRun::None)?;
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

//! `kubectl wasmcloud set`: single aspects of what components run with.

pub mod env;
pub mod image;
mod in_place;

use clap::{Args, Subcommand};
use kube::core::GroupVersionKind;
use serde_json::Value;

use super::change::change;
use super::files::documents;
use super::selected::{self, Selected, is_told};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::edit::{self, Edit};
use crate::plan::change::Change;
use crate::plan::selection::{Aim, kind_of};
use crate::plan::set::check_owner;
use crate::ui::Ui;

/// What there is to set.
#[derive(Debug, Subcommand)]
pub enum SetCommand {
    /// Change the environment of components
    Env(env::EnvArgs),
    /// Change the images of components
    Image(image::ImageArgs),
}

/// Sets it.
///
/// # Errors
/// As the subcommand.
pub async fn run(ui: &Ui, global: &GlobalArgs, command: SetCommand) -> Result<(), Error> {
    match command {
        SetCommand::Env(args) => env::run(ui, global, args).await,
        SetCommand::Image(args) => image::run(ui, global, args).await,
    }
}

/// Which objects are changed, and where.
#[derive(Clone, Debug, Args)]
pub struct SetArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// All objects of the type in the namespace
    #[arg(long)]
    all: bool,
    /// Change the files themselves, and nothing else in them; no server is asked
    #[arg(long)]
    in_place: bool,
    #[command(flatten)]
    write: WriteArgs,
}

/// What has to change in an object of a kind.
type Plan<'a> = dyn Fn(Kind, &Value) -> Result<Vec<Edit>, Error> + 'a;

/// A change, and how it is told.
struct Setting<'a> {
    aim: Aim,
    past: &'static str,
    plan: &'a Plan<'a>,
}

/// Changes the objects; those that cannot be changed are told, and the others are changed all the same.
async fn perform(ui: &Ui, global: &GlobalArgs, args: &SetArgs, setting: &Setting<'_>) -> Result<(), Error> {
    selected::check_all(&args.target, args.all)?;
    let mut failed = false;
    if is_offline(args) {
        for object in of_files(args, &setting.aim).await? {
            failed |= is_told(ui, tell_edited(ui, args, object, setting))?;
        }
        return if failed { Err(Error::Reported) } else { Ok(()) };
    }
    let wanted = selected::wanted(ui, &args.target, args.all, &setting.aim).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &setting.aim, wanted).await?;
    selections.tell_none(ui, &context, &args.target, Kind::WorkloadDeployment);
    for object in &selections.objects {
        failed |= is_told(ui, set(ui, &context, args, object, setting).await)?;
    }
    if failed { Err(Error::Reported) } else { selections.outcome() }
}

/// Whether files alone are asked about.
fn is_offline(args: &SetArgs) -> bool {
    !args.target.files.is_empty() && args.target.words.is_empty() && args.write.dry_run == DryRun::Client
}

/// The objects in files that `set` has a meaning for.
async fn of_files(args: &SetArgs, aim: &Aim) -> Result<Vec<Selected>, Error> {
    let documents = documents(&args.target.files, aim.verb).await?;
    let ours = documents.into_iter().filter_map(|document| {
        let kind = meant(document.kind(), aim)?;
        Some(Selected { kind, object: document.object })
    });
    let objects: Vec<_> = ours.collect();
    if objects.is_empty() { Err(Error::nothing_passed(aim.verb)) } else { Ok(objects) }
}

/// The kind, if it is one of ours that the verb has a meaning for.
fn meant(kind: Option<GroupVersionKind>, aim: &Aim) -> Option<Kind> {
    kind.as_ref().and_then(kind_of).filter(|kind| (aim.refuse)(*kind).is_none())
}

/// Changes an object on the server.
async fn set(
    ui: &Ui,
    context: &Context,
    args: &SetArgs,
    object: &Selected,
    setting: &Setting<'_>,
) -> Result<(), Error> {
    let (changed, same) = change(context, &args.write, object, async |object| decide(object, setting)).await?;
    tell(ui, &args.write, &changed, (setting, same.is_some()))
}

/// Nothing is sent: the object as it would be.
fn tell_edited(ui: &Ui, args: &SetArgs, object: Selected, setting: &Setting<'_>) -> Result<(), Error> {
    match decide(&object, setting)? {
        Change::Not(_) => tell(ui, &args.write, &object, (setting, true)),
        Change::To(edited) => tell(ui, &args.write, &Selected { object: edited, ..object }, (setting, false)),
    }
}

fn decide(selected: &Selected, setting: &Setting<'_>) -> Result<Change, Error> {
    check_owner(&selected.title(), &selected.object)?;
    let edits = (setting.plan)(selected.kind, &selected.object)?;
    if edits.is_empty() {
        return Ok(Change::Not("unchanged".to_owned()));
    }
    let mut edited = selected.object.clone();
    edit::apply(&mut edited, &edits);
    Ok(Change::To(edited))
}

/// As kubectl has it, an object that is as it should be has no line; whoever asked for the object gets it.
fn tell(
    ui: &Ui,
    write: &WriteArgs,
    selected: &Selected,
    (setting, is_same): (&Setting<'_>, bool),
) -> Result<(), Error> {
    if is_same && write.output.is_none() {
        ui.status(format!("{} unchanged", selected.title()));
        return Ok(());
    }
    write.tell(ui, selected, setting.past)
}

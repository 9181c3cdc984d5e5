//! `kubectl wasmcloud set`: single aspects of what components run with.

pub mod env;
pub mod image;
mod in_place;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::files::documents;
use super::selected::{self, Selected};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::edit::{self, Edit};
use crate::plan::selection::Aim;
use crate::plan::set::{check_owner, difference};
use crate::ui::Ui;

/// How often an object is read again that somebody else changed meanwhile.
const ATTEMPTS: usize = 5;

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
struct Change<'a> {
    aim: Aim,
    past: &'static str,
    plan: &'a Plan<'a>,
}

/// Changes the objects; those that cannot be changed are told, and the others are changed all the same.
async fn perform(ui: &Ui, global: &GlobalArgs, args: &SetArgs, change: &Change<'_>) -> Result<(), Error> {
    let mut failed = false;
    if is_offline(args) {
        for object in of_files(args, &change.aim).await? {
            failed |= is_told(ui, tell_edited(ui, args, object, change))?;
        }
        return if failed { Err(Error::Reported) } else { Ok(()) };
    }
    if args.target.words.is_empty() && args.target.files.is_empty() {
        return Err(Error::usage("one or more resources must be specified as <resource> <name> or <resource>/<name>"));
    }
    let wanted = selected::wanted(ui, &args.target, args.all, &change.aim).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &change.aim, wanted).await?;
    if selections.objects.is_empty() && !selections.missing {
        return Err(Error::usage(format!("no objects passed to {}", change.aim.verb)));
    }
    for object in &selections.objects {
        let changed = match args.write.dry_run {
            DryRun::Client => tell_edited(ui, args, object.clone(), change),
            DryRun::None | DryRun::Server => patch(ui, &context, args, object.clone(), change).await,
        };
        failed |= is_told(ui, changed)?;
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
        let kind = document.kind().and_then(|kind| ours(&kind.group, &kind.kind, aim))?;
        Some(Selected { kind, object: document.object })
    });
    let objects: Vec<_> = ours.collect();
    if objects.is_empty() { Err(Error::usage(format!("no objects passed to {}", aim.verb))) } else { Ok(objects) }
}

fn ours(group: &str, kind: &str, aim: &Aim) -> Option<Kind> {
    let kind = (group == crate::api::names::GROUP).then(|| Kind::from_kind(kind)).flatten()?;
    (aim.refuse)(kind).is_none().then_some(kind)
}

/// Tells an error; whether there was one. Those that end all output go up.
fn is_told(ui: &Ui, outcome: Result<(), Error>) -> Result<bool, Error> {
    match outcome {
        Ok(()) => Ok(false),
        Err(error @ (Error::ClosedPipe | Error::Output(_) | Error::Interrupted)) => Err(error),
        Err(error) => {
            ui.error(&error);
            Ok(true)
        }
    }
}

/// Nothing is sent: the object as it would be.
fn tell_edited(ui: &Ui, args: &SetArgs, mut selected: Selected, change: &Change<'_>) -> Result<(), Error> {
    check_owner(&selected.title(), &selected.object)?;
    let edits = (change.plan)(selected.kind, &selected.object)?;
    edit::apply(&mut selected.object, &edits);
    tell(ui, &args.write, &selected, (change, edits.is_empty()))
}

/// As kubectl has it, an object that is as it should be has no line; whoever asked for the object gets it.
fn tell(ui: &Ui, write: &WriteArgs, selected: &Selected, (change, is_same): (&Change<'_>, bool)) -> Result<(), Error> {
    if is_same && write.output.is_none() {
        ui.status(format!("{} unchanged", selected.title()));
        return Ok(());
    }
    write.tell(ui, selected, change.past)
}

/// Changes an object on the server. Lists go there as a whole, so it must not have changed since it was read.
async fn patch(
    ui: &Ui,
    context: &Context,
    args: &SetArgs,
    mut selected: Selected,
    change: &Change<'_>,
) -> Result<(), Error> {
    let resource = selected.kind.api_resource();
    let (namespace, name) = (selected.namespace().to_owned(), selected.name().to_owned());
    for attempt in 1.. {
        check_owner(&selected.title(), &selected.object)?;
        let edits = (change.plan)(selected.kind, &selected.object)?;
        if edits.is_empty() {
            return tell(ui, &args.write, &selected, (change, true));
        }
        let mut edited = selected.object.clone();
        edit::apply(&mut edited, &edits);
        let mut patch = difference(&selected.object, &edited);
        patch["metadata"] = json!({"resourceVersion": selected.object["metadata"]["resourceVersion"]});
        let sent =
            context.cluster.merge_patch(&resource, Some(&namespace), (&name, None), &patch, args.write.writing());
        match sent.await {
            Ok(object) => return tell(ui, &args.write, &Selected { object, ..selected }, (change, false)),
            Err(Error::Api(status)) if status.is_conflict() && attempt < ATTEMPTS => {
                selected.object = context.cluster.get(&resource, Some(&namespace), &name).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

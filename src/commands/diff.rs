//! `kubectl wasmcloud diff`: what applying manifests would change, says the server.

mod external;

use clap::Args;
use kube::core::ApiResource;
use serde_json::Value;

use super::apply::check::{AT_ONCE, Checked, Checking, Objects, check, plan};
use super::apply::prune::{self, PruneArgs};
use crate::api::names::field_manager;
use crate::cli::GlobalArgs;
use crate::cli::target::FileArgs;
use crate::cluster::{Applying, DryRun};
use crate::commands::files::documents;
use crate::context::Context;
use crate::error::Error;
use crate::plan::prune::Target;
use crate::report::diff::{sides, unified};
use crate::ui::Ui;

/// What `diff` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing would change, 1 something would, 2 and above it cannot be said.\n\
                  KUBECTL_EXTERNAL_DIFF names another program, with arguments, that compares two directories.\n\
                  What is secret is never shown.",
    override_usage = "kubectl wasmcloud diff -f FILE… [flags]"
)]
pub struct DiffArgs {
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    prune: PruneArgs,
    /// Also where fields were written by others
    #[arg(long)]
    force_conflicts: bool,
    /// Whose change this would be, for the fields' ownership
    #[arg(long, value_name = "NAME", default_value = field_manager::KUBECTL, hide_default_value = true, hide_short_help = true)]
    field_manager: String,
    /// Compare managedFields too
    #[arg(long, hide_short_help = true)]
    show_managed_fields: bool,
    /// As it always is; accepted since kubectl has it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_short_help = true)]
    server_side: Option<bool>,
    /// How many objects are compared at a time
    #[arg(long, value_name = "NUMBER", default_value_t = AT_ONCE, value_parser = clap::value_parser!(u16).range(1..), hide_short_help = true)]
    concurrency: u16,
}

/// An object that would change: its two states as text.
pub(super) struct Difference {
    /// GROUP.VERSION.KIND.NAMESPACE.NAME, as kubectl names it.
    name: String,
    live: String,
    merged: String,
}

impl Difference {
    /// What a step would change; nothing when that is nothing.
    pub(super) fn of(checked: &Checked, managed_fields: bool) -> Option<Self> {
        let target = Target::from(&checked.step);
        Self::between(&target, (checked.before.as_ref(), Some(&checked.after)), managed_fields)
    }

    fn between(target: &Target, states: (Option<&Value>, Option<&Value>), managed_fields: bool) -> Option<Self> {
        let (live, merged) = sides(states.0, states.1, managed_fields);
        (live != merged).then(|| Self { name: file_name(target), live, merged })
    }

    /// As `diff -u` shows it.
    pub(super) fn unified(&self, colour: bool) -> String {
        let labels = (format!("LIVE/{}", self.name), format!("MERGED/{}", self.name));
        unified(&self.live, &self.merged, (&labels.0, &labels.1), colour)
    }
}

fn file_name(target: &Target) -> String {
    let Target { resource: ApiResource { group, version, kind, .. }, namespace, name } = target;
    let group = if group.is_empty() { String::new() } else { format!("{group}.") };
    format!("{group}{version}.{kind}.{}.{name}", namespace.as_deref().unwrap_or_default())
}

/// Shows what would change.
///
/// # Errors
/// [`Error::Differs`] when anything would; anything else exits with 2.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DiffArgs) -> Result<(), Error> {
    let shown = async {
        let differences = differences(ui, global, &args).await?;
        match global.environment.get("KUBECTL_EXTERNAL_DIFF").filter(|program| !program.trim().is_empty()) {
            Some(program) => external::show(program, &differences).await,
            None => show(ui, &differences),
        }
    };
    shown.await.map_err(Error::cannot_tell)
}

async fn differences(ui: &Ui, global: &GlobalArgs, args: &DiffArgs) -> Result<Vec<Difference>, Error> {
    if args.files.is_empty() {
        return Err(Error::usage("must specify one of -f and -k"));
    }
    if args.server_side == Some(false) {
        return Err(Error::usage_with("diff is always server-side", "`kubectl diff` compares the other way"));
    }
    let selector = if args.prune.prune { args.prune.check()? } else { args.prune.selector()? };
    let objects = Objects::read(documents(&args.files, "diff").await?, selector.as_ref())?;
    let context = Context::connect(ui, global).await?;
    let applying = Applying { manager: &args.field_manager, force: args.force_conflicts, ..Applying::default() };
    let (steps, problems) = plan(&context, objects).await?;
    let pruned = prune::find(&context, &args.prune, &steps, applying.manager).await?;
    let how = Checking { dry_run: DryRun::Server, applying, at_once: args.concurrency };
    let checked = check(&context, steps, problems, how).await?;
    let managed = args.show_managed_fields;
    let changed = checked.iter().filter_map(|checked| Difference::of(checked, managed));
    let gone = pruned.iter().filter_map(|(target, live)| Difference::between(target, (Some(live), None), managed));
    Ok(changed.chain(gone).collect())
}

fn show(ui: &Ui, differences: &[Difference]) -> Result<(), Error> {
    let colour = ui.result_colour();
    differences.iter().try_for_each(|difference| ui.raw(&difference.unified(colour)))?;
    if differences.is_empty() { Ok(()) } else { Err(Error::Differs) }
}

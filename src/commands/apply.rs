//! `kubectl wasmcloud apply`: server-side apply, everything checked before the first write.

pub(super) mod check;
pub(super) mod prune;
mod tell;
pub(super) mod validated;
pub(super) mod write;

use clap::Args;

use crate::cli::GlobalArgs;
use crate::cli::target::{FileArgs, WriteArgs};
use crate::cluster::{Applying, DryRun, Validation};
use crate::commands::files::documents;
use crate::context::Context;
use crate::error::Error;
use crate::ui::Ui;

use check::{AT_ONCE, Checking, Objects, check, plan};
use prune::PruneArgs;
use validated::validate;

/// What `apply` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Every document is checked before the first is applied; one that is not valid and nothing is.\n\
                  What `kubectl apply` wrote before is handed over: what leaves the files goes away.",
    override_usage = "kubectl wasmcloud apply -f FILE… [flags]"
)]
pub struct ApplyArgs {
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    prune: PruneArgs,
    /// Take over fields that were written by others
    #[arg(long)]
    force_conflicts: bool,
    /// What mistakes do: strict refuses them, warn tells of them, ignore passes over them, here and at the server
    #[arg(long, value_name = "HOW", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "strict")]
    validate: Validation,
    /// As it always is; accepted since kubectl has it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_short_help = true)]
    server_side: Option<bool>,
    #[command(flatten)]
    write: WriteArgs,
}

/// Applies.
///
/// # Errors
/// When a document is not valid or somebody else owns its fields (then nothing was applied), or the server refuses one.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ApplyArgs) -> Result<(), Error> {
    if args.files.is_empty() {
        return Err(Error::usage("must specify one of -f and -k"));
    }
    let selector = args.prune.check()?;
    if args.server_side == Some(false) {
        return Err(Error::usage_with("apply is always server-side", "`kubectl apply` applies the other way"));
    }
    let documents = documents(&args.files, "apply").await?;
    let validated = validate(ui, &documents, args.validate).await?;
    let objects = Objects::read(documents, selector.as_ref())?;
    if objects.is_empty() {
        return Err(Error::nothing_passed("apply"));
    }
    let context = Context::connect(ui, global).await?;
    let how = Checking { dry_run: args.write.dry_run, applying: args.applying(), at_once: AT_ONCE };
    let (steps, problems) = plan(&context, objects).await?;
    let pruned = prune::find(&context, &args.prune, &steps, how.applying.manager).await?;
    let checked = check(&context, steps, problems, how).await.map_err(|error| validated.placed(error))?;
    if args.write.dry_run == DryRun::None && !prune::agreed(ui, &pruned)? {
        ui.status("nothing is applied");
        return Ok(());
    }
    let mut applied = Vec::new();
    for checked in checked {
        let object = match args.write.dry_run {
            DryRun::None => write::write(&context, &checked, how.applying).await?,
            _ => checked.after,
        };
        args.write.tell_applied(ui, &checked.step)?;
        applied.push(object);
    }
    for (target, _) in &pruned {
        prune::prune(&context, target, args.write.dry_run).await?;
        args.write.tell_pruned(ui, target)?;
    }
    args.write.tell_objects(ui, applied)
}

impl ApplyArgs {
    fn applying(&self) -> Applying<'_> {
        Applying {
            manager: &self.write.field_manager,
            force: self.force_conflicts,
            validation: self.validate,
            try_only: false,
        }
    }
}

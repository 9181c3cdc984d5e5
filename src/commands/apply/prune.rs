//! `--prune`: what was applied before and stands in the files no more is deleted.

use clap::Args;
use kube::core::params::DeleteParams;
use serde_json::Value;

use crate::cluster::{DryRun, Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::apply::Step;
use crate::plan::prune::{Target, namespaces, plan_prune, prunable};
use crate::schema::LabelSelector;
use crate::ui::Ui;

/// How much of the files is meant, and what becomes of what is not in them.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::commands) struct PruneArgs {
    /// Only objects with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub(in crate::commands) selector: Option<String>,
    /// What was applied before, has the labels of -l and is in the files no more is deleted too
    #[arg(long)]
    pub(in crate::commands) prune: bool,
    /// With --prune: whatever its labels
    #[arg(long)]
    pub(in crate::commands) all: bool,
}

impl PruneArgs {
    /// Reads the selector, and checks that what is to be pruned was said.
    ///
    /// # Errors
    /// Usage errors in kubectl's words.
    pub(in crate::commands) fn check(&self) -> Result<Option<LabelSelector>, Error> {
        if self.prune && !self.all && self.selector.is_none() {
            return Err(Error::usage(
                "all resources selected for prune without explicitly passing --all. To prune all resources, pass the \
                 --all flag. If you did not mean to prune all resources, specify a label selector",
            ));
        }
        if self.all && self.selector.is_some() {
            return Err(Error::usage("setting 'all' parameter but found a non empty selector."));
        }
        self.selector()
    }

    /// Reads the selector.
    ///
    /// # Errors
    /// When it makes no sense, or `--all` stands alone.
    pub(in crate::commands) fn selector(&self) -> Result<Option<LabelSelector>, Error> {
        if self.all && !self.prune {
            return Err(Error::usage("--all says what to prune, and needs --prune"));
        }
        self.selector.as_deref().map(LabelSelector::parse).transpose().map_err(Error::usage)
    }
}

/// The objects that are to be pruned, as they are.
///
/// # Errors
/// When a request fails.
pub(in crate::commands) async fn find(
    context: &Context,
    args: &PruneArgs,
    steps: &[Step],
    manager: &str,
) -> Result<Vec<(Target, Value)>, Error> {
    if !args.prune {
        return Ok(Vec::new());
    }
    let filter = Filter { labels: args.selector.clone(), fields: None };
    let mut live = Vec::new();
    for namespace in namespaces(steps) {
        let scope = Scope::Namespace(namespace.to_owned());
        for resource in prunable() {
            let mut objects: Vec<Value> = context.cluster.list(&resource, &scope, &filter).await?;
            for object in &mut objects {
                // Items of lists do not say what they are.
                object["apiVersion"] = resource.api_version.clone().into();
                object["kind"] = resource.kind.clone().into();
            }
            live.extend(objects.into_iter().map(|object| (resource.clone(), object)));
        }
    }
    Ok(plan_prune(live, steps, manager))
}

/// Whether a person has nothing against it; without one nobody is asked.
///
/// # Errors
/// When the question was ended with Ctrl-C.
pub(super) fn agreed(ui: &Ui, pruned: &[(Target, Value)]) -> Result<bool, Error> {
    if pruned.is_empty() || !ui.can_ask() {
        return Ok(true);
    }
    pruned.iter().for_each(|(target, _)| ui.status(target.place()));
    let question = match pruned.len() {
        1 => "This object is not in the files any more. Delete it?".to_owned(),
        count => format!("These {count} objects are not in the files any more. Delete them?"),
    };
    ui.confirm(&question)
}

/// Deletes one; what is gone by itself is gone.
///
/// # Errors
/// When the server refuses.
pub(super) async fn prune(context: &Context, target: &Target, dry_run: DryRun) -> Result<(), Error> {
    let params = match dry_run {
        DryRun::None => DeleteParams::background(),
        DryRun::Server => DeleteParams::background().dry_run(),
        DryRun::Client => return Ok(()),
    };
    let deleted = context.cluster.delete(&target.resource, target.namespace.as_deref(), &target.name, &params).await;
    match deleted {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

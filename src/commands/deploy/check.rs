//! Everything is checked before anything is written.

use std::collections::HashSet;

use futures::stream::{self, StreamExt};
use serde_json::Value;

use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Problem;
use crate::plan::apply::{Change, Step};

/// Requests under way at a time.
const AT_ONCE: usize = 8;

/// The namespace that every cluster has.
const ALWAYS_THERE: &str = "default";

/// A step that the server has nothing against.
pub(super) struct Checked {
    /// The step.
    pub(super) step: Step,
    /// The object as it is now.
    pub(super) before: Option<Value>,
    /// What applying it would do.
    pub(super) change: Change,
}

/// Has the server check every step, strictly; `DryRun::Client` only looks at what is there.
///
/// # Errors
/// The problems that were known already, and every document that the server refuses.
pub(super) async fn check(
    context: &Context,
    steps: Vec<Step>,
    mut problems: Vec<Problem>,
    force: bool,
    dry_run: DryRun,
) -> Result<Vec<Checked>, Error> {
    let (namespaces, others): (Vec<_>, Vec<_>) = steps.into_iter().partition(Step::is_namespace);
    let mut new = HashSet::new();
    let mut checked = Vec::new();
    for steps in [namespaces, others] {
        let checks = steps.into_iter().map(|step| check_one(context, step, force, dry_run, &new));
        let outcomes: Vec<_> = stream::iter(checks).buffered(AT_ONCE).collect().await;
        for outcome in outcomes {
            match outcome {
                Ok(step) => checked.push(step),
                Err(Error::Manifests(found)) => problems.extend(found),
                Err(error) => return Err(error),
            }
        }
        let created = checked.iter().filter(|checked: &&Checked| checked.change == Change::Created);
        new = created
            .filter(|checked| checked.step.is_namespace())
            .map(|checked| checked.step.document.name().to_owned())
            .collect();
    }
    if problems.is_empty() { Ok(checked) } else { Err(Error::Manifests(problems)) }
}

async fn check_one(
    context: &Context,
    step: Step,
    force: bool,
    dry_run: DryRun,
    new_namespaces: &HashSet<String>,
) -> Result<Checked, Error> {
    let cluster = &context.cluster;
    let namespace = step.namespace.as_deref();
    let object = &step.document.object;
    if namespace.is_some_and(|namespace| new_namespaces.contains(namespace)) {
        if dry_run != DryRun::Client {
            let tried = cluster.try_elsewhere(&step.resource, ALWAYS_THERE, object).await;
            tried.or_else(passable).map_err(|error| explain(&step, error))?;
        }
        return Ok(Checked { step, before: None, change: Change::Created });
    }
    let before = match cluster.get(&step.resource, namespace, step.document.name()).await {
        Ok(before) => Some(before),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(explain(&step, error)),
    };
    let change = if dry_run == DryRun::Client {
        Change::intended(before.as_ref(), object)
    } else {
        let tried = cluster.apply(&step.resource, namespace, object, force, true).await;
        let tried = tried.map_err(|error| explain(&step, error))?;
        Change::between(before.as_ref(), &tried)
    };
    Ok(Checked { step, before, change })
}

/// That we may not write to the other namespace says nothing about the object.
fn passable(error: Error) -> Result<(), Error> {
    match &error {
        Error::Api(status) if status.is_forbidden() => Ok(()),
        _ => Err(error),
    }
}

/// What the server has against an object is a problem of its document; all else is none.
fn explain(step: &Step, error: Error) -> Error {
    problem(step, error).map_or_else(|error| error, |problem| Error::Manifests(vec![problem]))
}

/// The problem with a document that an error is about; the error itself when it is about something else.
pub(super) fn problem(step: &Step, error: Error) -> Result<Problem, Error> {
    match error {
        // A patch that does not fit the schema is answered with 500 and no reason.
        Error::Api(status) if status.reason.is_empty() || (status.code < 500 && status.code != 429) => {
            let problem = step.document.problem(format!("{}: {}", step.title(), status.message));
            Ok(with_help(problem, status.is_conflict()))
        }
        other => Err(other),
    }
}

fn with_help(problem: Problem, is_conflict: bool) -> Problem {
    if !is_conflict {
        return problem;
    }
    problem.with_help(
        "others have written these fields: take them over with --force-conflicts, take them out of the manifest, or \
         give them the values they have now\n\
         see https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts",
    )
}

//! Everything is checked before anything is written.

use std::collections::HashSet;

use futures::stream::{self, StreamExt};
use kube::core::GroupVersionKind;
use serde_json::Value;

use crate::cluster::{Applying, DryRun, Validation};
use crate::context::Context;
use crate::error::Error;
use crate::manifest::{Document, Problem};
use crate::plan::apply::{Change, Step, kinds, plan_apply};
use crate::plan::ownership::{Told, Yielding, conflicts, drop_left_over, is_handed_over};
use crate::schema::LabelSelector;

/// Objects that are checked at a time.
pub(in crate::commands) const AT_ONCE: u16 = 8;

/// The namespace that every cluster has.
const ALWAYS_THERE: &str = "default";

/// How often an object is read again that changes while it is checked.
const ATTEMPTS: usize = 4;

/// A step that the server has nothing against.
pub(in crate::commands) struct Checked {
    /// The step.
    pub(in crate::commands) step: Step,
    /// The object as it is now.
    pub(in crate::commands) before: Option<Value>,
    /// The object as it would be; as it is written where the server was not asked.
    pub(in crate::commands) after: Value,
    /// What applying it would do.
    pub(in crate::commands) change: Change,
    /// Who gives way.
    pub(in crate::commands) yielding: Yielding,
}

/// How much is checked.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Checking<'a> {
    /// `DryRun::Client` only looks at what is there.
    pub(in crate::commands) dry_run: DryRun,
    /// How it would be applied.
    pub(in crate::commands) applying: Applying<'a>,
    /// How many objects at a time.
    pub(in crate::commands) at_once: u16,
}

/// Documents that are objects, each of some kind.
pub(in crate::commands) struct Objects {
    documents: Vec<Document>,
    kinds: Vec<GroupVersionKind>,
}

impl Objects {
    /// Checks documents before any server is asked; a selector picks from them.
    ///
    /// # Errors
    /// Every document that is no object.
    pub(in crate::commands) fn read(
        mut documents: Vec<Document>,
        selector: Option<&LabelSelector>,
    ) -> Result<Self, Error> {
        let kinds = kinds(&documents).map_err(Error::Manifests)?;
        if let Some(selector) = selector {
            documents.retain(|document| selector.matches_object(&document.object));
        }
        Ok(Self { documents, kinds })
    }

    /// Whether there are none, because the selector picks none.
    pub(in crate::commands) fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }
}

/// The steps that objects mean, and what is wrong with others.
///
/// # Errors
/// When the server cannot be asked for their kinds.
pub(in crate::commands) async fn plan(
    context: &Context,
    Objects { documents, kinds }: Objects,
) -> Result<(Vec<Step>, Vec<Problem>), Error> {
    let known = context.cluster.resolve(kinds).await?;
    Ok(plan_apply(documents, &known, &context.namespace, context.namespace_given))
}

/// Has the server check every step.
///
/// # Errors
/// The problems that were known already, and every document that the server refuses.
pub(in crate::commands) async fn check(
    context: &Context,
    steps: Vec<Step>,
    mut problems: Vec<Problem>,
    how: Checking<'_>,
) -> Result<Vec<Checked>, Error> {
    let (namespaces, others): (Vec<_>, Vec<_>) = steps.into_iter().partition(Step::is_namespace);
    let mut new = HashSet::new();
    let mut checked = Vec::new();
    for steps in [namespaces, others] {
        let checks = steps.into_iter().map(|step| check_one(context, step, how, &new));
        let outcomes: Vec<_> = stream::iter(checks).buffered(how.at_once.into()).collect().await;
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
    how: Checking<'_>,
    new_namespaces: &HashSet<String>,
) -> Result<Checked, Error> {
    let is_new = step.namespace.as_ref().is_some_and(|namespace| new_namespaces.contains(namespace));
    if is_new {
        if how.dry_run != DryRun::Client {
            let (namespace, object) = (Some(ALWAYS_THERE), &step.document.object);
            let tried = context.cluster.try_elsewhere(&step.resource, namespace, object, how.applying).await;
            tried.map(drop).or_else(passable).map_err(|error| explain(&step, error, &Yielding::default()))?;
        }
        return Ok(unasked(step, None, how));
    }
    let version = |object: &Value| object.pointer("/metadata/resourceVersion").cloned();
    let mut attempts = 0;
    loop {
        let before = read(context, &step).await?;
        if how.dry_run == DryRun::Client {
            return Ok(unasked(step, before, how));
        }
        let (after, yielding) = attempt(context, &step, before.as_ref(), how.applying).await?;
        attempts += 1;
        // What others write in between would be taken for a difference.
        let is_same = before.as_ref().is_none_or(|before| version(before) == version(&after));
        if is_same || attempts == ATTEMPTS {
            let change = Change::between(before.as_ref(), &after);
            return Ok(Checked { step, before, after, change, yielding });
        }
    }
}

/// A step of which the server was not asked what would become of it.
fn unasked(step: Step, before: Option<Value>, how: Checking<'_>) -> Checked {
    let change = Change::intended(before.as_ref(), &step.document.object);
    let yielding = Yielding::to(how.applying.manager, before.as_ref());
    let mut after = step.document.object.clone();
    if let Some(namespace) = &step.namespace {
        after["metadata"]["namespace"] = namespace.as_str().into();
    }
    Checked { step, before, after, change, yielding }
}

async fn read(context: &Context, step: &Step) -> Result<Option<Value>, Error> {
    match context.cluster.get(&step.resource, step.namespace.as_deref(), step.document.name()).await {
        Ok(before) => Ok(Some(before)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(explain(step, error, &Yielding::default())),
    }
}

/// What would become of a step, says the server.
async fn attempt(
    context: &Context,
    step: &Step,
    before: Option<&Value>,
    how: Applying<'_>,
) -> Result<(Value, Yielding), Error> {
    let yielding = Yielding::to(how.manager, before);
    let how = Applying { try_only: true, ..how };
    let (namespace, object) = (step.namespace.as_deref(), &step.document.object);
    let tried = context.cluster.apply_over(&step.resource, namespace, object, how, &yielding).await;
    let mut after = tried.map_err(|error| explain(step, error, &yielding))?;
    if let Some(before) = before.filter(|before| is_handed_over(before)) {
        // Unknown fields were told of already. Who may not make one has its defaults shown as going away.
        let how = Applying { validation: Validation::Ignore, ..how };
        let anew = context.cluster.try_elsewhere(&step.resource, namespace, object, how).await.ok();
        drop_left_over(before, &mut after, anew.as_ref());
    }
    Ok((after, yielding))
}

/// That we may not write to the other namespace says nothing about the object.
fn passable(error: Error) -> Result<(), Error> {
    match &error {
        Error::Api(status) if status.is_forbidden() => Ok(()),
        _ => Err(error),
    }
}

/// What the server has against an object is a problem of its document; all else is none.
fn explain(step: &Step, error: Error, yielding: &Yielding) -> Error {
    problem(step, error, yielding).map_or_else(|error| error, |problem| Error::Manifests(vec![problem]))
}

/// The problem with a document that an error is about; the error itself when it is about something else.
pub(super) fn problem(step: &Step, error: Error, yielding: &Yielding) -> Result<Problem, Error> {
    match error {
        // A patch that does not fit the schema is answered with 500 and no reason.
        Error::Api(status) if status.reason.is_empty() || (status.code < 500 && status.code != 429) => {
            let conflicts = yielding.left(conflicts(&status));
            let message = if conflicts.is_empty() { status.message } else { Told(&conflicts).to_string() };
            let problem = step.document.problem(format!("{}: {message}", step.title()));
            Ok(with_help(problem, !conflicts.is_empty()))
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

//! Documents to steps: every one checked, in the order in which they need each other.

use std::collections::HashMap;
use std::fmt;

use kube::core::{ApiResource, GroupVersionKind};
use serde_json::Value;

use super::selection::is_ours;
use crate::api::Kind;
use crate::api::names;
use crate::manifest::{Document, Problem};

/// A resource, and whether its objects live in namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where the API server has it.
    pub resource: ApiResource,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

/// The kinds that the server knows, of those that were asked for.
pub type Kinds = HashMap<GroupVersionKind, Resolved>;

/// One object to apply.
#[derive(Clone, Debug)]
pub struct Step {
    /// The object, and where it was written.
    pub document: Document,
    /// Its resource.
    pub resource: ApiResource,
    /// Its namespace, unless it has none by nature.
    pub namespace: Option<String>,
}

impl Step {
    /// `KIND.GROUP/NAME`, as kubectl prints objects.
    pub fn title(&self) -> String {
        title(&self.resource, self.document.name())
    }

    /// The deployment this is, in its namespace.
    pub fn deployment(&self) -> Option<(&str, &str)> {
        let is_deployment =
            is_ours(&self.resource) && Kind::from_kind(&self.resource.kind) == Some(Kind::WorkloadDeployment);
        is_deployment.then_some((self.namespace.as_deref().unwrap_or_default(), self.document.name()))
    }

    /// Whether this is the namespace of that name.
    pub fn is_namespace(&self) -> bool {
        self.resource.group.is_empty() && self.resource.kind == "Namespace"
    }
}

/// `KIND.GROUP/NAME`, as kubectl prints objects.
pub fn title(resource: &ApiResource, name: &str) -> String {
    let kind = resource.kind.to_lowercase();
    match resource.group.as_str() {
        "" => format!("{kind}/{name}"),
        group => format!("{kind}.{group}/{name}"),
    }
}

/// The kinds to look up.
///
/// # Errors
/// Every document that has no `apiVersion`, `kind` or `metadata.name`.
pub fn kinds(documents: &[Document]) -> Result<Vec<GroupVersionKind>, Vec<Problem>> {
    let mut kinds = Vec::new();
    let mut problems = Vec::new();
    for document in documents {
        match checked_kind(document) {
            Ok(kind) => kinds.push(kind),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(kinds) } else { Err(problems) }
}

fn checked_kind(document: &Document) -> Result<GroupVersionKind, Problem> {
    if !document.object.is_object() {
        return Err(document.problem("this is no object, but a manifest is one"));
    }
    let missing = |field: &str| {
        let value = document.object.pointer(field).and_then(Value::as_str);
        value
            .is_none_or(str::is_empty)
            .then(|| document.problem(format!("{} is missing", field[1..].replace('/', "."))))
    };
    if let Some(problem) = ["/apiVersion", "/kind", "/metadata/name"].iter().find_map(|field| missing(field)) {
        return Err(problem);
    }
    document.kind().ok_or_else(|| document.problem("apiVersion must read GROUP/VERSION"))
}

/// The steps, in order, and every document that is none: its kind is unknown to the server, or its namespace is not the
/// one that was asked for.
pub fn plan_apply(
    documents: Vec<Document>,
    kinds: &Kinds,
    namespace: &str,
    namespace_given: bool,
) -> (Vec<Step>, Vec<Problem>) {
    let mut steps = Vec::new();
    let mut problems = Vec::new();
    for document in documents {
        match step(document, kinds, namespace, namespace_given) {
            Ok(step) => steps.push(step),
            Err(problem) => problems.push(problem),
        }
    }
    steps.sort_by_key(|step| rank(&step.resource));
    (steps, problems)
}

fn step(document: Document, kinds: &Kinds, namespace: &str, namespace_given: bool) -> Result<Step, Problem> {
    let Some(resolved) = document.kind().and_then(|kind| kinds.get(&kind)) else {
        return Err(unknown_kind(&document));
    };
    let named = document.namespace().map(str::to_owned);
    if let Some(named) = &named
        && resolved.namespaced
        && namespace_given
        && named != namespace
    {
        return Err(document.problem(other_namespace(named, namespace)));
    }
    let namespace = resolved.namespaced.then(|| named.unwrap_or_else(|| namespace.to_owned()));
    Ok(Step { document, resource: resolved.resource.clone(), namespace })
}

/// kubectl's words for an object that is not of the namespace that was asked for.
pub fn other_namespace(named: &str, asked: &str) -> String {
    format!(
        "the namespace from the provided object \"{named}\" does not match the namespace \"{asked}\". You must pass \
         '--namespace={named}' to perform this operation."
    )
}

fn unknown_kind(document: &Document) -> Problem {
    let kind = document.kind().unwrap_or_else(|| GroupVersionKind::gvk("", "", ""));
    let message = format!("no matches for kind \"{}\" in version \"{}\"", kind.kind, kind.api_version());
    let ours = Kind::ALL.map(|resource| resource.api_resource().kind).join(", ");
    let help = match kind.group.as_str() {
        names::GROUP => format!("the kinds of {} are {ours}", names::API_VERSION),
        _ => "ensure CRDs are installed first; `kubectl api-resources` lists what the server has".to_owned(),
    };
    document.problem(message).with_help(help)
}

/// What others need comes first, deployments last.
pub(super) fn rank(resource: &ApiResource) -> u8 {
    if is_ours(resource) {
        return match Kind::from_kind(&resource.kind) {
            Some(Kind::Artifact) => 5,
            Some(Kind::WorkloadDeployment) => 9,
            _ => 8,
        };
    }
    match (resource.group.as_str(), resource.kind.as_str()) {
        ("apiextensions.k8s.io", _) => 0,
        ("", "Namespace") => 1,
        ("", "ConfigMap") => 2,
        ("", "Secret") => 3,
        ("", "ServiceAccount") => 4,
        ("", "Service") => 6,
        _ => 7,
    }
}

/// What an apply does to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It was different.
    Configured,
    /// It was just so.
    Unchanged,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Created => "created",
            Self::Configured => "configured",
            Self::Unchanged => "unchanged",
        })
    }
}

impl Change {
    /// What became of an object, from what it was before and what the server says it is, or would be, now.
    pub fn between(before: Option<&Value>, after: &Value) -> Self {
        match before {
            None => Self::Created,
            Some(before) if substance(before) == substance(after) => Self::Unchanged,
            Some(_) => Self::Configured,
        }
    }

    /// What would become of an object if `wanted` was applied, as far as can be said without the server.
    pub fn intended(before: Option<&Value>, wanted: &Value) -> Self {
        match before {
            None => Self::Created,
            Some(before) if holds(before, wanted) => Self::Unchanged,
            Some(_) => Self::Configured,
        }
    }
}

/// The object without what every write changes, and without its status, which others write in the meantime.
fn substance(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            ["managedFields", "resourceVersion", "generation"].iter().for_each(|field| drop(metadata.remove(*field)));
        }
    }
    object
}

/// Whether all that is wanted is there already.
fn holds(is: &Value, wanted: &Value) -> bool {
    match (is, wanted) {
        (Value::Object(is), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| is.get(key).is_some_and(|is| holds(is, wanted)))
        }
        (Value::Array(is), Value::Array(wanted)) => {
            is.len() == wanted.len() && is.iter().zip(wanted).all(|(is, wanted)| holds(is, wanted))
        }
        (is, wanted) => is == wanted,
    }
}

#[cfg(test)]
mod tests;

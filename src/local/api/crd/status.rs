//! The status of a definition: which names it got, and whether it is served.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{text, texts};
use crate::local::api::{causes::quoted, meta};

/// Holds a definition that is being deleted until its objects are gone.
pub const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// A definition from the moment on that it is being deleted.
pub fn leaving(crd: &Value, now: Timestamp) -> Value {
    let mut marked = crd.clone();
    let mut finalizers: Vec<String> = meta::finalizers(crd).into_iter().map(str::to_owned).collect();
    if !finalizers.iter().any(|name| name == CLEANUP) {
        finalizers.push(CLEANUP.to_owned());
    }
    meta::set_finalizers(&mut marked, &finalizers);
    meta::set(&mut marked, "deletionTimestamp", meta::time(now).into());
    let terminating = (
        "True",
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    );
    let others = all_conditions(crd).filter(|condition| text(condition, "/type") != "Terminating").cloned();
    let conditions: Vec<Value> = others.chain([condition(crd, "Terminating", terminating, now)]).collect();
    if let Some(status) = marked.get_mut("status").and_then(Value::as_object_mut) {
        status.insert("conditions".to_owned(), conditions.into());
    }
    marked
}

/// The whole status of a definition beside the others there are; what did not change keeps its times.
///
/// A real server establishes a definition some moments after its names were accepted; here both happen at once.
pub fn crd_status(crd: &Value, others: &[Value], now: Timestamp) -> Value {
    let wanted = crd.pointer("/spec/names").cloned().unwrap_or_else(|| json!({}));
    let accepted = crd.pointer("/status/acceptedNames").cloned().unwrap_or_else(|| json!({}));
    let taken = Taken::by(others.iter().filter(|other| {
        text(other, "/spec/group") == text(crd, "/spec/group")
            && text(other, "/metadata/name") != text(crd, "/metadata/name")
    }));
    let (names, conflict) = taken.accept(&wanted, &accepted);
    let was_established = is_established(crd);
    let (accepted, established) = match &conflict {
        Some((reason, message)) => {
            (("False", *reason, message.as_str()), ("False", "NotAccepted", "not all names are accepted"))
        }
        None => (
            ("True", "NoConflicts", "no conflicts found"),
            ("True", "InitialNamesAccepted", "the initial names have been accepted"),
        ),
    };
    let mut conditions = vec![condition(crd, "NamesAccepted", accepted, now)];
    // Once served, a definition stays served, whatever becomes of its names.
    let kept = found(crd, "Established").filter(|_| was_established).cloned();
    conditions.push(kept.unwrap_or_else(|| condition(crd, "Established", established, now)));
    let known = |kind: &Value| conditions.iter().any(|condition| condition.get("type") == Some(kind));
    let rest: Vec<Value> = all_conditions(crd).filter(|other| !other.get("type").is_some_and(known)).cloned().collect();
    conditions.extend(rest);
    let stored = crd.pointer("/status/storedVersions").cloned().unwrap_or_else(|| json!([]));
    json!({ "conditions": conditions, "acceptedNames": names, "storedVersions": stored })
}

/// Whether a definition's resources are served.
pub fn is_established(crd: &Value) -> bool {
    found(crd, "Established").is_some_and(|condition| text(condition, "/status") == "True")
}

fn all_conditions(crd: &Value) -> impl Iterator<Item = &Value> {
    crd.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten()
}

fn found<'v>(crd: &'v Value, kind: &str) -> Option<&'v Value> {
    all_conditions(crd).find(|condition| text(condition, "/type") == kind)
}

fn condition(crd: &Value, kind: &str, (status, reason, message): (&str, &str, &str), now: Timestamp) -> Value {
    let since =
        found(crd, kind).filter(|old| text(old, "/status") == status).map(|old| text(old, "/lastTransitionTime"));
    let since = since.map_or_else(|| meta::time(now), str::to_owned);
    json!({ "type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since })
}

/// The names that others of the group have.
struct Taken {
    resources: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl Taken {
    fn by<'v>(others: impl Iterator<Item = &'v Value>) -> Self {
        let mut taken = Self { resources: BTreeSet::new(), kinds: BTreeSet::new() };
        for names in others.filter_map(|other| other.pointer("/status/acceptedNames")) {
            taken.resources.extend(["/plural", "/singular"].map(|name| text(names, name).to_owned()));
            taken.resources.extend(texts(names, "shortNames"));
            taken.kinds.extend(["/kind", "/listKind"].map(|name| text(names, name).to_owned()));
        }
        taken
    }

    /// The names that a definition has from now on, and the last conflict with its reason.
    fn accept(&self, wanted: &Value, accepted: &Value) -> (Value, Option<(&'static str, String)>) {
        let mut names = accepted.as_object().cloned().unwrap_or_default();
        let mut conflict = None;
        self.one(&self.resources, ("plural", "PluralConflict"), wanted, &mut names, &mut conflict);
        self.one(&self.resources, ("singular", "SingularConflict"), wanted, &mut names, &mut conflict);
        let own = texts(accepted, "shortNames");
        let free = |name: &&String| own.contains(name) || !self.resources.contains(*name);
        let (short, used): (Vec<String>, Vec<String>) =
            texts(wanted, "shortNames").into_iter().partition(|name| free(&name));
        if used.is_empty() {
            keep(&mut names, "shortNames", short);
        } else {
            let said: Vec<String> = used.iter().map(|name| in_use(name)).collect();
            let message = if said.len() == 1 { said.concat() } else { format!("[{}]", said.join(", ")) };
            conflict = Some(("ShortNamesConflict", message));
        }
        self.one(&self.kinds, ("kind", "KindConflict"), wanted, &mut names, &mut conflict);
        self.one(&self.kinds, ("listKind", "ListKindConflict"), wanted, &mut names, &mut conflict);
        keep(&mut names, "categories", texts(wanted, "categories"));
        (Value::Object(names), conflict)
    }

    fn one(
        &self,
        used: &BTreeSet<String>,
        (field, reason): (&str, &'static str),
        wanted: &Value,
        names: &mut Map<String, Value>,
        conflict: &mut Option<(&'static str, String)>,
    ) {
        let wanted = wanted.get(field).and_then(Value::as_str).unwrap_or_default();
        let own = names.get(field).and_then(Value::as_str).unwrap_or_default();
        if wanted != own && used.contains(wanted) {
            *conflict = Some((reason, in_use(wanted)));
        } else {
            names.insert(field.to_owned(), wanted.into());
        }
    }
}

fn in_use(name: &str) -> String {
    format!("{} is already in use", quoted(name))
}

fn keep(names: &mut Map<String, Value>, field: &str, list: Vec<String>) {
    if list.is_empty() {
        names.remove(field);
    } else {
        names.insert(field.to_owned(), list.into());
    }
}

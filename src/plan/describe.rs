//! All there is to know of one object, put together from what was read: the worst first.

mod configuration;
mod identity;
mod lists;
mod placement;
mod route;
mod snapshot;
mod verdict;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::api::Condition;
use crate::plan::events::Told;
use crate::plan::rollout::Trouble;

pub use configuration::{Entry, Layer, Part};
pub use placement::{Place, Placement};
pub use route::{Endpoint, Routing};
pub use snapshot::{Read, Shared, Snapshot, Subject};

/// One object, described. The names of its fields in `-o json` and `-o yaml` stay as they are; new ones may come.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// The kind.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// Whether all is well, and what is not.
    pub verdict: Verdict,
    /// Who it is.
    pub metadata: Identity,
    /// What its kind has to say of itself, by name.
    pub facts: Facts,
    /// Workloads, counted, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<Replicas>,
    /// Its conditions, as they stand in its status.
    pub conditions: Vec<Condition>,
    /// Which hosts fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// Its replica sets, the newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica_sets: Option<Listed<Revision>>,
    /// Its Workloads, or those on it, the worst first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workloads: Option<Listed<WorkloadLine>>,
    /// What is run, with its configuration: components, service and host interfaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<Part>>,
    /// How requests get there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Routing>,
    /// Deployments that use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<Listed<String>>,
    /// What happened to it and to what it owns, the newest last.
    pub events: Listed<Told>,
}

/// How something fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// All is well.
    Well,
    /// It goes on, or waits.
    #[default]
    Waiting,
    /// It will not get further by itself.
    Wrong,
}

/// How an object fares, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// In one word.
    pub health: Health,
    /// In one line.
    pub message: String,
    /// What is in the way, worst first, in the words of whoever found it.
    pub troubles: Vec<Trouble>,
}

/// Who an object is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Its UID.
    pub uid: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Since when it is being deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleting: Option<Timestamp>,
    /// Who has to let it go first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<String>,
    /// `KIND/NAME` of the object that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations, without what `kubectl apply` keeps there for itself.
    pub annotations: BTreeMap<String, String>,
}

/// Names and values; a map to programs, with names in lowerCamelCase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub Vec<(&'static str, String)>);

/// Workloads, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replicas {
    /// Asked for.
    pub desired: i32,
    /// Of the current template.
    pub updated: i32,
    /// That there are.
    pub total: i32,
    /// That are available.
    pub available: i32,
    /// That are not.
    pub unavailable: i32,
}

/// Some objects, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The objects.
    pub items: Vec<T>,
    /// Why they are missing, in the server's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// A replica set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Its number, where the controller numbers them.
    pub revision: Option<i64>,
    /// Its name.
    pub name: String,
    /// Whether it is `current`, `previous` or neither.
    pub role: Option<&'static str>,
    /// Workloads asked for.
    pub desired: i32,
    /// Workloads that are ready.
    pub ready: i32,
    /// Its images.
    pub images: Vec<String>,
    /// Why it was made.
    pub change_cause: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
}

/// A Workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadLine {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its host.
    pub host: Option<String>,
    /// How it fares, in one word.
    pub state: String,
    /// Whether it is ready.
    pub ready: bool,
    /// What is wrong with it, in the words of whoever found it.
    pub message: String,
    /// When it was made.
    pub created: Option<Timestamp>,
}

impl Facts {
    fn add(&mut self, label: &'static str, value: impl Into<String>) {
        self.0.push((label, value.into()));
    }

    fn add_some(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        self.0.extend(value.map(|value| (label, value.into())).filter(|(_, value)| !value.is_empty()));
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (label, value) in &self.0 {
            map.serialize_entry(&lower_camel(label), value)?;
        }
        map.end()
    }
}

/// `Pull Secret` is `pullSecret`.
fn lower_camel(label: &str) -> String {
    let mut words = label.split(' ');
    let first = words.next().unwrap_or_default().to_lowercase();
    words.fold(first, |name, word| name + word)
}

impl<T> Listed<T> {
    fn of<S>(read: &Read<S>, make: impl FnOnce(&S) -> Vec<T>) -> Self {
        match read {
            Ok(objects) => Self { items: make(objects), unreadable: None },
            Err(words) => Self { items: Vec::new(), unreadable: Some(words.clone()) },
        }
    }
}

/// Describes the object of a snapshot.
pub fn describe(snapshot: &Snapshot) -> Description {
    let subject = &snapshot.subject;
    let route = route::routing(snapshot);
    let parts = subject.spec().map(|spec| configuration::parts(snapshot, spec));
    let metadata = subject.metadata();
    Description {
        kind: subject.kind().name(),
        name: metadata.name.clone().unwrap_or_default(),
        namespace: metadata.namespace.clone().unwrap_or_default(),
        verdict: verdict::verdict(snapshot, route.as_ref(), parts.as_ref()),
        metadata: identity::identity(metadata),
        facts: identity::facts(subject),
        replicas: lists::replicas(snapshot),
        conditions: subject.conditions().to_vec(),
        placement: placement::placement(snapshot),
        replica_sets: lists::revisions(snapshot),
        workloads: lists::workloads(snapshot),
        parts,
        route,
        used_by: lists::used_by(snapshot),
        events: lists::events(snapshot),
    }
}

#[cfg(test)]
mod tests;

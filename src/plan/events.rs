//! Events: what they tell, when, how often, and which belong to an object and what came of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use serde::Serialize;

use crate::api::{Kind, names};
use crate::report::age;

/// What an Event tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// When it was last seen.
    pub last_seen: Option<Timestamp>,
    /// When it was first seen.
    pub first_seen: Option<Timestamp>,
    /// How often it was seen.
    pub count: i32,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Why, in one word for programs.
    pub reason: String,
    /// The group and version of the object it is about.
    pub api_version: String,
    /// The kind of the object it is about.
    pub kind: String,
    /// Namespace of that object.
    pub namespace: String,
    /// Name of that object.
    pub name: String,
    /// What, in words for people.
    pub message: String,
    /// Who says so.
    pub from: String,
    /// Tells the order of those of the same second; 0 is unknown.
    #[serde(skip)]
    pub version: u64,
}

impl Told {
    /// Reads an Event, written by whichever of Kubernetes' two recorders.
    pub fn of(event: &Event) -> Self {
        let regarding = &event.involved_object;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let series = event.series.as_ref();
        let began = event.event_time.as_ref().map(|time| time.0).or(event.first_timestamp.as_ref().map(|time| time.0));
        let again = series.and_then(|series| series.last_observed_time.as_ref()).map(|time| time.0);
        let last = again.or(event.last_timestamp.as_ref().map(|time| time.0)).or(began);
        let made = event.metadata.creation_timestamp.as_ref().map(|time| time.0);
        let component = event.reporting_component.clone().filter(|component| !component.is_empty());
        let source = event.source.as_ref().and_then(|source| source.component.clone());
        Self {
            last_seen: last.or(made),
            first_seen: began.or(last).or(made),
            count: series.and_then(|series| series.count).or(event.count).unwrap_or(1).max(1),
            type_: text(&event.type_),
            reason: text(&event.reason),
            api_version: text(&regarding.api_version),
            kind: text(&regarding.kind),
            namespace: regarding.namespace.clone().or_else(|| event.metadata.namespace.clone()).unwrap_or_default(),
            name: text(&regarding.name),
            message: text(&event.message).trim().to_owned(),
            from: component.or(source).unwrap_or_default(),
            version: event.metadata.resource_version.as_ref().and_then(|text| text.parse().ok()).unwrap_or_default(),
        }
    }

    /// How long ago it was seen, and how often, as kubectl says it: `5s`, `5s (x3 over 2m)`.
    pub fn seen(&self, now: Timestamp) -> String {
        let (last, first) = (age::since(self.last_seen, now), age::since(self.first_seen, now));
        if self.count > 1 { format!("{last} (x{} over {first})", self.count) } else { first }
    }

    /// By which Events are sorted, the newest last. One recorder tells whole seconds and the other parts of them, so within a
    /// second the order in which the server was told decides; what has no such order has one that does not change.
    pub fn order(&self) -> impl Ord + use<> {
        let second = self.last_seen.map(Timestamp::as_second);
        let same = (self.last_seen, self.first_seen, self.namespace.clone(), self.object(), self.reason.clone());
        (second, self.version, same, self.message.clone())
    }

    /// `KIND/NAME` of the object it is about.
    pub fn object(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The kind it is about, if it is one of ours.
    pub fn our_kind(&self) -> Option<Kind> {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        Kind::from_kind(&self.kind).filter(|_| group == names::GROUP)
    }

    /// Whether somebody should look.
    pub fn is_warning(&self) -> bool {
        self.type_ == "Warning"
    }
}

/// Objects and what came of them: a deployment with its replica sets and their Workloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Family {
    members: BTreeSet<(Kind, String, String)>,
}

impl Family {
    /// Takes in an object.
    pub fn add(&mut self, kind: Kind, namespace: &str, name: &str) {
        self.members.insert((kind, namespace.to_owned(), name.to_owned()));
    }

    /// The namespaces its objects are in.
    pub fn namespaces(&self) -> BTreeSet<&str> {
        self.members.iter().map(|(_, namespace, _)| namespace.as_str()).collect()
    }

    /// Whether an Event is about one of them, be that still there or not.
    pub fn has(&self, told: &Told) -> bool {
        told.our_kind().is_some_and(|kind| self.is_member(kind, &told.namespace, &told.name))
    }

    /// Those that are gone, or came later, are known by their names, which begin with their maker's.
    fn is_member(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        let maker = match kind {
            Kind::WorkloadReplicaSet => Some(Kind::WorkloadDeployment),
            Kind::Workload => Some(Kind::WorkloadReplicaSet),
            Kind::WorkloadDeployment | Kind::Host | Kind::Artifact => None,
        };
        let made = || {
            let (base, _) = name.rsplit_once('-')?;
            maker.map(|maker| self.is_member(maker, namespace, base))
        };
        self.members.contains(&(kind, namespace.to_owned(), name.to_owned())) || made().unwrap_or_default()
    }
}

/// Reads the value of `--types`.
///
/// # Errors
/// In kubectl's words, when it is neither of the two.
pub fn parse_type(text: &str) -> Result<String, String> {
    let known = ["Normal", "Warning"].into_iter().find(|known| known.eq_ignore_ascii_case(text.trim()));
    known.map(str::to_owned).ok_or_else(|| "valid --types are Normal or Warning".to_owned())
}

/// Headers of the table of Events.
pub fn headers(with_namespace: bool) -> Vec<String> {
    let namespace = with_namespace.then_some("NAMESPACE");
    namespace.into_iter().chain(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]).map(str::to_owned).collect()
}

/// A row of it.
pub fn row(told: &Told, with_namespace: bool, now: Timestamp) -> Vec<String> {
    let namespace = with_namespace.then(|| told.namespace.clone());
    let message = told.message.split_whitespace().collect::<Vec<_>>().join(" ");
    let cells = [told.seen(now), told.type_.clone(), told.reason.clone(), told.object(), message];
    namespace.into_iter().chain(cells).collect()
}

/// An Event where a row does not fit: its object and its message have a line each.
pub fn stacked(told: &Told, with_namespace: bool, now: Timestamp) -> String {
    let cells = row(told, with_namespace, now);
    let (head, below) = cells.split_at(cells.len().saturating_sub(2));
    let below: String = below.iter().map(|cell| format!("  {cell}\n")).collect();
    format!("{}\n{below}", head.join("   "))
}

#[cfg(test)]
mod tests;

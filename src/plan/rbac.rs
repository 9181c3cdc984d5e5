//! Who needs which permissions: each verb of the command line, people by role, and the controller.

mod manifests;
mod verbs;

pub use manifests::{Role, controller_manifests, user_role};
pub use verbs::{VERBS, Verb};

use serde_json::{Value, json};

/// The API group of our kinds, in rules.
const OURS: &str = crate::api::names::GROUP;
/// Reading one, reading many, following.
const READ: &[&str] = &["get", "list", "watch"];
/// Everything that changes objects.
const WRITE: &[&str] = &["create", "update", "patch", "delete"];

/// One permission that something is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// API group; empty is the core's.
    pub group: &'static str,
    /// Plural of the resource, perhaps with `/subresource`.
    pub resource: &'static str,
    /// Kubernetes' verb.
    pub verb: &'static str,
}

impl Permission {
    /// How a person reads it: `patch workloads.runtime.wasmcloud.dev`.
    pub fn title(&self) -> String {
        match self.group {
            "" => format!("{} {}", self.verb, self.resource),
            group => match self.resource.split_once('/') {
                Some((resource, sub)) => format!("{} {resource}.{group}/{sub}", self.verb),
                None => format!("{} {}.{group}", self.verb, self.resource),
            },
        }
    }
}

/// Permissions on one or more resources of a group.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// API group; empty is the core's.
    pub group: &'static str,
    /// Plurals.
    pub resources: &'static [&'static str],
    /// Kubernetes' verbs.
    pub verbs: &'static [&'static str],
    /// Without it the verb does less, and says so.
    pub optional: bool,
}

impl Need {
    const fn of(group: &'static str, resources: &'static [&'static str], verbs: &'static [&'static str]) -> Self {
        Self { group, resources, verbs, optional: false }
    }

    const fn nice(group: &'static str, resources: &'static [&'static str], verbs: &'static [&'static str]) -> Self {
        Self { group, resources, verbs, optional: true }
    }

    /// Each permission of it.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        let group = self.group;
        let pairs = self.resources.iter().flat_map(|resource| self.verbs.iter().map(move |verb| (*resource, *verb)));
        pairs.map(move |(resource, verb)| Permission { group, resource, verb })
    }

    /// As a rule of a Role.
    fn rule(&self) -> Value {
        json!({"apiGroups": [self.group], "resources": self.resources, "verbs": self.verbs})
    }
}

/// Verbs of who runs the whole cluster: nobody else need be told that they would fail.
const OF_THE_CLUSTER: &[&str] = &["install", "uninstall"];

fn daily() -> impl Iterator<Item = &'static Verb> {
    VERBS.iter().filter(|verb| !OF_THE_CLUSTER.contains(&verb.words))
}

/// Everything that verbs need to do all they do; an install has a check of its own.
pub fn needed() -> Vec<Permission> {
    let all = daily().flat_map(|verb| verb.needs.iter()).filter(|need| !need.optional);
    let mut all: Vec<_> = all.flat_map(|need| need.permissions()).collect();
    all.sort();
    all.dedup();
    all
}

/// Verbs that would fail without `denied`, each with the permissions that it lacks.
pub fn lacking(denied: &[Permission]) -> Vec<(&'static str, Vec<Permission>)> {
    let lacks = |verb: &'static Verb| {
        let required = verb.needs.iter().filter(|need| !need.optional).flat_map(|need| need.permissions());
        let lacked: Vec<_> = required.filter(|permission| denied.contains(permission)).collect();
        (!lacked.is_empty()).then_some((verb.words, lacked))
    };
    daily().filter_map(lacks).collect()
}

#[cfg(test)]
mod tests;

//! Who owns whom, and what follows from it: pure.
//!
//! The rules are those of Kubernetes' garbage collector
//! (<https://kubernetes.io/docs/concepts/architecture/garbage-collection/>).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::local::api::meta::{self, Owner};
use crate::local::api::strategy::Propagation;
use crate::local::store::Key;

/// What has to be done. Each names the object by its UID too, so that a namesake is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nobody who lives owns it.
    Delete(Key, String, Propagation),
    /// What it waited for is done.
    RemoveFinalizer(Key, String, &'static str),
    /// Its owners are gone and others live, or it is to outlive its owner.
    RemoveOwners(Key, String, Vec<String>),
}

/// What is known of an object.
#[derive(Clone, Debug)]
struct Node {
    key: Key,
    owners: Vec<Owner>,
    deleting: bool,
    foreground: bool,
    orphan: bool,
}

/// All objects that there are, by UID.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: BTreeMap<String, Node>,
    dependents: BTreeMap<String, BTreeSet<String>>,
    queue: VecDeque<String>,
    queued: BTreeSet<String>,
}

impl Graph {
    /// Takes in an object that is new or has changed.
    pub fn put(&mut self, key: &Key, object: &Value) {
        let uid = meta::uid(object).to_owned();
        let before = self.unlink(&uid);
        let finalizers = meta::finalizers(object);
        let node = Node {
            key: key.clone(),
            owners: meta::owners(object),
            deleting: meta::deleting(object),
            foreground: finalizers.contains(&meta::FOREGROUND),
            orphan: finalizers.contains(&meta::ORPHAN),
        };
        for owner in &node.owners {
            self.dependents.entry(owner.uid.clone()).or_default().insert(uid.clone());
        }
        let wakes_dependents = node.deleting && node.foreground;
        // An owner that waits for this one has to hear of it, and so has one that it has left.
        let owners = before.into_iter().chain(node.owners.iter().cloned()).collect::<Vec<_>>();
        self.nodes.insert(uid.clone(), node);
        owners.into_iter().for_each(|owner| self.look_at(owner.uid));
        if wakes_dependents {
            self.look_at_dependents(&uid);
        }
        self.look_at(uid);
    }

    /// Takes in that an object is gone.
    pub fn remove(&mut self, object: &Value) {
        let uid = meta::uid(object);
        let owners = self.unlink(uid);
        self.nodes.remove(uid);
        owners.into_iter().for_each(|owner| self.look_at(owner.uid));
        self.look_at_dependents(uid);
    }

    /// Forgets whose dependent an object was; who that were.
    fn unlink(&mut self, uid: &str) -> Vec<Owner> {
        let owners = self.nodes.get(uid).map(|node| node.owners.clone()).unwrap_or_default();
        for owner in &owners {
            if let Some(dependents) = self.dependents.get_mut(&owner.uid) {
                dependents.remove(uid);
                if dependents.is_empty() {
                    self.dependents.remove(&owner.uid);
                }
            }
        }
        owners
    }

    fn look_at(&mut self, uid: String) {
        if self.queued.insert(uid.clone()) {
            self.queue.push_back(uid);
        }
    }

    fn look_at_dependents(&mut self, uid: &str) {
        let dependents: Vec<String> = self.dependents.get(uid).into_iter().flatten().cloned().collect();
        dependents.into_iter().for_each(|dependent| self.look_at(dependent));
    }

    /// Looks at an object again, after something could not be done.
    pub fn again(&mut self, action: &Action) {
        let (Action::Delete(_, uid, _) | Action::RemoveFinalizer(_, uid, _) | Action::RemoveOwners(_, uid, _)) = action;
        self.look_at(uid.clone());
    }

    /// What there is to do now. `is_served` says whether objects of an API version and kind can be known at all.
    pub fn actions(&mut self, is_served: impl Fn(&str, &str) -> bool) -> Vec<Action> {
        let mut actions = Vec::new();
        while let Some(uid) = self.queue.pop_front() {
            self.queued.remove(&uid);
            if let Some(node) = self.nodes.get(&uid) {
                self.decide(&uid, node, &is_served, &mut actions);
            }
        }
        actions
    }

    fn decide(&self, uid: &str, node: &Node, is_served: &impl Fn(&str, &str) -> bool, actions: &mut Vec<Action>) {
        if node.deleting && node.orphan {
            return self.orphan(uid, node, actions);
        }
        if node.deleting && node.foreground {
            if !self.is_blocked(uid) {
                actions.push(Action::RemoveFinalizer(node.key.clone(), uid.to_owned(), meta::FOREGROUND));
            }
            return;
        }
        if !node.deleting && !node.owners.is_empty() {
            self.without_owner(uid, node, is_served, actions);
        }
    }

    /// Dependents lose the reference first, so that they are not taken for abandoned.
    fn orphan(&self, uid: &str, node: &Node, actions: &mut Vec<Action>) {
        let dependents: Vec<&String> = self.dependents.get(uid).into_iter().flatten().collect();
        if dependents.is_empty() {
            actions.push(Action::RemoveFinalizer(node.key.clone(), uid.to_owned(), meta::ORPHAN));
        }
        for dependent in dependents {
            if let Some(node) = self.nodes.get(dependent) {
                actions.push(Action::RemoveOwners(node.key.clone(), dependent.clone(), vec![uid.to_owned()]));
            }
        }
    }

    /// Whether a foreground deletion still waits for dependents that block it.
    fn is_blocked(&self, uid: &str) -> bool {
        let dependents = self.dependents.get(uid).into_iter().flatten();
        let mut nodes = dependents.filter_map(|dependent| self.nodes.get(dependent));
        nodes.any(|node| node.owners.iter().any(|owner| owner.uid == uid && owner.blocks))
    }

    fn without_owner(
        &self,
        uid: &str,
        node: &Node,
        is_served: &impl Fn(&str, &str) -> bool,
        actions: &mut Vec<Action>,
    ) {
        let (mut living, mut leaving, mut gone) = (0, Vec::new(), Vec::new());
        for owner in &node.owners {
            match self.nodes.get(&owner.uid).filter(|found| is_owner_place(&found.key, &node.key)) {
                Some(found) if found.deleting && found.foreground => leaving.push(owner.uid.clone()),
                Some(_) => living += 1,
                // What is not served may live elsewhere.
                None if !is_served(&owner.api_version, &owner.kind) => living += 1,
                None => gone.push(owner.uid.clone()),
            }
        }
        if living == 0 {
            let has_dependents = self.dependents.get(uid).is_some_and(|dependents| !dependents.is_empty());
            let foreground = !leaving.is_empty() && has_dependents;
            let propagation = if foreground { Propagation::Foreground } else { Propagation::Background };
            actions.push(Action::Delete(node.key.clone(), uid.to_owned(), propagation));
        } else if !gone.is_empty() || !leaving.is_empty() {
            let without = gone.into_iter().chain(leaving).collect();
            actions.push(Action::RemoveOwners(node.key.clone(), uid.to_owned(), without));
        }
    }
}

/// An owner is in the same namespace, or of the cluster.
fn is_owner_place(owner: &Key, dependent: &Key) -> bool {
    owner.namespace.is_empty() || owner.namespace == dependent.namespace
}

#[cfg(test)]
mod tests;

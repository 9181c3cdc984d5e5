//! Sets of fields: what somebody owns.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use super::path::PathElement;

/// A set of paths, as a trie. That a field is in the set says nothing of what lies above or below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FieldSet {
    // No node is there for nothing: it is a member, or has members below it.
    pub(super) nodes: BTreeMap<PathElement, Node>,
}

/// What is known of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Whether it is in the set itself.
    pub(super) member: bool,
    /// What is in the set below it.
    pub(super) below: FieldSet,
}

impl Node {
    fn is_needed(&self) -> bool {
        self.member || !self.below.is_empty()
    }
}

impl FieldSet {
    /// The set of one path.
    pub(super) fn of(path: &[PathElement]) -> Self {
        let mut set = Self::default();
        match path {
            [] => {}
            [last] => set.put(last.clone(), true, Self::default()),
            [first, rest @ ..] => set.put(first.clone(), false, Self::of(rest)),
        }
        set
    }

    /// A set of fields of the whole object.
    pub(super) fn of_fields(names: &[&str]) -> Self {
        let mut set = Self::default();
        for name in names {
            set.put(PathElement::Field((*name).to_owned()), true, Self::default());
        }
        set
    }

    /// Adds an element, if it is a `member`, and what is below it.
    pub(super) fn put(&mut self, element: PathElement, member: bool, below: Self) {
        if !member && below.is_empty() {
            return;
        }
        match self.nodes.entry(element) {
            Slot::Vacant(slot) => {
                slot.insert(Node { member, below });
            }
            Slot::Occupied(mut slot) => {
                slot.get_mut().member |= member;
                slot.get_mut().below.unite(below);
            }
        }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether the very path is in it.
    pub(super) fn contains(&self, path: &[PathElement]) -> bool {
        match path {
            [] => false,
            [last] => self.nodes.get(last).is_some_and(|node| node.member),
            [first, rest @ ..] => self.nodes.get(first).is_some_and(|node| node.below.contains(rest)),
        }
    }

    /// Adds all of another set.
    pub(super) fn unite(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for (element, node) in other.nodes {
            self.put(element, node.member, node.below);
        }
    }

    /// Both sets as one.
    #[must_use]
    pub(super) fn union(mut self, other: Self) -> Self {
        self.unite(other);
        self
    }

    /// What is in both.
    #[must_use]
    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for (element, node) in &self.nodes {
            if let Some(theirs) = other.nodes.get(element) {
                let (member, below) = (node.member && theirs.member, node.below.intersection(&theirs.below));
                if member || !below.is_empty() {
                    both.put(element.clone(), member, below);
                }
            }
        }
        both
    }

    /// Whether all of another set is in it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.nodes.iter().all(|(element, theirs)| {
            let ours = self.nodes.get(element);
            ours.is_some_and(|ours| (ours.member || !theirs.member) && ours.below.covers(&theirs.below))
        })
    }

    /// Takes out what is in the other set; what is below its members stays.
    pub(super) fn subtract(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        self.nodes.retain(|element, node| {
            let Some(theirs) = other.nodes.get(element) else { return true };
            node.member &= !theirs.member;
            node.below.subtract(&theirs.below);
            node.is_needed()
        });
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub(super) fn difference(mut self, other: &Self) -> Self {
        self.subtract(other);
        self
    }

    /// Takes out what is in the other set, and all that is below its members.
    pub(super) fn subtract_whole(&mut self, other: &Self) {
        if other.is_empty() {
            return;
        }
        self.nodes.retain(|element, node| {
            let Some(theirs) = other.nodes.get(element) else { return true };
            if theirs.member {
                return false;
            }
            node.below.subtract_whole(&theirs.below);
            node.is_needed()
        });
    }

    /// All paths: the members of a level before those below it.
    pub(super) fn paths(&self) -> Vec<Vec<PathElement>> {
        let mut paths = Vec::new();
        self.collect(&mut Vec::new(), &mut paths);
        paths
    }

    fn collect(&self, prefix: &mut Vec<PathElement>, paths: &mut Vec<Vec<PathElement>>) {
        for (element, _) in self.nodes.iter().filter(|(_, node)| node.member) {
            let mut path = prefix.clone();
            path.push(element.clone());
            paths.push(path);
        }
        for (element, node) in &self.nodes {
            prefix.push(element.clone());
            node.below.collect(prefix, paths);
            prefix.pop();
        }
    }
}

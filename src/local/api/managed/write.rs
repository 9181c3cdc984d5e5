//! One write to an object, and what it does to who owns what.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use super::Manager;
use super::blank::ignored;
use super::check::{Duplicates, Problems, check};
use super::compare::{Comparison, compare};
use super::conflict::Conflict;
use super::entries::{Holding, Operation, Owners, Writer};
use super::merge::{merge, remove};
use super::owned::{owned, reconciled, with_named};
use super::path::PathElement;
use super::scale::scaled;
use super::set::FieldSet;
use super::typed::{Typed, same};
use crate::local::api::resource::Resource;

/// A write: by whom, to what, when.
pub(super) struct Write<'w> {
    pub(super) typed: Typed<'w>,
    pub(super) api_version: String,
    manager: String,
    subresource: &'w str,
    ignored: FieldSet,
    /// Path of the replicas that the scale subresource writes.
    replicas: Option<&'w str>,
    now: Timestamp,
}

/// What an apply comes to.
pub(super) struct Applied {
    /// The object, without its new owners; `None` when it is as it was.
    pub(super) object: Option<Value>,
    /// Who owns what.
    pub(super) owners: Owners,
}

impl<'w> Write<'w> {
    /// A write to an endpoint of a resource.
    pub(super) fn new(resource: &'w Resource, manager: &Manager<'w>, now: Timestamp) -> Self {
        let name = if manager.name.is_empty() { "unknown" } else { manager.name };
        Self {
            typed: Typed::object(&resource.schema),
            api_version: resource.api_version(),
            manager: name.to_owned(),
            subresource: manager.subresource,
            ignored: ignored(resource, manager.subresource),
            replicas: resource.scale.as_ref().map(|scale| scale.spec_path.as_str()),
            now,
        }
    }

    /// The same write as if another had made it.
    pub(super) fn by(mut self, manager: &str) -> Self {
        manager.clone_into(&mut self.manager);
        self
    }

    fn writer(&self, operation: Operation) -> Writer {
        let api_version = if operation == Operation::Apply { String::new() } else { self.api_version.clone() };
        Writer { manager: self.manager.clone(), operation, api_version, subresource: self.subresource.to_owned() }
    }

    fn compare(&self, live: &Value, new: &Value) -> Comparison {
        compare(self.typed, live, new).without(&self.ignored)
    }

    /// Who owns what after an update. The writer owns what it adds or changes and nobody else does any more; a writer
    /// that changes nothing owns what it did, since when it did.
    ///
    /// # Errors
    ///
    /// When one of the objects is not as the schema says.
    pub(super) fn update(&self, live: &Value, new: &Value, owners: Owners) -> Result<Owners, Problems> {
        check(self.typed, new, Duplicates::Allowed)?;
        check(self.typed, live, Duplicates::Allowed)?;
        if let ("scale", Some(path)) = (self.subresource, self.replicas) {
            return Ok(scaled(path, live, new, owners, &self.writer(Operation::Update), &self.api_version));
        }
        let mut owners = self.reconciled(owners);
        let changes = self.compare(live, new);
        let mut taken = changes.modified.union(changes.added);
        for holding in owners.0.values_mut() {
            holding.fields.subtract(&taken);
            holding.fields.subtract(&changes.removed);
        }
        owners.drop_empty();
        taken.subtract(&NOBODYS);
        if !taken.is_empty() {
            let nothing = Holding { fields: FieldSet::default(), api_version: self.api_version.clone(), time: None };
            let holding = owners.0.entry(self.writer(Operation::Update)).or_insert(nothing);
            holding.fields.unite(taken);
            holding.api_version.clone_from(&self.api_version);
            holding.time = Some(self.now);
        }
        owners.cap();
        Ok(owners)
    }

    fn reconciled(&self, mut owners: Owners) -> Owners {
        for holding in owners.0.values_mut() {
            holding.fields = reconciled(self.typed, std::mem::take(&mut holding.fields));
        }
        owners
    }

    /// The object after an apply and who owns what of it. Both objects are as the schema says.
    ///
    /// # Errors
    ///
    /// The fields that others own, unless the write is forced.
    pub(super) fn apply(
        &self,
        live: &Value,
        applied: &Value,
        owners: Owners,
        force: bool,
    ) -> Result<Applied, Vec<Conflict>> {
        let mut owners = self.reconciled(owners);
        let writer = self.writer(Operation::Apply);
        let merged = merge(self.typed, live, applied);
        let mut fields = owned(self.typed, applied);
        fields.subtract_whole(&self.ignored);
        let before = owners.0.remove(&writer);
        let time = before.as_ref().and_then(|before| before.time);
        // Whatever it owned it still applies, as a rule: then nothing goes away.
        let dropped = before.filter(|before| !fields.covers(&before.fields));
        let holding = Holding { fields, api_version: self.api_version.clone(), time };
        owners.0.insert(writer.clone(), holding);
        let new = match dropped {
            Some(before) => self.prune(merged, &owners, &before.fields),
            None => merged,
        };
        let changes = self.compare(live, &new);
        let taken = changes.modified.union(changes.added);
        let conflicts = conflicts(&owners, &writer, &taken);
        if !force && !conflicts.is_empty() {
            return Err(conflicts);
        }
        for (_, holding) in owners.0.iter_mut().filter(|(owner, _)| **owner != writer) {
            holding.fields.subtract(&taken);
            holding.fields.subtract(&changes.removed);
        }
        let object = (!same(live, &new)).then_some(new);
        if let Some(holding) = owners.0.get_mut(&writer) {
            holding.fields.subtract(&NOBODYS);
            if object.is_some() {
                holding.time = Some(self.now);
            }
        }
        owners.drop_empty();
        Ok(Applied { object, owners })
    }

    /// Takes away what the writer applied before, does not apply any more and nobody else owns.
    fn prune(&self, merged: Value, owners: &Owners, before: &FieldSet) -> Value {
        let named = |set: &FieldSet| with_named(Some(self.typed), set);
        let before = named(before);
        let all = named(&owned(self.typed, &merged));
        let mut claimed = FieldSet::default();
        for holding in owners.0.values() {
            claimed.unite(holding.fields.clone());
        }
        let without_before = remove(self.typed, merged.clone(), &before);
        let kept = named(&owned(self.typed, &without_before)).union(named(&claimed));
        // What is left of it with all that anybody claims; of what went with it, only what the writer owned may go.
        let with_claimed = remove(self.typed, merged.clone(), &all.clone().difference(&kept));
        let kept = named(&owned(self.typed, &with_claimed));
        remove(self.typed, merged, &all.difference(&kept).intersection(&before))
    }
}

fn conflicts(owners: &Owners, writer: &Writer, taken: &FieldSet) -> Vec<Conflict> {
    let others = owners.0.iter().filter(|(owner, _)| *owner != writer);
    let conflicts = others.flat_map(|(owner, holding)| {
        let paths = holding.fields.intersection(taken).paths();
        paths.into_iter().map(|path| Conflict { owner: owner.clone(), path })
    });
    conflicts.collect()
}

/// What nobody ever owns: names, versions and what the server keeps for itself.
static NOBODYS: LazyLock<FieldSet> = LazyLock::new(|| {
    let of_metadata = [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "clusterName",
        "generation",
        "managedFields",
        "resourceVersion",
    ];
    let mut set = FieldSet::of_fields(&["apiVersion", "kind"]);
    set.put(PathElement::Field("metadata".to_owned()), true, FieldSet::of_fields(&of_metadata));
    set
});

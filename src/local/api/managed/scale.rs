//! Who owns the replicas after a write to the scale subresource.
//!
//! The real server shows that subresource only the entries with replicas, as entries of `autoscaling/v1`, and puts what
//! comes of it back (`managedfields/scalehandler.go`). What looks odd here is how it is there.

use serde_json::Value;

use super::entries::{Holding, Operation, Owners, Writer};
use super::path::PathElement;
use super::set::FieldSet;

/// Version that the entries are of on the way.
const API_VERSION: &str = "autoscaling/v1";

/// Who owns what after a write to the scale subresource, with the replicas at a path like `.spec.replicas`. Nothing is
/// tracked where nobody owned the replicas, and the entries have no time.
pub(super) fn scaled(path: &str, live: &Value, new: &Value, owners: Owners, writer: &Writer, version: &str) -> Owners {
    let names = || path.split('.').filter(|name| !name.is_empty());
    let replicas: Vec<_> = names().map(|name| PathElement::Field(name.to_owned())).collect();
    let at = |object: &'_ Value| names().try_fold(object, |value, name| value.get(name)).cloned();
    let taken = at(live) != at(new);
    if !owners.0.values().any(|holding| holding.fields.contains(&replicas)) {
        return owners;
    }
    let only = FieldSet::of(&replicas);
    let entry = || Holding { fields: only.clone(), api_version: version.to_owned(), time: None };
    let mut after = Owners::default();
    for (owner, mut holding) in owners.0 {
        let keeps = !taken && owner.operation == Operation::Apply;
        if !keeps && holding.fields.contains(&replicas) {
            holding.fields.subtract(&only);
            if !taken {
                after.0.insert(Writer { api_version: API_VERSION.to_owned(), ..owner.clone() }, entry());
            }
        }
        after.0.insert(owner, holding);
    }
    // A scale of none says nothing of replicas, so that nobody owns them.
    if taken && at(new) != Some(Value::from(0)) {
        after.0.insert(Writer { api_version: API_VERSION.to_owned(), ..writer.clone() }, entry());
    }
    after.drop_empty();
    after
}

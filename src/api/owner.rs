//! Owner references between objects.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::core::{ObjectMeta, Resource};

/// The owner reference that makes `parent` the controller of a child, deleted before it when deletion is foreground.
///
/// `None` when `parent` has no name or no uid, which is to say that no API server has seen it.
pub fn controller_reference<P: Resource<DynamicType = ()>>(parent: &P) -> Option<OwnerReference> {
    let reference = parent.controller_owner_ref(&())?;
    Some(OwnerReference { block_owner_deletion: Some(true), ..reference })
}

/// The owner reference to the child's controller.
pub fn controller_of(child: &ObjectMeta) -> Option<&OwnerReference> {
    let mut owners = child.owner_references.iter().flatten();
    owners.find(|owner| owner.controller == Some(true))
}

/// Whether the object of that uid owns the child, be it as its controller or not.
///
/// Replica sets that are history carry `controller: false`, see the take-over rules.
pub fn is_owned_by(child: &ObjectMeta, uid: &str) -> bool {
    child.owner_references.iter().flatten().any(|owner| owner.uid == uid)
}

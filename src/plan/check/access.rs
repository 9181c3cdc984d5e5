//! What the user may do.

use super::{Category, Check, Known, codes, few};
use crate::plan::rbac::{Permission, lacking};

pub(super) fn assess(denied: &Known<Vec<Permission>>) -> Category {
    let check = Check::of(&codes::PERMITTED);
    Category { name: "rbac", checks: vec![judge(check, denied)] }
}

fn judge(check: Check, denied: &Known<Vec<Permission>>) -> Check {
    let denied = match denied {
        Ok(denied) => denied,
        Err(error) => return check.untold(error).hint("`kubectl auth can-i --list` shows what you may do"),
    };
    let lacking = lacking(denied);
    let Some((_, first)) = lacking.first() else { return check };
    let verbs: Vec<_> = lacking.iter().map(|(verb, _)| *verb).collect();
    let missing = lacking.iter().find(|(verb, _)| *verb == "get").map_or(first, |(_, permissions)| permissions);
    let missing: Vec<_> = missing.iter().map(Permission::title).collect();
    let error = format!("these verbs fail: {}\nfor want of: {}", verbs.join(", "), few(&missing));
    match verbs.contains(&"get") {
        true => check.fails(error).hint(grant("viewer")),
        false => check.warns(error).hint(grant(if only_operators(&verbs) { "admin" } else { "editor" })),
    }
}

/// Whether all that is missing is for who runs the cluster.
fn only_operators(verbs: &[&str]) -> bool {
    verbs.iter().all(|verb| matches!(*verb, "cordon" | "drain" | "uncordon"))
}

fn grant(role: &str) -> String {
    codes::PERMITTED.hint.replace("ROLE", role)
}

/// What an install needs, definitions and all else apart.
pub(super) fn assess_for_install(denied: &Known<Vec<Permission>>) -> Vec<Check> {
    let definitions = Check::of(&codes::MAY_DEFINE);
    let controller = Check::of(&codes::MAY_INSTALL);
    let denied = match denied {
        Ok(denied) => denied,
        Err(error) => return vec![definitions.untold(error)],
    };
    let (crds, others): (Vec<_>, Vec<_>) =
        denied.iter().partition(|permission| permission.resource == "customresourcedefinitions");
    let titles = |permissions: &[&Permission]| {
        let titles: Vec<_> = permissions.iter().map(|permission| permission.title()).collect();
        format!("you may not {}", few(&titles))
    };
    let definitions = if crds.is_empty() { definitions } else { definitions.fails(titles(&crds)) };
    let controller = match others.is_empty() {
        true => controller,
        false => controller.warns(titles(&others)),
    };
    vec![definitions, controller]
}

/// What an install sends.
pub const INSTALL: &[Permission] = &[
    wants("apiextensions.k8s.io", "customresourcedefinitions", "create"),
    wants("apiextensions.k8s.io", "customresourcedefinitions", "patch"),
    wants("", "namespaces", "create"),
    wants("", "serviceaccounts", "create"),
    wants("apps", "deployments", "create"),
    wants("rbac.authorization.k8s.io", "clusterroles", "create"),
    wants("rbac.authorization.k8s.io", "clusterrolebindings", "create"),
    wants("rbac.authorization.k8s.io", "roles", "create"),
    wants("rbac.authorization.k8s.io", "rolebindings", "create"),
];

const fn wants(group: &'static str, resource: &'static str, verb: &'static str) -> Permission {
    Permission { group, resource, verb }
}

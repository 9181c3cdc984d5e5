//! What the user may do.

use super::{Category, Check, Known, few};
use crate::plan::rbac::{Permission, lacking};

pub(super) fn assess(denied: &Known<Vec<Permission>>) -> Category {
    let check = Check::new("WCC020", "you may do all that the verbs of this plugin need");
    Category { name: "rbac", checks: vec![judge(check, denied)] }
}

fn judge(check: Check, denied: &Known<Vec<Permission>>) -> Check {
    let denied = match denied {
        Ok(denied) => denied,
        Err(error) => {
            return check.warns(format!("cannot tell: {error}"), "`kubectl auth can-i --list` shows what you may do");
        }
    };
    let lacking = lacking(denied);
    let Some((_, first)) = lacking.first() else { return check };
    let verbs: Vec<_> = lacking.iter().map(|(verb, _)| *verb).collect();
    let missing = lacking.iter().find(|(verb, _)| *verb == "get").map_or(first, |(_, permissions)| permissions);
    let missing: Vec<_> = missing.iter().map(Permission::title).collect();
    let error = format!("these verbs fail: {}\nfor want of: {}", verbs.join(", "), few(&missing));
    match verbs.contains(&"get") {
        true => check.fails(error, grant("viewer")),
        false => check.warns(error, grant(if only_operators(&verbs) { "admin" } else { "editor" })),
    }
}

/// Whether all that is missing is for who runs the cluster.
fn only_operators(verbs: &[&str]) -> bool {
    verbs.iter().all(|verb| matches!(*verb, "cordon" | "drain" | "uncordon"))
}

fn grant(role: &str) -> String {
    format!(
        "have an administrator run `kubectl wasmcloud rbac --for={role} | kubectl apply -f -`, and bind wasmcloud-{role} to you"
    )
}

/// What an install needs, definitions and all else apart.
pub(super) fn assess_for_install(denied: &Known<Vec<Permission>>) -> Vec<Check> {
    let definitions = Check::new("WCC081", "you may create CustomResourceDefinitions");
    let controller = Check::new("WCC082", "you may create what a controller in the cluster needs");
    let denied = match denied {
        Ok(denied) => denied,
        Err(error) => return vec![definitions.warns(format!("cannot tell: {error}"), AN_ADMIN)],
    };
    let (crds, others): (Vec<_>, Vec<_>) =
        denied.iter().partition(|permission| permission.resource == "customresourcedefinitions");
    let titles = |permissions: &[&Permission]| {
        let titles: Vec<_> = permissions.iter().map(|permission| permission.title()).collect();
        format!("you may not {}", few(&titles))
    };
    let definitions = if crds.is_empty() { definitions } else { definitions.fails(titles(&crds), AN_ADMIN) };
    let controller = match others.is_empty() {
        true => controller,
        false => controller.warns(
            titles(&others),
            "`kubectl wasmcloud install --controller --image=IMAGE --export` prints it for who may",
        ),
    };
    vec![definitions, controller]
}

const AN_ADMIN: &str = "`kubectl wasmcloud crds` prints them for who may";

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

//! Roles as manifests.

use serde_json::{Value, json};

use super::{Need, OURS, READ, WRITE};
use crate::plan::install::labelled;

const KINDS: &[&str] = &["artifacts", "hosts", "workloaddeployments", "workloadreplicasets", "workloads"];
const STATUSES: &[&str] = &[
    "artifacts/status",
    "hosts/status",
    "workloaddeployments/status",
    "workloadreplicasets/status",
    "workloads/status",
];
/// Who sets an owner reference that blocks the owner's deletion must be let do that where the owner's API server asks for it.
const FINALIZERS: &[&str] = &[
    "artifacts/finalizers",
    "hosts/finalizers",
    "workloaddeployments/finalizers",
    "workloadreplicasets/finalizers",
    "workloads/finalizers",
];

/// What the controller does with the objects that it reconciles, wherever they are.
const RECONCILED: &[Need] = &[
    Need::of(OURS, KINDS, &["get", "list", "watch", "create", "update", "patch", "delete"]),
    Need::of(OURS, STATUSES, &["get", "update", "patch"]),
    Need::of(OURS, FINALIZERS, &["update"]),
    Need::of("", &["configmaps", "secrets", "services"], READ),
    Need::of("", &["services/finalizers"], &["update"]),
    Need::of("", &["events"], &["create", "patch"]),
    Need::of("discovery.k8s.io", &["endpointslices"], &["get", "list", "watch", "create", "update", "patch", "delete"]),
    // OpenShift asks for these where an address is not a Pod's.
    Need::of("discovery.k8s.io", &["endpointslices/restricted"], &["create"]),
    Need::of("", &["endpoints/restricted"], &["create"]),
];
/// Where hosts run as Pods.
const PODS: &[Need] = &[Need::of("", &["pods"], &["get", "list", "watch", "patch"])];
/// In the controller's own namespace.
const OWN: &[Need] = &[Need::of("coordination.k8s.io", &["leases"], &["get", "create", "update"])];
/// Where only its own namespace is its own: hosts are there, whichever namespaces it reconciles.
const OWN_HOSTS: &[Need] = &[
    Need::of(OURS, &["hosts"], &["get", "list", "watch", "create", "update", "patch", "delete"]),
    Need::of(OURS, &["hosts/status"], &["get", "update", "patch"]),
    Need::of(OURS, &["hosts/finalizers"], &["update"]),
    Need::of("", &["events"], &["create", "patch"]),
];

/// A person's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Looks at everything and changes nothing; part of Kubernetes' `view`.
    Viewer,
    /// Changes what runs; part of Kubernetes' `edit`.
    Editor,
    /// Also steers hosts: cordon, drain; part of Kubernetes' `admin`.
    Admin,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Viewer => "wasmcloud-viewer",
            Self::Editor => "wasmcloud-editor",
            Self::Admin => "wasmcloud-admin",
        }
    }

    /// The role of Kubernetes' own that it becomes part of.
    fn part_of(self) -> &'static str {
        match self {
            Self::Viewer => "view",
            Self::Editor => "edit",
            Self::Admin => "admin",
        }
    }

    fn needs(self) -> Vec<Need> {
        let mut needs = vec![
            Need::of(OURS, KINDS, READ),
            Need::of("", &["events", "services", "configmaps", "pods"], READ),
            Need::of("discovery.k8s.io", &["endpointslices"], READ),
            Need::of("coordination.k8s.io", &["leases"], READ),
        ];
        if self != Self::Viewer {
            const WRITTEN: &[&str] = &["artifacts", "workloaddeployments", "workloadreplicasets", "workloads"];
            needs.push(Need::of(OURS, WRITTEN, WRITE));
            needs.push(Need::of(OURS, &["workloaddeployments/scale"], &["get", "update", "patch"]));
            needs.push(Need::of(
                "",
                &["services", "configmaps", "secrets"],
                &["get", "create", "update", "patch", "delete"],
            ));
            needs.push(Need::of(
                "autoscaling",
                &["horizontalpodautoscalers"],
                &["get", "create", "update", "patch", "delete"],
            ));
        }
        if self == Self::Admin {
            needs.push(Need::of(OURS, &["hosts"], &["patch", "delete"]));
        }
        needs
    }

    /// Whether the role lets one do that.
    #[cfg(test)]
    pub(super) fn allows(self, permission: super::Permission) -> bool {
        self.needs().iter().any(|need| need.permissions().any(|allowed| allowed == permission))
    }
}

/// The ClusterRole of a person's part; Kubernetes adds it to its own role of that kind.
pub fn user_role(role: Role) -> Value {
    let label = format!("rbac.authorization.k8s.io/aggregate-to-{}", role.part_of());
    let rules: Vec<_> = role.needs().iter().map(Need::rule).collect();
    let mut object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": role.name()}, "rules": rules,
    });
    object["metadata"]["labels"][label] = "true".into();
    object
}

/// ServiceAccount, roles and bindings of the controller. With `watched` namespaces it gets Roles in those alone, else one
/// ClusterRole.
pub fn controller_manifests(name: &str, namespace: &str, watched: &[String], host_namespaces: &[String]) -> Vec<Value> {
    let mut objects = vec![json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace},
    })];
    let grant = Grant { name, account: namespace };
    if watched.is_empty() {
        objects.extend(grant.cluster_wide(&[RECONCILED, PODS].concat()));
        objects.extend(grant.within(namespace, OWN));
    } else {
        let mut everywhere: Vec<&String> = watched.iter().chain(host_namespaces).collect();
        everywhere.sort();
        everywhere.dedup();
        let mut own = [OWN, OWN_HOSTS, PODS].concat();
        if watched.iter().any(|watched| watched == namespace) {
            own = [RECONCILED, PODS, OWN].concat();
        }
        objects.extend(grant.within(namespace, &own));
        for other in everywhere.into_iter().filter(|other| *other != namespace) {
            let reconciled = watched.contains(other);
            let needs = if reconciled { [RECONCILED, PODS].concat() } else { PODS.to_vec() };
            objects.extend(grant.within(other, &needs));
        }
    }
    objects.iter_mut().for_each(labelled);
    objects
}

/// Something granted to the controller's ServiceAccount.
struct Grant<'a> {
    name: &'a str,
    account: &'a str,
}

impl Grant<'_> {
    fn cluster_wide(&self, needs: &[Need]) -> [Value; 2] {
        let role = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": self.name}, "rules": rules(needs),
        });
        let metadata = json!({"name": self.name});
        [role, self.binding("ClusterRole", "ClusterRoleBinding", metadata)]
    }

    fn within(&self, namespace: &str, needs: &[Need]) -> [Value; 2] {
        let metadata = json!({"name": self.name, "namespace": namespace});
        let role = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": metadata, "rules": rules(needs),
        });
        [role, self.binding("Role", "RoleBinding", metadata)]
    }

    fn binding(&self, role: &str, kind: &str, metadata: Value) -> Value {
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": self.name},
            "subjects": [{"kind": "ServiceAccount", "name": self.name, "namespace": self.account}],
        })
    }
}

fn rules(needs: &[Need]) -> Vec<Value> {
    needs.iter().map(Need::rule).collect()
}

/// Whether the controller may do that, cluster-wide or in its own namespace.
#[cfg(test)]
pub(super) fn controller_may(permission: super::Permission) -> bool {
    [RECONCILED, PODS, OWN].concat().iter().any(|need| need.permissions().any(|allowed| allowed == permission))
}

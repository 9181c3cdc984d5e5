//! What each verb of the command line asks of the API server.

use super::{Need, OURS, READ};

/// A verb, and what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// The words of it, without those of verbs below it that need the same.
    pub words: &'static str,
    /// What it needs of the API server.
    pub needs: &'static [Need],
}

const DEPLOYMENTS: &[&str] = &["workloaddeployments"];
const KINDS: &[&str] = &["artifacts", "hosts", "workloaddeployments", "workloadreplicasets", "workloads"];
const WRITTEN: &[&str] = &["artifacts", "workloaddeployments", "workloadreplicasets", "workloads"];
const ROLLOUT: &[&str] = &["workloaddeployments", "workloadreplicasets", "workloads"];
/// What a manifest of ours may have beside it.
const BESIDE: &[&str] = &["configmaps", "secrets", "services"];

const LOOK: Need = Need::of(OURS, KINDS, READ);
const FOLLOW: Need = Need::of(OURS, ROLLOUT, READ);
const CHANGE: Need = Need::of(OURS, DEPLOYMENTS, &["get", "patch"]);
/// Who is in charge.
const LEASES: Need = Need::nice("coordination.k8s.io", &["leases"], &["list"]);
const HOSTS: Need = Need::nice(OURS, &["hosts"], &["list"]);
const HOST: Need = Need::of(OURS, &["hosts"], &["get", "list", "patch"]);
const EVENTS: Need = Need::nice("", &["events"], &["list"]);
const APPLY: Need = Need::of(OURS, WRITTEN, &["get", "create", "patch"]);
const APPLY_BESIDE: Need = Need::nice("", BESIDE, &["get", "create", "patch"]);
const DEFINITIONS: Need =
    Need::of("apiextensions.k8s.io", &["customresourcedefinitions"], &["get", "list", "watch", "create", "patch"]);
const LOOK_AT_DEFINITIONS: Need = Need::nice("apiextensions.k8s.io", &["customresourcedefinitions"], &["get", "list"]);

/// All verbs, sorted. What is not listed with two words is needed by all verbs below it.
pub const VERBS: &[Verb] = &[
    Verb { words: "apply", needs: &[APPLY, APPLY_BESIDE] },
    Verb {
        words: "autoscale",
        needs: &[
            Need::of(OURS, DEPLOYMENTS, &["get"]),
            Need::nice("autoscaling", &["horizontalpodautoscalers"], &["get", "create", "patch"]),
        ],
    },
    Verb {
        words: "check",
        needs: &[
            Need::of(OURS, &["hosts"], &["list"]),
            LEASES,
            LOOK_AT_DEFINITIONS,
            Need::nice("apps", &["deployments"], &["list"]),
        ],
    },
    Verb { words: "completion", needs: &[] },
    Verb { words: "cordon", needs: &[HOST, LEASES] },
    Verb { words: "crds", needs: &[] },
    Verb { words: "delete", needs: &[Need::of(OURS, WRITTEN, &["get", "list", "watch", "delete"])] },
    Verb { words: "deploy", needs: &[APPLY, APPLY_BESIDE, FOLLOW, HOSTS] },
    Verb {
        words: "describe",
        needs: &[
            LOOK,
            EVENTS,
            LEASES,
            Need::nice("", BESIDE, &["get"]),
            Need::nice("discovery.k8s.io", &["endpointslices"], &["list"]),
        ],
    },
    Verb { words: "diff", needs: &[APPLY] },
    Verb { words: "drain", needs: &[HOST, Need::of(OURS, &["workloads"], READ), LEASES] },
    Verb { words: "events", needs: &[LOOK, Need::of("", &["events"], READ)] },
    Verb { words: "explain", needs: &[] },
    Verb { words: "explain-code", needs: &[] },
    Verb {
        words: "expose",
        needs: &[
            Need::of(OURS, DEPLOYMENTS, &["get", "patch"]),
            Need::of("", &["services"], &["get", "create", "patch"]),
        ],
    },
    Verb { words: "get", needs: &[LOOK] },
    Verb { words: "install", needs: &[DEFINITIONS] },
    Verb { words: "local", needs: &[] },
    Verb { words: "logs", needs: &[LOOK, Need::nice("", &["pods"], &["list"])] },
    Verb { words: "man", needs: &[] },
    Verb { words: "rbac", needs: &[] },
    Verb { words: "report", needs: &[LOOK, EVENTS, LEASES, LOOK_AT_DEFINITIONS] },
    Verb { words: "rollout history", needs: &[FOLLOW] },
    Verb { words: "rollout pause", needs: &[CHANGE, LEASES] },
    Verb {
        words: "rollout restart",
        needs: &[CHANGE, LEASES, Need::nice(OURS, &["workloads"], &["list", "watch", "delete"])],
    },
    Verb { words: "rollout resume", needs: &[CHANGE, LEASES] },
    Verb { words: "rollout status", needs: &[FOLLOW, HOSTS] },
    Verb { words: "rollout undo", needs: &[CHANGE, FOLLOW] },
    // It has permissions of its own: those of the controller.
    Verb { words: "run-controller", needs: &[] },
    Verb { words: "scaffold", needs: &[] },
    Verb {
        words: "scale",
        needs: &[Need::of(OURS, &["workloaddeployments", "workloadreplicasets"], &["get", "patch"]), LEASES],
    },
    Verb { words: "set", needs: &[CHANGE] },
    Verb { words: "top", needs: &[Need::of(OURS, &["hosts", "workloads"], &["list"])] },
    Verb { words: "tree", needs: &[FOLLOW, HOSTS] },
    Verb { words: "uncordon", needs: &[HOST, LEASES] },
    Verb {
        words: "uninstall",
        needs: &[
            Need::of(OURS, KINDS, &["list", "patch"]),
            Need::of("apiextensions.k8s.io", &["customresourcedefinitions"], &["get", "watch", "delete"]),
            Need::of("coordination.k8s.io", &["leases"], &["list"]),
        ],
    },
    // Only with --server, and what may not be asked is left out then.
    Verb {
        words: "validate",
        needs: &[
            HOSTS,
            Need::nice(OURS, &["artifacts"], &["get"]),
            Need::nice(OURS, DEPLOYMENTS, &["list"]),
            Need::nice("", BESIDE, &["get"]),
            Need::nice("", &["namespaces"], &["get"]),
            LOOK_AT_DEFINITIONS,
        ],
    },
    Verb { words: "version", needs: &[HOSTS, LEASES, LOOK_AT_DEFINITIONS] },
];

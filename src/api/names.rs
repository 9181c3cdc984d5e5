//! Names that stand on objects: the API group, finalizers, annotations, labels, condition types, reasons and writers.
//!
//! Those the upstream operator uses too are marked so; they may never change.

/// The API group of all five kinds (upstream's).
pub const GROUP: &str = "runtime.wasmcloud.dev";
/// The one version of the group (upstream's).
pub const VERSION: &str = "v1alpha1";
/// `GROUP/VERSION`, as it stands in `apiVersion`.
pub const API_VERSION: &str = "runtime.wasmcloud.dev/v1alpha1";
/// The Lease whose holder is in charge, shared with the upstream operator so that the two never reconcile together.
pub const LEASE: &str = "d34db3ef.wasmcloud.dev";
/// How our identity as a holder of [`LEASE`] begins.
pub const LEASE_IDENTITY_PREFIX: &str = "kubectl-wasmcloud_";
/// The identity in the Lease of the controller of a local control plane.
pub const LOCAL_LEASE_IDENTITY: &str = "kubectl-wasmcloud_local";

/// The namespace of the Lease and of Host objects, unless told.
pub const CONTROLLER_NAMESPACE: &str = "wasmcloud-system";

/// Finalizers.
pub mod finalizer {
    /// On an Artifact (upstream's).
    pub const ARTIFACT: &str = "runtime.wasmcloud.dev/artifact-finalizer";
    /// On a Host (upstream's).
    pub const HOST: &str = "runtime.wasmcloud.dev/host-finalizer";
    /// On a Workload, until it is stopped on its host (upstream's).
    pub const WORKLOAD: &str = "runtime.wasmcloud.dev/workload-finalizer";
    /// On a host's Pod (upstream's; only ever removed here).
    pub const HOST_POD: &str = "runtime.wasmcloud.dev/pod-host-finalizer";
}

/// Annotations.
pub mod annotation {
    /// On a Workload: the hash of the template it was made from, see [`template_hash`](super::super::template_hash())
    /// (upstream's).
    pub const WORKLOAD_REPLICA_SET_GENERATION: &str = "runtime.wasmcloud.dev/workload-replica-set-generation";
    /// On a Workload: the `hostId` of the host it was given to, on record before its start is sent.
    pub const ASSIGNED_HOST: &str = "runtime.wasmcloud.dev/assigned-host";
    /// On a Workload whose replica set nobody owns: tells the labels and annotations of the template it was made from.
    pub const TEMPLATE_METADATA_HASH: &str = "runtime.wasmcloud.dev/template-metadata-hash";
    /// In the template of a WorkloadReplicaSet, with [`CONFIG_ROLLOUT`]: which versions of the ConfigMaps and Secrets it was
    /// made for. On the WorkloadReplicaSet itself: which versions are known to have the same values.
    pub const CONFIG_HASH: &str = "runtime.wasmcloud.dev/config-hash";
    /// On a Workload: the UID of the one on a host being drained that it takes the place of.
    pub const REPLACES: &str = "runtime.wasmcloud.dev/replaces";
    /// On a WorkloadReplicaSet: the number of the revision it holds, counted from 1.
    pub const REVISION: &str = "runtime.wasmcloud.dev/revision";
    /// On a WorkloadReplicaSet: how many replicas its deployment asked for when it was last sized.
    pub const DESIRED_REPLICAS: &str = "runtime.wasmcloud.dev/desired-replicas";
    /// On a WorkloadReplicaSet: how many replicas, surge included, its deployment could have when it was last sized.
    pub const MAX_REPLICAS: &str = "runtime.wasmcloud.dev/max-replicas";

    /// On a WorkloadDeployment: how many replicas a rollout may add, a number or a percentage; default 25%.
    pub const MAX_SURGE: &str = "runtime.wasmcloud.dev/max-surge";
    /// On a WorkloadDeployment: how many replicas a rollout may take away, a number or a percentage; default 25%.
    pub const MAX_UNAVAILABLE: &str = "runtime.wasmcloud.dev/max-unavailable";
    /// On a WorkloadDeployment: seconds a replica must be Ready before it is available; default 0.
    pub const MIN_READY_SECONDS: &str = "runtime.wasmcloud.dev/min-ready-seconds";
    /// On a WorkloadDeployment: seconds without progress after which a rollout is called failed; default 600.
    pub const PROGRESS_DEADLINE_SECONDS: &str = "runtime.wasmcloud.dev/progress-deadline-seconds";
    /// On a WorkloadDeployment: how many old replica sets are kept; default 10.
    pub const REVISION_HISTORY_LIMIT: &str = "runtime.wasmcloud.dev/revision-history-limit";
    /// On a WorkloadDeployment: `true` records template changes without rolling them out.
    pub const PAUSED: &str = "runtime.wasmcloud.dev/paused";
    /// On a WorkloadDeployment: `true` rolls out changes of the ConfigMaps and Secrets that its template reads.
    pub const CONFIG_ROLLOUT: &str = "runtime.wasmcloud.dev/config-rollout";

    /// On an Artifact: `digest` has its image looked up in the registry, and `status.artifactUrl` pinned.
    pub const RESOLVE: &str = "runtime.wasmcloud.dev/resolve";
    /// On an Artifact that is resolved: how often it is looked up again.
    pub const POLL_INTERVAL: &str = "runtime.wasmcloud.dev/poll-interval";

    /// On a Host: `true` keeps new Workloads away from it.
    pub const UNSCHEDULABLE: &str = "runtime.wasmcloud.dev/unschedulable";
    /// On a Host: `true` has its Workloads move elsewhere, and keeps new ones away.
    pub const DRAIN: &str = "runtime.wasmcloud.dev/drain";
    /// On a Host: ids of Workloads that may still run there and that no object names any more, with commas between; they
    /// are stopped when the host is heard from again.
    pub const TOMBSTONES: &str = "runtime.wasmcloud.dev/tombstones";

    /// On any object: codes of findings that `validate` leaves out.
    pub const IGNORE: &str = "wasmcloud.dev/ignore";
    /// Why a revision was made, for `rollout history` (Kubernetes' own).
    pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
    /// In `template.annotations`: when `rollout restart` was last asked for (kubectl's own).
    pub const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
    /// What `kubectl apply` last applied (kubectl's own).
    pub const LAST_APPLIED_CONFIGURATION: &str = "kubectl.kubernetes.io/last-applied-configuration";
}

/// Labels.
pub mod label {
    /// On a WorkloadReplicaSet: the name of the WorkloadDeployment it belongs to (upstream's).
    pub const WORKLOAD_DEPLOYMENT: &str = "runtime.wasmcloud.dev/workload-deployment";
    /// On a host's Pod: its host group (upstream's).
    pub const HOST_POD_HOSTGROUP: &str = "wasmcloud.com/hostgroup";
    /// On a Host: its host group, as its heartbeat says (upstream's).
    pub const HOSTGROUP: &str = "hostgroup";
    /// On an EndpointSlice that this controller keeps; its value is `true` (upstream's).
    pub const ROUTE_MANAGER: &str = "wasmcloud.dev/route-manager";
    /// On an EndpointSlice: the name of its Service (Kubernetes' own).
    pub const SERVICE_NAME: &str = "kubernetes.io/service-name";
    /// On a Host: the zone it runs in, looked at first (Kubernetes' own).
    pub const TOPOLOGY_ZONE: &str = "topology.kubernetes.io/zone";
    /// On a Host: the zone it runs in, looked at when [`TOPOLOGY_ZONE`] is missing.
    pub const ZONE: &str = "zone";
}

/// Condition types (all upstream's; it keeps extra ones for ever, so there are no others).
pub mod condition {
    /// On every kind: the sum of the other conditions.
    pub const READY: &str = "Ready";
    /// On Artifact, Workload and WorkloadDeployment: the outside agrees with the spec.
    pub const SYNC: &str = "Sync";
    /// On Artifact: `status.artifactUrl` may be used.
    pub const PUBLISHED: &str = "Published";
    /// On Host: its heartbeats arrive.
    pub const REPORTING: &str = "Reporting";
    /// On Workload: its ConfigMaps, Secrets and pull secrets are there.
    pub const CONFIG: &str = "Config";
    /// On Workload: a host was found for it.
    pub const HOST_SELECTION: &str = "HostSelection";
    /// On Workload: its host was told to start it, and did.
    pub const PLACEMENT: &str = "Placement";
    /// On WorkloadReplicaSet: no Workload is missing.
    pub const SCALE_UP: &str = "ScaleUp";
    /// On WorkloadReplicaSet: no Workload is in excess.
    pub const SCALE_DOWN: &str = "ScaleDown";
    /// On WorkloadDeployment: the artifacts it lists are resolved.
    pub const ARTIFACT: &str = "Artifact";
    /// On WorkloadDeployment: the rollout of the current template goes forward.
    pub const DEPLOY: &str = "Deploy";
    /// On WorkloadDeployment: as many replicas are available as it asks for.
    pub const SCALE: &str = "Scale";

    /// Artifact's condition types, in the order they stand in.
    pub const OF_ARTIFACT: [&str; 3] = [SYNC, PUBLISHED, READY];
    /// Host's condition types, in the order they stand in.
    pub const OF_HOST: [&str; 2] = [REPORTING, READY];
    /// Workload's condition types, in the order they stand in.
    pub const OF_WORKLOAD: [&str; 5] = [CONFIG, HOST_SELECTION, PLACEMENT, SYNC, READY];
    /// WorkloadReplicaSet's condition types, in the order they stand in.
    pub const OF_WORKLOAD_REPLICA_SET: [&str; 3] = [SCALE_UP, SCALE_DOWN, READY];
    /// WorkloadDeployment's condition types, in the order they stand in.
    pub const OF_WORKLOAD_DEPLOYMENT: [&str; 5] = [ARTIFACT, SYNC, DEPLOY, SCALE, READY];
}

/// Reasons in conditions and Events.
pub mod reason {
    /// Any condition that is True (upstream's).
    pub const AVAILABLE: &str = "Available";
    /// Any condition that is not True, as upstream writes it.
    pub const RECONCILE: &str = "Reconcile";

    /// Config: a ConfigMap is missing.
    pub const CONFIG_MAP_NOT_FOUND: &str = "ConfigMapNotFound";
    /// Config: a Secret is missing.
    pub const SECRET_NOT_FOUND: &str = "SecretNotFound";
    /// Config: a value of a Secret is not UTF-8.
    pub const SECRET_KEY_NOT_UTF8: &str = "SecretKeyNotUtf8";
    /// Config: the API server does not let the controller read a ConfigMap or Secret.
    pub const CONFIG_FORBIDDEN: &str = "ConfigForbidden";
    /// Config: a pull secret is not a Docker configuration.
    pub const PULL_SECRET_INVALID: &str = "PullSecretInvalid";
    /// Config: a pull secret says nothing about the image's registry.
    pub const PULL_SECRET_HAS_NO_REGISTRY: &str = "PullSecretHasNoRegistry";
    /// HostSelection: no host fits.
    pub const NO_ELIGIBLE_HOST: &str = "NoEligibleHost";
    /// HostSelection: the Workload asks for hosts of an environment it may not use (upstream's).
    pub const CROSS_ENVIRONMENT_SCHEDULING_DENIED: &str = "CrossEnvironmentSchedulingDenied";
    /// Placement: the host answered the start with an error; the message is the host's.
    pub const START_FAILED: &str = "StartFailed";
    /// Events: the host answered the stop with an error; the message is the host's.
    pub const STOP_FAILED: &str = "StopFailed";
    /// Placement: the host did not answer the start.
    pub const HOST_DID_NOT_ANSWER: &str = "HostDidNotAnswer";
    /// Sync: a ConfigMap or Secret changed since the Workload was started.
    pub const CONFIG_DRIFT: &str = "ConfigDrift";

    /// Sync, Published: the registry did not say what the image's tag stands for; the message is its own.
    pub const RESOLVE_FAILED: &str = "ResolveFailed";
    /// Artifact: the deployment uses an artifact that it does not list, or that does not exist.
    pub const ARTIFACT_NOT_FOUND: &str = "ArtifactNotFound";
    /// Deploy: a replica set was made for the current template.
    pub const NEW_REPLICA_SET_CREATED: &str = "NewReplicaSetCreated";
    /// Deploy: the rollout goes forward.
    pub const REPLICA_SET_UPDATED: &str = "ReplicaSetUpdated";
    /// Deploy: the rollout is complete.
    pub const NEW_REPLICA_SET_AVAILABLE: &str = "NewReplicaSetAvailable";
    /// Deploy: the deployment is paused.
    pub const DEPLOYMENT_PAUSED: &str = "DeploymentPaused";
    /// Deploy: the rollout made no progress for too long.
    pub const PROGRESS_DEADLINE_EXCEEDED: &str = "ProgressDeadlineExceeded";
}

/// Field managers.
pub mod field_manager {
    /// The controller's.
    pub const CONTROLLER: &str = "wasmcloud-controller";
    /// The command line's.
    pub const KUBECTL: &str = "kubectl-wasmcloud";
    /// The one that upstream's operator applies Hosts as what they report, object and status.
    pub const UPSTREAM_HOST: &str = "host-status-updater";
    /// The one `kubectl apply` without `--server-side` writes under.
    pub const KUBECTL_CLIENT_SIDE_APPLY: &str = "kubectl-client-side-apply";
}

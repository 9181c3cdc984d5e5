//! The watched objects as the controller keeps them: templates as raw JSON, the rest typed, managedFields dropped.

mod raw;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub use raw::Raw;

use crate::api::names::annotation;
use crate::api::{
    ArtifactSpec, ArtifactStatus, Condition, HasConditions, HostStatus, Kind, WorkloadDeploymentArtifact,
    WorkloadDeploymentStatus, WorkloadReplicaSetStatus, WorkloadSpec, WorkloadStatus,
};

/// Namespace and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl ObjectKey {
    /// The key of that namespace and name.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The key of the object with that metadata.
    pub fn of(metadata: &ObjectMeta) -> Self {
        Self {
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name: metadata.name.clone().unwrap_or_default(),
        }
    }

    /// The object of that name in the same namespace.
    pub fn sibling(&self, name: &str) -> Self {
        Self { namespace: self.namespace.clone(), name: name.to_owned() }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What sort of thing is reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// An object of one of our kinds.
    Kind(Kind),
    /// The EndpointSlices of a Service; its key is the Service's.
    Route,
    /// The Pod of a host.
    Pod,
    /// A start that a host was asked for and has not answered; its key is the Workload's.
    Start,
}

impl What {
    /// What it is called in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.name(),
            Self::Route => "Route",
            Self::Pod => "Pod",
            Self::Start => "Start",
        }
    }
}

impl From<Kind> for What {
    fn from(kind: Kind) -> Self {
        Self::Kind(kind)
    }
}

impl PartialEq<Kind> for What {
    fn eq(&self, kind: &Kind) -> bool {
        *self == Self::Kind(*kind)
    }
}

/// What is reconciled: one object of one kind, the route to one Service, or one Pod of a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What it is.
    pub what: What,
    /// Which one.
    pub object: ObjectKey,
}

impl Key {
    /// The key of an object of a kind, of a Service's route, or of a Pod.
    pub fn new(what: impl Into<What>, object: ObjectKey) -> Self {
        Self { what: what.into(), object }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what.name(), self.object)
    }
}

/// An object as it was last seen.
#[derive(Clone, Debug, Default)]
pub struct Seen<B> {
    /// Its metadata, without managedFields.
    pub metadata: ObjectMeta,
    /// Spec and status.
    pub body: B,
}

impl<B> Deref for Seen<B> {
    type Target = B;

    fn deref(&self) -> &B {
        &self.body
    }
}

impl<B> Seen<B> {
    /// Namespace and name.
    pub fn key(&self) -> ObjectKey {
        ObjectKey::of(&self.metadata)
    }

    /// The name; empty only before a server has seen it.
    pub fn name(&self) -> &str {
        self.metadata.name.as_deref().unwrap_or_default()
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        self.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// The UID.
    pub fn uid(&self) -> &str {
        self.metadata.uid.as_deref().unwrap_or_default()
    }

    /// The generation; 0 when unknown.
    pub fn generation(&self) -> i64 {
        self.metadata.generation.unwrap_or_default()
    }

    /// The resourceVersion as a number, to tell older from newer; 0 when it is none.
    pub fn version(&self) -> u64 {
        self.metadata.resource_version.as_deref().and_then(|version| version.parse().ok()).unwrap_or_default()
    }

    /// Whether its deletion has begun.
    pub fn is_terminating(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }

    /// The annotation of that name.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.metadata.annotations.as_ref()?.get(name).map(String::as_str)
    }

    /// Whether it carries the finalizer.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        self.metadata.finalizers.iter().flatten().any(|name| name == finalizer)
    }
}

impl<B: DeserializeOwned> Seen<B> {
    /// Reads what a watch brought.
    ///
    /// # Errors
    /// When spec or status are not of the kind's shape.
    pub fn read(object: Raw) -> Result<Self, serde_json::Error> {
        Ok(Self { metadata: object.metadata, body: serde_json::from_value(object.data)? })
    }
}

impl<B: HasConditions> HasConditions for Seen<B> {
    fn conditions(&self) -> &[Condition] {
        self.body.conditions()
    }
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $alias:ident = $body:ident { $status:ty, $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        pub type $alias = Seen<$body>;

        /// Spec and status of it.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $body {
            $($(#[$field_doc])* pub $field: $type,)*
            /// What was last written of its state.
            pub status: Option<$status>,
        }

        impl HasConditions for $body {
            fn conditions(&self) -> &[Condition] {
                self.status.conditions()
            }
        }
    )*};
}

bodies! {
    /// A WorkloadDeployment.
    Deployment = DeploymentBody {
        WorkloadDeploymentStatus,
        /// What is asked for.
        spec: DeploymentSpec,
    }
    /// A WorkloadReplicaSet.
    ReplicaSet = ReplicaSetBody {
        WorkloadReplicaSetStatus,
        /// What is asked for.
        spec: ReplicaSetSpec,
    }
    /// A Workload.
    Workload = WorkloadBody {
        WorkloadStatus,
        /// What is asked for; replicas of one template share it.
        #[serde(deserialize_with = "shared")]
        spec: Arc<WorkloadSpec>,
    }
    /// An Artifact.
    Artifact = ArtifactBody {
        ArtifactStatus,
        /// What is asked for.
        spec: ArtifactSpec,
    }
    /// A Host.
    Host = HostBody {
        HostStatus,
        /// The id it listens under.
        host_id: String,
        /// Where its HTTP server is.
        hostname: Option<String>,
        /// The port of it.
        http_port: Option<i32>,
        /// The environment it serves.
        environment: Option<String>,
    }
}

fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<WorkloadSpec>, D::Error> {
    WorkloadSpec::deserialize(deserializer).map(Arc::new)
}

/// `spec` of a WorkloadDeployment, its template raw.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentSpec {
    /// Replicas; 1 when unset.
    pub replicas: Option<i32>,
    /// What a replica is.
    pub template: Value,
    /// RollingUpdate or Recreate.
    pub deploy_policy: Option<String>,
    /// Names that `artifact://` images refer to.
    pub artifacts: Vec<WorkloadDeploymentArtifact>,
    /// The Service to keep endpoints for, raw.
    pub kubernetes: Option<Value>,
}

impl DeploymentSpec {
    /// Replicas asked for, 1 when unset, never below 0.
    pub fn replicas(&self) -> i32 {
        self.replicas.unwrap_or(1).max(0)
    }
}

/// `spec` of a WorkloadReplicaSet, its template raw.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicaSetSpec {
    /// Replicas; 1 when unset.
    pub replicas: Option<i32>,
    /// What a replica is.
    pub template: Value,
}

impl ReplicaSetSpec {
    /// Replicas asked for, 1 when unset, never below 0.
    pub fn replicas(&self) -> i32 {
        self.replicas.unwrap_or(1).max(0)
    }
}

impl ReplicaSet {
    /// The revision it is, 0 when it has none.
    pub fn revision(&self) -> u64 {
        self.annotation(annotation::REVISION).and_then(|revision| revision.parse().ok()).unwrap_or_default()
    }

    /// The number of replicas that annotation holds, if it is one.
    pub fn noted_replicas(&self, annotation: &str) -> Option<i32> {
        self.annotation(annotation)?.parse().ok().filter(|replicas| *replicas >= 0)
    }
}

impl Workload {
    /// The id of the host it is on according to its status.
    pub fn host_id(&self) -> Option<&str> {
        self.status.as_ref()?.host_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The id of the host it was given to, be it started there or not.
    pub fn assigned_host(&self) -> Option<&str> {
        self.annotation(annotation::ASSIGNED_HOST).filter(|id| !id.is_empty())
    }

    /// The id it runs under, once it does.
    pub fn workload_id(&self) -> Option<&str> {
        self.status.as_ref()?.workload_id.as_deref().filter(|id| !id.is_empty())
    }
}

impl Host {
    /// Ids of Workloads that are to be stopped when the host is heard from again.
    pub fn tombstones(&self) -> impl Iterator<Item = &str> {
        self.annotation(annotation::TOMBSTONES)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
    }
}

/// Strings by name, never absent.
pub fn strings(map: &Option<BTreeMap<String, String>>) -> BTreeMap<String, String> {
    map.clone().unwrap_or_default()
}

/// Whether an object is being deleted together with what it owns.
pub fn is_foreground(metadata: &ObjectMeta) -> bool {
    metadata.deletion_timestamp.is_some()
        && metadata.finalizers.iter().flatten().any(|finalizer| finalizer == "foregroundDeletion")
}

//! Objects as tables need them: what only field managers care for is passed over while it is read.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::core::ObjectMeta;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::{Artifact, Host, Kind, Object, ObjectKind, Workload, WorkloadDeployment, WorkloadReplicaSet};

/// One object of one of the five kinds.
#[derive(Clone, Debug)]
pub enum Brief {
    /// A WorkloadDeployment.
    WorkloadDeployment(Box<WorkloadDeployment>),
    /// A WorkloadReplicaSet.
    WorkloadReplicaSet(Box<WorkloadReplicaSet>),
    /// A Workload.
    Workload(Box<Workload>),
    /// A Host.
    Host(Box<Host>),
    /// An Artifact.
    Artifact(Box<Artifact>),
}

impl Brief {
    /// Reads an object; one that cannot be read has nothing but its metadata.
    pub fn of(kind: Kind, object: &Value) -> Self {
        match kind {
            Kind::WorkloadDeployment => Self::WorkloadDeployment(Box::new(lean(object))),
            Kind::WorkloadReplicaSet => Self::WorkloadReplicaSet(Box::new(lean(object))),
            Kind::Workload => Self::Workload(Box::new(lean(object))),
            Kind::Host => Self::Host(Box::new(host(object))),
            Kind::Artifact => Self::Artifact(Box::new(lean(object))),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::WorkloadDeployment(_) => Kind::WorkloadDeployment,
            Self::WorkloadReplicaSet(_) => Kind::WorkloadReplicaSet,
            Self::Workload(_) => Kind::Workload,
            Self::Host(_) => Kind::Host,
            Self::Artifact(_) => Kind::Artifact,
        }
    }

    /// Its metadata.
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::WorkloadDeployment(object) => &object.metadata,
            Self::WorkloadReplicaSet(object) => &object.metadata,
            Self::Workload(object) => &object.metadata,
            Self::Host(object) => &object.metadata,
            Self::Artifact(object) => &object.metadata,
        }
    }

    /// Whether it is a deployment with more than one replica set with Workloads, so that its own counts do not tell how
    /// many are up to date.
    pub fn is_rolling(&self) -> bool {
        match self {
            Self::WorkloadDeployment(deployment) => {
                deployment.status.as_ref().is_some_and(|status| status.previous_replica_set.is_some())
            }
            _ => false,
        }
    }
}

/// The parts of the metadata that tables show.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
}

impl From<Metadata> for ObjectMeta {
    fn from(lean: Metadata) -> Self {
        Self {
            name: lean.name,
            namespace: lean.namespace,
            creation_timestamp: lean.creation_timestamp,
            deletion_timestamp: lean.deletion_timestamp,
            labels: lean.labels,
            annotations: lean.annotations,
            ..Self::default()
        }
    }
}

/// An object of a kind with a `spec`, and of its metadata no more than tables show.
#[derive(Debug, Deserialize)]
#[serde(bound = "S: ObjectKind")]
struct Lean<S: ObjectKind> {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    spec: Option<S>,
    #[serde(default)]
    status: Option<S::Status>,
}

impl<S: ObjectKind> From<Lean<S>> for Object<S> {
    fn from(lean: Lean<S>) -> Self {
        Self { metadata: lean.metadata.into(), spec: lean.spec.unwrap_or_default(), status: lean.status }
    }
}

/// What is left of an object whose other parts cannot be read.
#[derive(Debug, Default, Deserialize)]
struct OnlyMetadata {
    #[serde(default)]
    metadata: Metadata,
}

fn lean<S: ObjectKind>(object: &Value) -> Object<S> {
    let read = Lean::<S>::deserialize(object).map(Object::from);
    read.unwrap_or_else(|_| Object { metadata: metadata(object), spec: S::default(), status: None })
}

fn host(object: &Value) -> Host {
    Host::deserialize(object).unwrap_or_else(|_| Host { metadata: metadata(object), ..Host::default() })
}

fn metadata(object: &Value) -> ObjectMeta {
    OnlyMetadata::deserialize(object).unwrap_or_default().metadata.into()
}

/// The objects of a list, as the server wrote it. If one does not fit its type, all are read one by one.
///
/// # Errors
/// When it is no list.
pub fn briefs(kind: Kind, text: &str) -> Result<Vec<Brief>, serde_json::Error> {
    let read = match kind {
        Kind::WorkloadDeployment => of_spec(text, Brief::WorkloadDeployment),
        Kind::WorkloadReplicaSet => of_spec(text, Brief::WorkloadReplicaSet),
        Kind::Workload => of_spec(text, Brief::Workload),
        Kind::Host => items(text, |host: Host| Brief::Host(Box::new(host))),
        Kind::Artifact => of_spec(text, Brief::Artifact),
    };
    read.or_else(|_| items(text, |object: Value| Brief::of(kind, &object)))
}

/// The names of the objects in a list.
///
/// # Errors
/// When it is no list.
pub fn names(text: &str) -> Result<Vec<String>, serde_json::Error> {
    items(text, |object: OnlyMetadata| object.metadata.name.unwrap_or_default())
}

fn of_spec<S: ObjectKind>(text: &str, brief: fn(Box<Object<S>>) -> Brief) -> Result<Vec<Brief>, serde_json::Error> {
    items(text, |object: Lean<S>| brief(Box::new(object.into())))
}

fn items<T: DeserializeOwned, U>(text: &str, read: impl FnMut(T) -> U) -> Result<Vec<U>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(bound = "T: DeserializeOwned")]
    struct List<T> {
        #[serde(default)]
        items: Option<Vec<T>>,
    }
    let list: List<T> = serde_json::from_str(text)?;
    Ok(list.items.unwrap_or_default().into_iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_read_without_what_tables_do_not_show() {
        let managed = json!([{"manager": "m", "fieldsV1": {"f:spec": {}}}]);
        let metadata = json!({"name": "a", "namespace": "n", "labels": {"x": "y"}, "managedFields": managed});
        let list = json!({"items": [{"metadata": metadata, "status": {"hostId": "h"}}]}).to_string();
        let read = briefs(Kind::Workload, &list).unwrap();
        let [Brief::Workload(workload)] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!(workload.metadata.name.as_deref(), Some("a"));
        assert_eq!(workload.metadata.managed_fields, None);
        assert_eq!(workload.status.as_ref().unwrap().host_id.as_deref(), Some("h"));
        assert_eq!(names(&list).unwrap(), ["a"]);
    }

    #[test]
    fn an_object_that_does_not_fit_its_type_hides_no_other() {
        let odd = json!({"metadata": {"name": "odd"}, "spec": {"components": 5}});
        let list = json!({"items": [odd, {"metadata": {"name": "b"}, "status": {"hostId": "h"}}]}).to_string();
        let read = briefs(Kind::Workload, &list).unwrap();
        let names: Vec<_> = read.iter().map(|brief| brief.metadata().name.as_deref().unwrap()).collect();
        assert_eq!(names, ["odd", "b"]);
        assert!(matches!(&read[1], Brief::Workload(workload) if workload.status.is_some()));
    }

    #[test]
    fn every_kind_can_be_read() {
        for kind in Kind::ALL {
            let list = json!({"items": [{"metadata": {"name": "a"}, "hostId": "h"}]}).to_string();
            assert_eq!(briefs(kind, &list).unwrap()[0].kind(), kind);
            assert!(briefs(kind, "{\"items\": null}").unwrap().is_empty());
        }
    }
}

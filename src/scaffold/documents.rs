//! From the request to objects, each with its comments.

use serde::Serialize;
use serde_json::{Value, json};

use super::decide::kubernetes;
use super::{HostSubject, Notes, ScaffoldRequest, Subject, WorkloadSubject, image, remarks, text};
use crate::api::{
    Artifact, Host, Kind, LocalObjectReference, Workload, WorkloadDeployment, WorkloadDeploymentArtifact,
    WorkloadDeploymentSpec, WorkloadReplicaSet, WorkloadReplicaSetSpec, WorkloadReplicaTemplate, artifact_name, names,
};
use crate::plan::expose::{self, Wish};

/// One object, and what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The object.
    pub object: Value,
    /// Its comments.
    pub notes: Notes,
}

impl Made {
    /// The object as commented YAML.
    pub fn yaml(&self) -> String {
        text::render(&self.object, &self.notes)
    }

    /// What a file with it is called, without its ending.
    pub fn file_stem(&self) -> String {
        let word = |path: &str| self.object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        format!("{}-{}", word("/kind").to_lowercase(), word("/metadata/name"))
    }
}

/// The objects, in the order in which they are applied.
pub fn documents(request: &ScaffoldRequest) -> Vec<Made> {
    let mut made = match &request.subject {
        Subject::Workload(workload) => of_workload(request, workload),
        Subject::Artifact(spec) => vec![Made {
            object: object(request, &Artifact::new(&request.name, spec.clone())),
            notes: remarks::of_artifact(&request.name, spec),
        }],
        Subject::Host(host) => {
            vec![Made { object: object(request, &host_object(&request.name, host)), notes: remarks::of_host() }]
        }
    };
    if let Some(first) = made.first_mut() {
        first.notes.on_top(&request.preface);
    }
    made
}

fn of_workload(request: &ScaffoldRequest, workload: &WorkloadSubject) -> Vec<Made> {
    let mut made = Vec::new();
    for (name, data) in &workload.config_maps {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data});
        made.push(Made { object: in_namespace(request, map), notes: Notes::default() });
    }
    if let Some(port) = workload.expose {
        let wish = Wish { port, ..Wish::default() };
        let service = expose::manifest((&request.name, request.namespace.as_deref()), &wish);
        made.push(Made { object: service, notes: remarks::of_service() });
    }
    made.push(Made { object: main_object(request, workload), notes: remarks::of_workload(workload) });
    made
}

fn main_object(request: &ScaffoldRequest, workload: &WorkloadSubject) -> Value {
    let (name, spec) = (&request.name, workload.spec.clone());
    let (replicas, template) = (workload.replicas, WorkloadReplicaTemplate { spec, ..Default::default() });
    match workload.kind {
        Kind::WorkloadReplicaSet => {
            object(request, &WorkloadReplicaSet::new(name, WorkloadReplicaSetSpec { replicas, template }))
        }
        Kind::Workload => object(request, &Workload::new(name, template.spec)),
        Kind::WorkloadDeployment | Kind::Artifact | Kind::Host => {
            let artifacts = artifacts(&template);
            let kubernetes = workload.expose.map(|_| kubernetes(name));
            let spec = WorkloadDeploymentSpec {
                replicas,
                template,
                artifacts,
                kubernetes,
                ..WorkloadDeploymentSpec::default()
            };
            object(request, &WorkloadDeployment::new(name, spec))
        }
    }
}

/// The artifacts that images name, each under its own name.
fn artifacts(template: &WorkloadReplicaTemplate) -> Option<Vec<WorkloadDeploymentArtifact>> {
    let mut names: Vec<_> = template.spec.images().filter_map(artifact_name).collect();
    names.sort_unstable();
    names.dedup();
    let listed = |name: &&str| WorkloadDeploymentArtifact {
        name: (*name).to_owned(),
        artifact_from: LocalObjectReference::to(name),
    };
    (!names.is_empty()).then(|| names.iter().map(listed).collect())
}

fn host_object(name: &str, host: &HostSubject) -> Host {
    let mut object = Host { host_id: name.to_owned(), environment: host.environment.clone(), ..Host::default() };
    object.metadata.name = Some(name.to_owned());
    object.metadata.labels =
        host.group.as_ref().map(|group| [(names::label::HOSTGROUP.to_owned(), group.clone())].into());
    object
}

fn object(request: &ScaffoldRequest, object: &impl Serialize) -> Value {
    // Data that was just made can be written.
    in_namespace(request, serde_json::to_value(object).unwrap_or_default())
}

fn in_namespace(request: &ScaffoldRequest, mut object: Value) -> Value {
    if let Some(namespace) = &request.namespace {
        object["metadata"]["namespace"] = namespace.as_str().into();
    }
    object
}

impl Made {
    /// The same, with the files among its images named from where the manifest will lie.
    #[must_use]
    pub fn with_images(mut self, name: impl Fn(&str) -> String) -> Self {
        rename(&mut self.object, &name);
        self
    }
}

fn rename(value: &mut Value, name: &impl Fn(&str) -> String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(word) if key == "image" && image::is_file(word) => *word = name(word),
                    value => rename(value, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, name)),
        _ => {}
    }
}

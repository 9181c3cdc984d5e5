//! The CustomResourceDefinitions of the five kinds, made from the types.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames,
    CustomResourceDefinitionSpec, CustomResourceDefinitionVersion, CustomResourceSubresourceScale,
    CustomResourceSubresourceStatus, CustomResourceSubresources, CustomResourceValidation, JSONSchemaProps,
};
use kube::core::{ObjectMeta, Resource};
use schemars::JsonSchema;
use serde_json::json;

use super::names;
use super::{Artifact, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet};

mod structural;

/// The five definitions, sorted by name. They accept what the published ones accept, and show the same columns.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![artifacts(), hosts(), workload_deployments(), workload_replica_sets(), workloads()]
}

/// The definition of one kind: making all of them takes milliseconds.
pub fn crd(kind: Kind) -> CustomResourceDefinition {
    match kind {
        Kind::WorkloadDeployment => workload_deployments(),
        Kind::WorkloadReplicaSet => workload_replica_sets(),
        Kind::Workload => workloads(),
        Kind::Host => hosts(),
        Kind::Artifact => artifacts(),
    }
}

fn artifacts() -> CustomResourceDefinition {
    definition::<Artifact>("Artifact is an image under a name. Deployments that use it as artifact://NAME follow it.")
}

fn hosts() -> CustomResourceDefinition {
    let definition = definition::<Host>(
        "Host is a wasmCloud host that was heard from. The controller keeps these objects; none is created by hand.",
    );
    with_columns(
        definition,
        vec![
            column("HOSTID", "string", ".hostId"),
            column("HOSTGROUP", "string", ".metadata.labels.hostgroup"),
            column("ENVIRONMENT", "string", ".environment"),
            ready_column(),
            age_column(),
        ],
    )
}

fn workloads() -> CustomResourceDefinition {
    let mut definition = definition::<Workload>(
        "Workload is components, and perhaps a service, that run together on one host. Deployments make them.",
    );
    definition.spec.names.short_names = Some(vec!["ww".to_owned()]);
    with_columns(
        definition,
        vec![
            column("HOSTID", "string", ".status.hostId"),
            column("ENVIRONMENT", "string", ".status.environment"),
            ready_column(),
            age_column(),
        ],
    )
}

fn workload_replica_sets() -> CustomResourceDefinition {
    let definition = definition::<WorkloadReplicaSet>(
        "WorkloadReplicaSet is a number of equal Workloads. Deployments make one for each revision of their template.",
    );
    with_columns(definition, vec![replicas_column(), ready_column()])
}

fn workload_deployments() -> CustomResourceDefinition {
    let mut definition = definition::<WorkloadDeployment>(
        "WorkloadDeployment is a number of equal Workloads that are replaced step by step when their template changes.",
    );
    let scale = CustomResourceSubresourceScale {
        label_selector_path: Some(".status.selector".to_owned()),
        spec_replicas_path: ".spec.replicas".to_owned(),
        status_replicas_path: ".status.currentReplicas".to_owned(),
    };
    for version in &mut definition.spec.versions {
        version.subresources = Some(subresources(Some(scale.clone())));
    }
    with_columns(definition, vec![replicas_column(), ready_column()])
}

/// The definition of a kind without short names, columns and scale; every kind has the status subresource.
fn definition<K: Resource<DynamicType = ()> + JsonSchema>(description: &str) -> CustomResourceDefinition {
    let (kind, plural) = (K::kind(&()), K::plural(&()));
    let names = CustomResourceDefinitionNames {
        singular: Some(kind.to_lowercase()),
        list_kind: Some(format!("{kind}List")),
        kind: kind.into_owned(),
        plural: plural.clone().into_owned(),
        ..CustomResourceDefinitionNames::default()
    };
    let metadata = ObjectMeta { name: Some(format!("{plural}.{}", names::GROUP)), ..ObjectMeta::default() };
    let spec = CustomResourceDefinitionSpec {
        group: names::GROUP.to_owned(),
        names,
        scope: "Namespaced".to_owned(),
        versions: vec![version(structural::schema_of::<K>(description))],
        ..CustomResourceDefinitionSpec::default()
    };
    CustomResourceDefinition { metadata, spec, ..CustomResourceDefinition::default() }
}

/// The one version there is.
fn version(schema: Option<JSONSchemaProps>) -> CustomResourceDefinitionVersion {
    CustomResourceDefinitionVersion {
        name: names::VERSION.to_owned(),
        served: true,
        storage: true,
        schema: Some(CustomResourceValidation { open_api_v3_schema: schema }),
        subresources: Some(subresources(None)),
        ..CustomResourceDefinitionVersion::default()
    }
}

fn subresources(scale: Option<CustomResourceSubresourceScale>) -> CustomResourceSubresources {
    CustomResourceSubresources { scale, status: Some(CustomResourceSubresourceStatus(json!({}))) }
}

fn with_columns(
    mut definition: CustomResourceDefinition,
    columns: Vec<CustomResourceColumnDefinition>,
) -> CustomResourceDefinition {
    for version in &mut definition.spec.versions {
        version.additional_printer_columns = Some(columns.clone());
    }
    definition
}

fn column(name: &str, type_: &str, json_path: &str) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        name: name.to_owned(),
        type_: type_.to_owned(),
        json_path: json_path.to_owned(),
        ..CustomResourceColumnDefinition::default()
    }
}

fn ready_column() -> CustomResourceColumnDefinition {
    column("READY", "string", r#".status.conditions[?(@.type=="Ready")].status"#)
}

fn age_column() -> CustomResourceColumnDefinition {
    column("AGE", "date", ".metadata.creationTimestamp")
}

fn replicas_column() -> CustomResourceColumnDefinition {
    column("REPLICAS", "integer", ".spec.replicas")
}

#[cfg(test)]
mod tests;

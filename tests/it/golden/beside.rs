//! What lies beside the manifests of a golden folder: `schemas/` with definitions, `worlds.wit` with the worlds of
//! components, `cluster.yaml` with the objects of a cluster.

use std::path::Path;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kubectl_wasmcloud::api::Kind;
use kubectl_wasmcloud::component::Component;
use kubectl_wasmcloud::manifest;
use kubectl_wasmcloud::validate::images::{Images, Reference, Unopened};
use kubectl_wasmcloud::validate::server::{Asked, ClusterFacts, Found, Key, PullSecret, Referred};
use kubectl_wasmcloud::validate::wit::Offer;
use kubectl_wasmcloud::validate::{Definitions, Facts, FileSet};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// The namespace of the cluster's context.
const NAMESPACE: &str = "default";

/// The definitions to go by, and what else is known.
pub(super) fn beside(folder: &Path, files: &FileSet) -> (Definitions, Facts) {
    let definitions: Option<Vec<CustomResourceDefinition>> =
        objects(&folder.join("schemas")).map(|all| all.into_iter().map(read).collect());
    let images = std::fs::read_to_string(folder.join("worlds.wit")).ok().map(|worlds| images(&worlds, files));
    let cluster = objects(&folder.join("cluster.yaml")).map(|objects| {
        let defined = |kind: &Kind| {
            let of_kind = |crd: &CustomResourceDefinition| crd.spec.names.kind == kind.name();
            definitions.as_ref().is_none_or(|all| all.iter().any(of_kind))
        };
        let undefined = Kind::ALL.into_iter().filter(|kind| !defined(kind)).collect();
        ClusterFacts { undefined, ..cluster(&objects, files) }
    });
    let definitions = match (definitions, &cluster) {
        (Some(all), Some(_)) => Definitions::of_cluster(&all).0,
        (Some(all), None) => Definitions::read(&all).unwrap(),
        (None, _) => Definitions::own(),
    };
    (definitions, Facts { images, cluster })
}

/// The objects of a file or directory that may be there.
fn objects(path: &Path) -> Option<Vec<Value>> {
    let texts = path.exists().then(|| manifest::read(&[path.to_owned()], true).unwrap())?;
    let documents = texts.iter().flat_map(|text| manifest::parse(text).unwrap());
    Some(documents.map(|document| document.object).collect())
}

fn read<T: DeserializeOwned>(object: Value) -> T {
    serde_json::from_value(object).unwrap()
}

/// The components of the files: an image `…/NAME:TAG` holds the world NAME, and there are no others.
fn images(worlds: &str, files: &FileSet) -> Images {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("worlds.wit", worlds).unwrap_or_else(|error| panic!("{error:#}\n{worlds}"));
    let open = |reference: Reference| {
        let name = reference.image.rsplit('/').next().and_then(|name| name.split(':').next()).unwrap();
        let missing = || Unopened {
            message: format!("cannot pull {}: the registry does not have it", reference.image),
            remedy: Some("push it, or look at its name and tag again".to_owned()),
        };
        let there = resolve.packages[package].worlds.get(name).ok_or_else(missing);
        let component = there.map(|world| {
            let mut module = dummy_module(&resolve, *world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
            embed_component_metadata(&mut module, &resolve, *world, StringEncoding::UTF8, false).unwrap();
            Component::read(&ComponentEncoder::default().module(&module).unwrap().encode().unwrap()).unwrap()
        });
        (reference, component)
    };
    Images::new(Images::wanted(files, None).into_iter().map(open).collect(), Offer::known())
}

/// What a cluster with these objects knows of the files. One without hosts is not asked for any.
fn cluster(all: &[Value], files: &FileSet) -> ClusterFacts {
    let of = |kind: &str| all.iter().filter(|object| object["kind"] == kind).cloned().collect::<Vec<_>>();
    let found = |key: &Key| {
        let is_it = |object: &&Value| {
            object["metadata"]["name"] == *key.name
                && (key.namespace.is_empty() || object["metadata"]["namespace"] == *key.namespace)
        };
        of(key.kind.name()).iter().find(is_it).map_or(Found::Missing, |object| there(key.kind, object))
    };
    let asked = Asked::of(files, NAMESPACE);
    let hosts: Vec<_> = of("Host").into_iter().map(read).collect();
    ClusterFacts {
        namespace: NAMESPACE.to_owned(),
        objects: asked.objects.iter().map(|key| (key.clone(), found(key))).collect(),
        hosts: (!hosts.is_empty()).then_some(hosts),
        deployments: of("WorkloadDeployment").into_iter().map(read).collect(),
        ..ClusterFacts::default()
    }
}

fn there(kind: Referred, object: &Value) -> Found {
    match kind {
        Referred::Secret => {
            let data = object["stringData"].as_object().unwrap().iter();
            let data = data.map(|(key, text)| (key.clone(), text.as_str().unwrap().as_bytes().to_vec()));
            Found::PullSecret(PullSecret { kind: object["type"].as_str().unwrap().to_owned(), data: data.collect() })
        }
        Referred::Service => Found::Service(Box::new(read(object.clone()))),
        Referred::Artifact => Found::Artifact(Box::new(read(object.clone()))),
        Referred::Namespace | Referred::ConfigMap => Found::There,
    }
}

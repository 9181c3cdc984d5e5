//! What is found amiss with a workload before it starts, and what hosts make of it. Run against the host in this process,
//! and in the tier of real servers against a `wash host`.

use std::sync::Arc;

use kubectl_wasmcloud::api::WorkloadSpec;
use kubectl_wasmcloud::component::Component;
use kubectl_wasmcloud::hosts::wire::{WitWorld, Workload, WorkloadState};
use kubectl_wasmcloud::manifest::Text;
use kubectl_wasmcloud::validate::images::Images;
use kubectl_wasmcloud::validate::wit::{Kind, Offer, Opened, check};
use kubectl_wasmcloud::validate::{Definitions, Facts, FileSet, Findings, Ignored, check as check_files};
use serde_json::{Value, json};

use super::bench::Bench;
use super::bus::Stage;
use crate::support::component::http::{caller, keyvalue_counter, mirror, talker};
use crate::support::component::odd::{
    greeted, greeter, greeter_of_greeters, importer_of_nothing, maker_of_things, user_of_things,
};
use crate::support::component::{http_component, service};
use crate::support::images::Registry;

/// A workload, what is amiss with it, and whether hosts refuse it.
struct Case {
    components: Vec<Vec<u8>>,
    service: Option<Vec<u8>>,
    listed: Value,
    amiss: &'static [Kind],
    is_refused: bool,
}

fn case<const N: usize>(components: [Vec<u8>; N], listed: Value) -> Case {
    Case { components: components.into(), service: None, listed, amiss: &[], is_refused: false }
}

impl Case {
    fn refused(self, amiss: &'static [Kind]) -> Self {
        Self { amiss, is_refused: true, ..self }
    }

    fn runs_though(self, amiss: &'static [Kind]) -> Self {
        Self { amiss, ..self }
    }

    fn service(self, service: Vec<u8>) -> Self {
        Self { service: Some(service), ..self }
    }
}

fn entry(package: &str, interfaces: &[&str]) -> Value {
    json!({"namespace": "wasi", "package": package, "interfaces": interfaces})
}

fn answering() -> Value {
    json!({"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": "it.example.com"}})
}

fn cases() -> Vec<Case> {
    let http = || http_component("x");
    let with = |package: &str, interfaces: &[&str]| json!([answering(), entry(package, interfaces)]);
    vec![
        case([http()], json!([answering()])),
        case([http()], json!([])).runs_though(&[Kind::NoIngress]),
        case([http()], json!([entry("http", &["incoming-handler"])])).refused(&[Kind::NoHost]),
        case([http()], with("keyvalue", &["store"])).runs_though(&[Kind::Superfluous]),
        case([keyvalue_counter()], with("keyvalue", &["store", "atomics"])),
        case([keyvalue_counter()], json!([answering()])).refused(&[Kind::Missing]),
        case([mirror()], with("config", &["store"])),
        case([mirror()], json!([answering()])).refused(&[Kind::Missing]),
        case([talker()], with("logging", &["logging"])),
        case([talker()], json!([answering()])).refused(&[Kind::Missing]),
        case([importer_of_nothing()], json!([answering()])).refused(&[Kind::Missing]),
        case([caller()], json!([answering()])).runs_though(&[Kind::Egress]),
        case([greeted(), greeter()], json!([answering()])),
        case([greeter(), greeted()], json!([answering()])),
        case([greeted()], json!([answering()])).refused(&[Kind::Missing]),
        case([user_of_things(), maker_of_things()], json!([answering()])),
        case([greeter_of_greeters(), greeter_of_greeters()], json!([])).refused(&[Kind::BoundTwice, Kind::BoundTwice]),
        case([http(), http()], json!([answering()])).runs_though(&[Kind::SecondHandler]),
        case([], json!([])).service(service::done()),
        case([], json!([])).service(greeter()).refused(&[Kind::NotAService]),
    ]
}

/// Every case, one after the other.
pub(crate) async fn a_host_refuses_what_is_found_amiss(stage: &Stage<'_>) {
    let beat = stage.bus.probe(stage.host).await.unwrap();
    for (number, case) in cases().into_iter().enumerate() {
        for offer in [Offer::known(), Offer::reported([&beat])] {
            assert_eq!(kinds(&case, &offer), case.amiss, "case {number}");
        }
        let id = format!("agreement-{number}");
        let started = stage.start(&id, workload(stage, number, &case)).await;
        let is_refused = started.workload_state == WorkloadState::Error;
        assert_eq!(is_refused, case.is_refused, "case {number}: {}", started.message);
        let found = validated(&case);
        assert_eq!(found.has_errors(), is_refused, "case {number}: {:#?}", found.kept);
        assert_eq!(found.kept.is_empty(), case.amiss.is_empty(), "case {number}: {:#?}", found.kept);
        stage.stop(&id).await;
    }
}

/// The workload as its manifest has it; images are left to those who push them.
fn spec(case: &Case, image: impl Fn(usize) -> String) -> Value {
    let components =
        (0..case.components.len()).map(|number| json!({"name": format!("c{number}"), "image": image(number)}));
    let mut spec = json!({"components": components.collect::<Vec<_>>(), "hostInterfaces": case.listed});
    if case.service.is_some() {
        spec["service"] = json!({"image": image(case.components.len())});
    }
    spec
}

fn kinds(case: &Case, offer: &Offer) -> Vec<Kind> {
    let spec: WorkloadSpec = serde_json::from_value(spec(case, |_| "registry.example.com/it:1".to_owned())).unwrap();
    let components: Vec<_> = case.components.iter().map(|bytes| Some(Component::read(bytes).unwrap())).collect();
    let service = case.service.as_ref().map(|bytes| Component::read(bytes).unwrap());
    let opened = Opened { spec: &spec, path: "spec", components: &components, service: service.as_ref() };
    check(&opened, offer).into_iter().map(|finding| finding.kind).collect()
}

/// What is found in its manifest, once its components are opened.
fn validated(case: &Case) -> Findings {
    let all: Vec<_> = case.components.iter().chain(&case.service).collect();
    let spec = spec(case, |index| format!("registry.example.com/it:{index}"));
    let manifest = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload", "metadata": {"name": "it"}, "spec": spec,
    });
    let text = Text { name: "it.json".to_owned(), content: manifest.to_string() };
    let files = FileSet::read(vec![Arc::new(text)]);
    let opened = Images::wanted(&files, None).into_iter().map(|reference| {
        let index: usize = reference.image.rsplit_once(':').unwrap().1.parse().unwrap();
        (reference, Ok(Component::read(all[index]).unwrap()))
    });
    let images = Some(Images::new(opened.collect(), Offer::known()));
    check_files(&files, &Definitions::own(), &Facts { images, ..Facts::default() }, &Ignored::default())
}

/// The workload as a host is told it.
fn workload(stage: &Stage<'_>, number: usize, case: &Case) -> Workload {
    let all: Vec<_> = case.components.iter().chain(&case.service).collect();
    let spec = spec(case, |index| (stage.push)(&format!("agreement-{number}-{index}"), all[index]));
    let components = serde_json::from_value(spec["components"].clone()).unwrap();
    let host_interfaces = serde_json::from_value(spec["hostInterfaces"].clone()).unwrap();
    let world = WitWorld { components, host_interfaces };
    let service = spec.get("service").map(|service| serde_json::from_value(service.clone()).unwrap());
    Workload { namespace: "ns".into(), name: "it".into(), wit_world: Some(world), service, ..Workload::default() }
}

#[tokio::test]
async fn the_host_in_this_process_refuses_what_is_found_amiss() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let push = |tag: &str, component: &[u8]| registry.push("ns/it", tag, component);
    let port = bench.host.http_addr().port();
    a_host_refuses_what_is_found_amiss(&Stage { bus: &*bench.host, host: bench.host.id(), port, push: &push }).await;
}

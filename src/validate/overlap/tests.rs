use std::collections::BTreeSet;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Value, json};

use super::*;
use crate::api::{Host, crds};
use crate::registry::credentials::{SECRET_KEY, SECRET_TYPE};
use crate::validate::images::tests::world::component;
use crate::validate::images::{Images, Unopened};
use crate::validate::server::{ClusterFacts, Found, Key, PullSecret, Referred};
use crate::validate::wit::Offer;
use crate::validate::{Definitions, Facts, FileSet, Ignored, Level, check};

#[test]
fn paths_are_cut() {
    for (path, of_entry, of_workload) in [
        ("spec.hostInterfaces[2].interfaces[0]", "spec.hostInterfaces[2]", "spec"),
        ("items[1].spec.hostInterfaces[10]", "items[1].spec.hostInterfaces[10]", "items[1].spec"),
        ("spec.components[0].localResources", "spec.components[0].localResources", "spec"),
        ("spec.service.image", "spec.service.image", "spec"),
        ("spec.kubernetes.service.name", "spec.kubernetes.service.name", "spec"),
        ("metadata", "metadata", "metadata"),
        ("spec.hostInterfaces[x", "spec.hostInterfaces[x", "spec"),
    ] {
        assert_eq!((entry(path), workload(path)), (of_entry, of_workload), "{path}");
    }
}

const STORE: &str = "world web { import wasi:keyvalue/store@0.2.0-draft; }";
const CALLER: &str = "world web { import wasi:http/outgoing-handler@0.2.0; }";
const HANDLER: &str = "world web { export wasi:http/incoming-handler@0.2.0; }";
const NOBODY: &str = "world web { }";
const REFUSED: &str = "cannot pull r.io/web:1: the registry wants credentials";

/// A deployment that says two things of the same, and what is known of it beside.
#[derive(Clone)]
struct Case {
    text: String,
    world: Result<&'static str, &'static str>,
    cluster: Option<ClusterFacts>,
    definitions: Vec<CustomResourceDefinition>,
}

/// One whose workload has one component, with these fields, and more.
fn case(component: &str, more: &str) -> Case {
    let text = format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {{name: web, namespace: team}}\n\
         spec:\n  template:\n    spec: {{components: [{{name: web, image: 'r.io/web:1', {component}}}], {more}}}\n"
    );
    Case { text, world: Ok(NOBODY), cluster: None, definitions: crds() }
}

fn listing(world: &'static str, entry: &str) -> Case {
    Case { world: Ok(world), ..case("", &format!("hostInterfaces: [{{{entry}}}]")) }
}

/// Pulled with a Secret that does not help: one among the files, or one of the cluster, or none.
fn pulling(files: Option<&str>, cluster: Option<Found>) -> Case {
    let case = case("imagePullSecret: {name: pull}", "");
    let secret = files.map(|data| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: pull, namespace: team}}\ntype: {SECRET_TYPE}\n\
             stringData: {{{data}}}\n"
        )
    });
    let objects = cluster.map(|found| [(Key::new(Referred::Secret, "team", "pull"), found)].into());
    let cluster = objects.map(|objects| ClusterFacts { objects, ..ClusterFacts::default() });
    Case { text: case.text + &secret.unwrap_or_default(), world: Err(REFUSED), cluster, ..case }
}

fn pull_secret(data: &[(&str, &str)]) -> Found {
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec())).collect();
    Found::PullSecret(PullSecret { kind: SECRET_TYPE.to_owned(), data })
}

/// Before a cluster whose one host has told that it has a store.
fn before_a_host(case: Case) -> Case {
    let mut host = Host { host_id: "h".to_owned(), status: Some(Default::default()), ..Host::default() };
    let ready = json!([{"type": "Ready", "status": "True", "reason": "R", "message": "", "lastTransitionTime": null}]);
    host.status.as_mut().unwrap().conditions = serde_json::from_value(ready).unwrap();
    let imports =
        json!([{"namespace": "wasi", "package": "keyvalue", "interfaces": ["store"], "version": "0.2.0-draft"}]);
    let beat = serde_json::from_value(json!({"id": "h", "imports": imports})).unwrap();
    let cluster =
        ClusterFacts { hosts: Some(vec![host]), beats: [("h".to_owned(), beat)].into(), ..ClusterFacts::default() };
    Case { cluster: Some(cluster), ..case }
}

/// Held against a definition that refuses more than ours.
fn before_a_definition(path: &str, field: &str, value: &Value, case: Case) -> Case {
    let crds = crds().into_iter().map(|crd| {
        let mut crd = serde_json::to_value(crd).unwrap();
        let path = path.replace('/', "/properties/").replace("/properties/items", "/items");
        let schema = format!("/spec/versions/0/schema/openAPIV3Schema{path}");
        if let Some(Value::Object(schema)) = crd.pointer_mut(&schema) {
            schema.insert(field.to_owned(), value.clone());
        }
        serde_json::from_value(crd).unwrap()
    });
    Case { definitions: crds.collect(), ..case }
}

/// With one value in the place of another.
fn with(from: &str, to: &str, case: Case) -> Case {
    assert!(case.text.contains(from), "{}", case.text);
    Case { text: case.text.replace(from, to), ..case }
}

/// What is found, by codes; codes that are ignored are not.
fn found(case: &Case, ignored: &[&str]) -> Vec<(&'static str, Level)> {
    let text = Text { name: "a.yaml".to_owned(), content: case.text.clone() };
    let files = FileSet::read(vec![Arc::new(text)]);
    let unopened = |why: &str| Unopened { message: why.to_owned(), remedy: None };
    let open = |reference| (reference, case.world.map(component).map_err(unopened));
    let offer = case.cluster.as_ref().filter(|cluster| cluster.has_heard_all_hosts());
    let offer = offer.map_or_else(Offer::known, |cluster| Offer::reported(cluster.beats.values()));
    let images = Some(Images::new(Images::wanted(&files, None).into_iter().map(open).collect(), offer));
    let ignored: Vec<_> = ignored.iter().map(|code| (*code).to_owned()).collect();
    let facts = Facts { images, cluster: case.cluster.clone() };
    let found =
        check(&files, &Definitions::read(&case.definitions).unwrap(), &facts, &Ignored::read(&ignored).unwrap());
    found.counting().map(|(finding, _)| (finding.code.id, finding.level)).collect()
}

/// Host interfaces of the package of stores.
fn keyvalue(world: &'static str, more: &str) -> Case {
    listing(world, &format!("namespace: wasi, package: keyvalue, {more}"))
}

fn of_images() -> Vec<(&'static Code, &'static Code, Case)> {
    let none = with("r.io/web:1", "NOT AN IMAGE", Case { world: Err("it is none"), ..case("", "") });
    let elsewhere = r#"{"auths":{"x.io":{"username":"me","password":"sesame"}}}"#;
    let outgoing = "namespace: wasi, package: http, interfaces: [outgoing-handler]";
    let written = "interfaces: ['wasi:keyvalue/store']";
    vec![
        (&code::UNOPENED_IMAGE, &code::NOT_AN_IMAGE, none),
        (&code::UNOPENED_IMAGE, &code::INVALID_PULL_SECRET, pulling(Some("a: b"), None)),
        (
            &code::UNOPENED_IMAGE,
            &code::PULL_SECRET_REGISTRY,
            pulling(Some(&format!("{SECRET_KEY}: '{elsewhere}'")), None),
        ),
        (&code::UNOPENED_IMAGE, &code::ABSENT_FROM_CLUSTER, pulling(None, Some(Found::Missing))),
        (
            &code::UNOPENED_IMAGE,
            &code::CLUSTER_SECRET_REGISTRY,
            pulling(None, Some(pull_secret(&[(SECRET_KEY, elsewhere)]))),
        ),
        (&code::UNOPENED_IMAGE, &code::CLUSTER_SECRET_INVALID, pulling(None, Some(pull_secret(&[("a", "b")])))),
        (&code::SUPERFLUOUS_INTERFACE, &code::MISSPELT_INTERFACE, keyvalue(NOBODY, "interfaces: [stroe]")),
        (&code::SUPERFLUOUS_INTERFACE, &code::INVALID_INTERFACE_NAME, keyvalue(NOBODY, written)),
        (&code::NOT_OFFERED, &code::MISSPELT_INTERFACE, keyvalue(STORE, "interfaces: [store, btach]")),
        (&code::NOT_OFFERED, &code::INVALID_INTERFACE_NAME, keyvalue(STORE, &written.replace("['", "[store, '"))),
        (&code::NO_EGRESS, &code::NO_ALLOWED_HOSTS, listing(CALLER, outgoing)),
        (&code::NO_EGRESS, &code::SUPERFLUOUS_INTERFACE, listing(NOBODY, outgoing)),
        (
            &code::SERVICE_WITHOUT_HTTP,
            &code::NO_INGRESS,
            Case { world: Ok(HANDLER), ..case("", "kubernetes: {service: {name: web}}") },
        ),
    ]
}

fn of_hosts() -> Vec<(&'static Code, &'static Code, Case)> {
    let listed = |more: &str| before_a_host(keyvalue(STORE, more));
    let selector = case("", "hostSelector: {wasmcloud.com/hostgroup: default}");
    vec![
        (&code::NO_FITTING_HOST, &code::NOT_OFFERED, listed("interfaces: [store, watcher]")),
        (&code::NO_FITTING_HOST, &code::INTERFACE_VERSION, listed("version: 9.0.0, interfaces: [store]")),
        (&code::NO_FITTING_HOST, &code::MISSPELT_INTERFACE, listed("interfaces: [store, btach]")),
        (&code::NO_FITTING_HOST, &code::INVALID_INTERFACE_NAME, listed("interfaces: ['wasi:keyvalue/store']")),
        (&code::NO_FITTING_HOST, &code::POD_LABEL, before_a_host(selector)),
        (&code::PINNED_TO_HOST, &code::NO_FITTING_HOST, before_a_host(case("", "hostId: other"))),
    ]
}

/// Values that a definition refuses, each with what it has against them.
fn of_definitions() -> Vec<(&'static Code, &'static Code, Case)> {
    let case = case(
        "imagePullPolicy: Often, localResources: {allowedHosts: ['a.example:99999']}",
        &format!(
            "service: {{image: 'NOT AN IMAGE', maxRestarts: -1}}, hostInterfaces: [{}, {}]",
            "{namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: 'a_b c'}}",
            "{namespace: wasi, package: keyvalue, version: '1', interfaces: ['wasi:x/y']}",
        ),
    );
    let text = case.text.replace("spec:\n  template", "spec:\n  deployPolicy: Sometimes\n  replicas: -1\n  template");
    let component = |field: &str| format!("/spec/template/spec/components/items/{field}");
    let entry = |field: &str| format!("/spec/template/spec/hostInterfaces/items/{field}");
    let (none, policies) = (json!("^$"), json!(["Recreate"]));
    let one = |needless, path: &str, field: &str, value: &Value| {
        let better = if field == "enum" { &code::NOT_SUPPORTED } else { &code::INVALID_VALUE };
        (needless, better, before_a_definition(path, field, value, Case { text: text.clone(), ..case.clone() }))
    };
    let hosts = json!({"type": "string", "pattern": none});
    vec![
        one(&code::UNKNOWN_DEPLOY_POLICY, "/spec/deployPolicy", "enum", &policies),
        one(&code::UNKNOWN_PULL_POLICY, &component("imagePullPolicy"), "enum", &policies),
        one(&code::NEGATIVE_REPLICAS, "/spec/replicas", "minimum", &json!(0)),
        one(&code::NEGATIVE_RESTARTS, "/spec/template/spec/service/maxRestarts", "minimum", &json!(0)),
        one(&code::NOT_AN_IMAGE, "/spec/template/spec/service/image", "pattern", &none),
        one(&code::INVALID_PORT, &component("localResources/allowedHosts/items"), "maxLength", &json!(5)),
        one(&code::INVALID_INTERFACE_NAME, &entry("interfaces/items"), "pattern", &none),
        one(&code::INVALID_VERSION, &entry("version"), "pattern", &none),
        one(&code::INVALID_HTTP_HOST, &entry("config"), "additionalProperties", &hosts),
    ]
}

#[test]
fn each_double_is_told_once_and_comes_back_when_the_better_one_is_ignored() {
    let cases = [of_images(), of_hosts(), of_definitions()].into_iter().flatten();
    let mut looked_at = BTreeSet::new();
    for (needless, better, case) in cases {
        looked_at.insert((needless.id, better.id));
        let codes = |ignored: &[&str]| found(&case, ignored).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        let told = codes(&[]);
        assert!(
            told.contains(&better.id) && !told.contains(&needless.id),
            "{needless} for {better}: {told:?}\n{}",
            case.text
        );
        let others: Vec<_> =
            DOUBLES.iter().filter(|double| double.needless == needless).map(|double| double.better.id).collect();
        let told = codes(&others);
        assert!(told.contains(&needless.id), "{needless} without {better}: {told:?}\n{}", case.text);
    }
    let known = DOUBLES.iter().map(|double| (double.needless.id, double.better.id));
    assert_eq!(looked_at, known.collect());
}

#[test]
fn what_stands_for_an_error_is_one() {
    let selector = before_a_host(case("", "hostSelector: {wasmcloud.com/hostgroup: default}"));
    assert_eq!(found(&selector, &[]), [(code::POD_LABEL.id, Level::Error)]);
    assert_eq!(found(&selector, &["WC0407"]), [(code::POD_LABEL.id, Level::Warning)]);
    assert_eq!(
        found(&case("", "hostSelector: {wasmcloud.com/hostgroup: default}"), &[]),
        [(code::POD_LABEL.id, Level::Warning)]
    );
}

#[test]
fn an_image_that_is_not_there_has_nothing_to_do_with_its_pull_secret() {
    let gone =
        Case { world: Err("cannot pull r.io/web:1: the registry does not have it"), ..pulling(Some("a: b"), None) };
    let codes: Vec<_> = found(&gone, &[]).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, [code::UNOPENED_IMAGE.id, code::INVALID_PULL_SECRET.id]);
}

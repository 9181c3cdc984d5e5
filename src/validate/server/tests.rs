mod absent;
mod asking;
mod claims;
mod hosts;
mod secrets;
mod services;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::api::crds;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, Ignored, check, code};

/// A deployment `web` with these fields in its spec, and those of its template's spec.
fn web(spec: &str, template: &str) -> String {
    let head = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {name: web}\nspec:\n";
    format!("{head}  {spec}\n  template:\n    spec:\n      {template}\n")
}

fn files(text: &str) -> FileSet {
    FileSet::read(vec![Arc::new(Text { name: "app.yaml".to_owned(), content: text.to_owned() })])
}

fn read<T: DeserializeOwned>(object: Value) -> T {
    serde_json::from_value(object).unwrap()
}

/// A cluster with these objects, in namespace `default`.
fn with<const N: usize>(objects: [(Referred, &str, Found); N]) -> ClusterFacts {
    let objects = objects.into_iter().map(|(kind, name, found)| (Key::new(kind, "default", name), found));
    ClusterFacts { namespace: "default".to_owned(), objects: objects.collect(), ..ClusterFacts::default() }
}

/// What is found by a cluster that has definitions, as `CODE LINE:COLUMN message; remedy`.
fn found_with(text: &str, cluster: ClusterFacts, definitions: &Definitions) -> Vec<String> {
    let facts = Facts { cluster: Some(cluster), ..Facts::default() };
    let found = check(&files(text), definitions, &facts, &Ignored::default());
    let told = found.kept.iter().map(|(finding, place)| {
        let (code, remedy) = (finding.code, finding.remedy.as_deref().unwrap_or_default());
        format!("{code} {}:{} {}; {remedy}", place.line, place.column, finding.message)
    });
    told.collect()
}

/// The same of what only a cluster tells.
fn found(text: &str, cluster: ClusterFacts) -> Vec<String> {
    let all = found_with(text, cluster, &Definitions::own());
    all.into_iter().filter(|told| told.starts_with("WC04")).collect()
}

#[test]
fn a_cluster_that_says_nothing_finds_nothing() {
    let text =
        web("kubernetes: {service: {name: web}}", "components: [{name: a, image: 'a:1', imagePullSecret: {name: p}}]");
    assert_eq!(found(&text, with([])), Vec::<String>::new());
}

#[test]
fn kinds_that_are_not_defined_are_told_once() {
    let text = format!("{}---\n{}", web("replicas: 1", "components: []"), web("replicas: 2", "components: []"));
    let undefined = [Kind::WorkloadDeployment, Kind::Host].into();
    let told = found(&text, ClusterFacts { undefined, ..with([]) });
    let remedy = "`kubectl wasmcloud install` brings the definitions; nothing that is there is taken away";
    assert_eq!(told, [format!("WC0402 2:7 the cluster has no kind WorkloadDeployment; {remedy}")]);
}

#[test]
fn fields_that_an_older_definition_lacks_are_no_unknown_fields() {
    let mut older = crds();
    for crd in &mut older {
        let mut object = serde_json::to_value(&*crd).unwrap();
        let path =
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/template/properties/spec/properties";
        if let Some(fields) = object.pointer_mut(path).and_then(Value::as_object_mut) {
            fields.remove("environment");
            fields["components"]["items"]["properties"].as_object_mut().unwrap().remove("poolSize");
            fields.insert("newer".to_owned(), json!({"type": "string"}));
        }
        *crd = read(object);
    }
    let (definitions, unreadable) = Definitions::of_cluster(&older);
    assert_eq!(unreadable, Vec::<String>::new());
    let fields = "{environment: prod, newer: x, unheard: 1, components: [{name: a, image: 'a:1', poolSize: 2}]}";
    let document = web("replicas: 1", "components: []").replace("components: []", "");
    let text = document.replace("    spec:\n", &format!("    spec: {fields}\n"));
    let remedy = "`kubectl wasmcloud install` brings the definitions up to date; nothing that is there is taken away";
    let dropped = |place: &str, path: &str| {
        format!("WC0401 {place} {path}: the cluster's definition does not have this field, and drops it; {remedy}")
    };
    let told = found_with(&text, with([]), &definitions);
    let of_schema: Vec<_> = told.iter().filter(|told| told.starts_with("WC01") || told.starts_with("WC04")).collect();
    assert_eq!(of_schema[0], &dropped("7:12", "spec.template.spec.environment"), "{told:?}");
    assert!(of_schema[1].contains("WC0101 7:41 unknown field spec.template.spec.unheard"), "{told:?}");
    assert_eq!(of_schema[2], &dropped("7:90", "spec.template.spec.components[0].poolSize"), "{told:?}");
    assert_eq!(of_schema.len(), 3, "{told:?}");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", text.replace('\n', "\n  "));
    let told = found_with(&list, with([]), &definitions);
    assert!(told.iter().any(|told| told.starts_with("WC0401 10:14 spec.template.spec.environment: ")), "{told:?}");
    let own = found_with(&text, with([]), &Definitions::own());
    assert!(own.iter().any(|told| told.contains("unknown field spec.template.spec.newer")), "{own:?}");
}

#[test]
fn definitions_that_are_not_to_be_seen_or_read_are_this_programs_own() {
    let mut all = crds();
    all.retain(|crd| crd.spec.names.kind != "WorkloadDeployment");
    for crd in all.iter_mut().filter(|crd| crd.spec.names.kind == "Artifact") {
        let schema = crd.spec.versions[0].schema.as_mut().unwrap();
        schema.open_api_v3_schema = Some(read(json!({"type": "object", "properties": {"spec": {"type": "strange"}}})));
    }
    let (definitions, unreadable) = Definitions::of_cluster(&all);
    assert_eq!(unreadable.len(), 1, "{unreadable:?}");
    assert!(unreadable[0].starts_with("Artifact of the cluster cannot be read: "), "{unreadable:?}");
    let artifact =
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\nspec: {imagee: a:1}\n";
    for text in [artifact, &web("replicaz: 1", "components: []")] {
        let told = found_with(text, with([]), &definitions);
        assert!(told.iter().any(|told| told.starts_with("WC0101 ")), "{told:?}");
    }
}

#[test]
fn what_a_secret_holds_is_not_shown() {
    let data = BTreeMap::from([(".dockerconfigjson".to_owned(), b"hunter2".to_vec())]);
    let shown = format!("{:?}", Found::PullSecret(PullSecret { kind: "Opaque".to_owned(), data }));
    assert!(shown.contains("Opaque") && shown.contains(".dockerconfigjson"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("104"), "{shown}");
}

#[test]
fn what_the_cluster_knows_better_the_files_do_not_say() {
    let names = "[{name: there}, {name: gone}, {name: unasked}]";
    let layer = format!("localResources: {{environment: {{configFrom: {names}}}}}");
    let set = files(&web("replicas: 1", &format!("components: [{{name: a, image: 'a:1', {layer}}}]")));
    let cluster = with([(Referred::ConfigMap, "there", Found::There), (Referred::ConfigMap, "gone", Found::Missing)]);
    let path = "spec.template.spec.components[0].localResources.environment.configFrom";
    let finding = |code, index| Finding::value(code, &set.documents[0], &format!("{path}[{index}].name"), "");
    let all = [&code::MISSPELT_REFERENCE, &code::ABSENT_REFERENCE, &code::WRONG_TYPE];
    let findings: Vec<_> = all.iter().flat_map(|code| (0..3).map(move |index| finding(code, index))).collect();
    let settled = cluster.settled(&set);
    let told = findings.iter().filter(|finding| settled.leaves(finding)).map(|finding| {
        let (_, path) = finding.field().unwrap();
        format!("{} {}", finding.code, &path[path.len() - 7..path.len() - 5])
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["WC0270 1]", "WC0270 2]", "WC0271 2]", "WC0103 0]", "WC0103 1]", "WC0103 2]"]
    );
}

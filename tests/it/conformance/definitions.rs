//! The life of a CustomResourceDefinition and of its objects.

use serde_json::{Value, json};

use super::conformance;
use super::server::{Answer, Server, names};

conformance! {
    a_new_schema_counts_for_what_is_written_next,
    a_kind_that_is_taken_is_not_accepted,
    objects_go_with_their_definition,
    an_object_with_a_finalizer_holds_its_definition,
    every_served_version_has_every_object,
    a_version_that_is_not_served_is_not_there,
    a_definition_can_be_applied,
    an_object_without_the_new_required_field_can_still_be_read,
    unchanged_invalid_parts_may_stay,
}

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const THINGS: &str = "/apis/{group}/v1/namespaces/{ns}/things";
const THING: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.{group}";

fn version(name: &str, storage: bool, spec: Value) -> Value {
    let schema = json!({"type": "object", "properties": {"spec": spec}});
    json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": schema}})
}

fn definition(plural: &str, kind: &str, versions: Value) -> Value {
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{{group}}")},
        "spec": {"group": "{group}", "scope": "Namespaced", "names": {"plural": plural, "kind": kind},
            "versions": versions}})
}

fn things() -> Value {
    let spec = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    definition("things", "Thing", json!([version("v1", true, spec)]))
}

fn thing(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "{group}/v1", "kind": "Thing", "metadata": {"name": name}, "spec": spec})
}

async fn change_schema(server: &Server, spec: Value) {
    let patch = json!([{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec",
        "value": spec}]);
    let changed = server.patch(THING, "json", patch).await.ok();
    assert_eq!(changed["metadata"]["generation"], 2);
}

/// Tries to write, without a trace, until the answer is as it should be.
async fn until_written(server: &Server, object: Value, is: impl Fn(&Answer) -> bool) -> Answer {
    for _ in 0..1500 {
        let answer = server.post(&format!("{THINGS}?dryRun=All"), object.clone()).await;
        if is(&answer) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the new schema never counted");
}

async fn a_new_schema_counts_for_what_is_written_next(server: &Server) {
    server.define(things()).await;
    let made = server.create(THINGS, thing("a", json!({"a": "1", "b": 5}))).await;
    assert_eq!(made["spec"], json!({"a": "1"}), "b is pruned");
    let spec = json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3},
        "b": {"type": "integer", "default": 7}}});
    change_schema(server, spec).await;
    let written = until_written(server, thing("b", json!({})), |answer| answer.body["spec"]["b"] == 7).await;
    assert_eq!(written.status, 201);
    server.post(THINGS, thing("c", json!({"a": "long"}))).await.fails(422, "Invalid");
    let read = server.get(&format!("{THINGS}/a")).await.ok();
    assert_eq!(read["spec"], json!({"a": "1", "b": 7}), "a default shows in what was written before");
    assert_eq!(read["metadata"]["generation"], 1, "reading changes nothing");
}

async fn a_kind_that_is_taken_is_not_accepted(server: &Server) {
    server.define(things()).await;
    let spec = json!({"type": "object"});
    server.create(DEFINITIONS, definition("others", "Thing", json!([version("v1", true, spec)]))).await;
    let condition = |answer: &Answer, kind: &str| {
        let all = answer.body["status"]["conditions"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|condition| condition["type"] == kind).unwrap_or_default()
    };
    let judged = |answer: &Answer| !condition(answer, "NamesAccepted").is_null();
    let answer = server.until(&format!("{DEFINITIONS}/others.{{group}}"), "judged", judged).await;
    let names = condition(&answer, "NamesAccepted");
    let (status, reason) = (&names["status"], &names["reason"]);
    assert_eq!((status, reason), (&json!("False"), &json!("ListKindConflict")), "the last that was found: {names:#}");
    assert_eq!(condition(&answer, "Established")["status"], "False");
    server.get("/apis/{group}/v1/namespaces/{ns}/others").await.is(404);
    assert_eq!(server.get(THINGS).await.status, 200, "the first keeps the name");
}

async fn objects_go_with_their_definition(server: &Server) {
    server.define(things()).await;
    server.create(THINGS, thing("a", json!({}))).await;
    let mut watch = server.watch(&format!("{THINGS}?resourceVersion=0")).await;
    assert_eq!(watch.short().await, "ADDED a");
    let dying = server.delete(THING).await.is(200);
    if dying["kind"] == "CustomResourceDefinition" {
        assert!(dying["metadata"]["deletionTimestamp"].is_string(), "{dying:#}");
    }
    assert_eq!(watch.short().await, "DELETED a");
    server.until_gone(THING).await;
    server.until_gone(THINGS).await;
    // What comes back is empty.
    server.define(things()).await;
    assert_eq!(server.get(THINGS).await.ok()["items"], json!([]));
}

async fn an_object_with_a_finalizer_holds_its_definition(server: &Server) {
    server.define(things()).await;
    let mut held = thing("a", json!({}));
    held["metadata"]["finalizers"] = json!(["example.com/a"]);
    server.create(THINGS, held).await;
    server.delete(THING).await.is(200);
    let one = format!("{THINGS}/a");
    server.until(&one, "dying", |answer| answer.body["metadata"]["deletionTimestamp"].is_string()).await;
    assert_eq!(server.get(THING).await.status, 200, "it waits");
    server.patch(&one, "merge", json!({"metadata": {"finalizers": null}})).await.ok();
    server.until_gone(THING).await;
}

async fn every_served_version_has_every_object(server: &Server) {
    let spec = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let versions = json!([version("v1", false, spec.clone()), version("v2", true, spec)]);
    server.define(definition("things", "Thing", versions)).await;
    let made = server.create(THINGS, thing("a", json!({"x": 1}))).await;
    assert_eq!(made["apiVersion"], format!("{}/v1", server.group));
    let later = "/apis/{group}/v2/namespaces/{ns}/things";
    let read = server.get(&format!("{later}/a")).await.ok();
    assert_eq!((&read["apiVersion"], &read["spec"]), (&json!(format!("{}/v2", server.group)), &made["spec"]));
    assert_eq!(read["metadata"]["uid"], made["metadata"]["uid"]);
    assert_eq!(names(&server.get(later).await.ok()), ["a"]);
    server.patch(&format!("{later}/a"), "merge", json!({"spec": {"x": 2}})).await.ok();
    assert_eq!(server.get(&format!("{THINGS}/a")).await.ok()["spec"]["x"], 2);
    assert_eq!(server.get(THING).await.ok()["status"]["storedVersions"], json!(["v2"]));
}

async fn a_version_that_is_not_served_is_not_there(server: &Server) {
    let mut old = version("v1alpha1", false, json!({"type": "object"}));
    old["served"] = false.into();
    let versions = json!([version("v1", true, json!({"type": "object"})), old]);
    server.define(definition("things", "Thing", versions)).await;
    server.get("/apis/{group}/v1alpha1/namespaces/{ns}/things").await.is(404);
    assert_eq!(server.get(THINGS).await.status, 200);
}

async fn a_definition_can_be_applied(server: &Server) {
    let path = format!("{THING}?fieldManager=me");
    server.owns(THING);
    let made = server.patch(&path, "apply", things()).await.is(201);
    server.until_served(&made["spec"]).await;
    let again = server.patch(&path, "apply", things()).await.is(200);
    assert_eq!(again["metadata"]["generation"], 1);
    assert_eq!(again["spec"]["names"]["singular"], "thing", "names are filled in");
    assert_eq!(again["spec"]["names"]["listKind"], "ThingList");
    assert_eq!(again["spec"]["conversion"], json!({"strategy": "None"}));
    let entries = again["metadata"]["managedFields"].as_array().unwrap();
    let mine: Vec<&Value> = entries.iter().filter(|entry| entry["manager"] == "me").collect();
    assert_eq!((mine.len(), &mine[0]["operation"]), (1, &json!("Apply")));
    server.create(THINGS, thing("a", json!({}))).await;
}

async fn an_object_without_the_new_required_field_can_still_be_read(server: &Server) {
    server.define(things()).await;
    server.create(THINGS, thing("a", json!({}))).await;
    let string = json!({"type": "string"});
    let spec = json!({"type": "object", "required": ["b"], "properties": {"a": string, "b": string}});
    change_schema(server, spec).await;
    until_written(server, thing("c", json!({})), |answer| answer.status == 422).await;
    assert_eq!(server.get(&format!("{THINGS}/a")).await.status, 200);
    // Ratcheting: a spec that does not change is not judged anew.
    let relabel = json!({"metadata": {"labels": {"a": "b"}}});
    server.patch(&format!("{THINGS}/a"), "merge", relabel).await.is(200);
    let change = json!({"spec": {"a": "1"}});
    server.patch(&format!("{THINGS}/a"), "merge", change).await.fails(422, "Invalid");
    server.delete(&format!("{THINGS}/a")).await.is(200);
}

async fn unchanged_invalid_parts_may_stay(server: &Server) {
    server.define(things()).await;
    server.create(THINGS, thing("a", json!({"a": "long"}))).await;
    let spec =
        json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}, "b": {"type": "integer"}}});
    change_schema(server, spec).await;
    until_written(server, thing("c", json!({"a": "long"})), |answer| answer.status == 422).await;
    // Ratcheting: what does not change is not judged anew.
    let patched = server.patch(&format!("{THINGS}/a"), "merge", json!({"spec": {"b": 1}})).await.is(200);
    assert_eq!(patched["spec"], json!({"a": "long", "b": 1}));
    server.patch(&format!("{THINGS}/a"), "merge", json!({"spec": {"a": "longer"}})).await.fails(422, "Invalid");
}

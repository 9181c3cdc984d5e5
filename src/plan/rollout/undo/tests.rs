use serde_json::json;

use super::*;

fn revision(number: i64, template: Value) -> Revision {
    let set = json!({
        "metadata": {"name": format!("web-{number}"), "annotations": {"kubernetes.io/change-cause": "because"}},
        "spec": {"template": template},
    });
    Revision { number: Some(number), current: false, set }
}

fn template(image: &str) -> Value {
    json!({"spec": {"components": [{"name": "http", "image": image}]}})
}

fn deployment(template: Value) -> Value {
    let annotations = json!({"runtime.wasmcloud.dev/max-surge": "1", "kubernetes.io/change-cause": "now"});
    json!({"metadata": {"name": "web", "annotations": annotations}, "spec": {"replicas": 3, "template": template}})
}

/// The deployment after rolling back, and what is said.
fn after(deployment: &Value, revision: &Revision) -> (Value, Vec<String>) {
    match roll_back(deployment, revision).unwrap() {
        RollBack { change: Change::To(after), remarks } => (after, remarks),
        other => panic!("{other:?}"),
    }
}

fn skipped(deployment: &Value, revision: &Revision) -> String {
    match roll_back(deployment, revision).unwrap().change {
        Change::Not(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_one_before_the_newest_is_meant() {
    let live = deployment(template("r/a:3"));
    let all = [revision(1, template("r/a:1")), revision(4, template("r/a:2")), revision(5, template("r/a:3"))];
    let found = |revisions: &[Revision], number| {
        target(&live, revisions, number).map(Revision::title).map_err(|error| error.to_string())
    };
    assert_eq!(found(&all, 0).unwrap(), "revision 4");
    assert_eq!(found(&all, 1).unwrap(), "revision 1");
    assert_eq!(found(&all, 2).unwrap_err(), "unable to find specified revision 2 in history");
    assert_eq!(found(&all, -1).unwrap_err(), "unable to find specified revision -1 in history");
    assert_eq!(found(&all[..1], 0).unwrap_err(), "no rollout history found for deployment \"web\"");
    assert_eq!(found(&[], 0).unwrap_err(), "no rollout history found for deployment \"web\"");
}

#[test]
fn template_and_cause_follow_and_all_else_stays() {
    let (after, remarks) = after(&deployment(template("r/a:2")), &revision(1, template("r/a:1")));
    let annotations = json!({"runtime.wasmcloud.dev/max-surge": "1", "kubernetes.io/change-cause": "because"});
    let expected = json!({
        "metadata": {"name": "web", "annotations": annotations},
        "spec": {"replicas": 3, "template": template("r/a:1")},
    });
    assert_eq!((after, remarks), (expected, vec![]));
}

#[test]
fn a_revision_without_a_cause_takes_the_cause_away() {
    let mut old = revision(1, template("r/a:1"));
    old.set["metadata"]["annotations"] = Value::Null;
    let (after, _) = after(&deployment(template("r/a:2")), &old);
    assert_eq!(after["metadata"]["annotations"], json!({"runtime.wasmcloud.dev/max-surge": "1"}));
}

#[test]
fn the_same_template_is_left_alone() {
    let same = skipped(&deployment(template("r/a:1")), &revision(4, template("r/a:1")));
    assert_eq!(same, "skipped rollback (current template already matches revision 4)");
    let empty = json!({"labels": {}, "spec": {"components": [{"name": "http", "image": "r/a:1"}]}});
    skipped(&deployment(empty), &revision(4, template("r/a:1")));
}

#[test]
fn labels_and_annotations_count_unless_upstream_made_the_replica_set() {
    let mut stamped = template("r/a:1");
    stamped["annotations"] = json!({"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"});
    let mut old = revision(4, template("r/a:1"));
    let (after, _) = after(&deployment(stamped.clone()), &old);
    assert_eq!(after["spec"]["template"], template("r/a:1"));
    old.number = None;
    let told = skipped(&deployment(stamped), &old);
    assert_eq!(told, "skipped rollback (current template already matches replica set web-4)");
}

#[test]
fn a_paused_one_is_not_rolled_back() {
    let mut paused = deployment(template("r/a:2"));
    paused["metadata"]["annotations"] = json!({"runtime.wasmcloud.dev/paused": "true"});
    let told = roll_back(&paused, &revision(1, template("r/a:1"))).unwrap_err().to_string();
    assert!(told.starts_with("you cannot rollback a paused deployment; resume it first"), "{told}");
}

#[test]
fn resolved_images_take_the_place_of_artifacts_which_are_named() {
    let mut live = deployment(template("artifact://app"));
    live["spec"]["artifacts"] = json!([{"name": "app", "artifactFrom": {"name": "web-app"}}]);
    let (after, remarks) = after(&live, &revision(1, template("r/a@sha256:1")));
    assert_eq!(after["spec"]["template"], template("r/a@sha256:1"));
    assert_eq!(after["spec"]["artifacts"], live["spec"]["artifacts"]);
    assert_eq!(remarks.len(), 1);
    assert!(remarks[0].starts_with("Artifact \"web-app\" is no longer followed"), "{remarks:?}");
}

#[test]
fn what_an_artifact_stands_for_is_the_current_revisions() {
    let live = deployment(template("artifact://app"));
    let current = Revision { current: true, ..revision(2, template("r/a@sha256:2")) };
    skipped(&live, &current);
    let mut service = live.clone();
    service["spec"]["template"]["spec"]["service"] = json!({"image": "artifact://app"});
    let (_, remarks) = after(&service, &current);
    assert_eq!(remarks.len(), 1, "an artifact used twice is named once");
}

#[test]
fn what_the_controller_copied_in_is_left_out() {
    let mut old = template("r/a:1");
    old["spec"]["kubernetes"] = json!({"service": {"name": "front"}});
    old["annotations"] = json!({"runtime.wasmcloud.dev/config-hash": "0"});
    let mut live = deployment(template("r/a:2"));
    live["spec"]["kubernetes"] = json!({"service": {"name": "front"}});
    let (done, remarks) = after(&live, &revision(1, old.clone()));
    assert_eq!((&done["spec"]["template"], remarks), (&template("r/a:1"), vec![]));

    live["spec"]["kubernetes"] = json!({"service": {"name": "another"}});
    let (_, remarks) = after(&live, &revision(1, old.clone()));
    assert!(remarks[0].contains("spec.kubernetes stays as it is"), "{remarks:?}");

    live["spec"]["kubernetes"] = Value::Null;
    let (done, _) = after(&live, &revision(1, old));
    assert_eq!(done["spec"]["template"]["spec"]["kubernetes"], json!({"service": {"name": "front"}}), "its own");
}

#[test]
fn a_revision_of_other_configuration_says_so() {
    let mut old = template("r/a:1");
    old["annotations"] = json!({"runtime.wasmcloud.dev/config-hash": "0"});
    let skipped = roll_back(&deployment(template("r/a:1")), &revision(1, old)).unwrap();
    assert!(skipped.remarks[0].contains("ConfigMaps and Secrets only"), "{skipped:?}");
}

#[test]
fn whoever_applies_the_template_is_named() {
    let entry = |manager: &str, operation: &str, field: &str| json!({"manager": manager, "operation": operation, "fieldsV1": {"f:spec": {field: {}}}});
    let mut live = deployment(template("r/a:2"));
    live["metadata"]["managedFields"] = json!([
        entry("kubectl-wasmcloud", "Apply", "f:template"),
        entry("hand", "Update", "f:template"),
        entry("scaler", "Apply", "f:replicas"),
        entry("flux", "Apply", "f:template"),
        entry("kubectl-client-side-apply", "Update", "f:template"),
    ]);
    let (_, remarks) = after(&live, &revision(1, template("r/a:1")));
    let named: Vec<_> = remarks.iter().map(|remark| remark.split(',').next().unwrap()).collect();
    let expected = ["the template is applied by flux", "the template is applied by kubectl-client-side-apply"];
    assert_eq!(named, expected);
    live["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": "{}"});
    assert_eq!(after(&live, &revision(1, template("r/a:1"))).1, remarks, "said once");
    live["metadata"]["managedFields"] = Value::Null;
    assert_eq!(after(&live, &revision(1, template("r/a:1"))).1, remarks[1..], "what kubectl notes tells as well");
}

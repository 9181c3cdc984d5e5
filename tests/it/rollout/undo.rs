use insta::assert_snapshot;
use serde_json::{Value, json};

use super::history::third;
use crate::support::local::deployment;
use crate::support::served::Served;

fn image(served: &Served) -> Value {
    let deployment = served.json(&["get", "wd", "hello"]);
    deployment["spec"]["template"]["spec"]["components"][0]["image"].clone()
}

#[test]
fn the_one_before_the_newest_comes_back_with_its_cause() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    assert_snapshot!(served.run(&["rollout", "undo", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello rolled back
    --- stderr
    Warning: the template is applied by test, which puts it back when it applies the next time
    ");
    served.block_on(served.local.rolled_out("hello"));
    assert_snapshot!(served.run(&["rollout", "history", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello 
    REVISION  CHANGE-CAUSE        CURRENT  IMAGES
    1         <none>                       r.example/hello:1
    3         <none>                       r.example/hello:3
    4         the second, faster  *        r.example/hello:2
    ");
    assert_snapshot!(served.run(&["rollout", "undo", "wd/hello", "--to-revision=4"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello skipped rollback (current template already matches revision 4)
    ");
    assert_snapshot!(served.run(&["rollout", "undo", "wd/hello", "--to-revision=2"]), @"
    code: 1
    --- stderr
    error: unable to find specified revision 2 in history
    help: there are the revisions 1, 3, 4
    ");
    assert_snapshot!(served.run(&["rollout", "undo", "hello", "--to-revision=1", "-o", "name"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    --- stderr
    Warning: the template is applied by test, which puts it back when it applies the next time
    ");
    assert_eq!(image(&served), "r.example/hello:1");
}

#[test]
fn a_dry_run_shows_the_difference_and_changes_nothing() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    assert_snapshot!(served.run(&["rollout", "undo", "hello", "--dry-run"]), @"
    code: 0
    --- stdout
    --- hello live
    +++ hello revision 2
    @@ -1,6 +1,6 @@
     spec:
       components:
    -  - image: r.example/hello:3
    +  - image: r.example/hello:2
         name: http
       hostInterfaces:
       - config:
    workloaddeployment.runtime.wasmcloud.dev/hello rolled back (dry run)
    --- stderr
    Warning: the template is applied by test, which puts it back when it applies the next time
    ");
    let told = served.run(&["rollout", "undo", "hello", "--dry-run=server"]);
    assert!(told.contains("hello rolled back (server dry run)\n"), "{told}");
    for place in ["client", "server"] {
        let object = served.json(&["rollout", "undo", "hello", &format!("--dry-run={place}")]);
        assert_eq!(object["spec"]["template"]["spec"]["components"][0]["image"], "r.example/hello:2");
        assert_eq!(object["metadata"]["annotations"]["kubernetes.io/change-cause"], "the second, faster");
    }
    assert_eq!(image(&served), "r.example/hello:3");
}

#[test]
fn what_may_not_be_or_is_not_there() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert_snapshot!(served.run(&["rollout", "undo", "hello"]), @r#"
    code: 1
    --- stderr
    error: no rollout history found for deployment "hello"
    help: revision 1 is the only one there is
    "#);
    served.deploy("r.example/hello:2", 1);
    assert_snapshot!(served.run(&["rollout", "undo", "hello", "nowhere", "--to-revision=7"]), @r#"
    code: 1
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nowhere" not found
    error: unable to find specified revision 7 in history
    help: there are the revisions 1, 2
    "#);
    assert!(served.run(&["rollout", "pause", "hello"]).starts_with("code: 0"));
    assert_snapshot!(served.run(&["rollout", "undo", "hello"]), @"
    code: 1
    --- stderr
    error: you cannot rollback a paused deployment; resume it first with 'kubectl wasmcloud rollout resume' and try again
    ");
}

#[test]
fn whoever_applies_the_template_will_put_it_back() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    // The tests apply as `test`, which is none of us.
    let told = served.run(&["rollout", "undo", "hello", "--field-manager=me"]);
    assert!(told.contains("Warning: the template is applied by test, which puts it back"), "{told}");
    let fields = served.json(&["get", "wd", "hello", "--show-managed-fields"])["metadata"]["managedFields"].clone();
    let mine = fields.as_array().unwrap().iter().find(|entry| entry["manager"] == "me").unwrap();
    assert_eq!(mine["operation"], "Update");
}

#[test]
fn an_artifact_gives_way_to_the_image_it_was() {
    let served = Served::with_hosts(&["a"]);
    let artifact = |image: &str| {
        let metadata = json!({"name": "app", "namespace": "default"});
        let artifact = json!({"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": metadata, "spec": {"image": image}});
        served.apply(&artifact);
    };
    let runs = |image: &str| {
        served.eventually("the image runs", || {
            let running = served.local.hosts.images();
            (running == [image]).then_some(())
        });
        served.block_on(served.local.rolled_out("hello"));
    };
    artifact("r.example/app:1");
    let mut following = deployment("artifact://app", 1);
    following["spec"]["artifacts"] = json!([{"name": "app", "artifactFrom": {"name": "app"}}]);
    served.apply(&following);
    runs("r.example/app:1");
    artifact("r.example/app:2");
    runs("r.example/app:2");
    assert_snapshot!(served.run(&["rollout", "undo", "hello", "--to-revision=2"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello skipped rollback (current template already matches revision 2)
    ");
    assert_snapshot!(served.run(&["rollout", "undo", "hello"]), @r#"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello rolled back
    --- stderr
    Warning: Artifact "app" is no longer followed: the revision's own image takes the place of artifact://app, which has to be set again to follow it
    Warning: the template is applied by test, which puts it back when it applies the next time
    "#);
    runs("r.example/app:1");
    let sets = served.json(&["get", "wrs"]);
    assert_eq!(sets["items"].as_array().unwrap().len(), 2, "the old replica set is used again");
}

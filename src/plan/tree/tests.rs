use serde_json::{Value, json};

use super::*;

/// A deployment `web` of two replica sets, three Workloads and two hosts.
fn objects(edit: impl FnOnce(&mut Vec<(Kind, Value)>)) -> Objects {
    let owned = |by: &str| json!([{"apiVersion": "v1", "kind": "X", "name": by, "uid": format!("uid-{by}")}]);
    let set = |name: &str, revision: u32, replicas: i32| {
        json!({
            "metadata": {
                "name": name, "namespace": "n", "uid": format!("uid-{name}"), "ownerReferences": owned("web"),
                "annotations": {"runtime.wasmcloud.dev/revision": revision.to_string()},
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {"replicas": replicas, "template": {"spec": {"components": [{"name": "c", "image": format!("r/web:{revision}")}]}}},
            "status": {"replicas": {"current": replicas, "unavailable": 0}},
        })
    };
    let workload = |name: &str, set: &str, host: &str| {
        json!({
            "metadata": {
                "name": name, "namespace": "n", "ownerReferences": owned(set),
                "annotations": {"runtime.wasmcloud.dev/assigned-host": host},
            },
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        })
    };
    let deployment = json!({
        "metadata": {"name": "web", "namespace": "n", "uid": "uid-web", "generation": 1},
        "spec": {"replicas": 2, "artifacts": [{"name": "a", "artifactFrom": {"name": "image"}}], "template": {"spec": {}}},
        "status": {
            "conditions": [{"type": "Ready", "status": "True", "observedGeneration": 1}],
            "currentReplicaSet": {"name": "web-3"},
        },
    });
    let mut all = vec![
        (Kind::WorkloadDeployment, deployment),
        (Kind::WorkloadReplicaSet, set("web-1", 1, 0)),
        (Kind::WorkloadReplicaSet, set("web-2", 2, 0)),
        (Kind::WorkloadReplicaSet, set("web-3", 3, 2)),
        (Kind::Workload, workload("web-3-a", "web-3", "h1")),
        (Kind::Workload, workload("web-3-b", "web-3", "h2")),
        (Kind::Host, host("h1")),
        (Kind::Host, host("h2")),
        (Kind::Artifact, json!({"metadata": {"name": "image", "namespace": "n"}, "spec": {"image": "r/web:3"}})),
    ];
    edit(&mut all);
    let mut objects = Objects::default();
    all.iter().for_each(|(kind, object)| objects.put(*kind, object));
    objects
}

fn host(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "wasmcloud-system", "labels": {"hostgroup": "edge"}}, "hostId": format!("id-{name}"),
        "status": {
            "version": "2.1.0", "osName": "", "osArch": "", "osKernel": "", "systemCPUUsage": "1",
            "systemMemoryTotal": 1, "systemMemoryFree": 1, "conditions": [{"type": "Ready", "status": "True"}],
        },
    })
}

fn find<'a>(all: &'a mut [(Kind, Value)], name: &str) -> &'a mut Value {
    all.iter_mut().map(|(_, object)| object).find(|object| object["metadata"]["name"] == name).unwrap()
}

fn failing(all: &mut [(Kind, Value)], name: &str, reason: &str, message: &str) {
    find(all, name)["status"]["conditions"] = json!([
        {"type": "Placement", "status": "False", "reason": reason, "message": message},
        {"type": "Ready", "status": "False"},
    ]);
}

fn root(kind: Kind, name: &str) -> Roots {
    let namespace = if kind == Kind::Host { "wasmcloud-system" } else { "n" };
    Roots::These(vec![(kind, (namespace.to_owned(), name.to_owned()))])
}

/// One line for each node, indented.
fn sketch(tree: &Tree) -> String {
    fn below(node: &Node, depth: usize, out: &mut String) {
        let host = node.host.as_ref().map(|host| format!(" on {host}")).unwrap_or_default();
        let facts = node.facts.join(", ");
        let line = format!("{} {} {}{host} [{facts}] {}", node.title(), node.health.word(), node.status, node.message);
        out.push_str(&format!("{}{}\n", "  ".repeat(depth), line.trim_end()));
        node.children.iter().for_each(|child| below(child, depth + 1, out));
    }
    let mut out = String::new();
    tree.roots.iter().for_each(|root| below(root, 0, &mut out));
    out
}

fn web(objects: &Objects, history: usize) -> Tree {
    build(objects, &root(Kind::WorkloadDeployment, "web"), history)
}

#[test]
fn a_deployment_leads_down_to_its_hosts() {
    insta::assert_snapshot!(sketch(&web(&objects(|_| {}), 0)), @"
    wd/web good Complete [2/2 available]
      wrs/web-3 good Ready [2/2 ready]
        ww/web-3-a good Running on h1 []
        ww/web-3-b good Running on h2 []
    ");
}

#[test]
fn history_is_shown_as_far_as_asked_for_newest_first() {
    let names = |history| {
        let tree = web(&objects(|_| {}), history);
        tree.roots[0].children.iter().map(|set| set.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(0), ["web-3"]);
    assert_eq!(names(1), ["web-3", "web-2"]);
    assert_eq!(names(9), ["web-3", "web-2", "web-1"]);
}

#[test]
fn a_replica_that_cannot_start_is_the_reason() {
    let broken = objects(|all| failing(all, "web-3-b", "StartFailed", "no such export"));
    let tree = web(&broken, 0);
    insta::assert_snapshot!(sketch(&tree), @"
    wd/web bad Failed [1/2 new available] 1 of 2 updated replicas are available...
      wrs/web-3 bad Failed [1/2 ready]
        ww/web-3-a good Running on h1 []
        ww/web-3-b bad StartFailed on h2 [] no such export
    ");
    let roots = root(Kind::WorkloadDeployment, "web");
    let reasons = ["Workload n/web-3-b on host h2: no such export", "deployment \"web\" failed to roll out"];
    assert_eq!(tree.end(&roots), End::Failed(reasons.map(str::to_owned).to_vec()));
}

#[test]
fn equal_reasons_are_told_once() {
    let broken = objects(|all| {
        failing(all, "web-3-a", "StartFailed", "no such export");
        failing(all, "web-3-b", "StartFailed", "no such export");
    });
    let End::Failed(reasons) = web(&broken, 0).end(&root(Kind::WorkloadDeployment, "web")) else { panic!() };
    assert_eq!(reasons[0], "Workload n/web-3-a on host h1: no such export (and 1 more like it)");
    assert_eq!(reasons.len(), 2);
}

#[test]
fn what_may_pass_is_no_failure() {
    let waiting = objects(|all| failing(all, "web-3-b", "NoEligibleHost", "no host fits"));
    let tree = web(&waiting, 0);
    assert_eq!(tree.nodes().last().unwrap().health, Health::Warning);
    assert_eq!(tree.end(&root(Kind::WorkloadDeployment, "web")), End::Open);
}

#[test]
fn a_workload_on_a_host_that_is_gone_silent_is_marked() {
    let silent = objects(|all| find(all, "h2")["status"]["conditions"][0]["status"] = json!("False"));
    let tree = web(&silent, 0);
    let lost = *tree.nodes().last().unwrap();
    assert_eq!((lost.health, lost.message.as_str()), (Health::Warning, "host h2 is not ready"));
}

#[test]
fn a_paused_rollout_says_so() {
    let paused = objects(|all| {
        find(all, "web")["metadata"]["annotations"] = json!({"runtime.wasmcloud.dev/paused": "true"});
        find(all, "web")["spec"]["replicas"] = json!(3);
        let conditions = find(all, "web")["status"]["conditions"].as_array_mut().unwrap();
        conditions.retain(|condition| condition["type"] != "Deploy");
        conditions.push(json!({"type": "Deploy", "status": "Unknown", "reason": "DeploymentPaused"}));
    });
    let tree = web(&paused, 0);
    assert_eq!((tree.roots[0].health, tree.roots[0].status.as_str()), (Health::Warning, "Paused"));
}

#[test]
fn every_kind_can_be_a_root() {
    let all = objects(|_| {});
    let shown = |kind, name| sketch(&build(&all, &root(kind, name), 0));
    insta::assert_snapshot!(shown(Kind::WorkloadReplicaSet, "web-3"), @"
    wrs/web-3 good Ready [2/2 ready]
      ww/web-3-a good Running on h1 []
      ww/web-3-b good Running on h2 []
    ");
    insta::assert_snapshot!(shown(Kind::Workload, "web-3-a"), @"
    ww/web-3-a good Running on h1 []
      host/h1 good Ready [group edge, version 2.1.0]
    ");
    insta::assert_snapshot!(shown(Kind::Host, "h1"), @"
    host/h1 good Ready [group edge, version 2.1.0]
      ww/web-3-a good Running []
    ");
    insta::assert_snapshot!(shown(Kind::Artifact, "image"), @"
    art/image waiting Pending []
      wd/web good Complete [2/2 available]
    ");
}

#[test]
fn a_host_that_was_given_by_its_id_is_called_by_its_name() {
    let by_id = objects(|all| {
        find(all, "web-3-a")["metadata"]["annotations"] = json!({});
        find(all, "web-3-a")["status"]["hostId"] = json!("id-h1");
    });
    assert_eq!(web(&by_id, 0).nodes()[2].host.as_deref(), Some("h1"));
    assert_eq!(build(&by_id, &root(Kind::Host, "h1"), 0).roots[0].children.len(), 1);
}

#[test]
fn ends_depend_on_what_was_asked_for() {
    let all = objects(|_| {});
    let end = |roots: &Roots| build(&all, roots, 0).end(roots);
    assert_eq!(end(&root(Kind::WorkloadDeployment, "web")), End::Ready);
    assert_eq!(end(&root(Kind::WorkloadReplicaSet, "web-1")), End::Ready, "nothing is asked of it");
    assert_eq!(end(&root(Kind::Artifact, "image")), End::Open);
    assert_eq!(end(&root(Kind::Workload, "gone")), End::Gone);
    assert_eq!(end(&Roots::All(vec![Kind::WorkloadDeployment])), End::Ready);
    let none = Objects::default();
    let roots = Roots::All(vec![Kind::WorkloadDeployment]);
    assert_eq!(build(&none, &roots, 0).end(&roots), End::Open, "there may be one yet");
    let dead = objects(|all| find(all, "h1")["status"]["conditions"][0]["status"] = json!("False"));
    let roots = root(Kind::Host, "h1");
    assert_eq!(build(&dead, &roots, 0).end(&roots), End::Open, "a host may come back");
}

#[test]
fn objects_come_and_go() {
    let mut objects = objects(|_| {});
    let gone = json!({"metadata": {"name": "web-3-a", "namespace": "n"}});
    objects.remove(Kind::Workload, &gone);
    assert_eq!(objects.keys(Kind::Workload), [("n".to_owned(), "web-3-b".to_owned())]);
    objects.replace(Kind::Workload, &[gone]);
    assert_eq!(objects.keys(Kind::Workload), [("n".to_owned(), "web-3-a".to_owned())]);
    objects.put(Kind::Host, &json!({"metadata": {"name": "odd"}, "hostId": 5}));
    assert_eq!(objects.keys(Kind::Host).len(), 2, "what cannot be read is left out");
}

#[test]
fn programs_get_the_tree_as_it_is() {
    let all = objects(|all| failing(all, "web-3-b", "StartFailed", "no"));
    let document = web(&all, 0).document(true);
    let set = &document["children"][0];
    assert_eq!(document["kind"], "WorkloadDeployment");
    assert_eq!((&set["revision"], &set["images"]), (&json!(3), &json!(["r/web:3"])));
    let broken = json!({
        "kind": "Workload", "namespace": "n", "name": "web-3-b", "health": "bad", "status": "StartFailed",
        "host": "h2", "message": "no",
    });
    assert_eq!(set["children"][1], broken);
    assert_eq!(web(&all, 0).document(false)["items"][0], document);
}

#[test]
fn a_host_is_closed_when_an_annotation_says_true_and_not_otherwise() {
    let status = |annotation: &str, value: &str| {
        let mut host = host("h1");
        host["metadata"]["annotations"] = json!({ annotation: value });
        let mut objects = Objects::default();
        objects.put(Kind::Host, &host);
        build(&objects, &root(Kind::Host, "h1"), 0).roots[0].status.clone()
    };
    let open = status("runtime.wasmcloud.dev/unschedulable", "false");
    assert!(!open.contains("SchedulingDisabled"), "{open}");
    for annotation in ["runtime.wasmcloud.dev/unschedulable", "runtime.wasmcloud.dev/drain"] {
        assert!(status(annotation, "true").ends_with(",SchedulingDisabled"));
    }
}

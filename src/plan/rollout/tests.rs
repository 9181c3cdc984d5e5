use serde_json::{Value, json};

use super::*;
use crate::api::Host;

/// A rollout in the making: what its objects say.
struct Story {
    generation: i64,
    observed: Option<i64>,
    replicas: i32,
    conditions: Vec<Value>,
    sets: Vec<Value>,
    workloads: Vec<Value>,
}

fn story() -> Story {
    Story { generation: 2, observed: Some(2), replicas: 2, conditions: vec![], sets: vec![], workloads: vec![] }
}

impl Story {
    fn set(mut self, name: &str, current: i32, unavailable: i32) -> Self {
        self.sets.push(json!({
            "metadata": {
                "name": name, "uid": format!("uid-{name}"), "namespace": "n",
                "annotations": {"runtime.wasmcloud.dev/revision": name.trim_start_matches("web-")},
            },
            "spec": {"replicas": current, "template": {"spec": {}}},
            "status": {"replicas": {"expected": current, "current": current, "unavailable": unavailable}},
        }));
        self
    }

    fn workload(mut self, set: &str, name: &str, conditions: Value) -> Self {
        self.workloads.push(json!({
            "metadata": {
                "name": name, "namespace": "n", "annotations": {"runtime.wasmcloud.dev/assigned-host": "h1"},
                "ownerReferences": [{"apiVersion": "v1", "kind": "X", "name": set, "uid": format!("uid-{set}")}],
            },
            "spec": {},
            "status": {"hostId": "id1", "conditions": conditions},
        }));
        self
    }

    fn ready(self, set: &str, name: &str) -> Self {
        self.workload(set, name, json!([{"type": "Ready", "status": "True"}]))
    }

    fn failing(self, set: &str, name: &str, type_: &str, reason: &str, message: &str) -> Self {
        let conditions = json!([
            {"type": type_, "status": "False", "reason": reason, "message": message},
            {"type": "Ready", "status": "False"},
        ]);
        self.workload(set, name, conditions)
    }

    fn condition(mut self, type_: &str, status: &str, reason: &str) -> Self {
        self.conditions
            .push(json!({"type": type_, "status": status, "reason": reason, "message": format!("{type_} says")}));
        self
    }

    fn snapshot(mut self) -> Snapshot {
        let ready = json!({"type": "Ready", "status": "Unknown", "observedGeneration": self.observed});
        self.conditions.push(ready);
        let deployment = json!({
            "metadata": {"name": "web", "namespace": "n", "uid": "d", "generation": self.generation},
            "spec": {"replicas": self.replicas, "template": {"spec": {
                "hostInterfaces": [{"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": "web.example.com"}}],
            }}},
            "status": {"conditions": self.conditions, "currentReplicaSet": {"name": "web-2"}},
        });
        let read = |value| serde_json::from_value(value).unwrap();
        Snapshot {
            deployment: Some(serde_json::from_value(deployment).unwrap()),
            replica_sets: self.sets.into_iter().map(read).collect(),
            workloads: self.workloads.into_iter().map(|value| serde_json::from_value(value).unwrap()).collect(),
        }
    }

    fn view(self) -> View {
        assess(&self.snapshot())
    }
}

fn told(view: &View) -> (State, &str) {
    (view.state, &view.message)
}

#[test]
fn a_spec_that_nobody_looked_at_is_waited_for() {
    let view = Story { observed: Some(1), ..story() }.set("web-2", 2, 0).ready("web-2", "a").ready("web-2", "b").view();
    assert_eq!(told(&view), (State::Unobserved, "Waiting for deployment spec update to be observed..."));
    let mut snapshot = story().snapshot();
    snapshot.deployment.as_mut().unwrap().status = None;
    assert_eq!(assess(&snapshot).state, State::Unobserved, "no status at all");
}

#[test]
fn upstream_leaves_no_generation_and_is_believed() {
    let view = Story { observed: None, ..story() }.set("web-2", 2, 0).ready("web-2", "a").ready("web-2", "b").view();
    assert_eq!(view.state, State::Complete);
}

#[test]
fn lines_come_in_kubectls_order() {
    let first = story().set("web-2", 1, 1).ready("web-2", "a").view();
    let line = "Waiting for deployment \"web\" rollout to finish: 1 out of 2 new replicas have been updated...";
    assert_eq!(told(&first), (State::Progressing, line));

    let both = || story().set("web-2", 2, 1).set("web-1", 1, 0).ready("web-2", "a").workload("web-2", "b", json!([]));
    let old = both().ready("web-1", "old").view();
    let line = "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending termination...";
    assert_eq!(told(&old), (State::Progressing, line));

    let available = both().view();
    let line = "Waiting for deployment \"web\" rollout to finish: 1 of 2 updated replicas are available...";
    assert_eq!(told(&available), (State::Progressing, line));
    assert_eq!((available.replicas, available.updated, available.available), (2, 2, 1));

    let done = story().set("web-2", 2, 0).ready("web-2", "a").ready("web-2", "b").view();
    assert_eq!(told(&done), (State::Complete, "deployment \"web\" successfully rolled out"));
    assert_eq!(done.revision, Some(2));
}

#[test]
fn ready_is_not_yet_available() {
    let view = story().set("web-2", 2, 2).ready("web-2", "a").ready("web-2", "b").view();
    assert_eq!((view.state, view.available), (State::Progressing, 0), "min-ready-seconds is the controller's to count");
}

#[test]
fn a_count_that_is_behind_the_workloads_is_not_believed() {
    let view = story().set("web-2", 2, 0).ready("web-2", "a").workload("web-2", "b", json!([])).view();
    assert_eq!((view.state, view.available), (State::Progressing, 1));
}

#[test]
fn terminating_workloads_do_not_count() {
    let mut snapshot = story()
        .set("web-2", 2, 0)
        .set("web-1", 0, 0)
        .ready("web-2", "a")
        .ready("web-2", "b")
        .ready("web-1", "old")
        .snapshot();
    snapshot.workloads[2].metadata.deletion_timestamp =
        Some(serde_json::from_value(json!("2026-01-01T00:00:00Z")).unwrap());
    assert_eq!(assess(&snapshot).state, State::Complete);
}

#[test]
fn no_replicas_are_soon_available() {
    let view = Story { replicas: 0, ..story() }.set("web-2", 0, 0).view();
    assert_eq!(view.state, State::Complete);
}

#[test]
fn the_hosts_own_words_end_a_rollout() {
    let words = "failed to pull image: manifest unknown";
    let view = story()
        .set("web-2", 2, 2)
        .failing("web-2", "a", "Placement", "StartFailed", words)
        .failing("web-2", "b", "Placement", "StartFailed", words)
        .view();
    assert_eq!(view.state, State::Failed);
    let line = format!("Workload n/a on host h1: {words} (and 1 more like it)");
    assert_eq!(view.worst().unwrap(), line);
}

#[test]
fn what_may_pass_is_waited_for_and_told() {
    let fits = "0/2 hosts fit: 2 lack wasi:keyvalue/store";
    let view = story().set("web-2", 2, 2).failing("web-2", "a", "HostSelection", "NoEligibleHost", fits).view();
    assert_eq!(view.state, State::Progressing);
    assert_eq!(view.worst().unwrap(), format!("Workload n/a: {fits}"), "no host is to blame");

    let view = story().condition("Artifact", "False", "ArtifactNotFound").view();
    assert_eq!(
        (view.state, view.worst().unwrap().as_str()),
        (State::Progressing, "WorkloadDeployment n/web: Artifact says")
    );
}

#[test]
fn failures_of_old_replicas_are_no_news() {
    let view = story()
        .set("web-2", 2, 1)
        .set("web-1", 1, 1)
        .ready("web-2", "a")
        .failing("web-1", "old", "Placement", "StartFailed", "broken")
        .view();
    assert_eq!((view.state, view.troubles.len()), (State::Progressing, 0));
}

#[test]
fn lasting_troubles_come_first() {
    let view = story()
        .set("web-2", 2, 2)
        .failing("web-2", "a", "HostSelection", "NoEligibleHost", "no room")
        .failing("web-2", "b", "Config", "SecretNotFound", "secret \"s\" not found")
        .view();
    assert_eq!(view.state, State::Failed);
    assert_eq!(view.worst().unwrap(), "Workload n/b: secret \"s\" not found");
}

#[test]
fn the_deadline_ends_a_rollout() {
    let view = story().set("web-2", 1, 1).condition("Deploy", "False", "ProgressDeadlineExceeded").view();
    assert_eq!(told(&view), (State::Failed, "deployment \"web\" exceeded its progress deadline"));
}

#[test]
fn all_available_is_not_all_when_the_template_is_another() {
    let full = || story().set("web-2", 2, 0).ready("web-2", "a").ready("web-2", "b");
    assert_eq!(full().condition("Artifact", "False", "ArtifactNotFound").view().state, State::Progressing);
    assert_eq!(full().condition("Deploy", "Unknown", "Reconcile").view().state, State::Progressing);
    assert_eq!(full().condition("Deploy", "True", "Available").view().state, State::Complete);
}

#[test]
fn a_pause_holds_up_what_is_not_rolled_yet() {
    let paused = |mut story: Story| {
        story.conditions.push(json!({"type": "Deploy", "status": "Unknown", "reason": "DeploymentPaused"}));
        let mut snapshot = story.snapshot();
        let annotations = [("runtime.wasmcloud.dev/paused".to_owned(), "true".to_owned())];
        snapshot.deployment.as_mut().unwrap().metadata.annotations = Some(annotations.into());
        snapshot
    };
    let old = || story().set("web-1", 2, 0).ready("web-1", "a").ready("web-1", "b");
    let line = "Waiting for deployment \"web\" rollout to finish: 0 out of 2 new replicas have been updated...";
    assert_eq!(told(&assess(&paused(old()))), (State::Paused, line));

    let coming = || story().set("web-2", 2, 1).ready("web-2", "a").workload("web-2", "b", json!([]));
    assert_eq!(assess(&paused(coming())).state, State::Progressing, "the last ones come though it is paused");

    let mut resumed = paused(old());
    resumed.deployment.as_mut().unwrap().metadata.annotations = None;
    assert_eq!(assess(&resumed).state, State::Progressing, "the status is older than that");
}

#[test]
fn what_is_gone_is_gone() {
    assert_eq!(told(&assess(&Snapshot::default())), (State::Deleted, "object has been deleted"));
}

#[test]
fn routes_lead_to_the_hosts_of_ready_workloads() {
    let host = |id: &str, name: &str, port: i32| -> Host {
        serde_json::from_value(json!({"metadata": {}, "hostId": id, "hostname": name, "httpPort": port})).unwrap()
    };
    let hosts = [host("id1", "10.0.0.1", 8000), host("id2", "10.0.0.2", 8000), host("id1", "fd00::1", 80)];
    let snapshot = story().set("web-2", 2, 0).ready("web-2", "a").ready("web-2", "b").snapshot();
    let found: Vec<_> = routes(&snapshot, &hosts).iter().map(ToString::to_string).collect();
    let expected = ["http://10.0.0.1:8000  (Host: web.example.com)", "http://[fd00::1]:80  (Host: web.example.com)"];
    assert_eq!(found, expected);
    assert_eq!(routes(&snapshot, &hosts)[0].curl(), "curl -H 'Host: web.example.com' http://10.0.0.1:8000/");
    let waiting = story().set("web-2", 2, 2).workload("web-2", "a", json!([])).snapshot();
    assert!(routes(&waiting, &hosts).is_empty());
}

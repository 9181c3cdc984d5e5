//! Pods of hosts, on a real API server. No kubelet runs here: their status is written by hand, and so is their end.

use serde_json::{Value, json};

use super::cluster::{Cluster, eventually, ok, real, within};
use super::faults::{Controller, PATIENCE, apply, condition, settles};
use super::nats_hosts::{Fleet, Mood};

const IMAGE: &str = "r.example/hello:1";
const FINALIZER: &str = "runtime.wasmcloud.dev/pod-host-finalizer";

/// Makes the Pod that a host runs in, which calls itself by the Pod's name, with upstream's finalizer and that address.
fn run_pod(cluster: &Cluster, name: &str, ip: &str) {
    let pod = json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": name, "namespace": cluster.namespace, "labels": { "wasmcloud.com/hostgroup": "default" },
            "finalizers": [FINALIZER] },
        // One that is on no node goes at once when it is deleted.
        "spec": { "nodeName": "nowhere", "containers": [{ "name": "host", "image": "r.example/host:1" }] } });
    ok(cluster.kubectl(&["create", "-f", &cluster.file(&format!("{name}.json"), &pod.to_string())]));
    let status = json!({ "status": { "phase": "Running", "podIP": ip, "podIPs": [{ "ip": ip }] } });
    patch(cluster, name, &["--subresource=status"], &status);
}

fn patch(cluster: &Cluster, name: &str, flags: &[&str], patch: &Value) {
    let patch = patch.to_string();
    let args = ["patch", "pod", name, "--namespace", &cluster.namespace, "--type=merge", "--patch", &patch];
    ok(cluster.kubectl(&[&args, flags].concat()));
}

fn delete_pod(cluster: &Cluster, name: &str, flags: &[&str]) {
    let args = ["delete", "pod", name, "--namespace", &cluster.namespace, "--wait=false"];
    ok(cluster.kubectl(&[&args, flags].concat()));
}

/// The Pod, if it is there still.
fn pod(cluster: &Cluster, name: &str) -> Option<Value> {
    let args = ["get", "pod", name, "--namespace", &cluster.namespace, "--ignore-not-found", "--output", "json"];
    serde_json::from_str(&ok(cluster.kubectl(&args))).ok()
}

fn freed(cluster: &Cluster, name: &str) {
    within(PATIENCE, "upstream's finalizer is off", || {
        let held = pod(cluster, name).filter(|pod| !pod["metadata"]["finalizers"].is_null());
        held.map_or(Ok(()), |pod| Err(pod["metadata"].to_string()))
    });
}

fn host(cluster: &Cluster, name: &str) -> Value {
    let args = ["get", "hosts.runtime.wasmcloud.dev", name, "--namespace", &cluster.system, "--output", "json"];
    serde_json::from_str(&ok(cluster.kubectl(&args))).unwrap()
}

fn ready_is(cluster: &Cluster, name: &str, status: &str, reason: &str) {
    within(PATIENCE, &format!("Ready of {name} is {status}, {reason}"), || {
        let ready = condition(&host(cluster, name), "Ready");
        if ready["status"] == status && ready["reason"] == reason { Ok(()) } else { Err(ready.to_string()) }
    });
}

/// Waits until it is written anew when the host was last seen: that is some while.
fn shows_that_it_lives(cluster: &Cluster, name: &str) {
    let seen = || host(cluster, name)["status"]["lastSeen"].clone();
    let before = seen();
    within(PATIENCE, "it is seen again", || if seen() == before { Err(before.to_string()) } else { Ok(()) });
}

fn runs_only_on(cluster: &Cluster, fleet: &Fleet, id: &str, replicas: usize) {
    settles(cluster, fleet, IMAGE, replicas);
    within(PATIENCE, &format!("all run on {id}"), || {
        let here = fleet.running()[id].len();
        if here == replicas { Ok(()) } else { Err(format!("{here} do")) }
    });
}

#[test]
#[ignore = "real servers"]
fn a_host_whose_pod_is_deleted_is_left_while_it_reports_and_its_pod_does_not_hang() {
    let cluster = Cluster::new("podsdeleted");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["del-one", "del-two"]);
    run_pod(&cluster, "del-one", "10.9.0.1");
    run_pod(&cluster, "del-two", "10.9.0.2");
    let controller = Controller::alone(&cluster, "controller.log");
    for name in ["del-one", "del-two"] {
        freed(&cluster, name);
    }
    apply(&cluster, IMAGE, 4);
    settles(&cluster, &fleet, IMAGE, 4);
    ready_is(&cluster, "del-one", "True", "Available");

    delete_pod(&cluster, "del-one", &[]);
    ready_is(&cluster, "del-one", "Unknown", "HostPodTerminating");
    runs_only_on(&cluster, &fleet, "id-del-two", 4);
    ready_is(&cluster, "del-one", "Unknown", "HostPodTerminating");
    assert!(pod(&cluster, "del-one").is_some(), "its kubelet has not ended it yet");
    controller.calms_down(2);

    fleet.cut_off("id-del-one");
    delete_pod(&cluster, "del-one", &["--force", "--grace-period=0"]);
    ready_is(&cluster, "del-one", "Unknown", "HostSilent");
    settles(&cluster, &fleet, IMAGE, 4);
    assert!(pod(&cluster, "del-one").is_none());
}

#[test]
#[ignore = "real servers"]
fn what_ran_on_a_host_that_is_gone_with_its_pod_runs_elsewhere_without_a_minute_of_silence() {
    let cluster = Cluster::new("podsgone");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["gone-one", "gone-two"]);
    run_pod(&cluster, "gone-one", "10.9.1.1");
    let _controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, IMAGE, 4);
    settles(&cluster, &fleet, IMAGE, 4);
    freed(&cluster, "gone-one");

    // Whoever takes requests and answers none is given a minute, unless something speaks against it.
    fleet.mood("id-gone-one", Mood::Stalling);
    delete_pod(&cluster, "gone-one", &["--force", "--grace-period=0"]);
    ready_is(&cluster, "gone-one", "Unknown", "HostSilent");
    within(PATIENCE, "all are given to the other", || {
        let workloads = cluster.objects("workloads");
        let there = |workload: &&Value| {
            workload["status"]["hostId"] == "id-gone-two" && condition(workload, "Ready")["status"] == "True"
        };
        let count = workloads.iter().filter(there).count();
        if count == 4 { Ok(()) } else { Err(format!("{count} are")) }
    });
    let seen: jiff::Timestamp = host(&cluster, "gone-one")["status"]["lastSeen"].as_str().unwrap().parse().unwrap();
    let moved = cluster.objects("workloads").into_iter().map(|workload| {
        let ready = condition(&workload, "Ready");
        ready["lastTransitionTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
    });
    let silence = moved.max().unwrap().duration_since(seen);
    assert!(silence.as_secs() < 60, "by what is on record it was given {silence:?}");
}

#[test]
#[ignore = "real servers"]
fn a_host_that_answers_though_its_pod_is_gone_stays() {
    let cluster = Cluster::new("podsforced");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["forced-one", "forced-two"]);
    run_pod(&cluster, "forced-one", "10.9.2.1");
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, IMAGE, 4);
    settles(&cluster, &fleet, IMAGE, 4);
    freed(&cluster, "forced-one");
    let starts = fleet.starts();

    patch(&cluster, "forced-one", &[], &json!({ "metadata": { "labels": { "wasmcloud.com/hostgroup": null } } }));
    within(PATIENCE, "it was asked", || super::faults::said(&controller.process, "its Pod is gone; it is asked"));
    ready_is(&cluster, "forced-one", "True", "Available");
    controller.calms_down(2);
    settles(&cluster, &fleet, IMAGE, 4);
    assert_eq!(fleet.starts(), starts, "nothing was moved");
}

#[test]
#[ignore = "real servers"]
fn a_service_leads_to_the_address_of_the_pod_and_follows_it() {
    let cluster = Cluster::new("podsroutes");
    let _fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["routed-one"]);
    run_pod(&cluster, "routed-one", "10.9.3.1");
    let service = json!({ "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "front", "namespace": cluster.namespace }, "spec": { "ports": [{ "name": "http", "port": 80 }] } });
    ok(cluster.kubectl(&["create", "-f", &cluster.file("service.json", &service.to_string())]));
    let _controller = Controller::alone(&cluster, "controller.log");
    let manifest = super::story::manifest(IMAGE, "hello.example.com", 1);
    let routed = cluster.file("app.yaml", &format!("{manifest}  kubernetes:\n    service:\n      name: front\n"));
    ok(cluster.kubectl(&["apply", "--namespace", &cluster.namespace, "-f", &routed]));
    let leads_to = |ip: &str| {
        eventually(&format!("the Service leads to {ip}"), || {
            let args = ["get", "endpointslices", "--namespace", &cluster.namespace, "--output", "json"];
            let slices: Value = serde_json::from_str(&ok(cluster.kubectl(&args))).unwrap();
            (slices["items"][0]["endpoints"][0]["addresses"] == json!([ip])).then_some(())
        });
    };
    leads_to("10.9.3.1");
    let status = json!({ "status": { "podIP": "10.9.3.2", "podIPs": [{ "ip": "10.9.3.2" }] } });
    patch(&cluster, "routed-one", &["--subresource=status"], &status);
    leads_to("10.9.3.2");
}

/// A kubeconfig of somebody who may do what the controller needs, and only that to Pods.
fn kubeconfig(cluster: &Cluster, pods: &[&str]) -> String {
    let any = json!(["*"]);
    let mut rules = vec![
        json!({ "apiGroups": ["runtime.wasmcloud.dev", "discovery.k8s.io", "coordination.k8s.io",
            "apiextensions.k8s.io"], "resources": any, "verbs": any }),
        json!({ "apiGroups": [""], "resources": ["configmaps", "secrets", "services", "events", "namespaces"],
            "verbs": any }),
    ];
    if !pods.is_empty() {
        rules.push(json!({ "apiGroups": [""], "resources": ["pods"], "verbs": pods }));
    }
    let (name, namespace) = (format!("{}-limited", cluster.namespace), &cluster.namespace);
    let objects = json!({ "apiVersion": "v1", "kind": "List", "items": [
        { "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "limited", "namespace": namespace } },
        { "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": { "name": name }, "rules": rules },
        { "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": { "name": name },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name },
            "subjects": [{ "kind": "ServiceAccount", "name": "limited", "namespace": namespace }] },
    ] });
    ok(cluster.kubectl(&["create", "-f", &cluster.file("limited.json", &objects.to_string())]));
    let token = ok(cluster.kubectl(&["create", "token", "limited", "--namespace", namespace]));
    let admin = std::fs::read_to_string(real("KUBECONFIG")).unwrap();
    let (head, rest) = admin.split_once("token: \"").unwrap();
    let (_, tail) = rest.split_once('"').unwrap();
    cluster.file("limited.kubeconfig", &format!("{head}token: \"{}\"{tail}", token.trim()))
}

#[test]
#[ignore = "real servers"]
fn where_pods_may_not_be_read_or_written_all_else_goes_on_and_it_is_said_once() {
    let cases: [(&str, &[&str]); 2] = [("podsblind", &[]), ("podsread", &["list", "watch", "get"])];
    for (name, verbs) in cases {
        let cluster = Cluster::new(name);
        let hosts = [format!("{name}-one"), format!("{name}-two")];
        let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &[&hosts[0], &hosts[1]]);
        run_pod(&cluster, &hosts[0], "10.9.4.1");
        let (nats, scope) =
            (format!("--nats-url={}", cluster.nats_url), format!("--watch-namespaces={}", cluster.namespace));
        let kubeconfig = kubeconfig(&cluster, verbs);
        let args = ["run-controller", &nats, &scope, "--namespace", &cluster.system, "--leader-elect=false"];
        let controller = cluster.start_as_is("limited.log", &[&args[..], &["--kubeconfig", &kubeconfig]].concat());
        apply(&cluster, IMAGE, 4);
        settles(&cluster, &fleet, IMAGE, 4);
        let words = if verbs.is_empty() { "upstream's finalizer stays on Pods" } else { "cannot be taken off Pod" };
        within(PATIENCE, "it is said", || super::faults::said(&controller, words));
        shows_that_it_lives(&cluster, &hosts[0]);
        let log = controller.log();
        assert_eq!(log.matches(words).count(), 1, "{log}");
        // For all namespaces and for the own one, each time told by the client too.
        assert!(log.lines().filter(|line| line.contains("pods is forbidden")).count() <= 4, "{log}");
        if !verbs.is_empty() {
            assert!(log.contains(FINALIZER) && log.contains(&hosts[0]), "{log}");
        }
        assert!(pod(&cluster, &hosts[0]).unwrap()["metadata"]["finalizers"].to_string().contains(FINALIZER));
        patch(&cluster, &hosts[0], &[], &json!({ "metadata": { "finalizers": null } }));
    }
}

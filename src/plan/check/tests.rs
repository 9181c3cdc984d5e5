use serde_json::json;

use super::*;
use crate::api::names::{GROUP, LEASE};

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn ours() -> Vec<Value> {
    let established = json!({"conditions": [{"type": "Established", "status": "True"}]});
    let raw = |crd: &_| {
        let mut crd = serde_json::to_value(crd).unwrap();
        crd["status"] = established.clone();
        crd
    };
    crate::api::crds().iter().map(raw).collect()
}

fn lease(holder: &str, namespace: &str, seconds_ago: i64) -> Lease {
    let renewed = now() - SignedDuration::from_secs(seconds_ago);
    serde_json::from_value(json!({
        "metadata": {"name": LEASE, "namespace": namespace},
        "spec": {"holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": format!("{renewed:.6}")},
    }))
    .unwrap()
}

fn host(name: &str, ready: &str, seconds_ago: i64) -> Value {
    let seen = now() - SignedDuration::from_secs(seconds_ago);
    json!({
        "apiVersion": format!("{GROUP}/v1alpha1"), "kind": "Host",
        "metadata": {"name": name, "managedFields": []}, "hostId": format!("id-{name}"),
        "status": {
            "version": "2.10.3", "osName": "linux", "osArch": "x86_64", "osKernel": "6", "systemCPUUsage": "1",
            "systemMemoryTotal": 0, "systemMemoryFree": 0, "lastSeen": format!("{seen:.0}"),
            "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": NOW, "reason": "x", "message": ""}],
        },
    })
}

fn written_by(mut host: Value, manager: &str, seconds_ago: i64) -> Value {
    let time = now() - SignedDuration::from_secs(seconds_ago);
    let entry = json!({"manager": manager, "subresource": "status", "time": format!("{time:.0}")});
    host["metadata"]["managedFields"].as_array_mut().unwrap().push(entry);
    host
}

fn well() -> Facts {
    let version = json!({"major": "1", "minor": "36", "gitVersion": "v1.36.3"});
    Facts {
        now: now(),
        server: Ok(Server { version, ahead: Some(SignedDuration::ZERO) }),
        crds: Ok(ours()),
        denied: Ok(Vec::new()),
        leases: Ok(vec![lease("kubectl-wasmcloud_h_1", "wasmcloud-system", 5)]),
        deployments: Ok(Vec::new()),
        hosts: Ok(vec![host("a", "True", 10), host("b", "True", 20)]),
        nats: None,
    }
}

/// Every check that is not √: code, verdict, what is wrong.
fn wrong(facts: &Facts) -> Vec<String> {
    told(&assess(facts))
}

fn told(categories: &[Category]) -> Vec<String> {
    let checks = categories.iter().flat_map(|category| &category.checks);
    let wrong = checks.filter(|check| check.result != Verdict::Success);
    let mark = |check: &Check| if check.result == Verdict::Error { "×" } else { "‼" };
    wrong.map(|check| format!("{} {} {}", mark(check), check.code, check.error.clone().unwrap_or_default())).collect()
}

fn hint_of(facts: &Facts, code: &str) -> String {
    let all = assess(facts);
    let mut checks = all.iter().flat_map(|category| &category.checks);
    checks.find(|check| check.code == code).and_then(|check| check.hint.clone()).unwrap()
}

#[test]
fn all_is_well_and_every_category_is_there() {
    let categories = assess(&well());
    assert_eq!(told(&categories), Vec::<String>::new());
    let names: Vec<_> = categories.iter().map(|category| category.name).collect();
    assert_eq!(names, ["kubernetes-api", "custom-resources", "rbac", "controller", "hosts", "clocks"]);
    assert_eq!(worst(&categories), Verdict::Success);
}

#[test]
fn codes_are_used_once_and_whatever_is_wrong_has_a_hint() {
    let mut facts = well();
    facts.nats = Some(Nats { url: "nats://x".to_owned(), from: None, outcome: Ok(()), silent: (Vec::new(), 1) });
    let mut codes: Vec<_> =
        assess(&facts).iter().flat_map(|category| category.checks.iter().map(|check| check.code)).collect();
    codes.extend(assess_before_install(&well())[1].checks.iter().map(|check| check.code));
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
    facts.hosts = Err("no".to_owned());
    facts.leases = Err("no".to_owned());
    facts.denied = Err("no".to_owned());
    facts.crds = Err("no".to_owned());
    let categories = assess(&facts);
    let checks = categories.iter().flat_map(|category| &category.checks);
    for check in checks.filter(|check| check.result != Verdict::Success) {
        assert!(check.hint.as_ref().is_some_and(|hint| !hint.is_empty()), "{check:?}");
    }
}

#[test]
fn without_a_server_nothing_else_is_looked_at() {
    let facts = Facts { server: Err("refused".to_owned()), ..well() };
    assert_eq!(assess(&facts).len(), 1);
    assert_eq!(wrong(&facts), ["× WCC001 refused"]);
    assert_eq!(assess_before_install(&facts).len(), 1);
}

#[test]
fn old_servers_are_too_old() {
    let server = |major: &str, minor: &str| {
        let version = json!({"major": major, "minor": minor, "gitVersion": format!("v{major}.{minor}.0")});
        Facts { server: Ok(Server { version, ahead: None }), ..well() }
    };
    assert_eq!(wrong(&server("1", "29")), ["× WCC002 it is v1.29.0"]);
    assert_eq!(wrong(&server("1", "30+")), Vec::<String>::new());
    assert_eq!(wrong(&server("2", "0")), Vec::<String>::new());
    assert_eq!(wrong(&server("", "")), ["‼ WCC002 its version cannot be read: \"v..0\""]);
}

#[test]
fn missing_definitions_are_named_and_hosts_are_not_asked_for() {
    let facts =
        Facts { crds: Ok(ours().into_iter().skip(2).collect()), hosts: Err("no such type".to_owned()), ..well() };
    assert_eq!(wrong(&facts), ["× WCC010 missing: hosts, artifacts"]);
    assert!(hint_of(&facts, "WCC010").contains("kubectl wasmcloud install"));
    assert_eq!(wrong(&Facts { crds: Ok(Vec::new()), ..well() }).len(), 1);
    assert_eq!(wrong(&Facts { crds: Err("forbidden".to_owned()), ..well() }), ["‼ WCC010 cannot tell: forbidden"]);
}

#[test]
fn an_older_definition_is_told_by_the_fields_that_it_drops() {
    let mut crds = ours();
    let schema = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    let workloads = crds.iter_mut().find(|crd| crd["metadata"]["name"] == "workloads.runtime.wasmcloud.dev").unwrap();
    workloads.pointer_mut(schema).unwrap().as_object_mut().unwrap().remove("hostSelector");
    let facts = Facts { crds: Ok(crds), ..well() };
    assert_eq!(
        wrong(&facts),
        ["‼ WCC013 the API server drops these fields without a word: workload.spec.hostSelector"]
    );
}

#[test]
fn definitions_that_are_not_served_or_not_accepted_fail() {
    let mut crds = ours();
    crds[1]["spec"]["versions"][0]["served"] = false.into();
    assert_eq!(wrong(&Facts { crds: Ok(crds), ..well() }), ["× WCC011 not so: hosts"]);
    let mut crds = ours();
    crds[1]["status"]["conditions"][0]["status"] = "False".into();
    assert_eq!(wrong(&Facts { crds: Ok(crds), ..well() }), ["× WCC012 not so: hosts.runtime.wasmcloud.dev"]);
}

#[test]
fn what_may_not_be_done_is_told_by_verb() {
    let denied = |list: &[(&'static str, &'static str, &'static str)]| {
        let denied = list.iter().map(|(group, resource, verb)| Permission { group, resource, verb });
        Facts { denied: Ok(denied.collect()), ..well() }
    };
    let cordon = denied(&[(GROUP, "hosts", "patch")]);
    assert_eq!(
        wrong(&cordon),
        ["‼ WCC020 these verbs fail: cordon, drain, uncordon\nfor want of: patch hosts.runtime.wasmcloud.dev"]
    );
    assert!(hint_of(&cordon, "WCC020").contains("kubectl wasmcloud rbac --for=admin | kubectl apply -f -"));
    let write = denied(&[(GROUP, "workloaddeployments", "patch")]);
    assert!(wrong(&write)[0].starts_with("‼ WCC020 these verbs fail: apply, deploy, "), "{:?}", wrong(&write));
    assert!(hint_of(&write, "WCC020").contains("--for=editor"));
    let read = denied(&[(GROUP, "workloads", "list")]);
    assert!(wrong(&read)[0].starts_with("× WCC020"));
    assert!(hint_of(&read, "WCC020").contains("--for=viewer"));
}

#[test]
fn who_is_in_charge_is_told() {
    let with = |leases: Vec<Lease>| Facts { leases: Ok(leases), ..well() };
    assert_eq!(wrong(&with(vec![])), ["× WCC030 nobody holds the Lease, and nothing is reconciled"]);
    assert!(hint_of(&with(vec![]), "WCC030").contains("kubectl wasmcloud run-controller"));
    assert_eq!(
        wrong(&with(vec![lease("op-1", "n", 600)])),
        ["× WCC030 in charge: none (op-1 was last heard from 10m ago)"]
    );
    assert_eq!(wrong(&with(vec![lease("op-1", "n", 5)])), Vec::<String>::new(), "upstream's is a controller too");
    assert_eq!(wrong(&Facts { leases: Err("forbidden".to_owned()), ..well() }), ["‼ WCC030 cannot tell: forbidden"]);
}

#[test]
fn a_deployment_that_should_be_in_charge_is_what_the_hint_is_about() {
    let deployment = |replicas: u32| {
        json!({"metadata": {"name": "op", "namespace": "ns"}, "spec": {"replicas": replicas, "template": {"spec": {
            "containers": [{"image": "ghcr.io/wasmcloud/runtime-operator:2.7.0"}],
        }}}})
    };
    let facts = |replicas| Facts { leases: Ok(vec![]), deployments: Ok(vec![deployment(replicas)]), ..well() };
    assert!(hint_of(&facts(0), "WCC030").starts_with("`kubectl scale deployment/op -n ns --replicas=1`"));
    assert!(hint_of(&facts(1), "WCC030").starts_with("`kubectl logs deployment/op -n ns`"));
}

#[test]
fn two_controllers_are_found_by_their_leases() {
    let leases = vec![lease("kubectl-wasmcloud_h_1", "a", 5), lease("op-1", "b", 5)];
    let facts = Facts { leases: Ok(leases), ..well() };
    assert_eq!(wrong(&facts), ["× WCC031 these hold a Lease each: kubectl-wasmcloud_h_1 in a, op-1 in b"]);
    let one_is_old = vec![lease("kubectl-wasmcloud_h_1", "a", 5), lease("op-1", "b", 500)];
    assert_eq!(wrong(&Facts { leases: Ok(one_is_old), ..well() }), Vec::<String>::new());
}

#[test]
fn a_controller_without_a_lease_is_found_by_what_it_writes() {
    let hosts = |manager: &str, ago| Ok(vec![written_by(host("a", "True", 10), manager, ago)]);
    let facts = |hosts| Facts { hosts, ..well() };
    assert_eq!(wrong(&facts(hosts("manager", 30))), ["× WCC031 manager writes the statuses of hosts too"]);
    for ours in ["wasmcloud-controller", "host-status-updater", "kubectl-edit"] {
        assert_eq!(wrong(&facts(hosts(ours, 30))), Vec::<String>::new(), "{ours}");
    }
    assert_eq!(wrong(&facts(hosts("manager", 90))), Vec::<String>::new(), "that was before");
    let nobody = Facts { leases: Ok(vec![]), ..facts(hosts("manager", 30)) };
    assert_eq!(wrong(&nobody), ["‼ WCC030 manager writes the statuses of hosts, and holds no Lease"]);
    let both = written_by(written_by(host("a", "True", 10), "manager", 5), "wasmcloud-controller", 50);
    let changed = Facts { leases: Ok(vec![lease("op-1", "n", 5)]), hosts: Ok(vec![both]), ..well() };
    assert_eq!(wrong(&changed), ["‼ WCC031 wasmcloud-controller and manager wrote in the last minute"]);
}

#[test]
fn an_older_controller_is_told_by_its_image() {
    let deployment = |image: &str| json!({"spec": {"template": {"spec": {"containers": [{"image": image, "args": ["run-controller"]}]}}}});
    let facts = |image: &str| Facts { deployments: Ok(vec![deployment(image)]), ..well() };
    assert_eq!(
        wrong(&facts("r:5000/x/kubectl-wasmcloud:v0.0.9")),
        [format!("‼ WCC032 this is {}, and there runs r:5000/x/kubectl-wasmcloud:v0.0.9", env!("CARGO_PKG_VERSION"))]
    );
    for image in ["x:latest", "r:5000/x", "x:99.0.0", "x@sha256:00"] {
        assert_eq!(wrong(&facts(image)), Vec::<String>::new(), "{image}");
    }
}

#[test]
fn nats_is_judged_only_when_it_was_asked() {
    let nats = |outcome, silent: (&[&str], usize)| {
        let silent = (silent.0.iter().map(|name| (*name).to_owned()).collect(), silent.1);
        Facts { nats: Some(Nats { url: "nats://x:4222".to_owned(), from: None, outcome, silent }), ..well() }
    };
    assert_eq!(wrong(&nats(Ok(()), (&[], 2))), Vec::<String>::new());
    assert_eq!(wrong(&nats(Ok(()), (&["a"], 2))), ["‼ WCC042 1 of 2 do not: a"]);
    assert_eq!(wrong(&nats(Ok(()), (&["a", "b"], 2))), ["× WCC042 none of 2 does"]);
    let refused = NatsTrouble::Refused("authorization violation".to_owned());
    let facts = nats(Err(refused), (&[], 0));
    assert_eq!(wrong(&facts), ["× WCC041 authorization violation"]);
    assert!(hint_of(&facts, "WCC041").contains("--nats-creds"));
    let unreachable = nats(Err(NatsTrouble::Unreachable("connection refused".to_owned())), (&[], 0));
    assert_eq!(wrong(&unreachable), ["× WCC040 connection refused"]);
    assert!(hint_of(&unreachable, "WCC040").contains("--nats-url"));
}

#[test]
fn nats_as_the_controller_has_it_is_no_error_where_it_is_out_of_reach() {
    let from = NatsAt {
        url: "nats://u:hunter2@nats:4222".to_owned(),
        deployment: "op".to_owned(),
        namespace: "ns".to_owned(),
    };
    let nats = |outcome, silent: (&[&str], usize)| {
        let silent = (silent.0.iter().map(|name| (*name).to_owned()).collect(), silent.1);
        let nats = Nats { url: "nats://nats:4222".to_owned(), from: Some(from.clone()), outcome, silent };
        Facts { nats: Some(nats), ..well() }
    };
    let unreachable = nats(Err(NatsTrouble::Unreachable("no such host".to_owned())), (&[], 0));
    assert_eq!(wrong(&unreachable), ["‼ WCC040 no such host"]);
    assert_eq!(
        hint_of(&unreachable, "WCC040"),
        "it may be out of reach only from here; `kubectl port-forward -n ns service/nats 4222` and \
         --nats-url=nats://localhost:4222 let it be checked"
    );
    let refused = nats(Err(NatsTrouble::Refused("authorization violation".to_owned())), (&[], 0));
    assert_eq!(wrong(&refused), ["‼ WCC041 authorization violation"]);
    let hint = hint_of(&refused, "WCC041");
    assert!(hint.contains("--nats-url=nats://nats:4222, --nats-creds") && !hint.contains("hunter2"), "{hint}");
    assert_eq!(wrong(&nats(Ok(()), (&["a", "b"], 2))), ["‼ WCC042 none of 2 does"]);
    let well = nats(Ok(()), (&[], 2));
    assert_eq!(wrong(&well), Vec::<String>::new());
    let told = assess(&well);
    let reached = told.iter().flat_map(|category| &category.checks).find(|check| check.code == "WCC040").unwrap();
    assert_eq!(reached.description, "can connect to NATS at nats://nats:4222, which deployment/op in namespace ns has");
}

#[test]
fn hosts_must_be_there_and_ready_and_heard_from() {
    let hosts = |hosts: Vec<Value>| Facts { hosts: Ok(hosts), ..well() };
    assert_eq!(wrong(&hosts(vec![])), ["× WCC050 no host was ever heard from"]);
    assert_eq!(wrong(&hosts(vec![host("a", "Unknown", 300)])), ["× WCC051 none of 1 is"]);
    assert_eq!(wrong(&hosts(vec![host("a", "Unknown", 300), host("b", "True", 1)])), ["‼ WCC051 1 of 2 are not: a"]);
    assert_eq!(wrong(&hosts(vec![host("a", "True", 300)])), ["‼ WCC052 last heard from: a (5m ago)"]);
    assert_eq!(wrong(&Facts { hosts: Err("forbidden".to_owned()), ..well() }), ["× WCC050 cannot tell: forbidden"]);
}

#[test]
fn cordoned_hosts_and_mixed_versions_are_told() {
    let cordoned = |name: &str| {
        let mut host = host(name, "True", 1);
        host["metadata"]["annotations"] = json!({"runtime.wasmcloud.dev/unschedulable": "true"});
        host
    };
    let facts = Facts { hosts: Ok(vec![cordoned("a"), host("b", "True", 1)]), ..well() };
    assert_eq!(wrong(&facts), ["‼ WCC053 1 of 2 are cordoned: a"]);
    assert_eq!(hint_of(&facts, "WCC053"), "`kubectl wasmcloud uncordon a` opens it again");
    assert_eq!(wrong(&Facts { hosts: Ok(vec![cordoned("a")]), ..well() }), ["× WCC053 all are cordoned"]);
    let mut older = host("b", "True", 1);
    older["status"]["version"] = "2.9.0".into();
    let facts = Facts { hosts: Ok(vec![host("a", "True", 1), older]), ..well() };
    assert_eq!(wrong(&facts), ["‼ WCC054 1 of 2.10.3, 1 of 2.9.0"]);
}

#[test]
fn clocks_that_are_apart_are_told() {
    let ahead = |seconds: i64| {
        let server = well().server.unwrap();
        Facts { server: Ok(Server { ahead: Some(SignedDuration::from_secs(seconds)), ..server }), ..well() }
    };
    assert_eq!(wrong(&ahead(4)), Vec::<String>::new());
    assert_eq!(wrong(&ahead(10)), ["‼ WCC060 ours is 10s behind"]);
    assert_eq!(wrong(&ahead(-90)), ["× WCC060 ours is 90s ahead"]);
    let facts = Facts { leases: Ok(vec![lease("kubectl-wasmcloud_h_1", "n", -60)]), ..well() };
    assert_eq!(wrong(&facts), ["‼ WCC061 the Lease is 60s ahead of the clock here"]);
    let facts = Facts { hosts: Ok(vec![host("a", "True", -20)]), ..well() };
    assert_eq!(wrong(&facts), ["‼ WCC061 lastSeen of a host is 20s ahead of the clock here"]);
}

#[test]
fn before_an_install_nothing_of_it_need_be_there() {
    let bare = Facts { crds: Ok(vec![]), leases: Ok(vec![]), hosts: Err("no such type".to_owned()), ..well() };
    assert_eq!(told(&assess_before_install(&bare)), Vec::<String>::new());
    let held = Facts { leases: Ok(vec![lease("op-1", "n", 5)]), ..bare.clone() };
    assert_eq!(told(&assess_before_install(&held)), ["‼ WCC083 in charge: op-1 (another operator)"]);
    let mut foreign = ours();
    foreign[0]["spec"]["versions"].as_array_mut().unwrap().push(json!({"name": "v1beta1"}));
    foreign.push(json!({"metadata": {"name": "links.runtime.wasmcloud.dev"}}));
    let foreign = Facts { crds: Ok(foreign), ..bare.clone() };
    assert_eq!(
        told(&assess_before_install(&foreign)),
        ["‼ WCC080 there are links.runtime.wasmcloud.dev, artifacts.runtime.wasmcloud.dev in v1beta1"]
    );
    let denied = Facts { denied: Ok(INSTALL.to_vec()), ..bare };
    let told = told(&assess_before_install(&denied));
    assert_eq!(
        told[0],
        "× WCC081 you may not create customresourcedefinitions.apiextensions.k8s.io, patch customresourcedefinitions.apiextensions.k8s.io"
    );
    assert!(told[1].starts_with("‼ WCC082 you may not create namespaces, create serviceaccounts,"), "{told:?}");
}

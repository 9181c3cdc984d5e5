use super::*;

/// A host of an environment; Ready, and marked so.
fn host(name: &str, labels: Value, ready: bool, unschedulable: bool) -> Host {
    let marks = json!({"runtime.wasmcloud.dev/unschedulable": unschedulable.to_string()});
    let status = if ready { "True" } else { "False" };
    let ready = json!({"type": "Ready", "status": status, "reason": "R", "message": "", "lastTransitionTime": null});
    let mut host = Host {
        host_id: format!("id-{name}"),
        environment: Some("prod".to_owned()),
        status: Some(Default::default()),
        ..Host::default()
    };
    host.metadata = read(json!({"name": name, "labels": labels, "annotations": marks}));
    host.status.as_mut().unwrap().conditions = Some(read(json!([ready])));
    host
}

fn placed(template: &str, hosts: Vec<Host>) -> Vec<String> {
    found(&web("replicas: 1", template), ClusterFacts { hosts: Some(hosts), ..with([]) })
}

fn two() -> Vec<Host> {
    vec![host("a", json!({"zone": "eu"}), true, false), host("b", json!({"zone": "us"}), true, false)]
}

#[test]
fn one_host_that_fits_will_do() {
    for template in ["components: []", "hostSelector: {zone: us}", "environment: prod", "hostId: id-b"] {
        assert_eq!(placed(template, two()), Vec::<String>::new(), "{template}");
    }
}

#[test]
fn what_no_host_has_is_told_with_what_they_have() {
    let path = "spec.template.spec";
    for (template, told) in [
        (
            "hostSelector: {zone: asia}",
            format!(
                "WC0407 8:28 {path}.hostSelector.zone: 0/2 hosts fit: 2 do not match hostSelector zone=asia; hosts have \
                 zone=eu, zone=us; nearest: a, b"
            ),
        ),
        (
            "hostSelector: {example.com/gpu: x}",
            format!(
                "WC0407 8:39 {path}.hostSelector[example.com/gpu]: 0/2 hosts fit: 2 do not match hostSelector \
                 example.com/gpu=x; no host has a label example.com/gpu, but zone; nearest: a, b"
            ),
        ),
        (
            "environment: test",
            format!(
                "WC0407 8:20 {path}.environment: 0/2 hosts fit: 2 not in environment \"test\"; hosts serve prod; nearest: a, b"
            ),
        ),
        (
            "hostId: other",
            format!(
                "WC0407 8:15 {path}.hostId: 0/2 hosts fit: 2 not the host asked for (\"other\"); hosts have new ids after \
                 each start; better name labels in hostSelector; nearest: a, b"
            ),
        ),
    ] {
        assert_eq!(placed(template, two()), [told], "{template}");
    }
}

#[test]
fn the_nearest_is_what_the_finding_is_about() {
    let mut hosts = two();
    hosts[0].environment = Some("test".to_owned());
    let told = placed("environment: prod\n      hostSelector: {zone: eu}", hosts);
    assert!(told.len() == 1 && told[0].starts_with("WC0407 9:28 spec.template.spec.hostSelector.zone: "), "{told:?}");
    assert!(told[0].ends_with("nearest: b"), "{told:?}");
}

#[test]
fn a_host_that_would_fit_is_only_waited_for() {
    let told = |why: &str, remedy: &str| vec![format!("WC0410 8:7 no host takes this now: {why}; {remedy}")];
    let lost = vec![host("a", json!({}), false, false)];
    let wait =
        "`kubectl wasmcloud get hosts` shows when they were last heard from; the workload waits until one is back";
    assert_eq!(placed("components: []", lost), told("0/1 hosts fit: 1 not ready", wait));
    let cordoned = vec![host("a", json!({}), false, true), host("b", json!({}), true, true)];
    let open = "`kubectl wasmcloud uncordon b` opens it again";
    assert_eq!(placed("components: []", cordoned), told("0/2 hosts fit: 1 not ready, 1 cordoned", open));
    let both = vec![host("a", json!({"zone": "eu"}), false, false), host("b", json!({"zone": "us"}), true, false)];
    let why = "0/2 hosts fit: 1 not ready, 1 does not match hostSelector zone=eu";
    assert_eq!(placed("hostSelector: {zone: eu}", both.clone()), told(why, wait));
    // A host that is not Ready would not fit either: it is the manifest that is wrong.
    let never = placed("hostSelector: {zone: asia}", both);
    assert!(never[0].starts_with("WC0407 ") && never[0].contains("0/2 hosts fit: 2 do not match"), "{never:?}");
}

#[test]
fn no_host_at_all_is_told_once() {
    let one = web("replicas: 1", "components: []");
    let text = format!("{one}---\n{}", one.replace("web", "other"));
    let told = found(&text, ClusterFacts { hosts: Some(Vec::new()), ..with([]) });
    let remedy = "`wash host --scheduler-nats-url=URL --data-nats-url=URL` starts one; its NATS server must be the controller's --nats-url";
    assert_eq!(told, [format!("WC0410 8:7 no host takes this now: the cluster has none; {remedy}")]);
    assert_eq!(placed("components: []", two()), Vec::<String>::new());
    let asleep = found(&web("replicas: 0", "hostId: x"), ClusterFacts { hosts: Some(two()), ..with([]) });
    assert_eq!(asleep, Vec::<String>::new());
}

#[test]
fn what_hosts_report_counts_and_what_is_not_known_is_taken_to_be_there() {
    let interface = "namespace: wasi, package: keyvalue, interfaces: [store]";
    let http = "namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: x}";
    let template = format!("hostInterfaces: [{{{http}}}, {{{interface}}}]");
    assert_eq!(placed(&template, two()), Vec::<String>::new());
    let beat = |interfaces: Value| -> HostHeartbeat {
        let imports = json!([{"namespace": "wasi", "package": "keyvalue", "interfaces": interfaces}]);
        read(json!({"id": "id", "friendlyName": "a", "imports": imports}))
    };
    let reported = |one: Value, other: Value| {
        let beats = [("id-a".to_owned(), beat(one)), ("id-b".to_owned(), beat(other))];
        let cluster = ClusterFacts { hosts: Some(two()), beats: beats.into(), ..with([]) };
        found(&web("replicas: 1", &template), cluster)
    };
    assert_eq!(reported(json!(["atomics"]), json!(["store"])), Vec::<String>::new());
    let told = reported(json!(["atomics"]), json!([]));
    let path = "spec.template.spec.hostInterfaces[1]: 0/2 hosts fit: 2 lack wasi:keyvalue/store";
    let remedy = "take it out, or start a host that has wasi:keyvalue/store";
    let near = "nearest: a, b";
    assert!(told.len() == 1 && told[0].ends_with(&format!(" {path}; {remedy}; {near}")), "{told:?}");
}

#[test]
fn all_hosts_are_heard_when_each_that_is_ready_is() {
    let beats = |ids: &[&str]| ids.iter().map(|id| ((*id).to_owned(), HostHeartbeat::default())).collect();
    let heard = |hosts: Vec<Host>, ids: &[&str]| {
        ClusterFacts { hosts: Some(hosts), beats: beats(ids), ..ClusterFacts::default() }.has_heard_all_hosts()
    };
    assert!(heard(two(), &["id-a", "id-b"]));
    assert!(!heard(two(), &["id-a"]) && !heard(two(), &[]) && !heard(Vec::new(), &[]));
    assert!(heard(vec![host("a", json!({}), true, false), host("b", json!({}), false, false)], &["id-a"]));
}

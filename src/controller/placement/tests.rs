use serde_json::{Value, json};

use super::*;

struct Fixture {
    labels: BTreeMap<String, String>,
    imports: Vec<WitInterface>,
}

fn labels(pairs: &[(&str, &str)]) -> Fixture {
    let labels = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Fixture { labels, imports: Vec::new() }
}

fn plugins(imports: Value) -> Fixture {
    Fixture { labels: BTreeMap::new(), imports: serde_json::from_value(imports).unwrap() }
}

impl Fixture {
    fn host<'a>(&'a self, id: &'a str) -> Candidate<'a> {
        Candidate {
            id,
            name: id,
            environment: "team-a",
            labels: &self.labels,
            alive: true,
            unschedulable: false,
            imports: &self.imports,
            exports: &[],
            cpu: None,
            memory: None,
            workloads: 0,
        }
    }
}

#[derive(Default)]
struct Ask {
    spec: WorkloadSpec,
    siblings: HashMap<String, usize>,
    zones: HashMap<String, usize>,
    avoid: BTreeSet<String>,
    policy: Policy,
}

impl Ask {
    fn new(spec: Value) -> Self {
        Self { spec: serde_json::from_value(spec).unwrap(), ..Self::default() }
    }

    fn unshared(mut self) -> Self {
        self.policy.allow_shared_hosts = false;
        self
    }

    fn place(&self, hosts: &[Candidate<'_>]) -> Result<String, NoPlace> {
        let wanted = Wanted {
            namespace: "team-a",
            spec: &self.spec,
            siblings: &self.siblings,
            zones: &self.zones,
            avoid: &self.avoid,
        };
        place(&wanted, hosts, &self.policy).map(|host| host.id.to_owned())
    }

    fn refusal(&self, hosts: &[Candidate<'_>]) -> String {
        match self.place(hosts) {
            Err(NoPlace::NoEligibleHost(why) | NoPlace::CrossEnvironment(why)) => why,
            Ok(host) => panic!("placed on {host}"),
        }
    }
}

#[test]
fn without_hosts_the_message_says_so() {
    assert_eq!(Ask::new(json!({})).refusal(&[]), "0/0 hosts fit: no host has reported yet");
}

#[test]
fn every_filter_has_its_words_and_the_most_frequent_comes_first() {
    let (plain, other) = (labels(&[]), labels(&[("zone", "b")]));
    let ask = Ask::new(json!({"environment": "team-a", "hostSelector": {"zone": "b"}, "hostInterfaces": [
        {"namespace": "wasi", "package": "keyvalue", "interfaces": ["store"]}]}));
    let elsewhere = Candidate { environment: "x", ..plain.host("e") };
    let hosts = [
        elsewhere.clone(),
        Candidate { id: "f", ..elsewhere },
        Candidate { unschedulable: true, ..plain.host("a") },
        Candidate { alive: false, ..plain.host("b") },
        plain.host("c"),
        other.host("d"),
    ];
    assert_eq!(
        ask.refusal(&hosts),
        "0/6 hosts fit: 2 not in environment \"team-a\", 1 not ready, 1 cordoned, \
         1 does not match hostSelector zone=b, 1 lacks wasi:keyvalue/store"
    );
    let ask = Ask::new(json!({"hostId": "z"}));
    assert_eq!(ask.refusal(&[plain.host("a")]), "0/1 hosts fit: 1 not the host asked for (\"z\")");
}

#[test]
fn replicas_spread_over_hosts_then_zones_then_by_load() {
    let (zone_a, zone_b) = (labels(&[("zone", "a")]), labels(&[("zone", "b")]));
    let hosts = [zone_a.host("a1"), zone_a.host("a2"), Candidate { workloads: 9, ..zone_b.host("b1") }];
    let mut ask = Ask::new(json!({}));
    ask.siblings = HashMap::from([("a1".into(), 1)]);
    ask.zones = HashMap::from([("a".into(), 1)]);
    assert_eq!(ask.place(&hosts).unwrap(), "b1", "another zone beats an idle host");
    ask.zones = HashMap::new();
    assert_eq!(ask.place(&hosts).unwrap(), "a2", "the idle host without a sibling");
    ask.siblings = HashMap::from([("a1".into(), 1), ("a2".into(), 1), ("b1".into(), 2)]);
    assert_ne!(ask.place(&hosts).unwrap(), "b1");
}

#[test]
fn overload_and_failures_come_last_and_are_no_filter() {
    let plain = labels(&[]);
    let busy = Candidate { cpu: Some(95.0), ..plain.host("busy") };
    let full = Candidate { memory: Some(81.0), ..plain.host("full") };
    let crowded = Candidate { workloads: 500, ..plain.host("crowded") };
    let hosts = [busy.clone(), full, crowded];
    assert_eq!(Ask::new(json!({})).place(&hosts).unwrap(), "crowded");
    assert_eq!(Ask::new(json!({})).place(std::slice::from_ref(&busy)).unwrap(), "busy");
    let mut ask = Ask::new(json!({}));
    ask.avoid = BTreeSet::from(["crowded".into()]);
    assert_ne!(ask.place(&hosts).unwrap(), "crowded");
    let not_a_number = Candidate { cpu: Some(f32::NAN), ..plain.host("nan") };
    assert_eq!(Ask::new(json!({})).place(&[not_a_number, busy]).unwrap(), "nan");
}

#[test]
fn the_same_question_has_the_same_answer_whatever_the_order() {
    let plain = labels(&[]);
    let ids: Vec<String> = (0..20).map(|n| format!("h{n}")).collect();
    let mut hosts: Vec<_> = ids.iter().map(|id| plain.host(id)).collect();
    let first = Ask::new(json!({})).place(&hosts).unwrap();
    hosts.reverse();
    assert_eq!(Ask::new(json!({})).place(&hosts).unwrap(), first);
}

#[test]
fn environments_without_sharing() {
    let plain = labels(&[]);
    let own = plain.host("own");
    let other = Candidate { environment: "team-b", ..plain.host("other") };
    let hosts = [own, other];
    assert_eq!(Ask::new(json!({})).unshared().place(&hosts).unwrap(), "own");
    assert_eq!(Ask::new(json!({"environment": "team-a"})).unshared().place(&hosts).unwrap(), "own");
    assert_eq!(Ask::new(json!({"environment": "team-b"})).place(&hosts).unwrap(), "other");
    let denied = Ask::new(json!({"environment": "team-b"})).unshared().place(&hosts);
    assert!(matches!(denied, Err(NoPlace::CrossEnvironment(why)) if why.contains("team-b")));
    let by_id = Ask::new(json!({"hostId": "other"})).unshared();
    assert_eq!(
        by_id.refusal(&hosts),
        "0/2 hosts fit: 1 not the host asked for (\"other\"), 1 not in environment \"team-a\"",
        "a hostId does not get round it"
    );
}

#[test]
fn capabilities_are_unioned_and_versions_compared_when_both_give_one() {
    let needs = |interface: Value| Ask::new(json!({"hostInterfaces": [interface]}));
    let host = plugins(json!([
        {"namespace": "wasi", "package": "keyvalue", "interfaces": ["store"]},
        {"namespace": "wasi", "package": "keyvalue", "interfaces": ["atomics"]},
        {"namespace": "wasmcloud", "package": "messaging", "version": "0.2.0", "interfaces": ["consumer"]},
        {"namespace": "acme", "package": "a", "version": "1.2.0", "interfaces": ["x"]},
    ]));
    let hosts = [host.host("h")];
    let need = |ns: &str, package: &str, version: Option<&str>, interfaces: &[&str]| {
        needs(json!({"namespace": ns, "package": package, "version": version, "interfaces": interfaces}))
    };
    for fits in [
        need("wasi", "keyvalue", Some("0.2.0-draft"), &["store", "atomics"]),
        need("wasmcloud", "messaging", None, &["consumer"]),
        need("wasmcloud", "messaging", Some("0.2.7"), &["consumer"]),
        need("acme", "a", Some("1.0.0"), &["x"]),
        need("acme", "a", Some("latest"), &["x"]),
        need("wasi", "http", Some("0.3.0"), &["handler"]),
        need("wasi", "filesystem", None, &["types"]),
    ] {
        assert!(fits.place(&hosts).is_ok(), "{:?}", fits.spec.host_interfaces);
    }
    let lacks = |ask: Ask| ask.refusal(&hosts);
    assert_eq!(
        lacks(need("wasi", "blobstore", None, &["container"])),
        "0/1 hosts fit: 1 lacks wasi:blobstore/container"
    );
    assert_eq!(
        lacks(need("wasi", "keyvalue", None, &["store", "batch"])),
        "0/1 hosts fit: 1 lacks wasi:keyvalue/batch"
    );
    assert_eq!(
        lacks(need("wasmcloud", "messaging", Some("0.3.0"), &["consumer"])),
        "0/1 hosts fit: 1 lacks wasmcloud:messaging/consumer@0.3.0"
    );
    assert_eq!(lacks(need("acme", "a", Some("2.0.0"), &["x"])), "0/1 hosts fit: 1 lacks acme:a/x@2.0.0");
}

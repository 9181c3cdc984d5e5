use proptest::prelude::{Strategy, prop};
use serde_json::{Value, json};

use super::*;

/// What a host borrows.
pub(super) struct Fixture {
    labels: BTreeMap<String, String>,
    imports: Vec<WitInterface>,
}

pub(super) fn labels(pairs: &[(&str, &str)]) -> Fixture {
    let labels = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Fixture { labels, imports: Vec::new() }
}

pub(super) fn plugins(imports: Value) -> Fixture {
    Fixture { labels: BTreeMap::new(), imports: serde_json::from_value(imports).unwrap() }
}

impl Fixture {
    pub(super) fn host<'a>(&'a self, id: &'a str) -> Candidate<'a> {
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

/// A question to placement.
#[derive(Debug, Default)]
pub(super) struct Ask {
    pub(super) spec: WorkloadSpec,
    pub(super) siblings: HashMap<&'static str, usize>,
    pub(super) zones: HashMap<&'static str, usize>,
    pub(super) avoid: BTreeMap<String, u32>,
    pub(super) policy: Policy,
}

impl Ask {
    pub(super) fn new(spec: Value) -> Self {
        Self { spec: serde_json::from_value(spec).unwrap(), ..Self::default() }
    }

    pub(super) fn unshared(mut self) -> Self {
        self.policy.allow_shared_hosts = false;
        self
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        let Self { spec, siblings, zones, avoid, .. } = self;
        Wanted { namespace: "team-a", spec, siblings, zones, avoid }
    }

    pub(super) fn place(&self, hosts: &[Candidate<'_>]) -> Result<String, NoPlace> {
        place(&self.wanted(), hosts, &self.policy).map(|host| host.id.to_owned())
    }

    fn refusal(&self, hosts: &[Candidate<'_>]) -> String {
        match self.place(hosts) {
            Err(NoPlace::NoEligibleHost(why) | NoPlace::CrossEnvironment(why)) => why,
            Ok(host) => panic!("placed on {host}"),
        }
    }
}

/// Ids of hosts that tests draw.
const IDS: [&str; 12] = ["h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9", "h10", "h11"];
/// Zones of hosts that tests draw; the first is none.
const ZONES: [&str; 4] = ["", "a", "b", "c"];

/// A host as tests draw it.
#[derive(Debug)]
pub(super) struct Drawn {
    labels: BTreeMap<String, String>,
    imports: Vec<WitInterface>,
    environment: &'static str,
    out: (bool, bool),
    cpu: Option<f32>,
    workloads: usize,
    siblings: usize,
    failed: u32,
}

/// Any host, more often one that fits.
fn any_host() -> impl Strategy<Value = Drawn> {
    let one_in_six = || (0..6_u8).prop_map(|number| number == 0);
    let fields = (0..4_usize, one_in_six(), one_in_six(), one_in_six(), one_in_six(), 0..3_u8);
    (fields, one_in_six(), 0..4_usize, 0..3_usize).prop_map(
        |((zone, elsewhere, silent, cordoned, bare, cpu), failed, workloads, siblings)| {
            let keyvalue = json!([{ "namespace": "wasi", "package": "keyvalue", "interfaces": ["store"] }]);
            Drawn {
                labels: labels(&[("zone", ZONES[zone])][..usize::from(zone > 0)]).labels,
                imports: if bare { Vec::new() } else { plugins(keyvalue).imports },
                environment: if elsewhere { "team-b" } else { "team-a" },
                out: (silent, cordoned),
                cpu: [None, Some(20.0), Some(90.0)][usize::from(cpu)],
                workloads,
                siblings,
                failed: if failed { 3 } else { 0 },
            }
        },
    )
}

/// Any hosts.
pub(super) fn any_hosts() -> impl Strategy<Value = Vec<Drawn>> {
    prop::collection::vec(any_host(), 0..IDS.len())
}

/// Any Workload that needs `wasi:keyvalue/store`, or not, on any host, or on one, in any environment.
pub(super) fn any_ask() -> impl Strategy<Value = Ask> {
    let environment = prop::sample::select(vec![None, None, None, Some("team-a"), Some("team-b")]);
    let host = prop::sample::select(vec![None, None, None, None, Some("h1"), Some("h99")]);
    let rest = (prop::bool::ANY, prop::bool::ANY, prop::collection::vec(0..4_usize, ZONES.len()));
    (environment, host, rest).prop_map(|(environment, host, (needs, shared, zones))| {
        let needs = if needs {
            json!([{ "namespace": "wasi", "package": "keyvalue", "interfaces": ["store"] }])
        } else {
            json!([])
        };
        let ask = Ask::new(json!({ "environment": environment, "hostId": host, "hostInterfaces": needs }));
        let ask = if shared { ask } else { ask.unshared() };
        Ask { zones: ZONES.into_iter().zip(zones).collect(), ..ask }
    })
}

/// Drawn hosts as placement sees them; what they have of the Workload's like goes into the question.
pub(super) fn drawn<'a>(hosts: &'a [Drawn], ask: &mut Ask) -> Vec<Candidate<'a>> {
    let candidate = |(host, id): (&'a Drawn, &'static str)| {
        ask.siblings.insert(id, host.siblings);
        if host.failed > 0 {
            ask.avoid.insert(id.to_owned(), host.failed);
        }
        Candidate {
            id,
            name: id,
            environment: host.environment,
            labels: &host.labels,
            alive: !host.out.0,
            unschedulable: host.out.1,
            imports: &host.imports,
            exports: &[],
            cpu: host.cpu,
            memory: None,
            workloads: host.workloads,
        }
    };
    hosts.iter().zip(IDS).map(candidate).collect()
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
    ask.siblings = HashMap::from([("a1", 1)]);
    ask.zones = HashMap::from([("a", 1)]);
    assert_eq!(ask.place(&hosts).unwrap(), "b1", "another zone beats an idle host");
    ask.zones = HashMap::new();
    assert_eq!(ask.place(&hosts).unwrap(), "a2", "the idle host without a sibling");
    ask.siblings = HashMap::from([("a1", 1), ("a2", 1), ("b1", 2)]);
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
    ask.avoid = BTreeMap::from([("crowded".into(), 3)]);
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

/// Every combination of what a spec may ask for, with hosts `own` (in the namespace's environment) and `other`.
#[test]
fn tenancy_by_environment_and_host_id_whether_hosts_are_shared_or_not() {
    let plain = labels(&[]);
    let hosts = [plain.host("own"), Candidate { environment: "team-b", ..plain.host("other") }];
    let denied_id =
        "denied: host \"other\" is not in this namespace's environment (\"team-a\"), and hosts are not shared";
    let denied = "denied: environment \"team-b\" is not this namespace (\"team-a\"), and hosts are not shared";
    let unknown = "0/2 hosts fit: 2 not the host asked for (\"unknown\")";
    let other_asked = "0/2 hosts fit: 1 not the host asked for (\"other\"), 1 not in environment \"team-a\"";
    let own_asked = "0/2 hosts fit: 1 not the host asked for (\"own\"), 1 not in environment \"team-b\"";
    let table = [
        (None, None, "any", "own"),
        (None, Some("own"), "own", "own"),
        (None, Some("other"), "other", denied_id),
        (None, Some("unknown"), unknown, unknown),
        (Some("team-a"), None, "own", "own"),
        (Some("team-a"), Some("own"), "own", "own"),
        (Some("team-a"), Some("other"), other_asked, denied_id),
        (Some("team-a"), Some("unknown"), unknown, unknown),
        (Some("team-b"), None, "other", denied),
        (Some("team-b"), Some("own"), own_asked, denied),
        (Some("team-b"), Some("other"), "other", denied),
        (Some("team-b"), Some("unknown"), unknown, denied),
    ];
    let answer = |ask: &Ask| match ask.place(&hosts) {
        Ok(host) => host,
        Err(NoPlace::NoEligibleHost(why)) => why,
        Err(NoPlace::CrossEnvironment(why)) => format!("denied: {why}"),
    };
    for (environment, id, shared, unshared) in table {
        let ask = || Ask::new(json!({ "environment": environment, "hostId": id }));
        let given = answer(&ask());
        assert!(given == shared || (shared == "any" && ["own", "other"].contains(&given.as_str())), "{given}");
        assert_eq!(answer(&ask().unshared()), unshared, "{environment:?} {id:?}");
    }
}

#[test]
fn without_sharing_no_host_of_another_environment_fits_whatever_is_asked_for() {
    let plain = labels(&[]);
    let other = Candidate { environment: "team-b", ..plain.host("other") };
    for spec in [json!({}), json!({ "environment": "team-b" }), json!({ "environment": "team-b", "hostId": "other" })] {
        let ask = Ask::new(spec).unshared();
        let unfit = verdict(&ask.wanted(), &other, &ask.policy);
        assert_eq!(unfit, Some(Unfit::NotInEnvironment("team-a".to_owned())));
    }
}

#[test]
fn a_host_that_is_asked_for_and_gone_is_denied_too() {
    let plain = labels(&[]);
    let hosts = [Candidate { environment: "team-b", alive: false, ..plain.host("other") }];
    let denied = Ask::new(json!({ "hostId": "other" })).unshared().place(&hosts);
    assert!(matches!(denied, Err(NoPlace::CrossEnvironment(_))), "{denied:?}");
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

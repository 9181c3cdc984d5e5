//! The pure part: endpoints and slices in, writes out.

use proptest::prelude::*;

use super::*;
use crate::controller::routes::address::Endpoint;
use crate::controller::routes::plan::{LIMIT, plan_within};

fn service(uid: &str) -> Service {
    let metadata = serde_json::from_value(json!({ "namespace": NAMESPACE, "name": "front", "uid": uid }));
    Service { metadata: metadata.unwrap(), body: () }
}

fn terminating() -> Service {
    let mut service = service("u");
    service.metadata.deletion_timestamp = serde_json::from_value(json!("2026-11-23T00:00:00Z")).unwrap();
    service
}

fn at(ip: &str, port: u16) -> Endpoint {
    Endpoint { ip: ip.parse().unwrap(), port }
}

fn wanted(endpoints: &[(&str, u16)]) -> Wanted {
    endpoints.iter().map(|(ip, port)| at(ip, *port)).collect()
}

/// `10.0.x.y`, that many of them from a number on.
fn many(numbers: std::ops::Range<u16>) -> Vec<Endpoint> {
    numbers.map(|n| at(&format!("10.0.{}.{}", n / 250, n % 250), 8000)).collect()
}

fn seen(discovery: &Discovery) -> Vec<Arc<Slice>> {
    discovery.slices().map(|slice| Arc::new(Slice::of(endpoint_slice(slice)))).collect()
}

/// What is planned now, in short.
fn planned(service: Option<&Service>, wanted: &Wanted, discovery: &Discovery) -> Vec<SliceWrite> {
    let slices = seen(discovery);
    plan(service, wanted, &slices.iter().collect::<Vec<_>>())
}

fn short(writes: &[SliceWrite]) -> Vec<String> {
    let word = |write: &SliceWrite| match write {
        SliceWrite::Create(slice) => format!("create {}", slice.metadata.name.as_deref().unwrap()),
        SliceWrite::Patch(key, _) => format!("patch {}", key.name),
        SliceWrite::Delete(slice) => format!("delete {}", slice.key.name),
    };
    writes.iter().map(word).collect()
}

/// Plans and writes; nothing is left to be written then.
fn settle_down(service: &Service, wanted: &Wanted, discovery: &mut Discovery) -> Vec<String> {
    let writes = planned(Some(service), wanted, discovery);
    for write in &writes {
        assert!(matches!(discovery.write(write), Reply::Slice(_) | Reply::SliceGone(..)), "{write:?}");
    }
    assert_eq!(planned(Some(service), wanted, discovery), [], "planning twice is planning once");
    short(&writes)
}

fn by_name(discovery: &Discovery) -> BTreeMap<String, Vec<String>> {
    discovery.slices().map(|slice| (slice["metadata"]["name"].as_str().unwrap().to_owned(), told(slice))).collect()
}

#[test]
fn the_first_slice_is_as_upstreams() {
    let mut discovery = Discovery::default();
    let to = wanted(&[("10.0.0.9", 8000), ("10.0.0.10", 8000), ("10.0.0.9", 8000)]);
    assert_eq!(settle_down(&service("u"), &to, &mut discovery), ["create front-e179dbd8"]);
    let mut slice = discovery.slice(&first()).unwrap().clone();
    slice["metadata"]["uid"] = Value::Null;
    slice["metadata"]["resourceVersion"] = Value::Null;
    let conditions = json!({ "ready": true, "serving": true });
    assert_eq!(
        slice,
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {
                "namespace": NAMESPACE, "name": "front-e179dbd8", "uid": null, "resourceVersion": null,
                "labels": { "kubernetes.io/service-name": "front", "wasmcloud.dev/route-manager": "true" },
                "ownerReferences": [{ "apiVersion": "v1", "kind": "Service", "name": "front", "uid": "u",
                    "controller": true, "blockOwnerDeletion": true }],
            },
            "endpoints": [
                { "addresses": ["10.0.0.10"], "conditions": conditions },
                { "addresses": ["10.0.0.9"], "conditions": conditions },
            ],
            "ports": [{ "name": "http", "port": 8000, "protocol": "TCP" }],
        })
    );
}

#[test]
fn what_upstream_left_is_adopted_without_a_write_as_long_as_it_is_so() {
    let dump: Value =
        serde_saphyr::from_str(include_str!("../../../../tests/fixtures/upstream-objects/ready-endpointslices.yaml"))
            .unwrap();
    let mut discovery = Discovery::default();
    discovery.put_slice(dump["items"][0].clone());
    let mut service = service("b1d058c4-f5a8-41ba-914e-f4e94ef5387d");
    service.metadata.namespace = Some("team-a".to_owned());
    assert_eq!(planned(Some(&service), &wanted(&[("10.77.1.3", 8000)]), &discovery), []);
    let moved = planned(Some(&service), &wanted(&[("10.77.1.4", 8000)]), &discovery);
    assert_eq!(short(&moved), ["patch front-e179dbd8"]);
}

#[test]
fn without_endpoints_there_is_no_slice_as_upstream_has_it() {
    let mut discovery = Discovery::default();
    assert_eq!(settle_down(&service("u"), &wanted(&[]), &mut discovery), [] as [&str; 0]);
    settle_down(&service("u"), &wanted(&[("10.0.0.1", 80)]), &mut discovery);
    assert_eq!(settle_down(&service("u"), &wanted(&[]), &mut discovery), ["delete front-e179dbd8"]);
}

#[test]
fn each_family_and_port_has_a_slice_of_its_own() {
    let mut discovery = Discovery::default();
    let to = wanted(&[
        ("10.0.0.1", 8000),
        ("10.0.0.2", 8000),
        ("10.0.0.1", 80),
        ("fd00::2", 8000),
        ("fd00::1", 8000),
        ("fd00::1", 443),
    ]);
    settle_down(&service("u"), &to, &mut discovery);
    let slices = by_name(&discovery);
    let expected = [
        ("front-e179dbd8", vec!["10.0.0.1:8000", "10.0.0.2:8000"]),
        ("front-e179dbd8-ipv4-80", vec!["10.0.0.1:80"]),
        ("front-e179dbd8-ipv6-443", vec!["fd00::1:443"]),
        ("front-e179dbd8-ipv6-8000", vec!["fd00::1:8000", "fd00::2:8000"]),
    ];
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(slices, expected.map(|(name, told)| (name.to_owned(), owned(told))).into());
    let families: Vec<_> = discovery.slices().map(|slice| slice["addressType"].as_str().unwrap()).collect();
    assert_eq!(families, ["IPv4", "IPv4", "IPv6", "IPv6"]);
}

#[test]
fn the_first_slice_keeps_its_port_while_there_is_use_for_it() {
    let mut discovery = Discovery::default();
    settle_down(&service("u"), &wanted(&[("10.0.0.1", 80)]), &mut discovery);
    let both = wanted(&[("10.0.0.1", 80), ("10.0.0.2", 90), ("10.0.0.3", 90)]);
    assert_eq!(settle_down(&service("u"), &both, &mut discovery), ["create front-e179dbd8-ipv4-90"]);
    let other = wanted(&[("10.0.0.2", 90), ("10.0.0.3", 90)]);
    assert_eq!(
        settle_down(&service("u"), &other, &mut discovery),
        ["patch front-e179dbd8", "delete front-e179dbd8-ipv4-90"],
        "no address is missing in between"
    );
}

#[test]
fn a_thousand_addresses_are_one_slice_and_one_more_are_two() {
    let mut discovery = Discovery::default();
    let full = u16::try_from(LIMIT).unwrap();
    settle_down(&service("u"), &many(0..full).into_iter().collect(), &mut discovery);
    assert_eq!(by_name(&discovery).len(), 1);
    let grown: Wanted = many(0..full + 500).into_iter().collect();
    assert_eq!(settle_down(&service("u"), &grown, &mut discovery), ["create front-e179dbd8-ipv4-8000-1"]);
    assert_eq!(by_name(&discovery).values().map(Vec::len).collect::<Vec<_>>(), [LIMIT, 500]);
    let one_less: Wanted = many(1..full + 500).into_iter().collect();
    assert_eq!(
        settle_down(&service("u"), &one_less, &mut discovery),
        ["patch front-e179dbd8"],
        "what goes is one write, and moves nothing else"
    );
    assert_eq!(settle_down(&service("u"), &grown, &mut discovery), ["patch front-e179dbd8"]);
    let shrunk: Wanted = many(1_200..full + 500).into_iter().collect();
    assert_eq!(
        settle_down(&service("u"), &shrunk, &mut discovery),
        ["patch front-e179dbd8", "delete front-e179dbd8-ipv4-8000-1"],
        "one slice is enough again"
    );
}

#[test]
fn what_somebody_edits_is_put_right() {
    let to = wanted(&[("10.0.0.1", 80), ("10.0.0.2", 80)]);
    for (edit, puts_right) in [
        (
            json!({ "endpoints": [{ "addresses": ["10.0.0.1"], "conditions": { "ready": true, "serving": true } }] }),
            true,
        ),
        (json!({ "endpoints": [{ "addresses": ["10.0.0.1", "10.0.0.2"], "conditions": { "ready": true } }] }), true),
        (
            json!({ "endpoints": [
                { "addresses": ["10.0.0.1"], "conditions": { "ready": false, "serving": true } },
                { "addresses": ["10.0.0.2"], "conditions": { "ready": true, "serving": true } },
            ] }),
            true,
        ),
        (
            json!({ "endpoints": [
                { "addresses": ["10.0.0.2"], "conditions": { "ready": true, "serving": true } },
                { "addresses": ["10.0.0.1"], "conditions": { "ready": true, "serving": true } },
            ] }),
            true,
        ),
        (
            json!({ "endpoints": [
                { "addresses": ["10.0.0.1"], "conditions": { "ready": true, "serving": true }, "nodeName": "n" },
                { "addresses": ["10.0.0.2"], "conditions": { "ready": true, "serving": true } },
            ] }),
            true,
        ),
        (json!({ "endpoints": null }), true),
        (json!({ "ports": [{ "name": "web", "port": 80, "protocol": "TCP" }] }), true),
        (json!({ "ports": [{ "name": "http", "port": 81, "protocol": "TCP" }] }), true),
        (json!({ "ports": null }), true),
        (json!({ "metadata": { "labels": { "kubernetes.io/service-name": "back" } } }), true),
        (json!({ "metadata": { "labels": { "kubernetes.io/service-name": null } } }), true),
        (json!({ "metadata": { "ownerReferences": null } }), true),
        (
            json!({ "metadata": { "ownerReferences": [{ "apiVersion": "v1", "kind": "Service", "name": "front",
            "uid": "former", "controller": true, "blockOwnerDeletion": true }] } }),
            true,
        ),
        (json!({ "metadata": { "labels": { "a": "b" }, "annotations": { "c": "d" } } }), false),
    ] {
        let mut discovery = Discovery::default();
        settle_down(&service("u"), &to, &mut discovery);
        let before = discovery.slice(&first()).unwrap().clone();
        discovery.edit_slice(&first(), &edit);
        let expected: &[&str] = if puts_right { &["patch front-e179dbd8"] } else { &[] };
        assert_eq!(settle_down(&service("u"), &to, &mut discovery), expected, "{edit}");
        if puts_right {
            let mut after = discovery.slice(&first()).unwrap().clone();
            after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
            assert_eq!(after, before, "{edit}");
        }
    }
}

#[test]
fn a_slice_of_another_family_under_our_name_is_made_anew() {
    let mut discovery = Discovery::default();
    settle_down(&service("u"), &wanted(&[("10.0.0.1", 80)]), &mut discovery);
    discovery.edit_slice(&first(), &json!({ "addressType": "FQDN", "endpoints": [{ "addresses": ["a.b.c"] }] }));
    assert_eq!(
        settle_down(&service("u"), &wanted(&[("10.0.0.1", 80)]), &mut discovery),
        ["delete front-e179dbd8", "create front-e179dbd8"]
    );
}

#[test]
fn slices_of_ours_that_nothing_stands_in_go_last() {
    let mut discovery = Discovery::default();
    let stale = json!({ "metadata": { "namespace": NAMESPACE, "name": "front-old", "labels": {
        "kubernetes.io/service-name": "front", "wasmcloud.dev/route-manager": "true" } },
        "addressType": "IPv4", "endpoints": [], "ports": [] });
    discovery.put_slice(stale);
    let to = wanted(&[("10.0.0.1", 80)]);
    assert_eq!(settle_down(&service("u"), &to, &mut discovery), ["create front-e179dbd8", "delete front-old"]);
}

#[test]
fn a_service_that_is_gone_takes_its_slices_along_and_one_that_goes_gets_no_new_ones() {
    let mut discovery = Discovery::default();
    let two = wanted(&[("10.0.0.1", 80), ("10.0.0.2", 80)]);
    assert_eq!(planned(Some(&terminating()), &two, &discovery), [], "a new one would hold up its end");
    settle_down(&service("u"), &two, &mut discovery);
    let one = wanted(&[("10.0.0.1", 80)]);
    assert_eq!(short(&planned(Some(&terminating()), &one, &discovery)), ["patch front-e179dbd8"], "it still serves");
    assert_eq!(short(&planned(None, &two, &discovery)), ["delete front-e179dbd8"]);
}

#[test]
fn a_write_is_of_the_version_that_was_decided_on() {
    let mut discovery = Discovery::default();
    settle_down(&service("u"), &wanted(&[("10.0.0.1", 80)]), &mut discovery);
    let writes = [
        planned(Some(&service("u")), &wanted(&[("10.0.0.2", 80)]), &discovery),
        planned(Some(&service("u")), &wanted(&[]), &discovery),
    ];
    discovery.edit_slice(&first(), &json!({ "metadata": { "annotations": { "a": "b" } } }));
    for write in writes.iter().flatten() {
        assert!(matches!(discovery.write(write), Reply::Refused(Refusal::Conflict)), "{write:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever hosts come and go: the slices say just what is wanted, every address once, never too many in one; nothing
    /// that stays is missing at any moment; and upstream finds its own slice as soon as there is anything for it.
    #[test]
    fn slices_follow_whatever_is_wanted(
        steps in prop::collection::vec(prop::collection::btree_set((0_u8..12, 0_u16..3, any::<bool>()), 0..14), 1..8),
        limit in 1_usize..5,
    ) {
        let mut discovery = Discovery::default();
        let service = service("u");
        let mut before = BTreeSet::new();
        for step in steps {
            let endpoint = |(host, port, v6): &(u8, u16, bool)| {
                at(&if *v6 { format!("fd00::{host}") } else { format!("10.0.0.{host}") }, 80 + port)
            };
            let now: BTreeSet<_> = step.iter().map(endpoint).collect();
            let wanted: Wanted = now.iter().copied().collect();
            let slices = seen(&discovery);
            for write in plan_within(limit, Some(&service), &wanted, &slices.iter().collect::<Vec<_>>()) {
                discovery.write(&write);
                for stays in now.intersection(&before) {
                    let text = stays.ip.to_string();
                    prop_assert!(seen(&discovery).iter().any(|slice| slice.lists(&text, stays.port)), "{stays:?}");
                }
            }
            let slices = seen(&discovery);
            let again = plan_within(limit, Some(&service), &wanted, &slices.iter().collect::<Vec<_>>());
            prop_assert_eq!(again, vec![]);
            let all: Vec<_> = discovery.slices().flat_map(told).collect();
            prop_assert_eq!(all.len(), now.len(), "each once");
            let texts: BTreeSet<_> = now.iter().map(|one| format!("{}:{}", one.ip, one.port)).collect();
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), texts);
            prop_assert!(slices.iter().all(|slice| (1..=limit).contains(&slice.addresses.len())));
            let has_v4 = now.iter().any(|one| one.ip.is_ipv4());
            prop_assert_eq!(discovery.slice(&first()).is_some(), has_v4);
            before = now;
        }
    }
}

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use serde_json::json;

use super::super::tests::{Ask, any_ask, any_hosts, drawn, labels};
use super::super::{NoPlace, Unfit, place};
use super::*;

fn words(ask: &Ask, hosts: &[Candidate<'_>]) -> Vec<String> {
    let all = explain(&ask.wanted(), hosts, &ask.policy);
    all.iter().map(|explained| format!("{} {explained}", explained.host.name)).collect()
}

#[test]
fn every_host_has_its_words_in_the_order_of_preference() {
    let (zone_a, plain) = (labels(&[("zone", "a")]), labels(&[]));
    let mut ask = Ask::new(json!({ "hostInterfaces": [] }));
    ask.siblings = HashMap::from([("crowded", 2)]);
    ask.zones = HashMap::from([("a", 5)]);
    ask.avoid = BTreeMap::from([("failing".to_owned(), 3)]);
    let hosts = [
        Candidate { unschedulable: true, ..plain.host("closed") },
        plain.host("failing"),
        Candidate { cpu: Some(91.5), memory: Some(99.0), ..plain.host("busy") },
        Candidate { workloads: 17, ..zone_a.host("crowded") },
        Candidate { alive: false, ..plain.host("silent") },
        Candidate { workloads: 1, ..plain.host("idle") },
    ];
    assert_eq!(
        words(&ask, &hosts),
        [
            "idle fits: 0 replicas of the same replica set, 1 Workload",
            "crowded fits: 2 replicas of the same replica set, 5 of the same deployment in zone \"a\", 17 Workloads",
            "busy fits: above 80 % CPU, above 80 % memory, 0 replicas of the same replica set, 0 Workloads",
            "failing fits: failed here 3 times, 0 replicas of the same replica set, 0 Workloads",
            "silent not ready",
            "closed cordoned",
        ]
    );
}

#[test]
fn what_is_in_the_way_is_said_of_the_one_host() {
    let plain = labels(&[]);
    let spec = |rest| Ask::new(rest);
    let of = |ask: Ask| words(&ask, &[plain.host("h")]).remove(0);
    assert_eq!(of(spec(json!({ "hostId": "z" }))), "h not the host asked for (\"z\")");
    assert_eq!(of(spec(json!({ "environment": "x" }))), "h not in environment \"x\"");
    assert_eq!(of(spec(json!({ "hostSelector": { "gpu": "yes" } }))), "h does not match hostSelector gpu=yes");
    let needs = json!([{ "namespace": "wasi", "package": "keyvalue", "interfaces": ["store"] }]);
    assert_eq!(of(spec(json!({ "hostInterfaces": needs }))), "h lacks wasi:keyvalue/store");
}

#[test]
fn a_path_of_the_host_cannot_be_checked_and_that_is_said() {
    let plain = labels(&[]);
    let volumes = json!([{ "name": "data", "hostPath": { "path": "/srv/data" } }, { "name": "tmp", "ephemeral": {} }]);
    let said = words(&Ask::new(json!({ "volumes": volumes })), &[plain.host("h")]);
    let expected = "h fits: 0 replicas of the same replica set, 0 Workloads; \
                    whether it has /srv/data for volume \"data\" cannot be checked";
    assert_eq!(said, [expected]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn it_explains_the_choice_that_is_made(ask in any_ask(), hosts in any_hosts()) {
        let mut ask = ask;
        let hosts = drawn(&hosts, &mut ask);
        let all = explain(&ask.wanted(), &hosts, &ask.policy);
        let names: BTreeSet<_> = all.iter().map(|explained| explained.host.id).collect();
        prop_assert_eq!((all.len(), names.len()), (hosts.len(), hosts.len()), "every host once");
        let ranks: Vec<_> = all.iter().map(|explained| explained.verdict.as_ref().ok().map(|fit| fit.rank)).collect();
        let fitting = ranks.iter().flatten().count();
        prop_assert!(ranks[..fitting].iter().copied().eq((1..=fitting).map(Some)), "those that fit come first: {:?}", ranks);
        match place(&ask.wanted(), &hosts, &ask.policy) {
            Ok(host) => prop_assert_eq!(all[0].host.id, host.id),
            Err(why) => prop_assert!(fitting == 0 && agrees(&why, &all), "{:?} {:?}", why, all),
        }
    }
}

/// Whether the message counts what the explanation says of each host.
fn agrees(why: &NoPlace, all: &[Explained<'_, '_>]) -> bool {
    let NoPlace::NoEligibleHost(message) = why else { return true };
    let mut counts: BTreeMap<&Unfit, usize> = BTreeMap::new();
    for explained in all {
        *counts.entry(explained.verdict.as_ref().unwrap_err()).or_default() += 1;
    }
    let counted: BTreeSet<_> = counts.into_iter().map(|(unfit, count)| unfit.words(count)).collect();
    let said = message.split_once(" hosts fit: ").map(|(_, reasons)| reasons.split(", ").map(str::to_owned).collect());
    all.is_empty() || said == Some(counted)
}

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};
use serde_json::json;

use super::super::place;
use super::super::tests::{Ask, any_ask, any_hosts, drawn, labels};
use super::*;

/// The rule as it reads: one after the other, each counted in before the next.
fn one_by_one<'h>(ask: &Ask, hosts: &[Candidate<'h>], count: usize) -> Vec<Option<&'h str>> {
    let mut hosts = hosts.to_vec();
    let (mut siblings, mut zones): (HashMap<&str, usize>, HashMap<&str, usize>) =
        (ask.siblings.clone(), ask.zones.clone());
    let mut chosen = Vec::new();
    for _ in 0..count {
        let wanted = Wanted { siblings: &siblings, zones: &zones, ..ask.wanted() };
        let host = place(&wanted, &hosts, &ask.policy).ok().map(|host| (host.id, host.zone()));
        chosen.push(host.map(|(id, _)| id));
        let Some((id, zone)) = host else { continue };
        *siblings.entry(id).or_default() += 1;
        *zones.entry(zone).or_default() += 1;
        hosts.iter_mut().filter(|host| host.id == id).for_each(|host| host.workloads += 1);
    }
    chosen
}

/// How often each was chosen.
fn counts<'a>(chosen: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    chosen.for_each(|id| *counts.entry(id).or_default() += 1);
    counts
}

fn differ_by_one_at_most(all: &[usize]) -> bool {
    all.iter().max().zip(all.iter().min()).is_none_or(|(most, least)| most - least <= 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn they_go_where_they_would_one_after_the_other(ask in any_ask(), hosts in any_hosts(), count in 0..30_usize) {
        let mut ask = ask;
        let hosts = drawn(&hosts, &mut ask);
        let chosen = place_each(&ask.wanted(), &hosts, &ask.policy, count);
        prop_assert_eq!(&chosen, &one_by_one(&ask, &hosts, count));
        for id in chosen.into_iter().flatten() {
            let host = hosts.iter().find(|host| host.id == id).unwrap();
            prop_assert!(host.alive && !host.unschedulable, "{} is not to be taken", id);
            let lacks = host.imports.is_empty() && !ask.spec.host_interfaces().is_empty();
            prop_assert!(!lacks && (ask.policy.allow_shared_hosts || host.environment == "team-a"), "{}", id);
        }
    }

    /// Hosts that have nothing yet get as many each, and so do zones of as many hosts.
    #[test]
    fn equal_hosts_get_equal_shares(zones in 1..5_usize, hosts_each in 1..6_usize, count in 0..60_usize) {
        let labelled: Vec<_> = (0..zones).map(|zone| labels(&[("zone", &format!("z{zone}"))])).collect();
        let ids: Vec<_> = (0..zones * hosts_each).map(|host| format!("h{host}")).collect();
        let hosts: Vec<_> = ids.iter().enumerate().map(|(at, id)| labelled[at % zones].host(id)).collect();
        let ask = Ask::new(json!({}));
        let chosen = place_each(&ask.wanted(), &hosts, &ask.policy, count);
        let zone_of: HashMap<_, _> = hosts.iter().map(|host| (host.id, host.zone())).collect();
        let by_host = counts(chosen.iter().flatten().copied());
        let by_zone = counts(chosen.iter().flatten().map(|id| zone_of[id]));
        let of = |counts: &BTreeMap<&str, usize>, all: Vec<&str>| -> Vec<usize> {
            all.into_iter().map(|one| counts.get(one).copied().unwrap_or_default()).collect()
        };
        let by_host = of(&by_host, hosts.iter().map(|host| host.id).collect());
        let by_zone = of(&by_zone, hosts.iter().take(zones).map(|host| host.zone()).collect());
        prop_assert_eq!(by_host.iter().sum::<usize>(), count);
        prop_assert!(differ_by_one_at_most(&by_host), "{:?}", by_host);
        prop_assert!(differ_by_one_at_most(&by_zone), "{:?}", by_zone);
    }

    /// However they are cut into scale-ups, hosts that differ in what they have otherwise keep the replicas apart.
    #[test]
    fn shares_are_equal_whatever_else_hosts_have(others in prop::collection::vec(0..50_usize, 1..12), count in 0..60_usize) {
        let plain = labels(&[]);
        let ids: Vec<_> = (0..others.len()).map(|host| format!("h{host}")).collect();
        let hosts: Vec<_> =
            ids.iter().zip(&others).map(|(id, others)| Candidate { workloads: *others, ..plain.host(id) }).collect();
        let ask = Ask::new(json!({}));
        let by_host = counts(place_each(&ask.wanted(), &hosts, &ask.policy, count).into_iter().flatten());
        let all: Vec<_> = ids.iter().map(|id| by_host.get(id.as_str()).copied().unwrap_or_default()).collect();
        prop_assert!(differ_by_one_at_most(&all), "{:?}", all);
    }
}

/// To go through all hosts for each of them would take minutes.
#[test]
fn a_hundred_thousand_replicas_on_two_thousand_hosts() {
    let labelled: Vec<_> = (0..4).map(|zone| labels(&[("zone", &format!("z{zone}"))])).collect();
    let ids: Vec<_> = (0..2_000).map(|host| format!("h{host}")).collect();
    let hosts: Vec<_> = ids.iter().enumerate().map(|(at, id)| labelled[at % 4].host(id)).collect();
    let ask = Ask::new(json!({}));
    let by_host = counts(place_each(&ask.wanted(), &hosts, &ask.policy, 100_000).into_iter().flatten());
    assert!(by_host.len() == 2_000 && by_host.values().all(|count| *count == 50));
}

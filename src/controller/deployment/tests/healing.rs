//! Whatever happens, in whatever order: once all is well again, what was asked for runs once and nothing else does.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};

use super::*;
use crate::controller::fixtures::Answer;
use crate::hosts::wire::WorkloadState;

/// Something that happens to a cluster.
#[derive(Clone, Debug)]
enum Event {
    Roll(&'static str),
    Scale(i32),
    /// The process is gone with all that ran in it.
    Kill(usize),
    /// It is cut off and goes on.
    CutOff(usize),
    ComeBack(usize),
    DeleteWorkload(usize),
    Forget(usize),
    Crash(usize),
    /// The next start on that host ends so.
    Next(usize, Answer),
    Restart,
    LoseBus,
    RegainBus,
    Recreate(bool),
    Pause(bool),
    /// Surge and unavailable.
    Allow(&'static str, &'static str),
    Relabel(bool),
    DeleteSet(usize),
    Steps(usize),
    Pass(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let answer = prop_oneof![
        Just(Answer::GetsLost),
        Just(Answer::RunsUnheard),
        Just(Answer::Starts),
        Just(Answer::Fails(PULL_ERROR.to_owned())),
    ];
    let event = prop_oneof![
        3 => prop_oneof![Just("web:1"), Just("web:2"), Just("web:3"), Just("web:bad")].prop_map(Event::Roll),
        2 => (0..5_i32).prop_map(Event::Scale),
        1 => (0..3_usize).prop_map(Event::Kill),
        2 => (0..3_usize).prop_map(Event::CutOff),
        3 => (0..3_usize).prop_map(Event::ComeBack),
        2 => (0..6_usize).prop_map(Event::DeleteWorkload),
        1 => (0..3_usize).prop_map(Event::Forget),
        1 => (0..3_usize).prop_map(Event::Crash),
        2 => (0..3_usize, answer).prop_map(|(host, answer)| Event::Next(host, answer)),
        2 => Just(Event::Restart),
        1 => Just(Event::LoseBus),
        2 => Just(Event::RegainBus),
        1 => any::<bool>().prop_map(Event::Recreate),
        1 => any::<bool>().prop_map(Event::Pause),
        1 => prop_oneof![Just(("0", "1")), Just(("2", "0")), Just(("100%", "100%")), Just(("", "nonsense"))]
            .prop_map(|(surge, unavailable)| Event::Allow(surge, unavailable)),
        1 => any::<bool>().prop_map(Event::Relabel),
        1 => (0..4_usize).prop_map(Event::DeleteSet),
        6 => (0..30_usize).prop_map(Event::Steps),
        4 => (0..100_u64).prop_map(Event::Pass),
    ];
    prop::collection::vec(event, 1..25)
}

fn name(host: usize) -> String {
    (host + 1).to_string()
}

fn happen(cluster: &mut Simulation, event: &Event) {
    match event {
        Event::Roll(image) => roll(cluster, image),
        Event::Scale(replicas) => {
            cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": replicas } }))
        }
        Event::Kill(host) => {
            cluster.host(&name(*host)).link = Link::Gone;
            cluster.host(&name(*host)).running.clear();
        }
        Event::CutOff(host) => cluster.host(&name(*host)).link = Link::Mute,
        Event::ComeBack(host) => cluster.host(&name(*host)).link = Link::Up,
        Event::DeleteWorkload(at) => delete_at(cluster, Kind::Workload, *at),
        Event::Forget(host) => {
            cluster.host(&name(*host)).running.pop_first();
        }
        Event::Crash(host) => {
            if let Some((_, state)) = cluster.host(&name(*host)).running.values_mut().next() {
                *state = WorkloadState::Error;
            }
        }
        Event::Next(host, answer) => cluster.host(&name(*host)).answers.push_back(answer.clone()),
        Event::Restart => cluster.restart(),
        Event::LoseBus => cluster.lose_bus(),
        Event::RegainBus => cluster.regain_bus(),
        Event::Recreate(recreate) => {
            let policy = if *recreate { "Recreate" } else { "RollingUpdate" };
            cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "deployPolicy": policy } }));
        }
        Event::Pause(paused) => set(cluster, annotation::PAUSED, Some(&paused.to_string())),
        Event::Allow(surge, unavailable) => {
            set(cluster, annotation::MAX_SURGE, Some(*surge).filter(|surge| !surge.is_empty()));
            set(cluster, annotation::MAX_UNAVAILABLE, Some(unavailable));
        }
        Event::Relabel(label) => {
            let label = label.then_some("x");
            let patch = json!({ "spec": { "template": { "labels": { "extra": label } } } });
            cluster.edit(Kind::WorkloadDeployment, "web", patch);
        }
        Event::DeleteSet(at) => delete_at(cluster, Kind::WorkloadReplicaSet, *at),
        Event::Steps(steps) => {
            for _ in 0..*steps {
                cluster.step();
            }
        }
        Event::Pass(seconds) => cluster.pass(*seconds),
    }
}

fn delete_at(cluster: &mut Simulation, kind: Kind, at: usize) {
    let name = cluster.all(kind).get(at).map(|object| object["metadata"]["name"].as_str().unwrap().to_owned());
    if let Some(name) = name {
        cluster.delete(kind, &name);
    }
}

fn set(cluster: &mut Simulation, annotation: &str, value: Option<&str>) {
    let patch = json!({ "metadata": { "annotations": { (annotation): value } } });
    cluster.edit(Kind::WorkloadDeployment, "web", patch);
}

/// All is well again: the settings are the defaults, hosts are reachable and do what they are told, and the image is one that exists.
fn heal(cluster: &mut Simulation) {
    cluster.regain_bus();
    for host in cluster.hosts.values_mut() {
        host.link = Link::Up;
        host.answers.clear();
        for (_, state) in host.running.values_mut() {
            if *state == WorkloadState::Starting {
                *state = WorkloadState::Running;
            }
        }
    }
    for setting in [annotation::PAUSED, annotation::MAX_SURGE, annotation::MAX_UNAVAILABLE] {
        set(cluster, setting, None);
    }
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 3 } }));
    roll(cluster, "web:9");
}

fn check(happened: &[Event], seed: u64) -> Result<(), TestCaseError> {
    let mut cluster = Simulation::with_hosts(3).in_disorder(seed);
    cluster.apply(&deployment("web").replicas(2));
    for event in happened {
        happen(&mut cluster, event);
    }
    heal(&mut cluster);
    cluster.pass(1_500);
    let wanted: BTreeSet<_> =
        cluster.all(Kind::Workload).iter().map(|w| w["metadata"]["uid"].as_str().unwrap().to_owned()).collect();
    let running: BTreeSet<_> = cluster.hosts.values().flat_map(|host| host.running.keys().cloned()).collect();
    prop_assert_eq!(cluster.running_twice(), BTreeSet::new());
    prop_assert_eq!(&running, &wanted, "what runs is what is wanted");
    prop_assert_eq!(cluster.running_images(), [("web:9".to_owned(), 3)].into());
    prop_assert_eq!(ready(&cluster), "True");
    let live: Vec<_> = cluster.sizes().into_iter().filter(|(_, size)| *size > 0).collect();
    prop_assert_eq!(live, vec![("web:9".to_owned(), 3)]);
    for host in cluster.all(Kind::Host) {
        let annotations = &host["metadata"]["annotations"][annotation::TOMBSTONES];
        prop_assert!(annotations.is_null(), "nothing is left to be stopped: {}", annotations);
    }
    cluster.done.clear();
    cluster.pass(600);
    let idle = |effect: &&Effect| {
        matches!(
            effect,
            Effect::Patch { kind: Kind::Host, .. } | Effect::Apply { .. } | Effect::Ask { .. } | Effect::Probe { .. }
        )
    };
    let busy: Vec<_> = cluster.done.iter().filter(|effect| !idle(effect)).collect();
    prop_assert!(busy.is_empty(), "nothing is done for ever: {busy:#?}");
    Ok(())
}

fn regressions() -> Option<Box<dyn FailurePersistence>> {
    Some(Box::new(FileFailurePersistence::Direct("tests/fixtures/rollout/healing.regressions")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 400, failure_persistence: regressions(), ..Default::default() })]

    #[test]
    fn whatever_happened_a_healed_cluster_runs_what_was_asked_for_once(happened in events(), seed in any::<u64>()) {
        check(&happened, seed)?;
    }
}

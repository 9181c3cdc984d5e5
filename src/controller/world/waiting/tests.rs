use serde_json::json;

use super::*;
use crate::controller::fixtures::{NAMESPACE, dynamic, heartbeat, host, replica_set, workload, world_of};
use crate::controller::objects::ObjectKey;

fn key(name: &str) -> Key {
    Key::new(Kind::Workload, ObjectKey::new(NAMESPACE, name))
}

/// A world in which so many Workloads `gpu-…` wait for a host with a GPU.
fn waiting(count: usize, now: Instant) -> World {
    let needs = json!({ "spec": { "hostSelector": { "gpu": "yes" } } });
    let objects: Vec<_> = (0..count).map(|at| workload(&format!("gpu-{at}")).with(needs.clone())).collect();
    let mut world = world_of(&objects, now);
    (0..count).for_each(|at| world.waits_for_host(&key(&format!("gpu-{at}")), true));
    world
}

/// Workloads that are looked at because of what hosts did until now.
fn woken(world: &mut World, now: Instant) -> usize {
    world.wake_waiting(now);
    world.take_touched().iter().filter(|key| key.what == Kind::Workload).count()
}

fn able(id: &str) -> crate::hosts::wire::HostHeartbeat {
    let mut beat = heartbeat(id);
    beat.labels.insert("gpu".into(), "yes".into());
    beat
}

#[test]
fn a_host_wakes_those_it_fits_and_the_others_tell_the_new_number_a_little_later() {
    let now = Instant::now();
    let mut world = waiting(2, now);
    world.apply(Kind::Workload, dynamic(&workload("any").value())).unwrap();
    world.waits_for_host(&key("any"), true);
    world.take_touched();
    world.heartbeat(heartbeat("1"), now);
    world.wake_waiting(now);
    assert_eq!(
        world.take_touched().into_iter().filter(|key| key.what == Kind::Workload).collect::<Vec<_>>(),
        [key("any")]
    );
    world.waits_for_host(&key("any"), false);
    assert_eq!(world.recounts_at(), Some(now + BURST));
    assert_eq!(woken(&mut world, now + BURST), 2);
    assert_eq!((woken(&mut world, now + BURST * 2), world.recounts_at()), (0, None));
    world.heartbeat(able("2"), now + BURST * 2);
    assert_eq!((woken(&mut world, now + BURST * 2), world.recounts_at()), (2, None), "they are looked at anyway");
}

#[test]
fn numbers_are_told_the_more_seldom_the_more_wait() {
    let now = Instant::now();
    for (count, pause) in [(2, PAUSE), (500, Duration::from_secs(10))] {
        let mut world = waiting(count, now);
        world.heartbeat(heartbeat("1"), now);
        assert_eq!(woken(&mut world, now + BURST), 0, "a burst may go on");
        assert_eq!(woken(&mut world, now + BURST * 2), count);
        let told = now + BURST * 2;
        world.heartbeat(heartbeat("2"), told);
        assert_eq!(woken(&mut world, told), 0);
        assert_eq!(world.recounts_at(), Some(told + pause));
        world.heartbeat(heartbeat("3"), told + BURST);
        assert_eq!(woken(&mut world, told + pause - Duration::from_millis(1)), 0);
        assert_eq!(woken(&mut world, told + pause), count);
    }
}

#[test]
fn a_host_that_is_uncordoned_or_gone_is_news_too() {
    let now = Instant::now();
    let mut world = world_of(&[workload("any"), host("1").setting("unschedulable", "true")], now);
    world.heartbeat(heartbeat("1"), now);
    world.waits_for_host(&key("any"), true);
    assert_eq!(woken(&mut world, now), 0);
    world.apply(Kind::Host, dynamic(&host("1").version(2).value())).unwrap();
    assert_eq!(woken(&mut world, now), 1);
    let later = now + Duration::from_secs(90);
    world.host_silent("1", later);
    world.judge_when_due(later);
    assert_eq!(woken(&mut world, later), 0);
    assert_eq!(world.recounts_at(), Some(later + BURST), "it counts as not ready");
}

#[test]
fn who_waits_with_a_replica_set_is_always_woken() {
    let now = Instant::now();
    let mut world = world_of(&[replica_set("set")], now);
    let set = Key::new(Kind::WorkloadReplicaSet, ObjectKey::new(NAMESPACE, "set"));
    world.waits_for_host(&set, true);
    world.heartbeat(heartbeat("1"), now);
    world.wake_waiting(now);
    assert!(world.take_touched().contains(&set));
}

#[test]
fn nobody_is_kept_who_waits_no_more() {
    let now = Instant::now();
    let mut world = waiting(3, now);
    world.waits_for_host(&key("gpu-0"), true);
    for at in 0..3 {
        world.waits_for_host(&key(&format!("gpu-{at}")), false);
    }
    assert!(world.waiting.keys.is_empty() && world.waiting.by_demand.is_empty());
}

/// To look at all of them for every host would take minutes.
#[test]
fn ten_thousand_wait_while_five_hundred_hosts_come() {
    let now = Instant::now();
    let mut world = waiting(10_000, now);
    for id in 0..500 {
        world.heartbeat(heartbeat(&id.to_string()), now);
        assert_eq!(woken(&mut world, now), 0);
    }
    world.heartbeat(able("able"), now);
    assert_eq!(woken(&mut world, now), 10_000);
}

//! Several controllers, one Lease: exactly one acts, whatever happens to it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{no_storm_of, roll, running};
use crate::support::faults::Fate;
use crate::support::judgement::{await_order, settled_under};
use crate::support::local::{Local, Running};

const ROLLED: [(&str, &str, usize); 1] = [("hello", "hello:v2", 6)];

/// Two contenders on a cluster where six replicas run; the first leads.
async fn two() -> (Local, [Running; 2]) {
    let mut local = running(&["one", "two", "three"], 6).await;
    let [mut first, mut second] = local.replace_by_contenders(["first", "second"]);
    tokio::select! {
        led = first.leading.wait_for(|leads| *leads) => drop(led.unwrap()),
        led = second.leading.wait_for(|leads| *leads) => drop(led.unwrap()),
    }
    let pair = if *first.leading.borrow() { [first, second] } else { [second, first] };
    (local, pair)
}

fn last_deed(of: &Running) -> Option<Instant> {
    of.edge.deeds().last().map(|deed| deed.at)
}

#[tokio::test(start_paused = true)]
async fn of_two_controllers_exactly_one_acts() {
    let (local, [leader, other]) = two().await;
    roll(&local, "hello:v2", 6).await;
    await_order(&local, &ROLLED).await;
    sleep(Duration::from_secs(120)).await;
    await_order(&local, &ROLLED).await;
    assert!(!leader.edge.deeds().is_empty());
    assert_eq!(other.edge.deeds().len(), 0);
    settled_under(&local, &[&leader, &other], &ROLLED).await;
    no_storm_of(&[&leader, &other], 77);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_renew_the_lease_in_mid_rollout_stops_before_the_other_begins() {
    let (local, [old, mut new]) = two().await;
    roll(&local, "hello:v2", 6).await;
    local.hosts.mood("two", crate::support::hosts::Mood::Failing("busy"));
    old.edge.rule(|asked| if asked.path.contains("/leases") { Fate::Unreachable } else { Fate::Well });
    new.leading.wait_for(|leads| *leads).await.unwrap();
    let taken_over = Instant::now();
    assert!(!*old.leading.borrow());
    local.hosts.mood("two", crate::support::hosts::Mood::Well);
    await_order(&local, &ROLLED).await;
    sleep(Duration::from_secs(60)).await;
    assert!(last_deed(&old).unwrap() < taken_over, "{:?}", old.edge.deeds().last());
    assert!(new.edge.deeds().first().unwrap().at >= taken_over);
    settled_under(&local, &[&old, &new], &ROLLED).await;
    no_storm_of(&[&old, &new], 100);
}

#[tokio::test(start_paused = true)]
async fn who_was_cut_off_from_the_api_server_does_not_write_when_it_is_back() {
    let (local, [old, mut new]) = two().await;
    roll(&local, "hello:v2", 6).await;
    old.edge.rule(|_| Fate::Unreachable);
    new.leading.wait_for(|leads| *leads).await.unwrap();
    let taken_over = Instant::now();
    old.edge.no_rule();
    await_order(&local, &ROLLED).await;
    sleep(Duration::from_secs(120)).await;
    assert!(last_deed(&old).unwrap() < taken_over, "{:?}", old.edge.deeds().last());
    settled_under(&local, &[&old, &new], &ROLLED).await;
    no_storm_of(&[&old, &new], 104);
}

#[tokio::test(start_paused = true)]
async fn the_lease_goes_to_and_fro_through_a_rollout() {
    let (local, mut pair) = two().await;
    for turn in 0..6 {
        let image = format!("hello:turn-{turn}");
        roll(&local, &image, 6).await;
        pair[0].edge.rule(|asked| if asked.path.contains("/leases") { Fate::Unreachable } else { Fate::Well });
        pair[1].leading.wait_for(|leads| *leads).await.unwrap();
        pair[0].edge.no_rule();
        await_order(&local, &[("hello", &image, 6)]).await;
        pair.reverse();
    }
    settled_under(&local, &[&pair[0], &pair[1]], &[("hello", "hello:turn-5", 6)]).await;
    no_storm_of(&[&pair[0], &pair[1]], 460);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_dies_in_mid_rollout_is_succeeded() {
    let (local, [old, mut new]) = two().await;
    roll(&local, "hello:v2", 6).await;
    drop(old);
    let died = Instant::now();
    new.leading.wait_for(|leads| *leads).await.unwrap();
    assert!(died.elapsed() < Duration::from_secs(20), "{:?}", died.elapsed());
    settled_under(&local, &[&new], &ROLLED).await;
    no_storm_of(&[&new], 77);
}

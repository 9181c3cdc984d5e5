//! The hosts' message bus goes away and comes back, with all of the hosts, with some, or not for long.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::{asked, in_mid_rollout, no_storm, running, writes};
use crate::support::hosts::Mood;
use crate::support::judgement::settled;
use crate::support::local::Local;

const HOSTS: [&str; 5] = ["one", "two", "three", "four", "five"];
const AWAY: Duration = Duration::from_secs(120);

/// Where each Workload is, by its UID.
async fn places(local: &Local) -> BTreeMap<String, Value> {
    let workloads = local.objects("workloads").await;
    let place = |w: &Value| (w["metadata"]["uid"].as_str().unwrap().to_owned(), w["status"]["hostId"].clone());
    workloads.iter().map(place).collect()
}

#[tokio::test(start_paused = true)]
async fn the_bus_is_gone_for_two_minutes_and_nothing_is_deleted_or_moved() {
    let local = running(&HOSTS, 10).await;
    let before = (places(&local).await, writes(&local, ""));
    local.hosts.connection(false);
    sleep(AWAY).await;
    assert_eq!(places(&local).await, before.0);
    local.hosts.connection(true);
    sleep(AWAY).await;
    settled(&local, &[("hello", "hello:v1", 10)]).await;
    assert_eq!((places(&local).await, writes(&local, "")), before);
    assert_eq!(asked(&local, "stop"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_the_bus_leaves_alone_in_its_middle_goes_on_afterwards() {
    let local = in_mid_rollout(&HOSTS, 10).await;
    let running = local.hosts.images().len();
    local.hosts.connection(false);
    sleep(AWAY).await;
    assert!(local.hosts.images().len() >= running.min(8), "nothing was stopped");
    local.hosts.connection(true);
    settled(&local, &[("hello", "hello:v2", 10)]).await;
    no_storm(&local, 300);
}

#[tokio::test(start_paused = true)]
async fn a_bus_that_comes_and_goes_does_not_keep_a_rollout_from_its_end() {
    let local = in_mid_rollout(&HOSTS, 10).await;
    for _ in 0..15 {
        local.hosts.connection(false);
        sleep(Duration::from_millis(700)).await;
        local.hosts.connection(true);
        sleep(Duration::from_millis(35)).await;
    }
    settled(&local, &[("hello", "hello:v2", 10)]).await;
    no_storm(&local, 400);
}

#[tokio::test(start_paused = true)]
async fn the_bus_is_back_with_some_hosts_and_the_others_come_later_and_nothing_is_moved() {
    let local = running(&HOSTS, 10).await;
    let before = places(&local).await;
    local.hosts.connection(false);
    for late in &HOSTS[..3] {
        local.hosts.mood(late, Mood::CutOff);
    }
    sleep(AWAY).await;
    local.hosts.connection(true);
    sleep(Duration::from_secs(50)).await;
    for late in &HOSTS[..3] {
        local.hosts.mood(late, Mood::Well);
    }
    settled(&local, &[("hello", "hello:v1", 10)]).await;
    assert_eq!(places(&local).await, before);
    assert_eq!((asked(&local, "stop"), asked(&local, "start")), (0, 10));
    no_storm(&local, 47);
}

#[tokio::test(start_paused = true)]
async fn the_bus_is_back_and_some_hosts_never_are_and_what_ran_on_them_runs_elsewhere() {
    let local = running(&HOSTS, 10).await;
    local.hosts.connection(false);
    for gone in &HOSTS[..3] {
        local.hosts.mood(gone, Mood::Gone);
    }
    sleep(AWAY).await;
    local.hosts.connection(true);
    settled(&local, &[("hello", "hello:v1", 10)]).await;
    assert_eq!(asked(&local, "start"), 16, "only what was lost was started again");
    no_storm(&local, 70);
}

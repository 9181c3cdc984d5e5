//! The API server restarts, refuses, is slow, loses answers; its watches are late, end and expire.

use std::time::Duration;

use tokio::time::sleep;

use super::{asked, in_mid_rollout, no_storm, roll, running, writes};
use crate::support::faults::{Asked, Cut, Dice, Fate};
use crate::support::judgement::settled;
use crate::support::local::Local;

const HOSTS: [&str; 3] = ["one", "two", "three"];
const ROLLED: [(&str, &str, usize); 1] = [("hello", "hello:v2", 6)];
/// Writes that a rollout of six takes when nothing goes wrong, and half as many again.
const ROLLOUT: usize = 90;

#[tokio::test(start_paused = true)]
async fn the_api_server_is_restarted_in_mid_rollout() {
    let mut local = in_mid_rollout(&HOSTS, 6).await;
    local.stop_api_server();
    sleep(Duration::from_secs(7)).await;
    local.start_api_server().await;
    settled(&local, &ROLLED).await;
    assert_eq!(writes(&local, "POST workloads"), 12, "no Workload too many");
    no_storm(&local, 2 * ROLLOUT);
}

#[tokio::test(start_paused = true)]
async fn without_an_api_server_what_runs_goes_on_and_is_left_alone_afterwards() {
    let mut local = running(&HOSTS, 6).await;
    let before = (writes(&local, ""), asked(&local, "start"));
    local.stop_api_server();
    sleep(Duration::from_secs(120)).await;
    assert_eq!(local.hosts.images().len(), 6);
    local.start_api_server().await;
    settled(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!((writes(&local, ""), asked(&local, "start"), asked(&local, "stop")), (before.0, before.1, 0));
}

#[tokio::test(start_paused = true)]
async fn watches_that_end_break_or_expire_cost_nothing_when_nothing_happened() {
    let local = running(&HOSTS, 6).await;
    let before = writes(&local, "");
    for how in [Cut::Silent, Cut::Torn, Cut::Expired] {
        local.controller.edge.cut(how);
        sleep(Duration::from_secs(40)).await;
    }
    settled(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!(writes(&local, ""), before);
}

#[tokio::test(start_paused = true)]
async fn watches_that_end_break_or_expire_all_the_time_do_not_keep_a_rollout_from_its_end() {
    for how in [Cut::Silent, Cut::Torn, Cut::Expired] {
        let local = in_mid_rollout(&HOSTS, 6).await;
        for _ in 0..20 {
            local.controller.edge.cut(how);
            sleep(Duration::from_millis(150)).await;
        }
        settled(&local, &ROLLED).await;
        assert_eq!(writes(&local, "POST workloads"), 12, "{how:?}: no Workload too many");
        no_storm(&local, 2 * ROLLOUT);
    }
}

#[tokio::test(start_paused = true)]
async fn watches_that_are_half_a_minute_late_make_no_workload_too_many() {
    let local = running(&HOSTS, 6).await;
    local.controller.edge.delay_watches(Duration::from_secs(30));
    for (version, replicas) in [("hello:v2", 6), ("hello:v3", 6), ("hello:v3", 2), ("hello:v3", 9)] {
        local.apply(&crate::support::local::deployment(version, replicas)).await;
        sleep(Duration::from_secs(200)).await;
        settled(&local, &[("hello", version, replicas as usize)]).await;
    }
    assert_eq!(writes(&local, "POST workloads"), 6 + 6 + 6 + 7);
    no_storm(&local, 4 * ROLLOUT);
}

/// A rollout under that rule; how many writes it took.
async fn rollout_under(rule: impl FnMut(&Asked) -> Fate + Send + 'static) -> Local {
    let local = running(&HOSTS, 6).await;
    local.controller.edge.rule(rule);
    roll(&local, "hello:v2", 6).await;
    sleep(Duration::from_secs(60)).await;
    local.controller.edge.no_rule();
    settled(&local, &ROLLED).await;
    local
}

#[tokio::test(start_paused = true)]
async fn every_third_request_is_refused() {
    for code in [500, 503, 429] {
        let mut dice = Dice(u64::from(code));
        let local = rollout_under(move |_| if dice.percent(33) { Fate::Refused(code) } else { Fate::Well }).await;
        no_storm(&local, 3 * ROLLOUT);
    }
}

#[tokio::test(start_paused = true)]
async fn every_third_request_finds_no_connection() {
    let mut dice = Dice(3);
    let local = rollout_under(move |_| if dice.percent(33) { Fate::Unreachable } else { Fate::Well }).await;
    no_storm(&local, 3 * ROLLOUT);
}

#[tokio::test(start_paused = true)]
async fn the_answers_to_a_third_of_the_writes_are_lost() {
    let mut dice = Dice(4);
    let lost = move |asked: &Asked| if asked.writes() && dice.percent(33) { Fate::Unanswered } else { Fate::Well };
    let local = rollout_under(lost).await;
    assert_eq!(local.objects("workloads").await.len(), 6);
    no_storm(&local, 3 * ROLLOUT);
}

#[tokio::test(start_paused = true)]
async fn requests_take_up_to_ten_seconds() {
    let mut dice = Dice(5);
    let late = move |_: &Asked| Fate::Late(Duration::from_millis(u64::try_from(dice.below(10_000)).unwrap()));
    let local = rollout_under(late).await;
    assert_eq!(writes(&local, "POST workloads"), 12);
    no_storm(&local, 2 * ROLLOUT);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_never_answered_holds_up_nothing_for_ever() {
    let mut swallowed = 0;
    let rule = move |asked: &Asked| {
        let hit = asked.writes() && asked.path.contains("/workloads/") && swallowed < 2;
        swallowed += usize::from(hit);
        if hit { Fate::Swallowed } else { Fate::Well }
    };
    let local = rollout_under(rule).await;
    no_storm(&local, 2 * ROLLOUT);
}

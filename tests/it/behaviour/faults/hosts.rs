//! Hosts vanish, come back, restart, share a name, and say what is not so.

use std::time::Duration;

use kubectl_wasmcloud::hosts::wire::HostHeartbeat;
use serde_json::Value;
use tokio::time::sleep;

use super::{asked, no_storm, running, writes};
use crate::support::hosts::Mood;
use crate::support::judgement::{await_order, settled};
use crate::support::local::{Local, clock, condition, deployment};

const WORDS: &str = "failed to pull image for component 'http': manifest unknown";
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[tokio::test(start_paused = true)]
async fn a_host_is_gone_and_what_ran_on_it_runs_elsewhere() {
    let local = running(&["one", "two", "three"], 6).await;
    local.hosts.mood("one", Mood::Gone);
    sleep(Duration::from_secs(90)).await;
    settled(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!(asked(&local, "start"), 8);
    let host = local.objects("hosts").await.into_iter().find(|host| host["metadata"]["name"] == "one").unwrap();
    assert_eq!(condition(&host, "Ready")["status"], "Unknown", "never False, and not deleted yet");
    no_storm(&local, 36);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_was_cut_off_stops_what_was_moved_once_it_is_back() {
    let local = running(&["one", "two", "three"], 6).await;
    local.hosts.mood("one", Mood::CutOff);
    sleep(Duration::from_secs(120)).await;
    await_order(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!(local.hosts.running()["one"].len(), 2, "it still runs what it ran");
    local.hosts.mood("one", Mood::Well);
    settled(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!(local.hosts.images().len(), 6, "nothing runs twice");
    no_storm(&local, 36);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_cut_off_in_mid_rollout_and_is_back_later_runs_nothing_old() {
    let local = super::in_mid_rollout(&["one", "two", "three"], 6).await;
    local.hosts.mood("two", Mood::CutOff);
    await_order(&local, &[("hello", "hello:v2", 6)]).await;
    local.hosts.mood("two", Mood::Well);
    settled(&local, &[("hello", "hello:v2", 6)]).await;
    assert_eq!(local.hosts.images(), ["hello:v2"; 6]);
    no_storm(&local, 110);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_deleted_while_its_host_is_cut_off_leaves_nothing_there() {
    let local = running(&["one", "two"], 4).await;
    local.hosts.mood("one", Mood::CutOff);
    local.delete("workloaddeployments", "hello").await;
    sleep(Duration::from_secs(300)).await;
    local.hosts.mood("one", Mood::Well);
    settled(&local, &[]).await;
    assert_eq!(local.hosts.images(), [] as [&str; 0]);
    no_storm(&local, 38);
}

#[tokio::test(start_paused = true)]
async fn a_host_restarts_under_its_name_and_what_it_lost_is_started_again() {
    let local = running(&["one", "two"], 4).await;
    sleep(Duration::from_secs(5)).await;
    local.hosts.restart("one");
    sleep(Duration::from_secs(10)).await;
    assert_eq!(local.hosts.images().len(), 4, "without waiting for a minute's silence");
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    assert_eq!(asked(&local, "start"), 6);
    no_storm(&local, 29);
}

#[tokio::test(start_paused = true)]
async fn all_hosts_restart_at_once() {
    let names = ["one", "two", "three", "four"];
    let local = running(&names, 8).await;
    sleep(Duration::from_secs(5)).await;
    names.iter().for_each(|name| local.hosts.restart(name));
    settled(&local, &[("hello", "hello:v1", 8)]).await;
    assert_eq!(asked(&local, "start"), 16);
    assert_eq!(local.objects("hosts").await.len(), 4);
    no_storm(&local, 59);
}

#[tokio::test(start_paused = true)]
async fn two_hosts_of_one_name_have_an_object_each() {
    let local = running(&["one", "two"], 4).await;
    local.hosts.join_as(HostHeartbeat {
        id: "id-impostor".to_owned(),
        hostname: "127.0.0.1".to_owned(),
        friendly_name: "one".to_owned(),
        version: "2.10.3".to_owned(),
        started_at: Some(clock()),
        http_port: 9999,
        ..HostHeartbeat::default()
    });
    sleep(Duration::from_secs(200)).await;
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    let mut ids: Vec<_> = local.objects("hosts").await.iter().map(|host| host["hostId"].to_string()).collect();
    ids.sort();
    assert_eq!(ids, ["\"id-impostor\"", "\"id-one\"", "\"id-two\""]);
    assert_eq!(asked(&local, "start"), 4, "nobody was taken for dead");
    no_storm(&local, 22);
}

/// Two good hosts and one of that mood: a rollout comes to its end, and nothing old is left when all is well again.
async fn beside(mood: Mood) {
    let local = running(&["one", "two", "odd"], 6).await;
    local.hosts.mood("odd", mood);
    local.apply(&deployment("hello:v2", 6)).await;
    local.rolled_out("hello").await;
    sleep(Duration::from_secs(300)).await;
    local.hosts.mood("odd", Mood::Well);
    settled(&local, &[("hello", "hello:v2", 6)]).await;
    assert_eq!(local.hosts.images(), ["hello:v2"; 6]);
    no_storm(&local, 400);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_error() {
    beside(Mood::Failing(WORDS)).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_stalls() {
    beside(Mood::Stalling).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_answers_for_another_workload() {
    beside(Mood::AnsweringForAnother).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_speaks_what_nobody_can_read() {
    beside(Mood::Babbling).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_does_what_it_is_asked_and_never_answers() {
    beside(Mood::Mute).await;
}

#[tokio::test(start_paused = true)]
async fn ten_megabytes_of_words_are_cut_and_written_once() {
    let words: &'static str = Box::leak("x".repeat(10 * 1024 * 1024).into_boxed_str());
    let local = Local::with_hosts(&["one"]).await;
    local.hosts.mood("one", Mood::Failing(words));
    local.apply(&deployment("hello:v1", 1)).await;
    sleep(Duration::from_secs(60)).await;
    let ready = condition(&local.objects("workloads").await[0], "Ready");
    let length = ready["message"].as_str().unwrap().len();
    assert!((1_000..20_000).contains(&length), "{length}");
    no_storm(&local, 30);
    local.hosts.mood("one", Mood::Well);
    settled(&local, &[("hello", "hello:v1", 1)]).await;
}

#[tokio::test(start_paused = true)]
async fn reports_that_cannot_be_believed_change_nothing() {
    let local = running(&["one", "two"], 4).await;
    let before = (writes(&local, ""), local.objects("hosts").await.len());
    let huge = format!("{{\"id\":\"id-one\",\"friendlyName\":\"{}\"}}", "x".repeat(10 * 1024 * 1024));
    let messages: [&[u8]; 6] = [
        b"",
        b"\xff\xfe\x00",
        b"[[[[",
        br#"{"id":"a.b.>","friendlyName":"x"}"#,
        br#"{"id":"x","friendlyName":"../x"}"#,
        huge.as_bytes(),
    ];
    for message in messages {
        local.hosts.say("id-one", message);
    }
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    assert_eq!((writes(&local, ""), local.objects("hosts").await.len()), before);
}

#[tokio::test(start_paused = true)]
async fn loads_that_are_no_numbers_or_too_large_ones() {
    let local = running(&["one", "two"], 4).await;
    let loads: [(f32, u64, u64); 4] =
        [(f32::NAN, 0, 0), (f32::INFINITY, 1, u64::MAX), (f32::NEG_INFINITY, u64::MAX, 1), (-1.0e30, 10, 20)];
    for (at, (cpu, total, free)) in loads.into_iter().enumerate() {
        local.hosts.report_as("one", |beat| {
            beat.system_cpu_usage = cpu;
            (beat.system_memory_total, beat.system_memory_free) = (total, free);
        });
        let replicas = 5 + at;
        local.apply(&deployment("hello:v1", u32::try_from(replicas).unwrap())).await;
        settled(&local, &[("hello", "hello:v1", replicas)]).await;
        sleep(Duration::from_secs(60)).await;
        let host = local.objects("hosts").await.into_iter().find(|host| host["hostId"] == "id-one").unwrap();
        assert_eq!(condition(&host, "Ready")["status"], "True");
        let seen: jiff::Timestamp = host["status"]["lastSeen"].as_str().unwrap().parse().unwrap();
        assert!(clock().as_second() - seen.as_second() <= 60, "its status is still written: {host:#?}");
    }
    no_storm(&local, 65);
}

#[tokio::test(start_paused = true)]
async fn labels_that_are_none_do_not_keep_a_host_out() {
    let local = running(&["one", "two"], 4).await;
    local.hosts.report_as("one", |beat| {
        beat.labels.insert("not a key!".to_owned(), "x".to_owned());
        beat.labels.insert("long".to_owned(), "y".repeat(300));
        beat.labels.insert("zone".to_owned(), "a".to_owned());
    });
    sleep(Duration::from_secs(60)).await;
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    let host = local.objects("hosts").await.into_iter().find(|host| host["hostId"] == "id-one").unwrap();
    assert_eq!(host["metadata"]["labels"]["zone"], Value::from("a"), "what can be a label is one");
    no_storm(&local, 22);
}

#[tokio::test(start_paused = true)]
async fn a_host_whose_clock_is_a_year_off() {
    let local = running(&["one", "two", "three"], 6).await;
    let now = clock();
    local.hosts.report_as("one", |beat| beat.started_at = now.checked_sub(YEAR).ok());
    local.hosts.report_as("two", |beat| beat.started_at = now.checked_add(YEAR).ok());
    sleep(Duration::from_secs(120)).await;
    settled(&local, &[("hello", "hello:v1", 6)]).await;
    assert_eq!((asked(&local, "start"), asked(&local, "stop")), (6, 0));
    no_storm(&local, 27);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_restarts_with_a_clock_a_year_back_is_taken_for_the_new_one_it_is() {
    let local = running(&["one", "two"], 4).await;
    local.hosts.report_as("one", |beat| beat.started_at = clock().checked_add(YEAR).ok());
    sleep(Duration::from_secs(20)).await;
    local.hosts.restart("one");
    sleep(Duration::from_secs(300)).await;
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    assert_eq!(local.hosts.images().len(), 4);
    no_storm(&local, 21);
}

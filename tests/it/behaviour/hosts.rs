//! What hosts do to a controller: they fail, stall, lie and vanish.

use crate::support::hosts::Mood;
use crate::support::local::{Local, condition, deployment};

const WORDS: &str = "failed to pull image for component 'http': manifest unknown";

#[tokio::test(start_paused = true)]
async fn the_words_of_a_host_that_fails_are_in_every_condition() {
    let local = Local::with_hosts(&["one"]).await;
    local.hosts.mood("one", Mood::Failing(WORDS));
    local.apply(&deployment("hello:none", 1)).await;
    for plural in ["workloads", "workloadreplicasets", "workloaddeployments"] {
        local
            .eventually("the host's words are in Ready", async || {
                let object = local.objects(plural).await.into_iter().next()?;
                let ready = condition(&object, "Ready");
                (ready["status"] == "False" && ready["message"].as_str()?.contains(WORDS)).then_some(())
            })
            .await;
    }
    local.hosts.mood("one", Mood::Well);
    local.rolled_out("hello").await;
}

#[tokio::test(start_paused = true)]
async fn without_a_host_a_deployment_says_what_it_waits_for_and_goes_on_when_one_comes() {
    let local = Local::with_hosts(&[]).await;
    local.apply(&deployment("hello:v1", 1)).await;
    local
        .eventually("it says so", async || {
            let workload = local.objects("workloads").await.into_iter().next()?;
            condition(&workload, "HostSelection")["message"]
                .as_str()?
                .contains("no host has reported yet")
                .then_some(())
        })
        .await;
    local.hosts.join("late");
    local.rolled_out("hello").await;
}

#[tokio::test(start_paused = true)]
async fn what_ran_on_a_host_that_vanished_runs_elsewhere() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 4)).await;
    local.rolled_out("hello").await;
    local.hosts.mood("one", Mood::Gone);
    local.eventually("all run on the other", async || (local.hosts.running()["two"].len() == 4).then_some(())).await;
    local.rolled_out("hello").await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_stalls_is_left_for_one_that_answers() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.hosts.mood("one", Mood::Stalling);
    local.apply(&deployment("hello:v1", 2)).await;
    local.rolled_out("hello").await;
    assert_eq!(local.hosts.running()["two"].len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_workload_is_not_believed() {
    let local = Local::with_hosts(&["one"]).await;
    local.hosts.mood("one", Mood::AnsweringForAnother);
    local.apply(&deployment("hello:v1", 1)).await;
    local.eventually("it was asked", async || (local.hosts.starts("one") > 0).then_some(())).await;
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let workload = &local.objects("workloads").await[0];
    assert_ne!(condition(workload, "Ready")["status"], "True");
    local.hosts.mood("one", Mood::Well);
    local.rolled_out("hello").await;
    assert_eq!(local.hosts.images(), ["hello:v1"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_forgetful_host_lost_is_started_again() {
    let local = Local::with_hosts(&["one"]).await;
    local.hosts.mood("one", Mood::Forgetful);
    local.apply(&deployment("hello:v1", 1)).await;
    local.eventually("it was asked", async || (local.hosts.starts("one") > 0).then_some(())).await;
    local.hosts.mood("one", Mood::Well);
    local.eventually("it runs", async || (local.hosts.images() == ["hello:v1"]).then_some(())).await;
    local.rolled_out("hello").await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_for_dead_while_the_bus_is_away() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 2)).await;
    local.rolled_out("hello").await;
    let before =
        local.objects("workloads").await.iter().map(|object| object["metadata"]["uid"].clone()).collect::<Vec<_>>();
    local.hosts.connection(false);
    for name in ["one", "two"] {
        local.hosts.mood(name, Mood::Stalling);
    }
    tokio::time::sleep(std::time::Duration::from_secs(90)).await;
    for name in ["one", "two"] {
        local.hosts.mood(name, Mood::Well);
    }
    local.hosts.connection(true);
    tokio::time::sleep(std::time::Duration::from_secs(90)).await;
    let after =
        local.objects("workloads").await.iter().map(|object| object["metadata"]["uid"].clone()).collect::<Vec<_>>();
    assert_eq!(after, before, "nothing was deleted");
    assert_eq!(local.hosts.images().len(), 2);
}

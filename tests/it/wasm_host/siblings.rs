//! Components of one workload that call each other.

use kubectl_wasmcloud::hosts::wire::{LocalResources, Workload, WorkloadState};

use super::bench::{Bench, Change, workload};
use crate::support::component::odd::{greeted, greeter, greeter_of_greeters, maker_of_things, user_of_things};

fn pair(first: &str, second: &str) -> Workload {
    let resources = |who: &str| {
        let environment = [("WHO".to_owned(), who.to_owned())].into();
        Some(LocalResources { environment, ..LocalResources::default() })
    };
    workload(first, "pair")
        .component(|component| (component.name, component.local_resources) = ("front".into(), resources("front")))
        .and(second, |component| (component.name, component.local_resources) = ("back".into(), resources("back")))
}

#[tokio::test]
async fn an_export_satisfies_the_import_of_another_and_each_keeps_what_it_was_given() {
    let bench = Bench::start().await;
    let (front, back) = (bench.file("front.wasm", &greeted()), bench.file("back.wasm", &greeter()));
    let started = bench.run("pair", pair(&front, &back)).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    assert_eq!(bench.get("pair", "/").await.body, "front: back greets you");
}

#[tokio::test]
async fn without_the_other_the_import_is_missing() {
    let bench = Bench::start().await;
    let front = bench.file("front.wasm", &greeted());
    let refused = bench.run("alone", workload(&front, "alone")).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert_eq!(refused.message, "component \"http\" imports test:pair/greet@1.0.0, which this host does not provide");
}

#[tokio::test]
async fn circles_are_refused_by_name() {
    let bench = Bench::start().await;
    let circle = bench.file("circle.wasm", &greeter_of_greeters());
    let refused = bench.run("circle", pair(&circle, &circle)).await;
    assert_eq!(refused.message, "the components back, front import each other in a circle");
}

#[tokio::test]
async fn resources_of_one_are_held_by_another_and_go_back_to_it() {
    let bench = Bench::start().await;
    let (user, maker) = (bench.file("user.wasm", &user_of_things()), bench.file("maker.wasm", &maker_of_things()));
    let started = bench.run("things", pair(&user, &maker)).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    assert_eq!(bench.get("pair", "/").await.body, "4142");
}

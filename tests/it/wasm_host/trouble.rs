//! What goes wrong: told in words that help, and never the end of the process.

use kubectl_wasmcloud::hosts::wire::{Workload, WorkloadState};

use super::bench::{Bench, Change, workload};
use crate::support::component::http::{files, keyvalue_counter};
use crate::support::component::{http_component, odd};

#[tokio::test]
async fn a_trap_answers_500_and_is_remembered() {
    let bench = Bench::start().await;
    let image = bench.file("t.wasm", &odd::trap());
    bench.run("t", workload(&image, "trap")).await;
    assert_eq!(bench.status("t").await.message, "");
    let answer = bench.get("trap", "/").await;
    let words = "component \"http\" trapped: wasm trap: wasm `unreachable` instruction executed";
    assert_eq!(answer.status, 500);
    assert!(answer.body.starts_with(words), "{}", answer.body);
    let status = bench.status("t").await;
    assert_eq!(status.workload_state, WorkloadState::Running);
    assert!(status.message.starts_with(words), "{}", status.message);
    assert_eq!(bench.get("trap", "/").await.status, 500, "and it goes on");
}

#[tokio::test]
async fn a_panic_is_told_in_its_own_words() {
    let bench = Bench::start().await;
    let image = bench.file("p.wasm", &odd::panic());
    bench.run("p", workload(&image, "panic")).await;
    let answer = bench.get("panic", "/").await;
    let words = "; it said: thread 'main' panicked at src/lib.rs:7:9: no such luck";
    assert!(answer.body.trim_end().ends_with(words), "{}", answer.body);
}

#[tokio::test]
async fn a_trap_in_the_middle_of_an_answer_cuts_it_off() {
    let bench = Bench::start().await;
    let image = bench.file("t.wasm", &odd::trap());
    bench.run("t", workload(&image, "trap")).await;
    let text = bench.raw("trap", "/then").await;
    assert!(!text.ends_with("0\r\n\r\n"), "it may not look whole: {text}");
    assert!(bench.status("t").await.message.contains("unreachable"));
}

#[tokio::test]
async fn a_missing_import_is_named_with_its_component() {
    let bench = Bench::start().await;
    let image = bench.file("i.wasm", &odd::importer_of_nothing());
    let refused = bench.run("i", workload(&image, "i")).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert_eq!(
        refused.message,
        "component \"http\" imports wasi:blobstore/container@0.2.0-draft, which this host does not provide"
    );
    assert_eq!(bench.status("i").await, refused, "and told again until it is stopped");
    assert_eq!(bench.host_beat().await.workload_count, 0);
    assert_eq!(bench.stop("i").await.workload_state, WorkloadState::Stopping);
    assert_eq!(bench.status("i").await.workload_state, WorkloadState::NotFound);
}

/// What a start is told, with the home made equal.
async fn refused(bench: &Bench, workload: Workload) -> String {
    let refused = bench.run("refused", workload).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    bench.stop("refused").await;
    refused.message.replace(&bench.home().display().to_string(), "[HOME]")
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let bench = Bench::start().await;
    let good = bench.file("good.wasm", &http_component("x"));
    let text = bench.file("text.wasm", b"no component");
    let core = bench.file("core.wasm", &wat::parse_str("(module)").unwrap());
    let cases = [
        ("a missing file", workload("file://missing.wasm", "a")),
        ("text", workload(&text, "a")),
        ("a core module", workload(&core, "a")),
        ("no reference", workload("NOT AN IMAGE", "a")),
        ("no host", workload(&good, "")),
        ("twice the same name", workload(&good, "a").and(&good, |component| component.name = "http".into())),
        ("an interface that is not listed", workload(&bench.file("k.wasm", &keyvalue_counter()), "a")),
        (
            "no such volume",
            workload(&bench.file("v.wasm", &files()), "a").resources(|resources| {
                resources.volume_mounts = vec![Default::default()];
            }),
        ),
    ];
    let mut told = String::new();
    for (name, workload) in cases {
        told += &format!("{name}: {}\n", refused(&bench, workload).await);
    }
    insta::assert_snapshot!(told, @r#"
    a missing file: failed to pull image for component 'http': cannot read [HOME]/missing.wasm: No such file or directory (os error 2)
    text: component 'http': `file://[HOME]/text.wasm` is no WebAssembly component: it does not begin as WebAssembly does
    a core module: component 'http': `file://[HOME]/core.wasm` is no WebAssembly component: it is a core module; build it for wasm32-wasip2, or make a component of it
    no reference: failed to pull image for component 'http': `NOT AN IMAGE` is no image reference: invalid reference format
    no host: no host header found: the host interface wasi:http needs `config.host`, by which requests find the workload
    twice the same name: two components are named `http`
    an interface that is not listed: component "http" imports wasi:keyvalue/store@0.2.0-draft, which this host gives to workloads that list it under hostInterfaces
    no such volume: component 'http' mounts the volume ``, which the workload does not have
    "#);
}

#[tokio::test]
async fn a_host_for_which_nobody_answers_is_told() {
    let bench = Bench::start().await;
    let image = bench.file("g.wasm", &odd::greeter());
    let started = bench.run("g", workload(&image, "greeter.example.com")).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "as on a real host");
    assert_eq!(bench.get("greeter.example.com", "/").await.status, 404);
    assert_eq!(
        bench.status("g").await.message,
        "no component exports wasi:http/incoming-handler@0.2: nobody answers for greeter.example.com"
    );
}

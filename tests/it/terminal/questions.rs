//! What is asked, of whom, and what comes of the answers.

use std::process::Stdio;

use insta::assert_snapshot;
use kubectl_wasmcloud::local::directory::Directory;
use serde_json::{Value, json};

use super::{CTRL_C, ESCAPE, manifest};
use crate::support::TestEnv;
use crate::support::served::{Served, steady};
use crate::support::terminal::Terminal;

const IMAGE: &str = "registry.example.com/hello:1";
const SIZE: (u16, u16) = (20, 100);

fn ask(served: &Served, words: &[&str]) -> Terminal {
    Terminal::run(&served.env, SIZE, &[], words)
}

/// A home with a local control plane in it that does not run.
fn with_local_plane() -> TestEnv {
    let env = TestEnv::new();
    drop(Directory::open(&env.home().join("local")).unwrap().lock().unwrap());
    env
}

/// Runs it without any terminal: standard input is closed, and the session is its own.
fn alone(env: &TestEnv, words: &[&str]) -> (Option<i32>, String) {
    let script = "exec setsid --wait \"$@\" <&-";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_kubectl-wasmcloud")]).args(words);
    command.env("HOME", env.home()).env("LANG", "C.UTF-8").env_remove("CI").current_dir(env.home());
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_drain_says_what_will_happen_and_enter_means_no() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    let mut terminal = ask(&served, &["drain", "a"]);
    terminal.shows("Drain?");
    assert_snapshot!(steady(&terminal.screen()), @"
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: a replacement comes first
    no other host is ready and uncordoned, so there is nowhere to go for now
    Drain? [y/N]
    ");
    terminal.press("\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 1, "{screen}");
    assert!(screen.ends_with("nothing was done"), "{screen}");
    assert!(!served.run(&["get", "hosts"]).contains("SchedulingDisabled"));
    assert_eq!(served.local.hosts.running()["a"].len(), 1);
}

#[test]
fn delete_asks_who_named_no_names() {
    let served = Served::with_hosts(&["a"]);
    let mut labelled = crate::support::local::deployment(IMAGE, 1);
    labelled["metadata"]["labels"] = json!({"app": "hello"});
    served.apply(&labelled);
    let mut terminal = ask(&served, &["delete", "wd", "-l", "app=hello"]);
    terminal.shows("Delete ");
    assert_snapshot!(terminal.screen(), @"Delete workloaddeployment.runtime.wasmcloud.dev/hello in namespace default? [y/N]");
    terminal.press("\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.ends_with("nothing is deleted"), "{screen}");
    let (code, screen) = ask(&served, &["delete", "wd", "hello"]).end();
    assert_eq!(code, 0, "{screen}");
    assert_snapshot!(screen, @r#"workloaddeployment.runtime.wasmcloud.dev "hello" deleted from default namespace"#);
    for (vars, words) in [
        (&[][..], &["delete", "wd", "-l", "app=hello", "--yes"][..]),
        (&[("CI", "true")][..], &["delete", "wd", "-l", "app=hello"][..]),
    ] {
        served.apply(&labelled);
        let (code, screen) = Terminal::run(&served.env, SIZE, vars, words).end();
        assert_eq!((code, screen.contains('?')), (0, false), "{screen}");
        assert!(screen.contains("\"hello\" deleted"), "{screen}");
    }
}

#[test]
fn uninstall_says_what_will_go_and_asks() {
    let mut served = Served::with_hosts(&[]);
    served.local.stop_controller();
    served.lease("kubectl-wasmcloud_test_1", "2026-01-01T00:00:00Z");
    let mut terminal = ask(&served, &["uninstall"]);
    terminal.shows("Uninstall?");
    assert_snapshot!(terminal.screen(), @"
    5 CustomResourceDefinitions go
    Uninstall? [y/N]
    ");
    terminal.press("\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.ends_with("uninstall is cancelled"), "{screen}");
    let mut terminal = ask(&served, &["uninstall"]);
    terminal.shows("Uninstall?");
    terminal.press("y");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("deleted"), "{screen}");
}

#[test]
fn ctrl_c_ends_questions_and_pickers_and_esc_ends_pickers() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    for (words, shown, key) in [
        (&["drain", "a"][..], "Drain?", CTRL_C),
        (&["rollout", "restart"][..], "> hello", CTRL_C),
        (&["rollout", "restart"][..], "> hello", ESCAPE),
    ] {
        let mut terminal = ask(&served, words);
        terminal.shows(shown);
        terminal.press(key);
        let (code, screen) = terminal.end();
        assert_eq!(code, 130, "{words:?} {key:?}: {screen}");
        assert!(key == CTRL_C || !screen.contains("> hello"), "{screen}");
        assert!(!screen.contains("error"), "{screen}");
    }
    assert!(!served.run(&["rollout", "history", "hello"]).contains("\n2 "));
}

/// It asks at once, before anything else was waited for: several times, for who comes first is drawn by lot.
#[test]
fn ctrl_c_ends_a_question_that_comes_at_once() {
    let env = with_local_plane();
    for _ in 0..6 {
        let mut terminal = Terminal::run(&env, SIZE, &[], &["local", "reset", "--dir", "local"]);
        terminal.shows("Delete all objects");
        terminal.press(CTRL_C);
        let (code, screen) = terminal.end();
        assert_eq!(code, 130, "{screen}");
    }
    let mut terminal = Terminal::run(&env, SIZE, &[], &["local", "reset", "--dir", "local"]);
    terminal.shows("Delete all objects");
    terminal.press("\r");
    assert_eq!(terminal.end().0, 0);
    assert!(env.home().join("local").exists());
}

#[test]
fn a_dumb_terminal_is_asked_too_but_picks_from_no_list() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    for (key, code, last) in [("\r", 1, "nothing was done"), (CTRL_C, 130, "Drain? [y/N]")] {
        let mut terminal = Terminal::run(&served.env, SIZE, &[("TERM", "dumb")], &["drain", "a"]);
        terminal.shows("Drain? [y/N]");
        terminal.press(key);
        let (ended, screen, written) = terminal.end_with_all();
        assert_eq!(ended, code, "{screen}");
        assert!(screen.ends_with(last), "{screen}");
        assert!(!written.contains(ESCAPE), "{written:?}");
    }
    let dumb = Terminal::run(&served.env, SIZE, &[("TERM", "dumb")], &["rollout", "restart"]);
    let (code, screen, written) = dumb.end_with_all();
    assert_eq!(code, 2, "{screen}");
    assert!(!written.contains(ESCAPE), "{written:?}");
}

#[test]
fn who_said_yes_and_who_is_no_person_is_asked_nothing() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    served.local.hosts.join("b");
    let (code, screen) = Terminal::run(&served.env, SIZE, &[("CI", "true")], &["drain", "a"]).end();
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("--yes"), "{screen}");
    let (code, screen) = ask(&served, &["drain", "a", "--yes", "--timeout=60s"]).end();
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("Drain?"), "{screen}");
}

#[test]
fn without_a_terminal_the_flag_is_named_that_answers() {
    let mut served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    let file = manifest(&served, "registry.example.com/hello:2");
    for words in [&["drain", "a"][..], &["deploy", "--confirm", "--force-conflicts", "-f", &file]] {
        let (code, said) = alone(&served.env, words);
        assert_eq!(code, Some(2), "{words:?}: {said}");
        assert!(said.contains("help: --yes says yes"), "{words:?}: {said}");
    }
    for words in [
        &["drain"][..],
        &["rollout", "restart"],
        &["rollout", "undo"],
        &["rollout", "pause"],
        &["rollout", "resume"],
        &["scale", "--replicas=1"],
        &["autoscale", "--max=2", "--external-metric=x", "--average-value=1"],
        &["expose"],
        &["cordon"],
        &["uncordon"],
        &["logs"],
    ] {
        let (code, said) = alone(&served.env, words);
        assert_eq!(code, Some(2), "{words:?}: {said}");
        let names = ["the name of", "TYPE/NAME", "the type of resource"].iter().any(|what| said.contains(what));
        assert!(said.contains("error: ") && names, "{words:?}: {said}");
    }
    let path = "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/workloaddeployments/hello";
    served.request("DELETE", path, "application/json", &Value::Null);
    served.eventually("all is gone", || served.run(&["get", "ww,wrs,wd"]).contains("No resources found").then_some(()));
    served.local.stop_controller();
    served.lease("kubectl-wasmcloud_test_1", "2026-01-01T00:00:00Z");
    let (code, said) = alone(&served.env, &["uninstall"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("help: --yes says yes"), "{said}");
    let (code, said) = alone(&with_local_plane(), &["local", "reset", "--dir", "local"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("help: --yes says yes"), "{said}");
}

/// A home with a component in it that answers requests and sends some.
fn with_component() -> TestEnv {
    let env = TestEnv::new();
    std::fs::write(env.home().join("price_feed.wasm"), crate::support::component::http::caller()).unwrap();
    env
}

#[test]
fn scaffold_asks_for_all_that_is_missing() {
    let env = with_component();
    let mut terminal = Terminal::run(&env, (40, 100), &[], &["scaffold"]);
    terminal.shows("> workloaddeployment");
    assert_snapshot!(terminal.screen(), @"
    scaffold |
    > workloaddeployment   components that run, and are replaced step by step by newer ones
      artifact             an image under a name, which deployments follow
      workloadreplicaset   one version of a deployment, by itself
      workload             components on one host, by themselves
      host                 a host, as the controller writes it
    ");
    terminal.press("\r");
    terminal.shows("Image");
    terminal.press("price_feed.wasm\r");
    terminal.shows("Name");
    terminal.press("\r");
    terminal.shows("Host whose requests");
    terminal.press("feed.example\r");
    terminal.shows("Add a Service");
    terminal.press("y");
    terminal.shows("Hosts it may send");
    terminal.press("api.example.com, *.example.org\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    for line in [
        "kind: Service",
        "  name: price-feed",
        "            host: feed.example # requests for this host come here",
        "            allowedHosts: # it reaches these hosts and no other",
        "              - api.example.com",
        "              - \"*.example.org\"",
    ] {
        assert!(screen.lines().any(|shown| shown == line), "{line}: {screen}");
    }
}

#[test]
fn scaffold_asks_again_for_what_is_wrong_and_nothing_when_nothing_is_missing() {
    let env = with_component();
    let mut terminal = Terminal::run(&env, (40, 100), &[], &["scaffold", "ww", "--image=price_feed.wasm"]);
    terminal.shows("Name [price-feed]");
    terminal.press("Feed\r");
    terminal.shows("invalid name \"Feed\"");
    terminal.press("\u{3}");
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    let (code, screen) = Terminal::run(&env, (40, 100), &[], &["scaffold", "ww", "a", "--image=price_feed.wasm"]).end();
    assert_eq!((code, screen.contains('?')), (0, false), "{screen}");
    for (vars, words) in [(&[("CI", "1")][..], &["scaffold", "ww"][..]), (&[], &["scaffold", "ww", "--yes"])] {
        let (code, screen) = Terminal::run(&env, (40, 100), vars, words).end();
        assert_eq!(code, 2, "{screen}");
        assert!(screen.contains("required flag(s) \"image\" not set"), "{screen}");
    }
}

#[test]
fn scaffold_asks_on_a_dumb_terminal_too() {
    let env = with_component();
    let dumb = &[("TERM", "dumb")];
    let mut terminal = Terminal::run(&env, (40, 100), dumb, &["scaffold", "wd", "--image=price_feed.wasm"]);
    terminal.shows("Name [price-feed]:");
    terminal.press("Feed\r");
    terminal.shows("invalid name");
    terminal.press("feedx\u{7f}\r");
    terminal.shows("Host whose requests");
    terminal.press("\r");
    terminal.shows("Add a Service");
    terminal.press("n");
    terminal.shows("Hosts it may");
    terminal.press("\r");
    let (code, screen, written) = terminal.end_with_all();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("host: feed.localhost") && screen.contains("allowedHosts: []"), "{screen}");
    assert!(!screen.contains("kind: Service") && !written.contains(ESCAPE), "{written:?}");
    let mut terminal = Terminal::run(&env, (40, 100), dumb, &["scaffold", "wd"]);
    terminal.shows("Image");
    terminal.press(CTRL_C);
    assert_eq!(terminal.end().0, 130);
    let (code, screen) = Terminal::run(&env, (40, 100), dumb, &["scaffold"]).end();
    assert_eq!(code, 2, "a dumb terminal picks from no list: {screen}");
}

#[test]
fn a_file_is_overwritten_when_a_person_says_so() {
    let env = with_component();
    env.file("out/workload-a.yaml", "mine\n");
    let words = ["scaffold", "ww", "a", "--image=price_feed.wasm", "--output-dir=out"];
    let there = || std::fs::read_to_string(env.home().join("out/workload-a.yaml")).unwrap();
    for (key, last, is_mine) in [("\r", "nothing is written", true), ("y", "deploy --local -f out", false)] {
        let mut terminal = Terminal::run(&env, SIZE, &[], &words);
        terminal.shows("Overwrite out/workload-a.yaml?");
        terminal.press(key);
        let (code, screen) = terminal.end();
        assert_eq!(code, 0, "{screen}");
        assert!(screen.ends_with(last), "{screen}");
        assert_eq!(there() == "mine\n", is_mine);
    }
}

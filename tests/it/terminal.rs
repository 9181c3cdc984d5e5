//! What a person at a terminal sees, and what stands in a pipe: in a pseudo-terminal with a screen behind it.

#[cfg(target_os = "linux")]
mod interrupted;
mod looks;
mod questions;
mod resized;
mod verbs;

use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::served::{Served, steady};
use crate::support::terminal::Terminal;

const ESCAPE: &str = "\u{1b}";
const CTRL_C: &str = "\u{3}";

fn manifest(served: &Served, image: &str) -> String {
    let deployment = crate::support::local::deployment(image, 2);
    served.env.file("app.json", &deployment.to_string()).display().to_string()
}

#[test]
fn ctrl_c_ends_with_130_and_leaves_the_terminal_as_it_was() {
    let served = Served::with_hosts(&["a"]);
    served.local.hosts.mood("a", crate::support::hosts::Mood::Stalling);
    let file = manifest(&served, "registry.example.com/hello:1");
    let mut terminal = Terminal::run(&served.env, (20, 80), &[], &["deploy", "-f", &file]);
    terminal.shows("hello [");
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130);
    assert!(!screen.contains('━') && !screen.contains(" [ "), "{screen}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let env = TestEnv::new();
    let told = |vars: &[(&str, &str)], words: &[&str]| {
        let terminal = Terminal::run(&env, (20, 80), vars, words);
        terminal.shows("error:");
        let written = terminal.written();
        assert_eq!(terminal.end().0, 1);
        written
    };
    assert!(told(&[], &["get", "wd"]).contains(ESCAPE));
    assert!(!told(&[("NO_COLOR", "1")], &["get", "wd"]).contains(ESCAPE));
    assert!(!told(&[("TERM", "dumb")], &["get", "wd"]).contains(ESCAPE));
    assert!(!told(&[], &["get", "wd", "--color=never"]).contains(ESCAPE));
    assert!(!env.run(&["get", "wd"]).contains(ESCAPE), "nor is a pipe");
    assert!(env.run(&["get", "wd", "--color=always"]).contains(ESCAPE));
}

#[test]
fn tables_are_cut_to_a_narrow_terminal_and_whole_in_a_pipe() {
    let served = Served::with_hosts(&["a"]);
    let words = "the registry says that this image is nowhere to be found, whoever asks for it";
    served.local.hosts.mood("a", crate::support::hosts::Mood::Failing(words));
    served.apply(&crate::support::local::deployment("registry.example.com/hello:1", 1));
    served.eventually("the host has refused", || served.run(&["get", "ww"]).contains(words).then_some(()));
    let (code, screen) = Terminal::run(&served.env, (10, 100), &[], &["get", "ww"]).end();
    assert_eq!(code, 0);
    assert_snapshot!(steady(&screen), @"
    NAME                    HOST   STATE         AGE   MESSAGE
    hello-SET-POD   a      StartFailed   NOW    the registry says that this image is nowhere to …
    ");
}

#[test]
fn a_missing_name_is_picked_with_its_status_and_a_ci_job_is_asked_nothing() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let words = ["rollout", "restart"];
    let mut terminal = Terminal::run(&served.env, (20, 100), &[], &words);
    terminal.shows("hello");
    assert_snapshot!(steady(&terminal.screen()), @"
    rollout restart |
    > hello   1/1   1   1   registry.example.com/hello:1   NOW
    ");
    terminal.press("\r");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.ends_with("workloaddeployment.runtime.wasmcloud.dev/hello restarted"), "{screen}");
    let (code, screen) = Terminal::run(&served.env, (20, 100), &[("CI", "true")], &words).end();
    assert_eq!(code, 2, "{screen}");
    let (code, _) = Terminal::run(&served.env, (20, 100), &[], &["rollout", "restart", "--yes"]).end();
    assert_eq!(code, 2, "--yes answers no question that has no yes");
}

#[test]
fn events_fit_a_terminal_and_are_whole_in_a_pipe_and_with_wide() {
    let served = Served::with_hosts(&["a"]);
    let words = "the registry says that this image is nowhere to be found, whoever asks for it";
    served.local.hosts.mood("a", crate::support::hosts::Mood::Failing(words));
    served.apply(&crate::support::local::deployment("registry.example.com/hello:1", 1));
    let all = ["events", "ww", "--types=Warning"];
    served.eventually("the host has refused", || served.run(&all).contains(words).then_some(()));
    let screen = |columns: u16, more: &[&str]| {
        let (code, screen) = Terminal::run(&served.env, (20, columns), &[], &[&all, more].concat()).end();
        assert_eq!(code, 0, "{screen}");
        screen
    };
    let normal = screen(120, &[]);
    assert!(normal.lines().all(|line| line.chars().count() <= 120), "{normal}");
    assert!(normal.contains("the registry says") && !normal.contains(words), "{normal}");
    assert!(screen(120, &["-o", "wide"]).contains(words));
    let narrow = screen(40, &[]);
    let first: Vec<_> = narrow.lines().take(3).map(steady).collect();
    assert!(first[0].ends_with("   Warning   StartFailed"), "{narrow}");
    assert_eq!(first[1..], ["  Workload/hello-SET-POD".to_owned(), format!("  {words}")]);
}

#[test]
fn top_follows_the_hosts_in_its_place() {
    let served = Served::with_hosts(&["a"]);
    let mut terminal = Terminal::run(&served.env, (20, 100), &[], &["top", "-w", "--sort-by=name"]);
    let has = |screen: &str, host: &str| screen.lines().any(|line| line.starts_with(&format!("{host}      default")));
    terminal.until("the host is shown", |screen| has(screen, "a"));
    served.local.hosts.join("b");
    terminal.until("the new host is shown", |screen| has(screen, "b"));
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    assert_eq!(screen.lines().count(), 3, "{screen}");
    assert!(screen.starts_with("HOST   GROUP"), "{screen}");
}

/// What stands first is picked, once the words are shown.
#[track_caller]
fn picked(served: &Served, words: &[&str], shown: &str) -> Terminal {
    let mut terminal = Terminal::run(&served.env, (20, 160), &[], words);
    terminal.shows(shown);
    terminal.press("\r");
    terminal
}

#[test]
fn a_verb_of_any_kind_offers_all_that_it_has_a_meaning_for() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let deployment = "workloaddeployment.runtime.wasmcloud.dev/hello";
    let first = format!("> {deployment} ");
    for (words, told) in [
        (&["set", "image", "http=registry.example.com/hello:2"][..], "image updated"),
        (&["set", "image", "wd", "http=registry.example.com/hello:3"], "image updated"),
        (&["set", "env", "A=b"], "env updated"),
    ] {
        let (code, screen) = picked(&served, words, &first).end();
        assert_eq!(code, 0, "{words:?}: {screen}");
        assert!(screen.ends_with(&format!("{deployment} {told}")), "{words:?}: {screen}");
    }
    let (code, screen) = picked(&served, &["set", "env", "--list"], &first).end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("A=b"), "{screen}");
    let (code, screen) = picked(&served, &["logs"], &first).end();
    assert!(code == 0 && screen.contains("# host a"), "{screen}");
    let mut question = picked(&served, &["delete"], &first);
    question.shows("Delete ");
    question.press("\r");
    let (code, screen) = question.end();
    assert!(code == 0 && screen.ends_with("nothing is deleted"), "{screen}");
    let (code, screen) = Terminal::run(&served.env, (20, 160), &[("CI", "true")], &["set", "image", "a=b"]).end();
    assert!(code == 2 && screen.contains("You must provide one or more resources"), "{screen}");
}

//! Colours and drawings: where they are wanted, and where not.

use super::{ESCAPE, manifest};
use crate::support::served::Served;
use crate::support::terminal::Terminal;

/// A colour, bold, or the end of these.
fn coloured(written: &str) -> bool {
    regex::Regex::new(r"\x1b\[[0-9;]*m").unwrap().is_match(written)
}

#[test]
fn every_verb_that_colours_heeds_no_color_and_a_dumb_terminal() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 2);
    let file = manifest(&served, "registry.example.com/hello:2");
    for words in [
        &["describe", "wd", "hello"][..],
        &["tree", "hello"],
        &["check"],
        &["diff", "-f", &file],
        &["rollout", "history", "hello", "--diff"],
        &["get", "wd", "nowhere"],
    ] {
        let written = |vars: &[(&str, &str)]| Terminal::run(&served.env, (60, 100), vars, words).end_with_all().2;
        assert!(coloured(&written(&[])) || words[1] == "history", "{words:?} is not coloured");
        assert!(!coloured(&written(&[("NO_COLOR", "1")])), "{words:?}");
        let dumb = written(&[("TERM", "dumb")]);
        assert!(!dumb.contains(ESCAPE), "{words:?}: {dumb:?}");
    }
}

#[test]
fn a_dumb_terminal_gets_lines_and_no_drawing() {
    let served = Served::with_hosts(&["a"]);
    let file = manifest(&served, "registry.example.com/hello:1");
    let vars = [("TERM", "dumb")];
    for words in [
        &["deploy", "-f", &file][..],
        &["tree", "--until=ready"],
        &["scale", "hello", "--replicas=1", "--timeout=30s"],
        &["rollout", "restart", "hello"],
        &["rollout", "status", "hello"],
        &["drain", "a", "--yes", "--dry-run"],
        &["report", "-o", "report.zip"],
    ] {
        let written = Terminal::run(&served.env, (20, 100), &vars, words).end_with_all().2;
        assert!(!written.is_empty() && !written.contains(ESCAPE), "{words:?}: {written:?}");
    }
}

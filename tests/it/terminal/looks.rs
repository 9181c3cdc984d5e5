//! Colours and drawings: where they are wanted, and where not.

use super::{CTRL_C, ESCAPE, manifest};
use crate::support::TestEnv;
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

#[test]
fn opening_images_shows_how_far_it_is_and_ctrl_c_leaves_nothing() {
    let env = TestEnv::new();
    // It takes connections, and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("{}/a/b:v1", silent.local_addr().unwrap());
    let text = format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: web\nspec:\n  components:\n    \
         - {{name: web, image: '{image}'}}\n"
    );
    env.file("web.yaml", &text);
    for words in [&["validate", "-f", "web.yaml", "--images"][..], &["scaffold", "ww", "web", "--image", &image]] {
        let mut terminal = Terminal::run(&env, (20, 80), &[], words);
        terminal.shows("opening images [");
        assert!(terminal.screen().contains(&format!("0/1 {image}")), "{}", terminal.screen());
        terminal.press(CTRL_C);
        let (code, screen) = terminal.end();
        assert_eq!((code, screen.trim()), (130, ""), "{screen}");
    }
}

//! All verbs of the command line, each in a pipe, with a reader who has left, and in a narrow terminal.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Output, Stdio};

use super::{ESCAPE, manifest};
use crate::support::hosts::Mood;
use crate::support::served::{Served, steady};
use crate::support::terminal::Terminal;

const IMAGE: &str = "registry.example.com/hello:1";
/// What the host says that starts nothing: longer than a narrow terminal is wide.
const WORDS: &str = "the registry says that this image is nowhere to be found, whoever asks for it";

/// Each verb, how it is run, and the code that it ends with. None changes anything, so that all three ways show the same.
const VERBS: [(&str, &str, i32); 44] = [
    ("__complete", "get ww", 0),
    ("apply", "-f app.yaml --force-conflicts --dry-run=server", 0),
    ("autoscale", "hello --max=3 --external-metric=queue --average-value=1 --dry-run=client", 0),
    ("check", "-o short", 0),
    ("completion", "bash", 0),
    ("cordon", "a --dry-run=server", 0),
    ("crds", "", 0),
    ("delete", "wd hello --dry-run=server", 0),
    ("deploy", "-f app.yaml --force-conflicts --dry-run=server", 0),
    ("describe", "wd hello", 0),
    ("diff", "-f app.yaml --force-conflicts", 1),
    ("drain", "a --dry-run=client", 0),
    ("events", "", 0),
    ("explain", "wd.spec", 0),
    ("explain-code", "WC0220", 0),
    ("expose", "hello --dry-run=client", 0),
    ("get", "ww", 0),
    ("install", "--export --controller --image=x", 0),
    ("local reset", "--dir=nowhere", 0),
    ("local status", "--dir=nowhere", 0),
    ("local up", "--dir=up --http-port=PORT", 1),
    ("logs", "wd/hello", 0),
    ("man", "--output-dir=man", 0),
    ("rbac", "--verbs", 0),
    ("report", "-o nowhere/report.zip", 1),
    ("rollout history", "hello", 0),
    ("rollout pause", "hello --dry-run=client", 0),
    ("rollout restart", "hello --dry-run=client", 0),
    ("rollout resume", "hello --dry-run=client", 1),
    ("rollout status", "hello --watch=false", 1),
    ("rollout undo", "hello --to-revision=1 --dry-run=client", 0),
    ("run-controller", "--health-probe-bind-address=127.0.0.1:PORT", 1),
    ("scaffold", "wd hello --image=registry.example.com/hello --no-open --expose", 0),
    ("scale", "hello --replicas=3 --dry-run=client", 0),
    ("set env", "wd/hello A=b --dry-run=client", 0),
    ("set image", "wd/hello http=registry.example.com/hello:2 --dry-run=client", 0),
    ("top", "", 0),
    ("tree", "hello", 0),
    ("uncordon", "a --dry-run=client", 0),
    ("uninstall", "--dry-run=client --keep-crds", 0),
    ("validate", "-f app.yaml", 0),
    ("version", "", 0),
    ("", "--help", 0),
    ("get", "hosts -o wide", 0),
];

/// A cluster in which a deployment has failed, and an address that is taken.
struct Scene {
    served: Served,
    taken: TcpListener,
}

impl Scene {
    fn new() -> Self {
        let served = Served::with_hosts(&["a"]);
        served.local.hosts.mood("a", Mood::Failing(WORDS));
        served.apply(&crate::support::local::deployment(IMAGE, 1));
        served.eventually("the host has refused", || served.run(&["get", "ww"]).contains(WORDS).then_some(()));
        manifest(&served, "registry.example.com/hello:3");
        std::fs::rename(served.env.home().join("app.json"), served.env.home().join("app.yaml")).unwrap();
        Self { served, taken: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    /// Looks at each verb; what is wrong with any is told of all of them.
    fn each(&self, look: impl Fn(&[&str], i32) -> Result<(), String>) {
        let mut wrong = Vec::new();
        let port = self.taken.local_addr().unwrap().port().to_string();
        for (verb, arguments, code) in VERBS {
            let arguments = arguments.replace("PORT", &port);
            let words: Vec<_> = verb.split_whitespace().chain(arguments.split_whitespace()).collect();
            wrong.extend(look(&words, code).err().map(|what| format!("{words:?} {what}")));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn piped(&self, words: &[&str]) -> Output {
        self.served.env.program(words).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The words of every verb that has none below it.
fn leaves(command: &clap::Command, above: &str, found: &mut BTreeSet<String>) {
    for verb in command.get_subcommands() {
        let words = format!("{above} {}", verb.get_name()).trim().to_owned();
        match verb.has_subcommands() {
            true => leaves(verb, &words, found),
            false => drop(found.insert(words)),
        }
    }
}

#[test]
fn every_verb_is_here() {
    let mut verbs = BTreeSet::new();
    leaves(&kubectl_wasmcloud::cli::command(), "", &mut verbs);
    let here: BTreeSet<_> = VERBS.iter().map(|(verb, ..)| (*verb).to_owned()).filter(|verb| !verb.is_empty()).collect();
    assert_eq!(here, verbs);
}

/// An error, unless it is so.
fn check(is_so: bool, what: &str, told: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("{what}: {told}")) }
}

#[test]
fn nothing_in_a_pipe_is_coloured_or_drawn() {
    let scene = Scene::new();
    scene.each(|words, code| {
        let output = scene.piped(words);
        let told = text(&output.stdout) + &text(&output.stderr);
        check(output.status.code() == Some(code), "ends with another code", &told)?;
        check(!told.contains(ESCAPE), "writes control sequences", &told)?;
        check(!told.contains("panicked"), "panics", &told)
    });
}

#[test]
fn a_reader_who_has_left_is_no_error_and_nothing_is_said_of_it() {
    let scene = Scene::new();
    scene.each(|words, _| {
        let usual = scene.piped(words);
        if usual.stdout.is_empty() {
            return Ok(());
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = scene.served.env.program(words).stdout(writer).stderr(Stdio::piped()).spawn();
        let output = child.unwrap().wait_with_output().unwrap();
        let errors = steady(&text(&output.stderr));
        check(output.status.success(), "takes it for an error", &errors)?;
        // What it says to people anyway it may say here too.
        let usual = steady(&text(&usual.stderr));
        check(errors.lines().all(|line| usual.contains(line)), "says something of it", &errors)
    });
}

#[test]
fn every_verb_fits_a_narrow_terminal() {
    let scene = Scene::new();
    scene.each(|words, code| {
        let (ended, screen) = Terminal::run(&scene.served.env, (60, 40), &[], words).end();
        check(i32::try_from(ended) == Ok(code), "ends with another code", &screen)?;
        check(!screen.contains("panicked"), "panics", &screen)?;
        // A table has a line for each object; events are there for their messages.
        let is_table = matches!(words, ["get" | "tree" | "top", ..]);
        check(!is_table || !screen.contains(WORDS), "cuts no message", &screen)
    });
}

//! A whole day with the plugin, as the README tells it: `tests/fixtures/day/day.session`.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::support::hosts::Mood;
use crate::support::served::{Served, steady};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/day").join(name)
}

/// A `kubectl` that knows one plugin.
fn shim(served: &Served) -> PathBuf {
    let script = format!("#!/bin/sh\nshift\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
    let path = served.env.file("bin/kubectl", &script);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.parent().unwrap().to_owned()
}

/// What a line of the session prints, and how it ends when that is not well.
fn hold(served: &Served, bin: &Path, line: &str) -> String {
    let mut bash = Command::new("bash");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    bash.env_clear().env("HOME", served.env.home()).env("PATH", path).env("LANG", "C.UTF-8");
    let output = bash.current_dir(served.env.home()).args(["-c", &format!("{line} 2>&1")]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let how_far = |line: &&str| !line.starts_with("Waiting for deployment");
    let mut lines: Vec<_> = said.lines().filter(how_far).collect();
    // Workloads leave a host together, and are told as they go.
    lines.chunk_by_mut(|one, other| one.contains("evict") == other.contains("evict")).for_each(|run| {
        if run[0].contains("evict") {
            run.sort_by_key(|line| line.ends_with(" evicted"));
        }
    });
    let mut told: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    if !output.status.success() {
        let _ = writeln!(told, "(exit code {})", output.status.code().unwrap());
    }
    // Names are random, and so is which of two equal lines comes first.
    let host = Regex::new(r"(ww/hello-SET-POD +\S+ \S+ +|on host )[ab]\b").unwrap();
    let version = Regex::new(r#"resourceVersion: "\d+""#).unwrap();
    let told = host.replace_all(&steady(&told), "${1}HOST").into_owned();
    version.replace_all(&told, "resourceVersion: VERSION").into_owned()
}

#[test]
fn a_day() {
    let served = Served::with_hosts(&["a", "b"]);
    served.local.hosts.all(&Mood::Without("nonsense"));
    std::fs::copy(fixture("hello.yaml"), served.env.home().join("hello.yaml")).unwrap();
    let bin = shim(&served);
    let session = std::fs::read_to_string(fixture("day.session")).unwrap();
    let mut told = String::new();
    for line in session.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => {
                let _ = write!(told, "{line}\n{}", hold(&served, &bin, command));
            }
            None if line.starts_with('#') || line.is_empty() => {
                let _ = writeln!(told, "{line}");
            }
            None => {}
        }
    }
    // An answer may have empty lines; those of the session stand before its remarks only.
    let told = told.replace("\n\n\n", "\n\n");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(fixture("day.session"), &told).unwrap();
    }
    assert!(session == told, "`UPDATE_GENERATED=1 cargo test day` writes it anew; it is now\n{told}");
}

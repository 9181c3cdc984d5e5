//! Running the binary in an environment of its own.

pub(crate) mod component;
#[cfg(feature = "local")]
pub(crate) mod faults;
#[cfg(feature = "local")]
pub(crate) mod hosts;
pub(crate) mod images;
#[cfg(feature = "local")]
pub(crate) mod judgement;
#[cfg(feature = "local")]
pub(crate) mod local;
pub(crate) mod recorder;
#[cfg(feature = "local")]
pub(crate) mod registry;
#[cfg(feature = "local")]
pub(crate) mod served;
pub(crate) mod terminal;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// A home directory, and nothing else around the binary: no configuration, no terminal, a fixed width.
pub(crate) struct TestEnv {
    home: TempDir,
}

impl TestEnv {
    /// An empty home.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// The home, which is also where the binary runs.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the home.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A kubeconfig whose API server is a loopback port that nobody listens on.
    pub(crate) fn unreachable_cluster(&self) -> &Self {
        let port = closed_port();
        self.file(
            ".kube/config",
            &format!(
                "current-context: here\n\
                 contexts: [{{name: here, context: {{cluster: c, user: u, namespace: team-a}}}}]\n\
                 clusters: [{{name: c, cluster: {{server: 'http://127.0.0.1:{port}'}}}}]\n\
                 users: [{{name: u, user: {{token: secret}}}}]\n"
            ),
        );
        self
    }

    /// The command, ready to run.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        Command::from_std(self.program(words))
    }

    /// The same, for a test that says itself where it reads from and writes to.
    pub(crate) fn program(&self, words: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
        command.env_clear().env("HOME", self.home()).env("COLUMNS", "100").current_dir(self.home()).args(words);
        command
    }

    /// Runs it; what it did, as text to compare.
    #[must_use]
    pub(crate) fn run(&self, words: &[&str]) -> String {
        self.told(&self.command(words).output().unwrap())
    }

    /// Runs it with something on standard input.
    #[must_use]
    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> String {
        self.told(&self.command(words).write_stdin(input).output().unwrap())
    }

    /// Code, standard output and standard error, with what differs from run to run made equal.
    pub(crate) fn told(&self, output: &Output) -> String {
        let mut text = format!("code: {}\n", output.status.code().unwrap());
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let _ = writeln!(text, "--- {name}\n{}", String::from_utf8_lossy(bytes).trim_end());
            }
        }
        let text = text.replace(&self.home().display().to_string(), "[HOME]");
        let mut pieces = text.split("127.0.0.1:");
        let first = pieces.next().unwrap().to_owned();
        pieces.fold(first, |text, piece| {
            text + "127.0.0.1:[PORT]" + piece.trim_start_matches(|c: char| c.is_ascii_digit())
        })
    }
}

/// A loopback port that was free a moment ago.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

//! The controller as a process, and what the system says of it.

use std::process::{Child, Command, Stdio};

/// Where `tests/real/run` says that something is.
#[expect(clippy::disallowed_methods, reason = "the run hands its servers over in the environment")]
pub(crate) fn real(name: &str) -> String {
    std::env::var(format!("REAL_{name}")).unwrap_or_else(|_| panic!("no REAL_{name}: run this by tests/bench/run"))
}

pub(crate) struct Controller(Child);

impl Controller {
    pub(crate) fn start(namespace: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
        command.args(["run-controller", "--nats-url", &real("NATS_URL"), "--namespace", namespace]);
        command.env("KUBECONFIG", real("KUBECONFIG")).stdin(Stdio::null());
        let log = std::fs::File::create(std::path::Path::new(&real("LOGS")).join("controller.log")).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        Self(command.spawn().unwrap())
    }

    /// CPU time so far, seconds, of all threads.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        // Fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
        (ticks(11) + ticks(12)) / 100.0
    }

    /// Resident memory now, bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// How much of the resident memory is the process's own, bytes: the rest is pages of the program's file, of which the
    /// kernel maps as many as it has at hand.
    pub(crate) fn own_memory(&self) -> u64 {
        self.status("RssAnon:")
    }

    /// The most resident memory so far, bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }

    pub(crate) fn stop(&mut self) {
        let stopped = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        self.0.wait().unwrap();
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

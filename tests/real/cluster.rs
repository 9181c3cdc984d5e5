//! One test's share of the real servers.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything here may take; what is there sooner is seen sooner.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where `tests/real/run` says that something is.
#[expect(clippy::disallowed_methods, reason = "the run hands its servers over in the environment")]
pub(crate) fn real(name: &str) -> String {
    std::env::var(format!("REAL_{name}")).unwrap_or_else(|_| panic!("no REAL_{name}: run this by tests/real/run"))
}

/// The path of a server's or client's binary.
pub(crate) fn binary(name: &str) -> PathBuf {
    Path::new(&real("BIN")).join(name)
}

/// A process that ends with the test.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> Self {
        let file = File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, log }
    }

    /// What it has printed so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end; the exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        eventually("the process ends", || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Namespaces, a NATS server and what runs against them.
pub(crate) struct Cluster {
    /// The namespace of the test's objects.
    pub(crate) namespace: String,
    /// The controller's namespace.
    pub(crate) system: String,
    /// Where NATS is.
    pub(crate) nats_url: String,
    nats_port: u16,
    nats: Option<Process>,
    hosts: Vec<Process>,
    kubeconfig: PathBuf,
    dir: TempDir,
}

impl Cluster {
    /// A cluster for the test of that name, CRDs installed.
    pub(crate) fn new(name: &str) -> Self {
        Self::on(name, PathBuf::from(real("KUBECONFIG")))
    }

    /// A cluster on an API server of the test's own.
    pub(crate) fn on(name: &str, kubeconfig: PathBuf) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = free_port();
        // A run against servers that an earlier one used must not meet its leftovers.
        let namespace = format!("{name}-{}", std::process::id());
        let mut cluster = Self {
            system: format!("{namespace}-system"),
            namespace,
            nats_url: format!("nats://127.0.0.1:{port}"),
            nats_port: port,
            nats: None,
            hosts: Vec::new(),
            kubeconfig,
            dir,
        };
        cluster.start_nats();
        ok(cluster.run(&["install"]));
        ok(cluster.kubectl(&["create", "namespace", &cluster.namespace]));
        cluster
    }

    /// Starts a `wash host`; returns the port of its HTTP server.
    pub(crate) fn host(&mut self) -> u16 {
        self.host_known_as("127.0.0.1")
    }

    /// Starts a `wash host` that says that this is its address; returns the port of its HTTP server, on loopback.
    pub(crate) fn host_known_as(&mut self, address: &str) -> u16 {
        let (port, number) = (free_port(), self.hosts.len());
        let home = self.dir.path().join(format!("host-{number}"));
        std::fs::create_dir(&home).unwrap();
        let mut wash = Command::new(binary("wash"));
        wash.env("HOME", &home)
            .args(["host", "--scheduler-nats-url", &self.nats_url, "--data-nats-url", &self.nats_url])
            .args(["--http-addr", &format!("127.0.0.1:{port}"), "--host-name", address])
            .args(["--environment", &self.namespace, "--host-group", "default", "--allow-insecure-registries"])
            .arg("--oci-cache-dir")
            .arg(home.join("oci"));
        let log = self.dir.path().join(format!("host-{number}.log"));
        self.hosts.push(Process::start(&mut wash, log));
        port
    }

    /// Ends the host that was started as the `number`th, counted from 0, without a farewell.
    pub(crate) fn kill_host(&mut self, number: usize) {
        self.hosts[number].signal("KILL");
        self.hosts[number].wait();
    }

    /// Sends a signal to the host that was started as the `number`th, counted from 0.
    pub(crate) fn signal_host(&self, number: usize, signal: &str) {
        self.hosts[number].signal(signal);
    }

    /// Runs the controller, for this test's namespace only.
    pub(crate) fn controller(&self) -> Process {
        let controller = self.start_controller("controller.log", &[]);
        eventually("the controller is in charge", || controller.log().contains("now in charge").then_some(()));
        controller
    }

    /// Starts a controller for this test's namespace only, with more flags, and does not wait for anything. Hosts and their
    /// Pods are of that namespace too: others on the same API server have theirs.
    pub(crate) fn start_controller(&self, log: &str, flags: &[&str]) -> Process {
        let (nats, scope) = (format!("--nats-url={}", self.nats_url), format!("--watch-namespaces={}", self.namespace));
        let hosts = format!("--host-namespaces={}", self.namespace);
        let mut command = self.command(&["run-controller", &nats, &scope, &hosts, "--namespace", &self.system]);
        Process::start(command.args(flags), self.dir.path().join(log))
    }

    /// Starts NATS, for the first time or again.
    pub(crate) fn start_nats(&mut self) {
        let port = self.nats_port;
        let mut nats = Command::new(binary("nats-server"));
        // Hosts may say far too much; that the server lets it through is what makes it a test.
        let much = self.file("nats.conf", "max_payload: 33554432\n");
        nats.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--config", &much]);
        self.nats = Some(Process::start(&mut nats, self.dir.path().join("nats.log")));
        eventually("NATS listens", || TcpStream::connect(("127.0.0.1", port)).ok());
    }

    /// Ends NATS.
    pub(crate) fn stop_nats(&mut self) {
        self.nats = None;
    }

    /// Puts a component into the registry; returns its image.
    pub(crate) fn push(&self, tag: &str, component: &[u8]) -> String {
        let image = format!("{}/{}:{tag}", real("REGISTRY"), self.namespace);
        let file = self.dir.path().join(format!("{tag}.wasm"));
        std::fs::write(&file, component).unwrap();
        let mut wash = Command::new(binary("wash"));
        wash.env("HOME", self.dir.path()).args(["oci", "push", "--insecure", &image]).arg(&file);
        ok(wash.output().unwrap());
        image
    }

    /// Writes a file into the test's directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the plugin in the test's namespace.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).args(["--namespace", &self.namespace]).output().unwrap()
    }

    /// Runs the plugin where hosts are.
    pub(crate) fn run_in_system(&self, args: &[&str]) -> Output {
        self.run_as_is(&[args, &["--namespace", &self.system]].concat())
    }

    /// Runs the plugin with just these arguments.
    pub(crate) fn run_as_is(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The test's own directory, which is the plugin's home.
    pub(crate) fn home(&self) -> &Path {
        self.dir.path()
    }

    /// Starts the plugin in the test's namespace and lets it go on.
    pub(crate) fn start(&self, log: &str, args: &[&str]) -> Process {
        self.start_as_is(log, &[args, &["--namespace", &self.namespace]].concat())
    }

    /// Starts the plugin with just these arguments.
    pub(crate) fn start_as_is(&self, log: &str, args: &[&str]) -> Process {
        Process::start(&mut self.command(args), self.dir.path().join(log))
    }

    /// Objects of a kind in the test's namespace, read by the real kubectl.
    pub(crate) fn objects(&self, plural: &str) -> Vec<Value> {
        let resource = format!("{plural}.runtime.wasmcloud.dev");
        let listed = ok(self.kubectl(&["get", &resource, "--namespace", &self.namespace, "--output", "json"]));
        let list: Value = serde_json::from_str(&listed).unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// Runs the real kubectl against this cluster.
    pub(crate) fn kubectl(&self, args: &[&str]) -> Output {
        Command::new(binary("kubectl")).env("KUBECONFIG", &self.kubeconfig).args(args).output().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
        command.env_clear().env("KUBECONFIG", &self.kubeconfig).env("HOME", self.dir.path()).args(args);
        command.stdin(Stdio::null());
        command
    }
}

/// Runs the real kubectl.
pub(crate) fn kubectl(args: &[&str]) -> Output {
    let mut kubectl = Command::new(binary("kubectl"));
    kubectl.env("KUBECONFIG", real("KUBECONFIG")).args(args).output().unwrap()
}

/// What a command that must succeed has printed.
#[track_caller]
pub(crate) fn ok(output: Output) -> String {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}\nstdout:\n{out}\nstderr:\n{err}", output.status);
    out
}

/// Bytes that a program printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Looks again and again until something is there.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, || look().ok_or_else(String::new))
}

/// Looks again and again until something is there, for so long; in the end the last look says what is missing.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "real servers keep real time")]
pub(crate) fn within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + patience;
    loop {
        match look() {
            Ok(found) => return found,
            Err(missing) => assert!(Instant::now() < end, "it never came about that {what}: {missing}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// One GET request; status and body, or nothing if there is no whole answer.
pub(crate) fn get(port: u16, host: &str) -> Option<(u16, String)> {
    get_path(port, host, "/")
}

/// One GET request for a path; status and body, or nothing if there is no whole answer.
pub(crate) fn get_path(port: u16, host: &str, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// Starts a NATS server with that configuration; returns it with its port.
pub(crate) fn nats_with(dir: &Path, configuration: &str) -> (Process, u16) {
    let port = free_port();
    let file = dir.join("nats.conf");
    std::fs::write(&file, format!("listen: \"127.0.0.1:{port}\"\n{configuration}")).unwrap();
    let mut nats = Command::new(binary("nats-server"));
    let nats = Process::start(nats.arg("--config").arg(&file), dir.join("nats.log"));
    let listens = || nats.log().contains("Server is ready").then_some(());
    eventually("NATS is ready", listens);
    (nats, port)
}

/// A port below those that the system gives to outgoing connections; tests of one run do not meet.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 6_000).unwrap();
    let bindable = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports = || first + NEXT.fetch_add(1, Ordering::Relaxed) % 2_000;
    std::iter::repeat_with(ports).take(2_000).find(bindable).unwrap()
}

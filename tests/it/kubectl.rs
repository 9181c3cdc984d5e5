//! The real kubectl, unmodified, against both servers: sessions that were recorded from the real one.
//!
//! A session is a file of `tests/fixtures/conformance/kubectl`: lines that begin with `$ ` are run by bash, what follows
//! is what they printed and, if it was not 0, how they ended. `UPDATE_GOLDEN=1 tests/real/run kubectl` writes it anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use kubectl_wasmcloud::local::Cluster;
use kubectl_wasmcloud::local::directory::Directory;
use kubectl_wasmcloud::local::directory::access::{Access, Token};
use kubectl_wasmcloud::local::serve::{Server, listen};
use tempfile::TempDir;

use crate::real::api_server::ApiServer;
use crate::real::cluster::{binary, real};

macro_rules! sessions {
    ($($name:ident),* $(,)?) => {
        mod real {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    super::against_real(stringify!($name), "kubectl");
                }
            )*
        }
        mod real_1_36 {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    super::against_real(stringify!($name), "kubectl-1.36");
                }
            )*
        }
        mod local {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    super::against_local(stringify!($name), "kubectl");
                }
            )*
        }
        mod local_1_36 {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    super::against_local(stringify!($name), "kubectl-1.36");
                }
            )*
        }
    };
}

sessions! { apply, cascade, cluster, core, custom, wasmcloud }

/// What sessions may use besides: waiting for what must come.
const PRELUDE: &str = r#"
until_in() { for _ in $(seq 600); do grep -qs -- "$2" "$1" && return; sleep 0.05; done; echo "never in $1: $2"; }
until_lines() { for _ in $(seq 600); do [ "$(wc -l <"$1")" -ge "$2" ] && return; sleep 0.05; done; echo "never: $2 lines"; }
# Kinds that came together are discovered one after the other, and described later still.
discovered() {
    for name; do
        for _ in $(seq 100); do
            rm -rf cache
            kubectl api-resources --no-headers -o name 2>/dev/null | grep -q "^$name\." &&
                kubectl explain "$name" >/dev/null 2>&1 && continue 2
            sleep 0.1
        done
        echo "never discovered: $name"
    done
}
child() {
    uid=$(kubectl get cm owner -o jsonpath='{.metadata.uid}')
    kubectl create -f - <<EOF
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"$1","ownerReferences":[
  {"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"$uid","blockOwnerDeletion":true}]}}
EOF
}
"#;

/// A place where a session is held. Its kinds have names of their own, so that short ones are not ambiguous.
struct Room {
    dir: TempDir,
    namespace: String,
    tag: String,
}

fn against_real(name: &str, kubectl: &'static str) {
    // Its kinds are everybody's: who installs the plugin on the server that all share describes them in other words.
    let own = (name == "wasmcloud").then(ApiServer::start);
    let kubeconfig = own.as_ref().map_or_else(|| real("KUBECONFIG").into(), |server| server.kubeconfig(server.port));
    let room = Room::new(name, kubectl, &std::fs::read_to_string(kubeconfig).unwrap());
    let told = room.hold(name);
    room.bash("kubectl delete namespace {ns} --wait=false; kubectl delete crd widgets.{group} --wait=false");
    if updating() && kubectl == "kubectl" {
        std::fs::write(session(name), told).unwrap();
    } else {
        same(name, &told);
    }
}

/// The local server runs in this process, behind its own door.
#[expect(clippy::disallowed_methods, reason = "the server's clock is passed in, and here is where from")]
fn against_local(name: &str, kubectl: &'static str) {
    let data = tempfile::tempdir().unwrap();
    let directory = Directory::open(&data.path().join("local")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (cluster, server) = runtime.block_on(async {
        let cluster = Cluster::in_memory(jiff::Timestamp::now).await;
        let certificate = directory.certificate(jiff::Timestamp::now()).unwrap();
        let (token, listener) = (Token::random().unwrap(), listen(None, None).unwrap());
        let port = listener.local_addr().unwrap().port();
        let server = Server::start(cluster.api.router(), listener, &certificate, token.clone()).unwrap();
        directory.give_access(&Access { port, token, authority: certificate.authority }).unwrap();
        (cluster, server)
    });
    let room = Room::new(name, kubectl, &std::fs::read_to_string(directory.kubeconfig()).unwrap());
    let told = room.hold(name);
    runtime.block_on(server.stop());
    drop(cluster);
    same(name, &told);
}

fn same(name: &str, told: &str) {
    let expected = std::fs::read_to_string(session(name)).unwrap();
    let mut differences = String::new();
    for (one, other) in commands(&expected).into_iter().zip(commands(told)) {
        if one != other {
            let _ = writeln!(differences, "expected:\n{one}got:\n{other}");
        }
    }
    assert!(differences.is_empty(), "{name}\n{differences}");
}

/// A session's commands, each with what it printed.
fn commands(session: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in session.lines() {
        match all.last_mut() {
            Some(last) if !line.starts_with("$ ") => *last += &format!("{line}\n"),
            _ => all.push(format!("{line}\n")),
        }
    }
    all
}

fn session(name: &str) -> PathBuf {
    fixtures().join(format!("{name}.session"))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/conformance/kubectl")
}

#[expect(clippy::disallowed_methods, reason = "the person who records says so in the environment")]
fn updating() -> bool {
    std::env::var("UPDATE_GOLDEN").is_ok()
}

impl Room {
    fn new(name: &str, kubectl: &'static str, kubeconfig: &str) -> Self {
        static NUMBER: AtomicU16 = AtomicU16::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let tag = format!("{number}x{}", std::process::id());
        let namespace = format!("kubectl-{name}-{tag}");
        let room = Self { dir: tempfile::tempdir().unwrap(), namespace, tag };
        let bin = room.dir.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(binary(kubectl), bin.join("kubectl")).unwrap();
        for file in std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()) {
            let text = room.fill(&std::fs::read_to_string(&file).unwrap());
            let name = room.fill(file.file_name().unwrap().to_str().unwrap());
            std::fs::write(room.dir.path().join(name), text).unwrap();
        }
        let widgets = fixtures().join("../definitions/widgets.json");
        let widgets = room.fill(&std::fs::read_to_string(widgets).unwrap());
        std::fs::write(room.dir.path().join(room.fill("widgets.json")), widgets).unwrap();
        std::fs::write(room.dir.path().join("kubeconfig"), kubeconfig).unwrap();
        room.bash("chmod +x editor.sh; cp -r $CRDS crds; kubectl create namespace {ns}; kubectl config set-context --current --namespace {ns}");
        room
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, own) in self.names() {
            text = text.replace(name, &own);
        }
        text
    }

    /// What stands in sessions, and what it is in this room.
    fn names(&self) -> [(&'static str, String); 6] {
        let Self { namespace, tag, .. } = self;
        [
            ("{group}", format!("{namespace}.example.com")),
            ("{ns}", namespace.clone()),
            ("widget", format!("w{tag}t")),
            ("Widget", format!("W{tag}t")),
            ("gadgets", format!("g{tag}s")),
            ("wg", format!("v{tag}")),
        ]
    }

    /// Runs a line; what it printed on both outputs, and how it ended unless well.
    fn bash(&self, line: &str) -> String {
        let script = format!("exec 2>&1\n{PRELUDE}\n{}", self.fill(line));
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.dir.path().join("bin").display());
        let mut bash = Command::new("bash");
        bash.env_clear().env("PATH", path).env("HOME", self.dir.path()).env("KUBECONFIG", "kubeconfig");
        bash.env("CRDS", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/crds"))
            .env("KUBECACHEDIR", "cache")
            .env("LC_ALL", "C")
            .current_dir(self.dir.path());
        let output = bash.args(["-c", &script]).output().unwrap();
        let mut told = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let _ = write!(told, "[{}]", output.status.code().unwrap_or(-1));
        }
        told
    }

    /// Runs every command of a session; the session as it went.
    fn hold(&self, name: &str) -> String {
        let mut told = String::new();
        for command in commands(&std::fs::read_to_string(session(name)).unwrap()) {
            let line = command.lines().next().unwrap();
            let said = self.level(&self.bash(line.trim_start_matches("$ ")));
            let _ = write!(told, "{line}\n{said}");
            if !said.is_empty() && !said.ends_with('\n') {
                told.push('\n');
            }
        }
        told
    }

    /// Makes equal what differs from run to run.
    fn level(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, own) in self.names() {
            text = text.replace(&own, name);
        }
        for (pattern, becomes) in [
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
            (r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"),
            (r#"(?i)(resource ?version"?: *"?)[0-9]+"#, "${1}RV"),
            (r"https://127\.0\.0\.1:[0-9]+", "https://SERVER"),
            (r"/[^ ]*/kubectl[^ ]*/(LIVE|MERGED)[^ ]*", "$1"),
            (r"(?m)( )([0-9]+[smhdy])+$", "${1}AGE"),
            (r"(?m)(<unknown>|[0-9]+[smhdy][0-9smhdy]*) ", "AGE "),
            (r" {2,}", "  "),
            (r"(?m) +$", ""),
        ] {
            text = regex::Regex::new(pattern).unwrap().replace_all(&text, becomes).into_owned();
        }
        text
    }
}

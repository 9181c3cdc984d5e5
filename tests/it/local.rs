//! The local control plane as a user meets it: one process, every verb, and what happens when it ends.

mod durability;
mod story;

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use insta::assert_snapshot;
use serde_json::Value;

use crate::real::cluster::get;
use crate::support::TestEnv;
use crate::support::component::http_component;

/// `local up` in a process of its own.
pub(crate) struct Up {
    child: Child,
    kubeconfig: PathBuf,
    pub(crate) http: u16,
}

impl Up {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(env: &TestEnv, words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
        command.env_clear().env("HOME", env.home()).current_dir(env.home());
        command.args(["local", "up", "--http-port=0"]).args(words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(kubeconfig) = line.trim().strip_prefix("export KUBECONFIG=") else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("{line}{said}");
        };
        let mut up = Self { child, kubeconfig: kubeconfig.into(), http: 0 };
        let status = up.status(env, words);
        up.http = status["hosts"][0]["http"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        up
    }

    fn status(&self, env: &TestEnv, words: &[&str]) -> Value {
        let words: Vec<_> = ["local", "status", "-o", "json"].iter().chain(words).copied().collect();
        serde_json::from_slice(&env.command(&words).output().unwrap().stdout).unwrap()
    }

    /// Sends a signal and waits for the end; code, or none when it was killed.
    fn end(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn manifest(env: &TestEnv) -> String {
    let component = http_component("hello from here");
    let path = env.home().join("hello.wasm");
    std::fs::write(&path, component).unwrap();
    let manifest = format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata: {{name: hello}}
spec:
  replicas: 1
  template:
    spec:
      components: [{{name: http, image: 'file://{}'}}]
      hostInterfaces:
        - {{namespace: wasi, package: http, interfaces: [incoming-handler], config: {{host: hello.localhost}}}}
",
        path.display()
    );
    env.file("app.yaml", &manifest).display().to_string()
}

#[test]
fn a_component_is_deployed_answers_and_is_there_again_after_every_end() {
    let env = TestEnv::new();
    let up = Up::start(&env, &[]);
    let app = manifest(&env);
    let told = env.run(&["deploy", "--local", "-f", &app]);
    assert!(told.starts_with("code: 0\n"), "{told}");
    assert!(told.contains("deployment \"hello\" successfully rolled out"), "{told}");
    assert!(get(up.http, "hello.localhost").unwrap().1.contains("hello from here"));
    let port = up.status(&env, &[])["apiServer"].clone();
    assert_eq!(up.end("-KILL"), None);
    assert!(env.run(&["get", "wd", "--local"]).starts_with("code: 1\n"));

    let up = Up::start(&env, &[]);
    assert_eq!(up.status(&env, &[])["apiServer"], port, "the kubeconfig stays good");
    let told = env.run(&["rollout", "status", "wd/hello", "--local", "--timeout=60s"]);
    assert!(told.contains("successfully rolled out"), "{told}");
    let kubeconfig = up.kubeconfig.display().to_string();
    let told = env.run(&["get", "wd", "hello", "-o", "name", "--kubeconfig", &kubeconfig]);
    assert_snapshot!(told, @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    ");
    assert_eq!(up.end("-INT"), Some(130));

    let up = Up::start(&env, &[]);
    let told = env.run(&["delete", "--local", "-f", &app]);
    assert!(told.starts_with("code: 0\n"), "{told}");
    assert_eq!(up.end("-TERM"), Some(0));
}

#[test]
fn one_runs_in_a_directory_and_is_left_alone() {
    let env = TestEnv::new();
    let up = Up::start(&env, &["--dir", "d"]);
    let pid = up.child.id().to_string();
    let told = |words: &[&str]| env.run(words).replace(&pid, "PID");
    assert_snapshot!(told(&["local", "up", "--dir", "d"]), @"
    code: 1
    --- stderr
    error: a local control plane runs in [HOME]/d already, as process PID
    help: use it with --local=[HOME]/d, stop it with Ctrl-C or `kill PID`, or name another directory with --dir
    ");
    assert_snapshot!(told(&["local", "reset", "--dir", "d", "--yes"]), @"
    code: 1
    --- stderr
    error: a local control plane runs in [HOME]/d already, as process PID
    help: use it with --local=[HOME]/d, stop it with Ctrl-C or `kill PID`, or name another directory with --dir
    ");
    assert_snapshot!(told(&["local", "status", "--dir", "d"]), @"
    code: 0
    --- stdout
    Status:      running as process PID
    Directory:   [HOME]/d
    Kubeconfig:  [HOME]/d/kubeconfig
    API server:  https://127.0.0.1:[PORT]
    Host:        local (ready, http://127.0.0.1:[PORT], 0 workloads)
    Objects:     5 customresourcedefinitions.apiextensions.k8s.io, 1 hosts.runtime.wasmcloud.dev, 1 leases.coordination.k8s.io, 2 namespaces
    ");
    assert_snapshot!(told(&["version", "--local=d"]), @"
    code: 0
    --- stdout
    Client Version: v0.1.0
    Server Version: v1.36.0+kubectl-wasmcloud-0.1.0
    CRDs: runtime.wasmcloud.dev/v1alpha1
    Controller: kubectl-wasmcloud_local (kubectl wasmcloud local up)
    Hosts: 1 of 1 ready (0.1.0)
    ");
    assert_snapshot!(told(&["get", "wd", "--local"]), @"
    code: 1
    --- stderr
    error: no local control plane runs in [HOME]/.local/share/kubectl-wasmcloud/local
    help: `kubectl wasmcloud local up` starts one, in a terminal of its own
    ");
    assert_eq!(up.end("-TERM"), Some(0));
}

#[test]
fn one_that_ended_is_not_found_and_can_be_deleted() {
    let env = TestEnv::new();
    let told = |words: &[&str]| env.run(words);
    assert_eq!(Up::start(&env, &["--dir", "d"]).end("-TERM"), Some(0));
    assert_snapshot!(told(&["get", "wd", "--local=d"]), @"
    code: 1
    --- stderr
    error: no local control plane runs in d
    help: `kubectl wasmcloud local up --dir d` starts one, in a terminal of its own
    ");
    assert_snapshot!(told(&["local", "status", "--dir", "d", "-o", "json"]), @r#"
    code: 0
    --- stdout
    {
        "directory": "[HOME]/d",
        "running": false
    }
    "#);
    assert_snapshot!(told(&["local", "reset", "--dir", "d"]), @"
    code: 2
    --- stderr
    error: no terminal to ask on: Delete all objects of the local control plane in [HOME]/d?
    help: --yes says yes
    ");
    assert_snapshot!(told(&["local", "reset", "--dir", "d", "-y"]), @"
    code: 0
    --- stdout
    the local control plane in [HOME]/d is deleted
    ");
    assert!(!env.home().join("d").exists());
    assert_snapshot!(told(&["local", "reset", "--dir", "d"]), @"
    code: 0
    --- stderr
    there is no local control plane in d; nothing to delete
    ");
}

#[test]
fn what_is_in_the_way_is_named_and_left_alone() {
    let env = TestEnv::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_snapshot!(env.run(&["local", "up", "--port", &port]), @"
    code: 1
    --- stderr
    error: cannot listen on 127.0.0.1:[PORT]
      caused by: Address already in use (os error 98)
    help: --port names another port; 0 is any that is free
    ");
    assert_snapshot!(env.run(&["local", "up", "--http-port", &port]), @"
    code: 1
    --- stderr
    error: cannot listen on 127.0.0.1:[PORT] for HTTP: Address already in use (os error 98)
    help: --http-port names another port; 0 is any that is free
    ");
    env.file("mine/thesis.txt", "");
    assert_snapshot!(env.run(&["local", "up", "--http-port=0", "--dir", "mine"]), @"
    code: 1
    --- stderr
    error: [HOME]/mine is not empty, and no data directory of a local control plane
    help: name an empty directory, or one that is not there yet
    ");
    let store = env.file(".local/share/kubectl-wasmcloud/local/store.redb", "not a store");
    assert_snapshot!(env.run(&["local", "up", "--http-port=0"]), @"
    code: 1
    --- stderr
    error: the store [HOME]/.local/share/kubectl-wasmcloud/local/store.redb is damaged: Not a redb database: magic number mismatch
    help: `kubectl wasmcloud local reset --dir [HOME]/.local/share/kubectl-wasmcloud/local` deletes it and all objects; to keep it, move it away: it is as it was
    ");
    assert_eq!(std::fs::read_to_string(store).unwrap(), "not a store");
    assert_snapshot!(env.run(&["local", "up", "--http-port=0", "--dir", "n", "--nats-url", "nats://127.0.0.1:1"]), @"
    code: 1
    --- stderr
    error: cannot connect to NATS at nats://127.0.0.1:[PORT]
      caused by: IO error: Connection refused (os error 111)
    help: --nats-url names the NATS server that the real hosts are connected to
    ");
    assert_snapshot!(env.run(&["get", "wd", "--local", "--context", "x"]), @"
    code: 2
    --- stderr
    error: the argument '--local[=<DIR>]' cannot be used with '--context <NAME>'

    Usage: kubectl wasmcloud get TYPE[,TYPE…] [flags]
           kubectl wasmcloud get TYPE NAME… [flags]
           kubectl wasmcloud get TYPE/NAME… [flags]
           kubectl wasmcloud get -f FILE… [flags]

    For more information, try '--help'.
    ");
}

#[test]
fn deploy_runs_a_control_plane_of_its_own_when_none_runs() {
    let env = TestEnv::new();
    std::fs::create_dir(env.home().join("app")).unwrap();
    std::fs::write(env.home().join("app/hello.wasm"), http_component("from a file beside it")).unwrap();
    let manifest = std::fs::read_to_string(manifest(&env)).unwrap();
    let absolute = env.home().join("hello.wasm").display().to_string();
    env.file("app/app.yaml", &manifest.replace(&absolute, "hello.wasm"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"));
    command.env_clear().env("HOME", env.home()).current_dir(env.home());
    command.args(["deploy", "--local", "--local-http-port=0", "-f", "app/app.yaml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let route = lines.find(|line| line.contains("http://hello.localhost:")).unwrap();
    let port = route.split("http://hello.localhost:").nth(1).unwrap();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    assert!(get(port.parse().unwrap(), "hello.localhost").unwrap().1.contains("from a file beside it"), "{route}");
    let told = env.run(&["get", "wd", "--local", "-o", "name"]);
    assert!(told.contains("workloaddeployment.runtime.wasmcloud.dev/hello"), "{told}");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

//! The first five minutes, as on real servers: deploy, see it answer, roll it, break it, delete it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::Up;
use crate::real::cluster::{eventually, get};
use crate::real::story::manifest;
use crate::support::TestEnv;
use crate::support::component::http_component;

/// A manifest as a user would write it, beside its component.
fn app(env: &TestEnv, file: &str, image: &str, host: &str) -> String {
    let text = manifest(image, host, 2);
    env.file(file, &text).display().to_string()
}

fn component(env: &TestEnv, file: &str, body: &str) {
    std::fs::write(env.home().join(file), http_component(body)).unwrap();
}

#[test]
fn a_component_is_rolled_to_a_new_image_without_a_failed_request() {
    let env = TestEnv::new();
    let up = Up::start(&env, &[]);
    component(&env, "v1.wasm", "hello from v1");
    component(&env, "v2.wasm", "hello from v2");
    let first = app(&env, "app.yaml", "file://v1.wasm", "hello.localhost");
    let told = env.run(&["deploy", "--local", "-f", &first]);
    assert!(told.starts_with("code: 0\n") && told.contains("http://hello.localhost:"), "{told}");
    assert!(get(up.http, "hello.localhost").unwrap().1.contains("hello from v1"));

    let (stop, answered, failed) =
        (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let client = {
        let (stop, answered, failed, port) = (stop.clone(), answered.clone(), failed.clone(), up.http);
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let well = get(port, "hello.localhost").is_some_and(|(status, _)| status == 200);
                if well { &answered } else { &failed }.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    for image in ["file://v2.wasm", "file://v1.wasm", "file://v2.wasm"] {
        let next = app(&env, "app.yaml", image, "hello.localhost");
        let told = env.run(&["deploy", "--local", "-f", &next]);
        assert!(told.starts_with("code: 0\n"), "{told}");
    }
    stop.store(true, Ordering::Relaxed);
    client.join().unwrap();
    assert!(answered.load(Ordering::Relaxed) > 0);
    assert_eq!(failed.load(Ordering::Relaxed), 0, "of {} requests", answered.load(Ordering::Relaxed));
    assert!(get(up.http, "hello.localhost").unwrap().1.contains("hello from v2"));

    let told = env.run(&["delete", "--local", "workloaddeployment", "hello"]);
    assert!(told.starts_with("code: 0\n"), "{told}");
    eventually("nothing is left on the host", || (get(up.http, "hello.localhost")?.0 == 404).then_some(()));
}

#[test]
fn the_hosts_own_words_come_first() {
    let env = TestEnv::new();
    let _up = Up::start(&env, &[]);
    let app = app(&env, "app.yaml", "file://none.wasm", "bad.localhost");
    let told = env.run(&["deploy", "--local", "-f", &app]);
    let words = "failed to pull image for component 'http': cannot read [HOME]/none.wasm: No such file or directory";
    let first = told.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(told.starts_with("code: 1\n") && first.contains(words), "{told}");
    let told = env.run(&["rollout", "status", "--local", "wd/hello"]);
    assert!(told.starts_with("code: 1\n") && told.contains(words), "{told}");
}

#[test]
fn one_bad_document_applies_nothing() {
    let env = TestEnv::new();
    let _up = Up::start(&env, &[]);
    let good = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    let bad = std::fs::read_to_string(app(&env, "app.yaml", "r.example/x:1", "x.localhost")).unwrap();
    let files = [
        ("wrong-type.yaml", bad.replace("replicas: 2", "replicas: many"), "spec.replicas"),
        ("unknown-kind.yaml", bad.replace("WorkloadDeployment", "WorkloadDeploymint"), "WorkloadDeploymint"),
        ("unknown-field.yaml", bad.replace("  replicas: 2", "  replica: 2"), "spec.replica"),
        ("malformed.yaml", "kind: [\n".to_owned(), "malformed.yaml"),
    ];
    for (name, text, says) in files {
        let file = env.file(name, &format!("{good}---\n{text}")).display().to_string();
        let told = env.run(&["deploy", "--local", "-f", &file]);
        assert!(told.starts_with("code: 1\n") && told.contains(says), "{name}: {told}");
        let told = env.run(&["get", "workloaddeployments", "--local"]);
        assert!(told.contains("No resources found"), "{name}: {told}");
    }
}

#[test]
fn the_token_is_nowhere_to_be_seen() {
    let env = TestEnv::new();
    let up = Up::start(&env, &[]);
    let kubeconfig = std::fs::read_to_string(&up.kubeconfig).unwrap();
    let token =
        kubeconfig.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix("token: ")).unwrap();
    let token = token.trim_matches(['"', '\'']);
    assert!(token.len() >= 40, "a token that could be guessed");
    let shown = std::fs::read_to_string(format!("/proc/{}/cmdline", up.child.id())).unwrap();
    assert!(!shown.contains(token));
    for words in [&["get", "wd", "--local", "-v", "8"][..], &["version", "--local", "-v", "8"], &["local", "status"]] {
        let told = env.run(words);
        assert!(!told.contains(token), "{words:?}");
    }
    let mut listening = std::fs::read_to_string(format!("/proc/{}/net/tcp", up.child.id())).unwrap();
    listening.retain(|letter| letter != '\r');
    let port = format!(":{:04X} ", up.http);
    let sockets: Vec<_> = listening.lines().filter(|line| line.contains(&port) && line.contains(" 0A ")).collect();
    assert!(!sockets.is_empty() && sockets.iter().all(|line| line.contains("0100007F:")), "{sockets:?}");
}

#[test]
fn installing_again_changes_nothing() {
    let env = TestEnv::new();
    let _up = Up::start(&env, &[]);
    let told = env.run(&["install", "--local"]);
    assert_eq!(told.lines().filter(|line| line.ends_with(" unchanged")).count(), 5, "{told}");
}

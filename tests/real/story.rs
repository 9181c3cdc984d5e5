//! The first five minutes: install, run the controller, deploy, see it answer, roll it to a new image, delete it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::cluster::{Cluster, eventually, get, ok, text};
use crate::support::component::http_component;

/// A manifest as a user would write it.
pub(crate) fn manifest(image: &str, host: &str, replicas: u32) -> String {
    format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: hello
spec:
  replicas: {replicas}
  template:
    spec:
      components:
        - name: http
          image: {image}
      hostInterfaces:
        - namespace: wasi
          package: http
          interfaces: [incoming-handler]
          config:
            host: {host}
"
    )
}

#[test]
#[ignore = "real servers"]
fn a_component_is_deployed_answers_is_rolled_to_a_new_image_and_deleted() {
    let mut cluster = Cluster::new("story");
    let mut controller = cluster.controller();
    let port = cluster.host();
    let first = cluster.push("v1", &http_component("hello from v1"));
    let second = cluster.push("v2", &http_component("hello from v2"));

    let app = cluster.file("app.yaml", &manifest(&first, "hello.example.com", 2));
    let deployed = ok(cluster.run(&["deploy", "-f", &app]));
    assert!(deployed.starts_with("workloaddeployment.runtime.wasmcloud.dev/hello created\n"), "{deployed}");
    assert!(deployed.contains("\ndeployment \"hello\" successfully rolled out\n"), "{deployed}");
    assert!(deployed.contains(&format!("http://127.0.0.1:{port}")), "{deployed}");
    assert_eq!(get(port, "hello.example.com"), Some((200, chunked("hello from v1"))));

    let client = Client::start(port, "hello.example.com");
    let app = cluster.file("app.yaml", &manifest(&second, "hello.example.com", 2));
    assert_eq!(
        ok(cluster.run(&["deploy", "-f", &app, "--wait=false"])),
        "workloaddeployment.runtime.wasmcloud.dev/hello configured\n"
    );
    let followed = ok(cluster.run(&["rollout", "status", "workloaddeployment/hello"]));
    assert!(followed.ends_with("deployment \"hello\" successfully rolled out\n"), "{followed}");
    eventually("only the new version answers", || {
        (get(port, "hello.example.com") == Some((200, chunked("hello from v2")))).then_some(())
    });
    let (answered, failed) = client.stop();
    assert!(answered > 0);
    assert_eq!(failed, 0, "of {answered} requests during the rollout");

    let shown = ok(cluster.run(&["get", "workloaddeployments"]));
    assert!(shown.contains("2/2") && shown.contains(&second), "{shown}");
    let revisions = cluster.objects("workloadreplicasets");
    let mut sizes: Vec<_> = revisions
        .iter()
        .map(|set| {
            (set["metadata"]["annotations"]["runtime.wasmcloud.dev/revision"].clone(), set["spec"]["replicas"].clone())
        })
        .collect();
    sizes.sort_by_key(|(revision, _)| revision.to_string());
    assert_eq!(sizes, [("1".into(), 0.into()), ("2".into(), 2.into())]);

    ok(cluster.run(&["delete", "workloaddeployment", "hello"]));
    for plural in ["workloaddeployments", "workloadreplicasets", "workloads"] {
        eventually("nothing is left", || cluster.objects(plural).is_empty().then_some(()));
    }
    assert_eq!(get(port, "hello.example.com").map(|(status, _)| status), Some(404), "nothing is left on the host");

    controller.signal("TERM");
    assert_eq!(controller.wait(), Some(0), "{}", controller.log());
    assert!(controller.log().contains("released"), "{}", controller.log());
}

#[test]
#[ignore = "real servers"]
fn a_bad_image_shows_the_hosts_own_words_everywhere() {
    let mut cluster = Cluster::new("badimage");
    let _controller = cluster.controller();
    cluster.host();
    let image = cluster.push("v1", &http_component("x")).replace(":v1", ":none");
    let app = cluster.file("app.yaml", &manifest(&image, "bad.example.com", 1));

    let words = "failed to pull image for component 'http': failed to pull component from";
    let deployed = cluster.run(&["deploy", "-f", &app]);
    assert_eq!(deployed.status.code(), Some(1));
    let error = text(&deployed.stderr);
    let first_line = error.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(first_line.contains(words) && first_line.contains("manifest unknown"), "the reason comes first:\n{error}");

    let workload = &cluster.objects("workloads")[0];
    let conditions = workload["status"]["conditions"].as_array().unwrap();
    let placement = conditions.iter().find(|condition| condition["type"] == "Placement").unwrap();
    assert_eq!(placement["reason"], "StartFailed");
    let message = placement["message"].as_str().unwrap();
    assert!(message.starts_with(words), "{message}");
    for plural in ["workloads", "workloadreplicasets", "workloaddeployments"] {
        eventually("the host's words are in Ready", || {
            let conditions = cluster.objects(plural)[0]["status"]["conditions"].as_array()?.clone();
            let ready = conditions.into_iter().find(|condition| condition["type"] == "Ready")?;
            (ready["status"] == "False" && ready["message"].as_str()?.contains(message)).then_some(())
        });
    }

    let followed = cluster.run(&["rollout", "status", "hello"]);
    assert_eq!(followed.status.code(), Some(1));
    assert!((text(&followed.stdout) + &text(&followed.stderr)).contains(message));
    ok(cluster.run(&["delete", "-f", &app]));
    eventually("nothing is left", || cluster.objects("workloads").is_empty().then_some(()));
}

/// The body as it is on the wire: one chunk.
pub(crate) fn chunked(body: &str) -> String {
    format!("{:X}\r\n{body}\r\n0\r\n\r\n", body.len())
}

/// Someone who asks all the time.
struct Client {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU32>,
    failed: Arc<AtomicU32>,
    thread: std::thread::JoinHandle<()>,
}

impl Client {
    fn start(port: u16, host: &'static str) -> Self {
        let (stop, answered, failed) =
            (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
        let (s, a, f) = (stop.clone(), answered.clone(), failed.clone());
        let thread = std::thread::spawn(move || {
            while !s.load(Ordering::Relaxed) {
                let count = if get(port, host).is_some_and(|(status, _)| status == 200) { &a } else { &f };
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { stop, answered, failed, thread }
    }

    /// How many requests were answered, and how many were not.
    fn stop(self) -> (u32, u32) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        (self.answered.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

//! A whole cluster that the binary can reach: the local API server on a loopback port, the controller, simulated hosts, in
//! real time. Each test has its own.

use std::process::Output;

use jiff::Timestamp;
use kubectl_wasmcloud::local::directory::Directory;
use kubectl_wasmcloud::local::directory::access::{Access, Token};
use kubectl_wasmcloud::local::serve::{Server, listen};
use regex::Regex;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::TestEnv;
use super::local::{Local, deployment};

/// The cluster, and a home whose kubeconfig leads there.
pub(crate) struct Served {
    pub(crate) env: TestEnv,
    pub(crate) local: Local,
    server: Option<Server>,
    runtime: Runtime,
}

impl Served {
    /// A cluster with these hosts; our controller is in charge, and says so in the Lease.
    pub(crate) fn with_hosts(names: &[&str]) -> Self {
        let served = Self::without_lease(names);
        served.held_by("kubectl-wasmcloud_test_1");
        served
    }

    /// The same, and no Lease tells who is in charge.
    #[expect(clippy::disallowed_methods, reason = "the clock is passed in, and here is where from")]
    pub(crate) fn without_lease(names: &[&str]) -> Self {
        Self::with(Timestamp::now, names, |api| api)
    }

    /// The same, and what lies at that path is answered from here: the local API server has not all kinds there are.
    #[expect(clippy::disallowed_methods, reason = "the clock is passed in, and here is where from")]
    pub(crate) fn with_answer(names: &[&str], path: &str, answer: &Value) -> Self {
        let answer = answer.to_string();
        let get = axum::routing::get(move || std::future::ready(([("content-type", "application/json")], answer)));
        Self::with(Timestamp::now, names, |api| axum::Router::new().route(path, get).fallback_service(api))
    }

    /// The same, and nobody may read what lies at that path.
    #[expect(clippy::disallowed_methods, reason = "the clock is passed in, and here is where from")]
    pub(crate) fn with_refusal(names: &[&str], path: &str) -> Self {
        let message = format!("{path} is forbidden: User \"jane\" cannot read it");
        let status = json!({
            "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden",
            "message": message,
        });
        let refusal = (http::StatusCode::FORBIDDEN, [("content-type", "application/json")], status.to_string());
        let get = axum::routing::get(move || std::future::ready(refusal));
        Self::with(Timestamp::now, names, |api| axum::Router::new().route(path, get).fallback_service(api))
    }

    /// The same, and the cluster goes by that clock; the binary, as ever, by the machine's.
    pub(crate) fn at(clock: fn() -> Timestamp, names: &[&str]) -> Self {
        Self::with(clock, names, |api| api)
    }

    #[expect(clippy::disallowed_methods, reason = "certificates are judged by the machine's clock")]
    fn with(clock: fn() -> Timestamp, names: &[&str], wrap: impl FnOnce(axum::Router) -> axum::Router) -> Self {
        let env = TestEnv::new();
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let directory = Directory::open(&env.home().join("local")).unwrap();
        let (local, server) = runtime.block_on(async {
            let local = Local::at(clock, names).await;
            let certificate = directory.certificate(Timestamp::now()).unwrap();
            let (token, listener) = (Token::random().unwrap(), listen(None, None).unwrap());
            let port = listener.local_addr().unwrap().port();
            let server = Server::start(wrap(local.router()), listener, &certificate, token.clone()).unwrap();
            directory.give_access(&Access { port, token, authority: certificate.authority }).unwrap();
            (local, server)
        });
        let kubeconfig = std::fs::read_to_string(directory.kubeconfig()).unwrap();
        env.file(".kube/config", &kubeconfig);
        let served = Self { env, local, server: Some(server), runtime };
        served.eventually("the hosts are known", || {
            let ready = served.json(&["get", "hosts"])["items"].as_array().unwrap().len();
            (ready == names.len()).then_some(())
        });
        served
    }

    /// From now on the Lease says that this identity is in charge; it does nothing.
    #[expect(clippy::disallowed_methods, reason = "a Lease is renewed at the time of day")]
    pub(crate) fn held_by(&self, identity: &str) {
        self.lease(identity, &Timestamp::now().to_string());
    }

    /// The Lease names this holder, and that it was renewed then.
    pub(crate) fn lease(&self, holder: &str, renewed: &str) {
        let seconds = renewed.split('.').next().unwrap().trim_end_matches('Z');
        let lease = json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": "d34db3ef.wasmcloud.dev", "namespace": "wasmcloud-system"},
            "spec": {"holderIdentity": holder, "renewTime": format!("{seconds}.000000Z"), "leaseDurationSeconds": 15},
        });
        let path = "/apis/coordination.k8s.io/v1/namespaces/wasmcloud-system/leases/d34db3ef.wasmcloud.dev\
                    ?fieldManager=test&force=true";
        self.request("PATCH", path, "application/apply-patch+yaml", &lease);
    }

    /// Sends a request to the API server; its answer, which must be a success.
    pub(crate) fn request(&self, method: &str, path: &str, content_type: &str, body: &Value) -> Value {
        let request = http::Request::builder().method(method).uri(path).header("content-type", content_type);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.block_on(self.local.client.request(request.body(body).unwrap())).unwrap()
    }

    /// Applies any object.
    pub(crate) fn apply(&self, object: &Value) -> Value {
        self.block_on(self.local.apply(object))
    }

    /// Applies the deployment `hello` with that image, and waits until it is rolled out.
    pub(crate) fn deploy(&self, image: &str, replicas: u32) {
        self.apply(&deployment(image, replicas));
        self.block_on(self.local.rolled_out("hello"));
    }

    /// Runs something on the cluster's own runtime.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs the binary; what it did, as text to compare: what differs from run to run is made equal.
    #[must_use]
    pub(crate) fn run(&self, words: &[&str]) -> String {
        steady(&self.env.run(words))
    }

    /// Runs the binary; what it did, as it is.
    pub(crate) fn output(&self, words: &[&str]) -> Output {
        self.env.command(words).output().unwrap()
    }

    /// Runs the binary with `-o json`; it must succeed.
    #[track_caller]
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.output(&[words, &["-o", "json"]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Waits until what is asked for is so.
    pub(crate) fn eventually<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        crate::real::cluster::eventually(what, &mut ask)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }
}

/// Text without what differs from run to run: random parts of names, uids, times of day, ages in seconds.
pub(crate) fn steady(text: &str) -> String {
    let rules = [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
        (r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)", "TIME"),
        (r"\bhello-[a-z0-9]{5,10}-[a-z0-9]{5,8}\b", "hello-SET-POD"),
        (r"\bhello-[bcdfghjklmnpqrstvwxz2456789]{5,10}\b", "hello-SET"),
        (r"\b\d{1,2}s\b", "NOW"),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, word)| {
        Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned()
    })
}

#[test]
fn the_binary_reaches_it() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    insta::assert_snapshot!(served.run(&["get", "wd,wrs,ww"]), @"
    code: 0
    --- stdout
    NAME                                             READY   UP-TO-DATE   AVAILABLE   IMAGE                          AGE
    workloaddeployment.runtime.wasmcloud.dev/hello   1/1     1            1           registry.example.com/hello:1   NOW

    NAME                                                     DEPLOYMENT   REVISION   DESIRED   CURRENT   READY   AGE
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET   hello        1          1         1         1       NOW

    NAME                                                   HOST   STATE     AGE   MESSAGE
    workload.runtime.wasmcloud.dev/hello-SET-POD   a      Running   NOW
    ");
    insta::assert_snapshot!(served.run(&["version"]), @"
    code: 0
    --- stdout
    Client Version: v0.1.0
    Server Version: v1.36.0+kubectl-wasmcloud-0.1.0
    CRDs: runtime.wasmcloud.dev/v1alpha1
    Controller: kubectl-wasmcloud_test_1 (kubectl wasmcloud run-controller)
    Hosts: 1 of 1 ready (2.10.3)
    ");
}

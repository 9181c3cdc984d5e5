//! What stands between a controller and the outside: an API server and a bus that can be told to misbehave, a count of
//! what goes through, and a fuse that ends the controller between any two of its steps outside.

mod watches;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use futures::future::{BoxFuture, pending};
use futures::stream::BoxStream;
use http::{Method, Request, Response};
use kube::Client;
use kubectl_wasmcloud::hosts::wire::{HostHeartbeat, WorkloadStartRequest, WorkloadStatus};
use kubectl_wasmcloud::hosts::{BusError, BusEvent, HostBus};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tower::ServiceExt;

use super::hosts::Hosts;
pub(crate) use watches::Cut;
use watches::Watches;

type Failure = Box<dyn Error + Send + Sync>;
type Rule = Box<dyn FnMut(&Asked) -> Fate + Send>;

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below that (splitmix64).
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % limit.max(1)
    }

    /// Whether it is one of so many cases in a hundred.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

/// Where the API server is; nowhere while it is down.
#[derive(Clone, Default)]
pub(crate) struct Server(Arc<Mutex<Option<Router>>>);

impl Server {
    /// From now on it is there.
    pub(crate) fn set(&self, router: Option<Router>) {
        *self.0.lock().unwrap() = router;
    }

    fn get(&self) -> Option<Router> {
        self.0.lock().unwrap().clone()
    }
}

/// A request to the API server.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) is_watch: bool,
}

impl Asked {
    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Method and kind of object, as `PATCH workloads/status`.
    fn title(&self) -> String {
        let words: Vec<_> = self.path.split('/').skip_while(|word| *word != "namespaces").skip(2).collect();
        let status = if words.len() > 2 { format!("/{}", words[2]) } else { String::new() };
        format!("{} {}{status}", self.method, words.first().unwrap_or(&"?"))
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// It is answered.
    Well,
    /// The API server refuses it with that code.
    Refused(u16),
    /// There is no connection.
    Unreachable,
    /// It is performed so much later.
    Late(Duration),
    /// It is performed, and the connection breaks before the answer.
    Unanswered,
    /// Nothing ever happens.
    Swallowed,
}

/// Something a controller did outside, and when.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) at: Instant,
    pub(crate) what: String,
}

impl Deed {
    /// Whether it is about the Lease: electing is not acting.
    fn elects(&self) -> bool {
        self.what.ends_with(" leases")
    }
}

/// Ends a process: after so many steps nothing goes on that waits for it.
#[derive(Clone)]
struct Fuse {
    left: Arc<Mutex<Option<usize>>>,
    burnt: watch::Sender<bool>,
}

impl Fuse {
    async fn step(&self) {
        let through = match &mut *self.left.lock().unwrap() {
            None => false,
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                *left == 0
            }
        };
        if through {
            self.burnt.send_replace(true);
            pending::<()>().await;
        }
    }
}

/// One controller's way to the outside.
#[derive(Clone)]
pub(crate) struct Edge {
    server: Server,
    hosts: Hosts,
    rule: Arc<Mutex<Option<Rule>>>,
    watches: Watches,
    fuse: Fuse,
    deeds: Arc<Mutex<Vec<Deed>>>,
}

impl Edge {
    /// A way without faults.
    pub(crate) fn new(server: &Server, hosts: &Hosts) -> Self {
        Self {
            server: server.clone(),
            hosts: hosts.clone(),
            rule: Arc::default(),
            watches: Watches::new(),
            fuse: Fuse { left: Arc::default(), burnt: watch::channel(false).0 },
            deeds: Arc::default(),
        }
    }

    /// The API server, seen from here.
    pub(crate) fn client(&self, namespace: &str) -> Client {
        let edge = self.clone();
        let service = tower::service_fn(move |request: Request<kube::client::Body>| edge.clone().ask(request));
        Client::new(service, namespace)
    }

    /// From now on that decides what becomes of requests.
    pub(crate) fn rule(&self, rule: impl FnMut(&Asked) -> Fate + Send + 'static) {
        *self.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// From now on requests are answered.
    pub(crate) fn no_rule(&self) {
        *self.rule.lock().unwrap() = None;
    }

    /// Ends every watch that there is.
    pub(crate) fn cut(&self, how: Cut) {
        self.watches.cut(how);
    }

    /// From now on watches bring each piece of news up to so much later.
    pub(crate) fn delay_watches(&self, longest: Duration) {
        self.watches.delay(longest);
    }

    /// Ends the process after so many steps: a step is just before or just after a request is performed.
    pub(crate) fn ends_after(&self, steps: usize) {
        *self.fuse.left.lock().unwrap() = Some(steps.max(1));
    }

    /// Waits until the process has ended; for ever if it never does.
    pub(crate) async fn ended(&self) {
        let _ = self.fuse.burnt.subscribe().wait_for(|burnt| *burnt).await;
    }

    /// What was done outside, electing left out.
    pub(crate) fn deeds(&self) -> Vec<Deed> {
        self.deeds.lock().unwrap().iter().filter(|deed| !deed.elects()).cloned().collect()
    }

    /// How often what was written to the API server, the Lease left out.
    pub(crate) fn writes(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for deed in self.deeds().into_iter().filter(|deed| !deed.what.starts_with("host ")) {
            *counted.entry(deed.what).or_default() += 1;
        }
        counted
    }

    fn note(&self, what: String) {
        self.deeds.lock().unwrap().push(Deed { at: Instant::now(), what });
    }

    async fn ask(self, request: Request<kube::client::Body>) -> Result<Response<Body>, Failure> {
        let query = request.uri().query().unwrap_or_default();
        let is_watch = query.split('&').any(|part| matches!(part, "watch=true" | "watch=1"));
        let asked = Asked { method: request.method().clone(), path: request.uri().path().to_owned(), is_watch };
        self.fuse.step().await;
        let fate = self.rule.lock().unwrap().as_mut().map_or(Fate::Well, |rule| rule(&asked));
        if asked.writes() {
            self.note(asked.title());
        }
        match fate {
            Fate::Refused(code) => return Ok(refusal(code)),
            Fate::Unreachable => return Err(broken(ErrorKind::ConnectionRefused)),
            Fate::Swallowed => pending().await,
            Fate::Late(by) => sleep(by).await,
            Fate::Well | Fate::Unanswered => {}
        }
        let router = self.server.get().ok_or_else(|| broken(ErrorKind::ConnectionRefused))?;
        // The server goes on with it whether or not anybody waits for the answer.
        let answer = match tokio::spawn(router.oneshot(request)).await {
            Ok(Ok::<_, Infallible>(answer)) => answer,
            Err(_) => return Err(broken(ErrorKind::ConnectionReset)),
        };
        self.fuse.step().await;
        match fate {
            Fate::Unanswered => Err(broken(ErrorKind::ConnectionReset)),
            _ if asked.is_watch && answer.status().is_success() => Ok(answer.map(|body| self.watches.carry(body))),
            _ => Ok(answer),
        }
    }

    async fn tell<T>(&self, verb: &str, answer: impl Future<Output = Result<T, BusError>>) -> Result<T, BusError> {
        self.fuse.step().await;
        if matches!(verb, "start" | "stop") {
            self.note(format!("host {verb}"));
        }
        let answer = answer.await;
        self.fuse.step().await;
        answer
    }
}

fn broken(kind: ErrorKind) -> Failure {
    Box::new(std::io::Error::from(kind))
}

/// A Status as the API server sends it.
fn refusal(code: u16) -> Response<Body> {
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code,
        "reason": "InternalError", "message": format!("made to fail with {code}"),
    });
    Response::builder().status(code).body(Body::from(status.to_string())).unwrap()
}

impl HostBus for Edge {
    fn start<'a>(
        &'a self,
        host_id: &'a str,
        request: &'a WorkloadStartRequest,
    ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(self.tell("start", self.hosts.start(host_id, request)))
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(self.tell("status", self.hosts.status(host_id, workload_id)))
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(self.tell("stop", self.hosts.stop(host_id, workload_id)))
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        Box::pin(self.tell("probe", self.hosts.probe(host_id)))
    }

    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
        self.hosts.events()
    }
}

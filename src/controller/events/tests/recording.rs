//! Writing Events to an API server that has its moods.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::warning;
use crate::controller::events::recorder::{Announcer, Recorder};
use crate::controller::fixtures::wall;
use crate::controller::metrics::Metrics;

/// Method, path and body of every request.
type Seen = Arc<Mutex<Vec<(Method, String, Value)>>>;

/// How the server answers: a status code, or never.
type Answers = fn(&Method, usize) -> Option<u16>;

struct Recording {
    announcer: Option<Announcer>,
    seen: Seen,
    metrics: Arc<Metrics>,
    leading: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

fn recording(answers: Answers) -> Recording {
    let seen = Seen::default();
    let log = seen.clone();
    let service = tower::service_fn(move |request: Request<Body>| {
        let log = log.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body: Value = serde_json::from_slice(&body.collect_bytes().await.unwrap()).unwrap();
            let code = {
                let mut log = log.lock().unwrap();
                log.push((parts.method.clone(), parts.uri.path().to_owned(), body.clone()));
                answers(&parts.method, log.len())
            };
            let Some(code) = code else { return std::future::pending().await };
            let answer = match code {
                200 | 201 => {
                    json!({ "apiVersion": "v1", "kind": "Event", "metadata": { "name": "e" }, "involvedObject": {} })
                }
                _ => json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
                    "reason": if code == 404 { "NotFound" } else { "Forbidden" }, "message": "no" }),
            };
            let response = Response::builder().status(StatusCode::from_u16(code).unwrap());
            Ok::<_, tower::BoxError>(response.body(Body::from(answer.to_string().into_bytes())).unwrap())
        }
    });
    let client = Client::new(service, "default");
    let (metrics, (leading, led)) = (Arc::new(Metrics::default()), watch::channel(true));
    let (announcer, recorder) = Recorder::new(client, "me".to_owned(), led, wall, metrics.clone());
    Recording { announcer: Some(announcer), seen, metrics, leading, task: tokio::spawn(recorder.run()) }
}

impl Recording {
    fn say(&self, message: &str) {
        self.announcer.as_ref().unwrap().announce(warning("web", message));
    }

    /// Nobody announces anything any more: all that was announced is written.
    async fn end(&mut self) -> Vec<(Method, String)> {
        self.announcer = None;
        timeout(Duration::from_secs(300), &mut self.task).await.unwrap().unwrap();
        self.seen.lock().unwrap().iter().map(|(method, path, _)| (method.clone(), path.clone())).collect()
    }

    fn lost(&self) -> bool {
        self.metrics.text().contains("events_lost_total 1\n")
    }
}

fn methods(requests: &[(Method, String)]) -> Vec<&str> {
    requests.iter().map(|(method, _)| method.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_event_is_created_and_then_patched() {
    let mut recording = recording(|_, _| Some(200));
    recording.say("no");
    recording.say("no");
    let requests = recording.end().await;
    assert_eq!(methods(&requests), ["POST", "PATCH"]);
    assert_eq!(requests[0].1, "/api/v1/namespaces/apps/events");
    let seen = recording.seen.lock().unwrap();
    let name = seen[0].2["metadata"]["name"].as_str().unwrap();
    assert_eq!(requests[1].1, format!("/api/v1/namespaces/apps/events/{name}"));
    assert_eq!(seen[1].2, json!({ "count": 2, "lastTimestamp": wall(), "message": "no" }));
    let text = recording.metrics.text();
    assert!(text.contains("api_writes_total{kind=\"Event\",verb=\"create\"} 1"), "{text}");
    assert!(text.contains("api_writes_total{kind=\"Event\",verb=\"patch\"} 1"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn one_that_the_server_has_forgotten_is_created_anew_with_its_count() {
    let mut recording = recording(|method, _| Some(if method == Method::PATCH { 404 } else { 201 }));
    recording.say("no");
    recording.say("no");
    assert_eq!(methods(&recording.end().await), ["POST", "PATCH", "POST"]);
    assert_eq!(recording.seen.lock().unwrap()[2].2["count"], 2);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_refuses_is_not_tried_again() {
    let mut recording = recording(|_, _| Some(403));
    recording.say("a namespace that is going away");
    assert_eq!(methods(&recording.end().await), ["POST"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_asked_three_times_and_holds_up_nobody() {
    let mut recording = recording(|_, n| (n > 3).then_some(201));
    let before = Instant::now();
    recording.say("first");
    recording.say("second");
    assert_eq!(Instant::now(), before, "who announces does not wait");
    assert_eq!(methods(&recording.end().await), ["POST"; 4]);
    assert!(recording.lost());
    let messages: Vec<_> = recording.seen.lock().unwrap().iter().map(|seen| seen.2["message"].clone()).collect();
    assert_eq!(messages, ["first", "first", "first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn without_the_lease_nothing_is_written() {
    let mut recording = recording(|_, _| Some(201));
    recording.leading.send_replace(false);
    recording.say("no");
    assert_eq!(recording.end().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_flood_that_nobody_takes_is_cut_and_counted() {
    let recording = recording(|_, _| None);
    for n in 0..3_000 {
        recording.say(&n.to_string());
    }
    sleep(Duration::from_millis(1)).await;
    assert!(recording.metrics.text().contains("events_lost_total 952\n"), "{}", recording.metrics.text());
}

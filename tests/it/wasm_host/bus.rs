//! What every host does on the bus. Run against the host in this process, and in the tier of real servers against a
//! `wash host`: where they differ, the one in this process is wrong.

use futures::StreamExt;
use kubectl_wasmcloud::hosts::wire::{
    HostHeartbeat, Service, Workload, WorkloadStartRequest, WorkloadState, WorkloadStatus,
};
use kubectl_wasmcloud::hosts::{BusEvent, HostBus};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::bench::{Answer, Bench, Change, read, workload};
use crate::support::component::http::{keyvalue_counter, mirror};
use crate::support::component::odd::{greeted, greeter, importer_of_nothing, maker_of_things, trap, user_of_things};
use crate::support::component::{http_component, service};
use crate::support::images::Registry;

/// A host, and how images get where it finds them.
pub(crate) struct Stage<'a> {
    /// The way to it.
    pub(crate) bus: &'a dyn HostBus,
    /// Its id.
    pub(crate) host: &'a str,
    /// Where it serves HTTP.
    pub(crate) port: u16,
    /// Gives an image to the registry under a tag; answers its reference.
    pub(crate) push: &'a (dyn Fn(&str, &[u8]) -> String + Sync),
}

impl Stage<'_> {
    pub(super) async fn start(&self, id: &str, workload: Workload) -> WorkloadStatus {
        let request = WorkloadStartRequest { workload, workload_id: id.to_owned() };
        self.bus.start(self.host, &request).await.unwrap()
    }

    async fn status(&self, id: &str) -> WorkloadStatus {
        self.bus.status(self.host, id).await.unwrap()
    }

    pub(super) async fn stop(&self, id: &str) -> WorkloadState {
        self.bus.stop(self.host, id).await.unwrap().workload_state
    }

    async fn get(&self, host: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        read(&text)
    }
}

/// The first heartbeat there is.
pub(crate) async fn heartbeat(bus: &dyn HostBus) -> HostHeartbeat {
    let mut events = bus.events().await.unwrap();
    loop {
        if let Some(BusEvent::Heartbeat(beat)) = events.next().await {
            return *beat;
        }
    }
}

/// All of it, one after the other: starting a real host takes longer than any of these.
pub(crate) async fn a_host_does_what_hosts_do(stage: &Stage<'_>) {
    nobody_is_not_found(stage).await;
    a_workload_lives_and_dies(stage).await;
    what_does_not_start_is_told(stage).await;
    replicas_share_a_host(stage).await;
    interfaces_are_for_those_who_list_them(stage).await;
    components_have_their_own_environment_and_call_each_other(stage).await;
    a_trap_is_one_request(stage).await;
    a_service_runs(stage).await;
}

async fn nobody_is_not_found(stage: &Stage<'_>) {
    let unknown = stage.status("nobody").await;
    assert_eq!(unknown.workload_state, WorkloadState::NotFound);
    assert_eq!(unknown.message, "Workload not found: nobody");
    assert_eq!(stage.stop("nobody").await, WorkloadState::NotFound, "stop is idempotent");
}

async fn a_workload_lives_and_dies(stage: &Stage<'_>) {
    let image = (stage.push)("v1", &http_component("over the bus"));
    let good = workload(&image, "bus.example.com");
    assert_eq!(stage.start("good", good.clone()).await.workload_state, WorkloadState::Running);
    assert_eq!(stage.status("good").await.message, "");
    let answer = stage.get("bus.example.com").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "over the bus"));
    assert_eq!(stage.get("BUS.example.com:80").await.status, 200, "neither case nor port matter");
    let again = stage.start("good", good).await;
    assert_eq!(again.workload_state, WorkloadState::Error);
    assert!(again.message.contains("already exists"), "{}", again.message);
    assert_eq!(stage.status("good").await.workload_state, WorkloadState::Running, "that did it no harm");
    assert_eq!(stage.bus.probe(stage.host).await.unwrap().workload_count, 1);

    assert_eq!(stage.stop("good").await, WorkloadState::Stopping);
    assert_eq!(stage.status("good").await.workload_state, WorkloadState::NotFound);
    assert_eq!(stage.get("bus.example.com").await.status, 404);
    assert_eq!(stage.bus.probe(stage.host).await.unwrap().workload_count, 0);
}

async fn what_does_not_start_is_told(stage: &Stage<'_>) {
    let image = (stage.push)("v1", &http_component("x"));
    let failed = stage.start("bad", workload(&image.replace(":v1", ":none"), "bad.example.com")).await;
    assert_eq!(failed.workload_state, WorkloadState::Error);
    let words = "failed to pull image for component 'http': failed to pull component from ";
    assert!(failed.message.starts_with(words), "{}", failed.message);
    assert!(failed.message.contains("manifest unknown"), "{}", failed.message);
    assert_eq!(stage.status("bad").await.workload_state, WorkloadState::NotFound, "and it is told once");

    let failed = stage.start("nohost", workload(&image, "")).await;
    assert_eq!(failed.workload_state, WorkloadState::Error, "{}", failed.message);
    assert_eq!(stage.status("nohost").await, failed, "what fails after the pull is kept until it is stopped");
    assert_eq!(stage.stop("nohost").await, WorkloadState::Stopping);
    assert_eq!(stage.status("nohost").await.workload_state, WorkloadState::NotFound);
    let importer = (stage.push)("importer", &importer_of_nothing());
    let failed = stage.start("importer", workload(&importer, "importer.example.com")).await;
    assert_eq!(failed.workload_state, WorkloadState::Error);
    assert!(failed.message.contains("wasi:blobstore/container@0.2.0-draft"), "{}", failed.message);
    stage.stop("importer").await;
    let entry = workload(&image, "entry.example.com").resources(|resources| {
        resources.allowed_hosts = vec!["*com".to_owned()];
    });
    let failed = stage.start("entry", entry).await;
    assert_eq!(failed.workload_state, WorkloadState::Error);
    assert!(failed.message.contains("*com"), "{}", failed.message);
    assert_eq!(stage.status("entry").await.workload_state, WorkloadState::NotFound);
}

async fn replicas_share_a_host(stage: &Stage<'_>) {
    let (one, two) = ((stage.push)("one", &http_component("one")), (stage.push)("two", &http_component("two")));
    stage.start("one", workload(&one, "shared.example.com")).await;
    stage.start("two", workload(&two, "shared.example.com")).await;
    let mut seen = Vec::new();
    while !(seen.contains(&"one".to_owned()) && seen.contains(&"two".to_owned())) {
        seen.push(stage.get("shared.example.com").await.body);
        assert!(seen.len() < 100, "{seen:?}");
    }
    stage.stop("one").await;
    for _ in 0..5 {
        assert_eq!(stage.get("shared.example.com").await.body, "two");
    }
    stage.stop("two").await;
}

async fn interfaces_are_for_those_who_list_them(stage: &Stage<'_>) {
    let image = (stage.push)("keyvalue", &keyvalue_counter());
    let unlisted = stage.start("unlisted", workload(&image, "kv.example.com")).await;
    assert_eq!(unlisted.workload_state, WorkloadState::Error, "{}", unlisted.message);
    assert!(unlisted.message.contains("wasi:keyvalue/"), "{}", unlisted.message);
    stage.stop("unlisted").await;
}

async fn components_have_their_own_environment_and_call_each_other(stage: &Stage<'_>) {
    let who = |who: &str| [("WHO".to_owned(), who.to_owned())].into();
    let (front, back) = ((stage.push)("front", &greeted()), (stage.push)("back", &greeter()));
    let pair = workload(&front, "pair.example.com")
        .component(|component| component.name = "front".to_owned())
        .resources(|resources| resources.environment = who("front"))
        .and(&back, |component| {
            component.name = "back".to_owned();
            component.local_resources.get_or_insert_default().environment = who("back");
        });
    let started = stage.start("pair", pair).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    assert_eq!(stage.get("pair.example.com").await.body, "front: back greets you");
    stage.stop("pair").await;

    let (user, maker) = ((stage.push)("user", &user_of_things()), (stage.push)("maker", &maker_of_things()));
    let things = workload(&user, "things.example.com").and(&maker, |component| component.name = "maker".to_owned());
    let started = stage.start("things", things).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    assert_eq!(stage.get("things.example.com").await.body, "4142", "resources go from one to the other");
    stage.stop("things").await;

    let mirrored = (stage.push)("mirror", &mirror());
    let mirrored = workload(&mirrored, "mirror.example.com")
        .resources(|resources| {
            resources.environment = [("A".to_owned(), "1".to_owned())].into();
            resources.config = [("b".to_owned(), "2".to_owned())].into();
        })
        .listing("config", &[("b", "overridden"), ("c", "3")]);
    let started = stage.start("mirror", mirrored).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    let body = stage.get("mirror.example.com").await.body;
    let mut lines: Vec<_> = body.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["A=1", "config A=1", "config b=2", "config c=3"]);
    stage.stop("mirror").await;
}

async fn a_trap_is_one_request(stage: &Stage<'_>) {
    let image = (stage.push)("trap", &trap());
    stage.start("trap", workload(&image, "trap.example.com")).await;
    assert_eq!(stage.get("trap.example.com").await.status, 500);
    assert_eq!(stage.status("trap").await.workload_state, WorkloadState::Running);
    stage.stop("trap").await;
}

async fn a_service_runs(stage: &Stage<'_>) {
    let image = (stage.push)("service", &service::endless());
    let service = Service { image, ..Service::default() };
    let workload = Workload { namespace: "ns".into(), name: "s".into(), service: Some(service), ..Workload::default() };
    let started = stage.start("service", workload).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    assert_eq!(stage.stop("service").await, WorkloadState::Stopping);
    assert_eq!(stage.status("service").await.workload_state, WorkloadState::NotFound);
}

#[tokio::test]
async fn the_host_in_this_process_does_what_hosts_do() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let push = |tag: &str, component: &[u8]| registry.push("ns/it", tag, component);
    let port = bench.host.http_addr().port();
    let stage = Stage { bus: &*bench.host, host: bench.host.id(), port, push: &push };
    a_host_does_what_hosts_do(&stage).await;
}

//! Someone asks all the time, by way of the Service, while the deployment is rolled and rolled back. With
//! `--drain-delay=0s` requests fail, and this sees them: a host stops what is asked for still.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::api::ListParams;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};
use tokio::runtime::Runtime;

use super::wash::WashHosts;
use super::{Controller, PATIENCE, apply_text, leaves_nothing, settles};
use crate::real::cluster::{Cluster, get, ok, real, within};
use crate::real::story::manifest;
use crate::support::component::http_component;

const NAME: &str = "hello.example.com";

/// Answers by their text, and how many requests came to nothing.
#[derive(Clone, Debug, Default)]
struct Tally {
    answers: BTreeMap<String, u32>,
    failed: Vec<String>,
}

/// Someone who goes where the Service leads, from one endpoint to the next.
struct Visitor {
    stop: Arc<AtomicBool>,
    endpoints: Arc<Mutex<Vec<String>>>,
    tally: Arc<Mutex<Tally>>,
    threads: Vec<JoinHandle<()>>,
}

impl Visitor {
    /// Follows the Service of that name and asks. A host is reached on loopback, at the port of the address it says it has.
    fn start(cluster: &Cluster, service: &str, ports: BTreeMap<String, u16>) -> Self {
        let (stop, endpoints, tally) = (Arc::<AtomicBool>::default(), Arc::default(), Arc::<Mutex<Tally>>::default());
        let follow = Self::follow(cluster, service, &stop, &endpoints);
        let ask = {
            let (stop, endpoints, tally) = (stop.clone(), endpoints.clone(), tally.clone());
            thread::spawn(move || ask(&stop, &endpoints, &tally, &ports))
        };
        Self { stop, endpoints, tally, threads: vec![follow, ask] }
    }

    fn follow(
        cluster: &Cluster,
        service: &str,
        stop: &Arc<AtomicBool>,
        endpoints: &Arc<Mutex<Vec<String>>>,
    ) -> JoinHandle<()> {
        let (stop, endpoints) = (stop.clone(), endpoints.clone());
        let (namespace, selector) = (cluster.namespace.clone(), format!("kubernetes.io/service-name={service}"));
        thread::spawn(move || {
            Runtime::new().unwrap().block_on(async {
                let api = Api::<EndpointSlice>::namespaced(client().await, &namespace);
                while !stop.load(Ordering::Relaxed) {
                    let slices = api.list(&ListParams::default().labels(&selector)).await.unwrap();
                    let all = slices.items.into_iter().flat_map(|slice| slice.endpoints).flatten();
                    *endpoints.lock().unwrap() = all.flat_map(|endpoint| endpoint.addresses).collect();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
        })
    }

    /// What it has been told so far.
    fn tally(&self) -> Tally {
        self.tally.lock().unwrap().clone()
    }

    /// Waits until the Service leads to so many hosts.
    fn leads_to(&self, count: usize) {
        within(PATIENCE, "the Service leads to the hosts", || {
            let endpoints = self.endpoints.lock().unwrap().clone();
            if endpoints.len() == count { Ok(()) } else { Err(format!("{endpoints:?}")) }
        });
    }

    fn stop(self) -> Tally {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        self.tally.lock().unwrap().clone()
    }
}

async fn client() -> Client {
    let kubeconfig = Kubeconfig::read_from(real("KUBECONFIG")).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

fn ask(stop: &AtomicBool, endpoints: &Mutex<Vec<String>>, tally: &Mutex<Tally>, ports: &BTreeMap<String, u16>) {
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let there = endpoints.lock().unwrap().clone();
        let Some(address) = there.get(turn % there.len().max(1)) else {
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let answer = get(ports[address], NAME);
        let mut tally = tally.lock().unwrap();
        match answer {
            Some((200, text)) => *tally.answers.entry(text).or_default() += 1,
            other => tally.failed.push(format!("{address}: {other:?}")),
        }
    }
}

/// Answers of each version that are waited for: that somebody has asked all the while, however slow the machine is.
const ANSWERS: u32 = 50;

#[test]
#[ignore = "real servers"]
fn no_request_fails_while_a_deployment_behind_a_service_is_rolled_and_rolled_back_on_two_hosts() {
    let mut cluster = Cluster::new("downtime");
    // The API server takes no loopback address for an endpoint; these are addresses for documentation.
    let ports: BTreeMap<_, _> = ["192.0.2.1", "192.0.2.2"]
        .into_iter()
        .map(|address| (address.to_owned(), cluster.host_known_as(address)))
        .collect();
    let images = ["v1", "v2"].map(|tag| cluster.push(tag, &http_component(&format!("hello from {tag}"))));
    let service = ["create", "service", "clusterip", "hello", "--tcp=80", "--namespace", &cluster.namespace];
    ok(cluster.kubectl(&service));
    let controller = Controller::alone(&cluster, "controller.log");
    let ground = WashHosts::of(&cluster, 2);
    let deploy = |image: &str| {
        let text = manifest(image, NAME, 2);
        apply_text(&cluster, &format!("{text}  kubernetes:\n    service:\n      name: hello\n"));
        settles(&cluster, &ground, image, 2);
    };
    deploy(&images[0]);

    let visitor = Visitor::start(&cluster, "hello", ports);
    visitor.leads_to(2);
    for (image, says) in [(&images[1], "hello from v2"), (&images[0], "hello from v1")] {
        let answered = visitor.tally().answers;
        deploy(image);
        within(PATIENCE, "the rolled-out version answers", || {
            let count = |answers: &BTreeMap<String, u32>| -> u32 {
                answers.iter().filter(|(text, _)| text.contains(says)).map(|(_, count)| count).sum()
            };
            let now = visitor.tally().answers;
            if count(&now) >= count(&answered) + ANSWERS { Ok(()) } else { Err(format!("{now:?}")) }
        });
    }
    let tally = visitor.stop();
    assert_eq!(tally.failed, Vec::<String>::new(), "beside {:?}", tally.answers);
    controller.has_written_less_than(100.0);
    controller.calms_down(2);
    leaves_nothing(&cluster, &ground);
}

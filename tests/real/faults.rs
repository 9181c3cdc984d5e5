//! What can go wrong around the controller while it works, on real servers: whatever happens, the end is the same.

mod api_server;
mod bus;
mod downtime;
mod drain;
mod edits;
mod hosts;
mod kills;
mod lease;
mod proxy;
mod secrets;
mod wash;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::cluster::{Cluster, Process, free_port, get_path, ok, within};
use super::nats_hosts::Fleet;
use super::story::manifest;

/// How long the end of a scenario may take: time-outs of hosts and leases, and a machine that does other things too.
pub(super) const PATIENCE: Duration = Duration::from_secs(240);

/// A controller whose writes can be counted.
pub(super) struct Controller {
    pub(super) process: Process,
    metrics: u16,
}

impl Controller {
    /// Started, and in charge without a lease: for scenarios that kill it more often than a lease expires.
    pub(super) fn alone(cluster: &Cluster, log: &str) -> Self {
        Self::start(cluster, log, &["--leader-elect=false"])
    }

    /// Started with more flags; it knows all objects.
    fn start(cluster: &Cluster, log: &str, flags: &[&str]) -> Self {
        let metrics = free_port();
        let address = format!("--metrics-bind-address=127.0.0.1:{metrics}");
        let process = cluster.start_controller(log, &[&[address.as_str()], flags].concat());
        within(PATIENCE, "the controller knows all objects", || said(&process, "all objects are known"));
        Self { process, metrics }
    }

    /// Ends it without a farewell.
    fn kill(mut self) {
        self.process.signal("KILL");
        self.process.wait();
    }

    /// Writes sent to the API server: those on Hosts, and all others.
    fn writes(&self) -> (f64, f64) {
        let (_, text) = get_path(self.metrics, "localhost", "/metrics").unwrap_or_default();
        let lines = text.lines().filter(|line| line.starts_with("wasmcloud_controller_api_writes_total{"));
        let count = |line: &str| line.rsplit(' ').next().and_then(|number| number.parse::<f64>().ok());
        let (hosts, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.contains("kind=\"Host\""));
        let sum = |lines: Vec<&str>| lines.into_iter().map(|line| count(line).expect("a number")).sum();
        (sum(hosts), sum(others))
    }

    /// What it has written until now, heartbeats of hosts left out, is no storm.
    fn has_written_less_than(&self, limit: f64) {
        let (_, others) = self.writes();
        assert!(others > 0.0 && others < limit, "{others} writes, and {limit} would be a storm");
    }

    /// Waits for ten seconds in which nothing is written but that hosts are alive.
    pub(super) fn calms_down(&self, hosts: usize) {
        within(PATIENCE, "there is no storm of writes", || {
            let before = self.writes();
            std::thread::sleep(Duration::from_secs(10));
            let after = self.writes();
            let (alive, others) = (after.0 - before.0, after.1 - before.1);
            let calm = others <= 2.0 && alive <= 2.0 * f64::from(u32::try_from(hosts).unwrap());
            if calm { Ok(()) } else { Err(format!("{alive} writes on Hosts and {others} others in ten seconds")) }
        });
    }
}

/// Whether a process has said something.
pub(super) fn said(process: &Process, words: &str) -> Result<(), String> {
    let log = process.log();
    if log.contains(words) { Ok(()) } else { Err(format!("`{words}` is not in its log:\n{log}")) }
}

/// Applies the deployment `hello`, as someone with kubectl would.
pub(super) fn apply(cluster: &Cluster, image: &str, replicas: u32) {
    apply_text(cluster, &manifest(image, "hello.example.com", replicas));
}

fn apply_text(cluster: &Cluster, text: &str) {
    let file = cluster.file("hello.yaml", text);
    let apply = ["apply", "--server-side", "--force-conflicts", "--namespace", &cluster.namespace, "-f", &file];
    ok(cluster.kubectl(&apply));
}

/// Waits until there are so many Host objects; their ids.
fn known_hosts(cluster: &Cluster, count: usize) -> Vec<String> {
    let get = ["get", "hosts.runtime.wasmcloud.dev", "--namespace", &cluster.system, "--output", "json"];
    within(PATIENCE, "all hosts are known", || {
        let hosts: Value = serde_json::from_str(&ok(cluster.kubectl(&get))).unwrap();
        let id = |host: &Value| host["hostId"].as_str().unwrap().to_owned();
        let ids: Vec<_> = hosts["items"].as_array().unwrap().iter().map(id).collect();
        if ids.len() == count { Ok(ids) } else { Err(format!("{ids:?}")) }
    })
}

/// Where Workloads run: ids of Workloads by host id.
pub(super) trait Ground {
    /// What runs now. One that nobody knows has a name of its own.
    fn running(&self, workloads: &[Value]) -> BTreeMap<String, Vec<String>>;
}

impl Ground for Fleet {
    fn running(&self, _: &[Value]) -> BTreeMap<String, Vec<String>> {
        self.running().into_iter().map(|(host, running)| (host, running.into_keys().collect())).collect()
    }
}

/// The judgement that every scenario ends with: everything wanted runs, once, where its object says; nothing else does.
pub(super) fn settles(cluster: &Cluster, ground: &impl Ground, image: &str, replicas: usize) {
    within(PATIENCE, "all is as it should be", || {
        let workloads = cluster.objects("workloads");
        complete(&cluster.objects("workloaddeployments"), &cluster.objects("workloadreplicasets"), image)?;
        as_wanted(&workloads, image, replicas)?;
        as_recorded(&workloads, &ground.running(&workloads))
    });
}

/// The deployment says that it is well, and only the replica set of the wanted image has replicas.
fn complete(deployments: &[Value], sets: &[Value], image: &str) -> Result<(), String> {
    let [deployment] = deployments else { return Err(format!("{} deployments", deployments.len())) };
    let ready = condition(deployment, "Ready");
    if ready["status"] != "True" || ready["observedGeneration"] != deployment["metadata"]["generation"] {
        return Err(format!("the deployment's Ready is {ready}"));
    }
    let live: Vec<_> = sets.iter().filter(|set| set["spec"]["replicas"] != 0).collect();
    match live.as_slice() {
        [one] if image_of(&one["spec"]["template"]["spec"]) == image => Ok(()),
        _ => Err(format!("{} replica sets have replicas", live.len())),
    }
}

fn as_wanted(workloads: &[Value], image: &str, replicas: usize) -> Result<(), String> {
    if workloads.len() != replicas {
        return Err(format!("{} Workloads, {replicas} wanted", workloads.len()));
    }
    let wrong = workloads.iter().find(|workload| {
        let terminating = !workload["metadata"]["deletionTimestamp"].is_null();
        terminating || image_of(&workload["spec"]) != image || condition(workload, "Ready")["status"] != "True"
    });
    wrong.map_or(Ok(()), |workload| {
        Err(format!("{}: {}, {}", workload["metadata"]["name"], image_of(&workload["spec"]), workload["status"]))
    })
}

/// What runs is what objects say, host by host.
fn as_recorded(workloads: &[Value], running: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    let pair = |host: &str, id: &str| (id.to_owned(), host.to_owned());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut run: Vec<_> = running.iter().flat_map(|(host, ids)| ids.iter().map(move |id| pair(host, id))).collect();
    let place = |workload: &Value| (text(&workload["metadata"]["uid"]), text(&workload["status"]["hostId"]));
    let mut recorded: Vec<_> = workloads.iter().map(place).collect();
    run.sort();
    recorded.sort();
    if run == recorded { Ok(()) } else { Err(format!("running: {run:?}\nrecorded: {recorded:?}")) }
}

fn image_of(spec: &Value) -> &str {
    spec["components"][0]["image"].as_str().unwrap_or_default()
}

/// A condition of an object; null when it is not there.
pub(super) fn condition(object: &Value, kind: &str) -> Value {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().find(|condition| condition["type"] == kind).cloned().unwrap_or_default()
}

/// Deletes the deployment; nothing is left, on no host.
fn leaves_nothing(cluster: &Cluster, ground: &impl Ground) {
    let namespace = cluster.namespace.as_str();
    ok(cluster.kubectl(&["delete", "workloaddeployments", "hello", "--wait=false", "--namespace", namespace]));
    within(PATIENCE, "nothing is left", || {
        for plural in ["workloaddeployments", "workloadreplicasets", "workloads"] {
            let left = cluster.objects(plural);
            if !left.is_empty() {
                return Err(format!("{} {plural}", left.len()));
            }
        }
        as_recorded(&[], &ground.running(&[]))
    });
}

/// Numbers that look random and are the same each time: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// A pause of up to so many milliseconds.
    fn pause(&mut self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(self.below(milliseconds + 1)));
    }
}

//! Upstream's operator as a judge: what it would delete, make or forget were it to find the objects as they are. Modelled
//! after its reconcile functions (2026-08), which trust a few conditions as stored and compute the rest anew.
//!
//! What it does that anyone would want, such as making replicas that are missing, is no finding.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::api::names::{annotation, condition};
use crate::api::{Kind, template_hash_of_value};
use crate::controller::fixtures::{Link, Simulation};

/// How long it lets a silent host be, and a Workload be unhealthy, seconds.
const GRACE: i64 = 60;
/// How old `lastSeen` may be after a release, seconds.
const FRESH: i64 = 20;
/// For how long a Workload may still be Ready after its deletion has begun, seconds: no write is at once.
const LAST_ENDPOINT: i64 = 1;

/// Something it would do that costs a Workload, a record or its peace.
#[derive(Debug)]
pub(super) struct Finding {
    /// The rule of the take-over rules that was broken.
    pub(super) rule: u8,
    /// The rule holds after an orderly release only.
    pub(super) of_release: bool,
    /// What it would do.
    pub(super) what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: upstream's operator {}", self.rule, self.what)
    }
}

/// All it would do wrong.
pub(super) fn judge(cluster: &Simulation) -> Vec<Finding> {
    let mut judge = Judge { cluster, findings: Vec::new() };
    judge.hosts();
    judge.artifacts();
    judge.deployments();
    judge.replica_sets();
    judge.workloads();
    judge.findings
}

struct Judge<'c> {
    cluster: &'c Simulation,
    findings: Vec<Finding>,
}

impl<'c> Judge<'c> {
    fn always(&mut self, rule: u8, what: String) {
        self.findings.push(Finding { rule, of_release: false, what });
    }

    fn after_release(&mut self, rule: u8, what: String) {
        self.findings.push(Finding { rule, of_release: true, what });
    }

    fn age(&self, time: &Value) -> i64 {
        let then: Option<Timestamp> = time.as_str().map(|text| text.parse().unwrap());
        then.map_or(i64::MAX, |then| self.cluster.now().wall.as_second() - then.as_second())
    }

    fn hosts(&mut self) {
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for host in self.cluster.all(Kind::Host) {
            let (id, name) = (text(&host["hostId"]), text(&host["metadata"]["name"]));
            *by_id.entry(id).or_default() += 1;
            if stored(host, condition::READY) == "False" {
                self.always(1, format!("deletes Host {name}, not ready, and all its Workloads"));
            }
            if terminating(host) && self.cluster.all(Kind::Workload).iter().any(|w| w["status"]["hostId"] == id) {
                self.always(1, format!("deletes the Workloads of Host {name}, which is being deleted"));
            }
            self.extra_conditions(host, &condition::OF_HOST);
            self.host_status(host, name);
            if let Some(real) = self.cluster.hosts.get(id).filter(|real| real.link == Link::Up) {
                self.living_host(host, name, &real.beat.labels);
            }
        }
        for (id, count) in by_id {
            if count > 1 {
                self.always(1, format!("{count} Hosts share the id {id}"));
            }
        }
    }

    fn host_status(&mut self, host: &Value, name: &str) {
        let required =
            ["version", "osName", "osArch", "osKernel", "systemCPUUsage", "systemMemoryTotal", "systemMemoryFree"];
        for field in required.iter().filter(|_| !host["status"].is_null()) {
            if host["status"][field].is_null() {
                self.always(2, format!("cannot write the status of Host {name}: no {field}"));
            }
        }
    }

    fn living_host(&mut self, host: &Value, name: &str, labels: &BTreeMap<String, String>) {
        let age = self.age(&host["status"]["lastSeen"]);
        if !host["status"].is_null() && age > GRACE {
            self.always(2, format!("deletes Host {name} if it does not answer at once: last seen {age} s ago"));
        } else if !host["status"].is_null() && age > FRESH {
            self.after_release(2, format!("Host {name} was last seen {age} s ago"));
        }
        let there: BTreeMap<String, String> =
            serde_json::from_value(host["metadata"]["labels"].clone()).unwrap_or_default();
        if there != *labels {
            self.always(14, format!("applies the labels of Host {name} at every heartbeat: {there:?}"));
        }
    }

    fn artifacts(&mut self) {
        for artifact in self.cluster.all(Kind::Artifact) {
            let (name, status) = (text(&artifact["metadata"]["name"]), &artifact["status"]);
            let published = stored(artifact, condition::PUBLISHED) == "True";
            if published && (text(&status["artifactUrl"]).is_empty() || status["observedGeneration"].is_null()) {
                self.always(11, format!("takes the URL of Artifact {name} for published: {status}"));
            }
            self.extra_conditions(artifact, &condition::OF_ARTIFACT);
        }
    }

    fn deployments(&mut self) {
        for deployment in self.cluster.all(Kind::WorkloadDeployment) {
            if !terminating(deployment) {
                self.deployment(deployment);
            }
        }
    }

    fn deployment(&mut self, deployment: &Value) {
        let name = text(&deployment["metadata"]["name"]);
        self.extra_conditions(deployment, &condition::OF_WORKLOAD_DEPLOYMENT);
        if !deployment["metadata"]["annotations"][annotation::REVISION].is_null() {
            self.always(13, format!("copies the revision of deployment {name} to every replica set"));
        }
        let named = |field: &str| text(&deployment["status"][field]["name"]);
        let (current, previous) = (named("currentReplicaSet"), named("previousReplicaSet"));
        if !current.is_empty() && current == previous {
            self.always(4, format!("deletes {current}, which is current and previous"));
        }
        let Some(wanted) = self.template_hash(deployment) else { return };
        let mut sets = self.cluster.all(Kind::WorkloadReplicaSet);
        sets.retain(|set| set["metadata"]["namespace"] == deployment["metadata"]["namespace"] && owner(set) == name);
        let has_template = |set: &&&Value| hash(&set["spec"]["template"]["spec"]).as_ref() == Some(&wanted);
        let in_sync = sets.iter().filter(|set| set["metadata"]["name"] == current).find(has_template).copied();
        let Some(newest) = in_sync else {
            if let Some(there) = sets.iter().filter(|set| replicas(set) > 0).find(has_template) {
                let there = text(&there["metadata"]["name"]);
                self.always(5, format!("makes another replica set for the template of {there}, not of {current:?}"));
            }
            return;
        };
        if !controlled(newest) {
            self.always(12, format!("does not own {current}"));
        }
        self.other_sets(&sets, current, previous);
        if let Some(before) = sets.iter().find(|set| set["metadata"]["name"] == previous) {
            self.previous(deployment, newest, before);
        }
    }

    /// It deletes every replica set that it owns but the current and the previous one.
    fn other_sets(&mut self, sets: &[&Value], current: &str, previous: &str) {
        for set in sets.iter().filter(|set| controlled(set)) {
            let name = text(&set["metadata"]["name"]);
            if name == current || name == previous {
                continue;
            }
            match replicas(set) {
                0 => self.always(12, format!("deletes {name}, which is history")),
                _ => self.after_release(7, format!("deletes {name} in mid-rollout")),
            }
        }
    }

    /// It brings the current one to full size and deletes the previous one once the current one is on record as ready.
    fn previous(&mut self, deployment: &Value, newest: &Value, before: &Value) {
        let (name, wanted) = (text(&before["metadata"]["name"]), replicas(deployment));
        if replicas(before) == 0 {
            self.always(4, format!("deletes {name}, which is history and named as the previous one"));
            return;
        }
        if replicas(newest) != wanted {
            self.after_release(7, format!("the new replica set is at {} of {wanted}", replicas(newest)));
        }
        let ready =
            owned_by(self.cluster, newest).filter(|w| !terminating(w) && stored(w, condition::READY) == "True").count();
        let gone_at_once =
            deployment["spec"]["deployPolicy"] == "Recreate" || stored(newest, condition::READY) == "True";
        if gone_at_once && i64::try_from(ready).unwrap() < wanted {
            self.after_release(7, format!("deletes {name} while {ready} of {wanted} new replicas are ready"));
        }
    }

    fn replica_sets(&mut self) {
        for set in self.cluster.all(Kind::WorkloadReplicaSet) {
            let name = text(&set["metadata"]["name"]);
            self.extra_conditions(set, &condition::OF_WORKLOAD_REPLICA_SET);
            if set["spec"]["replicas"].is_null() {
                self.always(6, format!("runs one replica of {name}"));
            }
            let generation = hash(&set["spec"]["template"]["spec"]);
            let owned: Vec<_> = owned_by(self.cluster, set).filter(|workload| !terminating(workload)).collect();
            for workload in owned {
                self.replica(workload, generation.as_deref());
            }
        }
    }

    fn replica(&mut self, workload: &Value, generation: Option<&str>) {
        let name = text(&workload["metadata"]["name"]);
        let annotation = &workload["metadata"]["annotations"][annotation::WORKLOAD_REPLICA_SET_GENERATION];
        match annotation.as_str() {
            None => self.always(3, format!("makes a duplicate of {name}, which has no generation")),
            there if there != generation => self.always(3, format!("replaces {name}, of another generation")),
            _ => {}
        }
        let sync = find(workload, condition::SYNC);
        let since = &sync["lastTransitionTime"];
        let unhealthy = stored(workload, condition::READY) != "True" && sync["status"] != "True";
        if unhealthy && !since.is_null() && self.age(since) > GRACE {
            self.always(10, format!("deletes {name}, unhealthy since {since}"));
        }
    }

    fn workloads(&mut self) {
        for workload in self.cluster.all(Kind::Workload) {
            let (name, uid) = (text(&workload["metadata"]["name"]), text(&workload["metadata"]["uid"]));
            let status = &workload["status"];
            self.extra_conditions(workload, &condition::OF_WORKLOAD);
            if ![uid, ""].contains(&text(&status["workloadId"])) {
                self.always(9, format!("stops {} for {name}", status["workloadId"]));
            }
            let reachable = self.cluster.hosts.iter().filter(|(_, host)| host.link == Link::Up);
            let mut runs_on = reachable.filter(|(_, host)| host.running.contains_key(uid)).map(|(id, _)| id.as_str());
            let host = text(&status["hostId"]);
            let runs_there = runs_on.clone().any(|id| id == host);
            let runs = runs_on.next().is_some();
            if terminating(workload) {
                let since = self.age(&workload["metadata"]["deletionTimestamp"]);
                if since > LAST_ENDPOINT && stored(workload, condition::READY) == "True" {
                    self.always(9, format!("routes to {name}, which is being deleted"));
                }
                let stops = stored(workload, condition::PLACEMENT) == "True" && runs_there;
                let placed = stored(workload, condition::PLACEMENT) == "True" && !host.is_empty();
                if since > LAST_ENDPOINT && self.cluster.starting(uid) && !placed {
                    self.always(9, format!("lets go of {name}, which is being started: {status}"));
                }
                if runs && !stops && !self.cluster.starting(uid) {
                    self.always(9, format!("leaves {name} running: {status}"));
                }
            } else if host.is_empty() && (runs || self.cluster.starting(uid)) {
                self.after_release(8, format!("starts {name} on any host, though it runs"));
            } else if !host.is_empty() && runs && !runs_there {
                self.always(8, format!("looks for {name} on {host}, where it does not run"));
            }
        }
    }

    /// It keeps conditions of types that it does not know for ever.
    fn extra_conditions(&mut self, object: &Value, known: &[&str]) {
        for extra in object["status"]["conditions"].as_array().into_iter().flatten() {
            if !known.contains(&text(&extra["type"])) {
                self.always(13, format!("keeps the condition {} for ever", extra["type"]));
            }
        }
    }

    /// The hash of the deployment's template with its artifacts resolved; `None` while it waits for them.
    fn template_hash(&self, deployment: &Value) -> Option<String> {
        let mut spec = deployment["spec"]["template"]["spec"].clone();
        let listed = deployment["spec"]["artifacts"].as_array().cloned().unwrap_or_default();
        let url = |image: &Value| {
            let Some(wanted) = image.as_str().and_then(|image| image.strip_prefix("artifact://")) else {
                return Some(image.clone());
            };
            let from = &listed.iter().find(|listed| listed["name"] == wanted)?["artifactFrom"]["name"];
            let all = self.cluster.all(Kind::Artifact).into_iter();
            let artifact = all.filter(|artifact| stored(artifact, condition::PUBLISHED) == "True");
            Some(
                artifact.into_iter().find(|artifact| artifact["metadata"]["name"] == *from)?["status"]["artifactUrl"]
                    .clone(),
            )
        };
        for component in spec["components"].as_array_mut().into_iter().flatten() {
            component["image"] = url(&component["image"])?;
        }
        if !deployment["spec"]["kubernetes"].is_null() {
            spec["kubernetes"] = deployment["spec"]["kubernetes"].clone();
        }
        hash(&spec)
    }
}

fn owned_by<'c>(cluster: &'c Simulation, set: &'c Value) -> impl Iterator<Item = &'c Value> {
    let uid = &set["metadata"]["uid"];
    let all = cluster.all(Kind::Workload).into_iter();
    all.filter(move |workload| controlled(workload) && workload["metadata"]["ownerReferences"][0]["uid"] == *uid)
}

fn hash(spec: &Value) -> Option<String> {
    template_hash_of_value(spec).ok()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn terminating(object: &Value) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

fn replicas(object: &Value) -> i64 {
    object["spec"]["replicas"].as_i64().unwrap_or(1)
}

fn find<'o>(object: &'o Value, type_: &str) -> &'o Value {
    let mut all = object["status"]["conditions"].as_array().into_iter().flatten();
    all.find(|condition| condition["type"] == type_).unwrap_or(&Value::Null)
}

fn stored<'o>(object: &'o Value, type_: &str) -> &'o str {
    text(&find(object, type_)["status"])
}

fn owner(object: &Value) -> &str {
    text(&object["metadata"]["ownerReferences"][0]["name"])
}

fn controlled(object: &Value) -> bool {
    object["metadata"]["ownerReferences"][0]["controller"] == true
}

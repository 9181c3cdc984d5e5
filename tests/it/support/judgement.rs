//! What must be so after whatever happened: the right end state, nothing lost, nothing doubled, nothing forgotten, and
//! quiet.

use std::collections::BTreeMap;
use std::time::Duration;

use kubectl_wasmcloud::plan::rollout::{State, assess};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::local::{Local, Running, condition, snapshot};

/// How long it may take until all is well: the longest back-off, and what a host's death takes.
const PATIENCE: Duration = Duration::from_secs(1200);
/// Writes in a quiet minute that are none of a host's report of itself.
const IDLE_WRITES: usize = 2;
/// Writes in a quiet minute for each host's report of itself.
const IDLE_WRITES_PER_HOST: usize = 3;

/// A deployment that is to be whole: its name, its image, how many.
pub(crate) type Wanted<'a> = (&'a str, &'a str, usize);

/// Waits until everything is as it should be, and stays so in a quiet minute.
pub(crate) async fn settled(local: &Local, wanted: &[Wanted<'_>]) {
    settled_under(local, &[&local.controller], wanted).await;
}

/// The same where other controllers are at work.
pub(crate) async fn settled_under(local: &Local, controllers: &[&Running], wanted: &[Wanted<'_>]) {
    await_order(local, wanted).await;
    let before = written_by(controllers);
    sleep(Duration::from_secs(60)).await;
    let after = written_by(controllers);
    let faults = judge(local, wanted).await;
    assert!(faults.is_empty(), "a minute later: {faults:#?}");
    let hosts = local.objects("hosts").await.len();
    let of_hosts = |counted: &BTreeMap<String, usize>| {
        counted.iter().filter(|(what, _)| what.contains(" hosts")).map(|(_, count)| count).sum::<usize>()
    };
    let all = |counted: &BTreeMap<String, usize>| counted.values().sum::<usize>();
    let reports = of_hosts(&after) - of_hosts(&before);
    let others = all(&after) - all(&before) - reports;
    let told = || differences(&before, &after);
    assert!(others <= IDLE_WRITES, "{others} writes in a quiet minute: {:?}", told());
    assert!(reports <= IDLE_WRITES_PER_HOST * hosts, "{reports} writes of {hosts} hosts: {:?}", told());
    assert!(controllers.iter().all(|controller| !controller.has_ended()), "a controller is gone");
}

/// Waits until everything is as it should be.
pub(crate) async fn await_order(local: &Local, wanted: &[Wanted<'_>]) {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(100);
    loop {
        let faults = judge(local, wanted).await;
        if faults.is_empty() {
            return;
        }
        if Instant::now() > deadline {
            let workloads = local.objects("workloads").await;
            let placed = local.hosts.placed();
            panic!("{faults:#?}; workloads: {workloads:#?}; on hosts: {placed:#?}");
        }
        sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(5));
    }
}

/// All that is not as it should be.
async fn judge(local: &Local, wanted: &[Wanted<'_>]) -> Vec<String> {
    let workloads = local.objects("workloads").await;
    let placed = local.hosts.placed();
    let mut faults = Vec::new();
    for (name, image, replicas) in wanted {
        let state = assess(&snapshot(local, name).await).state;
        if state != State::Complete {
            faults.push(format!("the rollout of {name} is {state:?}"));
        }
        let running = placed.values().flat_map(BTreeMap::values).filter(|runs| *runs == image).count();
        if running != *replicas {
            faults.push(format!("{running} of {image} run, not {replicas}"));
        }
    }
    let replicas: usize = wanted.iter().map(|(_, _, replicas)| replicas).sum();
    if workloads.len() != replicas {
        faults.push(format!("there are {} Workloads, not {replicas}", workloads.len()));
    }
    faults.extend(strays(&workloads, &placed));
    faults.extend(phantoms(&workloads, &placed));
    faults
}

/// What runs where no object says that it does: forgotten, or doubled.
fn strays(workloads: &[Value], placed: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let host_of: BTreeMap<_, _> = workloads
        .iter()
        .filter_map(|workload| Some((workload["metadata"]["uid"].as_str()?, workload["status"]["hostId"].as_str())))
        .collect();
    let mut strays = Vec::new();
    for (host, ids) in placed {
        for id in ids.keys() {
            match host_of.get(id.as_str()) {
                None => strays.push(format!("{id} runs on {host} and has no Workload")),
                Some(named) if *named != Some(host) => strays.push(format!("{id} runs on {host}, not on {named:?}")),
                Some(_) => {}
            }
        }
    }
    strays
}

/// What is said to run and does not.
fn phantoms(workloads: &[Value], placed: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let runs = |workload: &&Value| {
        let (host, id) = (workload["status"]["hostId"].as_str()?, workload["metadata"]["uid"].as_str()?);
        placed.get(host)?.get(id)
    };
    let ready = workloads.iter().filter(|workload| condition(workload, "Ready")["status"] == "True");
    let phantoms = ready.filter(|workload| runs(workload).is_none());
    phantoms.map(|workload| format!("{} is Ready and does not run", workload["metadata"]["name"])).collect()
}

/// Writes so far of all of them.
pub(crate) fn written_by(controllers: &[&Running]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for (what, count) in controllers.iter().flat_map(|controller| controller.edge.writes()) {
        *all.entry(what).or_default() += count;
    }
    all
}

/// What was written between two counts.
fn differences(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let since =
        |(what, count): (&String, &usize)| (what.clone(), count - before.get(what).copied().unwrap_or_default());
    after.iter().map(since).filter(|(_, count)| *count > 0).collect()
}

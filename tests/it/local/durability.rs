//! What was answered is there after the process was killed at any moment.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kube::Client;
use serde_json::{Value, json};

use super::Up;
use crate::support::TestEnv;

/// Writers at a time.
const WRITERS: usize = 8;
const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// What the server has answered to one writer.
#[derive(Clone, Debug, Default)]
struct Answered {
    /// Names of what was created.
    created: Vec<String>,
    /// How far its counter is.
    count: u64,
    /// The last revision that it saw.
    revision: u64,
}

#[test]
fn what_was_answered_survives_being_killed() {
    kill_and_look(4);
}

#[test]
#[ignore = "real servers"]
fn what_was_answered_survives_being_killed_fifty_times() {
    kill_and_look(50);
}

fn kill_and_look(times: usize) {
    let env = TestEnv::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let answered: Vec<_> = (0..WRITERS).map(|_| Arc::new(Mutex::new(Answered::default()))).collect();
    for round in 0..times {
        let up = Up::start(&env, &[]);
        runtime.block_on(async {
            let client = client(&up.kubeconfig).await;
            look(&client, &answered, round).await;
            let writers: Vec<_> = answered
                .iter()
                .enumerate()
                .map(|(writer, answered)| tokio::spawn(write(client.clone(), writer, round, answered.clone())))
                .collect();
            // Long enough for some groups of writes, and another moment each time.
            let moment = u64::try_from(round % 7).unwrap() * 13;
            tokio::time::sleep(Duration::from_millis(60 + moment)).await;
            assert_eq!(up.end("-KILL"), None);
            for writer in writers {
                writer.await.unwrap();
            }
        });
    }
    let up = Up::start(&env, &[]);
    runtime.block_on(async { look(&client(&up.kubeconfig).await, &answered, times).await });
    let created: usize = answered.iter().map(|answered| answered.lock().unwrap().created.len()).sum();
    assert!(created >= times, "the writers were too slow to show anything: {created} objects");
}

async fn client(kubeconfig: &Path) -> Client {
    let config = kube::config::Kubeconfig::read_from(kubeconfig).unwrap();
    let config = kube::Config::from_custom_kubeconfig(config, &Default::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

/// Writes until the server is gone.
async fn write(client: Client, writer: usize, round: usize, answered: Arc<Mutex<Answered>>) {
    for number in 0.. {
        let name = format!("w{writer}-r{round}-{number}");
        let object =
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": { "by": name } });
        let created = http::Request::post(CONFIG_MAPS).header("content-type", "application/json");
        let Ok(kept) = client.request::<Value>(created.body(object.to_string().into_bytes()).unwrap()).await else {
            return;
        };
        {
            let mut answered = answered.lock().unwrap();
            answered.created.push(name);
            answered.revision = revision(&kept);
        }
        let count = answered.lock().unwrap().count + 1;
        let patch = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("counter-{writer}") },
            "data": { "count": count.to_string(), "again": count.to_string() },
        });
        let path = format!("{CONFIG_MAPS}/counter-{writer}?fieldManager=writer&force=true");
        let patched = http::Request::patch(path).header("content-type", "application/apply-patch+yaml");
        let Ok(kept) = client.request::<Value>(patched.body(patch.to_string().into_bytes()).unwrap()).await else {
            return;
        };
        let mut answered = answered.lock().unwrap();
        answered.count = count;
        answered.revision = revision(&kept);
    }
}

fn revision(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap()
}

/// Everything that was answered is there, whole, and at most one write more of each writer.
async fn look(client: &Client, answered: &[Arc<Mutex<Answered>>], round: usize) {
    let list = http::Request::get(CONFIG_MAPS).body(Vec::new()).unwrap();
    let list: Value = client.request(list).await.unwrap();
    let objects = list["items"].as_array().unwrap();
    let find = |name: &str| objects.iter().find(|object| object["metadata"]["name"] == name);
    for (writer, answered) in answered.iter().enumerate() {
        let mut answered = answered.lock().unwrap();
        for name in &answered.created {
            let object = find(name).unwrap_or_else(|| panic!("round {round}: {name} is lost"));
            assert_eq!(object["data"]["by"], **name, "round {round}");
        }
        assert!(revision(&list) >= answered.revision, "round {round}: revisions went back");
        let counter = find(&format!("counter-{writer}"));
        let count = |field: &str| counter.map_or(0, |object| object["data"][field].as_str().unwrap().parse().unwrap());
        assert_eq!(count("count"), count("again"), "round {round}: half a write");
        assert!((answered.count..=answered.count + 1).contains(&count("count")), "round {round}: {answered:?}");
        // A write that was not answered may have been done.
        answered.count = count("count");
    }
}

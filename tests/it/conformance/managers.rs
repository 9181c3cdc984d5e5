//! Field managers, where a golden trace would depend on the second it was recorded in; and names that the server makes.

use serde_json::{Value, json};

use super::conformance;
use super::server::{Server, version};

conformance! {
    an_eleventh_update_manager_makes_the_oldest_ancient,
    a_change_of_nothing_keeps_the_version_and_the_time,
    names_are_generated,
    one_of_many_writers_wins_each_version,
    the_client_of_the_controller_reads_writes_and_watches,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";

async fn an_eleventh_update_manager_makes_the_oldest_ancient(server: &Server) {
    server.create(&format!("{MAPS}?fieldManager=m00"), json!({"metadata": {"name": "a"}, "data": {"k00": "v"}})).await;
    let mut last = Value::Null;
    for number in 1..15 {
        let (key, path) = (format!("k{number:02}"), format!("{MAPS}/a?fieldManager=m{number:02}"));
        last = server.patch(&path, "merge", json!({"data": {key: "v"}})).await.ok();
    }
    let entries = last["metadata"]["managedFields"].as_array().unwrap();
    let managers: Vec<&str> = entries.iter().map(|entry| entry["manager"].as_str().unwrap()).collect();
    assert_eq!(managers.len(), 10, "{managers:?}");
    assert!(managers.contains(&"ancient-changes") && managers.contains(&"m14"), "{managers:?}");
    let ancient = entries.iter().find(|entry| entry["manager"] == "ancient-changes").unwrap();
    assert_eq!(ancient["operation"], "Update");
    for number in 0..6 {
        assert_eq!(ancient["fieldsV1"]["f:data"][format!("f:k{number:02}")], json!({}), "{ancient:#}");
    }
}

async fn a_change_of_nothing_keeps_the_version_and_the_time(server: &Server) {
    let path = format!("{MAPS}/a?fieldManager=m");
    let wanted = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}});
    let made = server.patch(&path, "apply", wanted.clone()).await.is(201);
    // Past the second, so that a new time would show.
    let second = |object: &Value| object["metadata"]["managedFields"][0]["time"].clone();
    let fresh = json!({"metadata": {"generateName": "tick-"}});
    loop {
        let tick = server.post(&format!("{MAPS}?dryRun=All&fieldManager=m"), fresh.clone()).await.ok();
        if tick["metadata"]["creationTimestamp"] != made["metadata"]["creationTimestamp"] {
            break;
        }
    }
    let again = server.patch(&path, "apply", wanted.clone()).await.is(200);
    assert_eq!((version(&again), second(&again)), (version(&made), second(&made)));
    let again = server.put(&path, wanted.clone()).await.ok();
    assert_eq!(again["metadata"]["managedFields"][0], made["metadata"]["managedFields"][0]);
    let by_other = server.put(&format!("{MAPS}/a?fieldManager=other"), wanted).await.ok();
    assert_eq!(version(&by_other), version(&again));
}

async fn names_are_generated(server: &Server) {
    let wanted = json!({"metadata": {"generateName": "gen-"}});
    let one = server.create(MAPS, wanted.clone()).await;
    let other = server.create(MAPS, wanted).await;
    for made in [&one, &other] {
        let name = made["metadata"]["name"].as_str().unwrap();
        let suffix = name.strip_prefix("gen-").unwrap();
        assert_eq!(suffix.len(), 5, "{name}");
        assert!(suffix.chars().all(|letter| "bcdfghjklmnpqrstvwxz2456789".contains(letter)), "{name}");
        assert_eq!(made["metadata"]["generateName"], "gen-");
    }
    assert_ne!(one["metadata"]["name"], other["metadata"]["name"]);
    let long = server.create(MAPS, json!({"metadata": {"generateName": "x".repeat(200)}})).await;
    assert_eq!(long["metadata"]["name"].as_str().unwrap().len(), 63, "a long prefix is cut");
}

async fn one_of_many_writers_wins_each_version(server: &Server) {
    let made = server.create(MAPS, json!({"metadata": {"name": "a"}})).await;
    let path = format!("{MAPS}/a");
    let writes = (0..10).map(|writer| {
        let mut wanted = made.clone();
        wanted["data"] = json!({"writer": writer.to_string()});
        server.put(&path, wanted)
    });
    let answers = futures::future::join_all(writes).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 9);
    // A patch without a version is tried again by the server until it fits.
    let keys: Vec<String> = (0..10).map(|writer| format!("w{writer}")).collect();
    let patches = keys.iter().map(|key| server.patch(&path, "merge", json!({"data": {key: "yes"}})));
    for answer in futures::future::join_all(patches).await {
        answer.ok();
    }
    let data = server.get(&path).await.ok()["data"].clone();
    assert!(keys.iter().all(|key| data[key] == "yes"), "{data:#}");
}

async fn the_client_of_the_controller_reads_writes_and_watches(server: &Server) {
    use futures::StreamExt;
    use k8s_openapi::api::core::v1::ConfigMap;
    use kube::api::{Api, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
    use kube::runtime::{WatchStreamExt, watcher};

    let api: Api<ConfigMap> = Api::namespaced(server.client(), &server.namespace);
    let metadata = ObjectMeta { name: Some("a".to_owned()), ..ObjectMeta::default() };
    api.create(&PostParams::default(), &ConfigMap { metadata, ..ConfigMap::default() }).await.unwrap();
    let applied = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "v"}});
    api.patch("a", &PatchParams::apply("me"), &Patch::Apply(&applied)).await.unwrap();
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 1);
    assert!(api.get_opt("none").await.unwrap().is_none());
    for config in [watcher::Config::default(), watcher::Config::default().streaming_lists()] {
        let mut seen = watcher(api.clone(), config).applied_objects().boxed();
        let first = seen.next().await.unwrap().unwrap();
        assert_eq!(first.data.unwrap()["k"], "v");
    }
}

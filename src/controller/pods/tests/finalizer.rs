//! Upstream's finalizer on host Pods.

use super::*;
use crate::controller::effect::Refusal;

fn patches(cluster: &Simulation) -> usize {
    cluster.done.iter().filter(|effect| matches!(effect, Effect::PatchPod { .. })).count()
}

fn warnings(cluster: &Simulation) -> Vec<String> {
    let words = |effect: &Effect| match effect {
        Effect::Announce(said) if said.regarding.kind == "Pod" => Some(format!("{}: {}", said.reason, said.message)),
        _ => None,
    };
    cluster.done.iter().filter_map(words).collect()
}

#[test]
fn it_is_taken_off_once_and_the_others_stay() {
    let mut cluster = cluster(1, 0);
    cluster.pods.hold(&pod("1"));
    cluster.pass(60);
    assert_eq!(cluster.pods.get(&pod("1")).unwrap()["metadata"]["finalizers"], json!(["other/one"]));
    assert_eq!((patches(&cluster), cluster.pods.writes), (1, 1));
}

#[test]
fn a_pod_that_changed_meanwhile_is_looked_at_again() {
    let mut cluster = cluster(1, 0);
    cluster.pods.hold(&pod("1"));
    cluster.until(|cluster| cluster.releasing());
    cluster.pods.edit(&pod("1"), &json!({ "status": { "phase": "Pending" } }));
    cluster.pass(1);
    assert!(!cluster.pods.is_held(&pod("1")));
    assert_eq!(cluster.pods.writes, 2);
}

#[test]
fn one_that_may_not_be_written_to_is_told_once_and_left_alone_for_long() {
    let mut cluster = cluster(1, 0);
    cluster.pods.refuses = Some(Refusal::Denied("pods \"pod-1\" is forbidden".to_owned()));
    cluster.pods.hold(&pod("1"));
    for phase in ["Pending", "Running", "Pending", "Running"] {
        cluster.pods.edit(&pod("1"), &json!({ "status": { "phase": phase } }));
        cluster.pass(60);
    }
    assert_eq!(cluster.pods.writes, 1);
    let [said] = &warnings(&cluster)[..] else { panic!("{:?}", warnings(&cluster)) };
    for words in ["FinalizerStays", "runtime.wasmcloud.dev/pod-host-finalizer", "wasmcloud-system/pod-1", "forbidden"] {
        assert!(said.contains(words), "{said}");
    }
    cluster.pass(3_600);
    assert!(cluster.pods.writes <= 8, "{}", cluster.pods.writes);
    assert_eq!(warnings(&cluster).len(), 1);
    cluster.pods.refuses = None;
    cluster.pass(600);
    assert!(!cluster.pods.is_held(&pod("1")), "it was allowed meanwhile");
}

#[test]
fn what_the_server_cannot_do_now_is_tried_again_soon() {
    let mut cluster = cluster(1, 0);
    cluster.pods.refuses = Some(Refusal::Other("etcdserver: leader changed".to_owned()));
    cluster.pods.hold(&pod("1"));
    cluster.pass(10);
    cluster.pods.refuses = None;
    cluster.pass(10);
    assert!(!cluster.pods.is_held(&pod("1")) && warnings(&cluster).is_empty());
}

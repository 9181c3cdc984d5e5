use serde_json::json;

use super::*;

fn key(namespace: &str, name: &str) -> Key {
    Key { resource: "things".into(), namespace: namespace.into(), name: name.into() }
}

/// An object whose name is its UID, with the owners `(uid, blocks)`.
fn object(name: &str, owners: &[(&str, bool)], finalizers: &[&str], deleting: bool) -> Value {
    let owners: Vec<Value> = owners
        .iter()
        .map(|(uid, blocks)| {
            json!({ "apiVersion": "v1", "kind": "Thing", "name": uid, "uid": uid, "blockOwnerDeletion": blocks })
        })
        .collect();
    let mut object =
        json!({ "metadata": { "name": name, "uid": name, "ownerReferences": owners, "finalizers": finalizers } });
    if deleting {
        object["metadata"]["deletionTimestamp"] = "2026-11-23T17:00:00Z".into();
    }
    object
}

fn graph(objects: &[(&str, Value)]) -> Graph {
    let mut graph = Graph::default();
    for (namespace, object) in objects {
        graph.put(&key(namespace, meta::name(object)), object);
    }
    graph
}

fn actions(graph: &mut Graph) -> Vec<Action> {
    graph.actions(|_, _| true)
}

fn deleted(name: &str, propagation: Propagation) -> Action {
    Action::Delete(key("n", name), name.to_owned(), propagation)
}

#[test]
fn what_has_a_living_owner_or_none_is_left_alone() {
    let mut graph =
        graph(&[("n", object("owner", &[], &[], false)), ("n", object("child", &[("owner", true)], &[], false))]);
    assert_eq!(actions(&mut graph), []);
}

#[test]
fn dependents_of_what_is_gone_go_too() {
    let owner = object("owner", &[], &[], false);
    let mut graph = graph(&[("n", owner.clone()), ("n", object("child", &[("owner", false)], &[], false))]);
    actions(&mut graph);
    graph.remove(&owner);
    assert_eq!(actions(&mut graph), [deleted("child", Propagation::Background)]);
}

#[test]
fn one_that_never_had_its_owner_goes() {
    let mut graph = graph(&[("n", object("child", &[("nobody", false)], &[], false))]);
    assert_eq!(actions(&mut graph), [deleted("child", Propagation::Background)]);
}

#[test]
fn an_owner_of_a_kind_that_is_not_served_may_live_elsewhere() {
    let mut graph = graph(&[("n", object("child", &[("foreign", false)], &[], false))]);
    assert_eq!(graph.actions(|_, kind| kind != "Thing"), []);
}

#[test]
fn an_owner_in_another_namespace_is_none_and_one_of_the_cluster_is_one() {
    let child = object("child", &[("owner", false)], &[], false);
    let mut other = graph(&[("m", object("owner", &[], &[], false)), ("n", child.clone())]);
    assert_eq!(actions(&mut other), [deleted("child", Propagation::Background)]);
    let mut cluster = graph(&[("", object("owner", &[], &[], false)), ("n", child)]);
    assert_eq!(actions(&mut cluster), []);
}

#[test]
fn one_living_owner_is_enough_and_the_dead_one_is_forgotten() {
    let mut graph = graph(&[
        ("n", object("living", &[], &[], false)),
        ("n", object("child", &[("living", false), ("dead", false)], &[], false)),
    ]);
    let forgotten = Action::RemoveOwners(key("n", "child"), "child".into(), vec!["dead".into()]);
    assert_eq!(actions(&mut graph), [forgotten]);
}

#[test]
fn a_foreground_deletion_waits_for_those_who_block_it() {
    let owner = object("owner", &[], &[meta::FOREGROUND], true);
    let blocking = object("blocking", &[("owner", true)], &[], false);
    let mut graph = graph(&[("n", owner), ("n", blocking.clone())]);
    assert_eq!(actions(&mut graph), [deleted("blocking", Propagation::Background)]);
    graph.remove(&blocking);
    let done = Action::RemoveFinalizer(key("n", "owner"), "owner".into(), meta::FOREGROUND);
    assert_eq!(actions(&mut graph), [done]);
}

#[test]
fn a_foreground_deletion_goes_down_the_tree() {
    let mut graph = graph(&[
        ("n", object("owner", &[], &[meta::FOREGROUND], true)),
        ("n", object("child", &[("owner", true)], &[], false)),
        ("n", object("grandchild", &[("child", true)], &[], false)),
    ]);
    assert_eq!(actions(&mut graph), [deleted("child", Propagation::Foreground)]);
}

#[test]
fn orphans_lose_the_reference_before_their_owner_goes() {
    let mut graph = graph(&[
        ("n", object("owner", &[], &[meta::ORPHAN], true)),
        ("n", object("child", &[("owner", true)], &[], false)),
    ]);
    let freed = Action::RemoveOwners(key("n", "child"), "child".into(), vec!["owner".into()]);
    assert_eq!(actions(&mut graph), [freed]);
    graph.put(&key("n", "child"), &object("child", &[], &[], false));
    let done = Action::RemoveFinalizer(key("n", "owner"), "owner".into(), meta::ORPHAN);
    assert_eq!(actions(&mut graph), [done]);
}

#[test]
fn what_could_not_be_done_is_decided_anew() {
    let mut graph = graph(&[("n", object("child", &[("nobody", false)], &[], false))]);
    let first = actions(&mut graph);
    assert_eq!(actions(&mut graph), []);
    graph.again(&first[0]);
    assert_eq!(actions(&mut graph), first);
}

#[test]
fn what_is_being_deleted_is_not_deleted_again() {
    let mut graph = graph(&[("n", object("child", &[("nobody", false)], &["hold"], true))]);
    assert_eq!(actions(&mut graph), []);
}

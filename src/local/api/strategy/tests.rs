use serde_json::json;

use super::*;
use crate::local::api::resource::ALL_VERBS;

fn custom(status: bool) -> Resource {
    Resource {
        group: "example.com".into(),
        version: "v1".into(),
        storage_version: "v1".into(),
        kind: "Thing".into(),
        list_kind: "ThingList".into(),
        plural: "things".into(),
        singular: "thing".into(),
        short_names: Vec::new(),
        categories: Vec::new(),
        namespaced: true,
        status,
        scale: None,
        verbs: ALL_VERBS,
        schema: Default::default(),
        columns: Vec::new(),
        selectable: Vec::new(),
        custom: true,
        since: 0,
        terminating: false,
    }
}

fn now() -> Timestamp {
    "2026-11-23T17:00:00Z".parse().unwrap()
}

fn thing() -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Thing", "spec": { "size": 1 }, "status": { "seen": 1 },
        "metadata": {
            "name": "a", "namespace": "n", "uid": "u", "resourceVersion": "7", "generation": 2,
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
    })
}

#[test]
fn only_the_server_says_who_an_object_is() {
    let mut object = thing();
    object["metadata"]["deletionTimestamp"] = "2020-01-01T00:00:00Z".into();
    before_create(&custom(true), &mut object, "new", now());
    assert_eq!(
        object,
        json!({
            "apiVersion": "example.com/v1", "kind": "Thing", "spec": { "size": 1 },
            "metadata": {
                "name": "a", "namespace": "n", "uid": "new", "generation": 1, "creationTimestamp": "2026-11-23T17:00:00Z",
            },
        })
    );
}

#[test]
fn a_status_without_a_subresource_is_a_field_like_others() {
    let mut object = thing();
    before_create(&custom(false), &mut object, "new", now());
    assert_eq!(object["status"], json!({ "seen": 1 }));
    let mut new = thing();
    new["status"] = json!({ "seen": 2 });
    before_update(&custom(false), Part::Main, &thing(), &mut new);
    assert_eq!((&new["status"]["seen"], &new["metadata"]["generation"]), (&json!(2), &json!(3)));
}

#[test]
fn the_generation_counts_changes_of_the_spec() {
    let updated = |change: &dyn Fn(&mut Value), part| {
        let mut new = thing();
        change(&mut new);
        before_update(&custom(true), part, &thing(), &mut new);
        new
    };
    let spec = updated(&|new| new["spec"]["size"] = 2.into(), Part::Main);
    assert_eq!(spec["metadata"]["generation"], 3);
    let labels = updated(&|new| new["metadata"]["labels"] = json!({ "a": "b" }), Part::Main);
    assert_eq!(labels["metadata"]["generation"], 2);
    let status = updated(&|new| new["status"]["seen"] = 2.into(), Part::Main);
    assert_eq!((&status["metadata"]["generation"], &status["status"]["seen"]), (&json!(2), &json!(1)));
    let through = updated(
        &|new| {
            new["status"]["seen"] = 2.into();
            new["spec"]["size"] = 9.into();
            new["metadata"]["labels"] = json!({ "a": "b" });
        },
        Part::Status,
    );
    assert_eq!((&through["status"]["seen"], &through["spec"]["size"]), (&json!(2), &json!(1)));
    assert_eq!((&through["metadata"]["generation"], through["metadata"].get("labels")), (&json!(2), None));
}

#[test]
fn what_the_server_gave_stays() {
    let mut new = thing();
    for field in ["uid", "creationTimestamp", "generation"] {
        meta::remove(&mut new, field);
    }
    new["metadata"]["selfLink"] = "/x".into();
    before_update(&custom(true), Part::Main, &thing(), &mut new);
    assert_eq!(new, thing());
}

#[test]
fn an_update_neither_ends_nor_hides_a_deletion() {
    let mut old = thing();
    old["metadata"]["deletionTimestamp"] = "2020-01-01T00:00:00Z".into();
    old["metadata"]["deletionGracePeriodSeconds"] = 0.into();
    for (sent, grace) in [(Value::Null, 0), (json!(5), 5)] {
        let mut new = thing();
        new["metadata"]["deletionTimestamp"] = "2021-01-01T00:00:00Z".into();
        new["metadata"]["deletionGracePeriodSeconds"] = sent;
        before_update(&custom(true), Part::Main, &old, &mut new);
        assert_eq!(new["metadata"]["deletionTimestamp"], "2020-01-01T00:00:00Z");
        assert_eq!(new["metadata"]["deletionGracePeriodSeconds"], grace, "another one is refused when it is checked");
    }
    let mut new = thing();
    new["metadata"]["deletionTimestamp"] = "2021-01-01T00:00:00Z".into();
    before_update(&custom(true), Part::Main, &thing(), &mut new);
    assert!(meta::deleting(&new), "what an update begins is refused when it is checked");
}

#[test]
fn a_write_may_name_the_version_and_the_identity_that_it_means() {
    let resource = custom(true);
    let with = |field: &str, value: &str| {
        let mut new = thing();
        meta::set(&mut new, field, value.into());
        new
    };
    let version = |version: &str| check_version(&resource, &thing(), &with("resourceVersion", version));
    assert_eq!(version("7"), Ok(()));
    let refused = |version: Result<(), Failure>| version.map_err(|why| (why.code.as_u16(), why.reason)).unwrap_err();
    assert_eq!(refused(version("6")), (409, "Conflict"));
    assert_eq!(refused(version("")), (422, "Invalid"));
    assert_eq!(refused(version("0")), (422, "Invalid"));
    assert_eq!(refused(version("x")), (500, ""));
    assert!(version("99999999999999999999").unwrap_err().message.ends_with("value out of range"));
    assert_eq!(check_identity(&resource, &thing(), &thing()), Ok(()));
    let other = check_identity(&resource, &thing(), &with("uid", "other")).unwrap_err();
    assert_eq!(other.reason, "Conflict");
    assert!(other.message.contains("Key: /registry/example.com/things/n/a,"), "{}", other.message);
    let mut unnamed = thing();
    meta::remove(&mut unnamed, "resourceVersion");
    let core = Resource { custom: false, ..custom(true) };
    assert_eq!(check_version(&core, &thing(), &unnamed), Ok(()));
}

#[test]
fn a_deletion_waits_for_finalizers() {
    let resource = custom(true);
    let asked = Deletion::default();
    assert_eq!(delete(&resource, &thing(), &asked, now()), Ok(Deleted::Gone));
    let mut held = thing();
    held["metadata"]["finalizers"] = json!(["hold"]);
    let Ok(Deleted::Marked(marked)) = delete(&resource, &held, &asked, now()) else {
        panic!("it has a finalizer");
    };
    assert_eq!(marked["metadata"]["deletionTimestamp"], "2026-11-23T17:00:00Z");
    assert_eq!(marked["metadata"]["deletionGracePeriodSeconds"], 0);
    assert_eq!(marked["metadata"]["generation"], 3);
    assert_eq!(delete(&resource, &marked, &asked, now()), Ok(Deleted::Marked(marked.clone())));
    let mut freed = marked.clone();
    meta::remove(&mut freed, "finalizers");
    assert!(ends_deletion(&marked, &freed) && !ends_deletion(&marked, &marked) && !ends_deletion(&held, &thing()));
}

#[test]
fn the_propagation_is_a_finalizer() {
    let asked = |propagation| Deletion { propagation: Some(propagation), ..Deletion::default() };
    let finalizers = |propagation, held: &[&str]| {
        let mut object = thing();
        meta::set_finalizers(&mut object, &held.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        match delete(&custom(true), &object, &asked(propagation), now()).unwrap() {
            Deleted::Gone => Vec::new(),
            Deleted::Marked(marked) => meta::finalizers(&marked).into_iter().map(str::to_owned).collect(),
        }
    };
    assert_eq!(finalizers(Propagation::Background, &[]), [] as [&str; 0]);
    assert_eq!(finalizers(Propagation::Foreground, &["hold"]), ["hold", "foregroundDeletion"]);
    assert_eq!(finalizers(Propagation::Orphan, &["foregroundDeletion"]), ["orphan"]);
    assert_eq!(finalizers(Propagation::Background, &["orphan"]), [] as [&str; 0]);
}

#[test]
fn a_deletion_may_name_what_it_means() {
    let refused = |asked: Deletion| delete(&custom(true), &thing(), &asked, now()).unwrap_err().message;
    let other = refused(Deletion { uid: Some("other".into()), ..Deletion::default() });
    assert!(other.contains("the UID in the precondition (other) does not match the UID in record (u)"), "{other}");
    let stale = refused(Deletion { resource_version: Some("6".into()), ..Deletion::default() });
    assert!(stale.contains("the ResourceVersion in the precondition (6) does not match"), "{stale}");
}

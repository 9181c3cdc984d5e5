use serde_json::json;

use super::*;
use crate::plan::charge::Charge;

fn set(name: &str, revision: Option<i64>) -> Value {
    let annotations = revision.map(|number| json!({"runtime.wasmcloud.dev/revision": number.to_string()}));
    json!({
        "metadata": {
            "name": name, "annotations": annotations, "creationTimestamp": "2026-01-01T00:00:00Z",
            "ownerReferences": [{"uid": "u", "controller": false}],
        },
        "spec": {"template": {"spec": {}}},
    })
}

fn deployment() -> Value {
    json!({"metadata": {"name": "web", "uid": "u"}, "status": {"currentReplicaSet": {"name": "web-b"}}})
}

fn names(revisions: &[Revision]) -> Vec<&str> {
    revisions.iter().map(|revision| name_of(&revision.set)).collect()
}

#[test]
fn revisions_stand_in_the_order_of_their_numbers() {
    let found = revisions(&deployment(), vec![set("web-b", Some(10)), set("web-a", Some(9)), set("web-u", None)]);
    assert_eq!(names(&found), ["web-u", "web-a", "web-b"]);
    assert_eq!(found.iter().map(|revision| revision.current).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(found[2].title(), "revision 10");
    assert_eq!(found[0].title(), "replica set web-u");
}

#[test]
fn without_numbers_the_current_one_is_the_newest() {
    let found = revisions(&deployment(), vec![set("web-b", None), set("web-z", None)]);
    assert_eq!(names(&found), ["web-z", "web-b"]);
}

#[test]
fn others_and_those_that_go_are_left_out() {
    let mut another = set("web-a", Some(1));
    another["metadata"]["ownerReferences"][0]["uid"] = json!("another");
    let mut going = set("web-c", Some(2));
    going["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    assert!(revisions(&deployment(), vec![another, going]).is_empty());
    assert!(revisions(&json!({"metadata": {}}), vec![set("web-a", Some(1))]).is_empty(), "no uid is nobody's");
}

#[test]
fn a_revision_is_meant_by_number_or_from_the_newest_back() {
    let all = revisions(&deployment(), vec![set("web-a", Some(2)), set("web-b", Some(4))]);
    let found = |which| find(&all, which).map(Revision::title).map_err(|error| error.to_string());
    assert_eq!(found(2).unwrap(), "revision 2");
    assert_eq!(found(0).unwrap(), "revision 4");
    assert_eq!(found(-1).unwrap(), "revision 2");
    for which in [1, 3, -2, i64::MIN, i64::MAX] {
        assert_eq!(found(which).unwrap_err(), "unable to find the specified revision");
    }
    assert_eq!(find(&all, 7).unwrap_err().help().unwrap(), "there are the revisions 2, 4");
    assert_eq!(find(&all[..1], 7).unwrap_err().help().unwrap(), "revision 2 is the only one there is");
    assert_eq!(find(&[], 0).unwrap_err().help().unwrap(), "there is no revision yet");
}

#[test]
fn spans_are_two_numbers_or_one_and_the_newest() {
    assert_eq!("1,3".parse(), Ok(Span { from: 1, to: 3 }));
    assert_eq!("-2".parse(), Ok(Span { from: -2, to: 0 }));
    assert_eq!("-1, 0".parse(), Ok(Span { from: -1, to: 0 }));
    for wrong in ["", "a", "1,", "1,2,3"] {
        assert!(wrong.parse::<Span>().is_err(), "{wrong}");
    }
}

#[test]
fn a_short_history_is_explained() {
    let ours = revisions(&deployment(), vec![set("web-b", Some(1))]);
    let theirs = revisions(&deployment(), vec![set("web-b", None)]);
    let another = Heed::Ignores("op-1".to_owned());
    assert!(remark(&another, &theirs).unwrap().starts_with("op-1 is in charge, and keeps no history"));
    assert!(remark(&another, &ours).is_some(), "what there is it will delete");
    assert!(remark(&Heed::Nobody(Charge::Nobody), &theirs).unwrap().contains("upstream's operator made"));
    assert_eq!(remark(&Heed::Does, &ours), None);
    assert_eq!(remark(&Heed::Unknown, &[]), None);
}

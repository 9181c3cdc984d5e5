use serde_json::json;

use super::*;
use crate::plan::describe::{Snapshot, Subject, describe};

fn now() -> Timestamp {
    "2026-01-01T00:10:00Z".parse().unwrap()
}

fn artifact() -> Subject {
    let object = json!({
        "metadata": {"name": "web", "namespace": "ns", "labels": {"a": "b"}, "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"image": "r.io/web:1"},
        "status": {"conditions": [{"type": "Sync", "status": "False", "reason": "ResolveFailed",
            "message": "the registry\nsays no", "lastTransitionTime": "2026-01-01T00:09:00Z"}]},
    });
    Subject::Artifact(Box::new(serde_json::from_value(object).unwrap()))
}

#[test]
fn what_may_not_be_read_is_said_in_its_section_and_the_rest_is_there() {
    let deployments = Err("deployments is forbidden".to_owned());
    let events = Err("events is forbidden".to_owned());
    let description = describe(&Snapshot { deployments, events, ..Snapshot::of(artifact()) });
    insta::assert_snapshot!(text(&description, now(), Paint::default(), None), @r"
    ✖ Sync is False: the registry
      says no

    Name:         web
    Namespace:    ns
    Kind:         Artifact
    Labels:       a=b
    Annotations:  <none>
    Age:          10m (since 2026-01-01T00:00:00Z)
    Image:        r.io/web:1
    Conditions:
      Type  Status  Reason         Age  Message
      ----  ------  ------         ---  -------
      Sync  False   ResolveFailed  60s  the registry says no
    Used By:  <unknown> (deployments is forbidden)
    Events:  <unknown> (events is forbidden)
    ");
}

#[test]
fn colour_changes_no_word() {
    let description = describe(&Snapshot::of(artifact()));
    let coloured = text(&description, now(), Paint { colour: true }, None);
    assert!(coloured.starts_with("\u{1b}[31m✖ Sync"), "{coloured}");
    assert_eq!(console::strip_ansi_codes(&coloured), text(&description, now(), Paint::default(), None));
}

#[test]
fn of_many_workloads_and_events_some_are_shown_and_the_rest_is_counted() {
    let mut description = describe(&Snapshot::of(artifact()));
    let workloads = (0..60).map(|at| WorkloadLine { name: format!("w-{at:02}"), ..WorkloadLine::default() });
    description.workloads = Some(Listed { items: workloads.collect(), unreadable: None });
    let events = (0..30).map(|at| Told { reason: format!("e-{at:02}"), ..Told::default() });
    description.events = Listed { items: events.collect(), unreadable: None };
    let text = text(&description, now(), Paint::default(), None);
    assert!(text.contains("w-49") && !text.contains("w-50") && text.contains("  … and 10 more\n"), "{text}");
    assert!(!text.contains("e-09") && text.contains("e-10") && text.ends_with("  … and 10 older\n"), "{text}");
}

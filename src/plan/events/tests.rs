use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-01-01T00:10:00Z";

fn told(event: Value) -> Told {
    Told::of(&serde_json::from_value(event).unwrap())
}

fn about(kind: &str, name: &str) -> Told {
    told(json!({
        "metadata": {"namespace": "ns"},
        "involvedObject": {"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": kind, "name": name},
    }))
}

fn seen(mut event: Value) -> String {
    event["involvedObject"] = json!({});
    event["metadata"] = json!({"creationTimestamp": "2026-01-01T00:09:59Z"});
    told(event).seen(NOW.parse().unwrap())
}

#[test]
fn times_are_kubectls_whoever_wrote_the_event() {
    let (first, last) = ("2026-01-01T00:00:00Z", "2026-01-01T00:09:30Z");
    assert_eq!(seen(json!({"firstTimestamp": first, "lastTimestamp": last, "count": 3})), "30s (x3 over 10m)");
    assert_eq!(seen(json!({"firstTimestamp": first, "lastTimestamp": first, "count": 1})), "10m");
    let series = json!({"count": 7, "lastObservedTime": "2026-01-01T00:09:55.000000Z"});
    assert_eq!(seen(json!({"eventTime": "2026-01-01T00:00:00.000000Z", "series": series})), "5s (x7 over 10m)");
    assert_eq!(seen(json!({"eventTime": "2026-01-01T00:00:00.000000Z"})), "10m");
    assert_eq!(seen(json!({})), "1s", "when nothing else tells, its own age does");
}

#[test]
fn a_family_knows_those_that_are_gone_and_those_to_come() {
    let mut family = Family::default();
    family.add(Kind::WorkloadDeployment, "ns", "web");
    family.add(Kind::WorkloadReplicaSet, "ns", "adopted");
    for (kind, name, is_in) in [
        ("WorkloadDeployment", "web", true),
        ("WorkloadReplicaSet", "web-abcde", true),
        ("Workload", "web-abcde-fghij", true),
        ("WorkloadReplicaSet", "adopted", true),
        ("Workload", "adopted-fghij", true),
        ("WorkloadDeployment", "web-abcde", false),
        ("WorkloadReplicaSet", "web", false),
        ("WorkloadReplicaSet", "web-two-abcde", false),
        ("Workload", "web-abcde", false),
        ("Host", "web", false),
        ("Pod", "web-abcde-fghij", false),
    ] {
        assert_eq!(family.has(&about(kind, name)), is_in, "{kind} {name}");
    }
    let elsewhere = Told { namespace: "other".to_owned(), ..about("WorkloadDeployment", "web") };
    assert!(!family.has(&elsewhere));
    let foreign = Told { api_version: "apps/v1".to_owned(), ..about("WorkloadDeployment", "web") };
    assert!(!family.has(&foreign), "the kind of another group");
}

#[test]
fn types_are_kubectls_two() {
    assert_eq!(parse_type("warning").unwrap(), "Warning");
    assert_eq!(parse_type("Normal").unwrap(), "Normal");
    assert_eq!(parse_type("Error").unwrap_err(), "valid --types are Normal or Warning");
}

#[test]
fn a_row_is_one_line() {
    let told = Told { message: "a\n  b".to_owned(), reason: "R".to_owned(), ..about("Host", "h") };
    assert_eq!(row(&told, true, NOW.parse().unwrap()), ["ns", "<unknown>", "", "R", "Host/h", "a b"]);
    assert_eq!(headers(true).len(), row(&told, true, NOW.parse().unwrap()).len());
    assert_eq!(headers(false).len(), row(&told, false, NOW.parse().unwrap()).len());
}

#[test]
fn within_a_second_they_come_in_the_order_in_which_the_server_was_told() {
    let event = |reason: &str, version: &str, times: Value| {
        let mut event = times;
        event["reason"] = reason.into();
        event["involvedObject"] = json!({"kind": "Host", "name": "h"});
        event["metadata"] = json!({"resourceVersion": version});
        told(event)
    };
    let seconds = |at: &str| json!({"firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": at});
    let exact = |at: &str| json!({"eventTime": at});
    let in_order = [
        event("before", "99", exact("2026-01-01T00:09:29.900000Z")),
        event("scheduled", "100", exact("2026-01-01T00:09:30.700000Z")),
        event("created", "101", seconds("2026-01-01T00:09:30Z")),
        event("again", "1000", seconds("2026-01-01T00:09:30Z")),
        event("after", "7", seconds("2026-01-01T00:09:31Z")),
        event("a", "opaque", seconds("2026-01-01T00:09:32Z")),
        event("b", "too", seconds("2026-01-01T00:09:32Z")),
    ];
    let mut events = in_order.clone();
    for _ in 0..in_order.len() {
        events.rotate_left(1);
        let mut sorted = events.clone();
        sorted.sort_by_key(Told::order);
        assert_eq!(sorted, in_order);
    }
    events.reverse();
    events.sort_by_key(Told::order);
    assert_eq!(events, in_order);
}

#[test]
fn where_no_row_fits_the_message_has_a_line() {
    let told = Told {
        message: "a\n  b".to_owned(),
        reason: "R".to_owned(),
        type_: "Warning".to_owned(),
        ..about("Host", "h")
    };
    let now = NOW.parse().unwrap();
    assert_eq!(stacked(&told, false, now), "<unknown>   Warning   R\n  Host/h\n  a b\n");
    assert_eq!(stacked(&told, true, now), "ns   <unknown>   Warning   R\n  Host/h\n  a b\n");
}

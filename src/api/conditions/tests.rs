use serde_json::json;

use super::super::names::reason;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

fn time_of(condition: &Condition) -> i64 {
    condition.last_transition_time.as_ref().expect("a time").0.as_second()
}

#[test]
fn a_missing_condition_is_unknown() {
    let none: Option<Vec<Condition>> = None;
    assert_eq!(none.condition_status(condition::READY), ConditionStatus::Unknown);
    assert!(!none.is_ready());
}

#[test]
fn an_odd_status_is_kept_and_counts_as_unknown() {
    let json = json!({ "type": "Ready", "status": "yes" });
    let odd: Condition = serde_json::from_value(json.clone()).expect("a condition");
    assert_eq!(odd.condition_status(), ConditionStatus::Unknown);
    assert!(!odd.is_true() && !odd.is_false());
    assert_eq!(serde_json::to_value(odd).expect("JSON"), json);
}

#[test]
fn whole_second_times_round_trip_and_unreadable_ones_are_dropped() {
    let json = json!({ "type": "Ready", "status": "True", "lastTransitionTime": "2026-11-23T06:48:29Z" });
    let read: Condition = serde_json::from_value(json.clone()).expect("a condition");
    assert_eq!(serde_json::to_value(read).expect("JSON"), json);

    for odd in [json!("2026-11-23T06:48:29"), json!("soon"), json!(""), json!(null)] {
        let json = json!({ "type": "Ready", "status": "True", "lastTransitionTime": odd });
        let read: Condition = serde_json::from_value(json).expect("a condition");
        assert_eq!(read.last_transition_time, None);
    }
}

#[test]
fn setting_keeps_the_place_and_the_time_of_an_unchanged_status() {
    let mut conditions = Vec::new();
    for type_ in condition::OF_ARTIFACT {
        let unknown = Condition::new(type_, ConditionStatus::Unknown, reason::RECONCILE);
        set_condition(&mut conditions, unknown, at(10));
    }
    let failed = Condition {
        message: Some("no".to_owned()),
        ..Condition::new(condition::PUBLISHED, ConditionStatus::Unknown, reason::ARTIFACT_NOT_FOUND)
    };
    set_condition(&mut conditions, failed, at(20));
    let available = Condition::new(condition::READY, ConditionStatus::True, reason::AVAILABLE);
    set_condition(&mut conditions, available, at(30));

    let types: Vec<_> = conditions.iter().map(|condition| condition.type_.as_str()).collect();
    assert_eq!(types, condition::OF_ARTIFACT);
    assert_eq!(conditions[1].message(), "no");
    assert_eq!(time_of(&conditions[1]), 10);
    assert_eq!(time_of(&conditions[2]), 30);
    assert!(conditions.is_ready());
}

#[test]
fn a_condition_without_a_transition_time_gets_one() {
    let mut conditions = vec![Condition::new(condition::READY, ConditionStatus::True, reason::AVAILABLE)];
    let again = conditions[0].clone();
    set_condition(&mut conditions, again, "1970-01-01T00:00:07.9Z".parse().expect("a time"));
    assert_eq!(conditions[0].last_transition_time, Some(Time(at(7))));
}

#[test]
fn an_empty_message_is_no_message() {
    let a = Condition::new(condition::READY, ConditionStatus::True, reason::AVAILABLE);
    let mut b = Condition { message: Some(String::new()), last_transition_time: Some(Time(at(1))), ..a.clone() };
    assert!(a.same_but_for_times(&b));
    b.message = Some("now with words".to_owned());
    assert!(!a.same_but_for_times(&b));
}

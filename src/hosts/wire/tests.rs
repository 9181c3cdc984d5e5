use serde_json::{Value, json};

use super::*;

fn beat(value: Value) -> HostHeartbeat {
    serde_json::from_value(value).unwrap()
}

#[test]
fn numbers_may_be_strings_numbers_null_or_absent() {
    let told =
        beat(json!({"systemMemoryTotal": "17179869184", "systemMemoryFree": 8589934592_u64, "componentCount": null}));
    assert_eq!(told.system_memory_total, 17_179_869_184);
    assert_eq!(told.system_memory_free, 8_589_934_592);
    assert_eq!(told.component_count, 0);
    assert_eq!(told.workload_count, 0);
}

#[test]
fn floats_may_be_words() {
    assert!(beat(json!({"systemCpuUsage": "NaN"})).system_cpu_usage.is_nan());
    assert!(beat(json!({"systemCpuUsage": "Infinity"})).system_cpu_usage.is_infinite());
    assert_eq!(beat(json!({"systemCpuUsage": 12})).system_cpu_usage, 12.0);
    assert_eq!(beat(json!({"systemCpuUsage": "1.5"})).system_cpu_usage, 1.5);
}

#[test]
fn snake_case_and_unknown_fields_are_taken() {
    let told = beat(
        json!({"friendly_name": "x", "http_port": 80, "newThing": {"a": [1]}, "started_at": "2026-11-23T06:48:29Z"}),
    );
    assert_eq!((told.friendly_name.as_str(), told.http_port), ("x", 80));
    assert!(told.started_at.is_some());
}

#[test]
fn an_odd_clock_does_not_cost_the_heartbeat() {
    assert_eq!(beat(json!({"id": "h", "startedAt": "yesterday"})).started_at, None);
}

#[test]
fn nonsense_is_an_error_and_no_default() {
    for value in [json!({"workloadCount": -1}), json!({"workloadCount": "many"}), json!({"httpPort": 1.5}), json!(3)] {
        assert!(serde_json::from_value::<HostHeartbeat>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn states_are_names_or_numbers_and_new_ones_are_unspecified() {
    let state = |value: Value| {
        serde_json::from_value::<WorkloadStatus>(json!({"workloadState": value})).unwrap().workload_state
    };
    assert_eq!(state(json!("WORKLOAD_STATE_RUNNING")), WorkloadState::Running);
    assert_eq!(state(json!(5)), WorkloadState::Error);
    assert_eq!(state(json!("WORKLOAD_STATE_DANCING")), WorkloadState::Unspecified);
    assert_eq!(state(json!(99)), WorkloadState::Unspecified);
    assert_eq!(state(json!(null)), WorkloadState::Unspecified);
    assert_eq!(serde_json::from_value::<WorkloadStatus>(json!({})).unwrap().workload_state, WorkloadState::Unspecified);
    for (name, state) in WorkloadState::NAMES {
        assert_eq!(serde_json::to_value(state).unwrap(), json!(name));
        assert_eq!(state.name(), name);
    }
}

#[test]
fn requests_leave_defaults_out() {
    let request = WorkloadStartRequest {
        workload_id: "u-1".into(),
        workload: Workload {
            namespace: "team-a".into(),
            name: "web".into(),
            service: Some(Service { image: "r/s:1".into(), max_restarts: 3, ..Default::default() }),
            wit_world: Some(WitWorld {
                components: vec![Component {
                    image: "r/a:1".into(),
                    name: "a".into(),
                    pool_size: 2,
                    ..Default::default()
                }],
                host_interfaces: vec![],
            }),
            volumes: vec![Volume { name: "tmp".into(), empty_dir: Some(EmptyDirVolume {}), host_path: None }],
            ..Default::default()
        },
    };
    let expected = json!({
        "workloadId": "u-1",
        "workload": {
            "namespace": "team-a",
            "name": "web",
            "service": {"image": "r/s:1", "maxRestarts": "3"},
            "witWorld": {"components": [{"image": "r/a:1", "name": "a", "poolSize": 2}]},
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        },
    });
    assert_eq!(serde_json::to_value(&request).unwrap(), expected);
    assert_eq!(serde_json::from_value::<WorkloadStartRequest>(expected).unwrap(), request);
}

#[test]
fn credentials_do_not_show_in_debug_output() {
    let secret = ImagePullSecret { username: "u".into(), password: "hunter2".into() };
    assert!(!format!("{secret:?}").contains("hunter2"));
}

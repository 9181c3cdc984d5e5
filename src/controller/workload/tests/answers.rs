//! Every answer to a start, a question and a stop.

use super::*;
use crate::controller::config::ConfigProblem;

fn starting() -> (Decision, Now) {
    let (world, now) = world(&[workload("w")]);
    (decided(&world, now), now)
}

/// One that was started on host `1` and whose state there is in doubt.
fn asking(object: Object) -> (Decision, Now) {
    let (mut world, now) = world(&[object]);
    world.memory.entry("uid-of-w".into()).or_default().ask = true;
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["ask"]);
    (decision, now)
}

fn wait(settled: &Settled, now: Now) -> f64 {
    (settled.next.unwrap() - now.instant).as_secs_f64()
}

#[test]
fn running_is_ready_with_host_and_id_on_record() {
    for state in [WorkloadState::Running, WorkloadState::Completed] {
        let (decision, now) = starting();
        let settled = answered(&decision, status(state, ""), now);
        let written = written(&settled.effects).unwrap();
        assert_eq!(words(&written), "Config=True HostSelection=True Placement=True Sync=True Ready=True");
        assert_eq!((&written["hostId"], &written["workloadId"]), (&json!("1"), &json!("uid-of-w")));
        assert_eq!(written["environment"], "");
        assert!((240.0..=300.0).contains(&wait(&settled, now)), "a look now and then");
        assert_eq!(settled.memory.unwrap().failures, 0);
    }
}

#[test]
fn every_condition_has_its_generation_and_the_true_ones_upstreams_words() {
    let (decision, now) = starting();
    let settled = answered(&decision, status(WorkloadState::Running, ""), now);
    for condition in written(&settled.effects).unwrap()["conditions"].as_array().unwrap() {
        assert_eq!(condition["observedGeneration"], 1);
        assert_eq!(condition["reason"], "Available");
        assert!(condition.get("message").is_none());
        assert!(condition["lastTransitionTime"].is_string());
    }
}

#[test]
fn starting_is_asked_for_again_a_second_later() {
    let (decision, now) = starting();
    let settled = answered(&decision, status(WorkloadState::Starting, ""), now);
    let written = written(&settled.effects).unwrap();
    assert_eq!(
        words(&written),
        "Config=True HostSelection=True Placement=True Sync=Unknown(Starting) Ready=Unknown(Starting)"
    );
    assert_eq!(written["workloadId"], "uid-of-w");
    assert!((wait(&settled, now) - 1.0).abs() < 0.01);
    assert!(settled.memory.unwrap().ask);
}

#[test]
fn a_start_that_fails_says_why_in_the_hosts_words_and_is_on_no_host() {
    let (decision, now) = starting();
    let settled = answered(&decision, status(WorkloadState::Error, PULL_ERROR), now);
    let written = written(&settled.effects).unwrap();
    assert_eq!(
        words(&written),
        "Config=True HostSelection=True Placement=False(StartFailed) Sync=Unknown(Pending) Ready=False(StartFailed)"
    );
    assert_eq!(message(&written, "Placement"), PULL_ERROR);
    assert_eq!(message(&written, "Ready"), PULL_ERROR);
    assert_eq!(message(&written, "Sync"), "");
    assert_eq!((&written["hostId"], &written["workloadId"]), (&Value::Null, &Value::Null));
    assert!((0.8..=1.0).contains(&wait(&settled, now)));
    assert_eq!(settled.memory.unwrap().failed_on["1"], 1);
}

#[test]
fn a_host_that_gives_no_reason_is_quoted_with_its_state() {
    let (decision, now) = starting();
    for state in [WorkloadState::Error, WorkloadState::NotFound, WorkloadState::Stopping] {
        let settled = answered(&decision, status(state, ""), now);
        let words = message(&written(&settled.effects).unwrap(), "Placement");
        assert!(words.contains(state.name()), "{words}");
    }
}

#[test]
fn what_exists_already_is_asked_for_at_once() {
    let (decision, now) = starting();
    let settled = answered(&decision, status(WorkloadState::Error, "workload uid-of-w already exists"), now);
    let written = written(&settled.effects).unwrap();
    assert_eq!((&written["hostId"], &written["workloadId"]), (&json!("1"), &Value::Null), "it may be there");
    assert!(!words(&written).contains("Ready=True"));
    assert_eq!(settled.next, Some(now.instant));
    let memory = settled.memory.unwrap();
    assert!(memory.ask && memory.until.is_none() && memory.failures == 0);
}

#[test]
fn a_start_without_an_answer_may_have_arrived() {
    let (decision, now) = starting();
    for error in [BusError::TimedOut(patience::START), BusError::Malformed("x".into())] {
        let settled = answered(&decision, Err(error), now);
        let written = written(&settled.effects).unwrap();
        assert!(words(&written).contains("Placement=False(HostDidNotAnswer)"), "{written}");
        assert_eq!((&written["hostId"], &written["workloadId"]), (&json!("1"), &Value::Null));
        assert!(settled.unheard.is_empty());
        assert!(settled.memory.unwrap().ask, "the host is asked first");
    }
}

#[test]
fn a_start_that_nobody_heard_did_not_arrive() {
    let (decision, now) = starting();
    let settled = answered(&decision, Err(BusError::NoResponders), now);
    let written = written(&settled.effects).unwrap();
    assert!(words(&written).contains("Placement=False(HostDidNotAnswer)"));
    assert_eq!(written["hostId"], Value::Null);
    assert_eq!(settled.unheard, ["1"]);
    assert!(!settled.memory.unwrap().ask);
}

#[test]
fn while_we_are_cut_off_nothing_is_learned_or_written() {
    for (decision, now) in [starting(), asking(workload("w").on("1", true))] {
        let settled = answered(&decision, Err(BusError::Disconnected), now);
        assert!(settled.effects.is_empty() && settled.unheard.is_empty());
        assert_eq!(settled.memory.as_ref().unwrap().failures, 0);
        assert!((wait(&settled, now) - 1.0).abs() < 0.01);
    }
}

#[test]
fn every_problem_of_configuration_has_its_reason_and_names_what_is_missing() {
    let (decision, now) = starting();
    let Then::Workload(pending) = &decision.then else { panic!() };
    let problems = [
        (ConfigProblem::ConfigMapNotFound("settings".into()), "ConfigMapNotFound", "settings"),
        (ConfigProblem::SecretNotFound("keys".into()), "SecretNotFound", "keys"),
        (ConfigProblem::SecretKeyNotUtf8 { secret: "keys".into(), key: "K".into() }, "SecretKeyNotUtf8", "K"),
        (ConfigProblem::PullSecretInvalid("pull".into()), "PullSecretInvalid", "pull"),
        (
            ConfigProblem::PullSecretHasNoRegistry { secret: "pull".into(), image: "r.io/a".into() },
            "PullSecretHasNoRegistry",
            "r.io/a",
        ),
    ];
    for (problem, reason, names) in problems {
        let settled = settle(pending, &decision.effects, &[Reply::Config(problem)], now);
        let written = written(&settled.effects).unwrap();
        assert_eq!(
            words(&written),
            format!(
                "Config=False({reason}) HostSelection=Unknown(Pending) Placement=Unknown(Pending) \
                 Sync=Unknown(Pending) Ready=False({reason})"
            )
        );
        assert!(message(&written, "Config").contains(names));
        let memory = settled.memory.unwrap();
        assert!(memory.lacks_config && memory.failed_on.is_empty(), "no host is to blame");
    }
}

#[test]
fn one_that_still_runs_is_as_it_was_and_nothing_is_written() {
    let (decision, now) = asking(workload("w").on("1", true));
    let settled = answered(&decision, status(WorkloadState::Running, ""), now);
    assert!(settled.effects.is_empty(), "{:?}", settled.effects);
}

#[test]
fn one_that_its_host_does_not_run_any_more_is_started_again_at_once() {
    let (decision, now) = asking(workload("w").on("1", true));
    let settled = answered(&decision, status(WorkloadState::NotFound, "Workload not found: x"), now);
    let written = written(&settled.effects).unwrap();
    assert_eq!(
        words(&written),
        "Config=True HostSelection=True Placement=True Sync=False(WorkloadNotFound) Ready=False(WorkloadNotFound)"
    );
    assert_eq!(written["hostId"], Value::Null);
    assert_eq!(settled.next, Some(now.instant));
    assert!(!settled.memory.unwrap().ask);
}

#[test]
fn one_that_crashed_says_why_is_cleared_away_and_backs_off() {
    let (decision, now) = asking(workload("w").on("1", true));
    let settled = answered(&decision, status(WorkloadState::Error, "trap: unreachable"), now);
    let written = written(&settled.effects).unwrap();
    assert!(words(&written).contains("Sync=False(WorkloadFailed)"));
    assert_eq!(message(&written, "Sync"), "trap: unreachable");
    assert!(matches!(&settled.effects[0], Effect::Stop { host, id } if host == "1" && id == "uid-of-w"));
    assert!((0.8..=1.0).contains(&wait(&settled, now)));
}

#[test]
fn a_start_that_never_arrived_is_told_from_one_that_was_lost_later() {
    let object = workload("w").on("1", false).with(json!({ "status": { "workloadId": null } }));
    let (decision, now) = asking(object);
    let settled = answered(&decision, status(WorkloadState::NotFound, ""), now);
    assert!(words(&written(&settled.effects).unwrap()).contains("Placement=False(HostDidNotAnswer)"));
}

#[test]
fn a_question_without_an_answer_changes_nothing_and_is_asked_again() {
    let (decision, now) = asking(workload("w").on("1", true));
    for error in [BusError::TimedOut(patience::STATUS), BusError::NoResponders] {
        let settled = answered(&decision, Err(error.clone()), now);
        assert!(settled.effects.is_empty());
        assert!(settled.memory.unwrap().ask);
        assert_eq!(settled.unheard.len(), usize::from(error == BusError::NoResponders));
    }
}

#[test]
fn a_status_that_would_differ_only_in_time_is_not_written() {
    let (world, now) = world(&[workload("w")]);
    let decision = decided(&world, now);
    let first = answered(&decision, status(WorkloadState::Error, PULL_ERROR), now);
    let object = workload("w").version(2).status(written(&first.effects).unwrap());
    let (world, _) = self::world(&[object]);
    let later = Now { wall: now.wall.checked_add(Duration::from_secs(500)).unwrap(), ..now };
    let again = answered(&decided(&world, later), status(WorkloadState::Error, PULL_ERROR), later);
    assert!(matches!(again.effects.as_slice(), [Effect::Announce(_)]), "{:?}", again.effects);
}

#[test]
fn conditions_of_other_types_go() {
    let extra = json!({ "conditions": [
        { "type": "Extra", "status": "True", "reason": "X", "lastTransitionTime": "2026-01-01T00:00:00Z" }
    ] });
    let (world, now) = world(&[workload("w").status(extra)]);
    let settled = answered(&decided(&world, now), status(WorkloadState::Running, ""), now);
    assert_eq!(written(&settled.effects).unwrap()["conditions"].as_array().unwrap().len(), 5);
}

#[test]
fn failures_double_the_wait_on_the_same_object_up_to_five_minutes() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").image("web:bad"));
    let mut at = Vec::new();
    let began = cluster.now().instant;
    for _ in 0..1_600 {
        let before = cluster.starts().len();
        cluster.pass(1);
        if cluster.starts().len() > before {
            at.push((cluster.now().instant - began).as_secs());
        }
    }
    assert!((9..=14).contains(&cluster.starts().len()), "{at:?}");
    let gaps: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.windows(2).all(|pair| pair[1] + 70 >= pair[0]) && gaps.iter().all(|gap| *gap <= 301), "{gaps:?}");
    let ids: std::collections::BTreeSet<_> = cluster.starts().into_iter().collect();
    assert_eq!(ids.len(), 1, "the same object all the time");
    assert!(cluster.deletions(Kind::Workload).is_empty());
}

#[test]
fn one_that_fails_while_it_is_starting_backs_off_too() {
    for state in [Some(WorkloadState::Error), None] {
        let mut cluster = Simulation::with_hosts(1);
        cluster.host("1").answers.extend(std::iter::repeat_n(Answer::Starts, 1_000));
        cluster.apply(&deployment("web"));
        for _ in 0..300 {
            cluster.pass(1);
            let running = &mut cluster.host("1").running;
            match state {
                Some(state) => running.values_mut().for_each(|(_, now)| *now = state),
                None => running.clear(),
            }
        }
        let starts = cluster.starts().len();
        assert!((5..=15).contains(&starts), "{starts} starts in 300 s ending in {state:?}");
    }
}

#[test]
fn one_that_crashed_runs_again_under_the_same_id() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web"));
    cluster.run();
    let id = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    cluster.host("1").running.values_mut().for_each(|(_, now)| *now = WorkloadState::Error);
    cluster.pass(400);
    assert_eq!(cluster.running("web:1"), 1);
    assert_eq!(cluster.place_of(&id), Some("1"));
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}

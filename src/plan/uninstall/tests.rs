use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::api::names::finalizer;

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn object(kind: Kind, namespace: &str, name: &str, finalizers: &[&str]) -> (Kind, Value) {
    let metadata = json!({"name": name, "namespace": namespace, "finalizers": finalizers});
    let object = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": kind.name(), "metadata": metadata,
        "spec": {"image": "x"},
    });
    (kind, object)
}

fn workload(name: &str, host: &str) -> (Kind, Value) {
    let (kind, mut workload) = object(Kind::Workload, "team-a", name, &[finalizer::WORKLOAD]);
    workload["spec"] = json!({});
    workload["status"] = json!({"hostId": host});
    (kind, workload)
}

fn host(name: &str, seconds_ago: i64) -> (Kind, Value) {
    let (kind, mut host) = object(Kind::Host, "wasmcloud-system", name, &[finalizer::HOST]);
    let seen = now() - SignedDuration::from_secs(seconds_ago);
    host["hostId"] = format!("id-{name}").into();
    host["status"] = json!({
        "version": "2", "osName": "", "osArch": "", "osKernel": "", "systemCPUUsage": "", "systemMemoryTotal": 0,
        "systemMemoryFree": 0, "lastSeen": format!("{seen:.0}"),
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": NOW, "reason": "x", "message": ""}],
    });
    (kind, host)
}

fn installed() -> Vec<Installed> {
    let [deployment, ..] = installed_resources();
    vec![Installed { resource: deployment, namespace: Some("wasmcloud-system".to_owned()), name: NAME.to_owned() }]
}

fn observed(objects: Vec<(Kind, Value)>) -> Observed {
    let crds = Kind::ALL.map(|kind| format!("{}.{GROUP}", kind.plural())).to_vec();
    Observed { now: now(), objects, crds, installed: Vec::new(), charge: Charge::Nobody }
}

fn held(holder: &str) -> Charge {
    Charge::Held { holder: holder.to_owned() }
}

const PLAIN: Request = Request { keep_crds: false, rescue: false };
const RESCUE: Request = Request { keep_crds: false, rescue: true };
const KEEP: Request = Request { keep_crds: true, rescue: false };

fn refused(observed: &Observed, request: Request) -> (String, String) {
    match plan_uninstall(observed, request).unwrap_err() {
        Error::WouldLeave { message, help } => (message, help),
        error => panic!("{error}"),
    }
}

#[test]
fn with_nothing_there_nothing_is_done() {
    let bare = Observed { crds: Vec::new(), ..observed(vec![]) };
    assert!(plan_uninstall(&bare, PLAIN).unwrap().is_empty());
    let plan = plan_uninstall(&observed(vec![]), PLAIN).unwrap();
    assert_eq!((plan.crds.len(), plan.lost.as_str()), (5, ""));
}

#[test]
fn finalizers_are_not_left_behind() {
    let objects = vec![
        workload("a", "id-h"),
        workload("b", "id-h"),
        object(Kind::Artifact, "team-b", "x", &[finalizer::ARTIFACT]),
        object(Kind::WorkloadDeployment, "team-a", "d", &[]),
    ];
    let (message, help) = refused(&observed(objects.clone()), PLAIN);
    assert_eq!(message, "finalizers would be left behind: 2 workloads in team-a, 1 artifact in team-b");
    assert!(help.contains("`kubectl wasmcloud delete wd,wrs,ww,art --all -A`"), "{help}");
    assert!(help.contains("no controller is in charge"), "{help}");
    let (_, help) = refused(&Observed { charge: held("kubectl-wasmcloud_h_1"), ..observed(objects) }, PLAIN);
    assert!(!help.contains("no controller"), "{help}");
}

#[test]
fn what_goes_with_the_kinds_is_told() {
    let objects = vec![object(Kind::WorkloadDeployment, "team-a", "d", &[]), host("h", 10)];
    let plan = plan_uninstall(&observed(objects), PLAIN).unwrap();
    assert_eq!(plan.lost, "1 workloaddeployment in team-a");
}

#[test]
fn a_host_is_let_go_unless_workloads_may_run_there_that_nothing_else_names() {
    let plan = plan_uninstall(&observed(vec![host("h", 10)]), PLAIN).unwrap();
    assert_eq!(plan.released.len(), 1);
    assert_eq!((plan.released[0].kind, plan.released[0].name.as_str()), (Kind::Host, "h"));
    let (kind, mut buried) = host("h", 10);
    buried["metadata"]["annotations"] = json!({"runtime.wasmcloud.dev/tombstones": "uid-1"});
    let buried = observed(vec![(kind, buried)]);
    assert_eq!(refused(&buried, PLAIN).0, "finalizers would be left behind: 1 host in wasmcloud-system");
    assert_eq!(plan_uninstall(&buried, RESCUE).unwrap().released.len(), 1);
}

#[test]
fn a_rescue_takes_finalizers_off_unless_a_workload_still_runs() {
    let (message, help) = refused(&observed(vec![workload("a", "id-h"), host("h", 10)]), RESCUE);
    assert_eq!(message, "1 Workload still runs on h, where nothing would ever stop what is forgotten");
    assert!(help.contains("`kubectl wasmcloud delete wd,wrs,ww --all -A` stops them"), "{help}");
    assert!(help.contains("start a controller first"), "{help}");

    let silent = plan_uninstall(&observed(vec![workload("a", "id-h"), host("h", 500)]), RESCUE).unwrap();
    assert_eq!(silent.released.len(), 2);
    assert!(silent.warnings[0].starts_with("whether hosts still run 1 Workload cannot be told"), "{silent:?}");

    let unplaced = plan_uninstall(&observed(vec![workload("a", ""), host("h", 10)]), RESCUE).unwrap();
    assert_eq!((unplaced.released.len(), unplaced.warnings.len()), (2, 0));
}

#[test]
fn another_controller_must_be_stopped_first() {
    let charge = held("op-1");
    let (message, help) = refused(&Observed { charge: charge.clone(), ..observed(vec![]) }, PLAIN);
    assert_eq!(message, "op-1 is in charge, and would go on without its kinds");
    assert!(help.contains("--keep-crds"), "{help}");
    assert!(plan_uninstall(&Observed { charge, ..observed(vec![]) }, KEEP).is_ok());
    let ours = held("kubectl-wasmcloud_wasmcloud-controller-5d9c-x_1");
    let deployed = Observed { charge: ours.clone(), installed: installed(), ..observed(vec![]) };
    assert_eq!(plan_uninstall(&deployed, PLAIN).unwrap().installed.len(), 1);
    let by_hand = Observed { charge: held("kubectl-wasmcloud_laptop_1"), installed: installed(), ..observed(vec![]) };
    assert!(refused(&by_hand, PLAIN).0.starts_with("kubectl-wasmcloud_laptop_1 is in charge"));
    assert!(refused(&Observed { charge: ours, ..observed(vec![]) }, PLAIN).0.contains("in charge"));
}

#[test]
fn with_the_kinds_kept_only_what_is_being_deleted_matters() {
    let kept = Observed { installed: installed(), ..observed(vec![workload("a", "id-h"), host("h", 10)]) };
    let plan = plan_uninstall(&kept, KEEP).unwrap();
    assert_eq!((plan.installed.len(), plan.crds.len(), plan.warnings.len()), (1, 0, 0));
    assert!(plan.released.is_empty());

    let (kind, mut ending) = workload("a", "");
    ending["metadata"]["deletionTimestamp"] = NOW.into();
    let ending = observed(vec![(kind, ending), workload("b", "")]);
    let plan = plan_uninstall(&ending, KEEP).unwrap();
    assert!(plan.warnings[0].contains("1 workload in team-a; --rescue"), "{plan:?}");
    let plan = plan_uninstall(&ending, Request { keep_crds: true, rescue: true }).unwrap();
    assert_eq!(plan.released.iter().map(|released| released.name.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn only_our_finalizers_are_taken_off() {
    let (_, object) = object(Kind::Workload, "n", "x", &["foregroundDeletion", finalizer::WORKLOAD]);
    assert_eq!(others_finalizers(&object), ["foregroundDeletion"]);
}

//! What deleting an object leaves behind, or brings back.

use serde_json::Value;

use super::ownership::is_written_by;
use crate::api::Kind;
use crate::api::names::{condition, field_manager};

/// How long objects are given to end, and whether they are waited for at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// Seconds; `None` is what is usual for the kind.
    pub seconds: Option<u32>,
    /// Whether they are taken out of the API at once.
    pub immediate: bool,
}

/// Reads `--grace-period`, `--force` and `--now` as kubectl does.
///
/// # Errors
/// Contradictions, in kubectl's words.
pub fn plan_grace(period: Option<i64>, force: bool, now: bool) -> Result<Grace, String> {
    let period = period.filter(|seconds| *seconds >= 0);
    if now && period.is_some() {
        return Err("--now and --grace-period cannot be specified together".to_owned());
    }
    let seconds = match (period, now) {
        (_, true) => Some(1),
        (Some(0), false) if !force => Some(1),
        (None, false) if force => Some(0),
        (period, false) => period,
    };
    if force && seconds.is_some_and(|seconds| seconds > 0) {
        return Err("--force and --grace-period greater than 0 cannot be specified together".to_owned());
    }
    let seconds = seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
    Ok(Grace { seconds, immediate: seconds == Some(0) })
}

/// The name of the Service that a deployment asks for.
pub fn service_of(deployment: &Value) -> Option<&str> {
    let name = deployment.pointer("/spec/kubernetes/service/name").and_then(Value::as_str);
    name.filter(|name| !name.is_empty())
}

/// Whether a Service is left behind by a deployment: this program wrote it, and none of the deployments of the namespace
/// that are left names it.
pub fn is_left_behind(service: &Value, left: &[Value]) -> bool {
    let name = service.pointer("/metadata/name").and_then(Value::as_str);
    let leaving = |object: &Value| object.pointer("/metadata/deletionTimestamp").is_some();
    let is_used = left.iter().any(|deployment| !leaving(deployment) && service_of(deployment) == name);
    is_written_by(service, field_manager::KUBECTL) && !leaving(service) && !is_used
}

/// Why an object that is deleted comes again, and what to do about it; nothing when it does not.
pub fn comes_again(kind: Kind, object: &Value) -> Option<String> {
    match kind {
        Kind::Workload | Kind::WorkloadReplicaSet => {
            let owner = object.pointer("/metadata/ownerReferences").and_then(Value::as_array)?;
            let owner = owner.iter().find(|owner| owner["controller"] == true)?;
            let (kind, owner) = (owner["kind"].as_str()?.to_lowercase(), owner["name"].as_str()?);
            Some(format!("{kind}/{owner} replaces what is deleted of it; delete or scale that instead"))
        }
        Kind::Host => {
            let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            let conditions = object.pointer("/status/conditions").and_then(Value::as_array)?;
            let is_alive =
                conditions.iter().any(|known| known["type"] == condition::REPORTING && known["status"] == "True");
            let says =
                format!("host {name} is alive: it comes back with its next heartbeat, unless the host is stopped");
            is_alive.then_some(says)
        }
        Kind::WorkloadDeployment | Kind::Artifact => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn graces_are_read_as_kubectl_reads_them() {
        let grace = |period, force, now| plan_grace(period, force, now).map(|grace| (grace.seconds, grace.immediate));
        assert_eq!(grace(None, false, false), Ok((None, false)));
        assert_eq!(grace(Some(-1), false, false), Ok((None, false)));
        assert_eq!(grace(Some(30), false, false), Ok((Some(30), false)));
        assert_eq!(grace(Some(0), false, false), Ok((Some(1), false)), "0 without --force is 1");
        assert_eq!(grace(Some(0), true, false), Ok((Some(0), true)));
        assert_eq!(grace(None, true, false), Ok((Some(0), true)));
        assert_eq!(grace(Some(-5), true, false), Ok((Some(0), true)));
        assert_eq!(grace(None, false, true), Ok((Some(1), false)));
        assert!(grace(Some(5), false, true).unwrap_err().starts_with("--now and --grace-period"));
        assert!(grace(Some(5), true, false).unwrap_err().starts_with("--force and --grace-period"));
        assert!(grace(None, true, true).unwrap_err().starts_with("--force and --grace-period"));
        assert_eq!(grace(Some(i64::MAX), false, false), Ok((Some(u32::MAX), false)));
    }

    fn service(manager: &str) -> Value {
        json!({"metadata": {"name": "web", "managedFields": [{"manager": manager, "operation": "Apply"}]}})
    }

    fn deployment(service: &str) -> Value {
        json!({"metadata": {}, "spec": {"kubernetes": {"service": {"name": service}}}})
    }

    #[test]
    fn only_our_service_that_nobody_names_is_left_behind() {
        assert!(is_left_behind(&service("kubectl-wasmcloud"), &[]));
        assert!(is_left_behind(&service("kubectl-wasmcloud"), &[deployment("other"), json!({})]));
        assert!(!is_left_behind(&service("kubectl-wasmcloud"), &[deployment("web")]));
        assert!(!is_left_behind(&service("helm"), &[]));
        let mut leaving = deployment("web");
        leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        assert!(is_left_behind(&service("kubectl-wasmcloud"), std::slice::from_ref(&leaving)));
        let mut gone = service("kubectl-wasmcloud");
        gone["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        assert!(!is_left_behind(&gone, &[]));
    }

    #[test]
    fn a_deployment_names_its_service_or_none() {
        assert_eq!(service_of(&deployment("web")), Some("web"));
        assert_eq!(service_of(&deployment("")), None);
        assert_eq!(service_of(&json!({"spec": {}})), None);
    }

    #[test]
    fn what_has_a_controller_comes_again() {
        let owner =
            |controller: bool| json!({"kind": "WorkloadReplicaSet", "name": "hello-1", "controller": controller});
        let owned = |controller| json!({"metadata": {"name": "hello-1-a", "ownerReferences": [owner(controller)]}});
        let said = comes_again(Kind::Workload, &owned(true)).unwrap();
        assert_eq!(said, "workloadreplicaset/hello-1 replaces what is deleted of it; delete or scale that instead");
        assert_eq!(comes_again(Kind::Workload, &owned(false)), None);
        assert_eq!(comes_again(Kind::Workload, &json!({"metadata": {"name": "a"}})), None);
        assert!(comes_again(Kind::WorkloadReplicaSet, &owned(true)).is_some());
        assert_eq!(comes_again(Kind::Artifact, &owned(true)), None);
        assert_eq!(comes_again(Kind::WorkloadDeployment, &owned(true)), None);
    }

    #[test]
    fn a_host_that_reports_comes_back() {
        let host = |status: &str| {
            let conditions = json!([{"type": "Ready", "status": "True"}, {"type": "Reporting", "status": status}]);
            json!({"metadata": {"name": "h"}, "status": {"conditions": conditions}})
        };
        assert!(comes_again(Kind::Host, &host("True")).unwrap().starts_with("host h is alive"));
        assert_eq!(comes_again(Kind::Host, &host("False")), None);
        assert_eq!(comes_again(Kind::Host, &json!({"metadata": {"name": "h"}})), None);
    }
}

//! `scale`: how many replicas, under which conditions, and when that is reached.

use serde_json::Value;

use crate::api::Kind;
use crate::error::Error;
use crate::plan::selection::Refusal;
use crate::plan::set::article;

/// What must be so for the scaling to happen.
#[derive(Clone, Debug, Default)]
pub struct Precondition {
    /// The replicas asked for until now.
    pub current_replicas: Option<i32>,
    /// The object's version.
    pub resource_version: Option<String>,
}

impl Precondition {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.current_replicas.is_none() && self.resource_version.is_none()
    }

    /// Whether the object is as asked.
    ///
    /// # Errors
    /// In kubectl's words, when it is not.
    pub fn check(&self, object: &Value) -> Result<(), Error> {
        let version = object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default();
        let replicas = replicas(object);
        if let Some(expected) = self.current_replicas.filter(|expected| i64::from(*expected) != replicas) {
            return Err(failed(format!("Expected replicas to be {expected}, was {replicas}")));
        }
        match &self.resource_version {
            Some(expected) if expected != version => {
                Err(failed(format!("Expected resource version to be {expected}, was {version}")))
            }
            _ => Ok(()),
        }
    }
}

fn failed(message: String) -> Error {
    Error::Kubernetes(message)
}

/// The replicas an object asks for; one when it says nothing.
pub fn replicas(object: &Value) -> i64 {
    object.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1)
}

/// How far an object is from having what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has as many replicas as were asked for, all ready.
    Done,
    /// So many are there, and so many of them are ready.
    Goes(i64, i64),
    /// Somebody else asks for another number by now.
    Overruled(i64),
}

/// Looks how far an object is on the way to `wanted` replicas.
pub fn progress(object: &Value, wanted: i64) -> Progress {
    let count =
        |name: &str| object.pointer(&format!("/status/replicas/{name}")).and_then(Value::as_i64).unwrap_or_default();
    let (current, ready) = (count("current"), count("ready"));
    match replicas(object) {
        other if other != wanted => Progress::Overruled(other),
        _ if is_observed(object) && current == wanted && ready == wanted => Progress::Done,
        _ => Progress::Goes(current, ready),
    }
}

/// Whether the status is about the newest spec. Upstream's operator leaves no generation behind: having counted has to do.
fn is_observed(object: &Value) -> bool {
    let generation = object.pointer("/metadata/generation").and_then(Value::as_i64).unwrap_or_default();
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let mut observed = conditions.filter_map(|condition| condition.get("observedGeneration")?.as_i64());
    object.pointer("/status/replicas").is_some() && observed.all(|observed| observed >= generation)
}

/// What `scale` has no meaning for.
pub fn refuse(kind: Kind) -> Option<Refusal> {
    let instead = match kind {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => return None,
        Kind::Workload => "a Workload is one replica: scale the WorkloadDeployment or WorkloadReplicaSet that makes it",
        Kind::Host => {
            "scale what runs the hosts, such as the host group's Deployment: `kubectl scale deployment/NAME --replicas=N`"
        }
        Kind::Artifact => "scale the WorkloadDeployment that uses it",
    };
    Some(Refusal {
        message: format!("cannot scale {}: it has no replicas", article(kind)),
        instead: instead.to_owned(),
    })
}

/// What to say when another object sets the replicas too.
pub fn warning(title: &str, owner: Option<(String, String)>) -> Option<String> {
    let (kind, name) = owner?;
    Some(format!("{title} belongs to {kind} \"{name}\", which sets its replicas back; scale that instead"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(replicas: i64, (current, ready): (i64, i64), observed: i64) -> Value {
        json!({
            "metadata": {"generation": 3, "resourceVersion": "7"},
            "spec": {"replicas": replicas},
            "status": {
                "replicas": {"current": current, "ready": ready},
                "conditions": [{"type": "Ready", "observedGeneration": observed}],
            },
        })
    }

    #[test]
    fn preconditions_fail_in_kubectls_words() {
        let check = |current_replicas, version: Option<&str>| {
            let precondition = Precondition { current_replicas, resource_version: version.map(str::to_owned) };
            precondition.check(&object(2, (2, 2), 3)).map_err(|error| error.to_string())
        };
        assert_eq!(check(Some(3), None).unwrap_err(), "Expected replicas to be 3, was 2");
        assert_eq!(check(Some(2), Some("6")).unwrap_err(), "Expected resource version to be 6, was 7");
        assert_eq!(check(Some(2), Some("7")), Ok(()));
        assert_eq!(check(None, None), Ok(()));
    }

    #[test]
    fn it_is_done_when_all_are_ready_and_the_status_is_of_today() {
        assert_eq!(progress(&object(2, (2, 2), 3), 2), Progress::Done);
        assert_eq!(progress(&object(2, (2, 2), 2), 2), Progress::Goes(2, 2), "the status is of yesterday");
        assert_eq!(progress(&object(2, (3, 2), 3), 2), Progress::Goes(3, 2), "one is leaving");
        assert_eq!(progress(&object(2, (2, 1), 3), 2), Progress::Goes(2, 1));
        assert_eq!(progress(&object(5, (2, 2), 3), 2), Progress::Overruled(5));
        assert_eq!(progress(&json!({"spec": {"replicas": 0}}), 0), Progress::Goes(0, 0), "nobody has counted");
    }

    #[test]
    fn kinds_without_replicas_are_refused() {
        let refused: Vec<_> = Kind::ALL.into_iter().filter(|kind| refuse(*kind).is_some()).collect();
        assert_eq!(refused, [Kind::Workload, Kind::Host, Kind::Artifact]);
    }

    #[test]
    fn who_sets_the_replicas_back_is_named() {
        let warning = warning("wrs/x-1", Some(("WorkloadDeployment".to_owned(), "x".to_owned()))).unwrap();
        assert!(warning.contains("belongs to WorkloadDeployment \"x\""), "{warning}");
        assert_eq!(super::warning("wrs/x-1", None), None);
    }
}

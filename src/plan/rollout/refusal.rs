//! Why rollout's verbs have no meaning for a kind, in kubectl's words, and what to do instead.

use crate::api::{Kind, names};
use crate::plan::selection::Refusal;

/// Why there is no status to follow.
pub fn of_status(kind: Kind) -> Option<Refusal> {
    refusal(kind, || format!("no status viewer has been implemented for {}", kind.name()))
}

/// Why there is no history.
pub fn of_history(kind: Kind) -> Option<Refusal> {
    refusal(kind, || format!("no history viewer has been implemented for \"{}\"", qualified(kind)))
}

/// Why nothing is rolled back.
pub fn of_undo(kind: Kind) -> Option<Refusal> {
    refusal(kind, || format!("no rollbacker has been implemented for \"{}\"", qualified(kind)))
}

/// Why nothing is restarted.
pub fn of_restart(kind: Kind) -> Option<Refusal> {
    let refusal = refusal(kind, || format!("{} restarting is not supported", plural(kind)))?;
    let instead = match kind {
        Kind::Workload => {
            "`kubectl wasmcloud delete workload NAME` has its replica set make another one; `rollout restart` takes \
             deployments"
        }
        Kind::WorkloadReplicaSet => {
            "`rollout restart` its deployment; of one that has none, delete the Workloads: it makes others"
        }
        _ => return Some(refusal),
    };
    Some(Refusal { instead: instead.to_owned(), ..refusal })
}

/// Why nothing is paused.
pub fn of_pause(kind: Kind) -> Option<Refusal> {
    refusal(kind, || format!("{} pausing is not supported", plural(kind)))
}

/// Why nothing is resumed.
pub fn of_resume(kind: Kind) -> Option<Refusal> {
    refusal(kind, || format!("{} resuming is not supported", plural(kind)))
}

fn refusal(kind: Kind, message: impl FnOnce() -> String) -> Option<Refusal> {
    let instead = match kind {
        Kind::WorkloadDeployment => return None,
        Kind::WorkloadReplicaSet => {
            "only workloaddeployments are rolled out; a replica set is one revision of its deployment"
        }
        Kind::Workload => "only workloaddeployments are rolled out; `kubectl wasmcloud get` shows the others",
        Kind::Host => {
            "only workloaddeployments are rolled out; `kubectl wasmcloud drain HOST` moves Workloads off a host"
        }
        Kind::Artifact => {
            "only workloaddeployments are rolled out; those that use the artifact follow every change of it"
        }
    };
    Some(Refusal { message: message(), instead: instead.to_owned() })
}

fn qualified(kind: Kind) -> String {
    format!("{}.{}", kind.name(), names::GROUP)
}

fn plural(kind: Kind) -> String {
    format!("{}.{}", kind.plural(), names::GROUP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_takes_deployments_and_says_what_to_do_with_the_others() {
        for of in [of_status, of_history, of_undo, of_restart, of_pause, of_resume] {
            for kind in Kind::ALL {
                let refusal = of(kind);
                assert_eq!(refusal.is_none(), kind == Kind::WorkloadDeployment, "{refusal:?}");
            }
        }
        let refused = of_undo(Kind::Workload).unwrap().message;
        assert_eq!(refused, "no rollbacker has been implemented for \"Workload.runtime.wasmcloud.dev\"");
        let refused = of_restart(Kind::Workload).unwrap();
        assert_eq!(refused.message, "workloads.runtime.wasmcloud.dev restarting is not supported");
        assert!(refused.instead.contains("delete workload"), "{}", refused.instead);
    }
}

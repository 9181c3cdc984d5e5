//! How far each rollout is, out of objects that were listed.

use kube::{Resource, ResourceExt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Kind, Workload, WorkloadDeployment, WorkloadReplicaSet, is_owned_by};
use crate::plan::rollout::{Snapshot, assess};

/// What is said of the rollout of each deployment.
pub fn rollouts(objects: &[(Kind, Result<Vec<Value>, String>)]) -> Vec<Value> {
    let sets: Vec<WorkloadReplicaSet> = read(objects, Kind::WorkloadReplicaSet);
    let workloads: Vec<Workload> = read(objects, Kind::Workload);
    let deployments: Vec<WorkloadDeployment> = read(objects, Kind::WorkloadDeployment);
    let tell = |deployment: WorkloadDeployment| {
        let (namespace, name) = (deployment.namespace().unwrap_or_default(), deployment.name_any());
        let uid = deployment.uid().unwrap_or_default();
        let replica_sets: Vec<_> = sets.iter().filter(|set| is_owned_by(set.meta(), &uid)).cloned().collect();
        let uids: Vec<_> = replica_sets.iter().filter_map(ResourceExt::uid).collect();
        let of_it = |workload: &&Workload| uids.iter().any(|uid| is_owned_by(workload.meta(), uid));
        let workloads = workloads.iter().filter(of_it).cloned().collect();
        let view = assess(&Snapshot { deployment: Some(deployment), replica_sets, workloads });
        json!({"namespace": namespace, "name": name, "rollout": view})
    };
    deployments.into_iter().map(tell).collect()
}

fn read<T: for<'a> Deserialize<'a>>(objects: &[(Kind, Result<Vec<Value>, String>)], kind: Kind) -> Vec<T> {
    let listed = objects.iter().filter(|(of, _)| *of == kind).filter_map(|(_, known)| known.as_ref().ok()).flatten();
    listed.filter_map(|object| T::deserialize(object).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deployment_is_told_with_its_own_replicas() {
        let deployment = |name: &str, uid: &str| {
            json!({
                "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment",
                "metadata": {"name": name, "namespace": "n", "uid": uid, "generation": 1},
                "spec": {"replicas": 1, "template": {"spec": {}}},
            })
        };
        let objects = [
            (Kind::WorkloadDeployment, Ok(vec![deployment("a", "1"), deployment("b", "2")])),
            (Kind::Workload, Err("forbidden".to_owned())),
        ];
        let told = rollouts(&objects);
        assert_eq!(told.len(), 2);
        assert_eq!((&told[1]["name"], &told[1]["rollout"]["state"]), (&json!("b"), &json!("unobserved")));
    }
}

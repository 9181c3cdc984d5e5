//! The Lease of the controller in this process, so that no other one works beside it and `version` can tell of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::api::names::{LEASE, LOCAL_LEASE_IDENTITY, field_manager};

/// How long the Lease is good for without being renewed. Whoever could take it over can only do so through this process,
/// so that it may be long, and the disk is left alone.
const LIFE: SignedDuration = SignedDuration::from_mins(60);
/// How often it is renewed.
const EVERY: Duration = Duration::from_secs(20 * 60);

/// Takes the Lease, whoever has it: this cluster is this process's own.
pub(super) async fn take(client: &Client, namespace: &str, now: Timestamp) -> Result<(), kube::Error> {
    let moment = MicroTime(now);
    let spec = json!({
        "holderIdentity": LOCAL_LEASE_IDENTITY,
        "leaseDurationSeconds": LIFE.as_secs(),
        "acquireTime": moment,
        "renewTime": moment,
    });
    write(client, namespace, spec).await
}

/// Renews it until cancelled, and lets it go then.
pub(super) async fn keep(client: Client, namespace: String, clock: fn() -> Timestamp, until: CancellationToken) {
    while until.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = take(&client, &namespace, clock()).await {
            tracing::warn!(lease = LEASE, %error, "cannot renew the lease");
        }
    }
    if let Err(error) = write(&client, &namespace, json!({"leaseDurationSeconds": 1})).await {
        tracing::warn!(lease = LEASE, %error, "cannot let the lease go");
    }
}

/// What is left out is taken away.
async fn write(client: &Client, namespace: &str, spec: serde_json::Value) -> Result<(), kube::Error> {
    let leases: Api<Lease> = Api::namespaced(client.clone(), namespace);
    let lease = json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": LEASE},
        "spec": spec,
    });
    leases.patch(LEASE, &PatchParams::apply(field_manager::CONTROLLER).force(), &Patch::Apply(&lease)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use kube::api::PostParams;

    use super::*;
    use crate::local::Cluster;
    use crate::plan::charge::Charge;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    async fn charge(leases: &Api<Lease>) -> String {
        Charge::of(&leases.list(&Default::default()).await.unwrap().items, now()).to_string()
    }

    #[tokio::test]
    async fn the_lease_is_taken_from_whoever_has_it_and_let_go_at_the_end() {
        let cluster = Cluster::in_memory(now).await;
        let client = cluster.client("default");
        let leases: Api<Lease> = Api::namespaced(client.clone(), "default");
        let theirs = json!({
            "metadata": {"name": LEASE},
            "spec": {"holderIdentity": "op-1", "leaseDurationSeconds": 15, "renewTime": MicroTime(now()), "leaseTransitions": 3},
        });
        leases.create(&PostParams::default(), &serde_json::from_value(theirs).unwrap()).await.unwrap();
        assert_eq!(charge(&leases).await, "op-1 (another operator)");
        take(&client, "default", now()).await.unwrap();
        assert_eq!(charge(&leases).await, "kubectl-wasmcloud_local (kubectl wasmcloud local up)");
        let until = CancellationToken::new();
        until.cancel();
        keep(client, "default".to_owned(), now, until).await;
        assert_eq!(charge(&leases).await, "none");
    }
}

//! The lists that stand around objects.

use jiff::Timestamp;

use super::heard;
use super::known::Known;
use crate::api::{Artifact, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::cluster::{Cluster, Filter, Scope};
use crate::error::Error;
use crate::plan::charge::Charge;
use crate::plan::describe::{Read, Shared, Snapshot, Subject};
use crate::plan::events::Told;

/// A list, by where it was read.
type Places<T> = Known<Scope, Read<Shared<T>>>;

/// The lists that were read, and who is in charge.
#[derive(Default)]
pub(super) struct Lists {
    replica_sets: Places<WorkloadReplicaSet>,
    workloads: Places<Workload>,
    hosts: Places<Host>,
    deployments: Places<WorkloadDeployment>,
    artifacts: Places<Artifact>,
    events: Places<Told>,
    charge: Known<(), Read<Charge>>,
}

impl Lists {
    /// Adds to an object the lists that its description needs.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(super) async fn around(
        &mut self,
        cluster: &Cluster,
        now: Timestamp,
        alone: Snapshot,
    ) -> Result<Snapshot, Error> {
        let subject = &alone.subject;
        let (scope, all) = (Scope::Namespace(subject.namespace().to_owned()), Filter::default());
        let on_host = subject.kind() == Kind::Host;
        let everywhere = if on_host { &Scope::All } else { &scope };
        let (runs, is_artifact) = (subject.spec().is_some(), subject.kind() == Kind::Artifact);
        let has_artifacts = matches!(subject, Subject::Deployment(one) if one.spec.artifacts.is_some());
        let (deployment, artifact) = (Kind::WorkloadDeployment.api_resource(), Kind::Artifact.api_resource());
        let (replica_sets, workloads, hosts, deployments, artifacts, events, charge) = tokio::try_join!(
            only(runs, &mut self.replica_sets, &scope, cluster.replica_sets(&scope)),
            only(!is_artifact, &mut self.workloads, everywhere, cluster.workloads(everywhere)),
            only(runs, &mut self.hosts, &Scope::All, cluster.hosts()),
            only(is_artifact, &mut self.deployments, &scope, cluster.list(&deployment, &scope, &all)),
            only(has_artifacts, &mut self.artifacts, &scope, cluster.list(&artifact, &scope, &all)),
            only(true, &mut self.events, &scope, told(cluster, &scope)),
            self.charge.get((), heard(cluster.charge(now))),
        )?;
        Ok(Snapshot { replica_sets, workloads, hosts, deployments, artifacts, events, charge, ..alone })
    }
}

async fn told(cluster: &Cluster, scope: &Scope) -> Result<Vec<Told>, Error> {
    Ok(cluster.events_of_ours(scope).await?.iter().map(Told::of).collect())
}

/// A list, where it is needed.
async fn only<T>(
    needed: bool,
    places: &mut Places<T>,
    scope: &Scope,
    list: impl Future<Output = Result<Vec<T>, Error>>,
) -> Result<Read<Shared<T>>, Error> {
    if !needed {
        return Ok(Ok(Shared::default()));
    }
    places.get(scope.clone(), async { Ok(heard(list).await?.map(Shared::from)) }).await
}

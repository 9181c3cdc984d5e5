//! All around objects that are described, and nothing of it read twice.

mod known;
mod lists;
mod named;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::core::ApiResource;

use super::Cluster;
use super::read::{Filter, Scope};
use crate::api::names::label;
use crate::api::{Kind, Workload, WorkloadReplicaSet};
use crate::controller::pods::Brought;
use crate::error::Error;
use crate::plan::describe::{Read, Snapshot, Subject};

use lists::Lists;
use named::Named;

/// What stands around objects that are described one after the other.
pub struct Surroundings<'c> {
    cluster: &'c Cluster,
    now: Timestamp,
    lists: Lists,
    named: Named,
}

impl Cluster {
    /// Replica sets.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn replica_sets(&self, scope: &Scope) -> Result<Vec<WorkloadReplicaSet>, Error> {
        self.list(&Kind::WorkloadReplicaSet.api_resource(), scope, &Filter::default()).await
    }

    /// Workloads.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn workloads(&self, scope: &Scope) -> Result<Vec<Workload>, Error> {
        self.list(&Kind::Workload.api_resource(), scope, &Filter::default()).await
    }

    /// The Pods with the label of a host group, in all namespaces.
    ///
    /// # Errors
    /// When they may not be read, or the request fails.
    pub async fn host_pods(&self) -> Result<Vec<Brought>, Error> {
        let labels = Some(label::HOST_POD_HOSTGROUP.to_owned());
        self.list(&ApiResource::erase::<Pod>(&()), &Scope::All, &Filter { labels, fields: None }).await
    }

    /// What stands around objects, of which nothing is read yet.
    pub fn surroundings(&self, now: Timestamp) -> Surroundings<'_> {
        Surroundings { cluster: self, now, lists: Lists::default(), named: Named::default() }
    }
}

impl Surroundings<'_> {
    /// All that a description of an object needs, and no more. What may not be read stays behind as the server's words.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn of(&mut self, subject: Subject) -> Result<Snapshot, Error> {
        let around = Snapshot::of(subject);
        let (around, named) = tokio::try_join!(
            self.lists.around(self.cluster, self.now, around.clone()),
            self.named.by(self.cluster, &around.subject),
        )?;
        Ok(named.into_snapshot(around))
    }
}

/// What the server answers, be it that we may not ask.
async fn heard<T>(request: impl Future<Output = Result<T, Error>>) -> Result<Read<T>, Error> {
    match request.await {
        Ok(object) => Ok(Ok(object)),
        Err(error @ (Error::Api(_) | Error::NoResourceType(_))) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

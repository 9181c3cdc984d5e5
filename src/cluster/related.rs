//! All around one object, read in one go.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::core::ApiResource;
use kube::core::params::GetParams;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Cluster;
use super::read::{Filter, Scope};
use crate::api::names::label;
use crate::api::{Kind, Workload, WorkloadReplicaSet, WorkloadSpec};
use crate::controller::pods::Brought;
use crate::error::Error;
use crate::plan::describe::{Read, Snapshot, Subject};

/// `data` of a ConfigMap.
#[derive(Debug, Default, Deserialize)]
struct Data {
    #[serde(default)]
    data: Option<BTreeMap<String, String>>,
}

/// The keys of a Secret: its values are passed over while it is read.
#[derive(Debug, Default, Deserialize)]
struct Keys {
    #[serde(default)]
    data: Option<BTreeMap<String, IgnoredAny>>,
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

    /// Reads all that a description of an object needs, and no more. What may not be read stays behind as the server's
    /// words.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn related(&self, subject: Subject, now: Timestamp) -> Result<Snapshot, Error> {
        let scope = Scope::Namespace(subject.namespace().to_owned());
        let everywhere = if subject.kind() == Kind::Host { &Scope::All } else { &scope };
        let (runs, artifact) = (subject.spec().is_some(), subject.kind() == Kind::Artifact);
        let artifacts = matches!(&subject, Subject::Deployment(deployment) if deployment.spec.artifacts.is_some());
        let (deployments_type, artifacts_type) =
            (Kind::WorkloadDeployment.api_resource(), Kind::Artifact.api_resource());
        let all = Filter::default();
        let (
            replica_sets,
            workloads,
            hosts,
            deployments,
            artifacts,
            events,
            charge,
            config_maps,
            secrets,
            service,
            slices,
        ) = tokio::try_join!(
            only(runs, self.replica_sets(&scope)),
            only(!artifact, self.workloads(everywhere)),
            only(runs, self.hosts()),
            only(artifact, self.list(&deployments_type, &scope, &all)),
            only(artifacts, self.list(&artifacts_type, &scope, &all)),
            heard(self.events_of_ours(&scope)),
            heard(self.charge(now)),
            self.config_maps_of(&subject),
            self.secrets_of(&subject),
            self.service_of(&subject),
            self.slices_of(&subject),
        )?;
        let around = Snapshot { replica_sets, workloads, hosts, deployments, artifacts, ..Snapshot::of(subject) };
        Ok(Snapshot { config_maps, secrets, service, slices, events, charge, ..around })
    }

    async fn config_maps_of(
        &self,
        subject: &Subject,
    ) -> Result<BTreeMap<String, Read<Option<BTreeMap<String, String>>>>, Error> {
        let names = subject.spec().map(WorkloadSpec::config_maps).unwrap_or_default();
        let read = names.into_iter().map(|name| async move {
            let found = self.maybe::<Data>(&ApiResource::erase::<ConfigMap>(&()), subject.namespace(), name).await?;
            let data = found.map(|found| found.map(|found| found.data.unwrap_or_default()));
            Ok::<_, Error>((name.to_owned(), data))
        });
        Ok(futures::future::try_join_all(read).await?.into_iter().collect())
    }

    async fn secrets_of(&self, subject: &Subject) -> Result<BTreeMap<String, Read<Option<BTreeSet<String>>>>, Error> {
        let mut names = subject.spec().map(|spec| &spec.secrets() | &spec.pull_secrets()).unwrap_or_default();
        if let Subject::Artifact(artifact) = subject {
            let own = artifact.spec.image_pull_secret.as_ref().map(|secret| secret.name());
            names.extend(own.filter(|name| !name.is_empty()));
        }
        let read = names.into_iter().map(|name| async move {
            let found = self.maybe::<Keys>(&ApiResource::erase::<Secret>(&()), subject.namespace(), name).await?;
            let keys = found.map(|found| found.map(|found| found.data.unwrap_or_default().into_keys().collect()));
            Ok::<_, Error>((name.to_owned(), keys))
        });
        Ok(futures::future::try_join_all(read).await?.into_iter().collect())
    }

    async fn service_of(&self, subject: &Subject) -> Result<Read<Option<Service>>, Error> {
        match subject.service() {
            Some(name) => self.maybe(&ApiResource::erase::<Service>(&()), subject.namespace(), name).await,
            None => Ok(Ok(None)),
        }
    }

    async fn slices_of(&self, subject: &Subject) -> Result<Read<Vec<EndpointSlice>>, Error> {
        let Some(name) = subject.service() else { return Ok(Ok(Vec::new())) };
        let scope = Scope::Namespace(subject.namespace().to_owned());
        let filter = Filter { labels: Some(format!("{}={name}", label::SERVICE_NAME)), fields: None };
        heard(self.list(&ApiResource::erase::<EndpointSlice>(&()), &scope, &filter)).await
    }

    /// One object, if it is there.
    async fn maybe<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
    ) -> Result<Read<Option<T>>, Error> {
        let request = self.request(resource, Some(namespace)).get(name, &GetParams::default());
        match self.ask(resource, request).await {
            Ok(object) => Ok(Ok(Some(object))),
            Err(error) if error.is_not_found() => Ok(Ok(None)),
            Err(error) => heard(std::future::ready(Err(error))).await,
        }
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

/// Asks only where the answer is needed.
async fn only<T: Default>(needed: bool, request: impl Future<Output = Result<T, Error>>) -> Result<Read<T>, Error> {
    if needed { heard(request).await } else { Ok(Ok(T::default())) }
}

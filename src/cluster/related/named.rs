//! The objects that others name: ConfigMaps, Secrets, Services.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::core::ApiResource;
use kube::core::params::GetParams;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::heard;
use super::known::Known;
use crate::api::WorkloadSpec;
use crate::api::names::label;
use crate::cluster::{Cluster, Filter, Scope};
use crate::error::Error;
use crate::plan::describe::{Read, Shared, Snapshot, Subject};

/// Namespace and name.
type Place = (String, String);
/// What a ConfigMap says.
type Entries = Read<Option<BTreeMap<String, String>>>;
/// The keys of a Secret.
type KeysOf = Read<Option<BTreeSet<String>>>;

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

/// The objects that were read.
#[derive(Default)]
pub(super) struct Named {
    config_maps: Known<Place, Entries>,
    secrets: Known<Place, KeysOf>,
    services: Known<Place, Read<Option<Service>>>,
    slices: Known<Place, Read<Shared<EndpointSlice>>>,
}

/// What one object names.
pub(super) struct NamedBy {
    config_maps: BTreeMap<String, Entries>,
    secrets: BTreeMap<String, KeysOf>,
    service: Read<Option<Service>>,
    slices: Read<Shared<EndpointSlice>>,
}

impl NamedBy {
    /// Adds it to what else is known of the object.
    pub(super) fn into_snapshot(self, around: Snapshot) -> Snapshot {
        let Self { config_maps, secrets, service, slices } = self;
        Snapshot { config_maps, secrets, service, slices, ..around }
    }
}

impl Named {
    /// What an object names.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(super) async fn by(&mut self, cluster: &Cluster, subject: &Subject) -> Result<NamedBy, Error> {
        let place = |name: &str| (subject.namespace().to_owned(), name.to_owned());
        let config_maps = subject.spec().map(WorkloadSpec::config_maps).unwrap_or_default();
        let config_maps = config_maps.into_iter().map(place).collect();
        let secrets = secrets_of(subject).into_iter().map(place).collect();
        let service = subject.service().map(place);
        let (config_maps, secrets, (service, slices)) = tokio::try_join!(
            self.config_maps.get_all(config_maps, |place| cluster.config_map(place.clone())),
            self.secrets.get_all(secrets, |place| cluster.secret_keys(place.clone())),
            async {
                let Some(place) = service else { return Ok((Ok(None), Ok(Shared::default()))) };
                tokio::try_join!(
                    self.services.get(place.clone(), cluster.service(&place)),
                    self.slices.get(place.clone(), cluster.slices(&place)),
                )
            },
        )?;
        Ok(NamedBy { config_maps: by_name(config_maps), secrets: by_name(secrets), service, slices })
    }
}

fn secrets_of(subject: &Subject) -> BTreeSet<&str> {
    let mut names = subject.spec().map(|spec| &spec.secrets() | &spec.pull_secrets()).unwrap_or_default();
    if let Subject::Artifact(artifact) = subject {
        let own = artifact.spec.image_pull_secret.as_ref().map(|secret| secret.name());
        names.extend(own.filter(|name| !name.is_empty()));
    }
    names
}

fn by_name<T>(found: Vec<(Place, T)>) -> BTreeMap<String, T> {
    found.into_iter().map(|((_, name), value)| (name, value)).collect()
}

impl Cluster {
    async fn config_map(&self, (namespace, name): Place) -> Result<Entries, Error> {
        let found = self.maybe::<Data>(&ApiResource::erase::<ConfigMap>(&()), &namespace, &name).await?;
        Ok(found.map(|found| found.map(|found| found.data.unwrap_or_default())))
    }

    async fn secret_keys(&self, (namespace, name): Place) -> Result<KeysOf, Error> {
        let found = self.maybe::<Keys>(&ApiResource::erase::<Secret>(&()), &namespace, &name).await?;
        Ok(found.map(|found| found.map(|found| found.data.unwrap_or_default().into_keys().collect())))
    }

    async fn service(&self, (namespace, name): &Place) -> Result<Read<Option<Service>>, Error> {
        self.maybe(&ApiResource::erase::<Service>(&()), namespace, name).await
    }

    async fn slices(&self, (namespace, service): &Place) -> Result<Read<Shared<EndpointSlice>>, Error> {
        let scope = Scope::Namespace(namespace.clone());
        let filter = Filter { labels: Some(format!("{}={service}", label::SERVICE_NAME)), fields: None };
        let slices = heard(self.list(&ApiResource::erase::<EndpointSlice>(&()), &scope, &filter)).await?;
        Ok(slices.map(Shared::from))
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

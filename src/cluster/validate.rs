//! What `validate --server` asks a cluster: everything at once, each question bounded, and nothing is written.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret, Service};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::ApiResource;
use kube::core::params::GetParams;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Cluster, Filter, Scope};
use crate::api::{Artifact, Kind, WorkloadDeployment, names};
use crate::error::Error;
use crate::validate::server::{Asked, ClusterFacts, Found, Key, PullSecret, Referred};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Questions at a time.
const AT_ONCE: usize = 16;

/// What a cluster says of manifests.
#[derive(Debug, Default)]
pub struct Answers {
    /// The definitions of our kinds.
    pub definitions: Vec<CustomResourceDefinition>,
    /// All else.
    pub facts: ClusterFacts,
    /// What could not be checked, and why, in words for people.
    pub left_out: Vec<String>,
}

/// An answer, or the server's words why we may not ask.
type Heard<T> = Result<T, String>;

impl Cluster {
    /// Asks all that there is to ask.
    ///
    /// # Errors
    /// When the server does not answer, not in time, or does not know us. What we may not ask is no error.
    pub async fn answers(&self, asked: &Asked, namespace: &str) -> Result<Answers, Error> {
        let mut answers = Answers::default();
        let (definitions, objects, hosts, deployments) =
            tokio::try_join!(self.definitions(), self.found(asked), self.all_hosts(asked), self.standing(asked))?;
        answers.facts.namespace = namespace.to_owned();
        answers.take_definitions(definitions);
        answers.take_objects(objects, "the files name");
        match hosts {
            Some(Ok(hosts)) => answers.facts.hosts = Some(hosts),
            Some(Err(words)) => answers.left_out.push(format!("whether a host fits is not checked: {words}")),
            None => {}
        }
        let (deployments, narrowed) = deployments;
        answers.facts.deployments = deployments;
        answers.left_out.extend(narrowed);
        Ok(answers)
    }

    /// Asks for no more than some objects, `named` by who is told of those that may not be read.
    ///
    /// # Errors
    /// As those of `answers`.
    pub async fn answers_more(&self, asked: &Asked, named: &str, answers: &mut Answers) -> Result<(), Error> {
        answers.take_objects(self.found(asked).await?, named);
        Ok(())
    }

    /// The definitions of our kinds; none of a kind that has none.
    async fn definitions(&self) -> Result<Vec<(Kind, Heard<Option<CustomResourceDefinition>>)>, Error> {
        let resource = &ApiResource::erase::<CustomResourceDefinition>(&());
        let asked = Kind::ALL.into_iter().map(|kind| async move {
            let name = format!("{}.{}", kind.plural(), names::GROUP);
            Ok((kind, in_time(self.one::<CustomResourceDefinition>(resource, None, &name)).await?))
        });
        futures::future::try_join_all(asked).await
    }

    async fn found(&self, asked: &Asked) -> Result<Vec<(Key, Heard<Found>)>, Error> {
        let questions = asked.objects.iter().map(|key| async {
            let is_pulled_with = asked.pull_secrets.contains(key);
            Ok((key.clone(), in_time(self.find_one(key, is_pulled_with)).await?))
        });
        stream::iter(questions).buffered(AT_ONCE).try_collect().await
    }

    async fn find_one(&self, key: &Key, is_pulled_with: bool) -> Result<Found, Error> {
        let there = |object: Option<Value>| object.map(|_| Found::There);
        let (namespace, name) = (Some(key.namespace.as_str()), key.name.as_str());
        let found = match key.kind {
            Referred::Namespace => there(self.named(&ApiResource::erase::<Namespace>(&()), None, name).await?),
            Referred::ConfigMap => there(self.named(&ApiResource::erase::<ConfigMap>(&()), namespace, name).await?),
            Referred::Secret if !is_pulled_with => {
                there(self.named(&ApiResource::erase::<Secret>(&()), namespace, name).await?)
            }
            Referred::Secret => {
                let secret = self.one::<Secret>(&ApiResource::erase::<Secret>(&()), namespace, name).await?;
                secret.map(|secret| Found::PullSecret(pull_secret(secret)))
            }
            Referred::Service => {
                let service = self.one::<Service>(&ApiResource::erase::<Service>(&()), namespace, name).await?;
                service.map(|service| Found::Service(Box::new(service)))
            }
            Referred::Artifact => {
                let artifact = self.one::<Artifact>(&Kind::Artifact.api_resource(), namespace, name).await?;
                artifact.map(|artifact| Found::Artifact(Box::new(artifact)))
            }
        };
        Ok(found.unwrap_or(Found::Missing))
    }

    /// The metadata of an object: what it holds stays where it is.
    async fn named(&self, resource: &ApiResource, namespace: Option<&str>, name: &str) -> Result<Option<Value>, Error> {
        let request = self.request(resource, namespace).get_metadata(name, &GetParams::default());
        or_none(self.ask(resource, request).await)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<T>, Error> {
        let Some(object) = or_none(self.get(resource, namespace, name).await)? else { return Ok(None) };
        let unreadable = |error| Error::Kubernetes(format!("{} \"{name}\" cannot be read: {error}", resource.plural));
        T::deserialize(object).map(Some).map_err(unreadable)
    }

    async fn all_hosts(&self, asked: &Asked) -> Result<Option<Heard<Vec<crate::api::Host>>>, Error> {
        if !asked.hosts {
            return Ok(None);
        }
        match in_time(self.hosts()).await {
            // Without a definition there are no hosts, and its lack is told.
            Err(Error::NoResourceType(_)) => Ok(None),
            heard => heard.map(Some),
        }
    }

    /// The deployments of all namespaces, or of those of the files where no more may be seen, which is told.
    async fn standing(&self, asked: &Asked) -> Result<(Vec<WorkloadDeployment>, Option<String>), Error> {
        if !asked.deployments {
            return Ok((Vec::new(), None));
        }
        let (everywhere, words) = match self.deployments_in(&Scope::All).await? {
            Ok(all) => return Ok((all, None)),
            Err(words) => ("whether host names are taken in other namespaces is not checked", words),
        };
        let mut found = Vec::new();
        for namespace in &asked.namespaces {
            match self.deployments_in(&Scope::Namespace(namespace.clone())).await? {
                Ok(some) => found.extend(some),
                Err(words) => {
                    return Ok((found, Some(format!("whether host names are taken is not checked: {words}"))));
                }
            }
        }
        Ok((found, Some(format!("{everywhere}: {words}"))))
    }

    async fn deployments_in(&self, scope: &Scope) -> Result<Heard<Vec<WorkloadDeployment>>, Error> {
        let (resource, all) = (Kind::WorkloadDeployment.api_resource(), Filter::default());
        match in_time(self.list::<Value>(&resource, scope, &all)).await {
            Err(Error::NoResourceType(_)) => Ok(Ok(Vec::new())),
            // One that cannot be read is no reason to see none.
            heard => {
                Ok(heard?.map(|all| all.iter().filter_map(|one| WorkloadDeployment::deserialize(one).ok()).collect()))
            }
        }
    }
}

impl Answers {
    fn take_definitions(&mut self, definitions: Vec<(Kind, Heard<Option<CustomResourceDefinition>>)>) {
        let mut forbidden = None;
        for (kind, heard) in definitions {
            match heard {
                Ok(Some(definition)) => self.definitions.push(definition),
                Ok(None) => drop(self.facts.undefined.insert(kind)),
                Err(words) => forbidden = Some(words),
            }
        }
        let told = forbidden
            .map(|words| format!("where the cluster's definitions may not be read, this program's own count: {words}"));
        self.left_out.extend(told);
    }

    /// What may not be read is told once for each kind and namespace.
    fn take_objects(&mut self, objects: Vec<(Key, Heard<Found>)>, named: &str) {
        let mut forbidden: BTreeMap<(Referred, String), (Vec<String>, String)> = BTreeMap::new();
        for (key, heard) in objects {
            match heard {
                Ok(found) => drop(self.facts.objects.insert(key, found)),
                Err(words) => {
                    let (names, _) = forbidden.entry((key.kind, key.namespace)).or_insert_with(|| (Vec::new(), words));
                    names.push(key.name);
                }
            }
        }
        let told = forbidden.into_iter().map(|((kind, _), (names, words))| {
            let (count, is, s) = (names.len(), if names.len() == 1 { "is" } else { "are" }, plural(names.len()));
            format!("{count} {}{s} that {named} {is} not checked: {words}", kind.name())
        });
        self.left_out.extend(told);
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// An answer within the time that is given; that we may not ask is an answer too.
async fn in_time<T>(request: impl Future<Output = Result<T, Error>>) -> Result<Heard<T>, Error> {
    let late = || Error::TimedOut { what: "an answer of the API server".to_owned(), help: None };
    match tokio::time::timeout(PATIENCE, request).await.map_err(|_| late())? {
        Ok(answer) => Ok(Ok(answer)),
        Err(Error::Api(status)) if status.is_forbidden() => Ok(Err(status.message.clone())),
        Err(error) => Err(error),
    }
}

/// An object, unless there is none, or not even its kind.
fn or_none<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(object) => Ok(Some(object)),
        Err(Error::NoResourceType(_)) => Ok(None),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// No more of a Secret than says where it is for.
fn pull_secret(secret: Secret) -> PullSecret {
    let data = secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect();
    PullSecret { kind: secret.type_.unwrap_or_else(|| "Opaque".to_owned()), data }
}

#[cfg(test)]
mod tests;

//! Reading ConfigMaps and Secrets: values go into the start that needs them and nowhere else.

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::{Api, Client};

use crate::controller::config::{
    self, ConfigProblem, ConfigRef, ConfigVersion, Contents, DigestKey, Reading, Sources, pull_secret,
};
use crate::controller::objects::Workload;
use crate::hosts::wire::ImagePullSecret;

/// Why something could not be read for a start.
pub(super) enum Unread {
    /// It is of no use as it is.
    Unusable(ConfigProblem),
    /// It may be different the next time: the API server's words.
    Failed(String),
}

/// Reads ConfigMaps and Secrets.
pub(super) struct Reader {
    client: Client,
    key: DigestKey,
}

impl Reader {
    /// A reader through that client, its digests keyed with that.
    pub(super) fn new(client: Client, key: DigestKey) -> Self {
        Self { client, key }
    }

    /// What there is of them, one after the other; the values are dropped.
    pub(super) async fn read(&self, configs: Vec<ConfigRef>) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(configs.len());
        for config in configs {
            let mut dropped = Sources::default();
            let found = self.read_into(&mut dropped, &config).await.map_err(|error| words(&error));
            readings.push(Reading { config, found });
        }
        readings
    }

    /// The values that a start of a Workload needs, and what was read for it.
    pub(super) async fn sources(&self, workload: &Workload) -> Result<(Sources, Vec<Reading>), Unread> {
        let (mut sources, mut readings) = (Sources::default(), Vec::new());
        for config in config::read_by(workload) {
            match self.read_into(&mut sources, &config).await {
                Ok(found) => readings.push(Reading { config, found: Ok(found) }),
                Err(error) => return Err(unread(&config, &error)),
            }
        }
        Ok((sources, readings))
    }

    /// The credentials in a Secret for the registry of an image.
    pub(super) async fn credentials(&self, config: &ConfigRef, image: &str) -> Result<ImagePullSecret, Unread> {
        let (mut sources, name) = (Sources::default(), &config.key().name);
        self.read_into(&mut sources, config).await.map_err(|error| unread(config, &error))?;
        let data = sources.secrets.get(name).ok_or_else(|| ConfigProblem::SecretNotFound(name.clone()));
        data.and_then(|data| pull_secret::credentials(name, data, image)).map_err(Unread::Unusable)
    }

    async fn read_into(&self, sources: &mut Sources, config: &ConfigRef) -> Result<Option<Contents>, kube::Error> {
        let (key, name) = (config.key(), config.key().name.clone());
        let metadata = match config {
            ConfigRef::ConfigMap(_) => {
                let api = Api::<ConfigMap>::namespaced(self.client.clone(), &key.namespace);
                let Some(found) = api.get_opt(&name).await? else { return Ok(None) };
                sources.config_maps.insert(name, found.data.unwrap_or_default());
                found.metadata
            }
            ConfigRef::Secret(_) => {
                let api = Api::<Secret>::namespaced(self.client.clone(), &key.namespace);
                let Some(found) = api.get_opt(&name).await? else { return Ok(None) };
                let data = found.data.unwrap_or_default().into_iter().map(|(key, bytes)| (key, bytes.0)).collect();
                sources.secrets.insert(name, data);
                found.metadata
            }
        };
        let version = ConfigVersion::of(&metadata);
        Ok(sources.digest(config, &self.key).map(|digest| Contents { version, digest }))
    }
}

fn unread(config: &ConfigRef, error: &kube::Error) -> Unread {
    match error {
        kube::Error::Api(status) if status.is_forbidden() => {
            Unread::Unusable(ConfigProblem::Forbidden { what: config.to_string(), words: status.message.clone() })
        }
        other => Unread::Failed(words(other)),
    }
}

/// What went wrong. A body that cannot be read may hold values, so nothing of it is repeated.
fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::SerdeError(_) => "the API server's answer cannot be read".to_owned(),
        other => other.to_string(),
    }
}

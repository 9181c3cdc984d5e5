//! What a cluster knows of images, for who is about to deploy to it: pull secrets and Artifacts.

use crate::api::artifact_name;
use crate::cluster::Answers;
use crate::context::Context;
use crate::error::Error;
use crate::registry::credentials::DockerConfig;
use crate::scaffold::image;
use crate::ui::Ui;
use crate::validate::FileSet;
use crate::validate::server::{Asked, ClusterFacts, Found, Key, Referred};

/// What was learned of a cluster; by default that is nothing.
#[derive(Default)]
pub(super) struct Known {
    /// What it has, if it was asked.
    facts: Option<ClusterFacts>,
    /// The pull secret that is named for all images.
    secret: Option<String>,
}

impl Known {
    /// Whether a cluster has anything to say of images that are pulled with this secret.
    pub(super) fn is_needed(images: &[&str], secret: Option<&str>) -> bool {
        secret.is_some() || images.iter().any(|name| image::is_artifact(name))
    }

    /// Asks; what cannot be had is told.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub(super) async fn ask(ui: &Ui, context: &Context, images: &[&str], secret: Option<&str>) -> Result<Self, Error> {
        let namespace = context.namespace.as_str();
        let pulled: Vec<_> = secret.iter().map(|name| Key::new(Referred::Secret, namespace, name)).collect();
        let artifacts = images.iter().filter_map(|name| artifact_name(name));
        let artifacts = artifacts.map(|name| Key::new(Referred::Artifact, namespace, name));
        let objects = artifacts.chain(pulled.iter().cloned()).collect();
        let asked = Asked { objects, pull_secrets: pulled.iter().cloned().collect(), ..Asked::default() };
        let mut answers = Answers::default();
        answers.facts.namespace = namespace.to_owned();
        context.cluster.answers_more(&asked, "the command line names", &mut answers).await?;
        if secret.is_none() {
            let more = Asked::of_artifacts(&FileSet::default(), &answers.facts);
            context.cluster.answers_more(&more, "their Artifacts name", &mut answers).await?;
        }
        answers.left_out.iter().for_each(|text| ui.warning(text));
        let missing = pulled.iter().filter(|key| answers.facts.objects.get(key) == Some(&Found::Missing));
        missing.for_each(|key| ui.warning(format!("Secret {} is not in namespace {namespace}", key.name)));
        Ok(Self { facts: Some(answers.facts), secret: secret.map(str::to_owned) })
    }

    /// What is pulled for an image, and with what.
    ///
    /// # Errors
    /// When it is an Artifact's that nobody knows, in words.
    pub(super) fn meant(&self, name: &str) -> Result<(String, Option<DockerConfig>), String> {
        let secret = |name: &str| self.facts.as_ref()?.pull_secret("", name)?.docker_config();
        let own = self.secret.as_deref();
        let Some(artifact) = artifact_name(name) else { return Ok((name.to_owned(), own.and_then(secret))) };
        let facts = self.facts.as_ref().ok_or("only a cluster knows what that is")?;
        let key = Key::new(Referred::Artifact, &facts.namespace, artifact);
        let spec = match facts.objects.get(&key) {
            Some(Found::Artifact(found)) => &found.spec,
            Some(_) => return Err(format!("there is no such Artifact in namespace {}", facts.namespace)),
            None => return Err("the Artifact may not be read".to_owned()),
        };
        let its = spec.image_pull_secret.as_ref().map(|secret| secret.name());
        Ok((spec.image.clone(), own.or(its).and_then(secret)))
    }
}

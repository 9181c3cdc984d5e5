//! Secrets of the cluster that images are pulled with. Nothing of what they hold enters a message.

use super::placed::Placed;
use super::{Found, PullSecret, Seen};
use crate::api::artifact_name;
use crate::controller::config::ConfigProblem;
use crate::controller::config::pull_secret::credentials;
use crate::registry::credentials::{SECRET_KEY, SECRET_TYPE};
use crate::registry::registry_of;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::references::{self, Pulling};

/// Docker Hub, as docker names it.
const HUB: &str = "https://index.docker.io/v1/";
/// Stands for an image that is not known: what is asked then is whether the Secret can be read at all.
const NOWHERE: &str = "registry.invalid/image:1";

pub(super) fn check(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    for subject in &seen.subjects {
        for pulling in references::pulling(subject) {
            let key = subject.key(&pulling.secret);
            let known = seen.cluster.objects.get(&key).filter(|_| !seen.files.have(&key));
            if let Some(Found::PullSecret(secret)) = known {
                found.extend(of_secret(subject, &pulling, secret, image(seen, subject, &pulling).as_deref()));
            }
        }
    }
}

/// The image that is pulled: that of the Artifact, where one stands for it; none when that is not known, or nothing is.
fn image(seen: &Seen<'_>, subject: &Placed<'_>, pulling: &Pulling<'_>) -> Option<String> {
    let written = pulling.image?;
    let image = match artifact_name(written) {
        None => written.to_owned(),
        Some(name) => {
            let listed = references::artifacts(subject).into_iter().find(|(listed, _)| *listed == name);
            let key = subject.key(&listed?.1);
            match (seen.files.find(&key), seen.cluster.objects.get(&key)) {
                (Some(document), _) => Field::root(document).at(&["spec", "image"])?.text()?.to_owned(),
                (None, Some(Found::Artifact(artifact))) => artifact.spec.image.clone(),
                _ => return None,
            }
        }
    };
    let image = image.strip_prefix("oci://").unwrap_or(&image);
    (!image.contains("://") && !image.is_empty()).then(|| image.to_owned())
}

fn of_secret(subject: &Placed<'_>, pulling: &Pulling<'_>, secret: &PullSecret, image: Option<&str>) -> Option<Finding> {
    let (name, path, namespace) = (pulling.secret.name, &pulling.secret.field.path, subject.namespace);
    let told = |code, why: String| subject.at(code, path, format!("{path}: Secret {name} of the cluster {why}"));
    let again = |registry: &str| {
        format!(
            "name another, or make it anew: kubectl create secret docker-registry {name} -n {namespace} \
             --docker-server={registry} --docker-username=USER --docker-password=TOKEN"
        )
    };
    match (credentials(name, &secret.data, image.unwrap_or(NOWHERE)), image) {
        (Err(ConfigProblem::PullSecretHasNoRegistry { .. }), Some(image)) => {
            let registry = registry_of(image).unwrap_or(HUB);
            let why = format!("has no entry for {registry}, from which {image} is pulled");
            Some(told(&code::CLUSTER_SECRET_REGISTRY, why).with_remedy(again(registry)))
        }
        (Ok(_) | Err(ConfigProblem::PullSecretHasNoRegistry { .. }), _) if secret.kind != SECRET_TYPE => {
            let why = format!("is of type {}; not every controller takes it for a pull secret", secret.kind);
            let remedy = format!("make it anew with type: {SECRET_TYPE}; a Secret's type cannot be changed");
            Some(told(&code::CLUSTER_SECRET_TYPE, why).with_remedy(remedy))
        }
        (Ok(_) | Err(ConfigProblem::PullSecretHasNoRegistry { .. }), _) => None,
        (Err(_), image) => {
            let why = format!("is of type {} and can pull nothing: {}", secret.kind, unreadable(secret));
            Some(
                told(&code::CLUSTER_SECRET_INVALID, why)
                    .with_remedy(again(image.map_or("REGISTRY", |image| registry_of(image).unwrap_or(HUB)))),
            )
        }
    }
}

fn unreadable(secret: &PullSecret) -> &'static str {
    if secret.data.contains_key(SECRET_KEY) {
        "its .dockerconfigjson cannot be read"
    } else {
        "it has no .dockerconfigjson"
    }
}

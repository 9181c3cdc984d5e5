//! What a cluster is to be asked: what the files refer to and do not have, and no more.

use std::collections::BTreeSet;

use super::claims::claims;
use super::files::Files;
use super::key::Key;
use super::placed::Placed;
use super::{ClusterFacts, Found};
use crate::validate::file_set::FileSet;
use crate::validate::references::{self, Referred};

/// Questions to a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Objects that may be there.
    pub objects: BTreeSet<Key>,
    /// Those among them that images are pulled with: what they hold matters.
    pub pull_secrets: BTreeSet<Key>,
    /// Namespaces of ours.
    pub namespaces: BTreeSet<String>,
    /// Whether something is to run, so that hosts matter.
    pub hosts: bool,
    /// Whether something answers to a host name, so that other deployments matter.
    pub deployments: bool,
}

impl Asked {
    /// What the files need; `namespace` is that of objects that name none.
    pub fn of(files: &FileSet, namespace: &str) -> Self {
        let (subjects, have) = (Placed::all(files, namespace), Files::of(files, namespace));
        let mut asked = Self::default();
        for subject in &subjects {
            let named = references::all(subject).into_iter().map(|reference| subject.key(&reference));
            let own = Key::new(Referred::Namespace, "", subject.namespace);
            asked.objects.extend(named.chain([own]).filter(|key| !have.have(key)));
            let pulled = references::pulling(subject).into_iter().map(|pulling| subject.key(&pulling.secret));
            // What some operator is to make of the files may be there already.
            let pulled: Vec<_> = pulled.filter(|key| have.find(key).is_none()).collect();
            asked.objects.extend(pulled.iter().cloned());
            asked.pull_secrets.extend(pulled);
            asked.namespaces.insert(subject.namespace.to_owned());
            let Some((spec, field)) = subject.typed().filter(|_| !subject.is_scaled_to_none()) else { continue };
            asked.hosts = true;
            asked.deployments |= !claims(&spec, &field.path).is_empty();
        }
        asked
    }

    /// What is to be asked once Artifacts are known that the files lack: the Secrets that they are pulled with.
    pub fn of_artifacts(files: &FileSet, cluster: &ClusterFacts) -> Self {
        let have = Files::of(files, &cluster.namespace);
        let secret = |(key, found): (&Key, &Found)| match found {
            Found::Artifact(artifact) if !have.have(key) => {
                let name = artifact.spec.image_pull_secret.as_ref()?.name();
                (!name.is_empty()).then(|| Key::new(Referred::Secret, &key.namespace, name))
            }
            _ => None,
        };
        let wanted = |key: &Key| {
            have.find(key).is_none() && !matches!(cluster.objects.get(key), Some(Found::PullSecret(_) | Found::Missing))
        };
        let secrets: BTreeSet<_> = cluster.objects.iter().filter_map(secret).filter(wanted).collect();
        Self { objects: secrets.clone(), pull_secrets: secrets, ..Self::default() }
    }
}

//! Opening the components of manifests.

use std::collections::HashMap;

use super::server::offer;
use crate::commands::opened;
use crate::context::Environment;
use crate::registry::component::{FetchError, Wanted};
use crate::ui::Ui;
use crate::validate::FileSet;
use crate::validate::images::{Images, Unopened};
use crate::validate::server::ClusterFacts;

/// Opens all components that the files name; what cannot be opened is a finding like others. Pull secrets are those of the
/// files, then those of the cluster, if one was asked; what none is named for is pulled as docker would.
pub(super) async fn open(
    ui: &Ui,
    environment: &Environment,
    files: &FileSet,
    cluster: Option<&ClusterFacts>,
) -> Images {
    let references = Images::wanted(files, cluster);
    let secrets: Vec<_> = references.iter().map(|reference| reference.docker_config(files, cluster)).collect();
    let wanted: Vec<_> = references
        .iter()
        .zip(&secrets)
        .map(|(reference, secret)| Wanted { image: &reference.image, base: &reference.base, secret: secret.as_ref() })
        .collect();
    let opened = opened::open(ui, environment, &wanted).await;
    let opened = opened.into_iter().map(|opened| opened.map_err(unopened));
    Images::new(references.iter().cloned().zip(opened).collect::<HashMap<_, _>>(), offer(cluster))
}

fn unopened(error: FetchError) -> Unopened {
    let otherwise = match error.wants_credentials() {
        true => ", or name an imagePullSecret whose Secret is among the files, or with --server in the cluster",
        false => "",
    };
    Unopened { remedy: error.help().map(|help| format!("{help}{otherwise}")), message: error.to_string() }
}

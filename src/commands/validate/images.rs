//! Opening the components of manifests.

use std::collections::HashMap;

use crate::context::{Environment, now};
use crate::registry::component::{FetchError, Fetcher, Settings, Wanted};
use crate::validate::FileSet;
use crate::validate::images::{Images, Unopened};
use crate::validate::wit::Offer;

/// Opens all components that the files name; what cannot be opened is a finding like others.
pub(super) async fn open(environment: &Environment, files: &FileSet, offer: Offer) -> Images {
    let references = Images::wanted(files);
    let secrets: Vec<_> = references.iter().map(|reference| reference.docker_config(files)).collect();
    let wanted: Vec<_> = references
        .iter()
        .zip(&secrets)
        .map(|(reference, secret)| Wanted { image: &reference.image, base: &reference.base, secret: secret.as_ref() })
        .collect();
    let opened = Fetcher::new(Settings::of(environment), now).components(&wanted).await;
    let opened = opened.into_iter().map(|opened| opened.map_err(unopened));
    Images::new(references.iter().cloned().zip(opened).collect::<HashMap<_, _>>(), offer)
}

fn unopened(error: FetchError) -> Unopened {
    Unopened { remedy: error.help().map(str::to_owned), message: error.to_string() }
}

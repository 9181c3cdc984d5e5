//! Opening images to see what they import and export.

use std::path::Path;

use crate::component::Component;
use crate::context::Environment;
use crate::error::Error;
use crate::scaffold::{Opened, image};

/// How to go on without.
const CLOSED: &str = "--no-open writes what a component needs that answers HTTP, without opening the image";

/// Opens all images.
///
/// # Errors
/// The first that cannot be opened.
pub(super) async fn open(_environment: &Environment, images: &[&str], here: &Path) -> Result<Opened, Error> {
    let mut opened = Opened::new();
    for name in images {
        opened.insert((*name).to_owned(), open_one(name, here)?);
    }
    Ok(opened)
}

fn open_one(name: &str, here: &Path) -> Result<Component, Error> {
    let cannot = |reason: String, help: String| Error::Declined {
        message: format!("cannot open {name}: {reason}"),
        help: Some(help),
    };
    if image::is_artifact(name) {
        return Err(cannot("only a cluster knows what that is".to_owned(), CLOSED.to_owned()));
    }
    let Some(path) = name.strip_prefix("file://") else {
        return Err(cannot("registries are not asked yet".to_owned(), CLOSED.to_owned()));
    };
    let bytes = std::fs::read(here.join(path)).map_err(|error| cannot(error.to_string(), CLOSED.to_owned()))?;
    Component::read(&bytes).map_err(|error| cannot(error.to_string(), error.help().unwrap_or(CLOSED).to_owned()))
}

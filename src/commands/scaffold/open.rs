//! Opening images to see what they import and export.

use std::path::Path;

use crate::cli::GlobalArgs;
use crate::commands::opened;
use crate::error::Error;
use crate::registry::component::{FetchError, Wanted};
use crate::scaffold::{Opened, image};
use crate::ui::Ui;

/// How to go on without.
const CLOSED: &str = "--no-open writes what a component needs that answers HTTP, without opening the image";

/// Opens all images.
///
/// # Errors
/// The first that cannot be opened.
pub(super) async fn open(ui: &Ui, global: &GlobalArgs, images: &[&str], here: &Path) -> Result<Opened, Error> {
    if let Some(artifact) = images.iter().find(|name| image::is_artifact(name)) {
        let message = format!("cannot open {artifact}: only a cluster knows what that is");
        return Err(Error::Declined { message, help: Some(CLOSED.to_owned()) });
    }
    let wanted: Vec<_> = images.iter().map(|image| Wanted { image, base: here, secret: None }).collect();
    let opened = opened::open(ui, &global.environment, &wanted).await;
    let named = images.iter().zip(opened).map(|(name, component)| Ok(((*name).to_owned(), component.map_err(closed)?)));
    named.collect()
}

fn closed(error: FetchError) -> Error {
    let help = match (error.help(), &error) {
        (Some(help), FetchError::NotAComponent { .. }) => help.to_owned(),
        (Some(help), _) => format!("{help}\n{CLOSED}"),
        (None, _) => CLOSED.to_owned(),
    };
    Error::Declined { message: error.to_string(), help: Some(help) }
}

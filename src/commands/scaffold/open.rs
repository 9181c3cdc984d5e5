//! Opening images to see what they import and export.

use std::path::Path;

use super::known::Known;
use crate::cli::GlobalArgs;
use crate::commands::opened;
use crate::error::Error;
use crate::registry::component::{FetchError, Wanted};
use crate::scaffold::Opened;
use crate::ui::Ui;

/// How to go on without.
const CLOSED: &str = "--no-open writes what a component needs that answers HTTP, without opening the image";

/// Opens all images, with what is known of them.
///
/// # Errors
/// The first that cannot be opened.
pub(super) async fn open(
    ui: &Ui,
    global: &GlobalArgs,
    images: &[&str],
    here: &Path,
    known: &Known,
) -> Result<Opened, Error> {
    let unknown = |name: &str, why: String| Error::Declined {
        message: format!("cannot open {name}: {why}"),
        help: Some(CLOSED.to_owned()),
    };
    let meant = images.iter().map(|name| known.meant(name).map_err(|why| unknown(name, why)));
    let meant = meant.collect::<Result<Vec<_>, _>>()?;
    let wanted = meant.iter().map(|(image, secret)| Wanted { image, base: here, secret: secret.as_ref() });
    let opened = opened::open(ui, &global.environment, &wanted.collect::<Vec<_>>()).await;
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

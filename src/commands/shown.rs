//! A status as programs take it.

use serde_json::Value;

use crate::cli::output::StatusFormat;
use crate::error::Error;
use crate::report::{render_json, render_yaml};
use crate::ui::Ui;

impl StatusFormat {
    /// Prints a document, or the names of what it is about.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn print(
        self,
        ui: &Ui,
        document: impl FnOnce() -> Value,
        mut names: impl Iterator<Item = String>,
    ) -> Result<(), Error> {
        match self {
            Self::Json => ui.raw(&render_json(&document())),
            Self::Yaml => ui.raw(&render_yaml(&document())),
            Self::Name => names.try_for_each(|name| ui.result(name)),
        }
    }
}

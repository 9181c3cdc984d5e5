//! What became of an object, as verbs that change objects tell it.

use serde_json::Value;

use super::selected::Selected;
use crate::cli::target::WriteArgs;
use crate::cluster::{DryRun, Writing};
use crate::error::Error;
use crate::report::{self, Output};
use crate::ui::Ui;

impl WriteArgs {
    /// How to write.
    pub(super) fn writing(&self) -> Writing<'_> {
        Writing { manager: &self.field_manager, try_only: self.dry_run == DryRun::Server }
    }

    /// Tells that `object` is `past`, such as `scaled`: one line, or the object in the format that was asked for. Several
    /// objects come one after the other, as kubectl prints them.
    pub(super) fn tell(&self, ui: &Ui, written: &Selected, past: &str) -> Result<(), Error> {
        self.tell_of(ui, (&written.title(), &written.object), past)
    }

    /// The same for an object of any kind, which goes by `title`.
    pub(super) fn tell_of(&self, ui: &Ui, (title, object): (&str, &Value), past: &str) -> Result<(), Error> {
        match &self.output {
            None | Some(Output::Table | Output::Wide) => ui.result(format!("{title} {past}{}", self.dry_run.suffix())),
            Some(Output::Name) => ui.result(title),
            Some(Output::Json) => ui.raw(&report::render_json(&self.shown(object))),
            Some(Output::Yaml) => ui.raw(&format!("---\n{}", report::render_yaml(&self.shown(object)))),
            Some(Output::JsonPath(template)) => ui.raw(&template.render(&self.shown(object))),
        }
    }

    /// An object as it is shown.
    pub(super) fn shown(&self, object: &Value) -> Value {
        let mut object = object.clone();
        if !self.show_managed_fields {
            report::hide_managed_fields(&mut object);
        }
        object
    }
}

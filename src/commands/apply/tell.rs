//! What became of objects of any kind, as kubectl tells it: a line each as it happens, or all objects at the end.

use serde_json::{Value, json};

use crate::cli::target::WriteArgs;
use crate::error::Error;
use crate::plan::apply::Step;
use crate::plan::prune::Target;
use crate::report::diff::mask_secret;
use crate::report::{self, Output};
use crate::ui::Ui;

impl WriteArgs {
    /// Tells that a step is done.
    pub(super) fn tell_applied(&self, ui: &Ui, step: &Step) -> Result<(), Error> {
        self.tell_line(ui, &step.title(), "serverside-applied")
    }

    /// Tells that an object is pruned.
    pub(super) fn tell_pruned(&self, ui: &Ui, target: &Target) -> Result<(), Error> {
        self.tell_line(ui, &target.title(), "pruned")
    }

    fn tell_line(&self, ui: &Ui, title: &str, past: &str) -> Result<(), Error> {
        match self.output {
            None | Some(Output::Table | Output::Wide) => ui.result(format!("{title} {past}{}", self.dry_run.suffix())),
            Some(Output::Name) => ui.result(title),
            Some(Output::Json | Output::Yaml | Output::JsonPath(_)) => Ok(()),
        }
    }

    /// Shows all objects in the format that was asked for: one as it is, several in a List.
    pub(super) fn tell_objects(&self, ui: &Ui, objects: Vec<Value>) -> Result<(), Error> {
        let mut shown: Vec<_> = objects.iter().map(|object| self.shown(object)).collect();
        shown.iter_mut().for_each(mask_secret);
        let all = match shown.len() {
            0 => return Ok(()),
            1 => shown.remove(0),
            _ => json!({"apiVersion": "v1", "items": shown, "kind": "List", "metadata": {}}),
        };
        match &self.output {
            None | Some(Output::Table | Output::Wide | Output::Name) => Ok(()),
            Some(Output::Json) => ui.raw(&report::render_json(&all)),
            Some(Output::Yaml) => ui.raw(&report::render_yaml(&all)),
            Some(Output::JsonPath(template)) => ui.raw(&template.render(&all)),
        }
    }
}

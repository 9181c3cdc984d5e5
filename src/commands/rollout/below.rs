//! The tree of a deployment below its bar, where it can be redrawn.

use crate::context::Context;
use crate::plan::rollout::Snapshot;
use crate::plan::tree::{Objects, Roots, build};
use crate::report::paint::Paint;
use crate::report::tree::{Look, render, shorten};
use crate::ui::{Panel, Ui};

/// Lines for the bar, and one that stays free.
const OTHERS: usize = 3;

/// What stands under one deployment, redrawn in place.
#[derive(Debug)]
pub(super) struct Below(Panel);

impl Below {
    /// Nothing is drawn yet.
    pub(super) fn new(ui: &Ui) -> Self {
        Self(ui.panel())
    }

    /// Draws what is known by now.
    pub(super) fn show(&self, ui: &Ui, context: &Context, snapshot: &Snapshot) {
        let objects = Objects::from(snapshot);
        let roots = Roots::All(vec![crate::api::Kind::WorkloadDeployment]);
        let width = self.0.width();
        let tree = shorten(&build(&objects, &roots, 0), self.0.height().saturating_sub(OTHERS).max(1));
        let look = Look {
            unicode: ui.unicode(),
            paint: Paint { colour: ui.look().colour },
            limit: Some(width),
            ..Look::default()
        };
        let lines = render(&tree, (context.now)(), look);
        let lines: Vec<_> = lines.lines().map(|line| console::truncate_str(line, width, "").into_owned()).collect();
        self.0.show(&lines.join("\n"));
    }
}

//! The tree of a deployment below its bar, where it can be redrawn.

use std::collections::BTreeMap;

use kube::ResourceExt;

use crate::api::{Host, Kind};
use crate::context::Context;
use crate::plan::rollout::{Snapshot, host_of};
use crate::plan::tree::{Key, Objects, Roots, build};
use crate::report::paint::Paint;
use crate::report::tree::{Look, render, shorten};
use crate::ui::{Panel, Ui};

/// Lines for the bar, and one that stays free.
const OTHERS: usize = 3;

/// What stands under one deployment, redrawn in place.
#[derive(Debug)]
pub(super) struct Below {
    panel: Panel,
    /// The hosts by the time they were first needed: Workloads know them by ids, people by names.
    hosts: BTreeMap<Key, Host>,
}

impl Below {
    /// Nothing is drawn yet.
    pub(super) fn new(ui: &Ui) -> Self {
        Self { panel: ui.panel(), hosts: BTreeMap::new() }
    }

    /// Draws what is known by now.
    pub(super) async fn show(&mut self, ui: &Ui, context: &Context, snapshot: &Snapshot) {
        if self.hosts.is_empty() && snapshot.workloads.iter().any(|workload| host_of(workload).is_some()) {
            // Who may not read Hosts sees their ids.
            let hosts = context.cluster.hosts().await.unwrap_or_default();
            let key = |host: &Host| (host.namespace().unwrap_or_default(), host.name_any());
            self.hosts = hosts.into_iter().map(|host| (key(&host), host)).collect();
        }
        let objects = Objects { hosts: self.hosts.clone(), ..Objects::from(snapshot) };
        let width = self.panel.width();
        let room = self.panel.height().saturating_sub(OTHERS).max(1);
        let tree = shorten(&build(&objects, &Roots::All(vec![Kind::WorkloadDeployment]), 0), room);
        let look = Look {
            unicode: ui.unicode(),
            paint: Paint { colour: ui.look().colour },
            limit: Some(width),
            ..Look::default()
        };
        let lines = render(&tree, (context.now)(), look);
        let lines: Vec<_> = lines.lines().map(|line| console::truncate_str(line, width, "").into_owned()).collect();
        self.panel.show(&lines.join("\n"));
    }
}

//! Changes of objects as they happen.

use futures::stream::{BoxStream, StreamExt};
use kube::core::{ApiResource, DynamicObject};
use kube::runtime::{WatchStreamExt, watcher};
use serde_json::Value;

use super::Cluster;
use super::read::{CHUNK, Filter, Scope};
use crate::error::Error;

/// What became of objects.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// All there are, told first and again when the watch had to start over.
    All(Vec<Value>),
    /// One is new, or not what it was.
    Changed(Value),
    /// One is gone; this is how it last was.
    Gone(Value),
}

impl Cluster {
    /// Watches until dropped. Errors that may pass are waited out; others end the stream.
    pub fn watch(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        filter: &Filter,
    ) -> BoxStream<'static, Result<Change, Error>> {
        let mut config = watcher::Config::default().page_size(CHUNK);
        config.label_selector.clone_from(&filter.labels);
        config.field_selector.clone_from(&filter.fields);
        let events = watcher(self.dynamic(resource, scope.namespace()), config).default_backoff();
        let plural = resource.plural.clone();
        let (mut listed, mut outage) = (Vec::new(), self.outages.watch());
        let changes = events.filter_map(move |event| {
            let event = event.map_err(|error| Error::from(error).for_type(&plural));
            outage.note(&event);
            let change = match event {
                Ok(event) => told_by(event, &mut listed).map(Ok),
                Err(error) => Some(error).filter(|error| !error.is_transient()).map(Err),
            };
            futures::future::ready(change)
        });
        changes.boxed()
    }
}

fn told_by(event: watcher::Event<DynamicObject>, listed: &mut Vec<Value>) -> Option<Change> {
    let raw = |object| serde_json::to_value(object).unwrap_or_default();
    match event {
        watcher::Event::Init => {
            listed.clear();
            None
        }
        watcher::Event::InitApply(object) => {
            listed.push(raw(object));
            None
        }
        watcher::Event::InitDone => Some(Change::All(std::mem::take(listed))),
        watcher::Event::Apply(object) => Some(Change::Changed(raw(object))),
        watcher::Event::Delete(object) => Some(Change::Gone(raw(object))),
    }
}

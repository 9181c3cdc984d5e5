//! `get --watch`: what there is, then a row for every change.

use std::collections::HashMap;

use futures::StreamExt;
use serde_json::Value;

use super::show::{name_of, related};
use super::{GetRequest, sort_key};
use crate::api::Kind;
use crate::cluster::{Change, Filter};
use crate::context::Context;
use crate::error::Error;
use crate::plan::selection::Selection;
use crate::report::columns::{self, Related};
use crate::report::table::Rows;
use crate::report::{self, Output};
use crate::ui::Ui;

/// Shows changes until Ctrl-C.
pub(super) async fn run(ui: &Ui, context: &Context, request: &GetRequest, all: bool) -> Result<(), Error> {
    let (kind, filter) = target(request)?;
    if let Selection::Named(names) = &request.selection
        && let Some((kind, name)) = names.first()
    {
        context.find(*kind, name).await?;
    }
    let scope = context.scope(kind, all);
    let mut changes = context.cluster.watch(&kind.api_resource(), &scope, &filter);
    let mut screen = Screen {
        kind,
        rows: Rows::new(columns::headers(kind, request.style), ui.result_width()),
        shown: HashMap::new(),
        headers: request.headers,
        related: Related::default(),
    };
    while let Some(change) = changes.next().await {
        let objects = screen.news(change?);
        if request.output.is_table() {
            screen.related = related(context, kind, &objects, all).await?;
        }
        ui.raw(&screen.render(&objects, context, request))?;
    }
    Ok(())
}

/// kubectl watches one type, or one object, at a time.
fn target(request: &GetRequest) -> Result<(Kind, Filter), Error> {
    match &request.selection {
        Selection::Types(kinds) if kinds.len() == 1 => Ok((kinds[0], request.filter.clone())),
        Selection::Named(names) if names.len() == 1 => Ok((names[0].0, Filter::named(&names[0].1))),
        _ => Err(Error::usage("watch is only supported on individual resources and resource collections")),
    }
}

/// What was shown already, and how.
struct Screen {
    kind: Kind,
    rows: Rows,
    shown: HashMap<(String, String), String>,
    headers: bool,
    related: Related,
}

impl Screen {
    /// The objects to show; after an interruption the server tells all of them again, of which most are old.
    fn news(&mut self, change: Change) -> Vec<Value> {
        let mut objects = match change {
            Change::All(objects) => objects,
            Change::Changed(object) => vec![object],
            Change::Gone(object) => {
                self.shown.remove(&sort_key(&object));
                return vec![object];
            }
        };
        objects.retain(|object| {
            let version = object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default();
            self.shown.insert(sort_key(object), version.to_owned()).as_deref() != Some(version)
        });
        objects.sort_by_cached_key(sort_key);
        objects
    }

    fn render(&mut self, objects: &[Value], context: &Context, request: &GetRequest) -> String {
        let raw = |object: &Value| {
            let mut object = object.clone();
            if !request.managed_fields {
                report::hide_managed_fields(&mut object);
            }
            object
        };
        match &request.output {
            Output::Table | Output::Wide if objects.is_empty() => String::new(),
            Output::Table | Output::Wide => {
                let headers = std::mem::take(&mut self.headers);
                let now = (context.now)();
                let row = |object| columns::row(self.kind, object, now, request.style, &self.related);
                let rows = objects.iter().map(row).collect();
                self.rows.render(rows, headers)
            }
            Output::Json => objects.iter().map(|object| report::render_json(&raw(object))).collect(),
            Output::Yaml => {
                objects.iter().map(|object| format!("---\n{}", report::render_yaml(&raw(object)))).collect()
            }
            Output::Name => objects.iter().map(|object| name_of(self.kind, object) + "\n").collect(),
            Output::JsonPath(template) => objects.iter().map(|object| template.render(&raw(object))).collect(),
        }
    }
}

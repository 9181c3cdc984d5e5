//! `events --watch`: what happened, then what happens.

use std::collections::HashMap;

use futures::StreamExt;
use futures::stream;
use serde_json::Value;

use super::{EventsRequest, name_of};
use crate::cluster::Change;
use crate::context::Context;
use crate::error::Error;
use crate::plan::events::Told;
use crate::report::{Output, render_json, render_yaml};
use crate::ui::Ui;

/// Shows Events until Ctrl-C, or as long as a request may take.
pub(super) async fn run(ui: &Ui, context: &Context, request: &EventsRequest) -> Result<(), Error> {
    let watches = request.scopes.iter().map(|scope| context.cluster.watch_events(scope));
    let mut changes = stream::select_all(watches).take_until(Box::pin(context.cluster.request_timeout()));
    let mut rows = request.rows(ui);
    let mut with_headers = request.headers;
    let mut shown = HashMap::new();
    while let Some(change) = changes.next().await {
        let news = match change? {
            Change::All(events) => events,
            Change::Changed(event) => vec![event],
            Change::Gone(event) => {
                shown.remove(&uid(&event));
                continue;
            }
        };
        // After an interruption the server tells all of them again.
        let news = news.into_iter().filter(|event| shown.insert(uid(event), version(event)) != Some(version(event)));
        let picked = request.pick(news.collect());
        if picked.is_empty() {
            continue;
        }
        let with_headers = std::mem::take(&mut with_headers);
        let text = match &request.output {
            Output::Table | Output::Wide => request.table(rows.as_mut(), &picked, (context.now)(), with_headers),
            other => each(other, request, &picked),
        };
        ui.raw(&text)?;
    }
    Ok(())
}

fn each(output: &Output, request: &EventsRequest, events: &[(Told, Value)]) -> String {
    let text = |(_, event): &(Told, Value)| match output {
        Output::Json => render_json(&request.shown(event)),
        Output::Yaml => format!("---\n{}", render_yaml(&request.shown(event))),
        Output::JsonPath(template) => template.render(&request.shown(event)),
        Output::Name | Output::Table | Output::Wide => name_of(event) + "\n",
    };
    events.iter().map(text).collect()
}

fn uid(event: &Value) -> String {
    event.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn version(event: &Value) -> String {
    event.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default().to_owned()
}

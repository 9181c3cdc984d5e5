//! `get --watch`: what there is, then a row for every change.

use std::collections::HashMap;

use futures::StreamExt;
use serde_json::{Value, json};

use super::show::{name_of, related};
use super::{GetRequest, Wanted, sort_key};
use crate::api::Kind;
use crate::cluster::{Change, Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::report::brief::Brief;
use crate::report::columns::Related;
use crate::report::table::Rows;
use crate::report::{self, Output};
use crate::ui::Ui;

/// Shows changes until Ctrl-C, or as long as a request may take.
pub(super) async fn run(ui: &Ui, context: &Context, request: &GetRequest, all: bool) -> Result<(), Error> {
    let (kind, scope, filter) = target(context, request, all)?;
    if let Wanted::Named(named) = &request.wanted
        && let Some(named) = named.first()
    {
        named.get(context).await?;
    }
    let changes = context.cluster.watch(&kind.api_resource(), &scope, &filter);
    let mut changes = changes.take_until(Box::pin(context.cluster.request_timeout()));
    let mut screen = Screen {
        kind,
        rows: Rows::new(request.look.headers(kind), ui.result_width()),
        shown: HashMap::new(),
        headers: request.headers,
        related: Related::default(),
        silent: request.watch_only,
    };
    while let Some(change) = changes.next().await {
        let news = screen.news(change?);
        if request.output.is_table() {
            let briefs: Vec<_> = news.iter().map(|(_, object)| Brief::of(kind, object)).collect();
            screen.related = related(context, kind, &briefs, all).await?;
        }
        ui.raw(&screen.render(&news, context, request))?;
    }
    Ok(())
}

/// kubectl watches one type, or one object, at a time.
fn target(context: &Context, request: &GetRequest, all: bool) -> Result<(Kind, Scope, Filter), Error> {
    match &request.wanted {
        Wanted::Types(kinds) if kinds.len() == 1 => {
            Ok((kinds[0], context.scope(kinds[0], all), request.filter.clone()))
        }
        Wanted::Named(named) if named.len() == 1 => {
            let named = &named[0];
            let scope = named.namespace.clone().map(Scope::Namespace);
            let scope = scope.unwrap_or_else(|| context.scope(named.kind, all));
            Ok((named.kind, scope, Filter::named(&named.name)))
        }
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
    /// What there is at first is known, and not shown.
    silent: bool,
}

/// What happened to an object, in kubectl's word, and the object.
type News = Vec<(&'static str, Value)>;

impl Screen {
    /// The objects to show; after an interruption the server tells all of them again, of which most are old.
    fn news(&mut self, change: Change) -> News {
        let mut objects = match change {
            Change::All(objects) => objects,
            Change::Changed(object) => vec![object],
            Change::Gone(object) => {
                self.shown.remove(&sort_key(&object));
                return vec![("DELETED", object)];
            }
        };
        objects.sort_by_cached_key(sort_key);
        let mut news = News::new();
        for object in objects {
            let version = object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default();
            match self.shown.insert(sort_key(&object), version.to_owned()) {
                Some(known) if known == version => {}
                Some(_) => news.push(("MODIFIED", object)),
                None => news.push(("ADDED", object)),
            }
        }
        if std::mem::take(&mut self.silent) {
            news.clear();
        }
        news
    }

    fn render(&mut self, news: &News, context: &Context, request: &GetRequest) -> String {
        let raw = |event: &str, object: &Value| {
            let mut object = object.clone();
            if !request.managed_fields {
                report::hide_managed_fields(&mut object);
            }
            match request.look.events {
                true => json!({"type": event, "object": object}),
                false => object,
            }
        };
        let each =
            |show: &dyn Fn(Value) -> String| news.iter().map(|(event, object)| show(raw(event, object))).collect();
        match &request.output {
            Output::Table | Output::Wide if news.is_empty() => String::new(),
            Output::Table | Output::Wide => {
                let headers = std::mem::take(&mut self.headers);
                let now = (context.now)();
                let row = |(event, object): &(&str, Value)| {
                    request.look.row(&Brief::of(self.kind, object), now, &self.related, event)
                };
                self.rows.render(news.iter().map(row).collect(), headers)
            }
            Output::Json => each(&|object| report::render_json(&object)),
            Output::Yaml => each(&|object| format!("---\n{}", report::render_yaml(&object))),
            Output::Name => news.iter().map(|(_, object)| name_of(self.kind, object) + "\n").collect(),
            Output::JsonPath(template) => each(&|object| template.render(&object)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(name: &str, version: &str) -> Value {
        json!({"metadata": {"name": name, "namespace": "n", "resourceVersion": version}})
    }

    fn told(screen: &mut Screen, change: Change) -> Vec<String> {
        let news = screen.news(change);
        news.iter().map(|(event, object)| format!("{event} {}", object["metadata"]["name"].as_str().unwrap())).collect()
    }

    fn screen(silent: bool) -> Screen {
        Screen {
            kind: Kind::Workload,
            rows: Rows::default(),
            shown: HashMap::new(),
            headers: true,
            related: Related::default(),
            silent,
        }
    }

    #[test]
    fn each_object_is_told_once_in_each_state() {
        let mut screen = screen(false);
        let all = Change::All(vec![object("b", "1"), object("a", "1")]);
        assert_eq!(told(&mut screen, all.clone()), ["ADDED a", "ADDED b"]);
        assert!(told(&mut screen, all).is_empty(), "told again after an interruption");
        assert_eq!(told(&mut screen, Change::Changed(object("a", "2"))), ["MODIFIED a"]);
        assert_eq!(told(&mut screen, Change::Gone(object("a", "3"))), ["DELETED a"]);
        assert_eq!(told(&mut screen, Change::Changed(object("a", "4"))), ["ADDED a"]);
    }

    #[test]
    fn what_there_is_at_first_can_be_left_out() {
        let mut screen = screen(true);
        assert!(told(&mut screen, Change::All(vec![object("a", "1")])).is_empty());
        assert_eq!(told(&mut screen, Change::Changed(object("a", "2"))), ["MODIFIED a"]);
    }
}

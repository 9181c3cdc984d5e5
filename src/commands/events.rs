//! `kubectl wasmcloud events`: what happened to objects and to what came of them.

mod follow;

use std::collections::BTreeSet;

use clap::Args;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use serde::Deserialize;
use serde_json::Value;

use super::selected::{self, Selected, Wanted};
use crate::api::{Kind, is_owned_by};
use crate::cli::GlobalArgs;
use crate::cli::target::TargetArgs;
use crate::cluster::Scope;
use crate::context::Context;
use crate::controller::events::COMPONENT;
use crate::error::Error;
use crate::plan::events::{Family, Told, headers, parse_type, row, stacked};
use crate::plan::selection::{Aim, Selection};
use crate::report::table::Rows;
use crate::report::{self, Output, parse_output};
use crate::ui::Ui;

/// Columns that a terminal has at least where Events are a table.
const NARROWEST: usize = 80;

const AIM: Aim = Aim { verb: "events", bare: None, refuse: |_| None };

/// What `events` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud events [TYPE/NAME… | TYPE NAME… | TYPE[,TYPE…]] [flags]",
    after_help = "Of a deployment come the events of its replica sets and Workloads too, of a replica set those of its\n\
                  Workloads. Without objects: all about wasmCloud's kinds, or said by the controller, in the namespace."
)]
pub struct EventsArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Only those of this object, as kubectl calls it
    #[arg(long = "for", value_name = "TYPE/NAME")]
    object: Option<String>,
    /// Only events of these types: Normal, Warning
    #[arg(long, value_name = "TYPE", value_delimiter = ',', value_parser = parse_type)]
    types: Vec<String>,
    /// Go on showing new ones
    #[arg(short, long)]
    watch: bool,
    /// How to show them: wide, with messages whole on a terminal too, json, yaml, name or jsonpath=TEMPLATE
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_output)]
    output: Option<Output>,
    /// Leave out the headers of the table
    #[arg(long)]
    no_headers: bool,
    /// Show managedFields with -o json and -o yaml
    #[arg(long, hide_short_help = true)]
    show_managed_fields: bool,
}

/// Whose Events are asked for.
enum About {
    /// Ours, and what the controller says of others.
    Everything,
    /// Objects of these kinds.
    Kinds(Vec<Kind>),
    /// These objects, and what came of them.
    Family(Family),
}

/// What is asked for.
struct EventsRequest {
    about: About,
    scopes: Vec<Scope>,
    types: Vec<String>,
    with_namespace: bool,
    output: Output,
    headers: bool,
    managed_fields: bool,
}

/// Shows them.
///
/// # Errors
/// When the words make no sense, an object is not there, or Events may not be read.
pub async fn run(ui: &Ui, global: &GlobalArgs, mut args: EventsArgs) -> Result<(), Error> {
    args.target.words.extend(args.object.take());
    let named = !args.target.words.is_empty() || !args.target.files.is_empty();
    if !named && args.target.selects() {
        return Err(Error::usage_with("a selector needs a type", "such as `events wd -l app=web`"));
    }
    let wanted = if named { Some(selected::wanted(ui, &args.target, true, &AIM).await?) } else { None };
    let context = Context::connect(ui, global).await?;
    let (about, scopes, outcome) = resolve(ui, &context, &args, wanted).await?;
    let request = EventsRequest {
        about,
        scopes,
        types: args.types,
        with_namespace: args.target.all_namespaces,
        output: args.output.unwrap_or_default(),
        headers: !args.no_headers,
        managed_fields: args.show_managed_fields,
    };
    if request.scopes.is_empty() {
        return outcome;
    }
    if args.watch {
        return follow::run(ui, &context, &request).await;
    }
    show(ui, &context, &request).await?;
    outcome
}

async fn resolve(
    ui: &Ui,
    context: &Context,
    args: &EventsArgs,
    wanted: Option<Wanted>,
) -> Result<(About, Vec<Scope>, Result<(), Error>), Error> {
    let all = args.target.all_namespaces;
    match wanted {
        None => {
            let scope = if all { Scope::All } else { Scope::Namespace(context.namespace.clone()) };
            Ok((About::Everything, vec![scope], Ok(())))
        }
        Some(Wanted::Words(Selection::Types(kinds))) if !args.target.selects() => {
            let mut scopes: Vec<_> = kinds.iter().map(|kind| context.scope(*kind, all)).collect();
            scopes.dedup();
            if scopes.contains(&Scope::All) {
                scopes = vec![Scope::All];
            }
            Ok((About::Kinds(kinds), scopes, Ok(())))
        }
        Some(wanted) => {
            let selections = selected::read(ui, context, &args.target, &AIM, wanted).await?;
            let family = family(context, &selections.objects).await?;
            let scopes = family.namespaces().into_iter().map(|name| Scope::Namespace(name.to_owned())).collect();
            Ok((About::Family(family), scopes, selections.outcome()))
        }
    }
}

/// The objects with what they own. What may not be read is known by its name.
async fn family(context: &Context, objects: &[Selected]) -> Result<Family, Error> {
    let mut family = Family::default();
    let mut owners: Vec<(String, String)> = Vec::new();
    for selected in objects {
        family.add(selected.kind, selected.namespace(), selected.name());
        if matches!(selected.kind, Kind::WorkloadDeployment | Kind::WorkloadReplicaSet) {
            let uid = selected.object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default();
            owners.push((selected.namespace().to_owned(), uid.to_owned()));
        }
    }
    let namespaces: BTreeSet<_> = owners.iter().map(|(namespace, _)| namespace.clone()).collect();
    for namespace in namespaces {
        let mut uids: Vec<_> = owners.iter().filter(|(of, _)| *of == namespace).map(|(_, uid)| uid.clone()).collect();
        let scope = Scope::Namespace(namespace.clone());
        let (sets, workloads) = tokio::join!(context.cluster.replica_sets(&scope), context.cluster.workloads(&scope));
        for set in sets.unwrap_or_default() {
            if uids.iter().any(|uid| is_owned_by(&set.metadata, uid)) {
                family.add(Kind::WorkloadReplicaSet, &namespace, set.metadata.name.as_deref().unwrap_or_default());
                uids.extend(set.metadata.uid);
            }
        }
        for workload in workloads.unwrap_or_default() {
            if uids.iter().any(|uid| is_owned_by(&workload.metadata, uid)) {
                family.add(Kind::Workload, &namespace, workload.metadata.name.as_deref().unwrap_or_default());
            }
        }
    }
    Ok(family)
}

async fn show(ui: &Ui, context: &Context, request: &EventsRequest) -> Result<(), Error> {
    let lists = request.scopes.iter().map(|scope| context.cluster.events(scope));
    let lists = futures::future::try_join_all(lists).await?;
    let events = request.pick(lists.into_iter().flatten().collect());
    if events.is_empty() && request.output.is_table() {
        ui.status(nothing(request, context));
        return Ok(());
    }
    let documents = || report::list_of(events.iter().map(|(_, event)| request.shown(event)).collect(), false);
    match &request.output {
        Output::Table | Output::Wide => {
            let mut rows = request.rows(ui);
            ui.raw(&request.table(rows.as_mut(), &events, (context.now)(), request.headers))
        }
        Output::Name => events.iter().try_for_each(|(_, event)| ui.result(name_of(event))),
        Output::Json => ui.raw(&report::render_json(&documents())),
        Output::Yaml => ui.raw(&report::render_yaml(&documents())),
        Output::JsonPath(template) => ui.raw(&template.render(&documents())),
    }
}

/// kubectl's words.
fn nothing(request: &EventsRequest, context: &Context) -> String {
    match request.with_namespace {
        true => "No events found.".to_owned(),
        false => {
            let namespace = request.scopes.iter().find_map(Scope::namespace).unwrap_or(&context.namespace);
            format!("No events found in {namespace} namespace.")
        }
    }
}

fn name_of(event: &Value) -> String {
    format!("event/{}", event.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default())
}

impl EventsRequest {
    /// Those asked for, the newest last.
    fn pick(&self, events: Vec<Value>) -> Vec<(Told, Value)> {
        let told = |event: Value| Event::deserialize(&event).ok().map(|read| (Told::of(&read), event));
        let mut picked: Vec<_> = events.into_iter().filter_map(told).filter(|(told, _)| self.wants(told)).collect();
        picked.sort_by_key(|(told, _)| told.order());
        picked
    }

    fn wants(&self, told: &Told) -> bool {
        let about = match &self.about {
            About::Everything => told.our_kind().is_some() || told.from == COMPONENT,
            About::Kinds(kinds) => told.our_kind().is_some_and(|kind| kinds.contains(&kind)),
            About::Family(family) => family.has(told),
        };
        about && (self.types.is_empty() || self.types.contains(&told.type_))
    }

    /// The table that Events go to; none on a terminal that is too narrow for one.
    fn rows(&self, ui: &Ui) -> Option<Rows> {
        let limit = ui.result_width();
        let whole = matches!(self.output, Output::Wide);
        let fits = whole || limit.is_none_or(|columns| columns >= NARROWEST);
        fits.then(|| Rows::new(headers(self.with_namespace), limit.filter(|_| !whole)))
    }

    fn table(&self, rows: Option<&mut Rows>, events: &[(Told, Value)], now: Timestamp, headers: bool) -> String {
        let told = events.iter().map(|(told, _)| told);
        match rows {
            Some(rows) => rows.render(told.map(|told| row(told, self.with_namespace, now)).collect(), headers),
            None => told.map(|told| stacked(told, self.with_namespace, now)).collect(),
        }
    }

    fn shown(&self, event: &Value) -> Value {
        let mut event = event.clone();
        if !self.managed_fields {
            report::hide_managed_fields(&mut event);
        }
        event
    }
}

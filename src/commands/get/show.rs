//! Printing what was found.

use serde_json::Value;

use super::{Found, GetRequest};
use crate::api::{Kind, WorkloadReplicaSet};
use crate::cluster::Filter;
use crate::context::Context;
use crate::error::Error;
use crate::report::brief::Brief;
use crate::report::columns::{self, Related};
use crate::report::table::Rows;
use crate::report::{self, Output};
use crate::ui::Ui;

/// A table of objects of one kind.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headers.
    pub(super) headers: Vec<String>,
    /// The cells.
    pub(super) rows: Vec<Vec<String>>,
}

/// Prints objects in the format that was asked for.
pub(super) async fn print(
    ui: &Ui,
    context: &Context,
    request: &GetRequest,
    found: Vec<Found>,
    all: bool,
) -> Result<(), Error> {
    match &request.output {
        Output::Table | Output::Wide => {
            let mut tables = Vec::new();
            for found in &found {
                tables.push(table(context, request, found, all).await?);
            }
            print_tables(ui, context, request, &tables, all)
        }
        Output::Name => {
            let mut names =
                found.iter().flat_map(|found| found.objects.iter().map(|object| name_of(found.kind, object)));
            names.try_for_each(|name| ui.result(name))
        }
        Output::Json => ui.raw(&report::render_json(&document(request, found))),
        Output::Yaml => ui.raw(&report::render_yaml(&document(request, found))),
        Output::JsonPath(template) => ui.raw(&template.render(&document(request, found))),
    }
}

/// Prints tables, with a line between them; those without rows are left out.
pub(super) fn print_tables(
    ui: &Ui,
    context: &Context,
    request: &GetRequest,
    tables: &[Table],
    all: bool,
) -> Result<(), Error> {
    if tables.iter().all(|table| table.rows.is_empty()) {
        if request.is_open() {
            ui.status(nothing_found(context, request, all));
        }
        return Ok(());
    }
    for (index, table) in tables.iter().filter(|table| !table.rows.is_empty()).enumerate() {
        if index > 0 {
            ui.raw("\n")?;
        }
        let mut rows = Rows::new(table.headers.clone(), ui.result_width());
        ui.raw(&rows.render(table.rows.clone(), request.headers))?;
    }
    Ok(())
}

/// `KIND.GROUP/NAME`.
pub(super) fn name_of(kind: Kind, object: &Value) -> String {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    format!("{}/{name}", kind.qualified())
}

fn document(request: &GetRequest, found: Vec<Found>) -> Value {
    let mut objects: Vec<_> = found.into_iter().flat_map(|found| found.objects).collect();
    if !request.managed_fields {
        objects.iter_mut().for_each(report::hide_managed_fields);
    }
    report::list_of(objects, request.is_single())
}

async fn table(context: &Context, request: &GetRequest, found: &Found, all: bool) -> Result<Table, Error> {
    let objects: Vec<_> = found.objects.iter().map(|object| Brief::of(found.kind, object)).collect();
    let related = related(context, found.kind, &objects, all).await?;
    let row = |object| request.look.row(object, (context.now)(), &related, "");
    Ok(Table { headers: request.look.headers(found.kind), rows: objects.iter().map(row).collect() })
}

/// kubectl's words.
fn nothing_found(context: &Context, request: &GetRequest, all: bool) -> String {
    let everywhere = all || request.kinds().iter().all(|kind| context.scope(*kind, all).namespace().is_none());
    context.nothing_found(everywhere)
}

/// What the rows need to know of other objects, asked only when it is needed. Who may not read Hosts sees their ids.
pub(super) async fn related(context: &Context, kind: Kind, objects: &[Brief], all: bool) -> Result<Related, Error> {
    let mut related = Related::default();
    match kind {
        Kind::WorkloadDeployment if objects.iter().any(Brief::is_rolling) => {
            let sets = Kind::WorkloadReplicaSet;
            let sets =
                context.cluster.list(&sets.api_resource(), &context.scope(sets, all), &Filter::default()).await?;
            related.updated = columns::updated_of(&sets as &Vec<WorkloadReplicaSet>);
        }
        Kind::Workload if !objects.is_empty() => related.hosts = context.cluster.host_names().await,
        _ => {}
    }
    Ok(related)
}

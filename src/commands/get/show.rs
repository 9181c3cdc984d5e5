//! Printing what was found.

use serde_json::Value;

use super::{Found, GetRequest};
use crate::api::{Kind, WorkloadReplicaSet};
use crate::cluster::Filter;
use crate::context::Context;
use crate::error::Error;
use crate::plan::selection::Selection;
use crate::report::columns::{self, Related};
use crate::report::table::Rows;
use crate::report::{self, Output};
use crate::ui::Ui;

/// Prints everything in the format that was asked for.
pub(super) async fn print(
    ui: &Ui,
    context: &Context,
    request: &GetRequest,
    found: Vec<Found>,
    all: bool,
) -> Result<(), Error> {
    match &request.output {
        Output::Table | Output::Wide => tables(ui, context, request, found, all).await,
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

/// `KIND.GROUP/NAME`.
pub(super) fn name_of(kind: Kind, object: &Value) -> String {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    format!("{}/{name}", kind.qualified())
}

fn document(request: &GetRequest, found: Vec<Found>) -> Value {
    let single = matches!(&request.selection, Selection::Named(names) if names.len() == 1);
    let mut objects: Vec<_> = found.into_iter().flat_map(|found| found.objects).collect();
    if !request.managed_fields {
        objects.iter_mut().for_each(report::hide_managed_fields);
    }
    report::list_of(objects, single)
}

async fn tables(ui: &Ui, context: &Context, request: &GetRequest, found: Vec<Found>, all: bool) -> Result<(), Error> {
    if found.iter().all(|found| found.objects.is_empty()) {
        if matches!(request.selection, Selection::Types(_)) {
            ui.status(nothing_found(context, &found, all));
        }
        return Ok(());
    }
    for (index, found) in found.iter().filter(|found| !found.objects.is_empty()).enumerate() {
        if index > 0 {
            ui.raw("\n")?;
        }
        let related = related(context, found.kind, &found.objects, all).await?;
        let row = |object| columns::row(found.kind, object, (context.now)(), request.style, &related);
        let rows = found.objects.iter().map(row).collect();
        let mut table = Rows::new(columns::headers(found.kind, request.style), ui.result_width());
        ui.raw(&table.render(rows, request.headers))?;
    }
    Ok(())
}

/// kubectl's words.
fn nothing_found(context: &Context, found: &[Found], all: bool) -> String {
    let everywhere = all || found.iter().all(|found| context.scope(found.kind, all).namespace().is_none());
    match everywhere {
        true => "No resources found".to_owned(),
        false => format!("No resources found in {} namespace.", context.namespace),
    }
}

/// What the rows need to know of other objects, asked only when it is needed. Who may not read Hosts sees their ids.
pub(super) async fn related(context: &Context, kind: Kind, objects: &[Value], all: bool) -> Result<Related, Error> {
    let mut related = Related::default();
    match kind {
        Kind::WorkloadDeployment if objects.iter().any(columns::is_rolling) => {
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

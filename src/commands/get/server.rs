//! `--columns=server`: the tables that the server prints, with the columns that its CustomResourceDefinitions have.

use super::show::Table;
use super::{GetRequest, Named};
use crate::api::Kind;
use crate::cluster::{Filter, Form, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::report::printed::Printed;

/// The table of all objects of a kind.
pub(super) async fn table(context: &Context, request: &GetRequest, kind: Kind, all: bool) -> Result<Table, Error> {
    read(context, request, kind, &context.scope(kind, all), &request.filter).await
}

/// The table of one object.
///
/// # Errors
/// When it is not there.
pub(super) async fn table_of(context: &Context, request: &GetRequest, named: &Named) -> Result<Table, Error> {
    let scope = match &named.namespace {
        Some(namespace) => Scope::Namespace(namespace.clone()),
        None => context.scope(named.kind, false),
    };
    let table = read(context, request, named.kind, &scope, &Filter::named(&named.name)).await?;
    match table.rows.is_empty() {
        true => Err(Error::not_found(&named.kind.api_resource(), &named.name)),
        false => Ok(table),
    }
}

async fn read(
    context: &Context,
    request: &GetRequest,
    kind: Kind,
    scope: &Scope,
    filter: &Filter,
) -> Result<Table, Error> {
    let mut pages = context.cluster.pages(&kind.api_resource(), scope, filter, (Form::Table, request.chunk));
    let mut table = Table::default();
    while let Some(page) = pages.recv().await {
        let text = page?.text(|| table.rows.clear());
        take_in(request, kind, &text, &mut table)?;
    }
    Ok(table)
}

fn take_in(request: &GetRequest, kind: Kind, text: &str, table: &mut Table) -> Result<(), Error> {
    let cannot = |reason| Error::Kubernetes(format!("the server's table cannot be read: {reason}"));
    let printed = Printed::parse(text).map_err(cannot)?;
    let (look, style) = (&request.look, request.look.style);
    let namespace = || ["NAMESPACE".to_owned()].into_iter().filter(|_| style.namespace);
    table.headers = look.headers_around(namespace().chain(printed.headers(style.wide)).collect());
    for row in printed.rows() {
        let metadata = row.metadata();
        let mut cells = printed.cells(row, style.wide);
        if let Some(name) = cells.first_mut().filter(|_| style.kind) {
            *name = format!("{}/{name}", kind.qualified());
        }
        if style.namespace {
            cells.insert(0, metadata.namespace.clone().unwrap_or_default());
        }
        table.rows.push(look.row_around(cells, &metadata, ""));
    }
    Ok(())
}

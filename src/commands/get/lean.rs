//! Lists of any length: every page is turned into rows and dropped while the next is on its way.

use super::GetRequest;
use super::show::{Table, related};
use crate::api::Kind;
use crate::cluster::{Form, Page};
use crate::context::Context;
use crate::error::Error;
use crate::report::brief::{briefs, names};
use crate::report::columns::Related;

/// All objects of a kind, as a table.
pub(super) async fn table(context: &Context, request: &GetRequest, kind: Kind, all: bool) -> Result<Table, Error> {
    let mut pages = pages(context, request, kind, all, Form::Objects);
    let mut table = Table { headers: request.look.headers(kind), rows: Vec::new() };
    let mut known: Option<Related> = None;
    let now = (context.now)();
    while let Some(page) = pages.recv().await {
        let text = page?.text(|| table.rows.clear());
        let objects = briefs(kind, &text).map_err(unreadable)?;
        drop(text);
        let asked = known.is_none() && (kind != Kind::WorkloadDeployment || objects.iter().any(|one| one.is_rolling()));
        if asked && !objects.is_empty() {
            known = Some(related(context, kind, &objects, all).await?);
        }
        let none = Related::default();
        let related = known.as_ref().unwrap_or(&none);
        table.rows.extend(objects.iter().map(|object| request.look.row(object, now, related, "")));
    }
    Ok(table)
}

/// `KIND.GROUP/NAME` of all objects of a kind.
pub(super) async fn all_names(
    context: &Context,
    request: &GetRequest,
    kind: Kind,
    all: bool,
) -> Result<Vec<String>, Error> {
    let mut pages = pages(context, request, kind, all, Form::Objects);
    let mut lines = Vec::new();
    while let Some(page) = pages.recv().await {
        let text = page?.text(|| lines.clear());
        let prefix = kind.qualified();
        lines.extend(names(&text).map_err(unreadable)?.into_iter().map(|name| format!("{prefix}/{name}")));
    }
    Ok(lines)
}

/// The pages of all objects of a kind.
pub(super) fn pages(
    context: &Context,
    request: &GetRequest,
    kind: Kind,
    all: bool,
    form: Form,
) -> tokio::sync::mpsc::Receiver<Result<Page, Error>> {
    let scope = context.scope(kind, all);
    context.cluster.pages(&kind.api_resource(), &scope, &request.filter, (form, request.chunk))
}

/// What the server wrote makes no sense.
pub(super) fn unreadable(error: serde_json::Error) -> Error {
    Error::Kubernetes(format!("the server's answer cannot be read: {error}"))
}

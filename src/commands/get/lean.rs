//! Lists of any length: every piece is turned into rows and dropped while the next is on its way.

use tokio::task::JoinHandle;

use super::GetRequest;
use super::show::{Table, related};
use crate::api::Kind;
use crate::cluster::{Form, Page, unreadable};
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::HostNames;
use crate::report::brief::{Brief, briefs, names};
use crate::report::columns::Related;

/// All objects of a kind, as a table.
pub(super) async fn table(context: &Context, request: &GetRequest, kind: Kind, all: bool) -> Result<Table, Error> {
    let mut hosts = hosts(context, kind);
    let mut pages = pages(context, request, kind, all, Form::Objects);
    let mut table = Table { headers: request.look.headers(kind), rows: Vec::new() };
    let mut known = Related::default();
    let now = (context.now)();
    while let Some(page) = pages.recv().await {
        let text = page?.text(|| table.rows.clear());
        let objects = briefs(kind, &text).map_err(unreadable)?;
        drop(text);
        if let Some(hosts) = hosts.take() {
            known.hosts = hosts.await.unwrap_or_default();
        }
        if known.updated.is_empty() && objects.iter().any(Brief::is_rolling) {
            known = related(context, kind, &objects, all).await?;
        }
        table.rows.extend(objects.iter().map(|object| request.look.row(object, now, &known, "")));
    }
    Ok(table)
}

/// The names of all hosts, asked for beside the objects that are on them.
fn hosts(context: &Context, kind: Kind) -> Option<JoinHandle<HostNames>> {
    let cluster = context.cluster.clone();
    (kind == Kind::Workload).then(|| tokio::spawn(async move { cluster.host_names().await }))
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

//! `kubectl wasmcloud report`: everything for a bug report, in one file, redacted.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use k8s_openapi::api::core::v1::{ConfigMap, Event};
use kube::core::ApiResource;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{check, version};
use crate::api::Kind;
use crate::api::names::GROUP;
use crate::cli::GlobalArgs;
use crate::cluster::{Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::report::{File, Gathered, MISSING, files, rollouts};
use crate::ui::Ui;

/// What `report` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Secrets are never read, and values of environments and configurations are masked. Look at it before you \
                        send it to anyone."
)]
pub struct ReportArgs {
    /// Where to write it; default is wasmcloud-report-TIME.zip
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Of all namespaces, instead of the one of the context
    #[arg(short = 'A', long)]
    all_namespaces: bool,
}

/// Gathers and writes it. What cannot be read is said in it.
///
/// # Errors
/// When no cluster is configured, or the file is there or cannot be written.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ReportArgs) -> Result<(), Error> {
    let context = Context::connect(ui, global).await?;
    let path = args.output.unwrap_or_else(|| {
        let time = (context.now)().strftime("%Y%m%dT%H%M%SZ");
        PathBuf::from(format!("wasmcloud-report-{time}.zip"))
    });
    let gathered = gather(ui, &context, args.all_namespaces).await;
    let files = files(&gathered);
    write(&path, &files)?;
    if files.iter().any(|file| file.name == MISSING) {
        ui.warning(format!("not everything could be read: {MISSING} in it says what, and why"));
    }
    ui.result(path.display())?;
    ui.hint("Secrets are not in it, and values are masked; look at it all the same before you send it to anyone");
    Ok(())
}

async fn gather(ui: &Ui, context: &Context, all: bool) -> Gathered {
    let bar = ui.bar("gathering", 6);
    let mut gathered = Gathered { versions: version::known(context).await, ..Gathered::default() };
    bar.show(1, 6, "checks");
    let namespace = (!all).then_some(context.namespace.as_str());
    gathered.checks = check::judged(context, namespace).await;
    bar.show(2, 6, "objects");
    for kind in Kind::ALL {
        gathered.objects.push((kind, list(context, &kind.api_resource(), &context.scope(kind, all)).await));
    }
    let scope = if all { Scope::All } else { Scope::Namespace(context.namespace.clone()) };
    bar.show(3, 6, "events");
    let events = list(context, &ApiResource::erase::<Event>(&()), &scope).await;
    gathered.events = Some(events.map(|events| events.into_iter().filter(is_ours).collect()));
    bar.show(4, 6, "configmaps");
    gathered.config_maps = Some(list(context, &ApiResource::erase::<ConfigMap>(&()), &scope).await);
    bar.show(5, 6, "controllers");
    let leases = context.cluster.leases().await.map_err(|error| error.to_string());
    let raw = |lease| serde_json::to_value(lease).unwrap_or_default();
    gathered.leases = Some(leases.map(|leases| leases.into_iter().map(raw).collect()));
    gathered.controllers = Some(context.cluster.controllers().await.map_err(|error| error.to_string()));
    gathered.rollouts = rollouts(&gathered.objects);
    gathered
}

async fn list(context: &Context, resource: &ApiResource, scope: &Scope) -> Result<Vec<Value>, String> {
    context.cluster.list(resource, scope, &Filter::default()).await.map_err(|error| error.to_string())
}

/// Whether an Event is about one of our objects.
fn is_ours(event: &Value) -> bool {
    let about = event["involvedObject"]["apiVersion"].as_str().unwrap_or_default();
    about.starts_with(GROUP)
}

fn write(path: &Path, files: &[File]) -> Result<(), Error> {
    let failed = |source: std::io::Error| Error::File { doing: "cannot write", path: path.to_owned(), source };
    // A report that is there may be one that somebody still wants.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    let mut archive = ZipWriter::new(file);
    let zipped = |error: zip::result::ZipError| failed(std::io::Error::other(error));
    for file in files {
        archive.start_file(&*file.name, SimpleFileOptions::default()).map_err(zipped)?;
        archive.write_all(file.content.as_bytes()).map_err(failed)?;
    }
    archive.finish().map(drop).map_err(zipped)
}

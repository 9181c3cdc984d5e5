//! `local status`: whether it runs, where, and what is in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use kube::ResourceExt;
use serde::Serialize;

use super::DirectoryArg;
use crate::api::{HasConditions, Host};
use crate::cli::GlobalArgs;
use crate::cli::output::Format;
use crate::context::Context;
use crate::error::Error;
use crate::local::directory::{Directory, DirectoryError};
use crate::local::plane::PlaneError;
use crate::report::{render_json, render_yaml};
use crate::ui::Ui;

/// What `status` takes.
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    directory: DirectoryArg,
    /// How to show it
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// What there is to know.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    running: bool,
    directory: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kubeconfig: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_server: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<HostLine>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    objects: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HostLine {
    name: String,
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<String>,
    workloads: i64,
}

/// Shows it. That none runs is no error.
///
/// # Errors
/// When one runs and does not answer.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: StatusArgs) -> Result<(), Error> {
    let path = global.local_directory(args.directory.dir.as_deref())?;
    let status = match Directory::existing(&path) {
        Some(directory) => read(ui, global, directory).await?,
        None => Status { directory: path, ..Status::default() },
    };
    let value = serde_json::to_value(&status).unwrap_or_default();
    ui.raw(&match args.output {
        Some(Format::Json) => render_json(&value),
        Some(Format::Yaml) => render_yaml(&value),
        None => render_lines(&status),
    })
}

async fn read(ui: &Ui, global: &GlobalArgs, directory: Directory) -> Result<Status, Error> {
    let failed = |error: DirectoryError| Error::from(PlaneError::from(error));
    let mut status = Status { directory: directory.path().to_owned(), ..Status::default() };
    let Some(pid) = directory.holder().map_err(failed)? else { return Ok(status) };
    (status.running, status.pid, status.kubeconfig) = (true, pid, Some(directory.kubeconfig()));
    status.api_server = directory.access().map_err(failed)?.map(|access| access.url());
    let global = GlobalArgs { local: Some(Some(directory.path().to_owned())), ..global.clone() };
    let context = Context::connect(ui, &global).await?;
    status.hosts = context.cluster.hosts().await?.iter().map(HostLine::of).collect();
    status.objects = context.cluster.census().await?;
    Ok(status)
}

impl HostLine {
    fn of(host: &Host) -> Self {
        let http = host.hostname.as_ref().zip(host.http_port).map(|(name, port)| format!("http://{name}:{port}"));
        let workloads = host.status.as_ref().and_then(|status| status.workload_count).unwrap_or_default();
        Self { name: host.name_any(), ready: host.is_ready(), http, workloads }
    }
}

fn render_lines(status: &Status) -> String {
    let mut lines = match (status.running, status.pid) {
        (false, _) => "Status:      not running\n".to_owned(),
        (true, Some(pid)) => format!("Status:      running as process {pid}\n"),
        (true, None) => "Status:      running\n".to_owned(),
    };
    let mut line = |label: &str, value: &dyn std::fmt::Display| lines.push_str(&format!("{label:<13}{value}\n"));
    line("Directory:", &status.directory.display());
    if let Some(kubeconfig) = &status.kubeconfig {
        line("Kubeconfig:", &kubeconfig.display());
    }
    if let Some(url) = &status.api_server {
        line("API server:", url);
    }
    for host in &status.hosts {
        let ready = if host.ready { "ready" } else { "not ready" };
        let http = host.http.as_ref().map(|http| format!(", {http}")).unwrap_or_default();
        line("Host:", &format!("{} ({ready}{http}, {} workloads)", host.name, host.workloads));
    }
    let objects: Vec<_> = status.objects.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if !objects.is_empty() {
        line("Objects:", &objects.join(", "));
    }
    lines
}

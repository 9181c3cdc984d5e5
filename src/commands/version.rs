//! `kubectl wasmcloud version`: of this program, of the cluster and of what runs in it.

use clap::Args;
use kube::ResourceExt;
use serde::Serialize;
use serde_json::Value;

use crate::api::names::{GROUP, VERSION};
use crate::api::{self, HasConditions};
use crate::cli::GlobalArgs;
use crate::cli::output::Format;
use crate::cluster::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::report::{render_json, render_yaml};
use crate::ui::Ui;

/// What `version` takes.
#[derive(Debug, Args)]
pub struct VersionArgs {
    /// Only this program's own version; asks no server
    #[arg(long)]
    client: bool,
    /// How to show it
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// All versions there are to know.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    client_version: Client,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_version: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<InCluster>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    git_version: String,
    platform: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InCluster {
    crds: String,
    controller: String,
    hosts: String,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            git_version: format!("v{}", env!("CARGO_PKG_VERSION")),
            platform: format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// Shows them. What may not be read is said to be unknown; only a server that does not answer is an error.
///
/// # Errors
/// When there is no server, or the output cannot be written.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: VersionArgs) -> Result<(), Error> {
    let mut versions = Versions::default();
    let mut outcome = Ok(());
    if !args.client {
        match read(ui, global).await {
            Ok((server, cluster)) => (versions.server_version, versions.cluster) = (Some(server), Some(cluster)),
            Err(error) => outcome = Err(error),
        }
    }
    ui.raw(&render(&versions, args.output))?;
    outcome
}

async fn read(ui: &Ui, global: &GlobalArgs) -> Result<(Value, InCluster), Error> {
    let context = Context::connect(ui, global).await?;
    let server = context.cluster.server_version().await?;
    let unknown = |error: Error| format!("unknown ({error})");
    let crds = crds(&context.cluster).await.unwrap_or_else(unknown);
    let charge = context.cluster.charge((context.now)()).await;
    let controller = charge.map_or_else(unknown, |charge| charge.to_string());
    let hosts = hosts(&context.cluster).await.unwrap_or_else(unknown);
    Ok((server, InCluster { crds, controller, hosts }))
}

async fn crds(cluster: &Cluster) -> Result<String, Error> {
    let mut missing = Vec::new();
    for ours in api::crds() {
        let there = cluster.crd(&ours.name_any()).await?;
        if !there.is_some_and(|crd| serves(&crd, VERSION)) {
            missing.push(ours.spec.names.plural.clone());
        }
    }
    Ok(match missing.len() {
        0 => format!("{GROUP}/{VERSION}"),
        5 => "none (`kubectl wasmcloud install` puts them there)".to_owned(),
        _ => format!("{GROUP}/{VERSION} without {}", missing.join(", ")),
    })
}

fn serves(crd: &Value, version: &str) -> bool {
    let versions = crd.pointer("/spec/versions").and_then(Value::as_array);
    versions.into_iter().flatten().any(|known| known["name"] == version && known["served"] == true)
}

async fn hosts(cluster: &Cluster) -> Result<String, Error> {
    let hosts = cluster.hosts().await?;
    let ready = hosts.iter().filter(|host| host.is_ready()).count();
    Ok(format!("{ready} of {} ready", hosts.len()))
}

fn render(versions: &Versions, format: Option<Format>) -> String {
    let value = serde_json::to_value(versions).unwrap_or_default();
    match format {
        Some(Format::Json) => render_json(&value),
        Some(Format::Yaml) => render_yaml(&value),
        None => render_lines(versions),
    }
}

fn render_lines(versions: &Versions) -> String {
    let mut lines = format!("Client Version: {}\n", versions.client_version.git_version);
    if let Some(server) = versions.server_version.as_ref().and_then(|server| server.get("gitVersion")?.as_str()) {
        lines.push_str(&format!("Server Version: {server}\n"));
    }
    if let Some(InCluster { crds, controller, hosts }) = &versions.cluster {
        lines.push_str(&format!("CRDs: {crds}\nController: {controller}\nHosts: {hosts}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_as_kubectls() {
        let mut versions = Versions::default();
        assert_eq!(render_lines(&versions), concat!("Client Version: v", env!("CARGO_PKG_VERSION"), "\n"));
        versions.server_version = Some(json!({"gitVersion": "v1.36.3"}));
        let words = |word: &str| word.to_owned();
        versions.cluster =
            Some(InCluster { crds: words("g/v"), controller: words("none"), hosts: words("1 of 2 ready") });
        let shown = render_lines(&versions);
        assert!(
            shown.ends_with("Server Version: v1.36.3\nCRDs: g/v\nController: none\nHosts: 1 of 2 ready\n"),
            "{shown}"
        );
    }
}

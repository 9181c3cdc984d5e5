//! `kubectl wasmcloud version`: of this program, of the cluster and of what runs in it.

use clap::Args;
use kube::ResourceExt;
use serde::Serialize;
use serde_json::Value;

use crate::api::names::{GROUP, VERSION};
use crate::api::{self, HasConditions, Host};
use crate::cli::GlobalArgs;
use crate::cli::output::Format;
use crate::cluster::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::plan::check::{image_of, versions};
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    controller_images: Vec<String>,
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
    Ok((server, in_cluster(&context).await))
}

async fn in_cluster(context: &Context) -> InCluster {
    let unknown = |error: Error| format!("unknown ({error})");
    let cluster = &context.cluster;
    let now = (context.now)();
    let (crds, charge, deployed, hosts) =
        tokio::join!(crds(cluster), cluster.charge(now), cluster.controllers(), cluster.hosts());
    // Who may not see Deployments sees one line less.
    let deployed = deployed.unwrap_or_default();
    InCluster {
        crds: crds.unwrap_or_else(unknown),
        controller: charge.map_or_else(unknown, |charge| charge.to_string()),
        controller_images: deployed.iter().filter_map(image_of).map(str::to_owned).collect(),
        hosts: hosts.map_or_else(unknown, |hosts| hosts_line(&hosts)),
    }
}

/// All versions, as data; what cannot be read is left out.
pub(super) async fn known(context: &Context) -> Value {
    let server_version = context.cluster.server_version().await.ok();
    let cluster = Some(in_cluster(context).await);
    serde_json::to_value(Versions { client_version: Client::default(), server_version, cluster }).unwrap_or_default()
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

/// `2 of 2 ready (2.10.3)`; of several versions how many there are of each.
fn hosts_line(hosts: &[Host]) -> String {
    let ready = hosts.iter().filter(|host| host.is_ready()).count();
    let versions: Vec<_> = versions(hosts).into_iter().collect();
    let versions = match versions.as_slice() {
        [] => String::new(),
        [(version, _)] => format!(" ({version})"),
        several => {
            let counts: Vec<_> = several.iter().map(|(version, count)| format!("{count} of {version}")).collect();
            format!(" ({})", counts.join(", "))
        }
    };
    format!("{ready} of {} ready{versions}", hosts.len())
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
    if let Some(InCluster { crds, controller, controller_images, hosts }) = &versions.cluster {
        lines.push_str(&format!("CRDs: {crds}\nController: {controller}\n"));
        controller_images.iter().for_each(|image| lines.push_str(&format!("Controller Image: {image}\n")));
        lines.push_str(&format!("Hosts: {hosts}\n"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hosts_are_counted_by_version() {
        let host = |version: &str| Host {
            status: Some(crate::api::HostStatus { version: version.to_owned(), ..Default::default() }),
            ..Host::default()
        };
        assert_eq!(hosts_line(&[]), "0 of 0 ready");
        assert_eq!(hosts_line(&[host("2.10.3")]), "0 of 1 ready (2.10.3)");
        let mixed = [host("2.10.3"), host("2.9.0"), host("2.10.3")];
        assert_eq!(hosts_line(&mixed), "0 of 3 ready (2 of 2.10.3, 1 of 2.9.0)");
    }

    #[test]
    fn lines_are_as_kubectls() {
        let mut versions = Versions::default();
        assert_eq!(render_lines(&versions), concat!("Client Version: v", env!("CARGO_PKG_VERSION"), "\n"));
        versions.server_version = Some(json!({"gitVersion": "v1.36.3"}));
        let words = |word: &str| word.to_owned();
        versions.cluster = Some(InCluster {
            crds: words("g/v"),
            controller: words("none"),
            controller_images: vec![words("r/x:1")],
            hosts: words("1 of 2 ready"),
        });
        let shown = render_lines(&versions);
        assert!(
            shown.ends_with(
                "Server Version: v1.36.3\nCRDs: g/v\nController: none\nController Image: r/x:1\nHosts: 1 of 2 ready\n"
            ),
            "{shown}"
        );
    }
}

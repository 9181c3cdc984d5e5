//! `kubectl wasmcloud install`: the CustomResourceDefinitions into the cluster.

use std::time::Duration;

use clap::Args;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt;
use kube::core::ApiResource;
use serde::Deserialize;

use crate::api;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{Cluster, DryRun};
use crate::context::Context;
use crate::error::Error;
use crate::plan::apply::{Change, title};
use crate::plan::crds;
use crate::ui::Ui;

/// What `install` takes.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// How long to wait until the API server serves the new kinds; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    timeout: Duration,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
}

/// Installs them; versions and fields that the cluster's have and ours lack stay.
///
/// # Errors
/// When the server refuses them or does not serve them in time.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: InstallArgs) -> Result<(), Error> {
    let context = Context::connect(ui, global).await?;
    let mut applied = Vec::new();
    for ours in api::crds() {
        let (crd, change) = install(&context.cluster, ours, args.dry_run).await?;
        let resource = ApiResource::erase::<CustomResourceDefinition>(&());
        ui.result(format!("{} {change}{}", title(&resource, &crd.name_any()), args.dry_run.suffix()))?;
        applied.push(crd);
    }
    if args.dry_run == DryRun::None {
        until_established(ui, &context.cluster, &applied, args.timeout).await?;
    }
    Ok(())
}

async fn install(
    cluster: &Cluster,
    ours: CustomResourceDefinition,
    dry_run: DryRun,
) -> Result<(CustomResourceDefinition, Change), Error> {
    let unreadable = |error: serde_json::Error| Error::Kubernetes(error.to_string());
    let before = cluster.crd(&ours.name_any()).await?;
    let known = before.as_ref().map(CustomResourceDefinition::deserialize).transpose().map_err(unreadable)?;
    let wanted = match &known {
        Some(known) => crds::merge(ours, known).map_err(unreadable)?,
        None => ours,
    };
    let change = match dry_run {
        DryRun::Client => Change::intended(before.as_ref(), &serde_json::to_value(&wanted).map_err(unreadable)?),
        DryRun::None => Change::between(before.as_ref(), &cluster.apply_crd(&wanted, false).await?),
        DryRun::Server => Change::between(before.as_ref(), &cluster.apply_crd(&wanted, true).await?),
    };
    Ok((wanted, change))
}

async fn until_established(
    ui: &Ui,
    cluster: &Cluster,
    crds: &[CustomResourceDefinition],
    timeout: Duration,
) -> Result<(), Error> {
    let bar = ui.bar("waiting for the API server", crds.len() as u64);
    let wait = async {
        for (done, crd) in crds.iter().enumerate() {
            bar.show(done as u64, crds.len() as u64, &crd.name_any());
            cluster.until_established(crd).await?;
        }
        Ok(())
    };
    match timeout {
        Duration::ZERO => wait.await,
        timeout => tokio::time::timeout(timeout, wait).await.unwrap_or_else(|_| {
            let help = "`kubectl describe crd` shows why a definition is not accepted".to_owned();
            Err(Error::TimedOut { what: "the definitions to be established".to_owned(), help: Some(help) })
        }),
    }
}

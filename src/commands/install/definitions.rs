//! The CustomResourceDefinitions.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt;
use kube::core::ApiResource;
use serde::Deserialize;

use crate::api;
use crate::cluster::{Cluster, DryRun};
use crate::commands::in_time::in_time;
use crate::error::Error;
use crate::plan::apply::{Change, title};
use crate::plan::crds;
use crate::ui::Ui;

/// Applies them, and waits until they are served.
pub(super) async fn install(ui: &Ui, cluster: &Cluster, dry_run: DryRun, timeout: Duration) -> Result<(), Error> {
    let mut applied = Vec::new();
    for ours in api::crds() {
        let (crd, change) = install_one(cluster, ours, dry_run).await?;
        let resource = ApiResource::erase::<CustomResourceDefinition>(&());
        ui.result(format!("{} {change}{}", title(&resource, &crd.name_any()), dry_run.suffix()))?;
        applied.push(crd);
    }
    match dry_run {
        DryRun::None => until_established(ui, cluster, &applied, timeout).await,
        DryRun::Client | DryRun::Server => Ok(()),
    }
}

async fn install_one(
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
    in_time(timeout, wait).await.unwrap_or_else(|| {
        let help = "`kubectl describe crd` shows why a definition is not accepted".to_owned();
        Err(Error::TimedOut { what: "the definitions to be established".to_owned(), help: Some(help) })
    })
}

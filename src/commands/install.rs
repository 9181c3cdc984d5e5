//! `kubectl wasmcloud install`: the CustomResourceDefinitions into the cluster, and a controller where one is wanted.

mod controller;
mod definitions;

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::crds::Format;
use super::rbac::render_all;
use crate::api;
use crate::api::names::CONTROLLER_NAMESPACE;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::plan::install::{Controller, controller_objects};
use crate::ui::Ui;

/// What `install` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # The definitions alone; the controller runs elsewhere, such as in this terminal
  kubectl wasmcloud install
  kubectl wasmcloud run-controller

  # With a controller in the cluster, whose NATS server asks for credentials
  kubectl wasmcloud install --controller --image=REF --nats-creds-secret=nats-creds --wait

  # As manifests, for review or for GitOps; no cluster is asked
  kubectl wasmcloud install --controller --image=REF --export

  # With more flags of run-controller
  kubectl wasmcloud install --controller --image=REF -- --allow-shared-hosts=false")]
pub struct InstallArgs {
    #[command(flatten)]
    controller: controller::ControllerArgs,
    /// Print what would be applied, for `kubectl apply --server-side -f -`; asks no server
    #[arg(long, conflicts_with_all = ["dry_run", "wait"])]
    export: bool,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, requires = "export", hide_default_value = true)]
    output: Format,
    /// Wait until the controller is available
    #[arg(long, requires = "controller")]
    wait: bool,
    /// How long to wait until the API server serves the new kinds, and for the controller; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    timeout: Duration,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
}

/// Installs them; versions and fields that the cluster's have and ours lack stay.
///
/// # Errors
/// When the server refuses them, does not serve them in time, or the controller does not become available in time.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: InstallArgs) -> Result<(), Error> {
    let namespace = global.namespace.as_deref().unwrap_or(CONTROLLER_NAMESPACE);
    let wanted = args.controller.wanted(namespace)?;
    if args.export {
        return export(ui, wanted.as_ref(), args.output);
    }
    let context = Context::connect(ui, global).await?;
    definitions::install(ui, &context.cluster, args.dry_run, args.timeout).await?;
    let Some(controller) = wanted else { return Ok(()) };
    controller::apply(ui, &context, &controller, args.dry_run).await?;
    match args.wait && args.dry_run == DryRun::None {
        true => controller::until_available(ui, &context, &controller, args.timeout).await,
        false => Ok(()),
    }
}

fn export(ui: &Ui, controller: Option<&Controller>, format: Format) -> Result<(), Error> {
    let crds = api::crds().iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>();
    let mut objects = crds.map_err(|error| Error::Kubernetes(error.to_string()))?;
    objects.extend(controller.map(controller_objects).unwrap_or_default());
    ui.raw(&render_all(objects, format))
}

//! `kubectl wasmcloud uninstall`: takes away what `install` put there, and leaves nothing hanging behind.

use std::time::Duration;

use clap::Args;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::ApiResource;
use kube::core::params::DeleteParams;

use crate::cli::{GlobalArgs, duration};
use crate::cluster::DryRun;
use crate::commands::in_time::in_time;
use crate::context::Context;
use crate::error::Error;
use crate::plan::apply::title;
use crate::plan::uninstall::{Plan, Request, plan_uninstall};
use crate::ui::Ui;

/// What `uninstall` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # See what would go, and whether it can
  kubectl wasmcloud uninstall --dry-run

  # Only the controller; definitions and all objects stay
  kubectl wasmcloud uninstall --keep-crds

  # After a controller was lost for good: let objects go that nobody else can let go
  kubectl wasmcloud uninstall --rescue")]
pub struct UninstallArgs {
    /// Leave the CustomResourceDefinitions, and all objects with them
    #[arg(long)]
    keep_crds: bool,
    /// Take off finalizers that no controller will take off any more; refused while Workloads still run
    #[arg(long)]
    rescue: bool,
    /// How long to wait until everything is gone; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    timeout: Duration,
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: DryRun,
}

/// Says what will go, asks, and does it.
///
/// # Errors
/// When something would be left behind, nobody says yes, the server refuses, or something is not gone in time.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: UninstallArgs) -> Result<(), Error> {
    let context = Context::connect(ui, global).await?;
    let request = Request { keep_crds: args.keep_crds, rescue: args.rescue };
    let plan = plan_uninstall(&context.cluster.observe_installed((context.now)()).await?, request)?;
    plan.warnings.iter().for_each(|warning| ui.warning(warning));
    if plan.is_empty() {
        ui.status("No resources found");
        return Ok(());
    }
    if args.dry_run == DryRun::None && !agreed(ui, &plan)? {
        ui.status("uninstall is cancelled");
        return Ok(());
    }
    let removal = Removal { ui, context: &context, args: &args };
    removal.controller(&plan).await?;
    removal.release(&plan).await?;
    removal.definitions(&plan).await
}

fn agreed(ui: &Ui, plan: &Plan) -> Result<bool, Error> {
    for object in &plan.installed {
        ui.status(format!("{} goes", title(&object.resource, &object.name)));
    }
    if !plan.released.is_empty() {
        let objects = if plan.released.len() == 1 { "object" } else { "objects" };
        ui.status(format!("finalizers are taken off {} {objects}", plan.released.len()));
    }
    if !plan.crds.is_empty() {
        ui.status(format!("{} CustomResourceDefinitions go", plan.crds.len()));
    }
    if !plan.lost.is_empty() {
        ui.warning(format!("all objects go with their definitions: {}", plan.lost));
    }
    ui.confirm("Uninstall?")
}

struct Removal<'a> {
    ui: &'a Ui,
    context: &'a Context,
    args: &'a UninstallArgs,
}

impl Removal<'_> {
    /// The controller goes first, and is waited for: it would put back what is taken away after it.
    async fn controller(&self, plan: &Plan) -> Result<(), Error> {
        for object in &plan.installed {
            self.remove(&object.resource, object.namespace.as_deref(), &object.name).await?;
        }
        Ok(())
    }

    async fn release(&self, plan: &Plan) -> Result<(), Error> {
        for object in &plan.released {
            let cluster = &self.context.cluster;
            match self.args.dry_run {
                DryRun::Client => {}
                dry_run => {
                    let try_only = dry_run == DryRun::Server;
                    cluster.release(object.kind, &object.namespace, &object.name, try_only).await?;
                }
            }
            let title = format!("{}/{}", object.kind.qualified(), object.name);
            self.ui.result(format!("{title} finalizers removed{}", self.args.dry_run.suffix()))?;
        }
        Ok(())
    }

    async fn definitions(&self, plan: &Plan) -> Result<(), Error> {
        let resource = ApiResource::erase::<CustomResourceDefinition>(&());
        for name in &plan.crds {
            self.remove(&resource, None, name).await?;
        }
        Ok(())
    }

    /// Deletes one object and all it owns, and waits until it is gone.
    async fn remove(&self, resource: &ApiResource, namespace: Option<&str>, name: &str) -> Result<(), Error> {
        let params = DeleteParams::foreground();
        let params = if self.args.dry_run == DryRun::Server { params.dry_run() } else { params };
        let cluster = &self.context.cluster;
        let uid = match self.args.dry_run {
            DryRun::Client => None,
            _ => match cluster.delete(resource, namespace, name, &params).await {
                Ok(uid) => uid,
                // Someone else was faster.
                Err(error) if error.is_not_found() => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        if self.args.dry_run == DryRun::None {
            let wait = cluster.until_gone(resource, namespace, name, uid.as_deref());
            self.in_time(wait, resource, name).await?;
        }
        let kind = title(resource, "").trim_end_matches('/').to_owned();
        let from = namespace.map(|namespace| format!(" from {namespace} namespace")).unwrap_or_default();
        self.ui.result(format!("{kind} \"{name}\" deleted{from}{}", self.args.dry_run.suffix()))
    }

    async fn in_time(
        &self,
        wait: impl Future<Output = Result<(), Error>>,
        resource: &ApiResource,
        name: &str,
    ) -> Result<(), Error> {
        let title = format!("{}/{name}", resource.plural);
        let help = format!("`kubectl get {title} -o yaml` shows what holds it; running this again goes on from here");
        let timed_out = || Err(Error::TimedOut { what: format!("the end of {title}"), help: Some(help) });
        in_time(self.args.timeout, wait).await.unwrap_or_else(timed_out)
    }
}

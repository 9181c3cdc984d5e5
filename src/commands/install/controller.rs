//! A controller that runs in the cluster.

use std::time::Duration;

use clap::{Args, CommandFactory, Parser};
use futures::StreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::Value;

use crate::cluster::{Change as News, DryRun, Filter, Scope};
use crate::commands::in_time::in_time;
use crate::commands::run_controller::ControllerFlags;
use crate::context::Context;
use crate::error::Error;
use crate::plan::apply::{Change, Resolved, title};
use crate::plan::charge::Charge;
use crate::plan::install::{Controller, NAME, arguments, controller_objects, is_available};
use crate::ui::Ui;

/// The controller that is wanted.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Controller")]
pub(super) struct ControllerArgs {
    /// Also run a controller in the cluster; its namespace is --namespace, else wasmcloud-system
    #[arg(long, requires = "image")]
    controller: bool,
    /// Image with this program
    #[arg(long, value_name = "REF", requires = "controller")]
    image: Option<String>,
    /// Secret with access to the image's registry
    #[arg(long, value_name = "SECRET", requires = "controller")]
    pull_secret: Option<String>,
    /// Pods; one of them is in charge, the others wait
    #[arg(long, value_name = "N", default_value_t = 1, requires = "controller")]
    replicas: u32,
    /// NATS server that hosts are reached through, as the controller reaches it
    #[arg(long, value_name = "URL", default_value = "nats://nats:4222", requires = "controller")]
    nats_url: String,
    /// Secret with NATS credentials under the key nats.creds
    #[arg(long, value_name = "SECRET", requires = "controller")]
    nats_creds_secret: Option<String>,
    /// Secret with ca.crt, tls.crt and tls.key for NATS
    #[arg(long, value_name = "SECRET", requires = "controller")]
    nats_tls_secret: Option<String>,
    /// Namespaces to reconcile, with commas between, which get Roles instead of a ClusterRole; default is all
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', requires = "controller")]
    watch_namespaces: Vec<String>,
    /// Namespaces of the Pods of hosts, with commas between; default is all
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', requires = "controller")]
    host_namespaces: Vec<String>,
    /// More flags of run-controller
    #[arg(last = true, value_name = "FLAGS", requires = "controller")]
    more: Vec<String>,
}

/// `run-controller`, as the Pod will read it.
#[derive(Debug, Parser)]
#[command(name = "kubectl wasmcloud run-controller")]
struct Started {
    #[command(flatten)]
    _flags: ControllerFlags,
}

impl ControllerArgs {
    /// The controller, if one is wanted.
    ///
    /// # Errors
    /// When it could not read the flags it is given.
    pub(super) fn wanted(&self, namespace: &str) -> Result<Option<Controller>, Error> {
        let Some(image) = self.image.clone().filter(|_| self.controller) else { return Ok(None) };
        let controller = Controller {
            namespace: namespace.to_owned(),
            image,
            replicas: self.replicas,
            nats_url: self.nats_url.clone(),
            nats_creds_secret: self.nats_creds_secret.clone(),
            nats_tls_secret: self.nats_tls_secret.clone(),
            pull_secret: self.pull_secret.clone(),
            watch_namespaces: self.watch_namespaces.clone(),
            host_namespaces: self.host_namespaces.clone(),
            more: self.more.clone(),
        };
        match Started::command().try_get_matches_from(arguments(&controller)) {
            Ok(_) => Ok(Some(controller)),
            Err(error) => {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
                let help = "`kubectl wasmcloud run-controller --help` shows its flags";
                Err(Error::usage_with(format!("the controller could not start: {first}"), help))
            }
        }
    }
}

/// Applies its objects.
pub(super) async fn apply(ui: &Ui, context: &Context, controller: &Controller, dry_run: DryRun) -> Result<(), Error> {
    if let Charge::Held { holder } = context.cluster.charge((context.now)()).await.unwrap_or(Charge::Nobody)
        && !holder.contains(NAME)
    {
        ui.warning(format!("{holder} is in charge; this controller waits for the Lease until that one is stopped"));
    }
    for (object, Resolved { resource, namespaced }) in resolved(context, controller_objects(controller)).await? {
        let namespace = namespaced.then_some(controller_namespace(&object, controller));
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let before = match context.cluster.get(&resource, namespace, name).await {
            Err(error) if error.is_not_found() => None,
            found => Some(found?),
        };
        // What else a namespace has is its own matter.
        if resource.kind == "Namespace" && before.is_some() {
            continue;
        }
        let change = match (dry_run, &before) {
            // Its namespace is not there, so that the server could check nothing.
            (DryRun::Client, _) | (DryRun::Server, None) => Change::intended(before.as_ref(), &object),
            (DryRun::Server, Some(_)) => {
                let after = context.cluster.apply(&resource, namespace, &object, true, true).await?;
                Change::between(before.as_ref(), &after)
            }
            (DryRun::None, _) => {
                let after = context.cluster.apply(&resource, namespace, &object, true, false).await?;
                Change::between(before.as_ref(), &after)
            }
        };
        ui.result(format!("{} {change}{}", title(&resource, name), dry_run.suffix()))?;
    }
    Ok(())
}

fn controller_namespace<'a>(object: &'a Value, controller: &'a Controller) -> &'a str {
    object["metadata"]["namespace"].as_str().unwrap_or(&controller.namespace)
}

/// Looks up all before the first is written; the Deployment, which not every server has, before all others.
async fn resolved(context: &Context, objects: Vec<Value>) -> Result<Vec<(Value, Resolved)>, Error> {
    let mut found = Vec::new();
    for object in objects.into_iter().rev() {
        let resolved = resolve(context, &object).await?;
        found.push((object, resolved));
    }
    found.reverse();
    Ok(found)
}

async fn resolve(context: &Context, object: &Value) -> Result<Resolved, Error> {
    let word = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
    let (api_version, kind) = (word("apiVersion"), word("kind"));
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let wanted = GroupVersionKind::gvk(group, version, &kind);
    let found = context.cluster.resolve([wanted.clone()]).await?.remove(&wanted);
    found.ok_or_else(|| match group {
        "apps" => Error::usage_with(
            "this server runs no Deployments",
            "a local control plane has its controller in it; elsewhere `kubectl wasmcloud run-controller` runs one",
        ),
        _ => Error::NoResourceType(kind.to_lowercase()),
    })
}

/// Waits until all Pods of its Deployment are available.
pub(super) async fn until_available(
    ui: &Ui,
    context: &Context,
    controller: &Controller,
    timeout: Duration,
) -> Result<(), Error> {
    let bar = ui.bar("waiting for the controller", 1);
    let scope = Scope::Namespace(controller.namespace.clone());
    let resource = ApiResource::erase::<Deployment>(&());
    let mut changes = context.cluster.watch(&resource, &scope, &Filter::named(NAME));
    let wait = async {
        while let Some(change) = changes.next().await {
            let there = match change? {
                News::All(all) => all.iter().any(is_available),
                News::Changed(deployment) => is_available(&deployment),
                News::Gone(_) => false,
            };
            bar.show(u64::from(there), 1, NAME);
            if there {
                return ui.result(format!("deployment \"{NAME}\" successfully rolled out"));
            }
        }
        Ok(())
    };
    let help =
        format!("`kubectl describe pods -l app.kubernetes.io/name={NAME} -n {}` shows why", controller.namespace);
    let what = format!("deployment \"{NAME}\" to be available");
    in_time(timeout, wait).await.unwrap_or_else(|| Err(Error::TimedOut { what, help: Some(help) }))
}

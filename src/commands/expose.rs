//! `kubectl wasmcloud expose`: a Service that leads to a deployment.

use clap::Args;
use k8s_openapi::api::core::v1::Service;
use kube::core::ApiResource;
use serde_json::Value;

use super::selected::{self, Selected};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::{FileArgs, TargetArgs, WriteArgs};
use crate::cluster::{DryRun, Writing};
use crate::context::Context;
use crate::error::Error;
use crate::plan::expose::{self, ServiceType, Wish};
use crate::plan::selection::Aim;
use crate::ui::Ui;

/// What `expose` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud expose (NAME | TYPE NAME | TYPE/NAME | -f FILE) [--port=PORT] [--name=NAME] [--type=TYPE] [flags]",
    after_help = "The Service's port is named http and it has no selector: the controller keeps an EndpointSlice with the hosts \
                  that run the deployment. The deployment's spec.kubernetes.service.name names the Service from then on."
)]
pub struct ExposeArgs {
    /// The deployment
    #[arg(value_name = "TYPE/NAME")]
    words: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
    /// The port the Service listens on
    #[arg(long, value_name = "PORT", default_value_t = 80, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The port it leads to; hosts are reached on their own HTTP port, whatever this says
    #[arg(long, value_name = "PORT")]
    target_port: Option<String>,
    /// The Service's name; otherwise the deployment's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How the Service is reached
    #[arg(long = "type", value_name = "TYPE", value_enum, default_value_t)]
    kind: ServiceType,
    /// The Service's labels
    #[arg(short, long, value_name = "KEY=VALUE,…")]
    labels: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

const AIM: Aim = Aim { verb: "expose", bare: Some(Kind::WorkloadDeployment), refuse: expose::refuse };

/// Makes the Service, and has the deployment name it.
///
/// # Errors
/// When there is no such deployment, it answers no HTTP, there is a Service of that name, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ExposeArgs) -> Result<(), Error> {
    let labels = args.labels.as_deref().map(expose::labels).transpose().map_err(Error::usage)?.unwrap_or_default();
    let (name, target_port) = (args.name.clone(), args.target_port.clone());
    let wish = Wish { name, port: args.port, target_port, kind: args.kind, labels };
    let target = TargetArgs { words: args.words.clone(), files: args.files.clone(), ..TargetArgs::default() };
    let wanted = selected::wanted(ui, &target, false, &AIM).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &target, &AIM, wanted).await?;
    if wish.name.is_some() && selections.objects.len() > 1 {
        return Err(Error::usage("--name is for one deployment, and there are several"));
    }
    if wish.target_port.is_some() {
        ui.warning("hosts are reached on their own HTTP port; --target-port changes nothing about that");
    }
    for deployment in &selections.objects {
        expose_one(ui, &context, &args.write, deployment, &wish).await?;
    }
    selections.outcome()
}

async fn expose_one(
    ui: &Ui,
    context: &Context,
    write: &WriteArgs,
    deployment: &Selected,
    wish: &Wish,
) -> Result<(), Error> {
    let mut service = expose::service(&deployment.object, wish)?;
    let name = service.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let title = format!("service/{name}");
    if write.dry_run != DryRun::Client {
        service = match make(context, write, deployment, &service).await {
            Err(error) if is_there(&error) => {
                ui.error(&error);
                ui.hint(what_of_the_other(&deployment.object, (deployment.name(), &name)));
                return Err(Error::Reported);
            }
            made => made?,
        };
    }
    write.tell_of(ui, (&title, &service), "exposed")?;
    if let Some(host) = expose::http_host(&deployment.object).filter(|_| write.dry_run == DryRun::None) {
        ui.hint(format!(
            "it answers requests for {host}: curl -H 'Host: {host}' http://{name}.{}",
            deployment.namespace()
        ));
    }
    Ok(())
}

/// Has both tried before either is done: a Service that nothing leads to would only be in the way.
async fn make(context: &Context, write: &WriteArgs, deployment: &Selected, service: &Value) -> Result<Value, Error> {
    let resource = ApiResource::erase::<Service>(&());
    let namespace = Some(deployment.namespace());
    let name = service.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let link = expose::link(&deployment.object, name);
    let trying = Writing { try_only: true, ..write.writing() };
    let mut made = Value::Null;
    for writing in [trying, write.writing()] {
        made = context.cluster.create(&resource, namespace, service, writing).await?;
        if let Some(link) = &link {
            let kind = deployment.kind.api_resource();
            context.cluster.merge_patch(&kind, namespace, (deployment.name(), None), link, writing).await?;
        }
        if write.dry_run == DryRun::Server {
            break;
        }
    }
    Ok(made)
}

fn is_there(error: &Error) -> bool {
    matches!(error, Error::Api(status) if status.is_already_exists())
}

/// What to do about a Service that is there already.
fn what_of_the_other(object: &Value, (deployment, service): (&str, &str)) -> String {
    match expose::link(object, service) {
        None => format!("the deployment is exposed by it already; `kubectl get service {service}` shows it"),
        Some(link) => format!(
            "--name makes another one; the existing one leads to the deployment once that names it:\n      \
             kubectl patch workloaddeployment.runtime.wasmcloud.dev/{deployment} --type=merge -p '{link}'"
        ),
    }
}

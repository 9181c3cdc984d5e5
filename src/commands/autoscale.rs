//! `kubectl wasmcloud autoscale`: a HorizontalPodAutoscaler that can work, since not every one can.

use clap::Args;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use kube::core::ApiResource;

use super::selected;
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::{FileArgs, TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::plan::autoscale::{self, Metric, Wish, autoscaler};
use crate::plan::selection::Aim;
use crate::ui::Ui;

/// What `autoscale` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud autoscale (NAME | TYPE NAME | TYPE/NAME | -f FILE) [--min=COUNT] --max=COUNT (--external-metric=NAME | --object=KIND/NAME:METRIC) --average-value=QUANTITY [flags]",
    after_help = "Workloads are no Pods: CPU and memory cannot be scaled by. An External or Object metric can, and it is divided by \
                  the replicas. The cluster needs an adapter that serves the metric, such as KEDA or prometheus-adapter."
)]
pub struct AutoscaleArgs {
    /// The deployment
    #[arg(value_name = "TYPE/NAME")]
    words: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
    /// No fewer replicas than this
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    min: Option<i32>,
    /// No more replicas than this
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    max: Option<i32>,
    /// A metric of something outside the cluster, with labels
    #[arg(long, value_name = "NAME[,KEY=VALUE…]", value_parser = Metric::external, conflicts_with = "object")]
    external_metric: Option<Metric>,
    /// A metric of an object in the cluster
    #[arg(long, value_name = "KIND/NAME:METRIC", value_parser = Metric::object)]
    object: Option<Metric>,
    /// How much of the metric each replica is to get
    #[arg(long, value_name = "QUANTITY", value_parser = autoscale::quantity)]
    average_value: Option<String>,
    /// The autoscaler's name; otherwise the deployment's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[arg(long, hide = true)]
    cpu: Option<String>,
    #[arg(long, hide = true)]
    cpu_percent: Option<String>,
    #[arg(long, hide = true)]
    memory: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

const AIM: Aim = Aim { verb: "autoscale", bare: Some(Kind::WorkloadDeployment), refuse: autoscale::refuse };

/// Makes the autoscaler.
///
/// # Errors
/// When it could not work, there is no such deployment, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: AutoscaleArgs) -> Result<(), Error> {
    let wish = wish(&args)?;
    let target = TargetArgs { words: args.words.clone(), files: args.files.clone(), ..TargetArgs::default() };
    let wanted = selected::wanted(ui, &target, false, &AIM).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &target, &AIM, wanted).await?;
    if wish.name.is_some() && selections.objects.len() > 1 {
        return Err(Error::usage("--name is for one deployment, and there are several"));
    }
    let resource = ApiResource::erase::<HorizontalPodAutoscaler>(&());
    for deployment in &selections.objects {
        let mut made = autoscaler(&deployment.object, &wish);
        if args.write.dry_run != DryRun::Client {
            let namespace = Some(deployment.namespace());
            made = context.cluster.create(&resource, namespace, &made, args.write.writing()).await?;
        }
        let name = made["metadata"]["name"].as_str().unwrap_or_default();
        let title = format!("horizontalpodautoscaler.autoscaling/{name}");
        args.write.tell_of(ui, (&title, &made), "autoscaled")?;
    }
    selections.outcome()
}

fn wish(args: &AutoscaleArgs) -> Result<Wish, Error> {
    let of_pods = [("--cpu", &args.cpu), ("--cpu-percent", &args.cpu_percent), ("--memory", &args.memory)];
    if let Some((flag, _)) = of_pods.into_iter().find(|(_, value)| value.is_some()) {
        return Err(autoscale::no_pods(flag));
    }
    let (min, max) = autoscale::bounds(args.min, args.max)?;
    let metric = args.external_metric.clone().or_else(|| args.object.clone());
    match (metric, &args.average_value) {
        (Some(metric), Some(average)) => {
            Ok(Wish { name: args.name.clone(), min, max, metric, average: average.clone() })
        }
        (Some(_), None) => Err(Error::usage_with(
            "--average-value is required",
            "it says how much of the metric each replica is to get, such as 100 messages",
        )),
        (None, _) => Err(Error::usage_with(
            "a metric is required: Workloads are no Pods, so there is none by default",
            "--external-metric=NAME or --object=KIND/NAME:METRIC",
        )),
    }
}

//! `kubectl wasmcloud logs`: where the log is of what runs an object.

use std::collections::BTreeMap;

use clap::Args;
use kube::ResourceExt;
use serde_json::Value;

use super::selected::{self, Selected};
use crate::api::{Host, Kind, Workload, is_owned_by};
use crate::cli::GlobalArgs;
use crate::cli::output::{StatusFormat, StatusFormatParser};
use crate::cli::target::TargetArgs;
use crate::cluster::Scope;
use crate::context::Context;
use crate::error::Error;
use crate::plan::logs::{KnownPods, Log, command};
use crate::plan::rollout::host_of;
use crate::plan::selection::{Aim, Refusal};
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "logs", bare: None, refuse };

/// What `logs` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud logs (TYPE NAME… | TYPE/NAME… | TYPE -l SELECTOR | -f FILE) [flags]",
    after_help = "What a Workload writes is in the log of its host. This prints the command that shows it:\n\
                  kubectl wasmcloud logs wd/NAME | sh runs it. Lines that begin with # say whose it is."
)]
pub struct LogsArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// How to show it, if not as commands
    #[arg(short, long, value_parser = StatusFormatParser, value_name = "FORMAT")]
    output: Option<StatusFormat>,
}

fn refuse(kind: Kind) -> Option<Refusal> {
    (kind == Kind::Artifact).then(|| Refusal {
        message: "an Artifact does not run, and has no log".to_owned(),
        instead: "`describe artifact/NAME` names the deployments that use it; `logs wd/NAME` is for these".to_owned(),
    })
}

/// Says where the logs are.
///
/// # Errors
/// When the words make no sense, something is not there, or a request fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: LogsArgs) -> Result<(), Error> {
    let wanted = selected::wanted(ui, &args.target, false, &AIM).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &AIM, wanted).await?;
    if selections.objects.is_empty() && !selections.missing {
        ui.status("No resources found");
        return Ok(());
    }
    let mut on_hosts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for selected in &selections.objects {
        for workload in workloads_of(&context, selected).await? {
            note(ui, &mut on_hosts, &workload);
        }
        if selected.kind == Kind::Host {
            on_hosts.entry(selected.read::<Host>()?.host_id).or_default();
        }
    }
    if on_hosts.is_empty() && !selections.missing {
        let words = "none of them is on a host; `kubectl wasmcloud describe` says what each waits for";
        return Err(Error::Kubernetes(words.to_owned()));
    }
    let logs = locate(&context, global, on_hosts).await?;
    show(ui, args.output, &logs)?;
    selections.outcome()
}

/// The Workloads of an object, itself among them.
async fn workloads_of(context: &Context, selected: &Selected) -> Result<Vec<Workload>, Error> {
    let scope = Scope::Namespace(selected.namespace().to_owned());
    let mut owners =
        vec![selected.object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default().to_owned()];
    match selected.kind {
        Kind::Workload => return Ok(vec![selected.read()?]),
        Kind::Host | Kind::Artifact => return Ok(Vec::new()),
        Kind::WorkloadReplicaSet => {}
        Kind::WorkloadDeployment => {
            let sets = context.cluster.replica_sets(&scope).await?;
            let own = sets.into_iter().filter(|set| is_owned_by(&set.metadata, &owners[0]));
            owners = own.filter_map(|set| set.metadata.uid).collect();
        }
    }
    let mut workloads = context.cluster.workloads(&scope).await?;
    workloads.retain(|workload| owners.iter().any(|uid| is_owned_by(&workload.metadata, uid)));
    Ok(workloads)
}

fn note(ui: &Ui, on_hosts: &mut BTreeMap<String, Vec<String>>, workload: &Workload) {
    let name = format!("{}/{}", workload.namespace().unwrap_or_default(), workload.name_any());
    match host_of(workload) {
        Some(host) => on_hosts.entry(host).or_default().push(name),
        None => ui.warning(format!("Workload {name} is on no host")),
    }
}

async fn locate(
    context: &Context,
    global: &GlobalArgs,
    on_hosts: BTreeMap<String, Vec<String>>,
) -> Result<Vec<Log>, Error> {
    let charge = async { context.cluster.charge((context.now)()).await.ok() };
    let (hosts, charge, pods) = tokio::join!(context.cluster.hosts(), charge, context.cluster.host_pods());
    let hosts = hosts?;
    let pods = match pods {
        _ if charge.is_some_and(|charge| charge.is_local()) => KnownPods::Local,
        Ok(pods) => KnownPods::of(pods),
        Err(Error::Api(status)) => KnownPods::Forbidden(status.message.clone()),
        Err(error) => return Err(error),
    };
    let flags = cluster_flags(global);
    let mut logs: Vec<_> =
        on_hosts.into_iter().map(|(id, workloads)| log(&hosts, &pods, &flags, &id, workloads)).collect();
    logs.sort_by(|a, b| a.host.cmp(&b.host));
    Ok(logs)
}

fn log(hosts: &[Host], pods: &KnownPods, flags: &[String], id: &str, mut workloads: Vec<String>) -> Log {
    workloads.sort();
    let Some(host) = hosts.iter().find(|host| host.host_id == id) else {
        let place = Some("no Host of that id is there any more".to_owned());
        return Log { host: id.to_owned(), workloads, place, ..Log::default() };
    };
    let (hostname, environment) = (host.hostname.as_deref(), host.environment.as_deref());
    let hostname = hostname.unwrap_or_default();
    let pod = pods.pod_of(hostname, environment.unwrap_or_default());
    let place = pod.is_none().then(|| pods.elsewhere(hostname));
    Log { host: host.name_any(), workloads, command: pod.as_ref().map(|pod| command(pod, flags)), pod, place }
}

/// What leads kubectl to the same cluster.
fn cluster_flags(global: &GlobalArgs) -> Vec<String> {
    let kubeconfig = global.kubeconfig.as_ref().map(|path| path.display().to_string());
    let flags = [
        ("context", global.context.clone()),
        ("kubeconfig", kubeconfig),
        ("cluster", global.cluster.clone()),
        ("user", global.user.clone()),
        ("server", global.server.clone()),
        ("as", global.as_user.clone()),
    ];
    flags.into_iter().filter_map(|(flag, value)| value.map(|value| format!("--{flag}={value}"))).collect()
}

fn show(ui: &Ui, format: Option<StatusFormat>, logs: &[Log]) -> Result<(), Error> {
    let value = || serde_json::to_value(logs).unwrap_or_default();
    let pods = logs.iter().filter_map(|log| log.pod.as_ref());
    match format {
        Some(format) => format.print(ui, value, pods.map(|pod| format!("pod/{}", pod.name))),
        None => logs.iter().flat_map(lines).try_for_each(|line| ui.result(line)),
    }
}

/// Whose log it is, as a comment for shells, and the command.
fn lines(log: &Log) -> Vec<String> {
    let pod = log.pod.as_ref().map(|pod| format!(", Pod {}/{}", pod.namespace, pod.name)).unwrap_or_default();
    let runs = if log.workloads.is_empty() { String::new() } else { format!(": {}", log.workloads.join(", ")) };
    let head = format!("# host {}{pod}{runs}", log.host);
    let place = log.place.as_ref().map(|place| format!("# {place}"));
    [Some(head), place, log.command.clone()].into_iter().flatten().collect()
}

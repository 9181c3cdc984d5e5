//! `kubectl wasmcloud drain`: hosts are left by their Workloads, replacements first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clap::Args;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use k8s_openapi::api::core::v1::Event;
use kube::core::ApiResource;
use serde_json::Value;

use super::cordon;
use super::selected::{self, Selected};
use crate::api::{Host, Kind, Workload, WorkloadDeployment};
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{Change, DryRun, Filter, Scope};
use crate::commands::in_time::in_time;
use crate::context::Context;
use crate::error::Error;
use crate::plan::drain::{self, Ask, Drains, News, forecast};
use crate::plan::selection::Aim;
use crate::ui::{Bar, Ui};

/// What `drain` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud drain (HOST… | -l SELECTOR) [flags]",
    after_help = "A Workload is stopped when its replacement is available on another host; with deployPolicy Recreate it is stopped \
                  first. `uncordon` ends a drain, and lets new Workloads come again. Upstream's operator ignores both."
)]
pub struct DrainArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// How long to wait until the hosts are empty; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    #[command(flatten)]
    write: WriteArgs,
}

const AIM: Aim = Aim { verb: "drain", bare: Some(Kind::Host), refuse: |kind| drain::refuse(kind, "drain") };

/// Drains hosts.
///
/// # Errors
/// When there is no such host, whoever is in charge ignores it, nobody agrees, or the time is up.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DrainArgs) -> Result<(), Error> {
    let wanted = selected::wanted(ui, &args.target, false, &AIM).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &AIM, wanted).await?;
    if selections.objects.is_empty() {
        selections.tell_none(ui, &context, &args.target, Kind::Host);
        return selections.outcome();
    }
    cordon::heeded(ui, &context, "a drain").await?;
    let hosts = selections.objects.iter().map(Selected::read::<Host>).collect::<Result<Vec<_>, _>>()?;
    let workloads: Vec<Workload> =
        context.cluster.list(&Kind::Workload.api_resource(), &Scope::All, &Filter::default()).await?;
    agree(ui, &context, &args, (&hosts, &workloads)).await?;
    let before = complaints(&context).await;
    let mut cordoned = Vec::new();
    for (selected, host) in selections.objects.iter().zip(&hosts) {
        let changed = cordon::patch(&context, &args.write, selected, Ask::Drain).await?;
        if args.write.output.is_none() {
            let past = if host.is_unschedulable() { "already cordoned" } else { "cordoned" };
            args.write.tell(ui, selected, past)?;
        }
        cordoned.push(changed.unwrap_or_else(|| selected.clone()));
    }
    let mut drains = Following { ui, write: &args.write, selected: cordoned, drains: Drains::new(hosts), before };
    match args.write.dry_run {
        DryRun::None => {
            drains.drains.expect(&workloads);
            drains.until_empty(&context, args.timeout).await?;
        }
        DryRun::Client | DryRun::Server => drains.pretend(&workloads)?,
    }
    selections.outcome()
}

/// Says what will happen, and asks where something will.
async fn agree(
    ui: &Ui,
    context: &Context,
    args: &DrainArgs,
    (hosts, workloads): (&[Host], &[Workload]),
) -> Result<(), Error> {
    let (all, recreated) = tokio::join!(context.cluster.hosts(), recreated(context));
    let lines = forecast(hosts, &all?, workloads, recreated.as_ref());
    lines.iter().for_each(|line| ui.status(line));
    let nothing_leaves = lines.len() == hosts.len();
    if nothing_leaves || args.write.dry_run != DryRun::None || ui.confirm("Drain?")? {
        return Ok(());
    }
    ui.status("nothing was done");
    Err(Error::Reported)
}

/// Whose replacements do not come first. Who may not read deployments learns less.
async fn recreated(context: &Context) -> Option<BTreeSet<String>> {
    let (kind, all) = (Kind::WorkloadDeployment.api_resource(), Filter::default());
    let deployments = context.cluster.list::<WorkloadDeployment>(&kind, &Scope::All, &all);
    let (deployments, sets) = tokio::join!(deployments, context.cluster.replica_sets(&Scope::All));
    Some(drain::recreated(&deployments.ok()?, &sets.ok()?))
}

/// What is watched.
enum Seen {
    Workloads(Result<Change, Error>),
    Events(Result<Change, Error>),
}

/// Drains on their way.
struct Following<'a> {
    ui: &'a Ui,
    write: &'a WriteArgs,
    selected: Vec<Selected>,
    drains: Drains,
    /// The versions of the Events that were there before.
    before: BTreeSet<String>,
}

impl Following<'_> {
    async fn until_empty(&mut self, context: &Context, timeout: Duration) -> Result<(), Error> {
        in_time(timeout, self.follow(context)).await.unwrap_or_else(|| Err(self.timed_out()))
    }

    async fn follow(&mut self, context: &Context) -> Result<(), Error> {
        let bar = self.ui.bar("drain", 1);
        let mut workloads = BTreeMap::new();
        let mut seen = watched(context);
        while !self.drains.are_done() {
            match seen.next().await {
                Some(Seen::Workloads(change)) => {
                    take_in(&mut workloads, change?)?;
                    let news = self.drains.see(workloads.values());
                    news.into_iter().try_for_each(|news| self.tell(news))?;
                }
                // Who may not read Events is told less.
                Some(Seen::Events(Err(_))) => {}
                Some(Seen::Events(Ok(change))) => self.hear(change),
                None => return Ok(()),
            }
            self.drains.complaints().into_iter().try_for_each(|news| self.tell(news))?;
            self.show(&bar);
        }
        Ok(())
    }

    fn show(&self, bar: &Bar) {
        let (gone, all) = self.drains.count();
        let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        bar.show(number(gone), number(all), self.drains.left().first().map_or("", String::as_str));
    }

    /// Events that were there before tell nothing new; they serve as the reason when the time is up.
    fn hear(&mut self, change: Change) {
        let events = match change {
            Change::All(events) => events,
            Change::Changed(event) => vec![event],
            Change::Gone(_) => Vec::new(),
        };
        events.iter().for_each(|event| self.drains.hear(event, self.before.contains(&version(event))));
    }

    fn tell(&self, news: News) -> Result<(), Error> {
        let lines = self.write.output.is_none();
        let suffix = self.write.dry_run.suffix();
        match news {
            News::Evicting(key) if lines && !self.ui.animates() => {
                self.ui.result(format!("evicting workload {key}{suffix}"))
            }
            News::Evicted(name) if lines => self.ui.result(format!("{} evicted", drain::title(&name))),
            News::Drained(index) => self.write.tell(self.ui, &self.selected[index], "drained"),
            News::Blocked(words) => {
                self.ui.warning(words);
                Ok(())
            }
            News::Evicting(_) | News::Evicted(_) => Ok(()),
        }
    }

    /// Tells what there would be to tell, as kubectl does.
    fn pretend(&mut self, workloads: &[Workload]) -> Result<(), Error> {
        let done = self.drains.see(workloads.iter());
        self.drains.keys().into_iter().try_for_each(|key| self.tell(News::Evicting(key)))?;
        let open = (0..self.selected.len()).filter(|index| !done.contains(&News::Drained(*index))).map(News::Drained);
        let rest: Vec<_> = done.iter().filter(|news| matches!(news, News::Drained(_))).cloned().chain(open).collect();
        rest.into_iter().try_for_each(|news| self.tell(news))
    }

    fn timed_out(&self) -> Error {
        let hosts = self.drains.undone().join(", ");
        let left: Vec<_> = self.drains.left().iter().map(|line| format!("\n  {line}")).collect();
        let help = format!("the drain goes on; `kubectl wasmcloud uncordon {}` calls it off", hosts.replace(',', ""));
        Error::TimedOut { what: format!("host {hosts} to be empty:{}", left.concat()), help: Some(help) }
    }
}

/// What the Events are that say why a Workload stays.
fn blocked() -> (ApiResource, Filter) {
    let fields = Some("involvedObject.kind=Host,reason=DrainBlocked".to_owned());
    (ApiResource::erase::<Event>(&()), Filter { labels: None, fields })
}

/// The versions of those that are there; none for who may not read them.
async fn complaints(context: &Context) -> BTreeSet<String> {
    let (resource, filter) = blocked();
    let events: Vec<Value> = context.cluster.list(&resource, &Scope::All, &filter).await.unwrap_or_default();
    events.iter().map(version).collect()
}

fn version(event: &Value) -> String {
    event.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn watched(context: &Context) -> BoxStream<'static, Seen> {
    let workloads = context.cluster.watch(&Kind::Workload.api_resource(), &Scope::All, &Filter::default());
    let (resource, filter) = blocked();
    let events = context.cluster.watch(&resource, &Scope::All, &filter);
    stream::select(workloads.map(Seen::Workloads), events.map(Seen::Events)).boxed()
}

fn take_in(workloads: &mut BTreeMap<String, Workload>, change: Change) -> Result<(), Error> {
    let read = |object: Value| {
        let workload = serde_json::from_value::<Workload>(object);
        workload.map_err(|error| Error::Kubernetes(format!("a Workload cannot be read: {error}")))
    };
    let uid = |workload: &Workload| workload.metadata.uid.clone().unwrap_or_default();
    match change {
        Change::All(objects) => {
            let all = objects.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
            *workloads = all.into_iter().map(|workload| (uid(&workload), workload)).collect();
        }
        Change::Changed(object) => {
            let workload = read(object)?;
            workloads.insert(uid(&workload), workload);
        }
        Change::Gone(object) => {
            workloads.remove(&uid(&read(object)?));
        }
    }
    Ok(())
}

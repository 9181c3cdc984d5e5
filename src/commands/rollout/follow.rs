//! Following rollouts to their end, for `deploy` and `rollout status`.

use std::collections::HashSet;
use std::time::Duration;

use futures::stream::{self, StreamExt};

use super::below::Below;
use super::tries::Tries;
use crate::commands::in_time::in_time;
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::{Earlier, HostNames, Snapshot, State, View, assess_since};
use crate::ui::{Bar, Ui};

/// How long a controller may take to look at a deployment before its absence is worth a word.
const PATIENCE: Duration = Duration::from_secs(5);

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Target {
    /// The deployment of that namespace and name.
    pub fn new((namespace, name): (&str, &str)) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// What has failed of a deployment by now. Who may not know it takes all that fails for new.
pub(in crate::commands) async fn failed_by_now(context: &Context, target: &Target, earlier: &mut Earlier) {
    let snapshot = context.cluster.follow(&target.namespace, &target.name).next().await;
    if let Some(Ok(snapshot)) = snapshot {
        earlier.add(&snapshot);
    }
}

/// Follows deployments until all are rolled out; returns how they were then, in their order. What had failed earlier ends it
/// only when it fails again, or is not tried again in time.
///
/// # Errors
/// The first that fails, with the reason first; or, when the time is up, what is known of those that are not done.
pub async fn all(
    ui: &Ui,
    context: &Context,
    targets: &[Target],
    earlier: Earlier,
    timeout: Duration,
) -> Result<Vec<Snapshot>, Error> {
    let mut rollouts: Vec<_> = targets.iter().map(|target| Rollout::new(ui, target)).collect();
    // Several trees would not fit below each other.
    if let [one] = rollouts.as_mut_slice() {
        one.below = Some(Below::new(ui));
    }
    let tries = Tries::of(context, targets.iter().map(|target| target.namespace.as_str()), earlier);
    let following = follow(ui, context, targets, &mut rollouts, tries);
    in_time(timeout, following).await.unwrap_or_else(|| Err(timed_out(&rollouts)))?;
    Ok(rollouts.into_iter().filter_map(|rollout| rollout.last).map(|(snapshot, _)| snapshot).collect())
}

async fn follow(
    ui: &Ui,
    context: &Context,
    targets: &[Target],
    rollouts: &mut [Rollout],
    mut tries: Tries,
) -> Result<(), Error> {
    let streams = targets.iter().enumerate().map(|(index, target)| {
        context.cluster.follow(&target.namespace, &target.name).map(move |snapshot| (index, snapshot))
    });
    let mut snapshots = stream::select_all(streams);
    let alone = warn_if_alone(ui, context);
    tokio::pin!(alone);
    let mut warned = false;
    while rollouts.iter().any(|rollout| !rollout.is_complete()) {
        let unobserved = rollouts.iter().any(Rollout::is_unobserved);
        tokio::select! {
            snapshot = snapshots.next() => match snapshot {
                Some((index, snapshot)) => rollouts[index].see(ui, context, snapshot?, &mut tries.earlier).await?,
                None => return Ok(()),
            },
            () = tries.news() => for rollout in rollouts.iter_mut() {
                rollout.see_again(ui, context, &mut tries.earlier).await?;
            },
            () = &mut alone, if !warned && unobserved => warned = true,
        }
    }
    Ok(())
}

/// Says, after a while, that nobody is in charge, if that is so.
pub(super) async fn warn_if_alone(ui: &Ui, context: &Context) {
    tokio::time::sleep(PATIENCE).await;
    // Who may not read leases is told nothing wrong.
    let Ok(charge) = context.cluster.charge((context.now)()).await else { return };
    if !charge.is_held() {
        ui.warning(format!("no controller has looked at the deployment yet; in charge: {charge}"));
        ui.hint("`kubectl wasmcloud run-controller` starts one");
    }
}

/// Where a rollout stands, with the hosts' names; those that are not known yet are asked for.
pub(super) async fn look(context: &Context, snapshot: &Snapshot, earlier: &mut Earlier, names: &mut HostNames) -> View {
    earlier.compare(snapshot);
    let mut view = assess_since(snapshot, earlier);
    if view.blames_other_than(names) {
        *names = context.cluster.host_names().await;
    }
    view.name_hosts(names);
    view
}

/// One deployment on its way.
struct Rollout {
    name: String,
    namespace: String,
    bar: Bar,
    below: Option<Below>,
    lines: Lines,
    names: HostNames,
    last: Option<(Snapshot, View)>,
}

impl Rollout {
    fn new(ui: &Ui, target: &Target) -> Self {
        let bar = ui.bar(&target.name, 1);
        let Target { namespace, name } = target.clone();
        Self { name, namespace, bar, below: None, lines: Lines::default(), names: HostNames::new(), last: None }
    }

    fn is_complete(&self) -> bool {
        self.last.as_ref().is_some_and(|(_, view)| view.state == State::Complete)
    }

    fn is_unobserved(&self) -> bool {
        self.last.as_ref().is_some_and(|(_, view)| view.state == State::Unobserved)
    }

    /// Looks at the same once more, for something else is known of it now.
    async fn see_again(&mut self, ui: &Ui, context: &Context, earlier: &mut Earlier) -> Result<(), Error> {
        match self.last.take_if(|(_, view)| view.state != State::Complete) {
            Some((snapshot, _)) => self.see(ui, context, snapshot, earlier).await,
            None => Ok(()),
        }
    }

    /// Shows progress where it can be redrawn, and otherwise a line for every change; the end always has its line.
    async fn see(
        &mut self,
        ui: &Ui,
        context: &Context,
        snapshot: Snapshot,
        earlier: &mut Earlier,
    ) -> Result<(), Error> {
        if self.is_complete() {
            return Ok(());
        }
        let view = look(context, &snapshot, earlier, &mut self.names).await;
        let count = |count: i32| u64::try_from(count).unwrap_or_default();
        // The bar has the deployment's name already.
        let message = view.message.rsplit("finish: ").next().unwrap_or_default();
        self.bar.show(count(view.available), count(view.replicas), view.worst().as_deref().unwrap_or(message));
        if let Some(below) = self.below.as_mut().filter(|_| ui.animates()) {
            below.show(ui, context, &snapshot).await;
        }
        let lines = self.lines.of(&view);
        if view.state == State::Complete || !ui.animates() {
            let mut told = lines.into_iter().filter(|line| view.state != State::Failed || line == &view.message);
            told.try_for_each(|line| ui.result(line))?;
        }
        let outcome = match view.state {
            State::Failed | State::Deleted => Err(self.failed(&view)),
            State::Paused => Err(paused(&self.namespace, &self.name)),
            State::Unobserved | State::Progressing | State::Complete => Ok(()),
        };
        self.last = Some((snapshot, view));
        outcome
    }

    fn failed(&self, view: &View) -> Error {
        let mut lines: Vec<_> = view.troubles.iter().take(5).map(ToString::to_string).collect();
        lines.push(match view.state {
            State::Failed if view.troubles.iter().any(|trouble| trouble.lasting) => {
                format!("deployment \"{}\" failed to roll out", self.name)
            }
            _ => view.message.clone(),
        });
        let help = match view.is_given_up() {
            true => try_at_once(&self.namespace, &self.name),
            false => self.where_to_look(),
        };
        Error::RolloutFailed { message: lines.join("\n"), help: Some(help) }
    }

    fn where_to_look(&self) -> String {
        format!("`kubectl wasmcloud get workloads -n {}` shows the state of each replica", self.namespace)
    }
}

/// What to do about a failure that the controller has not tried again for long.
pub(super) fn try_at_once(namespace: &str, name: &str) -> String {
    format!("`kubectl wasmcloud rollout restart {name} -n {namespace}` tries it again at once")
}

/// A paused rollout is not waited for: only somebody else can end that.
pub(super) fn paused(namespace: &str, name: &str) -> Error {
    Error::Declined { message: format!("deployment \"{name}\" is paused"), help: Some(let_go_on(namespace, name)) }
}

/// How a paused rollout goes on.
pub(super) fn let_go_on(namespace: &str, name: &str) -> String {
    format!("`kubectl wasmcloud rollout resume {name} -n {namespace}` lets it go on")
}

fn timed_out(rollouts: &[Rollout]) -> Error {
    let open: Vec<_> = rollouts.iter().filter(|rollout| !rollout.is_complete()).collect();
    let names: Vec<_> = open.iter().map(|rollout| format!("\"{}\"", rollout.name)).collect();
    let known = |rollout: &&Rollout| {
        let (_, view) = rollout.last.as_ref()?;
        Some(format!("; the last thing known is: {}", view.worst().unwrap_or_else(|| view.message.clone())))
    };
    let known: String = open.iter().filter_map(known).collect();
    let what = format!("deployment {} to roll out{known}", names.join(", "));
    Error::TimedOut { what, help: open.first().map(|rollout| rollout.where_to_look()) }
}

/// What was told of a rollout, so that nothing is told twice.
#[derive(Debug, Default)]
pub(super) struct Lines {
    message: String,
    troubles: HashSet<String>,
}

impl Lines {
    /// The lines that are new.
    pub(super) fn of(&mut self, view: &View) -> Vec<String> {
        let mut lines = Vec::new();
        for trouble in &view.troubles {
            let line = trouble.to_string();
            let key = format!("{}{}{}{}", trouble.earlier, trouble.lasting, trouble.reason, trouble.message);
            if self.troubles.insert(key) {
                lines.push(line);
            }
        }
        if self.message != view.message && view.state != State::Deleted {
            self.message.clone_from(&view.message);
            let exceeded = view.state == State::Failed && !view.message.starts_with("Waiting");
            if !exceeded {
                lines.push(view.message.clone());
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::rollout::Trouble;

    fn view(message: &str, troubles: &[&str]) -> View {
        let trouble = |message: &&str| Trouble {
            object: "Workload n/x".to_owned(),
            host: Some("h".to_owned()),
            reason: "R".to_owned(),
            message: (*message).to_owned(),
            more: 0,
            lasting: false,
            earlier: false,
        };
        View {
            state: State::Progressing,
            message: message.to_owned(),
            revision: None,
            replicas: 1,
            updated: 1,
            available: 0,
            troubles: troubles.iter().map(trouble).collect(),
        }
    }

    #[test]
    fn nothing_is_told_twice() {
        let mut lines = Lines::default();
        assert_eq!(lines.of(&view("a", &[])), ["a"]);
        assert!(lines.of(&view("a", &[])).is_empty());
        assert_eq!(lines.of(&view("a", &["no room"])), ["Workload n/x on host h: no room"]);
        assert_eq!(lines.of(&view("b", &["no room"])), ["b"]);
        assert_eq!(lines.of(&view("a", &[])), ["a"], "a rollout may fall back");
    }
}

//! `kubectl wasmcloud rollout status`: kubectl's lines, and the hosts' own words when it fails.

use std::time::Duration;

use clap::{ArgAction, Args};
use futures::StreamExt;
use serde_json::{Value, json};

use super::follow::{Lines, let_go_on, look, paused, try_at_once, warn_if_alone};
use super::tries::Tries;
use super::{Turns, select};
use crate::api::Kind;
use crate::cli::output::{StatusFormat, StatusFormatParser};
use crate::cli::target::TargetArgs;
use crate::cli::{GlobalArgs, duration};
use crate::commands::in_time::in_time;
use crate::commands::selected::Selected;
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::earlier::LATELY;
use crate::plan::rollout::refusal;
use crate::plan::rollout::{Earlier, HostNames, Snapshot, State, View};
use crate::plan::selection::Aim;
use crate::report::list_of;
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout status", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_status };

/// What `rollout status` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud rollout status (NAME… | TYPE NAME… | TYPE/NAME…) [flags]\n       kubectl wasmcloud rollout status (-l SELECTOR | -f FILE…) [flags]",
    after_help = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these. Several are followed one after \
                  the other."
)]
pub struct StatusArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Follow until it is complete or has failed
    #[arg(short, long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    watch: bool,
    /// How long to follow each, where they are followed; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    /// Only this revision; another one is an error
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    revision: i64,
    /// How to show where it stands in the end
    #[arg(short, long, value_parser = StatusFormatParser, value_name = "FORMAT")]
    output: Option<StatusFormat>,
}

/// Shows the status.
///
/// # Errors
/// When there is no such deployment, its rollout has failed or is paused, or the time is up.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: StatusArgs) -> Result<(), Error> {
    if args.revision < 0 {
        return Err(Error::usage(format!("revision must be a positive integer: {}", args.revision)));
    }
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    let mut turns = Turns::of(ui, &selections);
    let (mut documents, mut outcome) = (Vec::new(), Ok(()));
    for deployment in &selections.objects {
        let mut follower = Follower { ui, args: &args, deployment, lines: Lines::default(), last: None };
        let followed = follower.follow_in_time(&context).await;
        documents.extend(follower.document());
        outcome = turns.take(followed);
        if outcome.is_err() {
            break;
        }
    }
    let single = selections.objects.len() == 1;
    if let Some(format) = args.output {
        format.print(ui, || list_of(documents, single), selections.objects.iter().map(Selected::title))?;
    }
    outcome.and_then(|()| turns.end())
}

struct Follower<'a> {
    ui: &'a Ui,
    args: &'a StatusArgs,
    deployment: &'a Selected,
    lines: Lines,
    last: Option<View>,
}

impl Follower<'_> {
    async fn follow_in_time(&mut self, context: &Context) -> Result<(), Error> {
        in_time(self.args.timeout, self.follow(context)).await.unwrap_or_else(|| Err(self.timed_out()))
    }

    async fn follow(&mut self, context: &Context) -> Result<(), Error> {
        let mut snapshots = context.cluster.follow(self.deployment.namespace(), self.deployment.name());
        let alone = warn_if_alone(self.ui, context);
        tokio::pin!(alone);
        let mut warned = false;
        let mut names = HostNames::new();
        let (mut tries, mut last) = (Tries::none(), None);
        loop {
            let snapshot = tokio::select! {
                snapshot = snapshots.next() => match snapshot {
                    Some(snapshot) => snapshot?,
                    None => return Ok(()),
                },
                () = tries.news() => last.take().unwrap_or_default(),
                () = &mut alone, if !warned && self.is_unobserved() => {
                    warned = true;
                    continue;
                }
            };
            if self.args.watch && self.last.is_none() {
                tries = self.tries(context, &snapshot);
            }
            let view = look(context, &snapshot, &mut tries.earlier, &mut names).await;
            if let Some(outcome) = self.see(view)? {
                return outcome;
            }
            last = Some(snapshot);
        }
    }

    /// What failed long before this was asked may be tried again by now.
    fn tries(&self, context: &Context, first: &Snapshot) -> Tries {
        let mut earlier = Earlier::default();
        earlier.add(first);
        let before = (context.now)() - LATELY;
        Tries::of(context, [self.deployment.namespace()], earlier.only_before(before))
    }

    fn is_unobserved(&self) -> bool {
        self.args.watch && self.last.as_ref().is_some_and(|view| view.state == State::Unobserved)
    }

    /// Tells what is new; the end, if it is one.
    fn see(&mut self, view: View) -> Result<Option<Result<(), Error>>, Error> {
        let outcome = self.outcome(&view);
        if self.args.output.is_none() && !self.is_another(&view) {
            for line in self.lines.of(&view) {
                self.ui.result(line)?;
            }
        }
        self.last = Some(view);
        Ok(outcome)
    }

    /// Whether another revision is rolled out than the one that was asked about.
    fn is_another(&self, view: &View) -> bool {
        self.args.revision > 0 && view.revision.is_some_and(|running| running != self.args.revision)
    }

    fn outcome(&self, view: &View) -> Option<Result<(), Error>> {
        let (namespace, name) = (self.deployment.namespace(), self.deployment.name());
        match view.state {
            _ if self.is_another(view) => Some(Err(failed(format!(
                "desired revision ({}) is different from the running revision ({})",
                self.args.revision,
                view.revision.unwrap_or_default()
            )))),
            State::Complete => Some(Ok(())),
            State::Failed | State::Deleted => Some(Err(Error::RolloutFailed {
                message: self.failure(view),
                help: view.is_given_up().then(|| try_at_once(namespace, name)),
            })),
            State::Paused if self.args.watch => Some(Err(paused(namespace, name))),
            State::Paused => {
                self.ui.hint(format!("deployment \"{name}\" is paused; {}", let_go_on(namespace, name)));
                Some(Ok(()))
            }
            State::Unobserved | State::Progressing => (!self.args.watch).then_some(Ok(())),
        }
    }

    fn failure(&self, view: &View) -> String {
        let lasting = view.troubles.iter().any(|trouble| trouble.lasting);
        match view.state {
            State::Failed if lasting => format!("deployment \"{}\" failed to roll out", self.deployment.name()),
            _ => view.message.clone(),
        }
    }

    fn timed_out(&self) -> Error {
        let known = self.last.as_ref().and_then(View::worst);
        Error::TimedOut {
            what: "the condition".to_owned(),
            help: known.map(|known| format!("the last thing known is: {known}")),
        }
    }

    /// Where it stood in the end, with whose rollout that is.
    fn document(&self) -> Option<Value> {
        let mut document = serde_json::to_value(self.last.as_ref()?).unwrap_or_default();
        document["namespace"] = json!(self.deployment.namespace());
        document["name"] = json!(self.deployment.name());
        Some(document)
    }
}

fn failed(message: String) -> Error {
    Error::RolloutFailed { message, help: None }
}

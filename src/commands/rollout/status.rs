//! `kubectl wasmcloud rollout status`: kubectl's lines, and the hosts' own words when it fails.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use futures::StreamExt;

use super::follow::{Lines, Target, look, warn_if_alone};
use crate::api::Kind;
use crate::cli::{GlobalArgs, duration};
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::{HostNames, State, View};
use crate::plan::selection::{self, Selection};
use crate::report::{render_json, render_yaml};
use crate::ui::Ui;

/// What `rollout status` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud rollout status (NAME | TYPE NAME | TYPE/NAME) [flags]",
    after_help = "Only workloaddeployments (wd) are rolled out; a NAME alone is one of these."
)]
pub struct StatusArgs {
    /// The deployment
    #[arg(value_name = "TYPE/NAME", required = true)]
    words: Vec<String>,
    /// Follow until it is complete or has failed
    #[arg(short, long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    watch: bool,
    /// How long to follow; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    timeout: Duration,
    /// Only this revision; another one is an error
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    revision: i64,
    /// How to show where it stands in the end
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Yaml,
    Name,
}

/// Shows the status.
///
/// # Errors
/// When there is no such deployment, its rollout has failed, or the time is up.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: StatusArgs) -> Result<(), Error> {
    let name = deployment(&args.words)?;
    let context = Context::connect(ui, global).await?;
    context.cluster.get(&Kind::WorkloadDeployment.api_resource(), Some(&context.namespace), &name).await?;
    let target = Target::new((&context.namespace, &name));
    let mut follower = Follower { ui, args: &args, name: &name, lines: Lines::default(), last: None };
    let outcome = match args.timeout {
        Duration::ZERO => follower.follow(&context, &target).await,
        timeout => match tokio::time::timeout(timeout, follower.follow(&context, &target)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(follower.timed_out()),
        },
    };
    follower.document()?;
    outcome
}

/// The name of the deployment that the words mean.
fn deployment(words: &[String]) -> Result<String, Error> {
    if let [name] = words
        && !name.contains('/')
        && Kind::from_word(name).is_none()
    {
        return Ok(name.clone());
    }
    let named = match selection::parse(words)? {
        Selection::Named(named) => named,
        Selection::Types(_) => return Err(Error::usage("required resource not specified")),
    };
    match named.as_slice() {
        [(Kind::WorkloadDeployment, name)] => Ok(name.clone()),
        [(kind, _)] => Err(Error::usage_with(
            format!("no status viewer has been implemented for {}", kind.api_resource().kind),
            "only workloaddeployments are rolled out; `kubectl wasmcloud get` shows the others",
        )),
        _ => Err(Error::usage("rollout status is only supported on individual resources")),
    }
}

struct Follower<'a> {
    ui: &'a Ui,
    args: &'a StatusArgs,
    name: &'a str,
    lines: Lines,
    last: Option<View>,
}

impl Follower<'_> {
    async fn follow(&mut self, context: &Context, target: &Target) -> Result<(), Error> {
        let mut snapshots = context.cluster.follow(&target.namespace, &target.name);
        let alone = warn_if_alone(self.ui, context);
        tokio::pin!(alone);
        let mut warned = false;
        let mut names = HostNames::new();
        loop {
            let snapshot = tokio::select! {
                snapshot = snapshots.next() => snapshot,
                () = &mut alone, if !warned && self.is_unobserved() => {
                    warned = true;
                    continue;
                }
            };
            let Some(snapshot) = snapshot else { return Ok(()) };
            let view = look(context, &snapshot?, &mut names).await;
            if let Some(outcome) = self.see(view)? {
                return outcome;
            }
        }
    }

    fn is_unobserved(&self) -> bool {
        self.args.watch && self.last.as_ref().is_some_and(|view| view.state == State::Unobserved)
    }

    /// Tells what is new; the end, if it is one.
    fn see(&mut self, view: View) -> Result<Option<Result<(), Error>>, Error> {
        if self.args.output.is_none() {
            for line in self.lines.of(&view) {
                self.ui.result(line)?;
            }
        }
        let wanted = self.args.revision;
        let running = view.revision.filter(|running| wanted > 0 && *running != wanted);
        let outcome = match view.state {
            State::Complete => Some(Ok(())),
            _ if running.is_some() => Some(Err(failed(format!(
                "desired revision ({wanted}) is different from the running revision ({})",
                running.unwrap_or_default()
            )))),
            State::Failed | State::Deleted => Some(Err(failed(self.failure(&view)))),
            State::Unobserved | State::Progressing if !self.args.watch => Some(Ok(())),
            State::Unobserved | State::Progressing => None,
        };
        self.last = Some(view);
        Ok(outcome)
    }

    fn failure(&self, view: &View) -> String {
        let lasting = view.troubles.iter().any(|trouble| trouble.lasting);
        match view.state {
            State::Failed if lasting => format!("deployment \"{}\" failed to roll out", self.name),
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

    fn document(&self) -> Result<(), Error> {
        let Some(view) = &self.last else { return Ok(()) };
        let value = serde_json::to_value(view).unwrap_or_default();
        match self.args.output {
            None => Ok(()),
            Some(Format::Json) => self.ui.raw(&render_json(&value)),
            Some(Format::Yaml) => self.ui.raw(&render_yaml(&value)),
            Some(Format::Name) => self.ui.result(format!("{}/{}", Kind::WorkloadDeployment.qualified(), self.name)),
        }
    }
}

fn failed(message: String) -> Error {
    Error::RolloutFailed { message, help: None }
}

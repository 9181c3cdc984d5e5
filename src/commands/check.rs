//! `kubectl wasmcloud check`: is the installation well, and what to do where it is not.

mod bus;

use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::time::{Instant, sleep};

use crate::cli::{GlobalArgs, duration};
use crate::context::Context;
use crate::error::Error;
use crate::plan::check::{Category, INSTALL, NatsAt, Verdict, assess, assess_before_install, worst};
use crate::plan::rbac::needed;
use crate::report::check::{render, render_names, render_short, to_value};
use crate::report::{render_json, render_yaml};
use crate::ui::Ui;

pub use bus::NatsArgs;
pub(super) use bus::{PATIENCE, connect};

/// How long it is until all is checked again.
const AGAIN: Duration = Duration::from_secs(2);

/// What `check` takes.
#[derive(Debug, Args)]
#[command(after_help = "Each check that is not √ has a code and a hint. ‼ is a warning; with an × the exit code is 1.

Examples:
  # Is all well?
  kubectl wasmcloud check

  # Will an install work here?
  kubectl wasmcloud check --pre

  # In a script: wait until all is well, say only what is not
  kubectl wasmcloud check --wait=2m -o short

  # Reach NATS from here, and every host over it
  kubectl wasmcloud check --nats-url=nats://localhost:4222")]
pub struct CheckArgs {
    /// Check what an install needs, before there is one
    #[arg(long)]
    pre: bool,
    /// How long to try until nothing fails any more
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse, hide_default_value = true)]
    wait: Duration,
    /// Ask for permissions in all namespaces, instead of the one of the context
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// How to show what came of it; short leaves out what is well
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
    #[command(flatten)]
    nats: NatsArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON, indented.
    Json,
    /// YAML.
    Yaml,
    /// The codes of what is not as it should be, one per line.
    Name,
    /// Only what is not as it should be.
    Short,
}

/// Checks, and says what came of it.
///
/// # Errors
/// When something failed, which has been told; when no cluster is configured.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: CheckArgs) -> Result<(), Error> {
    let context = Context::connect(ui, global).await?;
    let categories = until_well(ui, &context, &args).await;
    let colour = ui.result_look().colour;
    let text = match args.output {
        None => render(&categories, colour),
        Some(Format::Name) => render_names(&categories),
        Some(Format::Short) => render_short(&categories, colour),
        Some(Format::Json) => render_json(&to_value(&categories)),
        Some(Format::Yaml) => render_yaml(&to_value(&categories)),
    };
    ui.raw(&text)?;
    match worst(&categories) {
        Verdict::Error => Err(Error::Reported),
        Verdict::Success | Verdict::Warning => Ok(()),
    }
}

async fn until_well(ui: &Ui, context: &Context, args: &CheckArgs) -> Vec<Category> {
    let began = Instant::now();
    let panel = ui.panel();
    panel.show("checking");
    loop {
        let categories = check(context, args).await;
        if worst(&categories) != Verdict::Error || began.elapsed() + AGAIN > args.wait {
            return categories;
        }
        let failing = categories.iter().flat_map(|category| &category.checks);
        if let Some(first) = failing.into_iter().find(|check| check.result == Verdict::Error) {
            let line = format!("× {}: trying again", first.description);
            panel.show(&console::truncate_str(&line, panel.width(), "…"));
        }
        sleep(AGAIN).await;
    }
}

async fn check(context: &Context, args: &CheckArgs) -> Vec<Category> {
    let namespace = (!args.all_namespaces).then_some(context.namespace.as_str());
    let wanted = if args.pre { INSTALL.to_vec() } else { needed() };
    let mut facts = context.cluster.facts(context.now, &wanted, namespace).await;
    let hosts = facts.hosts.as_deref().unwrap_or_default();
    facts.nats = match args.nats.options() {
        Some(options) => Some(bus::ask(&options, hosts).await),
        None if args.pre => None,
        None => match NatsAt::find(facts.deployments.as_deref().unwrap_or_default()) {
            Some(at) => Some(bus::ask_at(at, hosts).await),
            None => None,
        },
    };
    if args.pre { assess_before_install(&facts) } else { assess(&facts) }
}

/// What all is judged to be, for others that tell it.
pub(super) async fn judged(context: &Context, namespace: Option<&str>) -> Vec<Category> {
    assess(&context.cluster.facts(context.now, &needed(), namespace).await)
}

//! The command line: what there is to say, and one line per verb that says where it goes.

pub mod duration;
pub mod global;
pub mod output;
pub mod shape;
mod shapes;
mod switches;
pub mod target;

use std::ffi::OsString;
use std::future::Future;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[cfg(feature = "local")]
use crate::commands::local;
use crate::commands::{
    apply, autoscale, check, complete, completion, cordon, crds, delete, deploy, describe, diff, drain, events,
    explain, explain_code, expose, get, install, logs, man, rbac, report, rollout, run_controller, scaffold, scale,
    set, top, tree, uninstall, validate, version,
};
use crate::context::Environment;
use crate::error::{Error, exit_code};
use crate::ui::Ui;

pub use global::GlobalArgs;

/// How long tasks may take to end after the command has ended.
const AFTERGLOW: Duration = Duration::from_millis(100);

/// Run wasmCloud workloads on Kubernetes.
///
/// All flags stand after the verb. Exit codes: 0 done, 1 error or a wait that failed, 2 usage, 130 interrupted.
#[derive(Debug, Parser)]
#[command(
    name = "kubectl-wasmcloud",
    bin_name = "kubectl wasmcloud",
    version,
    max_term_width = 100,
    args_override_self = true
)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Command {
    /// Apply manifests on the server, as `kubectl apply --server-side` does
    Apply(apply::ApplyArgs),
    /// Have an autoscaler set the replicas by a metric that it can read
    Autoscale(autoscale::AutoscaleArgs),
    /// Check the installation, and say what to do where it is not well
    #[command(visible_alias = "doctor")]
    Check(check::CheckArgs),
    /// What may come next, for completion scripts
    #[command(name = complete::VERB, hide = true)]
    Complete(complete::CompleteArgs),
    /// Generate a completion script for a shell, or for kubectl
    Completion(completion::CompletionArgs),
    /// Keep new Workloads away from hosts
    Cordon(cordon::CordonArgs),
    /// Print the CustomResourceDefinitions
    Crds(crds::CrdsArgs),
    /// Delete objects, as `kubectl delete` does
    Delete(delete::DeleteArgs),
    /// Apply manifests and follow the rollout until every replica is available
    Deploy(deploy::DeployArgs),
    /// Show all there is to know of objects, the worst first
    Describe(describe::DescribeArgs),
    /// Show what applying manifests would change; exits with 0 when nothing, 1 when something, 2 when it failed
    Diff(diff::DiffArgs),
    /// Move the Workloads of hosts elsewhere, replacements first
    Drain(drain::DrainArgs),
    /// Show what happened to objects, as `kubectl events` does
    Events(events::EventsArgs),
    /// Explain the fields of a type, as `kubectl explain` does, without a cluster
    Explain(explain::ExplainArgs),
    /// Explain the code of a finding or a check: what it means, and what to do
    ExplainCode(explain_code::ExplainCodeArgs),
    /// Make a Service that leads to a deployment
    Expose(expose::ExposeArgs),
    /// Show objects, as `kubectl get` does
    #[command(visible_alias = "list")]
    Get(get::GetArgs),
    /// Put the CustomResourceDefinitions, and perhaps a controller, into a cluster
    Install(install::InstallArgs),
    /// Run, show or delete a control plane on this machine
    #[cfg(feature = "local")]
    #[command(subcommand)]
    Local(local::LocalCommand),
    /// Say where the log of what runs an object is
    Logs(logs::LogsArgs),
    /// Generate the manual pages
    #[command(hide = true)]
    Man(man::ManArgs),
    /// Print the roles that the controller, people and each verb need
    Rbac(rbac::RbacArgs),
    /// Gather everything for a bug report in one file, redacted
    Report(report::ReportArgs),
    /// Follow and steer the rollouts of deployments
    #[command(subcommand)]
    Rollout(rollout::RolloutCommand),
    RunController(run_controller::RunControllerArgs),
    /// Write manifests for what is to run
    Scaffold(scaffold::ScaffoldArgs),
    /// Set how many replicas there are to be
    Scale(scale::ScaleArgs),
    /// Set images or environment of components
    #[command(subcommand)]
    Set(set::SetCommand),
    /// Show how loaded hosts and groups of hosts are
    Top(top::TopArgs),
    /// Show deployments with all that stands under them, down to the hosts
    Tree(tree::TreeArgs),
    /// Let new Workloads come to hosts again
    Uncordon(cordon::CordonArgs),
    /// Take away what install put into a cluster
    Uninstall(uninstall::UninstallArgs),
    /// Say what is wrong with manifests, without a cluster
    Validate(validate::ValidateArgs),
    /// Show the versions of this program, of the cluster and of what runs in it
    Version(version::VersionArgs),
}

/// The whole command line, for help, completion and manual pages.
pub fn command() -> clap::Command {
    shapes::told(Cli::command())
}

/// Parses and runs; returns the code to exit with.
pub fn main(args: impl IntoIterator<Item = OsString>, environment: Environment) -> u8 {
    let command = command();
    let words = complete::set_apart(args.into_iter().collect());
    let words = switches::plain(run_controller::with_two_dashes(words, &command), &command);
    let matches = match command.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => return show_usage(&error),
    };
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return show_usage(&error),
    };
    let ui = Ui::new(&environment, cli.global.color, cli.global.yes);
    cli.global = GlobalArgs { environment, ..cli.global.without_empty() };
    match execute(&ui, cli) {
        Ok(()) => exit_code::DONE,
        Err(error) => {
            ui.error(&error);
            error.exit_code()
        }
    }
}

/// Shows what clap has to say: help that was asked for, or what is wrong with the arguments.
fn show_usage(error: &clap::Error) -> u8 {
    // A reader who has left needs no help.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => exit_code::DONE,
        _ => exit_code::USAGE,
    }
}

fn execute(ui: &Ui, cli: Cli) -> Result<(), Error> {
    // The controller is one loop that decides and many small waits: more threads would only hand work to and fro.
    let mut runtime = match cli.command {
        Command::RunController(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime.enable_all().build().map_err(Error::Output)?;
    // Only an error when another provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = runtime.block_on(run(ui, &cli.global, cli.command));
    runtime.shutdown_timeout(AFTERGLOW);
    outcome
}

async fn run(ui: &Ui, global: &GlobalArgs, command: Command) -> Result<(), Error> {
    match command {
        // It has logs and an orderly end of its own.
        Command::RunController(args) => run_controller::run(ui, global, args).await,
        #[cfg(feature = "local")]
        Command::Local(local::LocalCommand::Up(args)) => local::up::run(ui, global, args).await,
        command => {
            trace(global.verbosity, ui.look().colour);
            interruptible(dispatch(ui, global, command)).await
        }
    }
}

async fn dispatch(ui: &Ui, global: &GlobalArgs, command: Command) -> Result<(), Error> {
    match command {
        Command::Apply(args) => apply::run(ui, global, args).await,
        Command::Autoscale(args) => autoscale::run(ui, global, args).await,
        Command::Check(args) => check::run(ui, global, args).await,
        Command::Complete(args) => complete::run(ui, global, args).await,
        Command::Completion(args) => completion::run(ui, global, args).await,
        Command::Cordon(args) => cordon::run(ui, global, args).await,
        Command::Crds(args) => crds::run(ui, global, args).await,
        Command::Delete(args) => delete::run(ui, global, args).await,
        Command::Deploy(args) => deploy::run(ui, global, args).await,
        Command::Describe(args) => describe::run(ui, global, args).await,
        Command::Diff(args) => diff::run(ui, global, args).await,
        Command::Drain(args) => drain::run(ui, global, args).await,
        Command::Events(args) => events::run(ui, global, args).await,
        Command::Explain(args) => explain::run(ui, global, args).await,
        Command::ExplainCode(args) => explain_code::run(ui, global, args).await,
        Command::Expose(args) => expose::run(ui, global, args).await,
        Command::Get(args) => get::run(ui, global, args).await,
        Command::Install(args) => install::run(ui, global, args).await,
        #[cfg(feature = "local")]
        Command::Local(command) => local::run(ui, global, command).await,
        Command::Logs(args) => logs::run(ui, global, args).await,
        Command::Man(args) => man::run(ui, global, args).await,
        Command::Rbac(args) => rbac::run(ui, global, args).await,
        Command::Report(args) => report::run(ui, global, args).await,
        Command::Rollout(command) => rollout::run(ui, global, command).await,
        Command::RunController(args) => run_controller::run(ui, global, args).await,
        Command::Scaffold(args) => scaffold::run(ui, global, args).await,
        Command::Scale(args) => scale::run(ui, global, args).await,
        Command::Set(command) => set::run(ui, global, command).await,
        Command::Top(args) => top::run(ui, global, args).await,
        Command::Tree(args) => tree::run(ui, global, args).await,
        Command::Uncordon(args) => cordon::run_uncordon(ui, global, args).await,
        Command::Uninstall(args) => uninstall::run(ui, global, args).await,
        Command::Validate(args) => validate::run(ui, global, args).await,
        Command::Version(args) => version::run(ui, global, args).await,
    }
}

/// Ends the command at Ctrl-C; what it holds is dropped, so that the terminal is left as it was found.
async fn interruptible(command: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    tokio::select! {
        // It is listened for before anything is done: a question that comes at once waits without letting go.
        biased;
        Ok(()) = tokio::signal::ctrl_c() => Err(Error::Interrupted),
        outcome = command => outcome,
    }
}

/// kubectl's levels: 6 shows requests, 8 everything.
fn trace(verbosity: u8, colour: bool) {
    let filter = match verbosity {
        0 => return,
        1..=3 => "warn",
        4..=5 => "info",
        6..=7 => "info,kubectl_wasmcloud=debug,kube=debug",
        _ => "debug,kubectl_wasmcloud=trace,kube=trace",
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter));
    let subscriber = subscriber.with_ansi(colour).with_writer(std::io::stderr);
    // A test may have installed one.
    let _ = subscriber.try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        command().debug_assert();
    }

    #[test]
    fn connection_flags_stand_after_the_verb() {
        let words =
            ["kubectl-wasmcloud", "get", "wd", "-n", "team-a", "--context", "x", "--as-group=a", "--as-group=b"];
        let cli = Cli::try_parse_from(words).unwrap();
        assert_eq!(cli.global.namespace.as_deref(), Some("team-a"));
        assert_eq!(cli.global.as_groups, ["a", "b"]);
    }
}

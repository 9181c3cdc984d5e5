//! `kubectl wasmcloud completion`: a script for a shell, which asks [`complete`](super::complete) what may come next.

use clap::{Args, ValueEnum};

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::ui::Ui;

/// What `completion` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "For kubectl-wasmcloud itself, with bash for example:\n  source <(kubectl-wasmcloud completion bash)\n\
                  For `kubectl wasmcloud`, whose words kubectl's own completion (1.26 and newer) asks a program for:\n  \
                  kubectl-wasmcloud completion kubectl > kubectl_complete-wasmcloud\n  \
                  install kubectl_complete-wasmcloud into a directory of the PATH"
)]
pub struct CompletionArgs {
    /// The shell, or kubectl
    shell: Target,
}

/// What there are scripts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// GNU Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// Nushell.
    Nushell,
    /// The program that kubectl asks.
    Kubectl,
}

impl Target {
    /// The file that the script is kept in.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Bash => "kubectl-wasmcloud.bash",
            Self::Zsh => "_kubectl-wasmcloud",
            Self::Fish => "kubectl-wasmcloud.fish",
            Self::Powershell => "kubectl-wasmcloud.ps1",
            Self::Nushell => "kubectl-wasmcloud.nu",
            Self::Kubectl => "kubectl_complete-wasmcloud",
        }
    }

    /// The script.
    pub fn script(self) -> &'static str {
        match self {
            Self::Bash => include_str!("completion/scripts/kubectl-wasmcloud.bash"),
            Self::Zsh => include_str!("completion/scripts/_kubectl-wasmcloud"),
            Self::Fish => include_str!("completion/scripts/kubectl-wasmcloud.fish"),
            Self::Powershell => include_str!("completion/scripts/kubectl-wasmcloud.ps1"),
            Self::Nushell => include_str!("completion/scripts/kubectl-wasmcloud.nu"),
            Self::Kubectl => include_str!("completion/scripts/kubectl_complete-wasmcloud"),
        }
    }
}

/// Prints the script.
///
/// # Errors
/// When it cannot be written.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: CompletionArgs) -> Result<(), Error> {
    ui.raw(args.shell.script())
}

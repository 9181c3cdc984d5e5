//! `kubectl wasmcloud completion`: a script for a shell.

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use crate::cli::{self, GlobalArgs};
use crate::error::Error;
use crate::ui::Ui;

/// What `completion` takes.
#[derive(Debug, Args)]
#[command(after_help = "Load it with, for example:\n  source <(kubectl wasmcloud completion bash)")]
pub struct CompletionArgs {
    /// The shell
    shell: Target,
}

/// Shells there are scripts for.
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
}

impl Target {
    /// The file that the script is kept in.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Bash => "kubectl-wasmcloud.bash",
            Self::Zsh => "_kubectl-wasmcloud",
            Self::Fish => "kubectl-wasmcloud.fish",
            Self::Powershell => "kubectl-wasmcloud.ps1",
        }
    }

    /// The script.
    pub fn script(self) -> String {
        let shell = match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
            Self::Powershell => Shell::PowerShell,
        };
        let mut script = Vec::new();
        let mut command = cli::command().bin_name("kubectl-wasmcloud");
        clap_complete::generate(shell, &mut command, "kubectl-wasmcloud", &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

/// Prints the script.
///
/// # Errors
/// When it cannot be written.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: CompletionArgs) -> Result<(), Error> {
    ui.raw(&args.shell.script())
}

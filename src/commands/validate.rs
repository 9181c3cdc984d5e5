//! `kubectl wasmcloud validate`: what is wrong with manifests, without a cluster.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::GlobalArgs;
use crate::cli::target::FileArgs;
use crate::commands::files::texts;
use crate::error::Error;
use crate::report::findings;
use crate::ui::Ui;
use crate::validate::{Definitions, Facts, FileSet, Ignored, Level, check};

/// What `validate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 when nothing is worse than a warning, 1 when something is, 2 when it could not be told.\n\
                  `kubectl wasmcloud explain-code CODE` explains a finding.",
    override_usage = "kubectl wasmcloud validate -f FILE… [flags]"
)]
pub struct ValidateArgs {
    #[command(flatten)]
    files: FileArgs,
    /// How to show what is found
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    output: Format,
    /// Show only what is at least so bad
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "info")]
    level: Level,
    /// Directory with the CustomResourceDefinitions to go by, instead of this program's own
    #[arg(long, value_name = "DIR")]
    schema_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: with the source on a terminal, a line each in a pipe.
    #[default]
    Text,
}

/// Validates.
///
/// # Errors
/// When something of level error is found, or it cannot be told.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: ValidateArgs) -> Result<(), Error> {
    if args.files.is_empty() {
        return Err(Error::usage("must specify one of -f and -k"));
    }
    let files = FileSet::read(texts(&args.files).await?);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    match args.output {
        Format::Text => ui.raw(&findings::text(&files, &found, args.level, &ui.result_look()))?,
    }
    if found.has_errors() { Err(Error::Reported) } else { Ok(()) }
}

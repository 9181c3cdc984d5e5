//! `kubectl wasmcloud explain-code`: what a finding of `validate` or a check of `check` means, and what to do about it.

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::codes::{all, find};
use crate::report::{page, render_json};
use crate::ui::Ui;

/// What `explain-code` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kubectl wasmcloud explain-code WC0220
  kubectl wasmcloud explain-code WCC031
  kubectl wasmcloud explain-code            # lists all codes")]
pub struct ExplainCodeArgs {
    /// Code of a finding of `validate` or of a check of `check`; all are listed without
    #[arg(value_name = "CODE")]
    code: Option<String>,
    /// How to show it
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: Markdown, laid out on a terminal.
    #[default]
    Text,
    /// Code, level, title and page, as JSON.
    Json,
}

/// Explains it; no server is asked.
///
/// # Errors
/// When there is no such code.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: ExplainCodeArgs) -> Result<(), Error> {
    let Some(word) = &args.code else {
        return match args.output {
            Format::Text => ui.raw(&page::list(&all())),
            Format::Json => ui.raw(&render_json(&json!(all()))),
        };
    };
    let explained = find(word).map_err(|near| {
        let help = match near {
            Some(near) => format!("did you mean {near}?"),
            None => "`kubectl wasmcloud explain-code` lists all codes".to_owned(),
        };
        Error::usage_with(format!("there is no code \"{word}\""), help)
    })?;
    match args.output {
        Format::Text => ui.raw(&page::render(explained.page, &ui.result_look())),
        Format::Json => ui.raw(&render_json(&json!(explained))),
    }
}

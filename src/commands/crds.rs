//! `kubectl wasmcloud crds`: the CustomResourceDefinitions, as text.

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::api;
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::report::{list_of, render_json, render_yaml};
use crate::ui::Ui;

/// What `crds` takes.
#[derive(Debug, Args)]
pub struct CrdsArgs {
    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

/// How to print documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One YAML document each.
    #[default]
    Yaml,
    /// One JSON list.
    Json,
}

/// Prints them.
///
/// # Errors
/// When they cannot be written.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: CrdsArgs) -> Result<(), Error> {
    ui.raw(&render(args.output)?)
}

fn render(format: Format) -> Result<String, Error> {
    let crds = api::crds().iter().map(serde_json::to_value).collect::<Result<Vec<Value>, _>>();
    let crds = crds.map_err(|error| Error::Kubernetes(error.to_string()))?;
    Ok(match format {
        Format::Yaml => crds.iter().map(|crd| format!("---\n{}", render_yaml(crd))).collect(),
        Format::Json => render_json(&list_of(crds, false)),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::manifest::{Text, parse};

    #[test]
    fn what_is_printed_can_be_applied() {
        for format in [Format::Yaml, Format::Json] {
            let text = Text { name: "crds".to_owned(), content: render(format).unwrap() };
            let documents = parse(&Arc::new(text)).unwrap();
            let ours: Vec<_> = api::crds().iter().map(|crd| serde_json::to_value(crd).unwrap()).collect();
            assert_eq!(documents.into_iter().map(|document| document.object).collect::<Vec<_>>(), ours);
        }
    }
}

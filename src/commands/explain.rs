//! `kubectl wasmcloud explain`: what a field is, without a cluster.

use clap::{Args, ValueEnum};

use crate::api::Kind;
use crate::api::names::{GROUP, VERSION};
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::selection::{self, Selection};
use crate::report::explain::{find, render};
use crate::report::render_json;
use crate::ui::Ui;

/// What `explain` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  kubectl wasmcloud explain workloaddeployment
  kubectl wasmcloud explain wd.spec.template.spec.components
  kubectl wasmcloud explain host --recursive

The definitions are this program's own; `kubectl explain` has those of the cluster.")]
pub struct ExplainArgs {
    /// Type and path of a field, such as wd.spec.replicas
    #[arg(value_name = "TYPE[.FIELD…]")]
    path: Option<String>,
    /// The names of all fields below, and no more
    #[arg(long)]
    recursive: bool,
    /// How to show it; json is the schema
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    output: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text, as kubectl has it.
    #[default]
    Plaintext,
    /// The schema, as JSON.
    Json,
}

/// Explains it; no server is asked.
///
/// # Errors
/// When there is no such type or field.
pub async fn run(ui: &Ui, _global: &GlobalArgs, args: ExplainArgs) -> Result<(), Error> {
    let Some(path) = &args.path else {
        return Err(Error::usage_with(
            "You must specify the type of resource to explain.",
            "such as `kubectl wasmcloud explain wd.spec`",
        ));
    };
    let (kind, rest) = split(path)?;
    let steps: Vec<_> = rest.split('.').filter(|step| !step.is_empty()).collect();
    let explained = find(kind, &steps)?;
    match args.output {
        Format::Plaintext => ui.raw(&render(&explained, args.recursive)),
        Format::Json => ui.raw(&render_json(&explained.field.to_value())),
    }
}

/// The type, and the path below it.
fn split(path: &str) -> Result<(Kind, &str), Error> {
    let (word, mut rest) = path.split_once('.').unwrap_or((path, ""));
    for part in [VERSION, GROUP] {
        rest = match rest.strip_prefix(part) {
            Some("") => "",
            Some(below) => below.strip_prefix('.').unwrap_or(rest),
            None => rest,
        };
    }
    match selection::parse(&[word.to_owned()], "explain")? {
        Selection::Types(kinds) if kinds.len() == 1 => Ok((kinds[0], rest)),
        _ => Err(Error::usage(format!("one type is explained at a time, and not \"{word}\""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_a_type() {
        assert_eq!(split("wd").unwrap(), (Kind::WorkloadDeployment, ""));
        assert_eq!(split("wd.spec.replicas").unwrap(), (Kind::WorkloadDeployment, "spec.replicas"));
        assert_eq!(split("hosts.runtime.wasmcloud.dev").unwrap(), (Kind::Host, ""));
        assert_eq!(split("hosts.v1alpha1.runtime.wasmcloud.dev.status").unwrap(), (Kind::Host, "status"));
        for wrong in ["pods", "pods.spec", "wd,ww"] {
            assert_eq!(split(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
    }
}

//! Flags that say which objects a verb is about, and how it writes them.

use std::path::PathBuf;

use clap::Args;

use crate::api::names::field_manager;
use crate::cluster::DryRun;
use crate::report::{Output, parse_output};

/// Manifests, as every verb that reads files takes them.
#[derive(Clone, Debug, Default, Args)]
pub struct FileArgs {
    /// Files, directories, patterns, or - for standard input
    #[arg(short, long, value_name = "FILE", value_delimiter = ',')]
    pub filename: Vec<PathBuf>,
    /// Directory with a kustomization, which `kubectl kustomize` builds
    #[arg(short = 'k', long, value_name = "DIR", conflicts_with_all = ["filename", "recursive"])]
    pub kustomize: Option<PathBuf>,
    /// Read directories with all below them
    #[arg(short = 'R', long, requires = "filename")]
    pub recursive: bool,
}

impl FileArgs {
    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.filename.is_empty() && self.kustomize.is_none()
    }
}

/// Objects by type and name, by selectors or by the manifests that name them.
#[derive(Clone, Debug, Default, Args)]
pub struct TargetArgs {
    /// Types and names: TYPE NAME…, TYPE/NAME… or TYPE[,TYPE…]
    #[arg(value_name = "TYPE[/NAME]")]
    pub words: Vec<String>,
    /// Manifests that name the objects.
    #[command(flatten)]
    pub files: FileArgs,
    /// Only objects with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Only objects with these fields, such as metadata.name=x
    #[arg(long, value_name = "SELECTOR", hide_short_help = true)]
    pub field_selector: Option<String>,
    /// In all namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
}

impl TargetArgs {
    /// Whether a selector is given.
    pub fn selects(&self) -> bool {
        self.selector.is_some() || self.field_selector.is_some()
    }
}

/// How a verb that changes objects does it, and shows what came of it.
#[derive(Clone, Debug, Args)]
pub struct WriteArgs {
    /// Only say what would be done; with `server`, have the server check it
    #[arg(long, value_name = "WHERE", value_enum, default_value_t, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: DryRun,
    /// Whose change this is, for the fields' ownership
    #[arg(long, value_name = "NAME", default_value = field_manager::KUBECTL, hide_default_value = true, hide_short_help = true)]
    pub field_manager: String,
    /// How to show the objects: json, yaml, name or jsonpath=TEMPLATE; otherwise one line for each
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_written)]
    pub output: Option<Output>,
    /// Show managedFields with -o json and -o yaml
    #[arg(long, hide_short_help = true)]
    pub show_managed_fields: bool,
}

impl Default for WriteArgs {
    fn default() -> Self {
        let field_manager = field_manager::KUBECTL.to_owned();
        Self { dry_run: DryRun::None, field_manager, output: None, show_managed_fields: false }
    }
}

/// Reads `-o` of a verb that changes objects, which has no table.
fn parse_written(text: &str) -> Result<Output, String> {
    match parse_output(text)? {
        Output::Table | Output::Wide => Err("the formats are json, yaml, name and jsonpath=TEMPLATE".to_owned()),
        output => Ok(output),
    }
}

//! `kubectl wasmcloud get`: objects, as tables or raw.

mod follow;
mod show;

use clap::Args;
use serde_json::Value;

use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cluster::Filter;
use crate::context::Context;
use crate::error::Error;
use crate::plan::selection::{self, Selection};
use crate::report::{Output, columns, parse_output};
use crate::ui::Ui;

/// What `get` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud get TYPE[,TYPE…] [flags]\n       kubectl wasmcloud get TYPE NAME… [flags]\n       kubectl wasmcloud get TYPE/NAME… [flags]",
    after_help = "Types: workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts, artifacts (art).\n\
                  Hosts live in the controller's namespace; without --namespace they are found wherever they are."
)]
pub struct GetArgs {
    /// Types and names of what to show
    #[arg(value_name = "TYPE[/NAME]")]
    words: Vec<String>,
    /// Look in all namespaces
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Only objects with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Option<String>,
    /// Only objects with these fields, such as metadata.name=x
    #[arg(long, value_name = "SELECTOR")]
    field_selector: Option<String>,
    /// How to show them: json, yaml, name, wide or jsonpath=TEMPLATE
    #[arg(short, long, value_name = "FORMAT", value_parser = parse_output)]
    output: Option<Output>,
    /// Go on showing changes
    #[arg(short, long)]
    watch: bool,
    /// Leave out the headers of tables
    #[arg(long)]
    no_headers: bool,
    /// Show labels as the last column
    #[arg(long)]
    show_labels: bool,
    /// Show managedFields with -o json and -o yaml
    #[arg(long)]
    show_managed_fields: bool,
    /// An object that is not there is no error
    #[arg(long)]
    ignore_not_found: bool,
}

/// The arguments, checked.
struct GetRequest {
    selection: Selection,
    filter: Filter,
    output: Output,
    style: columns::Style,
    headers: bool,
    managed_fields: bool,
    ignore_not_found: bool,
    watch: bool,
}

/// Objects of one kind, in the order in which they are shown.
struct Found {
    kind: Kind,
    objects: Vec<Value>,
}

/// Shows what was asked for.
///
/// # Errors
/// When the words make no sense, something is not there, or a request fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: GetArgs) -> Result<(), Error> {
    let all = args.all_namespaces;
    let request = resolve(args)?;
    let context = Context::connect(ui, global).await?;
    if request.watch {
        return follow::run(ui, &context, &request, all).await;
    }
    let (found, missing) = read(ui, &context, &request, all).await?;
    show::print(ui, &context, &request, found, all).await?;
    if missing { Err(Error::Reported) } else { Ok(()) }
}

fn resolve(args: GetArgs) -> Result<GetRequest, Error> {
    let selection = selection::parse(&args.words)?;
    let named = matches!(selection, Selection::Named(_));
    if named && args.all_namespaces {
        return Err(Error::usage("a resource cannot be retrieved by name across all namespaces"));
    }
    if named && (args.selector.is_some() || args.field_selector.is_some()) {
        return Err(Error::usage("selectors may not be specified when retrieving objects by name"));
    }
    let kinds = match &selection {
        Selection::Types(kinds) => kinds.clone(),
        Selection::Named(named) => named.iter().map(|(kind, _)| *kind).collect(),
    };
    let several = kinds.iter().any(|kind| Some(kind) != kinds.first());
    let output = args.output.unwrap_or_default();
    let wide = matches!(output, Output::Wide);
    let style = columns::Style { wide, namespace: args.all_namespaces, labels: args.show_labels, kind: several };
    let filter = Filter { labels: args.selector, fields: args.field_selector };
    Ok(GetRequest {
        selection,
        filter,
        output,
        style,
        headers: !args.no_headers,
        managed_fields: args.show_managed_fields,
        ignore_not_found: args.ignore_not_found,
        watch: args.watch,
    })
}

/// Reads everything; objects that are not there are told at once, and the rest is shown all the same.
async fn read(ui: &Ui, context: &Context, request: &GetRequest, all: bool) -> Result<(Vec<Found>, bool), Error> {
    let mut found: Vec<Found> = Vec::new();
    let mut missing = false;
    match &request.selection {
        Selection::Types(kinds) => {
            for kind in kinds {
                let scope = context.scope(*kind, all);
                let mut objects = context.cluster.list(&kind.api_resource(), &scope, &request.filter).await?;
                objects.sort_by_cached_key(sort_key);
                found.push(Found { kind: *kind, objects });
            }
        }
        Selection::Named(names) => {
            for (kind, name) in names {
                match context.find(*kind, name).await {
                    Ok(object) => match found.last_mut().filter(|last| last.kind == *kind) {
                        Some(last) => last.objects.push(object),
                        None => found.push(Found { kind: *kind, objects: vec![object] }),
                    },
                    Err(error) if error.is_not_found() && request.ignore_not_found => {}
                    Err(error) if error.is_not_found() => {
                        ui.error(&error);
                        missing = true;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok((found, missing))
}

/// Namespace, then name.
fn sort_key(object: &Value) -> (String, String) {
    let word = |path| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    (word("/metadata/namespace"), word("/metadata/name"))
}

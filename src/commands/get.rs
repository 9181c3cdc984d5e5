//! `kubectl wasmcloud get`: objects, as tables or raw.

mod follow;
mod lean;
mod look;
mod server;
mod show;

use clap::{Args, ValueEnum};
use serde_json::Value;

use self::look::Look;
use super::files::documents;
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::target::FileArgs;
use crate::cluster::{CHUNK, Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::kinds;
use crate::plan::selection::{self, Selection, kind_of};
use crate::report::sort::sort_by;
use crate::report::{JsonPath, Output, WithoutManagers, columns, parse_output};
use crate::ui::Ui;

/// What `get` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud get TYPE[,TYPE…] [flags]\n       kubectl wasmcloud get TYPE NAME… [flags]\n       kubectl wasmcloud get TYPE/NAME… [flags]\n       kubectl wasmcloud get -f FILE… [flags]",
    after_help = "Types: workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts, artifacts (art).\n\
                  Hosts live in the controller's namespace; without --namespace they are found wherever they are."
)]
pub struct GetArgs {
    /// Types and names of what to show
    #[arg(value_name = "TYPE[/NAME]")]
    words: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
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
    /// Show changes from now on, and not what there is
    #[arg(long)]
    watch_only: bool,
    /// Say whether an object was added, modified or deleted
    #[arg(long)]
    output_watch_events: bool,
    /// Sort by the field that this JSONPath leads to, such as .metadata.creationTimestamp
    #[arg(long, value_name = "JSONPATH", conflicts_with_all = ["watch", "watch_only"])]
    sort_by: Option<String>,
    /// Labels that get a column each
    #[arg(short = 'L', long, value_name = "LABEL", value_delimiter = ',')]
    label_columns: Vec<String>,
    /// Say the type before each name
    #[arg(long)]
    show_kind: bool,
    /// Whose columns tables have: ours, or those that the server prints
    #[arg(long, value_name = "WHOSE", value_enum, default_value_t, conflicts_with_all = ["sort_by", "watch", "watch_only"])]
    columns: Columns,
    /// Objects per answer of the server; 0 is all in one
    #[arg(long, value_name = "NUMBER", default_value_t = CHUNK, hide_short_help = true, conflicts_with_all = ["watch", "watch_only"])]
    chunk_size: u32,
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

/// Whose columns tables have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Columns {
    /// Ours.
    #[default]
    Ours,
    /// Those that the server prints.
    Server,
}

/// The arguments, checked.
struct GetRequest {
    wanted: Wanted,
    filter: Filter,
    output: Output,
    look: Look,
    columns: Columns,
    sort_by: Option<(JsonPath, String)>,
    chunk: u32,
    headers: bool,
    managed_fields: bool,
    ignore_not_found: bool,
    watch: bool,
    watch_only: bool,
}

/// What was asked for.
enum Wanted {
    /// All objects of these kinds that the filter lets through.
    Types(Vec<Kind>),
    /// These objects.
    Named(Vec<Named>),
}

/// An object, by its name.
struct Named {
    kind: Kind,
    /// Where a manifest says that it is.
    namespace: Option<String>,
    name: String,
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
    let (wanted, documents) = wanted(&args).await?;
    let mut request = resolve(args, wanted)?;
    let context = Context::connect(ui, global).await?;
    if let Some(documents) = documents {
        request.name(named_by(ui, &context, &documents)?);
    }
    if request.watch {
        return follow::run(ui, &context, &request, all).await;
    }
    match &request.wanted {
        Wanted::Types(kinds) if request.sort_by.is_none() && request.output.is_table() => {
            let mut tables = Vec::new();
            for kind in kinds {
                tables.push(match request.columns {
                    Columns::Ours => lean::table(&context, &request, *kind, all).await?,
                    Columns::Server => server::table(&context, &request, *kind, all).await?,
                });
            }
            show::print_tables(ui, &context, &request, &tables, all)
        }
        Wanted::Types(kinds) if request.sort_by.is_none() && matches!(request.output, Output::Name) => {
            for kind in kinds {
                let names = lean::all_names(&context, &request, *kind, all).await?;
                ui.raw(&names.into_iter().map(|name| name + "\n").collect::<String>())?;
            }
            Ok(())
        }
        Wanted::Named(named) if request.columns == Columns::Server && request.output.is_table() => {
            by_server(ui, &context, &request, named).await
        }
        _ => {
            let (found, missing) = read(ui, &context, &request, all).await?;
            show::print(ui, &context, &request, found, all).await?;
            if missing { Err(Error::Reported) } else { Ok(()) }
        }
    }
}

/// What the words mean, or what the files hold.
async fn wanted(args: &GetArgs) -> Result<(Wanted, Option<Vec<Document>>), Error> {
    let selects = args.selector.is_some() || args.field_selector.is_some();
    if !args.files.is_empty() {
        if !args.words.is_empty() || selects || args.all_namespaces {
            return Err(Error::usage(
                "when paths are provided as input, you may not specify resource arguments as well",
            ));
        }
        return Ok((Wanted::Named(vec![]), Some(documents(&args.files, "get").await?)));
    }
    match selection::parse(&args.words, "get")? {
        Selection::Types(kinds) => Ok((Wanted::Types(kinds), None)),
        Selection::Named(_) if args.all_namespaces => {
            Err(Error::usage("a resource cannot be retrieved by name across all namespaces"))
        }
        Selection::Named(_) if selects => {
            Err(Error::usage("selectors may not be specified when retrieving objects by name"))
        }
        Selection::Named(named) => {
            let named = named.into_iter().map(|(kind, name)| Named { kind, namespace: None, name });
            Ok((Wanted::Named(named.collect()), None))
        }
    }
}

/// The objects that manifests name. Those of other kinds are kubectl's to show.
fn named_by(ui: &Ui, context: &Context, documents: &[Document]) -> Result<Vec<Named>, Error> {
    kinds(documents).map_err(Error::Manifests)?;
    let mut named = Vec::new();
    for document in documents {
        match document.kind().as_ref().and_then(kind_of) {
            Some(kind) => {
                let namespace = Some(context.namespace_of(document)?);
                named.push(Named { kind, namespace, name: document.name().to_owned() });
            }
            None => {
                let kind = document.kind().map(|kind| kind.kind.clone()).unwrap_or_default();
                ui.status(format!("{kind} \"{}\" is passed over: `kubectl get` shows it", document.name()));
            }
        }
    }
    Ok(named)
}

/// What has no effect beside other flags, in kubectl's words.
fn check(args: &GetArgs) -> Result<(), Error> {
    if args.output_watch_events && !args.watch && !args.watch_only {
        return Err(Error::usage("--output-watch-events option can only be used with --watch or --watch-only"));
    }
    let printer = match args.output {
        None | Some(Output::Table | Output::Wide) => return Ok(()),
        Some(Output::Json) => "json",
        Some(Output::Yaml) => "yaml",
        Some(Output::Name) => "name",
        Some(Output::JsonPath(_)) => "jsonpath",
    };
    match (args.show_labels, args.columns) {
        (true, _) => Err(Error::usage(format!("--show-labels option cannot be used with {printer} printer"))),
        (_, Columns::Server) => Err(Error::usage(format!("--columns option cannot be used with {printer} printer"))),
        _ => Ok(()),
    }
}

fn resolve(args: GetArgs, wanted: Wanted) -> Result<GetRequest, Error> {
    check(&args)?;
    let output = args.output.unwrap_or_default();
    let kinds = wanted.kinds();
    let several = args.show_kind || kinds.iter().any(|kind| Some(kind) != kinds.first());
    let wide = matches!(output, Output::Wide);
    let path = |text: String| match JsonPath::parse(&text) {
        Ok(path) => Ok((path, text)),
        Err(error) => Err(Error::usage(format!("--sort-by: {error}"))),
    };
    Ok(GetRequest {
        wanted,
        filter: Filter { labels: args.selector, fields: args.field_selector },
        output,
        look: Look {
            style: columns::Style { wide, namespace: args.all_namespaces, labels: false, kind: several },
            label_columns: args.label_columns,
            labels: args.show_labels,
            events: args.output_watch_events,
        },
        columns: args.columns,
        sort_by: args.sort_by.map(path).transpose()?,
        chunk: args.chunk_size,
        headers: !args.no_headers,
        managed_fields: args.show_managed_fields,
        ignore_not_found: args.ignore_not_found,
        watch: args.watch || args.watch_only,
        watch_only: args.watch_only,
    })
}

impl Wanted {
    fn kinds(&self) -> Vec<Kind> {
        match self {
            Self::Types(kinds) => kinds.clone(),
            Self::Named(named) => named.iter().map(|named| named.kind).collect(),
        }
    }
}

impl GetRequest {
    /// Takes the objects that files name.
    fn name(&mut self, named: Vec<Named>) {
        self.wanted = Wanted::Named(named);
        let kinds = self.kinds();
        self.look.style.kind |= kinds.iter().any(|kind| Some(kind) != kinds.first());
    }

    fn kinds(&self) -> Vec<Kind> {
        self.wanted.kinds()
    }

    /// Whether nothing was named, so that nothing found is worth a word.
    fn is_open(&self) -> bool {
        matches!(self.wanted, Wanted::Types(_))
    }

    /// Whether one object was named, which then stands alone.
    fn is_single(&self) -> bool {
        matches!(&self.wanted, Wanted::Named(named) if named.len() == 1)
    }

    /// The error of an object that is not there, unless it was to be ignored; whether it was told.
    fn missing(&self, ui: &Ui, error: Error) -> Result<bool, Error> {
        if !error.is_not_found() {
            return Err(error);
        }
        if !self.ignore_not_found {
            ui.error(&error);
        }
        Ok(!self.ignore_not_found)
    }
}

/// Reads everything; objects that are not there are told at once, and the rest is shown all the same.
async fn read(ui: &Ui, context: &Context, request: &GetRequest, all: bool) -> Result<(Vec<Found>, bool), Error> {
    let mut found: Vec<Found> = Vec::new();
    let mut missing = false;
    match &request.wanted {
        Wanted::Types(kinds) => {
            for kind in kinds {
                let scope = context.scope(*kind, all);
                let mut objects = listed(context, request, *kind, &scope).await?;
                objects.sort_by_cached_key(sort_key);
                found.push(Found { kind: *kind, objects });
            }
        }
        Wanted::Named(named) => {
            for named in named {
                match named.get(context).await {
                    Ok(object) => match found.last_mut().filter(|last| last.kind == named.kind) {
                        Some(last) => last.objects.push(object),
                        None => found.push(Found { kind: named.kind, objects: vec![object] }),
                    },
                    Err(error) => missing |= request.missing(ui, error)?,
                }
            }
        }
    }
    if let Some((path, text)) = &request.sort_by {
        for found in &mut found {
            let objects = std::mem::take(&mut found.objects);
            found.objects = sort_by(objects, path, text).map_err(Error::Kubernetes)?;
        }
    }
    Ok((found, missing))
}

async fn listed(context: &Context, request: &GetRequest, kind: Kind, scope: &Scope) -> Result<Vec<Value>, Error> {
    let (cluster, resource, filter) = (&context.cluster, kind.api_resource(), &request.filter);
    if request.managed_fields {
        return cluster.list_by(&resource, scope, filter, request.chunk).await;
    }
    let objects: Vec<WithoutManagers> = cluster.list_by(&resource, scope, filter, request.chunk).await?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// Named objects in the tables that the server prints.
async fn by_server(ui: &Ui, context: &Context, request: &GetRequest, named: &[Named]) -> Result<(), Error> {
    let mut tables: Vec<(Kind, show::Table)> = Vec::new();
    let mut missing = false;
    for named in named {
        match server::table_of(context, request, named).await {
            Ok(table) => match tables.last_mut().filter(|(kind, _)| *kind == named.kind) {
                Some((_, last)) => last.rows.extend(table.rows),
                None => tables.push((named.kind, table)),
            },
            Err(error) => missing |= request.missing(ui, error)?,
        }
    }
    let tables: Vec<_> = tables.into_iter().map(|(_, table)| table).collect();
    show::print_tables(ui, context, request, &tables, false)?;
    if missing { Err(Error::Reported) } else { Ok(()) }
}

impl Named {
    async fn get(&self, context: &Context) -> Result<Value, Error> {
        match &self.namespace {
            Some(namespace) => context.cluster.get(&self.kind.api_resource(), Some(namespace), &self.name).await,
            None => context.find(self.kind, &self.name).await,
        }
    }
}

/// Namespace, then name.
fn sort_key(object: &Value) -> (String, String) {
    let word = |path| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    (word("/metadata/namespace"), word("/metadata/name"))
}

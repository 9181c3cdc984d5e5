//! `kubectl wasmcloud validate`: what is wrong with manifests, without a cluster unless it is to be asked.

mod images;
mod server;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::GlobalArgs;
use crate::cli::target::FileArgs;
use crate::commands::apart::apart;
use crate::commands::check::NatsArgs;
use crate::commands::files::{no_files, texts_and_unread};
use crate::error::{Error, Look};
use crate::manifest::{self, Text};
use crate::report::{findings, render_json};
use crate::ui::Ui;
use crate::validate::{self, Definitions, Facts, FileSet, Findings, Ignored, Level, check};

/// What it is good for here.
const NATS: &str = "With --server: NATS server that hosts are reached through, as it is reached from here; without it, \
                    what interfaces they have is not known";

/// What `validate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 when nothing is worse than a warning, 1 when something is, 2 when it could not be told.\n\n\
                  `kubectl wasmcloud explain-code CODE` explains a finding.",
    override_usage = "kubectl wasmcloud validate -f FILE… [flags]",
    mut_arg("nats_url", |arg| arg.requires("server").help(NATS))
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
    /// Ignore findings of a code, and why: WC0104 or WC0104=REASON
    #[arg(long, value_name = "CODE[=REASON]")]
    ignore: Vec<String>,
    /// Open the components, from files or registries, and hold what they import and export against the manifests
    #[arg(long)]
    images: bool,
    /// Directory with the CustomResourceDefinitions to go by, instead of this program's own
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    schema_dir: Option<PathBuf>,
    /// Ask the cluster too, or the one at URL: its definitions, what the files refer to, which hosts fit; nothing is written
    // kubectl's own flag, whose value may be left out here: clap knows both by one id.
    #[arg(short, long, value_name = "URL", num_args = 0..=1, default_missing_value = "", conflicts_with = "schema_dir")]
    server: Option<String>,
    #[command(flatten)]
    nats: NatsArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: with the source on a terminal, a line each in a pipe.
    #[default]
    Text,
    /// JSON: findings, and a summary.
    Json,
    /// SARIF 2.1.0, as code scanning reads it.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
}

/// Validates.
///
/// # Errors
/// When something of level error is found, or it cannot be told.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ValidateArgs) -> Result<(), Error> {
    let (files, found) = find(ui, global, &args).await.map_err(Error::cannot_tell)?;
    let (format, level, look) = (args.output, args.level, ui.result_look());
    let (text, has_errors) = apart(move || {
        let told = (shown(&files, &found, format, level, &look), found.has_errors());
        // The process ends, which is quicker than to give thousands of objects back one by one.
        std::mem::forget((files, found));
        told
    })
    .await?;
    ui.raw(&text)?;
    if has_errors { Err(Error::Reported) } else { Ok(()) }
}

fn shown(files: &FileSet, found: &Findings, format: Format, level: Level, look: &Look) -> String {
    match format {
        Format::Text => findings::text(files, found, level, look),
        Format::Json => render_json(&findings::as_json(files, found, level)),
        Format::Sarif => render_json(&findings::sarif(found, level)),
        Format::Junit => findings::junit(files, found, level),
        Format::Github => findings::github(found, level),
    }
}

async fn find(ui: &Ui, global: &GlobalArgs, args: &ValidateArgs) -> Result<(FileSet, Findings), Error> {
    if args.files.is_empty() {
        return Err(Error::usage("must specify one of -f and -k"));
    }
    let explain = "`kubectl wasmcloud explain-code` lists the codes";
    let ignored = Ignored::read(&args.ignore).map_err(|message| Error::usage_with(message, explain))?;
    let offline = match &args.schema_dir {
        Some(directory) => read_definitions(directory)?,
        None => Definitions::own(),
    };
    let (texts, unread) = texts_and_unread(&args.files).await?;
    let texts = once(texts, &args.files);
    if texts.is_empty() && unread.is_empty() {
        return Err(no_files(&args.files));
    }
    let (files, offline) = apart(move || {
        let files = validate::read(texts, &offline).with_unread(unread);
        (files, offline)
    })
    .await?;
    let (definitions, cluster) = match args.server.is_some() {
        true => {
            server::ask(ui, global, &args.nats, &files, args.images).await.map(|(read, facts)| (read, Some(facts)))?
        }
        false => (offline, None),
    };
    let images = match args.images {
        true => Some(images::open(ui, &global.environment, &files, cluster.as_ref()).await),
        false => None,
    };
    apart(move || {
        let found = check(&files, &definitions, &Facts { images, cluster }, &ignored);
        (files, found)
    })
    .await
}

/// Without files that are named twice, alone and with their directory.
fn once(mut texts: Vec<Arc<Text>>, args: &FileArgs) -> Vec<Arc<Text>> {
    if args.filename.len() > 1 {
        let mut seen = HashSet::new();
        let file = |text: &Text| std::fs::canonicalize(&text.name).unwrap_or_else(|_| text.name.clone().into());
        texts.retain(|text| seen.insert(file(text)));
    }
    texts
}

/// The definitions among the manifests of a directory.
fn read_definitions(directory: &Path) -> Result<Definitions, Error> {
    let mut crds = Vec::new();
    for text in manifest::read(&[directory.to_owned()], true)? {
        let documents = manifest::parse(&text).map_err(|problem| Error::Manifests(vec![problem]))?;
        for document in documents
            .iter()
            .filter(|document| document.kind().is_some_and(|kind| kind.kind == "CustomResourceDefinition"))
        {
            let crd = serde_json::from_value(document.object.clone());
            crds.push(crd.map_err(|error| Error::Manifests(vec![document.problem(error.to_string())]))?);
        }
    }
    Definitions::read(&crds).map_err(|error| Error::usage(format!("{}: {error}", directory.display())))
}

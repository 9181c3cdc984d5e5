//! `kubectl wasmcloud scaffold`: manifests for who has none yet.

mod known;
pub(super) mod make;
mod open;
pub(super) mod questions;
mod write;

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::GlobalArgs;
use crate::cli::output::Format;
use crate::cli::shape::ShapeArgs;
use crate::error::Error;
use crate::report;
use crate::scaffold::{self, Made};
use crate::ui::Ui;

/// What `scaffold` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud scaffold TYPE NAME --image IMAGE [flags]
       kubectl wasmcloud scaffold TYPE NAME --from-wash-config FILE [flags]
       kubectl wasmcloud scaffold TYPE --example [flags]",
    after_help = "Images are opened: what they import and export decides the host interfaces. No cluster is asked: registries are \
told docker's credentials, never those of --pull-secret, and artifact:// needs --no-open. Env, config, secrets and volumes are for \
all components and the service. On a terminal what is missing is asked for.

Types: workloaddeployment (wd), workloadreplicaset (wrs), workload (ww), host, artifact (art).

Examples:
  # A component that answers HTTP requests, and a Service that leads to it
  kubectl wasmcloud scaffold wd hello --image ghcr.io/acme/hello:1.0.0 --http-host hello.example.com --expose

  # A component that was just built, on the local control plane
  kubectl wasmcloud scaffold wd hello --image target/wasm32-wasip2/release/hello.wasm | kubectl wasmcloud deploy --local -f -

  # A wash project, a file for each object
  kubectl wasmcloud scaffold wd shop --from-wash-config .wash/config.yaml --image ghcr.io/acme/shop:1.0.0 --output-dir deploy"
)]
pub struct ScaffoldArgs {
    /// Type and name
    #[arg(value_name = "TYPE [NAME]", hide = true)]
    words: Vec<String>,
    /// Write an example that has nearly everything, and runs on the local control plane
    #[arg(long)]
    example: bool,
    /// Write a file for each object into this directory, instead of all to standard output
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    output_dir: Option<PathBuf>,
    /// Overwrite files that are there, without a question
    #[arg(long, requires = "output_dir")]
    force: bool,
    /// How to write it; JSON has no comments
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "yaml")]
    output: Format,
    #[command(flatten)]
    shape: ShapeArgs,
}

/// Makes the manifests.
///
/// # Errors
/// When something is missing and nobody can be asked, an image cannot be opened, what was asked for does not fit it, or a
/// file is there already.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ScaffoldArgs) -> Result<(), Error> {
    let request = match args.example {
        true => make::example(&args.words, global.namespace.as_deref(), &args.shape)?,
        false => {
            let wanted = questions::wanted(ui, &args.words, args.shape.clone())?;
            make::make(ui, global, wanted, Some(1), false).await?
        }
    };
    let made = scaffold::documents(&request);
    make::check(&made)?;
    make::warn(ui, &request);
    match &args.output_dir {
        Some(directory) => write::write(ui, &args, directory, (made, scaffold::has_files(&request))),
        None => ui.raw(&rendered(&made, args.output)),
    }
}

/// All objects as one text.
pub(super) fn rendered(made: &[Made], format: Format) -> String {
    match format {
        Format::Yaml => made.iter().map(Made::yaml).collect::<Vec<_>>().join("---\n"),
        Format::Json => {
            report::render_json(&report::list_of(made.iter().map(|made| made.object.clone()).collect(), true))
        }
    }
}

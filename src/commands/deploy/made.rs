//! `deploy NAME --image …`: the manifest is made here, and deployed as one that was written.

use std::sync::Arc;

use super::DeployArgs;
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::output::Format;
use crate::cluster::DryRun;
use crate::commands::scaffold::{make, questions, rendered};
use crate::error::Error;
use crate::manifest::{self, Document, Text};
use crate::scaffold::{self, Made, image};
use crate::ui::Ui;

/// What a manifest is called that lies nowhere.
const NOWHERE: &str = "scaffold";

/// The manifest.
pub(super) struct Manifest(Vec<Made>);

/// Whether the words say what to deploy, and only once.
///
/// # Errors
/// What is missing or too much.
pub(super) fn check_words(args: &DeployArgs) -> Result<(), Error> {
    let flags = args.shape.given();
    let is_made = args.shape.names_what_runs();
    match (args.files.is_empty(), is_made) {
        (true, true) if args.output.is_some() && args.dry_run == DryRun::None => Err(Error::usage_with(
            "-o cannot be used without --dry-run",
            "--dry-run=client shows the manifest, --dry-run=server has the server check it too",
        )),
        (true, true) => Ok(()),
        (true, false) => Err(Error::usage("must specify one of -f, -k and --image")),
        (false, _) if args.name.is_some() => {
            Err(Error::usage_with("NAME cannot be used with -f and -k", "files name their objects themselves"))
        }
        (false, _) if !flags.is_empty() => {
            let flag = flags.first().copied().unwrap_or_default();
            Err(Error::usage_with(
                format!("--{flag} cannot be used with -f and -k"),
                "it says what a manifest is made of, and files hold manifests already",
            ))
        }
        (false, _) if args.output.is_some() => Err(Error::usage_with(
            "-o cannot be used with -f and -k",
            "`apply --dry-run=server -o yaml` shows what would become of files",
        )),
        (false, _) => Ok(()),
    }
}

/// Makes the manifest. Without `--replicas` it leaves them to whoever scales the deployment.
///
/// # Errors
/// As those of `scaffold`.
pub(super) async fn make(ui: &Ui, global: &GlobalArgs, args: &DeployArgs) -> Result<Manifest, Error> {
    let words: Vec<_> =
        std::iter::once(Kind::WorkloadDeployment.singular().to_owned()).chain(args.name.clone()).collect();
    let wanted = questions::wanted(ui, &words, args.shape.clone())?;
    let request = make::make(ui, global, wanted, None, has_cluster(global, args)?).await?;
    let here = make::here()?;
    let made = scaffold::documents(&request).into_iter();
    let made: Vec<_> = made.map(|made| made.with_images(|name| image::anchored(name, &here))).collect();
    make::check(&made)?;
    make::warn(ui, &request);
    if scaffold::has_files(&request) && !is_local(global) {
        ui.warning("hosts of a cluster do not see files of this machine; push the image, or use --local");
    }
    Ok(Manifest(made))
}

/// Whether there is a cluster to ask: none where the manifest is only shown, or where a local one is yet to be started.
fn has_cluster(global: &GlobalArgs, args: &DeployArgs) -> Result<bool, Error> {
    if args.output.is_some() && args.dry_run == DryRun::Client {
        return Ok(false);
    }
    #[cfg(feature = "local")]
    if global.local.is_some() {
        return global.runs_locally();
    }
    let _ = global;
    Ok(true)
}

fn is_local(global: &GlobalArgs) -> bool {
    #[cfg(feature = "local")]
    return global.local.is_some();
    #[cfg(not(feature = "local"))]
    {
        let _ = global;
        false
    }
}

impl Manifest {
    /// As it is shown.
    pub(super) fn render(&self, format: Format) -> String {
        rendered(&self.0, format)
    }

    /// As if it had been read from a file.
    ///
    /// # Errors
    /// None; what was written can be read.
    pub(super) fn documents(&self) -> Result<Vec<Document>, Error> {
        let text = Text { name: NOWHERE.to_owned(), content: self.render(Format::Yaml) };
        manifest::parse(&Arc::new(text)).map_err(|problem| Error::Manifests(vec![problem]))
    }
}

//! From what is wanted to the request: the wash project is read, the images are opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::known::Known;
use super::open::open;
use super::questions::{ask_more, check_fit, read};
use crate::api::{ArtifactSpec, Kind, LocalObjectReference};
use crate::cli::GlobalArgs;
use crate::cli::shape::ShapeArgs;
use crate::commands::apart::apart;
use crate::context::Context;
use crate::error::Error;
use crate::manifest::{self, Text};
use crate::scaffold::{self, Draft, HostSubject, Made, Opened, ScaffoldRequest, Subject, image, read_name, wash};
use crate::ui::Ui;
use crate::validate::Level;

/// What is wanted.
pub(in crate::commands) struct Wanted {
    /// The type.
    pub(in crate::commands) kind: Kind,
    /// The name.
    pub(in crate::commands) name: String,
    /// The flags, with the answers.
    pub(in crate::commands) shape: ShapeArgs,
    /// Whether something was asked already, so that more may be.
    pub(in crate::commands) asked: bool,
}

/// Makes the request. `replicas` is how many there are when nobody says. `deploys` to a cluster, which is at hand then and
/// asked for what images are pulled with.
///
/// # Errors
/// When something cannot be read, or does not fit.
pub(in crate::commands) async fn make(
    ui: &Ui,
    global: &GlobalArgs,
    mut wanted: Wanted,
    replicas: Option<i32>,
    deploys: bool,
) -> Result<ScaffoldRequest, Error> {
    let namespace = global.namespace.as_deref();
    read_name(&wanted.name, wanted.shape.expose.is_some()).map_err(Error::usage)?;
    let subject = match wanted.kind {
        Kind::Host => Some(Subject::Host(host(&wanted.shape))),
        Kind::Artifact => Some(Subject::Artifact(artifact(&wanted.shape))),
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet | Kind::Workload => None,
    };
    if let Some(subject) = subject {
        let namespace = namespace.map(str::to_owned);
        return Ok(ScaffoldRequest { name: wanted.name, namespace, subject, preface: Vec::new() });
    }
    let draft = base(ui, &wanted).await?.with(&wanted.shape.wishes(), &wanted.name)?;
    if draft.parts.iter().any(|part| part.component.image.is_empty()) {
        return Err(Error::usage_with(
            "the wash project does not say where its component is: build.component_path is missing",
            "--image IMAGE names it",
        ));
    }
    let opened = match wanted.shape.no_open {
        true => Opened::new(),
        false => {
            let (images, secret) = (draft.images(), wanted.shape.pull_secret.as_deref());
            let known = match deploys && Known::is_needed(&images, secret) {
                true => Known::ask(ui, &Context::connect(ui, global).await?, &images, secret).await?,
                false => Known::default(),
            };
            open(ui, global, &images, &here()?, &known).await?
        }
    };
    ask_more(ui, &mut wanted, &opened)?;
    let mut wishes = wanted.shape.wishes();
    wishes.replicas = wishes.replicas.or(replicas).filter(|_| wanted.kind != Kind::Workload);
    scaffold::decide((wanted.kind, &wanted.name), namespace, draft, &wishes, &opened)
}

/// What there is before the flags have their say: a wash project, or nothing.
async fn base(ui: &Ui, wanted: &Wanted) -> Result<Draft, Error> {
    let Some(path) = &wanted.shape.from_wash_config else { return Ok(Draft::default()) };
    let file = wash_file(path);
    let text = read_text(&file).await?;
    let problem = |problem| Error::Manifests(vec![problem]);
    let config = wash::read(&text).map_err(problem)?;
    let (here, project) = (here()?, wash::project_of(&file));
    let place = wash::Place { here: &here, project: &project };
    let carried = wash::carry(&config, &text, &wanted.name, place).map_err(problem)?;
    carried.differences.iter().for_each(|difference| ui.warning(difference));
    Ok(carried.draft)
}

/// The configuration of a project, when its directory is named.
fn wash_file(path: &Path) -> PathBuf {
    let inside =
        |directory: PathBuf| wash::FILES.iter().map(move |name| directory.join(name)).find(|file| file.exists());
    match path.is_dir() {
        true => inside(path.join(wash::DIRECTORY)).or_else(|| inside(path.to_owned())).unwrap_or(path.to_owned()),
        false => path.to_owned(),
    }
}

async fn read_text(file: &Path) -> Result<Arc<Text>, Error> {
    if file.is_dir() {
        return Err(Error::usage(format!("there is no {}/{} in {}", wash::DIRECTORY, wash::FILES[0], file.display())));
    }
    // Standard input may take for ever, and Ctrl-C must work meanwhile.
    let paths = [file.to_owned()];
    let texts = apart(move || manifest::read(&paths, false)).await??;
    texts.into_iter().next().ok_or_else(|| Error::NoSuchPath(file.to_owned()))
}

/// Where the command runs.
///
/// # Errors
/// When that cannot be told.
pub(in crate::commands) fn here() -> Result<PathBuf, Error> {
    let found = std::env::current_dir();
    found.map_err(|source| Error::File { doing: "cannot find", path: ".".into(), source })
}

fn artifact(shape: &ShapeArgs) -> ArtifactSpec {
    let image_pull_secret = shape.pull_secret.as_deref().map(LocalObjectReference::to);
    ArtifactSpec { image: shape.image.as_deref().map(image::read).unwrap_or_default(), image_pull_secret }
}

fn host(shape: &ShapeArgs) -> HostSubject {
    HostSubject { group: shape.host_group.clone(), environment: shape.environment.clone() }
}

/// The example of a type.
///
/// # Errors
/// When no type is named, or flags are given that it takes no account of.
pub(super) fn example(words: &[String], namespace: Option<&str>, shape: &ShapeArgs) -> Result<ScaffoldRequest, Error> {
    let (kind, name) = read(words)?;
    let kind = kind.unwrap_or(Kind::WorkloadDeployment);
    let name = name.unwrap_or_else(|| "hello".to_owned());
    read_name(&name, true).map_err(Error::usage)?;
    check_fit(kind, &ShapeArgs::default())?;
    match shape.given().first() {
        Some(flag) => Err(Error::usage(format!("--{flag} and --example cannot be used together"))),
        None => scaffold::example(kind, &name, namespace),
    }
}

/// Whether what was made is valid.
///
/// # Errors
/// What `validate` would call an error.
pub(in crate::commands) fn check(made: &[Made]) -> Result<(), Error> {
    let wrong = scaffold::findings(made, Level::Error);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::usage(format!("this would not be valid: {}", wrong.join("; ")))),
    }
}

/// What a person should know of it beside what its comments say.
pub(in crate::commands) fn warn(ui: &Ui, request: &ScaffoldRequest) {
    scaffold::cautions(request).iter().for_each(|caution| ui.warning(caution));
}

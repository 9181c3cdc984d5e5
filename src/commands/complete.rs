//! `kubectl wasmcloud __complete`: what shells and kubectl ask while a person types.
//!
//! The words after the program's name, the last of which may be empty, give one candidate a line, perhaps with a TAB and what
//! it is, and `:N` in the end: Cobra's bits, of which 2 adds no space, 4 asks for no files and 16 for directories only.

use std::ffi::OsString;
use std::time::Duration;

use clap::{ArgMatches, Args, FromArgMatches};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::config::Kubeconfig;
use kube::core::ApiResource;

use crate::api::Kind;
use crate::cli::{self, GlobalArgs};
use crate::cluster::{Cluster, Filter, Scope};
use crate::error::Error;
use crate::plan::complete::{self, Candidate, Completion, Question, Wanted};
use crate::ui::Ui;

/// The verb, as scripts call it.
pub const VERB: &str = "__complete";
/// How long the cluster may take for an answer; a person waits.
const PATIENCE: Duration = Duration::from_secs(2);

const NO_SPACE: u8 = 2;
const NO_FILES: u8 = 4;
const DIRECTORIES: u8 = 16;

/// What `__complete` takes.
#[derive(Debug, Args)]
pub struct CompleteArgs {
    /// The words typed so far
    words: Vec<OsString>,
}

/// Sets the words to complete apart: they are nobody's flags.
pub fn set_apart(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_some_and(|word| word == VERB) {
        words.insert(2, "--".into());
    }
    words
}

/// Prints the candidates; whatever goes wrong on the way is not a person's who only pressed TAB.
///
/// # Errors
/// When they cannot be written.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: CompleteArgs) -> Result<(), Error> {
    let completion = complete::complete(cli::command(), &args.words);
    let matches = cli::command().ignore_errors(true).try_get_matches_from(typed_before(&args.words)).ok();
    let directive = match completion.question {
        Some(Question::Files) => 0,
        Some(Question::Directories) => DIRECTORIES,
        _ => NO_FILES,
    };
    let found = match (&completion.question, matches) {
        (Some(question), Some(matches)) => look_up(global, question, &completion, &matches).await,
        _ => Vec::new(),
    };
    let typed = format!("{}{}", completion.prefix, completion.typed);
    let found = found.into_iter().map(|found| Candidate { value: completion.prefix.clone() + &found.value, ..found });
    let all: Vec<_> =
        completion.candidates.iter().cloned().chain(found).filter(|found| found.value.starts_with(&typed)).collect();
    let open = !all.is_empty() && all.iter().all(|found| found.value.ends_with('/'));
    let directive = if open { directive | NO_SPACE } else { directive };
    ui.raw(&(all.iter().map(line).collect::<String>() + &format!(":{directive}\n")))
}

fn line(candidate: &Candidate) -> String {
    match candidate.help.as_str() {
        "" => format!("{}\n", candidate.value),
        help => format!("{}\t{help}\n", candidate.value),
    }
}

/// The words before the one that is typed, behind the program's name.
fn typed_before(words: &[OsString]) -> impl Iterator<Item = OsString> {
    let before = words.len().saturating_sub(1);
    std::iter::once(OsString::from("kubectl-wasmcloud")).chain(words[..before].to_vec())
}

async fn look_up(
    global: &GlobalArgs,
    question: &Question,
    completion: &Completion,
    matches: &ArgMatches,
) -> Vec<Candidate> {
    let leaf = leaf(matches);
    let Ok(typed) = GlobalArgs::from_arg_matches(leaf) else { return Vec::new() };
    let mut typed = typed.without_empty();
    typed.environment = global.environment.clone();
    typed.request_timeout = typed.request_timeout.or(Some(PATIENCE));
    let before: Vec<String> = words(leaf, "words");
    let found = match question {
        Question::Objects { verb } => objects(&typed, complete::objects(verb, &before, &completion.typed)).await,
        Question::Hosts => {
            let but = words(leaf, "hosts");
            objects(&typed, Some(Wanted::Names { kind: Kind::Host, before: String::new(), but })).await
        }
        Question::Namespaces => namespaces(&typed).await,
        Question::ConfigMaps => beside(&typed, &ApiResource::erase::<ConfigMap>(&())).await,
        Question::Secrets => beside(&typed, &ApiResource::erase::<Secret>(&())).await,
        Question::Revisions => revisions(&typed, &before).await,
        Question::Contexts | Question::Clusters | Question::Users => Ok(configured(&typed, question)),
        Question::Files | Question::Directories => Ok(Vec::new()),
    };
    found.unwrap_or_default()
}

fn leaf(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, matches)| leaf(matches))
}

fn words(matches: &ArgMatches, id: &str) -> Vec<String> {
    matches.try_get_many::<String>(id).ok().flatten().into_iter().flatten().cloned().collect()
}

async fn objects(global: &GlobalArgs, wanted: Option<Wanted>) -> Result<Vec<Candidate>, Error> {
    match wanted {
        None => Ok(Vec::new()),
        Some(Wanted::Types) => Ok(types()),
        Some(Wanted::Names { kind, before, but }) => names(global, kind, &before, &but).await,
        Some(Wanted::NamesOrTypes { kind, but }) => {
            let named = names(global, kind, "", &but).await.unwrap_or_default();
            Ok(named.into_iter().chain(types()).collect())
        }
    }
}

fn types() -> Vec<Candidate> {
    Kind::ALL.map(|kind| Candidate { value: kind.plural().to_owned(), help: String::new() }).to_vec()
}

async fn names(global: &GlobalArgs, kind: Kind, before: &str, but: &[String]) -> Result<Vec<Candidate>, Error> {
    let (cluster, namespace) = connect(global).await?;
    let scope = match kind {
        Kind::Host if global.namespace.is_none() => Scope::All,
        _ => Scope::Namespace(namespace),
    };
    let named = cluster.names(&kind.api_resource(), &scope).await?;
    let named = named.into_iter().filter(|name| !but.contains(name));
    Ok(named.map(|name| Candidate { value: format!("{before}{name}"), help: String::new() }).collect())
}

async fn namespaces(global: &GlobalArgs) -> Result<Vec<Candidate>, Error> {
    let (cluster, _) = connect(global).await?;
    Ok(bare(cluster.namespaces().await?))
}

/// The names of what our objects refer to, in the namespace. What it holds is not read.
async fn beside(global: &GlobalArgs, resource: &ApiResource) -> Result<Vec<Candidate>, Error> {
    let (cluster, namespace) = connect(global).await?;
    Ok(bare(cluster.names(resource, &Scope::Namespace(namespace)).await?))
}

fn bare(names: Vec<String>) -> Vec<Candidate> {
    names.into_iter().map(|value| Candidate { value, help: String::new() }).collect()
}

/// The revisions of the deployment that the words name, newest first.
async fn revisions(global: &GlobalArgs, before: &[String]) -> Result<Vec<Candidate>, Error> {
    let name = before.iter().rev().find(|word| Kind::from_word(word).is_none());
    let Some(name) = name.map(|word| word.split_once('/').map_or(word.as_str(), |(_, name)| name)) else {
        return Ok(Vec::new());
    };
    let (cluster, namespace) = connect(global).await?;
    let resource = Kind::WorkloadReplicaSet.api_resource();
    let sets = cluster.list(&resource, &Scope::Namespace(namespace), &Filter::of_deployment(name)).await?;
    Ok(complete::revisions(&sets))
}

/// What the kubeconfig has of that.
fn configured(global: &GlobalArgs, question: &Question) -> Vec<Candidate> {
    let Kubeconfig { contexts, clusters, auth_infos, .. } = global.merged_kubeconfig().unwrap_or_default();
    let names: Vec<String> = match question {
        Question::Contexts => contexts.into_iter().map(|context| context.name).collect(),
        Question::Clusters => clusters.into_iter().map(|cluster| cluster.name).collect(),
        _ => auth_infos.into_iter().map(|user| user.name).collect(),
    };
    bare(names)
}

/// The cluster, without a word of what it warns of, and the namespace.
async fn connect(global: &GlobalArgs) -> Result<(Cluster, String), Error> {
    let config = global.client_config().await?;
    let namespace = config.default_namespace.clone();
    Ok((Cluster::connect(config, |_| ())?, namespace))
}

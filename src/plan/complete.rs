//! What may stand where the cursor is: what the command line itself knows, and what has to be looked up.

use std::ffi::{OsStr, OsString};
use std::sync::{Arc, Mutex, PoisonError};

use clap::builder::StyledStr;
use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{self, ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::api::{Kind, WorkloadReplicaSet};
use crate::plan::codes;
use crate::plan::rollout::revision;

/// One thing that may stand there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The whole word.
    pub value: String,
    /// What it is.
    pub help: String,
}

/// What has to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Types, types with names, or names, after these words.
    Objects {
        /// The words of the verb, such as `rollout undo`.
        verb: String,
    },
    /// Names of Hosts.
    Hosts,
    /// Namespaces of the cluster.
    Namespaces,
    /// ConfigMaps of the namespace.
    ConfigMaps,
    /// Secrets of the namespace.
    Secrets,
    /// Contexts of the kubeconfig.
    Contexts,
    /// Clusters of the kubeconfig.
    Clusters,
    /// Users of the kubeconfig.
    Users,
    /// Revisions of the deployment that the words name.
    Revisions,
    /// Files: the shell knows them best.
    Files,
    /// Directories, too.
    Directories,
}

/// What may stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is known already.
    pub candidates: Vec<Candidate>,
    /// What to look up.
    pub question: Option<Question>,
    /// What stands before each value that is looked up, such as `--namespace=`.
    pub prefix: String,
    /// What the value begins with, as far as it is typed.
    pub typed: String,
}

type Asked = Arc<Mutex<Option<Question>>>;

/// Completes the last of the words, which may be empty.
pub fn complete(command: Command, words: &[OsString]) -> Completion {
    let asked = Asked::default();
    let mut command = listening(command, "", &asked);
    let current = words.last().cloned().unwrap_or_default();
    let mut args = vec![OsString::from(command.get_name())];
    args.extend(words.iter().cloned());
    if words.is_empty() {
        args.push(OsString::new());
    }
    let index = args.len() - 1;
    // It fails only where nothing may stand.
    let found = engine::complete(&mut command, args, index, None).unwrap_or_default();
    let current = current.to_string_lossy();
    let is_flag = |candidate: &Candidate| candidate.value.starts_with('-');
    let candidates = found.iter().map(candidate).filter(|found| current.starts_with('-') || !is_flag(found)).collect();
    let question = asked.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (prefix, typed) = match current.split_once('=') {
        Some((flag, typed)) if flag.starts_with("--") => (format!("{flag}="), typed.to_owned()),
        _ => (String::new(), current.into_owned()),
    };
    Completion { candidates, question, prefix, typed }
}

fn candidate(found: &CompletionCandidate) -> Candidate {
    let help = found.get_help().map(StyledStr::to_string).unwrap_or_default();
    let help = help.lines().next().unwrap_or_default().to_owned();
    Candidate { value: found.get_value().to_string_lossy().into_owned(), help }
}

/// The command, whose arguments say what they would have to look up.
fn listening(command: Command, path: &str, asked: &Asked) -> Command {
    let arguments = command.mut_args(|argument| match question(path, &argument) {
        Some(question) => argument.add(listener(question, asked)),
        None if path == "explain-code" && argument.get_id() == "code" => {
            argument.add(ArgValueCandidates::new(|| codes::all().iter().map(code).collect()))
        }
        None if path == "validate" && argument.get_id() == "ignore" => {
            let of_findings = || codes::all().into_iter().filter(|known| !known.is_of_check());
            argument.add(ArgValueCandidates::new(move || of_findings().map(|known| code(&known)).collect()))
        }
        None if argument.get_id() == "output" && argument.get_possible_values().is_empty() => {
            let formats = formats(path);
            argument.add(ArgValueCandidates::new(move || formats.iter().map(CompletionCandidate::new).collect()))
        }
        None => argument,
    });
    arguments.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name()).trim().to_owned();
        listening(sub, &path, asked)
    })
}

fn code(known: &codes::Explained) -> CompletionCandidate {
    CompletionCandidate::new(known.code).help(Some(known.title.into()))
}

fn listener(question: Question, asked: &Asked) -> ArgValueCompleter {
    let asked = Arc::clone(asked);
    ArgValueCompleter::new(move |_: &OsStr| {
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(question.clone());
        Vec::new()
    })
}

/// What the value of an argument is looked up as.
fn question(path: &str, argument: &Arg) -> Option<Question> {
    match (argument.get_id().as_str(), argument.get_value_hint()) {
        ("namespace", _) => Some(Question::Namespaces),
        ("config_from", _) => Some(Question::ConfigMaps),
        ("secret_from" | "pull_secret", _) => Some(Question::Secrets),
        ("context", _) => Some(Question::Contexts),
        ("cluster", _) => Some(Question::Clusters),
        ("user", _) => Some(Question::Users),
        ("revision" | "to_revision", _) => Some(Question::Revisions),
        ("hosts", _) => Some(Question::Hosts),
        ("words", _) => Some(Question::Objects { verb: path.to_owned() }),
        (_, ValueHint::AnyPath | ValueHint::FilePath) => Some(Question::Files),
        (_, ValueHint::DirPath) => Some(Question::Directories),
        _ => None,
    }
}

/// The values of an `-o` that takes templates too, and so has no closed list of them.
fn formats(path: &str) -> Vec<&'static str> {
    let wide = ["wide"].into_iter().filter(|_| path == "get");
    ["json", "yaml", "name"].into_iter().chain(wide).chain(["jsonpath="]).collect()
}

/// What stands for an object in the word that is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A type, or `TYPE/`.
    Types,
    /// Names of a kind, behind `before`, but for those that stand there already.
    Names {
        /// The kind.
        kind: Kind,
        /// `TYPE/`, as it was typed, or nothing.
        before: String,
        /// Names that were named before.
        but: Vec<String>,
    },
    /// A name of that kind, or a type.
    NamesOrTypes {
        /// The kind that a NAME alone is of.
        kind: Kind,
        /// Names that were named before.
        but: Vec<String>,
    },
}

/// What the word `typed` may become after the positional words `before` it.
pub fn objects(verb: &str, before: &[String], typed: &str) -> Option<Wanted> {
    if let Some((word, _)) = typed.split_once('/') {
        let kind = Kind::from_word(word)?;
        let named = before.iter().filter_map(|word| word.split_once('/'));
        let but = named.filter(|(word, _)| Kind::from_word(word) == Some(kind)).map(|(_, name)| name.to_owned());
        return Some(Wanted::Names { kind, before: format!("{word}/"), but: but.collect() });
    }
    match (before.split_first(), bare(verb)) {
        (None, None) => Some(Wanted::Types),
        (None, Some(kind)) => Some(Wanted::NamesOrTypes { kind, but: Vec::new() }),
        // What is to be made has no name yet.
        (Some(_), _) if verb == "scaffold" => None,
        (Some((first, names)), bare) => match (Kind::from_word(first), bare) {
            (Some(kind), _) => Some(Wanted::Names { kind, before: String::new(), but: names.to_vec() }),
            (None, _) if first.contains('/') => Some(Wanted::Types),
            (None, Some(kind)) => Some(Wanted::Names { kind, before: String::new(), but: before.to_vec() }),
            (None, None) => None,
        },
    }
}

/// The kind that a NAME alone is of, with this verb.
fn bare(verb: &str) -> Option<Kind> {
    match verb.split(' ').next().unwrap_or_default() {
        "cordon" | "uncordon" | "drain" => Some(Kind::Host),
        "rollout" | "scale" | "autoscale" | "expose" | "tree" => Some(Kind::WorkloadDeployment),
        _ => None,
    }
}

/// The revisions of a deployment, newest first, each with its images.
pub fn revisions(replica_sets: &[WorkloadReplicaSet]) -> Vec<Candidate> {
    let mut sets: Vec<_> = replica_sets.iter().filter_map(|set| Some((revision(set)?, set))).collect();
    sets.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let images = |set: &WorkloadReplicaSet| set.spec.template.spec.images().collect::<Vec<_>>().join(", ");
    sets.into_iter().map(|(number, set)| Candidate { value: number.to_string(), help: images(set) }).collect()
}

#[cfg(test)]
mod tests;

//! Manifests from the command line: files, directories, standard input, kustomizations.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use super::apart::apart;
use crate::cli::target::FileArgs;
use crate::error::Error;
use crate::manifest::{self, Document, Text, Unread};

/// Reads and parses everything; the mistakes of all files are told together. `verb` is for the error when there is nothing.
///
/// # Errors
/// When something cannot be read, is no YAML, or holds no object.
pub(super) async fn documents(args: &FileArgs, verb: &str) -> Result<Vec<Document>, Error> {
    let texts = texts(args).await?;
    let all = texts.clone();
    match apart(move || parsed(&all)).await?? {
        documents if documents.is_empty() => Err(nothing_in(&texts, verb)),
        documents => Ok(documents),
    }
}

/// The same, where it is no mistake that there is nothing in the files.
///
/// # Errors
/// When something cannot be read, or is no YAML.
pub(super) async fn documents_if_any(args: &FileArgs) -> Result<Vec<Document>, Error> {
    let texts = texts(args).await?;
    apart(move || parsed(&texts)).await?
}

fn parsed(texts: &[Arc<Text>]) -> Result<Vec<Document>, Error> {
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    for text in texts {
        match manifest::parse(text) {
            Ok(parsed) => documents.extend(parsed),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(Error::Manifests(problems)) }
}

/// Reads everything.
///
/// # Errors
/// When something cannot be read.
async fn texts(args: &FileArgs) -> Result<Vec<Arc<Text>>, Error> {
    match read_with(args, manifest::read, |text| text).await? {
        texts if texts.is_empty() => Err(no_files(args)),
        texts => Ok(texts),
    }
}

/// Reads everything; the second are the files that cannot be read.
///
/// # Errors
/// When a path does not exist, or no kustomization is at it.
pub(super) async fn texts_and_unread(args: &FileArgs) -> Result<(Vec<Arc<Text>>, Vec<Unread>), Error> {
    let each = read_with(args, manifest::read_each, Ok).await?;
    let (mut texts, mut unread) = (Vec::with_capacity(each.len()), Vec::new());
    for text in each {
        match text {
            Ok(text) => texts.push(text),
            Err(text) => unread.push(text),
        }
    }
    Ok((texts, unread))
}

async fn read_with<T: Send + 'static>(
    args: &FileArgs,
    read: fn(&[PathBuf], bool) -> Result<Vec<T>, Error>,
    of_kustomization: fn(Arc<Text>) -> T,
) -> Result<Vec<T>, Error> {
    if let Some(directory) = &args.kustomize {
        return Ok(vec![of_kustomization(Arc::new(kustomize(directory).await?))]);
    }
    let (paths, recursive) = (args.filename.clone(), args.recursive);
    // Standard input may take for ever, and Ctrl-C must work meanwhile.
    apart(move || read(&paths, recursive)).await?
}

fn nothing_in(texts: &[Arc<Text>], verb: &str) -> Error {
    let names: Vec<_> = texts.iter().map(|text| text.name.as_str()).collect();
    Error::nothing_passed(&format!("{verb}: {} holds none", names.join(", ")))
}

/// Directories without manifests: silence would say that all is well.
pub(super) fn no_files(args: &FileArgs) -> Error {
    let paths: Vec<_> = args.filename.iter().map(|path| path.display().to_string()).collect();
    let message = format!("error reading [{}]: recognized file extensions are [.json .yaml .yml]", paths.join(" "));
    Error::Declined { message, help: None }
}

/// What `kubectl kustomize` makes of a directory.
async fn kustomize(directory: &Path) -> Result<Text, Error> {
    let mut command = tokio::process::Command::new("kubectl");
    command.arg("kustomize").arg(directory).stdin(Stdio::null()).kill_on_drop(true);
    let cannot = |reason: String| Error::Kustomize { directory: directory.to_owned(), reason };
    let output = command.output().await.map_err(|error| cannot(format!("kubectl cannot be run: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(cannot(said.trim().trim_start_matches("error: ").to_owned()));
    }
    let content = String::from_utf8(output.stdout).map_err(|error| cannot(error.to_string()))?;
    Ok(Text { name: directory.display().to_string(), content })
}

//! Reading the files that `-f` names.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Error;

/// What of a directory is read, as kubectl does.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

/// A text, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The path as it was given, or `STDIN`.
    pub name: String,
    /// What stands in it.
    pub content: String,
}

/// Reads files, the manifests of directories (of all below with `recursive`), and standard input for `-`.
///
/// # Errors
/// When a path does not exist or cannot be read, or nothing is found.
pub fn read(paths: &[PathBuf], recursive: bool) -> Result<Vec<Arc<Text>>, Error> {
    let mut sources = Vec::new();
    for path in paths {
        match path.to_str() {
            Some("-") => sources.push(Source::Stdin),
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                let message = format!("cannot read {url}: URLs are not read");
                return Err(Error::usage_with(message, format!("curl -sSL {url} | kubectl wasmcloud … -f -")));
            }
            _ => find_path(path, recursive, &mut sources)?,
        }
    }
    sources.par_iter().map(|source| source.read().map(Arc::new)).collect()
}

/// Where a text is read from.
enum Source {
    Stdin,
    File(PathBuf),
}

impl Source {
    fn read(&self) -> Result<Text, Error> {
        match self {
            Self::Stdin => read_stdin(),
            Self::File(path) => read_file(path),
        }
    }
}

fn read_stdin() -> Result<Text, Error> {
    let mut content = String::new();
    let read = io::stdin().lock().read_to_string(&mut content);
    read.map_err(|source| Error::File { doing: "cannot read", path: "STDIN".into(), source })?;
    Ok(Text { name: "STDIN".to_owned(), content })
}

fn find_path(path: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => find_in_directory(path, recursive, sources),
        Ok(_) => {
            sources.push(Source::File(path.to_owned()));
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NoSuchPath(path.to_owned())),
        Err(source) => Err(unreadable(path, source)),
    }
}

fn find_in_directory(path: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries: Vec<_> =
        entries.map_err(|error| unreadable(path, error))?.iter().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let wanted =
            entry.extension().and_then(|extension| extension.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
        if entry.is_dir() {
            if recursive {
                find_in_directory(&entry, recursive, sources)?;
            }
        } else if wanted {
            sources.push(Source::File(entry));
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<Text, Error> {
    let content = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    Ok(Text { name: path.display().to_string(), content })
}

/// Puts a new content into a file in one go: who reads it meanwhile sees the old one or the new one. Its mode stays, and a
/// link goes on leading to it.
///
/// # Errors
/// When it cannot be written; the file is as it was then.
pub fn write(path: &Path, content: &str) -> Result<(), Error> {
    let failed = |source| Error::File { doing: "cannot write", path: path.to_owned(), source };
    let target = path.canonicalize().map_err(failed)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let replaced = replace(&target, &beside, content);
    if replaced.is_err() {
        // It may not be there at all.
        let _ = std::fs::remove_file(&beside);
    }
    replaced.map_err(failed)
}

fn replace(target: &Path, beside: &Path, content: &str) -> io::Result<()> {
    let permissions = std::fs::metadata(target)?.permissions();
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.set_permissions(permissions)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(beside, target)
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::File { doing: "cannot read", path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_give_their_manifests_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| std::fs::write(dir.path().join(name), name).unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        ["b.yml", "a.yaml", "c.json", "notes.txt", "sub/d.yaml"].into_iter().for_each(write);
        let names = |recursive| -> Vec<_> {
            read(&[dir.path().to_owned()], recursive).unwrap().iter().map(|text| text.content.clone()).collect()
        };
        assert_eq!(names(false), ["a.yaml", "b.yml", "c.json"]);
        assert_eq!(names(true), ["a.yaml", "b.yml", "c.json", "sub/d.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_replaced_with_its_mode_and_through_links() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("a.yaml"), dir.path().join("link.yaml"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = read(&["/nowhere.yaml".into()], false).unwrap_err();
        assert_eq!(error.to_string(), "the path \"/nowhere.yaml\" does not exist");
        assert_eq!(read(&["https://example.com/a.yaml".into()], false).unwrap_err().exit_code(), 2);
    }
}

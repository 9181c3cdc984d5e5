//! Reading the files that `-f` names.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    let mut texts = Vec::new();
    for path in paths {
        match path.to_str() {
            Some("-") => texts.push(read_stdin()?),
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                let message = format!("cannot read {url}: URLs are not read");
                return Err(Error::usage_with(message, format!("curl -sSL {url} | kubectl wasmcloud … -f -")));
            }
            _ => read_path(path, recursive, &mut texts)?,
        }
    }
    Ok(texts.into_iter().map(Arc::new).collect())
}

fn read_stdin() -> Result<Text, Error> {
    let mut content = String::new();
    let read = io::stdin().lock().read_to_string(&mut content);
    read.map_err(|source| Error::File { doing: "cannot read", path: "STDIN".into(), source })?;
    Ok(Text { name: "STDIN".to_owned(), content })
}

fn read_path(path: &Path, recursive: bool, texts: &mut Vec<Text>) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => read_directory(path, recursive, texts),
        Ok(_) => read_file(path).map(|text| texts.push(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NoSuchPath(path.to_owned())),
        Err(source) => Err(unreadable(path, source)),
    }
}

fn read_directory(path: &Path, recursive: bool, texts: &mut Vec<Text>) -> Result<(), Error> {
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries: Vec<_> =
        entries.map_err(|error| unreadable(path, error))?.iter().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let wanted =
            entry.extension().and_then(|extension| extension.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
        if entry.is_dir() {
            if recursive {
                read_directory(&entry, recursive, texts)?;
            }
        } else if wanted {
            texts.push(read_file(&entry)?);
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<Text, Error> {
    let content = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    Ok(Text { name: path.display().to_string(), content })
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

    #[test]
    fn what_is_not_there_is_named() {
        let error = read(&["/nowhere.yaml".into()], false).unwrap_err();
        assert_eq!(error.to_string(), "the path \"/nowhere.yaml\" does not exist");
        assert_eq!(read(&["https://example.com/a.yaml".into()], false).unwrap_err().exit_code(), 2);
    }
}

//! Reading the files that `-f` names.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Error;

/// What of a directory is read, as kubectl does.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

/// Bytes that a text may have. No cluster takes an object that has a hundredth of it.
const LIMIT: u64 = 256 * 1024 * 1024;

/// A text, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The path as it was given, or `STDIN`.
    pub name: String,
    /// What stands in it.
    pub content: String,
}

/// A file that could not be read, or is no text.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The file, with what of it is text.
    pub text: Arc<Text>,
    /// Why.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
    path: PathBuf,
    kind: io::ErrorKind,
}

/// Reads files, the manifests of directories (of all below with `recursive`), and standard input for `-`.
///
/// # Errors
/// When a path does not exist or cannot be read, or nothing is found.
pub fn read(paths: &[PathBuf], recursive: bool) -> Result<Vec<Arc<Text>>, Error> {
    read_each(paths, recursive)?.into_iter().map(|text| text.map_err(Unread::into_error)).collect()
}

/// The same, with what cannot be read among the rest.
///
/// # Errors
/// When a path does not exist or may not be looked at.
pub fn read_each(paths: &[PathBuf], recursive: bool) -> Result<Vec<Result<Arc<Text>, Unread>>, Error> {
    let mut sources = Vec::new();
    for path in paths {
        match path.to_str() {
            Some("-") => sources.push(Source::Stdin),
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                let message = format!("cannot read {url}: URLs are not read");
                return Err(Error::usage_with(message, format!("curl -sSL {url} | kubectl wasmcloud … -f -")));
            }
            _ => find(path, recursive, &mut sources)?,
        }
    }
    Ok(sources.par_iter().map(Source::read).collect())
}

impl Unread {
    fn new(name: String, path: PathBuf, error: &io::Error) -> Self {
        let text = Arc::new(Text { name, content: String::new() });
        Self { text, path, message: error.to_string(), remedy: remedy(error.kind()), kind: error.kind() }
    }

    fn into_error(self) -> Error {
        Error::File { doing: "cannot read", path: self.path, source: io::Error::new(self.kind, self.message) }
    }
}

/// What to do about a file that cannot be read.
fn remedy(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::PermissionDenied => "give yourself the right to read it, or name the files that are meant",
        io::ErrorKind::NotFound => "the link leads to nothing: mend it, or take it away",
        io::ErrorKind::FileTooLarge => {
            "divide it into several files: no cluster takes an object of a hundredth of that"
        }
        io::ErrorKind::InvalidData => {
            "store it as UTF-8, such as with `iconv -t UTF-8`; what is no text goes elsewhere"
        }
        _ => "take it away, or name the files that are meant",
    }
}

/// Where a text is read from.
enum Source {
    Stdin,
    File(PathBuf),
    /// A pipe or a device in a directory: to open it may wait for ever.
    NoFile(PathBuf),
    /// A directory whose files are not known.
    Unreadable(PathBuf, io::Error),
}

impl Source {
    fn read(&self) -> Result<Arc<Text>, Unread> {
        let (path, bytes) = match self {
            Self::Stdin => (Path::new("STDIN"), bounded(io::stdin().lock(), 0)),
            Self::File(path) => (path.as_path(), read_file(path)),
            Self::NoFile(path) => (path.as_path(), Err(io::Error::other("it is no file"))),
            Self::Unreadable(path, error) => {
                return Err(Unread::new(path.display().to_string(), path.clone(), error));
            }
        };
        let name = path.display().to_string();
        match bytes {
            Ok(bytes) => text_of(name, path, bytes).map(Arc::new),
            Err(error) => Err(Unread::new(name, path.to_owned(), &error)),
        }
    }
}

fn text_of(name: String, path: &Path, bytes: Vec<u8>) -> Result<Text, Unread> {
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    String::from_utf8(bytes).map(|content| Text { name: name.clone(), content }).map_err(|error| {
        let said = if is_utf16 { "it is UTF-16, not UTF-8" } else { "it is not UTF-8" };
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        let content = String::from_utf8(bytes).unwrap_or_default();
        let error = io::Error::new(io::ErrorKind::InvalidData, said);
        Unread { text: Arc::new(Text { name: name.clone(), content }), ..Unread::new(name, path.to_owned(), &error) }
    })
}

/// What a path leads to, or what is called as a pattern says: a shell leaves those alone that stand in quotes.
fn find(path: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    let is_there = std::fs::metadata(path).is_ok();
    let found = path.to_str().filter(|_| !is_there).and_then(|pattern| glob::glob(pattern).ok());
    let found: Vec<_> = found.into_iter().flatten().filter_map(Result::ok).collect();
    match found.is_empty() {
        true => find_path(path, recursive, sources),
        false => found.iter().try_for_each(|path| find_path(path, recursive, sources)),
    }
}

fn find_path(path: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            find_in_directory(path, recursive, sources);
            Ok(())
        }
        Ok(_) => {
            sources.push(Source::File(path.to_owned()));
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NoSuchPath(path.to_owned())),
        Err(source) => Err(unreadable(path, source)),
    }
}

/// As kubectl does, links to directories are not followed: they may lead in circles.
fn find_in_directory(path: &Path, recursive: bool, sources: &mut Vec<Source>) {
    let mut entries = match std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return sources.push(Source::Unreadable(path.to_owned(), error)),
    };
    entries.sort_by_cached_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let wanted = path.extension().and_then(|extension| extension.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && recursive => find_in_directory(&path, recursive, sources),
            Ok(kind) if kind.is_dir() || !wanted => {}
            Ok(kind) if kind.is_file() => sources.push(Source::File(path)),
            Ok(_) => match std::fs::metadata(&path) {
                Ok(behind) if behind.is_dir() => {}
                Ok(behind) if !behind.is_file() => sources.push(Source::NoFile(path)),
                _ => sources.push(Source::File(path)),
            },
            Err(error) => sources.push(Source::Unreadable(path, error)),
        }
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    bounded(file, length)
}

/// Everything, as long as it is no more than a text may have.
fn bounded(from: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(LIMIT)).unwrap_or_default());
    from.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        let said = format!("it is larger than {} MiB", LIMIT / 1024 / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, said));
    }
    Ok(bytes)
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
    fn links_and_pipes_of_directories_are_no_traps() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("sub")).unwrap();
        std::fs::write(at("sub/a.yaml"), "a").unwrap();
        symlink(dir.path(), at("sub/up")).unwrap();
        symlink(dir.path(), at("sub/up.yaml")).unwrap();
        symlink(at("sub/a.yaml"), at("linked.yaml")).unwrap();
        let texts = read(&[dir.path().to_owned()], true).unwrap();
        assert_eq!(texts.len(), 2, "the file, and the link to it");
        symlink("/dev/zero", at("sub/zero.yaml")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("sub/pipe.yaml")).status().unwrap().success());
        symlink("nowhere", at("sub/lost.yaml")).unwrap();
        let each = read_each(&[dir.path().to_owned()], true).unwrap();
        let said: Vec<_> = each.iter().filter_map(|text| text.as_ref().err()).map(|unread| &unread.message).collect();
        assert_eq!(said, ["No such file or directory (os error 2)", "it is no file", "it is no file"]);
        assert_eq!(each.len(), 5);
        let error = read(&[dir.path().to_owned()], true).unwrap_err().to_string();
        assert!(error.ends_with("sub/lost.yaml"), "{error}");
    }

    /// One that is so deep that its name is too long to be named: nobody may read it, not even root.
    #[cfg(unix)]
    #[test]
    fn a_directory_that_cannot_be_read_is_told_and_the_rest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all((0..15).fold(at("a"), |path, _| path.join("n".repeat(250)))).unwrap();
        std::fs::create_dir(at(&"o".repeat(250))).unwrap();
        std::fs::rename(at("a"), at(&"o".repeat(250)).join("a".repeat(250))).unwrap();
        std::fs::create_dir(at("c.yaml")).unwrap();
        std::fs::write(at("b.yaml"), "b").unwrap();
        let each = read_each(&[dir.path().to_owned()], true).unwrap();
        let (read_ones, unread): (Vec<_>, Vec<_>) = each.into_iter().partition(Result::is_ok);
        assert_eq!((read_ones.len(), unread.len()), (1, 1));
        let unread = unread.into_iter().next().unwrap().unwrap_err();
        assert_eq!(unread.message, "File name too long (os error 36)");
        assert!(read(&[dir.path().to_owned()], true).unwrap_err().to_string().starts_with("cannot read "));
    }

    #[test]
    fn what_never_ends_is_refused() {
        let error = bounded(io::repeat(b'a'), 0).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 256 MiB");
        assert_eq!(bounded(io::repeat(b'a').take(9), u64::MAX / 2).unwrap().len(), 9);
    }

    #[test]
    fn what_is_no_text_is_told_with_what_is() {
        let dir = tempfile::tempdir().unwrap();
        let read = |bytes: &[u8]| {
            std::fs::write(dir.path().join("a.yaml"), bytes).unwrap();
            read_each(&[dir.path().to_owned()], false).unwrap().remove(0).unwrap_err()
        };
        let unread = read(b"a: 1\nb: \xe4\n");
        assert_eq!((unread.message.as_str(), unread.text.content.as_str()), ("it is not UTF-8", "a: 1\nb: "));
        assert_eq!(read(b"\xff\xfea\0").message, "it is UTF-16, not UTF-8");
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

    #[cfg(unix)]
    #[test]
    fn patterns_find_what_is_called_so() {
        let dir = tempfile::tempdir().unwrap();
        ["a.yaml", "b.yaml", "c.json"].iter().for_each(|name| std::fs::write(dir.path().join(name), name).unwrap());
        std::os::unix::fs::symlink("nowhere", dir.path().join("lost.yml")).unwrap();
        let names = |pattern: &str| -> Vec<_> {
            read(&[dir.path().join(pattern)], false).unwrap().iter().map(|text| text.content.clone()).collect()
        };
        assert_eq!(names("*.yaml"), ["a.yaml", "b.yaml"]);
        for nothing in ["*.toml", "[", "lost.yml", "*.yml"] {
            let path = dir.path().join(nothing);
            let error = read(&[path], false).unwrap_err().to_string();
            assert!(error.ends_with("\" does not exist"), "{error}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = read(&["/nowhere.yaml".into()], false).unwrap_err();
        assert_eq!(error.to_string(), "the path \"/nowhere.yaml\" does not exist");
        assert_eq!(read(&["https://example.com/a.yaml".into()], false).unwrap_err().exit_code(), 2);
    }
}

//! Images as people name them: in a registry, under an artifact's name, or a file of this machine.

use std::path::{Component, Path, PathBuf};

use crate::api::ARTIFACT_SCHEME;

/// What the reference of an image begins with that is a file.
const FILE: &str = "file://";

/// An image as a manifest names it: a path becomes `file://PATH`, seen from where the command runs.
pub fn read(word: &str) -> String {
    let path = word.strip_prefix(FILE).or_else(|| is_path(word).then_some(word));
    path.map_or_else(|| word.to_owned(), |path| format!("{FILE}{}", plain(Path::new(path)).display()))
}

/// A path looks like one, or ends as components do: what ends in `.wasm` in a registry has a tag after it.
fn is_path(word: &str) -> bool {
    let begins = ["/", "./", "../"].iter().any(|start| word.starts_with(start));
    !word.contains("://") && (begins || word.ends_with(".wasm"))
}

/// Whether an image is a file.
pub fn is_file(image: &str) -> bool {
    image.starts_with(FILE)
}

/// Whether an image is that of an artifact, which only a cluster knows.
pub fn is_artifact(image: &str) -> bool {
    image.starts_with(ARTIFACT_SCHEME)
}

/// Whether an image of a registry says which version it is.
pub fn has_version(image: &str) -> bool {
    image.contains('@') || image.rsplit('/').next().is_some_and(|last| last.contains(':'))
}

/// The same image, for a manifest that lies in `directory`: files are named from there on. Both paths are absolute, or
/// relative to the same place.
pub fn seen_from(image: &str, here: &Path, directory: &Path) -> String {
    match image.strip_prefix(FILE) {
        Some(path) if !path.starts_with('/') => {
            let way = way(&plain(&here.join(directory)), &plain(&here.join(path)));
            format!("{FILE}{}", way.display())
        }
        _ => image.to_owned(),
    }
}

/// The same image, whatever directory it is looked for from.
pub fn anchored(image: &str, here: &Path) -> String {
    match image.strip_prefix(FILE) {
        Some(path) if !path.starts_with('/') => format!("{FILE}{}", plain(&here.join(path)).display()),
        _ => image.to_owned(),
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The way from a directory to a file.
fn way(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_files_and_the_rest_stays() {
        for (word, image) in [
            ("a.wasm", "file://a.wasm"),
            ("./out/a.wasm", "file://out/a.wasm"),
            ("../a", "file://../a"),
            ("/x/a", "file:///x/a"),
            ("file://a.wasm", "file://a.wasm"),
            ("file://./x/../a.wasm", "file://a.wasm"),
            ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
            ("oci://ghcr.io/a/b.wasm", "oci://ghcr.io/a/b.wasm"),
            ("artifact://a", "artifact://a"),
        ] {
            assert_eq!(read(word), image);
        }
    }

    #[test]
    fn a_version_is_a_tag_or_a_digest_and_no_port() {
        assert!(has_version("r:5000/a:1") && has_version("a@sha256:00") && has_version("a:1"));
        assert!(!has_version("r:5000/a") && !has_version("a"));
    }

    #[test]
    fn a_file_is_named_from_where_the_manifest_lies() {
        let seen = |image, directory| seen_from(image, Path::new("/home/me/app"), Path::new(directory));
        assert_eq!(seen("file://out/a.wasm", "."), "file://out/a.wasm");
        assert_eq!(seen("file://out/a.wasm", "deploy/base"), "file://../../out/a.wasm");
        assert_eq!(seen("file://out/a.wasm", "out"), "file://a.wasm");
        assert_eq!(seen("file://../a.wasm", "/srv"), "file://../home/me/a.wasm");
        assert_eq!(seen("file:///x/a.wasm", "deploy"), "file:///x/a.wasm");
        assert_eq!(seen("r/a:1", "deploy"), "r/a:1");
        assert_eq!(anchored("file://../a.wasm", Path::new("/home/me")), "file:///home/a.wasm");
    }
}

//! What an image reference stands for.

use std::path::{Path, PathBuf};

use oci_client::Reference;

use super::RegistryError;
use super::layer::{LIMIT, too_large};

/// A file or an image in a registry.
#[derive(Debug, PartialEq)]
pub(crate) enum Location {
    /// A file of this machine.
    File(PathBuf),
    /// An image.
    Registry(Reference),
}

impl Location {
    /// Reads a reference: `file://` and a path, absolute or from the base directory on, or what registries know.
    pub(crate) fn of(image: &str, base: &Path) -> Result<Self, RegistryError> {
        let unreadable = |reason: &str| RegistryError::Reference { image: image.to_owned(), reason: reason.to_owned() };
        match image.split_once("://") {
            Some(("file", "")) => Err(unreadable("the path is missing")),
            Some(("file", path)) => Ok(Self::file(path, base)),
            Some(("oci", reference)) => Self::registry(reference, unreadable),
            Some(_) => Err(unreadable("only file:// and oci:// may stand before it")),
            None => Self::registry(image, unreadable),
        }
    }

    /// Reads a reference, or the path of a file: one that begins with `.` or `/`, which no image does.
    pub(crate) fn of_path_or_image(text: &str, base: &Path) -> Result<Self, RegistryError> {
        if text.starts_with(['.', '/']) || Path::new(text).is_absolute() {
            return Ok(Self::file(text, base));
        }
        Self::of(text, base)
    }

    /// A path without steps that go nowhere.
    fn file(path: &str, base: &Path) -> Self {
        Self::File(base.join(path).components().collect())
    }

    fn registry(reference: &str, unreadable: impl Fn(&str) -> RegistryError) -> Result<Self, RegistryError> {
        reference.parse().map(Self::Registry).map_err(|error: oci_client::ParseError| unreadable(&error.to_string()))
    }
}

/// Reads a file that is no larger than a component may be.
///
/// # Errors
/// Says why it cannot be read.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let text = |error: std::io::Error| error.to_string();
    // Asked before it is opened: opening a pipe waits for who writes into it.
    let metadata = std::fs::metadata(path).map_err(text)?;
    if !metadata.is_file() {
        return Err("it is no file".to_owned());
    }
    if metadata.len() > LIMIT {
        return Err(too_large(metadata.len()));
    }
    std::fs::read(path).map_err(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &str) -> Result<Location, RegistryError> {
        Location::of(image, Path::new("/app"))
    }

    #[test]
    fn files_are_absolute_or_relative_to_the_base() {
        assert_eq!(of("file:///x/y.wasm").unwrap(), Location::File("/x/y.wasm".into()));
        assert_eq!(of("file://build/y.wasm").unwrap(), Location::File("/app/build/y.wasm".into()));
        assert_eq!(of("file://./y.wasm").unwrap(), Location::File("/app/./y.wasm".into()));
    }

    #[test]
    fn paths_are_files() {
        for (path, file) in [("./a.wasm", "/app/./a.wasm"), ("../a.wasm", "/app/../a.wasm"), ("/a.wasm", "/a.wasm")] {
            assert_eq!(Location::of_path_or_image(path, Path::new("/app")).unwrap(), Location::File(file.into()));
        }
        let image = Location::of_path_or_image("acme/a.wasm", Path::new("/app")).unwrap();
        assert!(matches!(image, Location::Registry(_)), "{image:?}");
    }

    #[test]
    fn images_are_what_registries_know() {
        for image in ["127.0.0.1:5000/a/b:v1", "oci://127.0.0.1:5000/a/b:v1"] {
            assert!(
                matches!(of(image).unwrap(), Location::Registry(image) if image.whole() == "127.0.0.1:5000/a/b:v1")
            );
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for image in ["", "file://", "http://example.com/a.wasm", "UPPER CASE"] {
            let error = of(image).unwrap_err().to_string();
            assert!(error.contains("is no image reference"), "{error}");
        }
    }
}

//! What an image reference stands for.

use std::path::{Path, PathBuf};

use oci_client::Reference;

use super::SourceError;

/// A file or an image in a registry.
#[derive(Debug, PartialEq)]
pub(super) enum Location {
    /// A file of this machine.
    File(PathBuf),
    /// An image.
    Registry(Reference),
}

impl Location {
    /// Reads a reference: `file://` and a path, absolute or from the base directory on, or what registries know.
    pub(super) fn of(image: &str, base: &Path) -> Result<Self, SourceError> {
        let unreadable = |reason: &str| SourceError::Reference { image: image.to_owned(), reason: reason.to_owned() };
        match image.split_once("://") {
            Some(("file", "")) => Err(unreadable("the path is missing")),
            Some(("file", path)) => Ok(Self::File(base.join(path))),
            Some(("oci", reference)) => Self::registry(reference, unreadable),
            Some(_) => Err(unreadable("only file:// and oci:// may stand before it")),
            None => Self::registry(image, unreadable),
        }
    }

    fn registry(reference: &str, unreadable: impl Fn(&str) -> SourceError) -> Result<Self, SourceError> {
        reference.parse().map(Self::Registry).map_err(|error: oci_client::ParseError| unreadable(&error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &str) -> Result<Location, SourceError> {
        Location::of(image, Path::new("/app"))
    }

    #[test]
    fn files_are_absolute_or_relative_to_the_base() {
        assert_eq!(of("file:///x/y.wasm").unwrap(), Location::File("/x/y.wasm".into()));
        assert_eq!(of("file://build/y.wasm").unwrap(), Location::File("/app/build/y.wasm".into()));
        assert_eq!(of("file://./y.wasm").unwrap(), Location::File("/app/./y.wasm".into()));
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

//! Components that were pulled, by digest, and the digest that each image had when it was last asked for.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::layer::LIMIT;

/// Bytes that the cache may take; those go first that were not used for the longest time.
const SIZE: u64 = 2 * 1024 * 1024 * 1024;

/// A directory that only this user may enter.
pub(crate) struct Cache {
    blobs: PathBuf,
    images: PathBuf,
    size: u64,
    clock: fn() -> Timestamp,
}

impl Cache {
    /// In a directory, which is made when something is kept.
    pub(crate) fn new(directory: &Path, clock: fn() -> Timestamp) -> Self {
        Self { blobs: directory.join("blobs"), images: directory.join("images"), size: SIZE, clock }
    }

    /// What an image was when it was last pulled.
    pub(crate) fn find(&self, image: &str) -> Option<Vec<u8>> {
        let digest = std::fs::read_to_string(self.label(image)).ok()?;
        self.blob(digest.trim())
    }

    /// The component of a digest, under one more name; `None` when it is not here.
    pub(crate) fn relabel(&self, image: &str, digest: &str) -> Option<Vec<u8>> {
        let bytes = self.blob(digest)?;
        // Without its label the image is pulled again, which is no harm.
        let _ = write(&self.label(image), digest.as_bytes());
        Some(bytes)
    }

    /// Keeps a component.
    pub(crate) fn keep(&self, image: &str, digest: &str, bytes: &[u8]) -> io::Result<()> {
        private_directory(&self.blobs)?;
        private_directory(&self.images)?;
        write(&self.blob_path(digest)?, bytes)?;
        write(&self.label(image), digest.as_bytes())?;
        self.shrink(digest)
    }

    /// Reads a component; one that is not what its name says is as good as none.
    fn blob(&self, digest: &str) -> Option<Vec<u8>> {
        let path = self.blob_path(digest).ok()?;
        if std::fs::metadata(&path).ok()?.len() > LIMIT {
            return None;
        }
        let bytes = std::fs::read(&path).ok()?;
        if format!("sha256:{}", hex(&Sha256::digest(&bytes))) != digest {
            return None;
        }
        // Only the order in which files are removed depends on it.
        let _ = std::fs::File::open(&path).and_then(|file| file.set_modified((self.clock)().into()));
        Some(bytes)
    }

    fn blob_path(&self, digest: &str) -> io::Result<PathBuf> {
        let hex = digest.strip_prefix("sha256:").filter(|hex| hex.len() == 64);
        match hex.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) {
            Some(hex) => Ok(self.blobs.join(format!("sha256-{hex}.wasm"))),
            None => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{digest}` is no SHA-256 digest"))),
        }
    }

    fn label(&self, image: &str) -> PathBuf {
        self.images.join(hex(&Sha256::digest(image)))
    }

    /// Removes what was not used for the longest time until the rest fits; never what was kept just now.
    fn shrink(&self, kept: &str) -> io::Result<()> {
        let kept = self.blob_path(kept)?;
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in std::fs::read_dir(&self.blobs)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            files.push((metadata.modified()?, metadata.len(), entry.path()));
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files.into_iter().filter(|(_, _, path)| *path != kept) {
            if total <= self.size {
                break;
            }
            std::fs::remove_file(path)?;
            total -= length;
        }
        Ok(())
    }
}

/// Makes a directory that only this user may enter.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file as a whole, for this user only.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    // Readable for this user only, and gone again when it cannot be completed.
    let mut partial = tempfile::Builder::new().suffix(".partial").tempfile_in(directory)?;
    partial.write_all(bytes)?;
    partial.persist(path).map(drop).map_err(|error| error.error)
}

/// As digests are written.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(bytes: &[u8]) -> String {
        format!("sha256:{}", hex(&Sha256::digest(bytes)))
    }

    fn now() -> Timestamp {
        "2100-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_is_kept_is_found_by_image_and_by_digest() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::new(&home.path().join("cache"), now);
        assert_eq!(cache.find("r/a:v1"), None);
        cache.keep("r/a:v1", &digest(b"one"), b"one").unwrap();
        assert_eq!(cache.find("r/a:v1").unwrap(), b"one");
        assert_eq!(cache.find("r/a:v2"), None);
        assert_eq!(cache.relabel("r/a:v2", &digest(b"one")).unwrap(), b"one");
        assert_eq!(cache.find("r/a:v2").unwrap(), b"one");
        assert_eq!(cache.relabel("r/a:v3", &digest(b"other")), None);
        assert!(cache.keep("r/a:v1", "sha256:../../evil", b"x").is_err());
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::new(home.path(), now);
        cache.keep("a", &digest(b"one"), b"one").unwrap();
        std::fs::write(cache.blob_path(&digest(b"one")).unwrap(), b"two").unwrap();
        assert_eq!(cache.find("a"), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::new(&home.path().join("cache"), now);
        cache.keep("a", &digest(b"one"), b"one").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.path().join("cache")), 0o700);
        assert_eq!(mode(&cache.blobs), 0o700);
        assert_eq!(mode(&cache.blob_path(&digest(b"one")).unwrap()), 0o600);
        assert_eq!(mode(&cache.label("a")), 0o600);
    }

    #[test]
    fn it_stays_within_its_size() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache { size: 6, ..Cache::new(home.path(), now) };
        for (bytes, age) in [(b"one", 3), (b"two", 9), (b"six", 1)] {
            cache.keep("image", &digest(bytes), bytes).unwrap();
            let file = std::fs::File::open(cache.blob_path(&digest(bytes)).unwrap()).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - std::time::Duration::from_secs(age * 100)).unwrap();
        }
        assert!(cache.blob(&digest(b"one")).is_some(), "and using it makes it young");
        cache.keep("image", &digest(b"ten"), b"ten").unwrap();
        assert!(cache.blob(&digest(b"two")).is_none(), "the oldest went");
        assert!(cache.blob(&digest(b"six")).is_none());
        assert!(cache.blob(&digest(b"one")).is_some() && cache.blob(&digest(b"ten")).is_some());
    }
}

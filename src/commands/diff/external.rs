//! KUBECTL_EXTERNAL_DIFF: another program compares two directories.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use super::Difference;
use crate::error::Error;

/// Runs the program on what would change, or on two empty directories when nothing would, as kubectl does. Its arguments
/// come last, also as with kubectl.
///
/// # Errors
/// [`Error::Differs`] when it says so with its exit code; when it cannot be run or fails.
pub(super) async fn show(words: &str, differences: &[Difference]) -> Result<(), Error> {
    let (live, merged) = (directory("LIVE-")?, directory("MERGED-")?);
    for Difference { name, live: before, merged: after } in differences {
        write(&live.path().join(name), before)?;
        write(&merged.path().join(name), after)?;
    }
    let mut words = words.split_whitespace();
    let program = words.next().unwrap_or_default();
    let mut command = tokio::process::Command::new(program);
    command.arg(live.path()).arg(merged.path()).args(words).stdin(Stdio::inherit()).kill_on_drop(true);
    let failed = |reason: String| Error::ExternalDiff { program: program.to_owned(), reason };
    let status = command.status().await.map_err(|error| failed(error.to_string()))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(Error::Differs),
        _ => Err(failed(status.to_string())),
    }
}

fn directory(prefix: &str) -> Result<TempDir, Error> {
    let made = tempfile::Builder::new().prefix(prefix).tempdir();
    made.map_err(|source| Error::File { doing: "cannot write", path: std::env::temp_dir(), source })
}

/// A state that there is none of has no file.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|source| Error::File { doing: "cannot write", path: path.to_owned(), source })
}

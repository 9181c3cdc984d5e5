//! A wash project's configuration, carried over to Kubernetes, and where the two differ.

mod carry;
mod config;
mod sources;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Draft;
use crate::manifest::{Problem, Text};

pub use carry::carry;
pub use config::Config;

/// Where wash keeps a project's configuration, seen from the project.
pub const DIRECTORY: &str = ".wash";

/// What the file may be called, the first that is there counting.
pub const FILES: [&str; 4] = ["config.yaml", "config.yml", "config.json", "config.toml"];

/// What is made of a wash project.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// What is to run.
    pub draft: Draft,
    /// Where Kubernetes differs, and what is left to do by hand.
    pub differences: Vec<String>,
}

/// Where a project is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Where the command runs; absolute.
    pub here: &'a Path,
    /// The project's directory, seen from there.
    pub project: &'a Path,
}

/// The directory of the project that a configuration file belongs to.
pub fn project_of(file: &Path) -> PathBuf {
    let directory = file.parent().unwrap_or(Path::new(""));
    match directory.file_name() {
        Some(name) if name == DIRECTORY => directory.parent().unwrap_or(Path::new("")).to_owned(),
        _ => directory.to_owned(),
    }
}

/// Reads the configuration: JSON or TOML when the name says so, else YAML.
///
/// # Errors
/// The first place that is wrong.
pub fn read(text: &Arc<Text>) -> Result<Config, Problem> {
    config::read(text)
}

#[cfg(test)]
mod tests;

//! How a status is shown to programs.

use clap::ValueEnum;

/// The forms of an output that is no list of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON, indented.
    Json,
    /// YAML.
    Yaml,
}

/// The forms of a status of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// JSON, indented.
    Json,
    /// YAML.
    Yaml,
    /// `KIND.GROUP/NAME`.
    Name,
}

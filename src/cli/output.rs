//! How a status is shown to programs.

use std::ffi::OsStr;

use clap::builder::{EnumValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error, ValueEnum};

use crate::report::kubectls_own;

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

/// Reads a [`StatusFormat`]; formats that are kubectl's own are left to it by name.
#[derive(Clone, Copy, Debug)]
pub struct StatusFormatParser;

impl TypedValueParser for StatusFormatParser {
    type Value = StatusFormat;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<StatusFormat, Error> {
        let ours = |text: String| kubectls_own(&text).map_or(Ok(()), Err);
        StringValueParser::new().try_map(ours).parse_ref(command, arg, value)?;
        EnumValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(StatusFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

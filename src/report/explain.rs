//! What a field is, out of the definitions, as `kubectl explain` lays it out.

mod layout;
mod schema;

pub(super) use layout::wrapped;
pub use layout::{Explained, render};
pub use schema::Field;

use crate::api::Kind;
use crate::error::Error;

/// The field of a kind that a path leads to; the kind itself without one.
///
/// # Errors
/// In kubectl's words, when there is no such field.
pub fn find(kind: Kind, path: &[&str]) -> Result<Explained, Error> {
    let mut field = Field::root(kind);
    let mut name = None;
    for step in path {
        let Some(below) = field.child(step) else { return Err(no_such(step, &field)) };
        field = below;
        name = Some((*step).to_owned());
    }
    Ok(Explained { kind, name, field })
}

fn no_such(step: &str, field: &Field) -> Error {
    let message = format!("field \"{step}\" does not exist");
    let names = field.children().into_iter().map(|child| child.name);
    match closest(step, names) {
        Some(name) => Error::NoSuchField { message, help: Some(format!("did you mean \"{name}\"?")) },
        None => Error::NoSuchField { message, help: None },
    }
}

/// The name that was most likely meant.
fn closest(word: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let distance = |name: &str| match name.eq_ignore_ascii_case(word) {
        true => 0,
        false => strsim::damerau_levenshtein(&name.to_lowercase(), &word.to_lowercase()),
    };
    let near = names.map(|name| (distance(&name), name)).filter(|(distance, _)| *distance <= 2.max(word.len() / 4));
    near.min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests;

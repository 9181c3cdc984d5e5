//! Field selectors: `metadata.name=x,spec.host!=y`.

use serde_json::Value;

use crate::local::api::causes::quoted;
use crate::local::api::failure::Failure;
use crate::local::api::resource::Resource;

/// Which fields objects of one resource must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// Such as `metadata.name`.
    field: String,
    wanted: String,
    equal: bool,
}

impl FieldSelector {
    /// Reads a selector. Objects can be selected by name and namespace, and by the `selectable` fields of their kind.
    ///
    /// # Errors
    /// 400 in the server's words.
    pub fn parse(text: &str, resource: &Resource) -> Result<Self, Failure> {
        let terms = terms(text).map_err(Failure::bad_request)?;
        match terms.iter().find(|term| !is_selectable(resource, &term.field)) {
            Some(term) => Err(not_selectable(resource, &term.field)),
            None => Ok(Self(terms)),
        }
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value that a field must have, where the selector asks for one.
    pub fn exact(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|term| term.equal && term.field == field).map(|term| term.wanted.as_str())
    }

    /// Whether an object is selected. A field that is missing counts as empty.
    pub fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|term| (value(object, &term.field) == term.wanted) == term.equal)
    }
}

fn is_selectable(resource: &Resource, field: &str) -> bool {
    matches!(field, "metadata.name" | "metadata.namespace") || resource.selectable.iter().any(|known| known == field)
}

/// Kinds that are built in and have fields of their own say it in other words than all the rest.
fn not_selectable(resource: &Resource, field: &str) -> Failure {
    if !resource.custom && !resource.selectable.is_empty() {
        return Failure::bad_request(format!("field label not supported: {field}"));
    }
    let names = ["metadata.name", "metadata.namespace"];
    let mut known: Vec<&str> = names.into_iter().chain(resource.selectable.iter().map(String::as_str)).collect();
    known.sort_unstable();
    let known = known.into_iter().map(quoted).collect::<Vec<_>>().join(", ");
    Failure::bad_request(format!("{} is not a known field selector: only {known}", quoted(field)))
}

/// The text of a field; `source` of an Event is a component and not a field.
fn value(object: &Value, field: &str) -> String {
    let at = |path: &str| path.split('.').try_fold(object, |value, name| value.get(name)).and_then(text);
    let found = match field {
        "source" => at("source.component").filter(|text| !text.is_empty()).or_else(|| at("reportingComponent")),
        _ => at(field),
    };
    found.unwrap_or_default()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

fn terms(text: &str) -> Result<Vec<Term>, String> {
    split(text).into_iter().filter(|part| !part.is_empty()).map(|part| term(text, part)).collect()
}

/// Cuts at commas that no backslash precedes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn term(whole: &str, part: &str) -> Result<Term, String> {
    let unclear = || format!("invalid selector: '{whole}'; can't understand '{part}'");
    let at = part.find(['=', '!']).filter(|at| !part[*at..].starts_with('!') || part[*at..].starts_with("!="));
    let (field, rest) = part.split_at(at.ok_or_else(unclear)?);
    let (equal, wanted) = match (rest.strip_prefix("!="), rest.strip_prefix("==")) {
        (Some(wanted), _) => (false, wanted),
        (None, Some(wanted)) => (true, wanted),
        (None, None) => (true, rest.strip_prefix('=').ok_or_else(unclear)?),
    };
    Ok(Term { field: field.to_owned(), wanted: unescaped(wanted)?, equal })
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(next @ ('\\' | ',' | '=')) => out.push(next),
                Some(next) => return Err(format!("invalid field selector: invalid escape sequence: \\{next}")),
                None => return Err("invalid field selector: invalid escape sequence: \\".to_owned()),
            },
            ',' | '=' => return Err(format!("invalid field selector: unescaped character in value: {}", c as u32)),
            _ => out.push(c),
        }
    }
    Ok(out)
}

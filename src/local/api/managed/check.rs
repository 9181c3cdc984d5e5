//! Whether a value can be owned in parts: what a schema's types ask of it, and no more.

use std::fmt;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::typed::{Form, Typed};
use crate::schema::{Type, go};

/// Whether an item may occur twice in a set or a list of keys: stored objects may have such, applied ones not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duplicates {
    Allowed,
    Forbidden,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    path: String,
    message: String,
    /// What was found, where the message says it.
    found: Option<String>,
}

/// All that is wrong; never nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Without the values, which may be secret.
    pub(super) fn without_values(mut self) -> Self {
        self.0.iter_mut().for_each(|problem| problem.found = problem.found.take().map(|_| "another type".to_owned()));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.path.is_empty() { "" } else { ": " };
        write!(formatter, "{}{colon}{}{}", self.path, self.message, self.found.as_deref().unwrap_or_default())
    }
}

/// As the real server lists them.
impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [one] = self.0.as_slice() {
            return write!(formatter, "{one}");
        }
        formatter.write_str("errors:")?;
        self.0.iter().try_for_each(|problem| write!(formatter, "\n  {problem}"))
    }
}

/// Checks a value.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn check(typed: Typed<'_>, value: &Value, duplicates: Duplicates) -> Result<(), Problems> {
    let problems = problems(typed, value, duplicates);
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

fn problems(typed: Typed<'_>, value: &Value, duplicates: Duplicates) -> Vec<Problem> {
    if value.is_null() || typed.allows_all() {
        return Vec::new();
    }
    match (typed.form(value), value) {
        (Form::Map, Value::Object(fields)) => of_fields(typed, fields, duplicates),
        (Form::List, Value::Array(items)) => of_items(typed, items, duplicates),
        (Form::Map, other) => vec![problem("expected map, got ", format!("&{{{}}}", go(other)))],
        (Form::List, other) => vec![problem("expected list, got ", format!("&{{{}}}", go(other)))],
        (Form::Scalar, other) => of_scalar(typed.schema.kind, other),
    }
}

fn of_fields(typed: Typed<'_>, fields: &Map<String, Value>, duplicates: Duplicates) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, value) in fields {
        let Some(field) = typed.declared(name).or_else(|| typed.undeclared()) else {
            found.push(Problem {
                path: format!(".{name}"),
                message: "field not declared in schema".to_owned(),
                found: None,
            });
            break;
        };
        found.extend(below(problems(field, value, duplicates), || format!(".{name}")));
    }
    found
}

fn of_items(typed: Typed<'_>, items: &[Value], duplicates: Duplicates) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        if typed.is_atomic_list() {
            found.extend(below(problems(typed.item(), item, duplicates), || format!("[{index}]")));
            continue;
        }
        let element = match typed.identify(item) {
            Ok(element) => element,
            Err(why) => {
                found.push(problem(&format!("element {index}: {why}"), None));
                return found;
            }
        };
        found.extend(below(problems(typed.item(), item, duplicates), || element.to_string()));
        found.extend(repeated(&mut seen, element, duplicates));
    }
    found
}

fn repeated(
    seen: &mut std::collections::BTreeSet<PathElement>,
    element: PathElement,
    duplicates: Duplicates,
) -> Option<Problem> {
    if duplicates == Duplicates::Allowed {
        return None;
    }
    let text = element.to_string();
    (!seen.insert(element)).then(|| problem("duplicate entries for key ", text))
}

fn of_scalar(kind: Option<Type>, value: &Value) -> Vec<Problem> {
    let right = match kind {
        Some(Type::Integer | Type::Number) => value.is_number(),
        Some(Type::Boolean) => value.is_boolean(),
        Some(Type::String) => value.is_string(),
        _ => !value.is_object() && !value.is_array(),
    };
    if right {
        return Vec::new();
    }
    let (message, found) = match kind {
        Some(Type::Integer | Type::Number) => ("expected numeric (int or float), got ", go::type_of(value).to_owned()),
        Some(Type::Boolean) => ("expected boolean, got ", format!("&{{{}}}", go(value))),
        Some(Type::String) => {
            ("expected string, got ", format!("&value.valueUnstructured{{Value:{}}}", go_syntax(value)))
        }
        _ => ("expected any scalar, got ", format!("&{{{}}}", go(value))),
    };
    vec![problem(message, found)]
}

fn problem(message: &str, found: impl Into<Option<String>>) -> Problem {
    Problem { path: String::new(), message: message.to_owned(), found: found.into() }
}

fn below(mut problems: Vec<Problem>, step: impl Fn() -> String) -> Vec<Problem> {
    problems.iter_mut().for_each(|problem| problem.path.insert_str(0, &step()));
    problems
}

/// A value as Go's `%v` prints it.
pub(in crate::local::api) fn go(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(go).collect::<Vec<_>>().join(" ")),
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}:{}", go(value))).collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}

/// A value as Go's `%#v` prints it.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::Array(items) => {
            format!("[]interface {{}}{{{}}}", items.iter().map(go_syntax).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name:?}:{}", go_syntax(value))).collect();
            format!("map[string]interface {{}}{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

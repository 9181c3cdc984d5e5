//! kubectl's layout of it.

use super::Field;
use crate::api::Kind;
use crate::api::names::{GROUP, VERSION};

/// Columns that text is broken at, its indentation left out.
const WIDTH: usize = 76;

/// A field that was found.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The kind it is of.
    pub kind: Kind,
    /// Its name, unless it is the object itself.
    pub name: Option<String>,
    /// The field.
    pub field: Field,
}

/// All of it as text; `recursive` lists the names of everything below.
pub fn render(explained: &Explained, recursive: bool) -> String {
    let Explained { kind, name, field } = explained;
    let mut text = format!("GROUP:      {GROUP}\nKIND:       {}\nVERSION:    {VERSION}\n\n", kind.name());
    if let Some(name) = name {
        text.push_str(&format!("FIELD: {name} <{}>\n", field.type_name()));
        let values: String = field.values().iter().map(|value| format!("    {value}\n")).collect();
        text.push_str(&if values.is_empty() { "\n".to_owned() } else { format!("ENUM:\n{values}") });
        text.push('\n');
    }
    text.push_str("DESCRIPTION:\n");
    let descriptions = field.descriptions();
    match descriptions.is_empty() {
        true => text.push_str("    <empty>\n"),
        false => descriptions.iter().for_each(|description| text.push_str(&indented(description))),
    }
    text.push_str("    \n");
    let fields = if recursive { names(field, 1) } else { fields(field) };
    if !fields.is_empty() {
        text.push_str("FIELDS:\n");
        text.push_str(&fields);
    }
    text.push('\n');
    text
}

/// The fields below, each with what it is for.
fn fields(field: &Field) -> String {
    let mut text = String::new();
    for child in field.children() {
        text.push_str(&line(&child.name, &child.field, child.required, 1));
        match child.field.descriptions().first() {
            Some(description) => text.push_str(&indented(description)),
            None => text.push_str("    <no description>\n"),
        }
        text.push('\n');
    }
    text
}

/// The names of all fields below, at every depth.
fn names(field: &Field, depth: usize) -> String {
    let mut text = String::new();
    for child in field.children() {
        text.push_str(&line(&child.name, &child.field, child.required, depth));
        text.push_str(&names(&child.field, depth + 1));
    }
    text
}

fn line(name: &str, field: &Field, required: bool, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let required = if required { " -required-" } else { "" };
    let mut line = format!("{indent}{name}\t<{}>{required}\n", field.type_name());
    let values = field.values();
    if !values.is_empty() {
        line.push_str(&format!("{indent}enum: {}\n", values.join(", ")));
    }
    line
}

/// Text in lines of their own, four columns in.
fn indented(text: &str) -> String {
    text.lines().flat_map(|line| wrapped(line, WIDTH)).map(|line| format!("    {line}\n")).collect()
}

/// Text in lines of so many columns. Spaces within a line stay as they are; at its end they go.
pub(in crate::report) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.trim().split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

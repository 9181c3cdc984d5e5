//! Objects to YAML that people go on editing: keys in the order they are read in, and comments beside them.

mod order;

use serde_json::{Map, Value};

use super::notes::{Note, Notes};
use crate::manifest::scalar::{json, word};

/// Columns of one level.
const INDENT: usize = 2;

/// The YAML of an object, with its comments.
pub fn render(object: &Value, notes: &Notes) -> String {
    let mut text = String::new();
    let writer = Writer { notes };
    writer.comments(&mut text, 0, &notes.at("").above);
    match object {
        Value::Object(fields) if !fields.is_empty() => writer.fields(&mut text, fields, "", Lead::at(0)),
        other => text.push_str(&format!("{}\n", inline(other))),
    }
    writer.comments(&mut text, 0, &notes.at("").below);
    text
}

/// What stands before the first key of a map, and how far in the others stand.
#[derive(Clone, Copy)]
struct Lead {
    indent: usize,
    /// Whether the map is an item of a list, whose dash stands before its first key.
    dash: bool,
}

impl Lead {
    fn at(indent: usize) -> Self {
        Self { indent, dash: false }
    }
}

struct Writer<'a> {
    notes: &'a Notes,
}

impl Writer<'_> {
    fn fields(&self, text: &mut String, fields: &Map<String, Value>, path: &str, lead: Lead) {
        for (index, key) in order::sorted(fields, path).into_iter().enumerate() {
            let path = child(path, key);
            let note = self.notes.at(&path);
            let dash = lead.dash && index == 0;
            let before = if dash { lead.indent - INDENT } else { lead.indent };
            self.comments(text, before, &note.above);
            let start = if dash { format!("{}- ", spaces(before)) } else { spaces(before) };
            text.push_str(&format!("{start}{}:", word(key, false)));
            self.value(text, &fields[key], &path, lead.indent, note);
            self.comments(text, lead.indent, &note.below);
        }
    }

    /// What comes after a key's colon.
    fn value(&self, text: &mut String, value: &Value, path: &str, indent: usize, note: &Note) {
        let beside = note.beside.as_ref().map(|beside| format!(" # {beside}")).unwrap_or_default();
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                text.push_str(&format!("{beside}\n"));
                self.fields(text, fields, path, Lead::at(indent + INDENT));
            }
            Value::Array(items) if !items.is_empty() => match words(items) {
                Some(words) => text.push_str(&format!(" [{words}]{beside}\n")),
                None => {
                    text.push_str(&format!("{beside}\n"));
                    items.iter().enumerate().for_each(|item| self.item(text, item, path, indent + INDENT));
                }
            },
            other => text.push_str(&format!(" {}{beside}\n", inline(other))),
        }
    }

    fn item(&self, text: &mut String, (index, item): (usize, &Value), path: &str, indent: usize) {
        let path = child(path, &index.to_string());
        let note = self.notes.at(&path);
        self.comments(text, indent, &note.above);
        match item {
            Value::Object(fields) if !fields.is_empty() => {
                self.fields(text, fields, &path, Lead { indent: indent + INDENT, dash: true });
            }
            other => {
                let beside = note.beside.as_ref().map(|beside| format!(" # {beside}")).unwrap_or_default();
                text.push_str(&format!("{}- {}{beside}\n", spaces(indent), inline(other)));
            }
        }
        self.comments(text, indent, &note.below);
    }

    fn comments(&self, text: &mut String, indent: usize, lines: &[String]) {
        for line in lines {
            text.push_str(format!("{}# {line}", spaces(indent)).trim_end());
            text.push('\n');
        }
    }
}

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

/// The path of what stands below another, as a JSON pointer.
pub(super) fn child(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => word(text, false),
        // JSON is YAML, but for a few characters.
        other => json(other),
    }
}

/// A list of plain words on one line, as interfaces are listed; `None` when there is anything else in it.
fn words(items: &[Value]) -> Option<String> {
    let word = |item: &Value| match item {
        Value::String(text) if is_word(text) => Some(text.clone()),
        _ => None,
    };
    items.iter().map(word).collect::<Option<Vec<_>>>().map(|words| words.join(", "))
}

/// Whether a text can stand in a list on one line as it is: lower case letters, digits and dashes, read as nothing else.
fn is_word(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(plain) && text.starts_with(|first: char| first.is_ascii_lowercase()) && word(text, true) == text
}

#[cfg(test)]
mod tests;

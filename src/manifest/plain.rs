//! Reads texts that are as plain as nearly all manifests are, in half the time that it takes to read whatever YAML has.
//!
//! The parser is the same as that of the full reader, and so is what comes of it: whatever could be read in more than one
//! way, or is wrong, is left to that one.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Bytes that are read here; of more text the full reader counts what it has.
const LONGEST: usize = 1024 * 1024;

/// How deep objects and lists may nest here.
const DEEPEST: usize = 32;

/// Words that are booleans or nothing, in some case and in some version of YAML.
const SPECIAL: [&str; 9] = ["false", "n", "no", "null", "off", "on", "true", "y", "yes"];

/// The objects of a text, each with the line it begins on; `None` when it has anything else than plain objects.
pub(super) fn read(text: &str) -> Option<Vec<(usize, Value)>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for next in Parser::new_from_str(text) {
        let (event, span) = next.ok()?;
        let value = match event {
            Event::Scalar(content, style, 0, None) => match open.last_mut()? {
                Open::Object { key: key @ None, .. } => {
                    *key = Some(name(&content, style)?);
                    continue;
                }
                _ => scalar(&content, style)?,
            },
            Event::MappingStart(_, 0, None) if open.len() < DEEPEST => {
                open.push(Open::Object { line: span.start.line(), fields: Map::new(), key: None });
                continue;
            }
            Event::SequenceStart(_, 0, None) if (1..DEEPEST).contains(&open.len()) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop()? {
                Open::Object { line, fields, .. } if open.is_empty() => {
                    documents.push((line, Value::Object(fields)));
                    continue;
                }
                Open::Object { fields, .. } => Value::Object(fields),
                Open::List(items) => Value::Array(items),
            },
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_, None) | Event::DocumentEnd => continue,
            Event::Comment(..) => continue,
            _ => return None,
        };
        open.last_mut()?.take(value)?;
    }
    Some(documents)
}

/// What is being read.
enum Open {
    Object { line: usize, fields: Map<String, Value>, key: Option<String> },
    List(Vec<Value>),
}

impl Open {
    /// Takes the next value in; `None` when there is one of that name already, or no name for it.
    fn take(&mut self, value: Value) -> Option<()> {
        match self {
            Self::List(items) => items.push(value),
            Self::Object { fields, key, .. } => {
                if fields.insert(key.take()?, value).is_some() {
                    return None;
                }
            }
        }
        Some(())
    }
}

fn name(content: &str, style: ScalarStyle) -> Option<String> {
    match scalar(content, style)? {
        Value::String(name) => Some(name),
        _ => None,
    }
}

/// What a scalar is; `None` when that takes a closer look.
fn scalar(content: &str, style: ScalarStyle) -> Option<Value> {
    let text = || Some(Value::String(content.to_owned()));
    if style != ScalarStyle::Plain {
        return text();
    }
    let unsigned = content.strip_prefix('-').unwrap_or(content);
    match *unsigned.as_bytes() {
        [b'A'..=b'Z' | b'a'..=b'z', ..] if unsigned.len() != content.len() => None,
        [b'A'..=b'Z' | b'a'..=b'z', ..] => match content {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ if SPECIAL.iter().any(|word| content.eq_ignore_ascii_case(word)) => None,
            _ => text(),
        },
        [b'.', b'a'..=b'z', ..] if content.len() > ".inf".len() => text(),
        [b'/', ..] | [b'0'] if unsigned.len() != content.len() => None,
        [b'/', ..] => text(),
        [b'0'] | [b'1'..=b'9', ..] if unsigned.len() < 19 && unsigned.bytes().all(|byte| byte.is_ascii_digit()) => {
            content.parse::<i64>().ok().map(Value::from)
        }
        [b'1'..=b'9', ..] | [b'0', b'.', ..] if is_no_number(unsigned) => text(),
        _ => None,
    }
}

/// Whether what begins with a digit is a quantity or a version: no number has two dots, nor letters but for `e`, as long as
/// it does not begin with `0x` and the like.
fn is_no_number(word: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() && !letter.eq_ignore_ascii_case(&'e');
    word.contains(is_letter) || word.matches('.').count() > 1
}

#[cfg(test)]
mod tests;

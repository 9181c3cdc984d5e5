//! One change of a text: which bytes go, and what comes in their place.

use std::ops::Range;

use serde_json::{Value, json};

use super::{Edit, Step, scalar};
use crate::manifest::lines;
use crate::manifest::tree::{Form, Node};

/// Spaces for each level where the text does not show how many it likes.
const INDENTATION: usize = 2;

/// Bytes, and what comes in their place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Splice {
    range: Range<usize>,
    text: String,
}

/// Why a text cannot be changed.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The line that stands in the way.
    pub(super) line: usize,
    /// Why it does.
    pub(super) message: String,
}

impl Splice {
    fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    /// The text with the change.
    pub(super) fn apply(&self, text: &str) -> String {
        let (before, after) = (text.get(..self.range.start), text.get(self.range.end..));
        [before.unwrap_or_default(), &self.text, after.unwrap_or_default()].concat()
    }
}

/// How far a path leads into a document.
struct Reached<'a> {
    /// The nodes on the way, the root first.
    nodes: Vec<&'a Node>,
    /// The key that each of them is the value of.
    keys: Vec<Option<&'a Node>>,
    /// Whether the last node stands between brackets.
    flow: bool,
}

/// What has to change for an edit; nothing when what is to go is not there.
pub(super) fn plan(text: &str, root: &Node, edit: &Edit) -> Result<Option<Splice>, Refusal> {
    let reached = reach(root, &edit.path)?;
    let rest = &edit.path[reached.nodes.len() - 1..];
    let node = reached.nodes[reached.nodes.len() - 1];
    let place = Place {
        text,
        node,
        key: reached.keys.last().copied().flatten(),
        flow: reached.flow,
        step: root.indentation().unwrap_or(INDENTATION),
    };
    match (&edit.value, rest.split_first()) {
        (Some(value), None) => place.replace(value).map(Some),
        (Some(value), Some((first, rest))) => place.add(first, wrapped(rest, value)).map(Some),
        (None, None) => match reached.nodes.len().checked_sub(2).map(|parent| reached.nodes[parent]) {
            Some(parent) => remove(text, parent, node).map(Some),
            None => Err(refusal(node, "a whole document cannot be removed")),
        },
        (None, Some(_)) => Ok(None),
    }
}

/// Follows a path as far as it leads. What stands in other places too must not be changed.
fn reach<'a>(root: &'a Node, path: &[Step]) -> Result<Reached<'a>, Refusal> {
    let mut reached = Reached { nodes: vec![root], keys: vec![None], flow: is_flow(root) };
    let mut node = root;
    for step in path {
        let next = match (&node.form, step) {
            (Form::Mapping { entries, .. }, Step::Key(name)) => {
                entries.iter().find(|(key, _)| key.text() == Some(name)).map(|(key, value)| (Some(key), value))
            }
            (Form::Sequence { items, .. }, Step::Index(index)) => items.get(*index).map(|item| (None, item)),
            _ => None,
        };
        let Some((key, value)) = next else { break };
        node = value;
        reached.nodes.push(value);
        reached.keys.push(key);
        reached.flow |= is_flow(value);
    }
    for (node, key) in reached.nodes.iter().zip(&reached.keys) {
        let place = key.unwrap_or(node);
        if matches!(node.form, Form::Alias(_)) {
            return Err(refusal(place, "this is an alias: what it stands for would change in another place too"));
        }
        if node.anchor != 0 && root.repeats(node.anchor) {
            return Err(refusal(place, "an alias repeats this in another place, which would change too"));
        }
    }
    Ok(reached)
}

fn is_flow(node: &Node) -> bool {
    matches!(node.form, Form::Mapping { flow: true, .. } | Form::Sequence { flow: true, .. })
}

fn refusal(node: &Node, message: &str) -> Refusal {
    Refusal { line: node.line, message: message.to_owned() }
}

/// `value` within what leads to it.
fn wrapped(path: &[Step], value: &Value) -> Value {
    path.iter().rev().fold(value.clone(), |value, step| match step {
        Step::Key(key) => json!({ key: value }),
        Step::Index(_) => json!([value]),
    })
}

/// Where something is put.
struct Place<'a> {
    text: &'a str,
    node: &'a Node,
    key: Option<&'a Node>,
    flow: bool,
    step: usize,
}

impl Place<'_> {
    fn refuse<T>(&self, message: &str) -> Result<T, Refusal> {
        Err(refusal(self.key.unwrap_or(self.node), message))
    }

    /// Puts a text in the place of another, in the same quotes.
    fn replace(&self, value: &Value) -> Result<Splice, Refusal> {
        let (Value::String(new), Form::Scalar { style, text }) = (value, &self.node.form) else {
            return self.refuse("this is no text");
        };
        if self.node.is_blank() {
            let after = self.after_colon()?;
            return Ok(Splice::new(after..after, format!(" {}", scalar::inline(value, self.flow))));
        }
        match scalar::in_style(new, *style, self.flow) {
            _ if new == text => Ok(Splice::new(self.node.start..self.node.start, "")),
            Some(written) => Ok(Splice::new(self.node.start..self.node.end, written)),
            None => self.refuse("this text has several lines"),
        }
    }

    /// Puts something where nothing is yet.
    fn add(&self, step: &Step, value: Value) -> Result<Splice, Refusal> {
        match (&self.node.form, step) {
            (Form::Mapping { flow, entries }, Step::Key(key)) => {
                let value = json!({ key: value });
                match (flow, entries.first(), entries.last()) {
                    (false, Some((first, _)), Some(last)) => {
                        Ok(self.insert_lines(end_of(last), &scalar::block(&value, first.column, self.step)))
                    }
                    (true, _, last) => self.between_brackets(last.map(|(_, value)| value), &self.entry_text(&value)),
                    _ => self.refuse("nothing can be added here"),
                }
            }
            (Form::Sequence { flow: true, items }, Step::Index(_)) => {
                self.between_brackets(items.last(), &self.flow_text(&value))
            }
            (Form::Sequence { flow: false, items }, Step::Index(_)) => {
                match items.last().and_then(|last| Some((last, dash_column(self.text, last)?))) {
                    Some((last, dash)) => Ok(self.insert_lines(last.end, &scalar::dashed(&value, dash, self.step))),
                    None => self.refuse("nothing can be added to this list"),
                }
            }
            (Form::Scalar { .. }, _) if self.node.is_blank() => self.fill(step, value),
            _ => self.refuse("this has no fields"),
        }
    }

    /// Puts fields below a key that has no value yet.
    fn fill(&self, step: &Step, value: Value) -> Result<Splice, Refusal> {
        let value = wrapped(std::slice::from_ref(step), &value);
        let after = self.after_colon()?;
        match self.key.filter(|_| !self.flow) {
            Some(key) => Ok(self.insert_lines(after, &scalar::block(&value, key.column + self.step, self.step))),
            None => self.refuse("nothing can be added here"),
        }
    }

    /// The place right after the colon of the key.
    fn after_colon(&self) -> Result<usize, Refusal> {
        let colon = self.key.filter(|_| !self.node.tagged && self.node.anchor == 0).and_then(|key| {
            let after = self.text.get(key.end..)?;
            let colon = after.find(|c: char| !c.is_ascii_whitespace())?;
            after[colon..].starts_with(':').then_some(key.end + colon + 1)
        });
        colon.map_or_else(|| self.refuse("nothing can be put here"), Ok)
    }

    /// Lines of their own, below the line of that place.
    fn insert_lines(&self, place: usize, lines: &[String]) -> Splice {
        let newline = match (self.text.contains("\r\n"), self.text.contains('\n'), self.text.contains('\r')) {
            (true, ..) => "\r\n",
            (false, false, true) => "\r",
            _ => "\n",
        };
        let (at, is_ended) = line_end(self.text, place);
        let lines: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
        match is_ended {
            true => Splice::new(at..at, lines),
            false => Splice::new(at..at, format!("{newline}{}", lines.trim_end_matches(['\r', '\n']))),
        }
    }

    fn between_brackets(&self, last: Option<&Node>, text: &str) -> Result<Splice, Refusal> {
        match last {
            Some(last) if last.is_blank() => self.refuse("nothing can be added between these brackets"),
            Some(last) => Ok(Splice::new(last.end..last.end, format!(", {text}"))),
            None => Ok(Splice::new(self.node.start + 1..self.node.start + 1, text)),
        }
    }

    /// JSON wants quotes around everything.
    fn flow_text(&self, value: &Value) -> String {
        let is_json = self.text.trim_start().starts_with('{');
        if is_json { scalar::json(value) } else { scalar::inline(value, true) }
    }

    fn entry_text(&self, entry: &Value) -> String {
        let text = self.flow_text(entry);
        text[1..text.len() - 1].to_owned()
    }
}

/// The column of the dash before an item of a block sequence; `None` when something else stands between the two.
fn dash_column(text: &str, item: &Node) -> Option<usize> {
    let before = text.get(..item.start)?.trim_end_matches(' ').strip_suffix('-')?;
    let line = lines::begin(before, before.len());
    Some(before[line..].chars().count())
}

/// Where an entry of a block mapping ends.
fn end_of((key, value): &(Node, Node)) -> usize {
    if value.is_blank() { key.end } else { value.end }
}

/// The end of the line that what ends at `place` ends on, its line end included; whether it has one.
fn line_end(text: &str, place: usize) -> (usize, bool) {
    // A block scalar ends only where the next thing begins.
    let place = text.get(..place).map_or(place, |before| before.trim_end().len());
    let end = lines::end(text, place);
    (end, text.get(..end).is_some_and(|line| line.ends_with(['\n', '\r'])))
}

fn remove(text: &str, parent: &Node, node: &Node) -> Result<Splice, Refusal> {
    let Form::Mapping { flow, entries } = &parent.form else {
        return Err(refusal(node, "this item of a list cannot be removed"));
    };
    let is_node = |(_, value): &(Node, Node)| std::ptr::eq(value, node);
    let Some(index) = entries.iter().position(is_node) else { return Err(refusal(node, "this cannot be removed")) };
    let (key, previous, next) =
        (&entries[index].0, index.checked_sub(1).map(|index| &entries[index]), entries.get(index + 1));
    match (flow, previous, next) {
        (true, _, Some((next, _))) => Ok(Splice::new(key.start..next.start, "")),
        (true, Some((_, previous)), None) => Ok(Splice::new(previous.end..node.end, "")),
        (false, None, None) | (true, None, None) => Err(refusal(key, "nothing would be left around this")),
        (false, ..) => {
            let line = lines::begin(text, key.start);
            match (text[line..key.start].trim().is_empty(), next) {
                (true, _) => Ok(Splice::new(line..line_end(text, end_of(&entries[index])).0, "")),
                (false, Some((next, _))) => Ok(Splice::new(key.start..next.start, "")),
                (false, None) => Err(refusal(key, "this cannot be removed")),
            }
        }
    }
}

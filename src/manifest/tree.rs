//! Where everything stands in a YAML text.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};

/// A node of a document, and the bytes it takes.
#[derive(Debug)]
pub(in crate::manifest) struct Node {
    /// Where it begins.
    pub(in crate::manifest) start: usize,
    /// Where it ends. What follows a block collection's last leaf is not part of it.
    pub(in crate::manifest) end: usize,
    /// The line it begins on, counted from 1.
    pub(in crate::manifest) line: usize,
    /// The column it begins in, counted from 0.
    pub(in crate::manifest) column: usize,
    /// Its anchor's number; 0 is none.
    pub(in crate::manifest) anchor: usize,
    /// Whether a tag stands before it.
    pub(in crate::manifest) tagged: bool,
    /// What it is.
    pub(in crate::manifest) form: Form,
}

/// What a node is.
#[derive(Debug)]
pub(in crate::manifest) enum Form {
    /// A text.
    Scalar { text: String, style: ScalarStyle },
    /// Keys and values.
    Mapping { flow: bool, entries: Vec<(Node, Node)> },
    /// Items.
    Sequence { flow: bool, items: Vec<Node> },
    /// The node with that anchor once more.
    Alias(usize),
}

impl Node {
    fn new(span: Span, anchor: usize, tagged: bool, form: Form) -> Self {
        let range = span.byte_range().unwrap_or_default();
        let (start, end) = (range.start, range.end);
        Self { start, end, line: span.start.line(), column: span.start.col(), anchor, tagged, form }
    }

    /// Whether nothing stands there, which is null.
    pub(in crate::manifest) fn is_blank(&self) -> bool {
        matches!(self.form, Form::Scalar { style: ScalarStyle::Plain, .. }) && self.start == self.end
    }

    /// The text of a scalar.
    pub(in crate::manifest) fn text(&self) -> Option<&str> {
        match &self.form {
            Form::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Its keys and values, or its items, in the order they stand in.
    fn children(&self) -> Vec<&Self> {
        match &self.form {
            Form::Mapping { entries, .. } => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            Form::Sequence { items, .. } => items.iter().collect(),
            Form::Scalar { .. } | Form::Alias(_) => Vec::new(),
        }
    }

    /// Whether the node with that anchor stands in more than one place.
    pub(in crate::manifest) fn repeats(&self, anchor: usize) -> bool {
        matches!(self.form, Form::Alias(of) if of == anchor)
            || self.children().iter().any(|child| child.repeats(anchor))
    }

    /// The keys of mappings that stand more than once: the name, the first place and the one that comes again.
    pub(in crate::manifest) fn duplicates(&self, found: &mut Vec<(String, Range<usize>, Range<usize>)>) {
        if let Form::Mapping { entries, .. } = &self.form {
            let mut firsts: HashMap<&str, Range<usize>> = HashMap::new();
            for (key, _) in entries {
                let Some(name) = key.text().filter(|name| *name != "<<") else { continue };
                match firsts.entry(name) {
                    Entry::Occupied(first) => found.push((name.to_owned(), first.get().clone(), key.start..key.end)),
                    Entry::Vacant(entry) => drop(entry.insert(key.start..key.end)),
                }
            }
        }
        self.children().into_iter().for_each(|child| child.duplicates(found));
    }

    /// By how much the text indents what is nested; `None` when it nests nothing.
    pub(in crate::manifest) fn indentation(&self) -> Option<usize> {
        let Form::Mapping { flow: false, entries } = &self.form else {
            return self.children().iter().find_map(|child| child.indentation());
        };
        let nested = |(key, value): &(Self, Self)| match &value.form {
            Form::Mapping { flow: false, .. } => value.column.checked_sub(key.column).filter(|by| *by > 0),
            _ => None,
        };
        let deeper = || entries.iter().find_map(|(_, value)| value.indentation());
        entries.iter().find_map(nested).or_else(deeper)
    }
}

/// The roots of all documents that are not empty, up to one that nests too deep or has too much.
///
/// # Errors
/// When the text is no YAML.
pub(in crate::manifest) fn roots(text: &str) -> Result<Vec<Node>, ScanError> {
    let mut open: Vec<Node> = Vec::new();
    let mut roots = Vec::new();
    let mut nodes = 0_usize;
    for next in Parser::new_from_str(text) {
        let (event, span) = next?;
        nodes += 1;
        if open.len() > DEEPEST || nodes > MOST {
            break;
        }
        let finished = match event {
            Event::Scalar(content, style, anchor, tag) => {
                Some(Node::new(span, anchor, tag.is_some(), Form::Scalar { text: content.into_owned(), style }))
            }
            Event::Alias(anchor) => Some(Node::new(span, 0, false, Form::Alias(anchor))),
            Event::MappingStart(style, anchor, tag) => {
                let form = Form::Mapping { flow: style == StructureStyle::Flow, entries: Vec::new() };
                open.push(Node::new(span, anchor, tag.is_some(), form));
                None
            }
            Event::SequenceStart(style, anchor, tag) => {
                let form = Form::Sequence { flow: style == StructureStyle::Flow, items: Vec::new() };
                open.push(Node::new(span, anchor, tag.is_some(), form));
                None
            }
            Event::MappingEnd | Event::SequenceEnd => open.pop().map(|node| close(node, span)),
            _ => None,
        };
        let Some(node) = finished else { continue };
        match open.last_mut() {
            Some(parent) => parent.take(node),
            None => roots.push(node),
        }
    }
    roots.retain(|root| !root.is_blank());
    Ok(roots)
}

/// A flow collection ends with its bracket, a block collection with its last leaf.
fn close(mut node: Node, span: Span) -> Node {
    let is_flow = matches!(node.form, Form::Mapping { flow: true, .. } | Form::Sequence { flow: true, .. });
    let written = |child: &&Node| !child.is_blank();
    let last = node.children().into_iter().rev().find(written).map(|child| child.end);
    node.end = match (is_flow, last) {
        (false, Some(last)) => last,
        _ => span.byte_range().map_or(node.end, |range| range.end),
    };
    node
}

impl Node {
    /// Takes the next key, value or item in. A key waits for its value with itself as a stand-in's neighbour.
    fn take(&mut self, node: Self) {
        match &mut self.form {
            Form::Sequence { items, .. } => items.push(node),
            Form::Mapping { entries, .. } => match entries.last_mut() {
                Some((_, value)) if matches!(value.form, Form::Alias(PENDING)) => *value = node,
                _ => {
                    let pending = Self { form: Form::Alias(PENDING), tagged: false, anchor: 0, ..node.place() };
                    entries.push((node, pending));
                }
            },
            Form::Scalar { .. } | Form::Alias(_) => {}
        }
    }

    fn place(&self) -> Self {
        let &Self { start, end, line, column, anchor, tagged, .. } = self;
        Self { start, end, line, column, anchor, tagged, form: Form::Alias(PENDING) }
    }
}

/// How deep nodes may nest; the reader of values gives up long before.
const DEEPEST: usize = 256;

/// How many nodes there may be with what begins and ends them; the reader of values gives up before.
const MOST: usize = 8_000_000;

/// Stands for a value that has not been read yet; no anchor has this number.
const PENDING: usize = usize::MAX;

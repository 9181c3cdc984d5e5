//! From a path in an object back to the place in the text: `spec.replicas` of the document on line 3 is bytes 90 to 92.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use super::Text;
use super::tree::{self, Form, Node};

/// What of a field is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Its name.
    Key,
    /// Its value.
    Value,
}

/// Where everything stands in a text. Made when there is something to point at: reading alone does not need it.
#[derive(Debug, Default)]
pub struct Positions {
    roots: Vec<Node>,
    names: Names,
}

/// The place of a field, or of the nearest thing around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// A scalar's text as it is written, without quotes.
    pub word: Option<String>,
    /// Whether it is a plain scalar, one without quotes.
    pub is_plain: bool,
}

impl Positions {
    /// Reads a text once more for its places; nothing can be found in one that is no YAML.
    pub fn of(text: &Text) -> Self {
        let is_json = text.content.trim_start().starts_with('{');
        // JSON is indented with tabs at will, YAML never: a blank has the same length, and stands for it outside of texts.
        let roots = if is_json && text.content.contains('\t') {
            tree::roots(&text.content.replace('\t', " "))
        } else {
            tree::roots(&text.content)
        };
        Self { roots: roots.unwrap_or_default(), names: Names::default() }
    }

    /// Where a field stands: `line` is that of its document, `path` as `field.Path` writes it. Of what is not there, the
    /// nearest that is around it.
    pub fn find(&self, line: usize, path: &str, part: Part) -> Option<Found> {
        let first = self.roots.partition_point(|root| root.line < line);
        let root = self.roots.get(first).filter(|root| root.line == line).or_else(|| self.only_root())?;
        let (key, value, complete) = descend(root, path, &self.names);
        let node = match (part, key) {
            (Part::Value, _) if complete && !value.is_blank() => value,
            (_, Some(key)) => key,
            (_, None) => first_key(value),
        };
        let is_plain = matches!(node.form, Form::Scalar { style: granit_parser::ScalarStyle::Plain, .. });
        Some(Found { span: first_line_of(node), word: node.text().map(str::to_owned), is_plain })
    }

    /// The fields of objects that stand more than once, each with the place of the first and of the one that comes again.
    pub fn duplicates(&self) -> Vec<(String, Range<usize>, Range<usize>)> {
        let mut found = Vec::new();
        self.roots.iter().for_each(|root| root.duplicates(&mut found));
        found
    }

    fn only_root(&self) -> Option<&Node> {
        match self.roots.as_slice() {
            [root] => Some(root),
            _ => None,
        }
    }
}

/// Follows a path as far as it goes: the last key on it, the value there, and whether that is the end of it.
fn descend<'a>(root: &'a Node, path: &str, names: &Names) -> (Option<&'a Node>, &'a Node, bool) {
    let (mut key, mut value) = (None, root);
    let mut rest = path.trim_start_matches('.');
    while !rest.is_empty() {
        let next = match &value.form {
            Form::Mapping { entries, .. } => names.entry(entries, rest),
            Form::Sequence { items, .. } => item(items, rest).map(|(item, rest)| (None, item, rest)),
            Form::Scalar { .. } | Form::Alias(_) => None,
        };
        let Some((next_key, next, left)) = next else { return (key, value, false) };
        (key, value, rest) = (next_key, next, left.trim_start_matches('.'));
    }
    (key, value, true)
}

/// The entry that a path begins with. Keys may have dots, so the longest that fits is meant.
fn entry<'a, 'p>(entries: &'a [(Node, Node)], path: &'p str) -> Option<(Option<&'a Node>, &'a Node, &'p str)> {
    let fits = |(key, value): &'a (Node, Node)| {
        let name = key.text()?;
        let bracketed = path.strip_prefix('[').and_then(|path| path.strip_prefix(name)?.strip_prefix(']'));
        let plain = || path.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        let rest = bracketed.or_else(plain)?;
        Some((Some(key), value, rest))
    };
    entries.iter().filter_map(fits).min_by_key(|(_, _, rest)| rest.len())
}

/// Entries from which on names are looked up instead of compared one by one.
const MANY: usize = 64;
/// Bytes of a name that is looked up.
const NAME: usize = 512;

/// The names in mappings of many entries, each with the first entry of that name.
#[derive(Debug, Default)]
struct Names {
    /// By the mapping's first byte.
    known: RefCell<HashMap<usize, HashMap<String, usize>>>,
}

impl Names {
    /// The entry that a path begins with.
    fn entry<'a, 'p>(
        &self,
        entries: &'a [(Node, Node)],
        path: &'p str,
    ) -> Option<(Option<&'a Node>, &'a Node, &'p str)> {
        let begin = match entries.first() {
            Some((first, _)) if entries.len() > MANY => first.start,
            _ => return entry(entries, path),
        };
        let mut known = self.known.borrow_mut();
        let names = known.entry(begin).or_insert_with(|| names_of(entries));
        let bracketed = path.strip_prefix('[');
        let plain = || ends(path, &['.', '[']).chain([path.len()]).map(|end| (end, end));
        let in_brackets = || bracketed.into_iter().flat_map(|inner| ends(inner, &[']']).map(|end| (end, end + 2)));
        let plain = plain().filter_map(|(name, rest)| Some((names.get(path.get(..name)?)?, rest)));
        let in_brackets = in_brackets().filter_map(|(name, rest)| Some((names.get(bracketed?.get(..name)?)?, rest)));
        let (index, rest) = plain.chain(in_brackets).max_by_key(|(_, rest)| *rest)?;
        let (key, value) = entries.get(*index)?;
        Some((Some(key), value, path.get(rest..)?))
    }
}

fn names_of(entries: &[(Node, Node)]) -> HashMap<String, usize> {
    let mut names = HashMap::with_capacity(entries.len());
    for (index, (key, _)) in entries.iter().enumerate() {
        let Some(name) = key.text() else { continue };
        names.entry(name.to_owned()).or_insert(index);
    }
    names
}

/// Where a name may end that a path begins with.
fn ends<'p>(path: &'p str, signs: &'static [char]) -> impl Iterator<Item = usize> + 'p {
    let near = path.get(..path.floor_char_boundary(NAME)).unwrap_or_default();
    near.match_indices(signs).map(|(index, _)| index)
}

/// The item that a path begins with.
fn item<'a, 'p>(items: &'a [Node], path: &'p str) -> Option<(&'a Node, &'p str)> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((items.get(index.parse::<usize>().ok()?)?, rest))
}

/// What a person looks at first in an object: its first key.
fn first_key(node: &Node) -> &Node {
    match &node.form {
        Form::Mapping { entries, .. } => entries.first().map_or(node, |(key, _)| key),
        _ => node,
    }
}

/// An object that fills many lines is pointed at by its first key.
fn first_line_of(node: &Node) -> Range<usize> {
    let node = match &node.form {
        Form::Mapping { flow: false, .. } => first_key(node),
        Form::Sequence { flow: false, items } => items.first().map_or(node, first_key),
        _ => node,
    };
    node.start..node.end.max(node.start)
}

#[cfg(test)]
mod tests;

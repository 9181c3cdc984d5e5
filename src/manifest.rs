//! YAML or JSON text to objects that know where they were written.

pub mod edit;
mod files;
mod json;
pub(crate) mod lines;
mod locate;
mod plain;
mod problem;
pub(crate) mod scalar;
pub mod shown;
mod tree;

use std::sync::Arc;

use kube::core::{GroupVersionKind, TypeMeta};
use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use crate::schema::strict;

pub use files::{Text, Unread, read, read_each, write};
pub use locate::{Found, Part, Positions};
pub use problem::Problem;
pub(crate) use problem::{budget, holds_secret};

/// Values that a text may have: enough for the largest sets of manifests; each takes some hundred bytes of memory.
const NODES: usize = 2_000_000;

/// What a title has of a name; Kubernetes allows no longer ones.
const NAME: usize = 253;

/// One object of a manifest.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text it stands in.
    pub text: Arc<Text>,
    /// The line its document begins on, counted from 1.
    pub line: usize,
    /// Where in the document it stands, such as `items[2]`; empty for the whole of it.
    pub within: String,
    /// The object.
    pub object: Value,
}

impl Document {
    /// Its name; empty when it has none.
    pub fn name(&self) -> &str {
        self.metadata("name").unwrap_or_default()
    }

    /// The namespace it names.
    pub fn namespace(&self) -> Option<&str> {
        self.metadata("namespace").filter(|namespace| !namespace.is_empty())
    }

    /// Its group, version and kind; `None` when they are missing or no words.
    pub fn kind(&self) -> Option<GroupVersionKind> {
        kind_of(&self.object)
    }

    /// How messages name it: `workloaddeployment/web`.
    pub fn title(&self) -> String {
        let kind = self.kind().map(|kind| kind.kind.to_lowercase()).unwrap_or_default();
        format!("{}/{}", shown::cut(&kind, NAME), shown::cut(self.name(), NAME))
    }

    /// A problem with this object.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::at_line(&self.text, self.line, message.into())
    }

    /// What a chain of fields leads to; quicker than a JSON pointer, which takes its steps apart first.
    pub fn at(&self, fields: &[&str]) -> Option<&Value> {
        fields.iter().try_fold(&self.object, |value, field| value.get(field))
    }

    fn metadata(&self, field: &str) -> Option<&str> {
        self.at(&["metadata", field])?.as_str()
    }
}

/// An object's group, version and kind; `None` when they are missing or no words.
pub fn kind_of(object: &Value) -> Option<GroupVersionKind> {
    let word = |field: &str| object.get(field).and_then(Value::as_str).filter(|word| !word.is_empty());
    let types = TypeMeta { api_version: word("apiVersion")?.to_owned(), kind: word("kind")?.to_owned() };
    GroupVersionKind::try_from(types).ok()
}

/// Reads all documents of a text; lists become their items.
///
/// # Errors
/// The first place where the text is no YAML.
pub fn parse(text: &Arc<Text>) -> Result<Vec<Document>, Problem> {
    let mut documents = Vec::new();
    for (line, object) in parse_values(text)? {
        flatten(text, line, String::new(), object, &mut documents);
    }
    Ok(documents)
}

fn parse_values(text: &Text) -> Result<Vec<(usize, Value)>, Problem> {
    if let Some(values) = parse_json(text) {
        return Ok(values?.into_iter().map(|value| (1, value)).collect());
    }
    if let Some(comment) = json::comment(text) {
        return Err(comment);
    }
    match plain::read(&text.content) {
        Some(values) => Ok(values),
        // What goes beyond a limit says what to do.
        None => parse_yaml(text).map_err(|problem| match problem.help() {
            None => json::first(text).unwrap_or(problem),
            Some(_) => problem,
        }),
    }
}

/// Reads whatever YAML has.
fn parse_yaml(text: &Text) -> Result<Vec<(usize, Value)>, Problem> {
    check_lines(text)?;
    // As kubectl reads it: YAML 1.1 booleans and octal numbers.
    let options = serde_saphyr::options! {
        with_snippet: false,
        legacy_octal_numbers: true,
        budget: budget(),
    };
    let values = serde_saphyr::from_multiple_with_options::<Spanned<Value>>(&text.content, options);
    let values = values.map_err(|error| Problem::of_yaml(text, &error))?;
    Ok(values.into_iter().map(|spanned| (line_of(spanned.referenced), spanned.value)).collect())
}

/// JSON has a parser of its own: YAML forbids the tabs that JSON files are indented with. `None` when it is no JSON, or more
/// of it than is read.
fn parse_json(text: &Text) -> Option<Result<Vec<Value>, Problem>> {
    let content = text.content.trim_start_matches('\u{feff}');
    if !content.trim_start().starts_with('{') || json_nodes(content) > NODES {
        return None;
    }
    let values = serde_json::Deserializer::from_str(content).into_iter::<strict::Once>();
    match values.collect::<Result<Vec<_>, _>>() {
        Ok(values) => Some(Ok(values.into_iter().map(|strict::Once(value)| value).collect())),
        Err(error) if strict::is_duplicate(&error) => Some(Err(Problem::of_json(text, &error))),
        Err(_) => None,
    }
}

/// How many values a JSON text has at most.
fn json_nodes(text: &str) -> usize {
    let (mut nodes, mut quoted, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'{' | b'[' if !quoted => nodes += 1,
            _ => {}
        }
    }
    nodes
}

/// The parser of YAML keeps what it has read of a line in memory until the line ends, in case that all of it is a key.
fn check_lines(text: &Text) -> Result<(), Problem> {
    let too_many = |line: &str| line.len() > NODES && json_nodes(line) > NODES;
    match lines::split(&text.content).position(too_many) {
        Some(index) => {
            let message = format!("this line holds more than the {NODES} values that are read");
            Err(Problem::at(&Arc::new(text.clone()), Some((index + 1, 1)), message).with_help(problem::DIVIDE))
        }
        None => Ok(()),
    }
}

fn line_of(location: Location) -> usize {
    usize::try_from(location.line()).unwrap_or(usize::MAX).max(1)
}

fn flatten(text: &Arc<Text>, line: usize, within: String, mut object: Value, documents: &mut Vec<Document>) {
    let is_list = object.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
    if let Some(Value::Array(items)) = object.get_mut("items").filter(|_| is_list).map(Value::take) {
        let dot = if within.is_empty() { "" } else { "." };
        for (index, item) in items.into_iter().enumerate() {
            flatten(text, line, format!("{within}{dot}items[{index}]"), item, documents);
        }
    } else {
        documents.push(Document { text: Arc::clone(text), line, within, object });
    }
}

#[cfg(test)]
mod tests;

//! Changes to manifests that leave everything else as it was written: comments, order, quotes, line ends.

mod scalar;
mod splice;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::tree::{self, Node};
use super::{Problem, Text, parse_values};

/// One step of a path into an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into the item of a list.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

/// One change of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Where.
    pub path: Vec<Step>,
    /// What is to stand there; `None` takes it away. What leads there is made when it is missing.
    pub value: Option<Value>,
}

/// An object of a text.
#[derive(Clone, Debug)]
pub struct Located {
    /// The line that its document begins on.
    pub line: usize,
    /// The object.
    pub object: Value,
    document: usize,
    prefix: Vec<Step>,
}

/// The objects of a text, those of lists among them.
///
/// # Errors
/// When it is no YAML.
pub fn objects(text: &Arc<Text>) -> Result<Vec<Located>, Problem> {
    let values = parse_values(text)?.into_iter().filter(|(_, value)| !value.is_null());
    let mut objects = Vec::new();
    for (document, (line, object)) in values.enumerate() {
        let located = Located { line, object, document, prefix: Vec::new() };
        let is_list = located.object["kind"].as_str().is_some_and(|kind| kind.ends_with("List"));
        match located.object["items"].as_array() {
            Some(items) if is_list => objects.extend(items.iter().enumerate().map(|(index, item)| Located {
                object: item.clone(),
                prefix: vec!["items".into(), Step::Index(index)],
                ..located.clone()
            })),
            _ => objects.push(located),
        }
    }
    Ok(objects)
}

/// Makes the changes in an object.
pub fn apply(object: &mut Value, edits: &[Edit]) {
    for edit in edits {
        apply_one(object, &edit.path, edit.value.as_ref());
    }
}

fn apply_one(at: &mut Value, path: &[Step], value: Option<&Value>) {
    let Some((step, rest)) = path.split_first() else {
        *at = value.cloned().unwrap_or_default();
        return;
    };
    match step {
        Step::Key(key) => {
            if at.is_null() && value.is_some() {
                *at = Value::Object(Map::new());
            }
            let Some(map) = at.as_object_mut() else { return };
            match value {
                None if rest.is_empty() => drop(map.remove(key)),
                None => drop(map.get_mut(key).map(|next| apply_one(next, rest, value))),
                Some(_) => apply_one(map.entry(key.clone()).or_insert(Value::Null), rest, value),
            }
        }
        Step::Index(index) => {
            if at.is_null() && value.is_some() {
                *at = Value::Array(Vec::new());
            }
            let Some(items) = at.as_array_mut() else { return };
            if *index == items.len() && value.is_some() {
                items.push(Value::Null);
            }
            if let Some(next) = items.get_mut(*index) {
                apply_one(next, rest, value);
            }
        }
    }
}

/// The text with the changes made, each object's its own. Only lines that have to change do.
///
/// # Errors
/// When the text is written in a way that cannot be changed without changing something else too.
pub fn edit(text: &Arc<Text>, changes: &[(Located, Vec<Edit>)]) -> Result<String, Problem> {
    let mut edited = text.content.clone();
    for (located, edits) in changes {
        for edit in edits {
            let path = [located.prefix.clone(), edit.path.clone()].concat();
            let refused =
                |refusal: splice::Refusal| Problem::at_line(text, refusal.line, refusal.message).with_help(BY_HAND);
            edited = one(&edited, located, &Edit { path, value: edit.value.clone() }).map_err(refused)?;
        }
    }
    let written = Arc::new(Text { name: text.name.clone(), content: edited });
    verify(text, &written, changes)?;
    Ok(written.content.clone())
}

const BY_HAND: &str = "nothing was changed; change this place by hand";

fn one(text: &str, located: &Located, edit: &Edit) -> Result<String, splice::Refusal> {
    let unreadable = |line, message: String| splice::Refusal { line, message };
    let roots = tree::roots(text).map_err(|error| unreadable(error.marker().line(), error.to_string()))?;
    let root: &Node = roots
        .get(located.document)
        .ok_or_else(|| unreadable(located.line, "this document cannot be found again".to_owned()))?;
    splice::plan(text, root, edit).map(|splice| splice.map_or_else(|| text.to_owned(), |splice| splice.apply(text)))
}

/// Whether the edited text says what it was to say, and nothing else is different.
fn verify(text: &Arc<Text>, written: &Arc<Text>, changes: &[(Located, Vec<Edit>)]) -> Result<(), Problem> {
    let mut wanted: Vec<_> = parse_values(text)?.into_iter().map(|(_, value)| value).filter(|v| !v.is_null()).collect();
    for (located, edits) in changes {
        for edit in edits {
            let path = [located.prefix.clone(), edit.path.clone()].concat();
            wanted
                .get_mut(located.document)
                .into_iter()
                .for_each(|object| apply_one(object, &path, edit.value.as_ref()));
        }
    }
    let found = parse_values(written).unwrap_or_default().into_iter().map(|(_, value)| value);
    if found.filter(|value| !value.is_null()).eq(wanted) {
        return Ok(());
    }
    let line = changes.first().map_or(1, |(located, _)| located.line);
    let message = "this document is written in a way that cannot be changed without changing more".to_owned();
    Err(Problem::at_line(text, line, message).with_help(BY_HAND))
}

#[cfg(test)]
mod tests;

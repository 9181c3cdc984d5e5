//! The paths of printer columns, read once and followed for each object.

use serde_json::Value;

use crate::report::JsonPath;

/// How long a path of another form may be, since reading it goes as deep as its brackets.
const LONGEST: usize = 256;

/// A path, of which a column shows the first value.
#[derive(Debug)]
pub(super) enum Path {
    /// Fields, indexes and comparisons, which is what nearly all columns have.
    Steps(Vec<Step>),
    /// Anything else.
    Other(Box<JsonPath>),
    /// What cannot be read; it shows nothing.
    Unreadable,
}

/// One step.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Field(String),
    Index(i64),
    All,
    /// `[?(@.type=="Ready")]`: the field's value is this.
    Where(Vec<String>, Value),
}

impl Path {
    /// Reads a path of a CRD, such as `.status.conditions[?(@.type=="Ready")].status`.
    pub(super) fn parse(text: &str) -> Self {
        if let Some(steps) = steps(text) {
            return Self::Steps(steps);
        }
        if text.len() > LONGEST {
            return Self::Unreadable;
        }
        JsonPath::parse(&format!("{{{text}}}")).map_or(Self::Unreadable, |path| Self::Other(Box::new(path)))
    }

    /// The first value that it leads to.
    pub(super) fn first(&self, object: &Value) -> Option<Value> {
        match self {
            Self::Steps(steps) => follow(steps, object).cloned(),
            Self::Other(path) => Some(path.render(object)).filter(|text| !text.is_empty()).map(Value::String),
            Self::Unreadable => None,
        }
    }
}

fn follow<'v>(steps: &[Step], value: &'v Value) -> Option<&'v Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value) };
    match step {
        Step::Field(name) => follow(rest, value.get(name)?),
        Step::Index(index) => {
            let items = value.as_array()?;
            let count = i64::try_from(items.len()).ok()?;
            let index = if *index < 0 { count + index } else { *index };
            follow(rest, items.get(usize::try_from(index).ok()?)?)
        }
        Step::All => each(value).find_map(|item| follow(rest, item)),
        Step::Where(path, wanted) => {
            let met = |item: &&Value| path.iter().try_fold(*item, |value, name| value.get(name)) == Some(wanted);
            each(value).filter(met).find_map(|item| follow(rest, item))
        }
    }
}

fn each(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(fields.values()),
        _ => Box::new(std::iter::empty()),
    }
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let end = closing(inner)?;
            steps.push(bracket(&inner[..end])?);
            rest = &inner[end + 1..];
        } else {
            let (name, after) = field(rest.strip_prefix('.')?)?;
            steps.push(if name == "*" { Step::All } else { Step::Field(name) });
            rest = after;
        }
    }
    Some(steps)
}

/// A name up to the next dot or bracket; `\.` is a dot within it.
fn field(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    let mut end = text.len();
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => name.push(chars.next()?.1),
            '.' | '[' => {
                end = index;
                break;
            }
            c => name.push(c),
        }
    }
    (!name.is_empty()).then_some((name, &text[end..]))
}

/// Where a bracket closes; those in quotes do not count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(index, c)| match (quote, c) {
        (Some(open), c) if c == open => {
            quote = None;
            None
        }
        (None, '"' | '\'') => {
            quote = Some(c);
            None
        }
        (None, ']') => Some(index),
        _ => None,
    })
}

fn bracket(text: &str) -> Option<Step> {
    let text = text.trim();
    if text == "*" {
        return Some(Step::All);
    }
    if let Ok(index) = text.parse() {
        return Some(Step::Index(index));
    }
    if let Some(name) = quoted(text) {
        return Some(Step::Field(name));
    }
    let (path, wanted) = text.strip_prefix("?(")?.strip_suffix(')')?.split_once("==")?;
    let wanted = wanted.trim();
    let wanted = quoted(wanted).map(Value::String).or_else(|| serde_json::from_str(wanted).ok())?;
    let path = steps(path.trim().strip_prefix('@')?)?;
    let names = path.into_iter().map(|step| if let Step::Field(name) = step { Some(name) } else { None });
    Some(Step::Where(names.collect::<Option<_>>()?, wanted))
}

fn quoted(text: &str) -> Option<String> {
    let double = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = double.or_else(|| text.strip_prefix('\'')?.strip_suffix('\''))?;
    (!inner.contains(['"', '\'', '\\'])).then(|| inner.to_owned())
}

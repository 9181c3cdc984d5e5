//! Fields that are unknown where they stand and known nearby: indented too little or too far, or mistyped.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

use super::definitions::{closest, did_you_mean};
use super::schema::at;
use crate::schema::{Schema, Type, child};

/// What stands in `metadata`, of which definitions do not say it.
const METADATA: [&str; 5] = ["name", "generateName", "namespace", "labels", "annotations"];

/// Names that so many things have that one elsewhere says nothing, unless it is just what is lacking there.
const COMMON: [&str; 5] = ["name", "namespace", "path", "version", "config"];

/// How far below its place a field is looked for.
const DEEPEST: usize = 3;

/// What was meant by an unknown field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// What to do about it.
    pub(super) remedy: String,
    /// The path of what it belongs to.
    parent: String,
    name: String,
}

/// What is there once all that was meant stands where it belongs.
#[derive(Debug, Default)]
pub(super) struct Supplied {
    /// Fields, and all that is around them.
    paths: HashSet<String>,
    parents: HashSet<String>,
}

impl Supplied {
    /// Whether what is lacking at a path is there then.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether something stands below a path then.
    pub(super) fn fills(&self, path: &str) -> bool {
        self.parents.contains(path)
    }
}

impl FromIterator<Meant> for Supplied {
    fn from_iter<T: IntoIterator<Item = Meant>>(all: T) -> Self {
        let mut supplied = Self::default();
        for Meant { parent, name, .. } in all {
            supplied.paths.insert(child(&parent, &name));
            if supplied.parents.contains(&parent) {
                continue;
            }
            supplied
                .paths
                .extend(parent.match_indices('.').filter_map(|(dot, _)| parent.get(..dot)).map(str::to_owned));
            supplied.paths.insert(parent.clone());
            supplied.parents.insert(parent);
        }
        supplied
    }
}

/// A field that a neighbour lacks which has nothing behind it: the usual trace of a line that is indented too little.
pub(super) fn below_nothing(schema: &Schema, object: &Value, path: &str) -> Option<Meant> {
    let place = Place::of(schema, object, path)?;
    let nothing = place.holders().filter(|holder| place.value.get(holder.name).is_some_and(Value::is_null));
    let mut able = nothing.filter(|holder| holder.takes(place.name, place.value.get(place.name)));
    let holder = able.next().filter(|_| able.next().is_none())?;
    let parent = child(place.path, holder.name);
    Some(Meant {
        remedy: format!("indent it further: it belongs below {}", holder.name),
        parent,
        name: place.name.to_owned(),
    })
}

/// The name of a field that begins with what looks like a blank, and what is lacking for it.
pub(super) fn behind_a_sham<'a>(schema: &Schema, object: &Value, path: &'a str) -> Option<(&'a str, Option<Meant>)> {
    let start = path.rfind('.').map_or(0, |dot| dot + 1);
    let (parent, name) = path.split_at_checked(start)?;
    let bare =
        name.trim_start_matches(|c: char| !c.is_ascii() && (c.is_whitespace() || "\u{200b}\u{feff}".contains(c)));
    let is_sham = bare.len() < name.len() && !bare.is_empty();
    is_sham.then(|| (bare, below_nothing(schema, object, &format!("{parent}{bare}"))))
}

/// A field that is mistyped, or is known further down or further up.
pub(super) fn elsewhere(schema: &Schema, object: &Value, path: &str) -> Option<Meant> {
    let place = Place::of(schema, object, path)?;
    let known = || place.schema.properties.keys().map(String::as_str);
    let same = known().find(|known| known.eq_ignore_ascii_case(place.name));
    let meant =
        |known: &str| Meant { remedy: did_you_mean(known), parent: place.path.to_owned(), name: known.to_owned() };
    let near = || closest(place.name, known()).map(meant);
    same.map(meant).or_else(|| place.further_down()).or_else(|| place.further_up(schema, object)).or_else(near)
}

/// Where an unknown field stands.
struct Place<'a> {
    path: &'a str,
    name: &'a str,
    schema: &'a Schema,
    value: &'a Value,
}

/// Something that may have fields.
struct Holder<'a> {
    name: &'a str,
    schema: Option<&'a Schema>,
}

impl<'a> Place<'a> {
    fn of(schema: &'a Schema, object: &'a Value, path: &'a str) -> Option<Self> {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        Some(Self { path: parent, name, schema: at(schema, parent)?, value: value_at(object, parent)? })
    }

    /// Its neighbours, whether they are there or not.
    fn holders(&self) -> impl Iterator<Item = Holder<'a>> {
        let all = self.schema.properties.iter().filter(|(name, _)| *name != "status");
        all.map(|(name, schema)| Holder {
            name,
            schema: Some(schema).filter(|_| !(self.path.is_empty() && name == "metadata")),
        })
    }

    /// The nearest object below that has such a field, if there is but one.
    fn further_down(&self) -> Option<Meant> {
        let mut found = Vec::new();
        descend(self.schema, Some(self.value), self.path, self.name, &mut found);
        if self.path.is_empty() && METADATA.contains(&self.name) {
            found.push((1, "metadata".to_owned()));
        } else if COMMON.contains(&self.name) {
            return None;
        }
        let nearest = found.iter().map(|(depth, _)| *depth).min()?;
        let mut nearest = found.into_iter().filter(|(depth, _)| *depth == nearest);
        let (_, parent) = nearest.next().filter(|_| nearest.next().is_none())?;
        Some(Meant { remedy: format!("write it below {parent}"), parent, name: self.name.to_owned() })
    }

    /// The nearest object around it that has such a field, and not yet this one.
    fn further_up(&self, schema: &Schema, object: &Value) -> Option<Meant> {
        if COMMON.contains(&self.name) {
            return None;
        }
        let mut inner = self.path;
        while let Some((around, child)) = inner.rsplit_once('.') {
            let has = at(schema, around).is_some_and(|schema| schema.properties.contains_key(self.name));
            if has && value_at(object, around).is_some_and(|value| value.get(self.name).is_none()) {
                let beside = child.split('[').next().unwrap_or_default();
                let remedy = format!("write it below {around}, beside {beside}");
                return Some(Meant { remedy, parent: around.to_owned(), name: self.name.to_owned() });
            }
            inner = around;
        }
        None
    }
}

impl Holder<'_> {
    /// Whether it may have a field of that name with that value; maps take words.
    fn takes(&self, name: &str, value: Option<&Value>) -> bool {
        match self.schema {
            None => METADATA.contains(&name),
            Some(schema) if schema.properties.is_empty() => {
                schema.additional.is_some() && value.is_some_and(|value| !value.is_object() && !value.is_array())
            }
            Some(schema) => schema.properties.contains_key(name),
        }
    }
}

/// The objects below one that know a field and do not have it, each with how deep it stands.
fn descend(schema: &Schema, value: Option<&Value>, path: &str, name: &str, found: &mut Vec<(usize, String)>) {
    let mut open = vec![(0, schema, value, path.to_owned())];
    while let Some((depth, schema, value, path)) = open.pop() {
        if depth > 0 && schema.properties.contains_key(name) && value.is_none_or(|value| value.get(name).is_none()) {
            found.push((depth, path.clone()));
        }
        let below = schema.properties.iter().filter(|(name, _)| *name != "status" && depth < DEEPEST);
        let objects = below.filter(|(_, schema)| schema.kind == Some(Type::Object));
        open.extend(
            objects
                .map(|(step, schema)| (depth + 1, schema, value.and_then(|value| value.get(step)), child(&path, step))),
        );
    }
}

/// The value that a path leads to, which has no names with dots in it.
pub(super) fn value_at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    let steps = path.split('.').flat_map(|step| step.split('[')).map(|step| step.trim_end_matches(']'));
    steps.filter(|step| !step.is_empty()).try_fold(object, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

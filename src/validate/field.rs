//! A value and the path that leads to it: how rules walk through objects that may be anything.

use serde_json::Value;

use crate::manifest::Document;

/// A place in an object. What is not of the expected type has no fields and no items.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// The value.
    pub value: &'a Value,
    /// Where it is, as `spec.list[0].name`; empty for the object itself.
    pub path: String,
}

impl<'a> Field<'a> {
    /// A document's object.
    pub fn root(document: &'a Document) -> Self {
        Self { value: &document.object, path: String::new() }
    }

    /// A field; none when it is not there or null.
    pub fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self { value, path: self.below(name) })
    }

    /// A field several steps down.
    pub fn at(&self, names: &[&str]) -> Option<Self> {
        let below = |value: &'a Value, name: &&str| value.get(*name).filter(|value| !value.is_null());
        let value = names.iter().try_fold(self.value, below)?;
        Some(Self { value, path: names.iter().fold(self.path.clone(), |path, name| joined(path, name)) })
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        let item = |(index, value)| Self { value, path: format!("{}[{index}]", self.path) };
        items.iter().enumerate().map(item).collect()
    }

    /// The items of a list that is a field; none when it is not there.
    pub fn list(&self, name: &str) -> Vec<Self> {
        self.get(name).map(|field| field.items()).unwrap_or_default()
    }

    /// The entries of an object with their names; none of anything else.
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        let Some(entries) = self.value.as_object() else { return Vec::new() };
        entries.iter().map(|(key, value)| (key.as_str(), Self { value, path: self.below(key) })).collect()
    }

    /// Its text; none when it is not one.
    pub fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The text of a field.
    pub fn text_of(&self, name: &str) -> Option<&'a str> {
        self.value.get(name)?.as_str()
    }

    /// The path of a field of this one, whether it is there or not.
    pub fn below(&self, name: &str) -> String {
        let mut path = String::with_capacity(self.path.len() + name.len() + 2);
        path.push_str(&self.path);
        joined(path, name)
    }
}

/// A path with one step more.
fn joined(mut path: String, name: &str) -> String {
    let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let (before, after) = match (path.is_empty(), is_plain) {
        (_, false) => ("[", "]"),
        (true, true) => ("", ""),
        (false, true) => (".", ""),
    };
    [before, name, after].into_iter().for_each(|part| path.push_str(part));
    path
}

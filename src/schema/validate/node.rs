//! The checks of one value, read from its schema once.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

use super::{numbers, report::Report};
use crate::schema::{ListType, Schema, Type, formats::Format, parse::MAX_DEPTH, place::Place};

/// The checks of one value.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Any of these; none means anything.
    pub(super) types: Vec<Type>,
    pub(super) nullable: bool,
    /// The format of texts, and its name.
    pub(super) format: Option<(String, Format)>,
    pub(super) choices: Option<Choices>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) pattern: Option<Pattern>,
    pub(super) number: numbers::Bounds,
    pub(super) items: Option<Box<Node>>,
    /// The keys of a list that is a map.
    pub(super) map_keys: Option<Vec<String>>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique_items: bool,
    pub(super) properties: BTreeMap<String, Node>,
    pub(super) additional: Option<Box<Node>>,
    /// Whether other fields than the properties are refused: `additionalProperties: false`.
    pub(super) is_closed: bool,
    pub(super) required: Vec<String>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    all_of: Vec<Node>,
    any_of: Vec<Node>,
    one_of: Vec<Node>,
    not: Option<Box<Node>>,
}

/// `enum`.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) values: Vec<Value>,
    /// As messages show them.
    pub(super) shown: Vec<String>,
}

/// `pattern`.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Option<Regex>,
    pub(super) shown: String,
}

impl Pattern {
    fn of(pattern: &str) -> Self {
        match Regex::new(pattern) {
            Ok(regex) => Self { regex: Some(regex), shown: pattern.to_owned() },
            Err(_) => Self { regex: None, shown: format!("{pattern}, but pattern is invalid") },
        }
    }

    pub(super) fn accepts(&self, text: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl Node {
    /// The checks of a schema.
    pub(super) fn of(schema: &Schema) -> Self {
        let nothing = Map::new();
        let source = schema.source.as_object().unwrap_or(&nothing);
        let mut node = Self::of_values(source, Some(schema), 0);
        node.types = match schema.int_or_string {
            true => vec![Type::Integer, Type::String],
            false => schema.kind.into_iter().collect(),
        };
        node.nullable = schema.nullable;
        node.properties = schema.properties.iter().map(|(name, schema)| (name.clone(), Self::of(schema))).collect();
        node.is_closed = schema.additional.as_ref().is_some_and(|schema| schema.source == Value::Bool(false));
        let additional = schema.additional.as_deref().filter(|schema| !schema.source.is_boolean());
        node.additional = additional.map(|schema| Box::new(Self::of(schema)));
        node.items = schema.items.as_deref().map(|schema| Box::new(Self::of(schema)));
        node.finish(source)
    }

    /// The checks of a schema inside `allOf` and its like, for a value that `structure` describes.
    fn nested(source: &Value, structure: Option<&Schema>, depth: usize) -> Self {
        let nothing = Map::new();
        let source = source.as_object().unwrap_or(&nothing);
        if depth > MAX_DEPTH {
            return Self::default();
        }
        let mut node = Self::of_values(source, structure, depth);
        node.types = source.get("type").and_then(Value::as_str).and_then(Type::named).into_iter().collect();
        node.nullable = source.get("nullable") == Some(&Value::Bool(true));
        let below = |source: &Value, structure| Box::new(Self::nested(source, structure, depth + 1));
        let object = |source: &&Value| source.is_object();
        let structure_of = |name: &str| {
            let structure = structure?;
            structure.properties.get(name).or(structure.additional.as_deref())
        };
        let properties = source.get("properties").and_then(Value::as_object).into_iter().flatten();
        node.properties = properties.map(|(name, source)| (name.clone(), *below(source, structure_of(name)))).collect();
        node.additional = source
            .get("additionalProperties")
            .filter(object)
            .map(|source| below(source, structure.and_then(|structure| structure.additional.as_deref())));
        let items = structure.and_then(|structure| structure.items.as_deref());
        node.items = source.get("items").filter(object).map(|source| below(source, items));
        node.finish(source)
    }

    /// All but the structure.
    fn of_values(source: &Map<String, Value>, structure: Option<&Schema>, depth: usize) -> Self {
        let count = |key: &str| source.get(key).and_then(Value::as_u64);
        let nested = |source: &Value| Self::nested(source, structure, depth + 1);
        let all = |key: &str| source.get(key).and_then(Value::as_array).into_iter().flatten().map(nested).collect();
        let required = source.get("required").and_then(Value::as_array).into_iter().flatten();
        Self {
            choices: source
                .get("enum")
                .and_then(Value::as_array)
                .filter(|all| !all.is_empty())
                .map(|all| Choices::of(all)),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            pattern: source.get("pattern").and_then(Value::as_str).filter(|text| !text.is_empty()).map(Pattern::of),
            number: numbers::Bounds::of(source),
            map_keys: structure.and_then(|structure| match &structure.list {
                ListType::Map(keys) => Some(keys.clone()),
                _ => None,
            }),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            unique_items: source.get("uniqueItems") == Some(&Value::Bool(true)),
            required: required.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
            all_of: all("allOf"),
            any_of: all("anyOf"),
            one_of: all("oneOf"),
            not: source.get("not").filter(|not| not.is_object()).map(|not| Box::new(nested(not))),
            ..Self::default()
        }
    }

    /// What depends on the types: formats are of texts, unless the type says otherwise.
    fn finish(mut self, source: &Map<String, Value>) -> Self {
        let format = source.get("format").and_then(Value::as_str);
        match (&self.types[..], format) {
            ([] | [Type::String] | [_, _], Some(name)) => {
                self.format = Format::named(name).map(|format| (name.to_owned(), format));
            }
            ([Type::Integer], Some(name @ ("int32" | "int64")))
            | ([Type::Number], Some(name @ ("float" | "double"))) => {
                self.number.format = Some(name.to_owned());
            }
            _ => {}
        }
        if let [only @ (Type::Integer | Type::Number)] = self.types[..] {
            self.number.kind = Some(only);
        }
        self
    }

    pub(super) fn has_type_check(&self) -> bool {
        !self.types.is_empty() || self.format.is_some()
    }

    pub(super) fn check_type(&self, value: &Value, place: &Place<'_>) -> Report {
        let mut report = Report::default();
        let (found, found_format) = type_of(value);
        let whole = numbers::is_whole(value);
        let fits = |kind: &Type| {
            Some(*kind) == found || (*kind == Type::Integer && whole) || (*kind == Type::Number && value.is_number())
        };
        let number_format = self.number.format.as_deref();
        let format = self.format.as_ref().map(|(name, _)| name.as_str()).or(number_format);
        let is_fit = self.types.iter().any(fits);
        let takes_numbers = self.types.iter().any(|kind| matches!(kind, Type::Integer | Type::Number));
        let formatted = matches!(value, Value::String(_) | Value::Array(_));
        match (value, format) {
            (Value::Null, _) if self.types.is_empty() || self.nullable => {}
            (Value::Null, _) => report.wrong_type(place, &self.type_names(), "null"),
            (_, Some(format)) if !formatted && !is_fit => report.wrong_type(place, format, found_format),
            (_, Some(_)) if formatted && !takes_numbers => {}
            _ if is_fit => {}
            _ => report.wrong_type(place, &self.type_names(), found.map_or("null", Type::name)),
        }
        report.matches += usize::from(report.is_valid());
        report
    }

    fn type_names(&self) -> String {
        self.types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")
    }

    /// `anyOf`, `oneOf`, `allOf` and `not`.
    pub(super) fn check_combined(&self, value: &Value, old: Option<&Value>, place: &Place<'_>) -> Report {
        let mut report = Report { matches: 1, ..Report::default() };
        if !self.any_of.is_empty() {
            self.check_any_of(value, old, place, &mut report);
        }
        if !self.one_of.is_empty() {
            self.check_one_of(value, old, place, &mut report);
        }
        if !self.all_of.is_empty() {
            self.check_all_of(value, old, place, &mut report);
        }
        if self.not.as_ref().is_some_and(|not| not.check(value, old, place).is_valid()) {
            report.without_path(&format!("\"{}\" must not validate the schema (not)", place.dotted()));
        }
        report
    }

    fn check_any_of(&self, value: &Value, old: Option<&Value>, place: &Place<'_>, report: &mut Report) {
        let mut best: Option<Report> = None;
        for node in &self.any_of {
            let found = node.check(value, old, place);
            if found.is_valid() {
                return report.merge(found);
            }
            best = Some(better(best, found));
        }
        report.without_path(&format!("\"{}\" must validate at least one schema (anyOf)", place.dotted()));
        best.into_iter().for_each(|best| report.merge(best));
    }

    fn check_one_of(&self, value: &Value, old: Option<&Value>, place: &Place<'_>, report: &mut Report) {
        let (mut best, mut first, mut fitting) = (None, None, 0);
        for node in &self.one_of {
            let found = node.check(value, old, place);
            if found.is_valid() {
                fitting += 1;
                first = first.or(Some(found));
            } else {
                best = Some(better(best, found));
            }
        }
        if fitting == 1 {
            return first.into_iter().for_each(|first| report.merge(first));
        }
        let found = if fitting == 0 { "none valid".to_owned() } else { format!("{fitting} valid alternatives") };
        let path = place.dotted();
        report.without_path(&format!("\"{path}\" must validate one and only one schema (oneOf). Found {found}"));
        best.filter(|_| fitting == 0).into_iter().for_each(|best| report.merge(best));
    }

    fn check_all_of(&self, value: &Value, old: Option<&Value>, place: &Place<'_>, report: &mut Report) {
        let mut fitting = 0;
        for node in &self.all_of {
            let found = node.check(value, old, place);
            fitting += usize::from(found.is_valid());
            report.merge(found);
        }
        if fitting != self.all_of.len() {
            let none = if fitting == 0 { ". None validated" } else { "" };
            report.without_path(&format!("\"{}\" must validate all the schemas (allOf){none}", place.dotted()));
        }
    }
}

impl Choices {
    fn of(values: &[Value]) -> Self {
        let shown = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        Self { values: values.to_vec(), shown: shown.collect() }
    }
}

/// The one with more checks; of two with as many the first.
fn better(best: Option<Report>, other: Report) -> Report {
    match best {
        Some(best) if best.matches >= other.matches => best,
        _ => other,
    }
}

/// The type of a value, and the format that Go gives it.
fn type_of(value: &Value) -> (Option<Type>, &'static str) {
    match value {
        Value::Null => (None, ""),
        Value::Bool(_) => (Some(Type::Boolean), ""),
        Value::String(_) => (Some(Type::String), ""),
        Value::Array(_) => (Some(Type::Array), ""),
        Value::Object(_) => (Some(Type::Object), ""),
        Value::Number(number) if number.is_i64() => (Some(Type::Integer), "int64"),
        Value::Number(_) => (Some(Type::Number), "float64"),
    }
}

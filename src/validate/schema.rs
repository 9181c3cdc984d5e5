//! Objects held against their definition: unknown fields, values, rules in CEL, metadata.

use std::collections::HashSet;

use serde_json::Value;

use super::code::{self, Code};
use super::field::Field;
use super::finding::{Finding, Gathered};
use super::misplaced::{self, Meant, Supplied};
use super::rules;
use crate::manifest::Document;
use crate::schema::metadata::{self, NameRule};
use crate::schema::{self, Reason, Schema, fill_defaults, prune};

/// What kube-apiserver would have against an object, in its words.
pub(super) fn check(document: &Document, schema: &Schema, found: &mut Gathered<'_>) {
    let mut object = document.object.clone();
    if let Some(why) = metadata::malformed(schema, &object) {
        found.extend(malformed(document, why));
        quote(&mut object);
        if metadata::malformed(schema, &object).is_some() {
            return;
        }
    }
    let unknown = prune(schema, &mut object).into_iter().map(|path| unknown_field(document, schema, &path));
    let (unknown, meant): (Vec<_>, Vec<_>) = unknown.unzip();
    // What is ignored stands for nothing.
    let counting = unknown.iter().zip(meant).filter(|(finding, _)| found.counts(finding));
    let meant: Supplied = counting.filter_map(|(_, meant)| meant).collect();
    found.extend(unknown);
    check_metadata(document, &object, &meant, found);
    fill_defaults(schema, &mut object);
    let values = schema::validate(schema, &object, None);
    for value in values.iter().filter(|finding| !finding.is_unchecked() && !is_meant(&meant, finding)) {
        found.extend(rules::refined(document, of_value(document, value), &value.path));
    }
    rules::without_parts(found);
    // Two rules of a definition may mean the same place.
    let mut told = HashSet::new();
    found.kept.retain(|finding| told.insert(finding.message.clone()));
}

/// Texts in metadata, and maps of them.
const TEXTS: [&str; 3] = ["name", "generateName", "namespace"];
const MAPS: [&str; 2] = ["labels", "annotations"];

/// Metadata that is not of the right shape: most often texts without quotes that are numbers or booleans.
fn malformed(document: &Document, why: String) -> Vec<Finding> {
    let metadata = Field::root(document).get("metadata");
    let texts = TEXTS.into_iter().filter_map(|name| metadata.as_ref()?.get(name));
    let maps = MAPS.into_iter().filter_map(|name| metadata.as_ref()?.get(name));
    let all = texts.chain(maps.flat_map(|map| map.entries().into_iter().map(|(_, field)| field)));
    let plain = all.filter(|field| field.value.is_boolean() || field.value.is_number());
    let told = plain.map(|field| {
        let kind = if field.value.is_boolean() { "boolean" } else { "number" };
        let message = format!("{}: must be a text, and is a {kind} without quotes", field.path);
        Finding::value(&code::INVALID_METADATA, document, &field.path, message)
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() { vec![Finding::value(&code::INVALID_METADATA, document, "metadata", why)] } else { told }
}

/// Makes texts of the numbers and booleans in metadata, which are told of: the rest is looked at as if they had quotes.
fn quote(object: &mut Value) {
    let Some(Value::Object(metadata)) = object.get_mut("metadata") else { return };
    for (name, value) in metadata.iter_mut() {
        let values: Vec<&mut Value> = match value {
            Value::Object(map) if MAPS.contains(&name.as_str()) => map.values_mut().collect(),
            other if TEXTS.contains(&name.as_str()) => vec![other],
            _ => Vec::new(),
        };
        for value in values.into_iter().filter(|value| value.is_boolean() || value.is_number()) {
            *value = value.to_string().into();
        }
    }
}

/// A field that the server would drop, and what was meant by it.
fn unknown_field(document: &Document, schema: &Schema, path: &str) -> (Finding, Option<Meant>) {
    let finding = || Finding::key(&code::UNKNOWN_FIELD, document, path, format!("unknown field {path}"));
    if let Some((name, meant)) = misplaced::behind_a_sham(schema, &document.object, path) {
        let shown = path.strip_suffix(name).map_or("", |before| before.trim_end_matches(|c: char| !c.is_ascii()));
        let message = format!("unknown field {shown}{name}: what stands before {name} looks like a blank, and is none");
        let remedy = format!("write plain blanks before {name}");
        return (Finding::key(&code::UNKNOWN_FIELD, document, path, message).with_remedy(remedy), meant);
    }
    if let Some(meant) = misplaced::below_nothing(schema, &document.object, path) {
        return (finding().with_remedy(meant.remedy.clone()), Some(meant));
    }
    if let Some(known) = rules::trap(document, path) {
        return (known, None);
    }
    let meant = misplaced::elsewhere(schema, &document.object, path);
    let siblings =
        at(schema, parent(path)).map(|schema| schema.properties.keys().map(String::as_str).collect::<Vec<_>>());
    let siblings = siblings.unwrap_or_default();
    let remedy = match &meant {
        Some(meant) => meant.remedy.clone(),
        None if siblings.is_empty() => "take it out: the API server drops it".to_owned(),
        None => format!("take it out, or use one of {}", siblings.join(", ")),
    };
    (finding().with_remedy(remedy), meant)
}

/// Whether what is lacking stands elsewhere, which is told already.
fn is_meant(meant: &Supplied, finding: &schema::Finding) -> bool {
    match finding.reason {
        Reason::Required => meant.has(&finding.path),
        Reason::TypeInvalid if finding.message.contains("\"null\"") => meant.fills(&finding.path),
        _ => false,
    }
}

/// The path of what holds a field.
fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// Whether a schema has the field of a path.
pub(super) fn has(schema: &Schema, path: &str) -> bool {
    at(schema, path).is_some()
}

/// The schema of what a path leads to.
pub(super) fn at<'a>(schema: &'a Schema, path: &str) -> Option<&'a Schema> {
    path.split('.').filter(|step| !step.is_empty()).try_fold(schema, |schema, step| {
        let name = step.split('[').next().unwrap_or_default();
        let below = schema.properties.get(name).or(schema.additional.as_deref())?;
        (0..step.matches('[').count())
            .try_fold(below, |schema, _| schema.items.as_deref().or(schema.additional.as_deref()))
    })
}

fn check_metadata(document: &Document, object: &Value, meant: &Supplied, found: &mut Gathered<'_>) {
    let mut metadata = object.get("metadata").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let has = |metadata: &Value, field: &str| {
        metadata.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty())
    };
    if !has(&metadata, "namespace") {
        // The one of the context is meant.
        metadata["namespace"] = "default".into();
    }
    if !has(&metadata, "name") && has(&metadata, "generateName") {
        let prefix = metadata.get("generateName").and_then(Value::as_str).unwrap_or_default();
        metadata["name"] = format!("{prefix}x").into();
    }
    let told = |finding: schema::Finding| {
        let message = format!("{}: {}", finding.path, finding.message);
        Finding::value(&code::INVALID_METADATA, document, &finding.path, message)
    };
    let wrong = metadata::findings(&metadata, true, NameRule::Subdomain, "metadata");
    found.extend(wrong.into_iter().filter(|finding| !is_meant(meant, finding)).map(told));
}

/// What the server says of a value.
fn of_value(document: &Document, finding: &schema::Finding) -> Finding {
    let code: &'static Code = match finding.reason {
        Reason::Required => &code::REQUIRED_FIELD,
        Reason::NotSupported => &code::NOT_SUPPORTED,
        Reason::TypeInvalid => &code::WRONG_TYPE,
        Reason::Invalid | Reason::Duplicate | Reason::Forbidden | Reason::TooLong | Reason::TooMany => {
            &code::INVALID_VALUE
        }
    };
    // The server names the path twice.
    let message = finding.message.replace(&format!("{} in body ", finding.path), "");
    let message = wrong_type(&message).unwrap_or(message);
    let message = if finding.path == "<nil>" { message } else { format!("{}: {message}", finding.path) };
    Finding::value(code, document, &finding.path, message)
}

/// `must be of type integer, not string` of the server's `Invalid value: "string": must be of type integer: "string"`.
fn wrong_type(message: &str) -> Option<String> {
    let (_, types) = message.split_once(": must be of type ")?;
    let (wanted, found) = types.split_once(": ")?;
    Some(format!("must be of type {wanted}, not {}", found.trim_matches('"')))
}

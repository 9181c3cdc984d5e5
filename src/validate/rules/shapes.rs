//! Values that are a list, an object or one text where another of these is wanted: how the same is written.

use std::collections::HashSet;

use serde_json::Value;

use super::interfaces::apart;
use crate::manifest::Document;
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::misplaced::value_at;

/// Entries that are written out; of more the first are enough to see how.
const SHOWN: usize = 5;

/// What to write instead, as far as that is known.
pub(super) fn written(document: &Document, finding: &Finding, path: &str) -> Option<String> {
    let last = path.rsplit('.').next()?;
    let field = last.split('[').next()?;
    let value = || value_at(&document.object, path);
    if finding.code == &code::INVALID_VALUE {
        // All of it in the field that tells two entries of a package apart.
        let of_interface = path.ends_with("].name") && path.contains("hostInterfaces[");
        return value().filter(|_| of_interface)?.as_str().filter(|name| name.contains(':')).map(apart);
    }
    let (_, types) = finding.message.split_once("must be of type ").filter(|_| finding.code == &code::WRONG_TYPE)?;
    match types {
        "array, not string" => list(field, value()?.as_str()?),
        "array, not object" => entries(field, value()?),
        "object, not array" => map(field, value()?),
        "object, not string" if field == "hostInterfaces" => interface(value()?.as_str()?),
        _ => None,
    }
}

/// What an interface lacks whose whole name stands in one field, with how it is written.
pub(super) fn whole_name(document: &Document, finding: &Finding, path: &str) -> Option<Vec<Finding>> {
    let entry = path.strip_suffix(".namespace").or_else(|| path.strip_suffix(".package"))?;
    let entry = value_at(&document.object, entry).filter(|_| finding.code == &code::REQUIRED_FIELD)?;
    let whole = |field: &&str| entry.get(field).and_then(Value::as_str).filter(|text| text.contains(':'));
    let whole = ["namespace", "package", "name"].iter().find_map(whole)?;
    Some(vec![finding.clone().with_remedy(apart(whole))])
}

/// Leaves out what interfaces lack whose whole name stands in `name`, where that is told of.
pub(in crate::validate) fn without_parts(found: &mut Gathered<'_>) {
    let is_whole = |finding: &&Finding| {
        let remedy = finding.remedy.as_deref().unwrap_or_default();
        finding.code == &code::INVALID_VALUE && remedy.starts_with("write\nnamespace: ") && found.counts(finding)
    };
    let entry = |finding: &Finding| finding.field()?.1.strip_suffix(".name").map(str::to_owned);
    let entries: HashSet<_> = found.kept.iter().filter(is_whole).filter_map(entry).collect();
    let is_part = |finding: &Finding| {
        let path = finding.field().filter(|_| finding.code == &code::REQUIRED_FIELD).map(|(_, path)| path);
        let entry = path.and_then(|path| path.strip_suffix(".namespace").or_else(|| path.strip_suffix(".package")));
        entry.is_some_and(|entry| entries.contains(entry))
    };
    found.kept.retain(|finding| entries.is_empty() || !is_part(finding));
}

/// One text where a list of them is wanted.
fn list(field: &str, text: &str) -> Option<String> {
    let texts = ["interfaces", "allowedHosts", "allowedIpNameLookups", "allowedHostLoopbackPorts"].contains(&field);
    let words: Vec<_> = text.split([',', ' ']).filter(|word| !word.is_empty()).map(quoted).collect();
    (texts && !words.is_empty()).then(|| format!("write {field}: [{}]", words.join(", ")))
}

/// A word as it stands in a list, with quotes where it needs them.
fn quoted(word: &str) -> String {
    let is_plain = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c));
    if is_plain { word.to_owned() } else { Value::from(word).to_string() }
}

/// An object where a list of them is wanted: the dash is lacking, or names stand for entries.
fn entries(field: &str, value: &Value) -> Option<String> {
    let fields = value.as_object()?;
    let known = ["name", "image", "namespace", "package", "interfaces", "mountPath", "config", "artifactFrom"];
    if fields.keys().any(|name| known.contains(&name.as_str())) {
        return Some("write \"- \" before its first field, and indent its other fields as far as that one".to_owned());
    }
    let name = fields.iter().find(|(_, value)| value.is_object()).map(|(name, _)| name)?;
    let is_named = ["components", "volumes"].contains(&field);
    is_named.then(|| format!("write a list: \"- name: {name}\" in place of \"{name}:\", with its fields below name"))
}

/// A list of names and values where a map is wanted, as Pods have it.
fn map(field: &str, value: &Value) -> Option<String> {
    let entries = value.as_array()?;
    let pairs = entries.iter().map(|entry| {
        let value = match entry.get("value")? {
            Value::String(text) => Value::from(text.as_str()).to_string(),
            Value::Array(_) | Value::Object(_) | Value::Null => return None,
            other => format!("\"{other}\""),
        };
        Some(format!("\n  {}: {value}", entry.get("name")?.as_str()?))
    });
    let pairs = pairs.collect::<Option<Vec<_>>>().filter(|pairs| !pairs.is_empty())?;
    let more = if pairs.len() > SHOWN { "\n  # and so on" } else { "" };
    Some(format!("write\n{field}:{}{more}", pairs.into_iter().take(SHOWN).collect::<String>()))
}

/// An interface's whole name where its parts are wanted.
fn interface(text: &str) -> Option<String> {
    let fields = apart(text);
    let (head, fields) = fields.split_once('\n')?;
    let lines = fields.lines().enumerate().map(|(n, line)| format!("\n{}{line}", if n == 0 { "- " } else { "  " }));
    Some(format!("{head}{}", lines.collect::<String>()))
}

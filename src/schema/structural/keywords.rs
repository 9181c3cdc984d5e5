//! What each schema may hold, wherever it stands.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

use crate::schema::{Finding, Problem, Reason, Schema, parse::MAX_DEPTH, rules::normal_field_path};

/// Checks a schema and every one inside it.
pub(super) fn check(source: &Map<String, Value>, path: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(source, path, 0, &mut problems);
    problems
}

fn walk(source: &Map<String, Value>, path: &str, depth: usize, problems: &mut Vec<Problem>) {
    if depth > 2 * MAX_DEPTH {
        return problems.push(Finding::plain(path, Reason::Invalid, "schemas nest too deep"));
    }
    let keyword = Keywords { source, path };
    keyword.unsupported(problems);
    keyword.types(problems);
    keyword.lists(problems);
    keyword.rules(problems);
    let mut below = |source: &Value, path: String| {
        if let Value::Object(source) = source {
            walk(source, &path, depth + 1, problems);
        }
    };
    for key in ["properties", "definitions"] {
        for (name, source) in source.get(key).and_then(Value::as_object).into_iter().flatten() {
            below(source, format!("{path}.{key}[{name}]"));
        }
    }
    for key in ["items", "additionalProperties", "not"] {
        source.get(key).into_iter().for_each(|source| below(source, format!("{path}.{key}")));
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for (index, source) in source.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            below(source, format!("{path}.{key}[{index}]"));
        }
    }
}

struct Keywords<'a> {
    source: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Keywords<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.source.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Value::as_str)
    }

    fn at(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    fn forbid(&self, key: &str, detail: &str) -> Problem {
        Finding::plain(&self.at(key), Reason::Forbidden, detail)
    }

    fn unsupported(&self, problems: &mut Vec<Problem>) {
        for key in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
            problems.extend(self.get(key).map(|_| self.forbid(key, &format!("{key} is not supported"))));
        }
        if self.get("items").is_some_and(Value::is_array) {
            problems.push(self.forbid("items", "items must be a schema object and not an array"));
        }
        if self.get("uniqueItems") == Some(&Value::Bool(true)) {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
            problems.push(self.forbid("uniqueItems", detail));
        }
        let has_properties = self.get("properties").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
        if has_properties && self.get("additionalProperties").is_some_and(|value| value != &Value::Bool(true)) {
            let detail = "additionalProperties and properties are mutual exclusive";
            problems.push(self.forbid("additionalProperties", detail));
        }
        let preserve = "x-kubernetes-preserve-unknown-fields";
        if self.get(preserve) == Some(&Value::Bool(false)) {
            let detail = "must be true or undefined";
            problems.push(Finding::about(&self.at(preserve), Reason::Invalid, &Value::Bool(false), detail));
        }
        if let Some((pattern, Err(wrong))) = self.text("pattern").map(|pattern| (pattern, Regex::new(pattern))) {
            let detail = format!("must be a valid regular expression, but isn't: {wrong}");
            problems.push(Finding::invalid(&self.at("pattern"), pattern, &detail));
        }
    }

    fn types(&self, problems: &mut Vec<Problem>) {
        let known = ["array", "boolean", "integer", "number", "object", "string"];
        match self.text("type").unwrap_or_default() {
            "null" => {
                problems.push(self.forbid("type", "type cannot be set to null, use nullable as an alternative"));
                problems.push(self.not_supported("type", "null", &known));
            }
            kind if !kind.is_empty() && !known.contains(&kind) => {
                problems.push(self.not_supported("type", kind, &known))
            }
            _ => {}
        }
        self.extension("x-kubernetes-map-type", "object", &["atomic", "granular"], problems);
        self.extension("x-kubernetes-list-type", "array", &["atomic", "set", "map"], problems);
    }

    fn not_supported(&self, key: &str, value: &str, known: &[&str]) -> Problem {
        let known: Vec<_> = known.iter().map(|name| (*name).to_owned()).collect();
        Finding::not_supported(&self.at(key), &Value::from(value), &known)
    }

    /// An extension that is for one type only.
    fn extension(&self, key: &str, expected: &str, known: &[&str], problems: &mut Vec<Problem>) {
        let Some(value) = self.text(key) else { return };
        let detail = format!("must be {expected} if {key} is specified");
        match self.text("type").unwrap_or_default() {
            "" => problems.push(Finding::plain(&self.at("type"), Reason::Required, &detail)),
            kind if kind != expected => problems.push(Finding::invalid(&self.at("type"), kind, &detail)),
            _ => {}
        }
        if !known.contains(&value) {
            problems.push(self.not_supported(key, value, known));
        }
    }

    fn lists(&self, problems: &mut Vec<Problem>) {
        let (list_key, keys_key) = ("x-kubernetes-list-type", "x-kubernetes-list-map-keys");
        let keys = self.get(keys_key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let list = self.text(list_key);
        let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        match list {
            None if !keys.is_empty() => problems.push(Finding::plain(&self.at(list_key), Reason::Required, detail)),
            Some(other) if !keys.is_empty() && other != "map" => {
                problems.push(Finding::invalid(&self.at(list_key), other, detail));
            }
            _ => {}
        }
        let items = self.get("items").and_then(Value::as_object);
        match (list, items) {
            (Some("map"), None) => {
                let detail = "must have a schema if x-kubernetes-list-type is map";
                problems.push(Finding::plain(&self.at("items"), Reason::Required, detail));
            }
            (Some(list @ ("map" | "set")), Some(items)) => self.keyed_items(list, items, keys, problems),
            _ => {}
        }
        if list == Some("map") && keys.is_empty() {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            problems.push(Finding::plain(&self.at(keys_key), Reason::Required, detail));
        }
    }

    fn keyed_items(&self, list: &str, source: &Map<String, Value>, keys: &[Value], problems: &mut Vec<Problem>) {
        let path = self.at("items");
        let items = Keywords { source, path: &path };
        let kind = items.text("type").unwrap_or_default();
        if items.get("nullable") == Some(&Value::Bool(true)) {
            problems
                .push(items.forbid("nullable", &format!("cannot be nullable when x-kubernetes-list-type is {list}")));
        }
        let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let null = Value::Null;
        match (list, kind) {
            ("map", "object") => self.map_keys(&items, keys, problems),
            ("map", _) => {
                let detail = "must be object if parent array's x-kubernetes-list-type is map";
                problems.push(Finding::invalid(&items.at("type"), kind, detail));
            }
            (_, "array") if items.text("x-kubernetes-list-type").is_some_and(|list| list != "atomic") => {
                let list = items.get("x-kubernetes-list-type").unwrap_or(&null);
                problems.push(Finding::about(&items.at("x-kubernetes-list-type"), Reason::Invalid, list, detail));
            }
            (_, "object") if items.text("x-kubernetes-map-type") != Some("atomic") => {
                problems.push(Finding::about(&items.at("x-kubernetes-map-type"), Reason::Invalid, &null, detail));
            }
            _ => {}
        }
    }

    fn map_keys(&self, items: &Keywords<'_>, keys: &[Value], problems: &mut Vec<Problem>) {
        let at = self.at("x-kubernetes-list-map-keys");
        let all = Value::from(keys);
        let wrong = |detail: &str| Finding::about(&at, Reason::Invalid, &all, detail);
        let required = items.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut seen = BTreeSet::new();
        for key in keys {
            let name = key.as_str().unwrap_or_default();
            if !seen.insert(name) {
                problems.push(wrong("must not contain duplicate entries"));
            }
            let Some(source) = items.get("properties").and_then(|all| all.get(name)).and_then(Value::as_object) else {
                problems.push(wrong("entries must all be names of item properties"));
                continue;
            };
            let path = items.at(&format!("properties[{name}]"));
            let property = Keywords { source, path: &path };
            if matches!(property.text("type"), Some("array" | "object")) {
                let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
                problems.push(Finding::invalid(&property.at("type"), "object", detail));
            }
            let reserved = "this property is in x-kubernetes-list-map-keys, so it";
            if !required.contains(key) && property.get("default").is_none() {
                let detail = format!("{reserved} must have a default or be a required property");
                problems.push(Finding::plain(&property.at("default"), Reason::Required, &detail));
            }
            if property.get("nullable") == Some(&Value::Bool(true)) {
                problems.push(property.forbid("nullable", &format!("{reserved} cannot be nullable")));
            }
        }
    }

    /// What a rule says beside its expression.
    fn rules(&self, problems: &mut Vec<Problem>) {
        let rules = self.get("x-kubernetes-validations").and_then(Value::as_array);
        for (index, rule) in rules.into_iter().flatten().enumerate() {
            let Value::Object(source) = rule else { continue };
            let path = self.at(&format!("x-kubernetes-validations[{index}]"));
            let keyword = Keywords { source, path: &path };
            keyword.rule_texts(problems);
            if let Some(reason) = keyword.text("reason") {
                let known = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
                problems.extend((!known.contains(&reason)).then(|| keyword.not_supported("reason", reason, &known)));
            }
            let Some(field) = keyword.text("fieldPath").filter(|field| !field.is_empty()) else { continue };
            let mut refuse = |detail| problems.push(Finding::invalid(&keyword.at("fieldPath"), field, detail));
            if field.trim().is_empty() {
                refuse("must be non-empty if specified");
            }
            if field.contains('\n') {
                refuse("must not contain line breaks");
            }
            let schema = Schema::parse(&Value::Object(self.source.clone()));
            if schema.is_ok_and(|schema| normal_field_path(field, &schema).is_err()) {
                refuse("must be a valid path");
            }
        }
    }

    fn rule_texts(&self, problems: &mut Vec<Problem>) {
        let rule = self.text("rule").unwrap_or_default().trim();
        let written = self.text("message").unwrap_or_default();
        let message = written.trim();
        if rule.is_empty() {
            problems.push(Finding::plain(&self.at("rule"), Reason::Required, "rule is not specified"));
        } else if !written.is_empty() && message.is_empty() {
            problems.push(Finding::invalid(&self.at("message"), written, "must be non-empty if specified"));
        } else if message.contains('\n') {
            problems.push(Finding::invalid(&self.at("message"), written, "must not contain line breaks"));
        } else if rule.contains('\n') && message.is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            problems.push(Finding::plain(&self.at("message"), Reason::Required, detail));
        }
        let expression = self.text("messageExpression").unwrap_or_default();
        if !expression.is_empty() && expression.trim().is_empty() {
            let detail = "messageExpression must be non-empty if specified";
            problems.push(Finding::plain(&self.at("messageExpression"), Reason::Required, detail));
        }
    }
}

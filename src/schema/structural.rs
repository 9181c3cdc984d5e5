//! What a schema must satisfy to be that of a CustomResourceDefinition.

use serde_json::{Map, Value, json};

use super::{Finding, Reason, Schema, rules};

mod defaults;
mod keywords;
mod nested;

#[cfg(test)]
mod tests;

/// One thing for which kube-apiserver refuses a schema.
pub type Problem = Finding;

/// Where the server has the schema of a definition whose versions have the same.
const ROOT: &str = "spec.validation.openAPIV3Schema";

impl Schema {
    /// Tells for what kube-apiserver would refuse an `openAPIV3Schema`, in its words; nothing when it takes it.
    ///
    /// The paths are those of a definition with one schema: `spec.validation.openAPIV3Schema.properties[spec]`. Where its
    /// versions have different ones, the server writes `spec.versions[0].schema.openAPIV3Schema` for the beginning.
    ///
    /// Rules in CEL are parsed, and may only speak of what there is; of their types only what is plain is checked. The
    /// server checks all of them and estimates the cost as well.
    pub fn structural_problems(source: &Value) -> Vec<Problem> {
        let Some(root) = source.as_object() else {
            return vec![Finding::plain(ROOT, Reason::Required, "schemas are required")];
        };
        let mut problems = keywords::check(root, ROOT);
        match Self::parse(source) {
            Ok(_) if !problems.is_empty() => {}
            Ok(schema) => problems.extend(check(&schema)),
            Err(wrong) if problems.is_empty() => {
                let at = if wrong.path.is_empty() { ROOT.to_owned() } else { format!("{ROOT}.{}", wrong.path) };
                problems.push(Finding::plain(&at, Reason::Invalid, &wrong.message));
            }
            Err(_) => {}
        }
        problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
        problems.dedup();
        problems
    }
}

fn check(schema: &Schema) -> Vec<Problem> {
    let mut problems = Vec::new();
    structure(schema, ROOT, Level::Root, &mut problems);
    nested::check(schema, ROOT, &mut problems);
    if problems.is_empty() {
        defaults::check(schema, ROOT, &mut problems);
    }
    if problems.is_empty() {
        problems = rules::deep_stack(|| compile_rules(schema, ROOT)).unwrap_or_default();
    }
    problems
}

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

impl Level {
    fn empty_type(self) -> &'static str {
        match self {
            Self::Root => "must not be empty at the root",
            Self::Item => "must not be empty for specified array items",
            Self::Field => "must not be empty for specified object fields",
        }
    }
}

/// The invariants of structural schemas, of one and of all below it.
fn structure(schema: &Schema, path: &str, level: Level, problems: &mut Vec<Problem>) {
    let kind = schema.kind.map_or("", super::Type::name);
    let type_path = format!("{path}.type");
    if kind == "array" && schema.items.is_none() {
        problems.push(Finding::plain(&format!("{path}.items"), Reason::Required, "must be specified"));
    }
    if schema.embedded_resource && kind != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        problems.push(match kind {
            "" => Finding::plain(&type_path, Reason::Required, detail),
            _ => Finding::invalid(&type_path, kind, detail),
        });
    } else if kind.is_empty() && !schema.int_or_string && !schema.preserve_unknown {
        problems.push(Finding::plain(&type_path, Reason::Required, level.empty_type()));
    }
    if level == Level::Root && !kind.is_empty() && kind != "object" {
        problems.push(Finding::invalid(&type_path, kind, "must be object at the root"));
    }
    extensions(schema, path, level, problems);
    if level == Level::Root || schema.embedded_resource {
        metadata(schema, path, level, problems);
    }
    if let Some(items) = &schema.items {
        structure(items, &format!("{path}.items"), Level::Item, problems);
    }
    if let Some(additional) = schema.additional.as_deref().filter(|schema| schema.source.is_object()) {
        structure(additional, &format!("{path}.additionalProperties"), Level::Field, problems);
    }
    for (name, schema) in &schema.properties {
        structure(schema, &format!("{path}.properties[{name}]"), Level::Field, problems);
    }
}

fn extensions(schema: &Schema, path: &str, level: Level, problems: &mut Vec<Problem>) {
    let at = |key: &str| format!("{path}.{key}");
    if schema.int_or_string {
        for (is, key) in [
            (schema.preserve_unknown, "x-kubernetes-preserve-unknown-fields"),
            (schema.embedded_resource, "x-kubernetes-embedded-resource"),
        ] {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            problems.extend(is.then(|| Finding::about(&at(key), Reason::Invalid, &json!(true), detail)));
        }
    }
    if schema.additional.is_some() && level == Level::Root {
        problems.push(Finding::plain(&at("additionalProperties"), Reason::Forbidden, "must not be used at the root"));
    }
    if schema.additional.is_some() && schema.embedded_resource {
        let detail = "must not be used if x-kubernetes-embedded-resource is set";
        problems.push(Finding::plain(&at("additionalProperties"), Reason::Forbidden, detail));
    }
    if schema.embedded_resource && !schema.preserve_unknown && schema.properties.is_empty() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
                      x-kubernetes-preserve-unknown-fields";
        problems.push(Finding::plain(&at("properties"), Reason::Required, detail));
    }
    if schema.nullable && level == Level::Root {
        problems.push(Finding::plain(&at("nullable"), Reason::Forbidden, "nullable cannot be true at the root"));
    }
}

/// The fields that every object has: a schema may say little of them.
fn metadata(schema: &Schema, path: &str, level: Level, problems: &mut Vec<Problem>) {
    for (name, expected) in [("kind", "string"), ("apiVersion", "string"), ("metadata", "object")] {
        let Some(field) = schema.properties.get(name) else { continue };
        let kind = field.kind.map_or("", super::Type::name);
        if kind != expected {
            let path = format!("{path}.properties[{name}].type");
            problems.push(Finding::invalid(&path, kind, &format!("must be {expected}")));
        }
        if level == Level::Root && field.default.is_some() {
            let detail = format!("must not be set in top-level {name}");
            problems.push(Finding::plain(&format!("{path}.properties[{name}].default"), Reason::Forbidden, &detail));
        }
    }
    if let (Level::Root, Some(field)) = (level, schema.properties.get("metadata")) {
        let nothing = Map::new();
        let own = field.source.as_object().unwrap_or(&nothing);
        let plain = own.iter().all(|(key, value)| matches!(key.as_str(), "type" | "default") || value.is_null());
        let names = field.properties.keys().all(|name| matches!(name.as_str(), "name" | "generateName"));
        if !plain || !names || field.additional.is_some() || field.items.is_some() {
            let detail =
                "must not specify anything other than name and generateName, but metadata is implicitly specified";
            problems.push(Finding::plain(&format!("{path}.properties[metadata]"), Reason::Forbidden, detail));
        }
    }
}

/// The rules in CEL of a schema and of all below it.
fn compile_rules(schema: &Schema, path: &str) -> Vec<Problem> {
    let sources = schema.source.get("x-kubernetes-validations").and_then(Value::as_array);
    let mut problems = Vec::new();
    for (index, (rule, source)) in rules::Rule::all_of(schema).iter().zip(sources.into_iter().flatten()).enumerate() {
        let at = format!("{path}.x-kubernetes-validations[{index}].rule");
        match rule {
            Err(wrong) => {
                let detail = format!("compilation failed: {wrong}");
                problems.push(Finding::about(&at, Reason::Invalid, source, &detail));
            }
            Ok(rule) if !rule.uses_old && source.get("optionalOldSelf").is_some_and(Value::is_boolean) => {
                let at = format!("{path}.x-kubernetes-validations[{index}].optionalOldSelf");
                let set = &source["optionalOldSelf"];
                problems.push(Finding::about(
                    &at,
                    Reason::Invalid,
                    set,
                    "may not be set if oldSelf is not used in rule",
                ));
            }
            Ok(rule) => {
                let wrong = rule.check_types(schema, path == ROOT).err();
                problems.extend(wrong.map(|wrong| Finding::about(&at, Reason::Invalid, source, &wrong)));
            }
        }
    }
    for (name, schema) in &schema.properties {
        problems.extend(compile_rules(schema, &format!("{path}.properties[{name}]")));
    }
    for (schema, name) in [(&schema.additional, "additionalProperties"), (&schema.items, "items")] {
        problems.extend(schema.iter().flat_map(|schema| compile_rules(schema, &format!("{path}.{name}"))));
    }
    problems
}

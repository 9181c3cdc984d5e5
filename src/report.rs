//! Data to text, for people and for programs.

pub mod age;
pub mod brief;
pub mod check;
pub mod columns;
pub mod describe;
pub mod diff;
pub mod explain;
pub mod findings;
pub mod history;
mod jsonpath;
pub mod page;
pub mod paint;
pub mod printed;
pub mod sort;
pub mod table;
pub mod top;
pub mod tree;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

pub use jsonpath::JsonPath;

/// How objects are to be shown.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// A table for people.
    #[default]
    Table,
    /// A wider table.
    Wide,
    /// As JSON.
    Json,
    /// As YAML.
    Yaml,
    /// `KIND.GROUP/NAME`.
    Name,
    /// What a template picks out.
    JsonPath(JsonPath),
}

impl Output {
    /// Whether it is a table, which people read.
    pub fn is_table(&self) -> bool {
        matches!(self, Self::Table | Self::Wide)
    }
}

/// Reads the value of `-o`.
///
/// # Errors
/// When there is no such format, or its template cannot be read.
pub fn parse_output(text: &str) -> Result<Output, String> {
    if let Some(theirs) = kubectls_own(text) {
        return Err(theirs);
    }
    let (format, template) = text.split_once('=').map_or((text, None), |(format, rest)| (format, Some(rest)));
    match (format, template) {
        ("wide", None) => Ok(Output::Wide),
        ("json", None) => Ok(Output::Json),
        ("yaml", None) => Ok(Output::Yaml),
        ("name", None) => Ok(Output::Name),
        ("jsonpath", Some(template)) => JsonPath::parse(template).map(Output::JsonPath),
        ("jsonpath", None) => Err("it needs a template, such as jsonpath='{.items[*].metadata.name}'".to_owned()),
        _ => Err("the formats are json, yaml, name, wide and jsonpath=TEMPLATE".to_owned()),
    }
}

/// What to say of a format that only kubectl has.
pub fn kubectls_own(text: &str) -> Option<String> {
    let format = text.split('=').next().unwrap_or_default();
    let theirs = ["custom-columns", "custom-columns-file", "go-template", "go-template-file", "jsonpath-file"];
    theirs
        .contains(&format)
        .then(|| format!("{format} is kubectl's own: `kubectl get TYPE.runtime.wasmcloud.dev -o {format}=…` has it"))
}

/// JSON as kubectl prints it: four spaces, keys sorted, a newline at the end.
pub fn render_json(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // Writing a value into memory cannot fail.
    let _ = serde::Serialize::serialize(value, &mut serializer);
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

/// YAML as kubectl prints it: keys sorted, strings quoted that YAML 1.1 reads as something else.
pub fn render_yaml(value: &Value) -> String {
    // Long lines are not folded, as kubectl folds none.
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    // Writing a value into memory cannot fail.
    serde_saphyr::to_string_with_options(value, options).unwrap_or_default()
}

/// Objects as `-o json` and `-o yaml` show them: one as it is, several in a List.
pub fn list_of(mut objects: Vec<Value>, single: bool) -> Value {
    match objects.pop() {
        Some(object) if single && objects.is_empty() => object,
        last => {
            objects.extend(last);
            json!({"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}})
        }
    }
}

/// Takes out what only field managers care for.
pub fn hide_managed_fields(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
}

/// An object of which that was taken out while it was read, so that it never fills the memory.
#[derive(Debug)]
pub struct WithoutManagers(pub Value);

impl<'de> Deserialize<'de> for WithoutManagers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = Value::deserialize(deserializer)?;
        hide_managed_fields(&mut object);
        Ok(Self(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_kubectls_names() {
        assert!(matches!(parse_output("wide"), Ok(Output::Wide)));
        assert!(matches!(parse_output("jsonpath={.a}"), Ok(Output::JsonPath(_))));
        assert!(parse_output("jsonpath").unwrap_err().contains("needs a template"));
        assert!(parse_output("custom-columns=A:.a").unwrap_err().contains("kubectl get"));
        assert!(parse_output("xml").unwrap_err().contains("the formats are"));
    }

    #[test]
    fn one_object_stands_alone_and_several_in_a_list() {
        assert_eq!(list_of(vec![json!(1)], true), json!(1));
        assert_eq!(list_of(vec![json!(1)], false)["items"], json!([1]));
        assert_eq!(list_of(vec![json!(1), json!(2)], true)["items"], json!([1, 2]));
        assert_eq!(list_of(vec![], false)["kind"], "List");
    }

    #[test]
    fn yaml_is_safe_for_readers_of_yaml_1_1() {
        let words = ["yes", "no", "on", "off", "y", "n", "true", "null", "1", "0x1f", "0755", "1e3", "1:20", "~", ""];
        let others = json!({
            "time": "2026-01-01T00:00:00Z", "list": [{"a": 1, "b": []}, {}], "text": "a: b #c\nsecond\n", "none": null,
            "dash": "- x", "long": "word ".repeat(30), "plain": "a-b/c:1.0", "number": 1.5, "true": true,
        });
        insta::assert_snapshot!(render_yaml(&json!(words)), @r#"
        - "yes"
        - "no"
        - "on"
        - "off"
        - "y"
        - "n"
        - "true"
        - "null"
        - "1"
        - "0x1f"
        - "0755"
        - "1e3"
        - "1:20"
        - "~"
        - ""
        "#);
        insta::assert_snapshot!(render_yaml(&others), @r#"
        dash: "- x"
        list:
        - a: 1
          b: []
        - {}
        long: "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word "
        none: null
        number: 1.5
        plain: a-b/c:1.0
        text: |
          a: b #c
          second
        time: "2026-01-01T00:00:00Z"
        "true": true
        "#);
    }

    #[test]
    fn yaml_reads_back() {
        let value = json!({"a": ["yes", "1:20", "x\ny", "\t", "é", "{", "'\""], "yes": {"nested": [[1], []]}});
        let read: Value = serde_saphyr::from_str(&render_yaml(&value)).unwrap();
        assert_eq!(read, value);
    }

    #[test]
    fn json_is_indented_by_four() {
        assert_eq!(render_json(&json!({"b": [1], "a": {}})), "{\n    \"a\": {},\n    \"b\": [\n        1\n    ]\n}\n");
    }
}

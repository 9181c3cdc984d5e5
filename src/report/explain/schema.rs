//! Fields of our kinds: their schemas, and, for metadata, Kubernetes' own.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use crate::api::{Kind, crds};

const METADATA: &str = "Standard object's metadata. More info: \
                        https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
const API_VERSION: &str = "APIVersion defines the versioned schema of this representation of an object. Servers should \
     convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: \
     https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
const KIND: &str = "Kind is a string value representing the REST resource this object represents. Servers may infer this \
     from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: \
     https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

/// A field: its schema, and the definitions that it refers to.
#[derive(Clone, Debug)]
pub struct Field {
    schema: Value,
    definitions: Value,
}

/// A field below another.
#[derive(Clone, Debug)]
pub struct Child {
    /// Its name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// The field.
    pub field: Field,
}

impl Field {
    /// A whole object.
    pub fn root(kind: Kind) -> Self {
        let name = format!("{}.{}", kind.plural(), crate::api::names::GROUP);
        let all = crds().into_iter().filter_map(|crd| serde_json::to_value(crd).ok());
        let crd = all.into_iter().find(|crd| crd["metadata"]["name"] == name.as_str()).unwrap_or_default();
        let mut schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema").cloned().unwrap_or_default();
        let properties = &mut schema["properties"];
        properties["apiVersion"]["description"] = API_VERSION.into();
        properties["kind"]["description"] = KIND.into();
        // The API server takes it to be of this type, and our definitions say nothing of it.
        let mut metadata = serde_json::to_value(schemars::schema_for!(ObjectMeta)).unwrap_or_default();
        let definitions = metadata["$defs"].take();
        properties["metadata"] = json!({"$ref": "#/$defs/ObjectMeta", "description": METADATA});
        let mut definitions = if definitions.is_object() { definitions } else { json!({}) };
        definitions["ObjectMeta"] = metadata;
        Self { schema, definitions }
    }

    /// The field of that name below it.
    pub fn child(&self, name: &str) -> Option<Self> {
        self.children().into_iter().find(|child| child.name == name).map(|child| child.field)
    }

    /// All fields below it, by name; of a list or a map those of what it holds.
    pub fn children(&self) -> Vec<Child> {
        let schema = self.innermost();
        let required = |name: &str| {
            let names = schema["required"].as_array();
            names.is_some_and(|names| names.iter().any(|required| required == name))
        };
        let properties = schema["properties"].as_object().into_iter().flatten();
        let mut children: Vec<_> = properties
            .map(|(name, schema)| Child { name: name.clone(), required: required(name), field: self.of(schema) })
            .collect();
        children.sort_by(|a, b| a.name.cmp(&b.name));
        children
    }

    /// Its type, in kubectl's words: `[]Object`, `map[string]string`, `ObjectMeta`.
    pub fn type_name(&self) -> String {
        self.type_of(&self.schema)
    }

    /// What it is for; of a list also what each of it is.
    pub fn descriptions(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut schema = Some(&self.schema);
        while let Some(this) = schema {
            let resolved = self.resolve(this);
            let own = this["description"].as_str();
            let of_type = resolved["description"].as_str().filter(|told| Some(*told) != own);
            all.extend(own.into_iter().chain(of_type).filter(|told| !told.is_empty()).map(str::to_owned));
            schema = inside(resolved);
        }
        all
    }

    /// The values it may have, if they are numbered.
    pub fn values(&self) -> Vec<String> {
        let schema = self.innermost();
        let mut values: Vec<_> = schema["enum"].as_array().into_iter().flatten().map(plain).collect();
        values.sort();
        values
    }

    /// The schema itself, for programs.
    pub fn to_value(&self) -> Value {
        match self.schema.get("$ref") {
            Some(_) => self.resolve(&self.schema).clone(),
            None => self.schema.clone(),
        }
    }

    fn of(&self, schema: &Value) -> Self {
        Self { schema: schema.clone(), definitions: self.definitions.clone() }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let target = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        target.and_then(|target| self.definitions.get(last(target))).unwrap_or(schema)
    }

    /// What is inside of all lists and maps.
    fn innermost(&self) -> &Value {
        let mut schema = self.resolve(&self.schema);
        while let Some(within) = inside(schema) {
            schema = self.resolve(within);
        }
        schema
    }

    fn type_of(&self, schema: &Value) -> String {
        let resolved = self.resolve(schema);
        let word = match &resolved["type"] {
            Value::String(word) => word.as_str(),
            // `[string, null]` is what a field that may be left out reads.
            Value::Array(words) => {
                words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default()
            }
            _ => "",
        };
        match word {
            "array" => format!("[]{}", self.type_of(&resolved["items"])),
            "object" if resolved["additionalProperties"].is_object() => {
                format!("map[string]{}", self.type_of(&resolved["additionalProperties"]))
            }
            "object" | "" => match schema.get("$ref").and_then(Value::as_str) {
                Some(target) => last(target).rsplit('.').next().unwrap_or_default().to_owned(),
                None => "Object".to_owned(),
            },
            plain => plain.to_owned(),
        }
    }
}

/// What a list or a map holds.
fn inside(schema: &Value) -> Option<&Value> {
    schema.get("items").or_else(|| schema.get("additionalProperties")).filter(|within| within.is_object())
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

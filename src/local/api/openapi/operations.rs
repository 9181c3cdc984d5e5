//! The paths of a resource, and what can be done at them.

use serde_json::{Map, Value, json};

use super::root_path;
use super::schemas::{self, PATCH, kind, name_of, reference};
use crate::local::api::builtin::definitions::{DELETE_OPTIONS, SCALE, STATUS};
use crate::local::api::resource::Resource;

const LIST_PARAMETERS: &[&str] = &[
    "allowWatchBookmarks",
    "continue",
    "fieldSelector",
    "labelSelector",
    "limit",
    "resourceVersion",
    "resourceVersionMatch",
    "sendInitialEvents",
    "timeoutSeconds",
    "watch",
];
/// kubectl refuses to apply unless it finds `fieldValidation` and `dryRun` among these.
const WRITE_PARAMETERS: &[&str] = &["dryRun", "fieldManager", "fieldValidation"];
const PATCH_PARAMETERS: &[&str] = &["dryRun", "fieldManager", "fieldValidation", "force"];
const DELETE_PARAMETERS: &[&str] = &["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];
const PATCH_TYPES: &[&str] =
    &["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const STRATEGIC: &str = "application/strategic-merge-patch+json";

/// All paths of a resource.
pub(super) fn paths(resource: &Resource) -> Vec<(String, Value)> {
    let place = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
    let plural = &resource.plural;
    let (root, of) = (root_path(resource), About { resource, shown: name_of(resource, &resource.kind), part: "" });
    let collection = format!("{root}{place}/{plural}");
    let one = format!("{collection}/{{name}}");
    let mut paths = vec![(collection, of.collection())];
    if resource.verbs.contains(&"get") {
        paths.push((one.clone(), of.object(&["get", "put", "delete", "patch"])));
    }
    if resource.namespaced && resource.verbs.contains(&"list") {
        paths.push((format!("{root}/{plural}"), json!({ "get": of.list("ForAllNamespaces", ""), "parameters": [] })));
    }
    let parts = [("status", resource.status, of.shown.clone()), ("scale", resource.scale.is_some(), SCALE.to_owned())];
    for (part, _, shown) in parts.into_iter().filter(|(_, served, _)| *served) {
        let of = About { resource, shown, part };
        paths.push((format!("{one}/{part}"), of.object(&["get", "put", "patch"])));
    }
    paths.retain(|(_, item)| item.as_object().is_some_and(|item| item.len() > 1));
    paths
}

/// A resource or its subresource.
struct About<'r> {
    resource: &'r Resource,
    /// The definition of what is shown.
    shown: String,
    /// `status`, `scale`, or nothing.
    part: &'static str,
}

impl About<'_> {
    fn collection(&self) -> Value {
        let mut item = Map::new();
        let can = |verb| self.resource.verbs.contains(&verb);
        if can("list") {
            item.insert("get".to_owned(), self.list("", self.scope()));
        }
        if can("create") {
            let post = self.write("post", "create", "create a", &["200", "201", "202"]);
            item.insert("post".to_owned(), post);
        }
        if can("deletecollection") {
            let mut delete = self.operation("deletecollection", "deleteCollection", "delete collection of");
            extend(
                &mut delete,
                json!({ "parameters": parameters(LIST_PARAMETERS), "responses": responses(STATUS, &["200"]) }),
            );
            item.insert("delete".to_owned(), delete);
        }
        item.insert("parameters".to_owned(), self.path_parameters(false));
        Value::Object(item)
    }

    fn object(&self, methods: &[&str]) -> Value {
        let can = |verb| self.resource.verbs.contains(&verb);
        let mut item = Map::new();
        for method in methods {
            let operation = match *method {
                "get" => {
                    let mut get = self.operation("get", "read", "read the specified");
                    let parameters = parameters(&["resourceVersion"]);
                    extend(
                        &mut get,
                        json!({ "parameters": parameters, "responses": responses(&self.shown, &["200"]) }),
                    );
                    get
                }
                "put" if can("update") => self.write("put", "replace", "replace the specified", &["200", "201"]),
                "delete" if can("delete") => self.delete(),
                "patch" if can("patch") => self.patch(),
                _ => continue,
            };
            item.insert((*method).to_owned(), operation);
        }
        item.insert("parameters".to_owned(), self.path_parameters(true));
        Value::Object(item)
    }

    fn list(&self, suffix: &str, scope: &str) -> Value {
        let resource = self.resource;
        let list = name_of(resource, &resource.list_kind);
        let mut operation = self.operation("list", "list", "list objects of kind");
        extend(
            &mut operation,
            json!({
                "operationId": format!("list{}{scope}{}{suffix}", self.version_name(), resource.kind),
                "parameters": parameters(LIST_PARAMETERS),
                "responses": responses(&list, &["200"]),
            }),
        );
        operation
    }

    fn write(&self, action: &str, verb: &str, words: &str, codes: &[&str]) -> Value {
        let mut operation = self.operation(action, verb, words);
        extend(
            &mut operation,
            json!({
                "parameters": parameters(WRITE_PARAMETERS),
                "requestBody": body(&["application/json"], &self.shown, true),
                "responses": responses(&self.shown, codes),
            }),
        );
        operation
    }

    fn patch(&self) -> Value {
        let strategic = (!self.resource.custom).then_some(STRATEGIC);
        let types: Vec<&str> = PATCH_TYPES.iter().copied().chain(strategic).collect();
        let mut operation = self.operation("patch", "patch", "partially update the specified");
        extend(
            &mut operation,
            json!({
                "parameters": parameters(PATCH_PARAMETERS),
                "requestBody": body(&types, PATCH, true),
                "responses": responses(&self.shown, &["200", "201"]),
            }),
        );
        operation
    }

    fn delete(&self) -> Value {
        let mut operation = self.operation("delete", "delete", "delete a");
        extend(
            &mut operation,
            json!({
                "parameters": parameters(DELETE_PARAMETERS),
                "requestBody": body(&["application/json"], DELETE_OPTIONS, false),
                "responses": responses(STATUS, &["200", "202"]),
            }),
        );
        operation
    }

    /// What all operations say. Whoever applies finds the operation of a kind by these extensions.
    fn operation(&self, action: &str, verb: &str, words: &str) -> Value {
        let resource = self.resource;
        let id = format!("{verb}{}{}{}{}", self.version_name(), self.scope(), resource.kind, capital(self.part));
        json!({
            "tags": [self.tag()],
            "description": format!("{words} {}", resource.kind),
            "operationId": id,
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": kind(resource, &resource.kind),
        })
    }

    fn scope(&self) -> &'static str {
        if self.resource.namespaced { "Namespaced" } else { "" }
    }

    /// `core_v1`, `runtimeWasmcloudDev_v1alpha1`.
    fn tag(&self) -> String {
        let group = self.group_name();
        let mut chars = group.chars();
        let first = chars.next().map(|first| first.to_lowercase().collect::<String>()).unwrap_or_default();
        format!("{first}{}_{}", chars.as_str(), self.resource.version)
    }

    /// `CoreV1`, `RuntimeWasmcloudDevV1alpha1`.
    fn version_name(&self) -> String {
        format!("{}{}", self.group_name(), capital(&self.resource.version))
    }

    /// `Core`, `RuntimeWasmcloudDev`.
    fn group_name(&self) -> String {
        match self.resource.group.as_str() {
            "" => "Core".to_owned(),
            group => group.trim_end_matches(".k8s.io").split(['.', '-']).map(capital).collect(),
        }
    }

    fn path_parameters(&self, named: bool) -> Value {
        let parameter = |name: &str, about: String| {
            json!({
                "name": name, "in": "path", "required": true, "description": about,
                "schema": { "type": "string", "uniqueItems": true },
            })
        };
        let name = named.then(|| parameter("name", format!("name of the {}", self.resource.kind)));
        let about = "object name and auth scope, such as for teams and projects";
        let namespace = self.resource.namespaced.then(|| parameter("namespace", about.to_owned()));
        name.into_iter().chain(namespace).collect()
    }
}

/// A word with a capital at its beginning.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn extend(operation: &mut Value, more: Value) {
    if let (Some(operation), Value::Object(more)) = (operation.as_object_mut(), more) {
        operation.extend(more);
    }
}

fn parameters(names: &[&str]) -> Value {
    let kind = |name: &str| match name {
        "allowWatchBookmarks" | "sendInitialEvents" | "watch" | "force" | "orphanDependents" => "boolean",
        "limit" | "timeoutSeconds" | "gracePeriodSeconds" => "integer",
        _ => "string",
    };
    let parameter =
        |name: &&str| json!({ "name": name, "in": "query", "schema": { "type": kind(name), "uniqueItems": true } });
    names.iter().map(parameter).collect()
}

fn body(types: &[&str], of: &str, required: bool) -> Value {
    let content: Map<String, Value> =
        types.iter().map(|media| ((*media).to_owned(), json!({ "schema": schemas::reference(of) }))).collect();
    if required { json!({ "content": content, "required": true }) } else { json!({ "content": content }) }
}

fn responses(of: &str, codes: &[&str]) -> Value {
    let about = |code: &str| match code {
        "201" => "Created",
        "202" => "Accepted",
        _ => "OK",
    };
    let response = |code: &&str| {
        let content = json!({ "application/json": { "schema": reference(of) } });
        ((*code).to_owned(), json!({ "description": about(code), "content": content }))
    };
    let mut all: Map<String, Value> = codes.iter().map(response).collect();
    all.insert("401".to_owned(), json!({ "description": "Unauthorized" }));
    Value::Object(all)
}

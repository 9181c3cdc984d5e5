//! OpenAPI v3, as far as kubectl 1.30 and newer need it: to check what a server can do before it applies, and to explain.
//!
//! `/openapi/v2` is not served, which they take without complaint.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};

use super::builtin;
use super::resource::Resource;

mod operations;
mod schemas;

/// The document of one version of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Below `/openapi/v3/`: `api/v1` or `apis/{group}/{version}`.
    pub path: String,
    /// What its `ETag` is and its URL is known by; another document has another.
    pub hash: String,
    /// The document as JSON.
    pub body: String,
}

/// All documents, by path. They are worth keeping for as long as the resources stay the same.
pub fn documents(resources: &[Resource]) -> Vec<Document> {
    static BUILT_IN: OnceLock<Vec<Document>> = OnceLock::new();
    let built_in = BUILT_IN.get_or_init(|| by_path(&builtin::resources()).iter().map(document).collect());
    let known = |(path, resources): &(String, Vec<&Resource>)| {
        let alone = resources.iter().all(|resource| !resource.custom);
        built_in.iter().find(|document| alone && document.path == *path).cloned()
    };
    by_path(resources).iter().map(|version| known(version).unwrap_or_else(|| document(version))).collect()
}

fn by_path(resources: &[Resource]) -> Vec<(String, Vec<&Resource>)> {
    let mut versions: BTreeMap<String, Vec<&Resource>> = BTreeMap::new();
    for resource in resources {
        versions.entry(root_path(resource)[1..].to_owned()).or_default().push(resource);
    }
    versions.into_iter().collect()
}

fn document((path, resources): &(String, Vec<&Resource>)) -> Document {
    let body = content(resources).to_string();
    let hash = Sha512::digest(&body).iter().map(|byte| format!("{byte:02X}")).collect();
    Document { path: path.clone(), hash, body }
}

/// `GET /openapi/v3`: where the documents are.
pub fn root(documents: &[Document]) -> Value {
    let entry = |document: &Document| {
        let url = format!("/openapi/v3/{}?hash={}", document.path, document.hash);
        (document.path.clone(), json!({ "serverRelativeURL": url }))
    };
    json!({ "paths": documents.iter().map(entry).collect::<Map<_, _>>() })
}

/// `/api/v1` or `/apis/{group}/{version}`.
fn root_path(resource: &Resource) -> String {
    match resource.group.as_str() {
        "" => format!("/api/{}", resource.version),
        group => format!("/apis/{group}/{}", resource.version),
    }
}

fn content(resources: &[&Resource]) -> Value {
    let paths: Map<String, Value> = resources.iter().flat_map(|resource| operations::paths(resource)).collect();
    json!({
        "openapi": "3.0.0",
        "info": { "title": "Kubernetes", "version": "v1" },
        "paths": paths,
        "components": { "schemas": schemas::schemas(resources) },
    })
}

#[cfg(test)]
mod tests;

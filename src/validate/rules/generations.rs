//! Objects of wasmCloud 1, which nothing of wasmCloud 2 reads.

use serde_json::Value;

use crate::manifest::Document;
use crate::validate::code;
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;

pub(super) fn check(files: &FileSet) -> impl Iterator<Item = Finding> {
    files.documents.iter().filter_map(of)
}

fn of(document: &Document) -> Option<Finding> {
    let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
    let group = word("apiVersion").split('/').next().unwrap_or_default();
    let wadm = group == "core.oam.dev" && word("kind") == "Application" && !is_of_another(document);
    let instead = match (wadm, group) {
        (true, _) => {
            "write a WorkloadDeployment: `kubectl wasmcloud scaffold workloaddeployment NAME --image=IMAGE` begins one"
        }
        (_, "k8s.wasmcloud.dev") => {
            "hosts run as a Deployment now, and report themselves; `kubectl wasmcloud install` sets the controller up"
        }
        _ => return None,
    };
    let message = format!("{} is of wasmCloud 1; nothing of wasmCloud 2 reads it", document.title());
    Some(Finding::value(&code::OLD_GENERATION, document, "apiVersion", message).with_remedy(instead))
}

/// Whether an Application is one of KubeVela, which has the same group: what it lists is of types that wadm does not have.
fn is_of_another(document: &Document) -> bool {
    let components = document.at(&["spec", "components"]).and_then(Value::as_array);
    let mut types = components.into_iter().flatten().filter_map(|component| component.get("type")?.as_str()).peekable();
    types.peek().is_some() && !types.any(|kind| ["component", "actor", "capability"].contains(&kind))
}

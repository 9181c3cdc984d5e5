//! In which order the fields of an object are read.

use serde_json::{Map, Value};

/// Fields in the order in which a person reads them; whatever is not here comes after them, sorted.
const ORDER: [&str; 45] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "package",
    "version",
    "interfaces",
    "labels",
    "annotations",
    "hostId",
    "hostname",
    "httpPort",
    "replicas",
    "deployPolicy",
    "artifacts",
    "artifactFrom",
    "kubernetes",
    "hostSelector",
    "environment",
    "image",
    "imagePullSecret",
    "imagePullPolicy",
    "poolSize",
    "maxInvocations",
    "maxConcurrency",
    "maxRestarts",
    "config",
    "configFrom",
    "secretFrom",
    "allowedHosts",
    "allowedIpNameLookups",
    "allowedHostLoopbackPorts",
    "volumeMounts",
    "localResources",
    "mountPath",
    "readOnly",
    "template",
    "spec",
    "components",
    "service",
    "hostInterfaces",
    "volumes",
    "type",
    "ports",
];

/// Fields whose keys are the user's own.
const FREE: [&str; 6] = ["annotations", "config", "data", "hostSelector", "labels", "selector"];

/// The keys of an object that stands at `path`, in order.
pub(super) fn sorted<'a>(fields: &'a Map<String, Value>, path: &str) -> Vec<&'a String> {
    let mut keys: Vec<_> = fields.keys().collect();
    let is_free = path.rsplit('/').next().is_some_and(|field| FREE.contains(&field));
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    if is_free {
        keys.sort();
    } else {
        keys.sort_by_key(|key| (rank(key), *key));
    }
    keys
}

//! Where objects start from, and what requests to their endpoints cannot write.

use serde_json::{Value, json};

use super::set::FieldSet;
use crate::local::api::resource::Resource;

/// An object of a kind before anything is said about it. The real server's own kinds are Go structs, in which some
/// fields are always there: nobody comes to own these by creating an object.
pub(super) fn blank(resource: &Resource) -> Value {
    if resource.custom {
        return json!({ "apiVersion": resource.api_version(), "kind": resource.kind });
    }
    let mut object = match (resource.group.as_str(), resource.kind.as_str()) {
        ("", "Service") => json!({ "spec": {}, "status": { "loadBalancer": {} } }),
        ("", "Namespace") => json!({ "spec": {}, "status": {} }),
        ("", "Pod") => json!({ "spec": { "containers": null }, "status": {} }),
        ("", "Event") => json!({
            "involvedObject": {}, "source": {}, "firstTimestamp": null, "lastTimestamp": null, "eventTime": null,
            "reportingComponent": "", "reportingInstance": "",
        }),
        ("coordination.k8s.io", "Lease") => json!({ "spec": {} }),
        ("discovery.k8s.io", "EndpointSlice") => json!({ "addressType": "", "endpoints": null, "ports": null }),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => json!({
            "spec": { "group": "", "names": { "plural": "", "kind": "" }, "scope": "", "versions": null },
            "status": { "conditions": null, "acceptedNames": { "plural": "", "kind": "" }, "storedVersions": null },
        }),
        _ => json!({}),
    };
    object["apiVersion"] = resource.api_version().into();
    object["kind"] = resource.kind.as_str().into();
    object["metadata"] = json!({});
    object
}

/// The fields that writes to an endpoint leave alone, and so never own: the strategies' `GetResetFields`.
pub(super) fn ignored(resource: &Resource, subresource: &str) -> FieldSet {
    let fields: &[&str] = match subresource {
        _ if !resource.status => &[],
        "" => &["status"],
        "status" if resource.custom => &["metadata", "spec"],
        "status" => &["spec"],
        _ => &[],
    };
    FieldSet::of_fields(fields)
}

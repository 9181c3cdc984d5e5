//! What the server tells of itself: groups, versions and resources, plain and aggregated.

use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::crd::version_priority;
use super::resource::Resource;

mod negotiate;

pub use negotiate::{Answer, Endpoint, negotiate};

/// The `Content-Type` of the aggregated forms.
pub const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// The groups that are built in, in the order in which a server lists them; all others follow by name.
const FIRST: [&str; 5] =
    ["events.k8s.io", "authorization.k8s.io", "apiextensions.k8s.io", "coordination.k8s.io", "discovery.k8s.io"];
/// What can be done to a subresource.
const SUBRESOURCE_VERBS: [&str; 3] = ["get", "patch", "update"];

/// `GET /api`: the versions of the core group. `address` is `host:port` of the server.
pub fn api(address: &str) -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{ "clientCIDR": "0.0.0.0/0", "serverAddress": address }],
    })
}

/// `GET /apis`: all other groups.
pub fn apis(resources: &[Resource]) -> Value {
    let groups = groups(resources).into_iter().map(|group| about_group(resources, group));
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups.collect::<Vec<_>>() })
}

/// `GET /apis/{group}`; `None` when there is no such group.
pub fn group(resources: &[Resource], group: &str) -> Option<Value> {
    let known = groups(resources).contains(&group);
    known.then(|| with(json!({ "kind": "APIGroup", "apiVersion": "v1" }), about_group(resources, group)))
}

/// `GET /api/v1` and `GET /apis/{group}/{version}`; `None` when there is no such version.
pub fn resources(resources: &[Resource], group: &str, version: &str) -> Option<Value> {
    let of_version = of(resources, group, version);
    let first = of_version.first()?;
    let listed: Vec<Value> = of_version.iter().flat_map(|resource| plain(resource)).collect();
    let mut list = json!({ "kind": "APIResourceList", "groupVersion": first.api_version(), "resources": listed });
    // The oldest of all lists has no version of its own.
    if let (Some(list), false) = (list.as_object_mut(), group.is_empty()) {
        list.insert("apiVersion".to_owned(), "v1".into());
    }
    Some(list)
}

/// `GET /api` in one piece with all resources of the core group.
pub fn aggregated_api(resources: &[Resource]) -> Value {
    aggregated(vec![with(json!({ "metadata": {} }), json!({ "versions": aggregated_versions(resources, "") }))])
}

/// `GET /apis` in one piece with all resources of all groups.
pub fn aggregated_apis(resources: &[Resource]) -> Value {
    let item = |group| json!({ "metadata": { "name": group }, "versions": aggregated_versions(resources, group) });
    aggregated(groups(resources).into_iter().map(item).collect())
}

/// Names of the groups but the core one.
fn groups(resources: &[Resource]) -> Vec<&str> {
    let names = resources.iter().map(|resource| resource.group.as_str()).filter(|group| !group.is_empty());
    let mut groups: Vec<&str> = names.collect();
    groups.sort_unstable_by_key(|group| (FIRST.iter().position(|first| first == group).unwrap_or(FIRST.len()), *group));
    groups.dedup();
    groups
}

/// Versions of a group, the preferred one first.
fn versions<'r>(resources: &'r [Resource], group: &str) -> Vec<&'r str> {
    let of_group = resources.iter().filter(|resource| resource.group == group);
    let mut versions: Vec<&str> = of_group.map(|resource| resource.version.as_str()).collect();
    versions.sort_unstable_by_key(|version| Reverse(version_priority(version)));
    versions.dedup();
    versions
}

/// Resources of a version by name.
fn of<'r>(resources: &'r [Resource], group: &str, version: &str) -> Vec<&'r Resource> {
    let of_version = resources.iter().filter(|resource| resource.group == group && resource.version == version);
    let mut found: Vec<&Resource> = of_version.collect();
    found.sort_unstable_by(|one, other| one.plural.cmp(&other.plural));
    found
}

fn about_group(resources: &[Resource], group: &str) -> Value {
    let version = |version: &str| json!({ "groupVersion": format!("{group}/{version}"), "version": version });
    let versions: Vec<Value> = versions(resources, group).into_iter().map(version).collect();
    json!({ "name": group, "preferredVersion": versions.first(), "versions": versions })
}

/// A resource and its subresources as entries of an APIResourceList.
fn plain(resource: &Resource) -> Vec<Value> {
    let own = json!({
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs,
        "storageVersionHash": storage_version_hash(resource),
    });
    let subresource = |(name, group, version, kind): (&str, &str, &str, &str)| {
        let entry = json!({
            "name": format!("{}/{name}", resource.plural),
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": kind,
            "verbs": SUBRESOURCE_VERBS,
        });
        // Where they are not said they are those of the list.
        if kind == "Scale" { with(entry, json!({ "group": group, "version": version })) } else { entry }
    };
    let mut all = vec![with(own, names(resource))];
    all.extend(subresources(resource).into_iter().map(subresource));
    all
}

/// Subresources: name, and group, version and kind of what they show.
fn subresources(resource: &Resource) -> Vec<(&str, &str, &str, &str)> {
    let status = resource.status.then_some(("status", &*resource.group, &*resource.version, &*resource.kind));
    let scale = resource.scale.as_ref().map(|_| ("scale", "autoscaling", "v1", "Scale"));
    status.into_iter().chain(scale).collect()
}

fn aggregated(items: Vec<Value>) -> Value {
    json!({ "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items })
}

fn aggregated_versions(resources: &[Resource], group: &str) -> Vec<Value> {
    let version = |version: &str| {
        let listed: Vec<Value> = of(resources, group, version).into_iter().map(aggregated_resource).collect();
        json!({ "version": version, "resources": listed, "freshness": "Current" })
    };
    versions(resources, group).into_iter().map(version).collect()
}

fn aggregated_resource(resource: &Resource) -> Value {
    // For kinds that are built in the server leaves it to the reader to see which group they are in.
    let kind = |group: &str, version: &str, kind: &str| match resource.custom {
        true => json!({ "group": group, "version": version, "kind": kind }),
        false => json!({ "group": "", "version": "", "kind": kind }),
    };
    let subresource = |(name, group, version, of): (&str, &str, &str, &str)| json!({ "subresource": name, "responseKind": kind(group, version, of), "verbs": SUBRESOURCE_VERBS });
    let subresources: Vec<Value> = subresources(resource).into_iter().map(subresource).collect();
    let own = json!({
        "resource": resource.plural,
        "responseKind": kind(&resource.group, &resource.version, &resource.kind),
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": resource.verbs,
    });
    let own = with(own, names(resource));
    if subresources.is_empty() { own } else { with(own, json!({ "subresources": subresources })) }
}

/// Short names and categories, where there are any.
fn names(resource: &Resource) -> Value {
    let lists = [("shortNames", &resource.short_names), ("categories", &resource.categories)];
    let filled = lists.into_iter().filter(|(_, list)| !list.is_empty());
    filled.map(|(name, list)| (name.to_owned(), list.clone().into())).collect::<Map<String, Value>>().into()
}

/// One object with the fields of both.
fn with(mut one: Value, other: Value) -> Value {
    if let (Some(one), Value::Object(other)) = (one.as_object_mut(), other) {
        one.extend(other);
    }
    one
}

/// What tells clients that objects are stored in another version than before.
fn storage_version_hash(resource: &Resource) -> String {
    let stored = format!("{}/{}/{}", resource.group, resource.storage_version, resource.kind);
    STANDARD.encode(&Sha256::digest(stored)[..8])
}

#[cfg(test)]
mod tests;

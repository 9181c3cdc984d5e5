//! What Kubernetes says of its own kinds beside their types: how they are merged, defaults and enumerations.
//!
//! Taken from `/openapi/v3` of kube-apiserver 1.36.

use serde_json::{Map, Value, json};

use super::definitions::name_of;

/// Fields that are not named are kept.
pub(super) const PRESERVE: &str = "x-kubernetes-preserve-unknown-fields";
/// A number or a string.
pub(super) const INT_OR_STRING: &str = "x-kubernetes-int-or-string";
/// Which kinds a definition is of.
pub(super) const GROUP_VERSION_KIND: &str = "x-kubernetes-group-version-kind";

/// How a list or a map is merged.
enum Merged {
    /// One manager owns the list whole.
    Atomic,
    /// Each scalar is owned on its own.
    Set,
    /// As `Set`, and a strategic merge patch adds to it.
    PatchedSet,
    /// These fields name an item.
    Map(&'static [&'static str]),
    /// As `Map`, and a strategic merge patch knows items by the first of the fields.
    PatchedMap(&'static [&'static str]),
    /// One manager owns the map whole.
    AtomicMap,
}

use Merged::{Atomic, AtomicMap, Map as Keyed, PatchedMap, PatchedSet, Set};

/// Definition (its last name), field, and how it is merged; no field is the definition itself.
const MERGED: &[(&str, &str, Merged)] = &[
    ("LoadBalancerIngress", "ports", Atomic),
    ("LoadBalancerStatus", "ingress", Atomic),
    ("LocalObjectReference", "", AtomicMap),
    ("NamespaceSpec", "finalizers", Atomic),
    ("NamespaceStatus", "conditions", PatchedMap(&["type"])),
    ("ObjectReference", "", AtomicMap),
    ("ServiceAccount", "imagePullSecrets", Atomic),
    ("ServiceAccount", "secrets", PatchedMap(&["name"])),
    ("ServiceSpec", "clusterIPs", Atomic),
    ("ServiceSpec", "externalIPs", Atomic),
    ("ServiceSpec", "ipFamilies", Atomic),
    ("ServiceSpec", "loadBalancerSourceRanges", Atomic),
    ("ServiceSpec", "ports", PatchedMap(&["port", "protocol"])),
    ("ServiceSpec", "selector", AtomicMap),
    ("ServiceStatus", "conditions", PatchedMap(&["type"])),
    ("Endpoint", "addresses", Set),
    ("EndpointHints", "forNodes", Atomic),
    ("EndpointHints", "forZones", Atomic),
    ("EndpointPort", "", AtomicMap),
    ("EndpointSlice", "endpoints", Atomic),
    ("EndpointSlice", "ports", Atomic),
    ("CustomResourceDefinitionNames", "categories", Atomic),
    ("CustomResourceDefinitionNames", "shortNames", Atomic),
    ("CustomResourceDefinitionSpec", "versions", Atomic),
    ("CustomResourceDefinitionStatus", "conditions", Keyed(&["type"])),
    ("CustomResourceDefinitionStatus", "storedVersions", Atomic),
    ("CustomResourceDefinitionVersion", "additionalPrinterColumns", Atomic),
    ("CustomResourceDefinitionVersion", "selectableFields", Atomic),
    ("JSONSchemaProps", "allOf", Atomic),
    ("JSONSchemaProps", "anyOf", Atomic),
    ("JSONSchemaProps", "enum", Atomic),
    ("JSONSchemaProps", "oneOf", Atomic),
    ("JSONSchemaProps", "required", Atomic),
    ("JSONSchemaProps", "x-kubernetes-list-map-keys", Atomic),
    ("JSONSchemaProps", "x-kubernetes-validations", PatchedMap(&["rule"])),
    ("WebhookConversion", "conversionReviewVersions", Atomic),
    ("ObjectMeta", "finalizers", PatchedSet),
    ("ObjectMeta", "managedFields", Atomic),
    ("ObjectMeta", "ownerReferences", PatchedMap(&["uid"])),
    ("OwnerReference", "", AtomicMap),
    ("StatusDetails", "causes", Atomic),
    ("DeleteOptions", "dryRun", Atomic),
];

const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

/// Definition, field and the values there are.
const VALUES: &[(&str, &str, &[&str])] = &[
    ("NamespaceStatus", "phase", &["Active", "Terminating"]),
    ("PortStatus", "protocol", PROTOCOLS),
    ("ServicePort", "protocol", PROTOCOLS),
    ("ServiceSpec", "externalTrafficPolicy", &["Cluster", "Local"]),
    ("ServiceSpec", "internalTrafficPolicy", &["Cluster", "Local"]),
    ("ServiceSpec", "ipFamilyPolicy", &["PreferDualStack", "RequireDualStack", "SingleStack"]),
    ("ServiceSpec", "sessionAffinity", &["ClientIP", "None"]),
    ("ServiceSpec", "type", &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]),
    ("EndpointPort", "protocol", PROTOCOLS),
    ("EndpointSlice", "addressType", &["FQDN", "IPv4", "IPv6"]),
    (
        "ValidationRule",
        "reason",
        &["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"],
    ),
];

/// What a definition says of itself beside its fields.
pub(super) fn add(name: &str, definition: &mut Value) {
    let last = name.rsplit('.').next().unwrap_or(name);
    let Some(map) = definition.as_object_mut() else { return };
    for (_, field, merged) in MERGED.iter().filter(|(of, ..)| *of == last) {
        let place = if field.is_empty() { Some(&mut *map) } else { self::field(map, field) };
        if let Some(place) = place {
            place.extend(words(merged));
        }
    }
    for (_, field, values) in VALUES.iter().filter(|(of, ..)| *of == last) {
        if let Some(place) = self::field(map, field) {
            place.insert("enum".to_owned(), json!(values));
        }
    }
    if last == "ServicePort"
        && let Some(protocol) = self::field(map, "protocol")
    {
        protocol.insert("default".to_owned(), "TCP".into());
    }
    peculiar(name, last, map);
    if let Some((group, kind)) = kind_of(name, last) {
        map.insert(GROUP_VERSION_KIND.to_owned(), json!([{ "group": group, "version": "v1", "kind": kind }]));
    }
}

/// The group and kind that a definition is of.
fn kind_of<'n>(name: &str, last: &'n str) -> Option<(&'static str, &'n str)> {
    let of = |names: &&super::Names| name_of(names.group, names.kind) == name;
    let other = match last {
        "Status" | "DeleteOptions" => Some(("", last)),
        "Scale" => Some(("autoscaling", last)),
        _ => None,
    };
    super::NAMES.iter().find(of).map(|names| (names.group, last)).or(other)
}

fn field<'m>(map: &'m mut Map<String, Value>, name: &str) -> Option<&'m mut Map<String, Value>> {
    map.get_mut("properties")?.get_mut(name)?.as_object_mut()
}

fn words(merged: &Merged) -> Map<String, Value> {
    let words = match merged {
        Atomic => json!({ "x-kubernetes-list-type": "atomic" }),
        Set => json!({ "x-kubernetes-list-type": "set" }),
        PatchedSet => json!({ "x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge" }),
        Keyed(keys) => json!({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys }),
        PatchedMap(keys) => json!({
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": keys,
            "x-kubernetes-patch-strategy": "merge",
            "x-kubernetes-patch-merge-key": keys.first(),
        }),
        AtomicMap => json!({ "x-kubernetes-map-type": "atomic" }),
    };
    if let Value::Object(words) = words { words } else { Map::new() }
}

/// Types that write themselves as something else than what they hold.
fn peculiar(name: &str, last: &str, map: &mut Map<String, Value>) {
    match last {
        "JSON" => {
            map.remove("type");
        }
        "JSONSchemaPropsOrArray" | "JSONSchemaPropsOrBool" | "JSONSchemaPropsOrStringArray" => {
            map.remove("oneOf");
        }
        "IntOrString" => {
            map.remove(INT_OR_STRING);
            map.insert("format".to_owned(), "int-or-string".into());
            map.insert("oneOf".to_owned(), json!([{ "type": "integer" }, { "type": "string" }]));
        }
        _ => {}
    }
    // k8s-openapi requires some fields that Kubernetes does not.
    let required: &[&str] = match (name, last) {
        (_, "LocalObjectReference") => &[],
        ("io.k8s.api.events.v1.Event", _) => &["eventTime"],
        ("io.k8s.api.core.v1.Event", _) => return,
        _ => &["metadata"],
    };
    match (map.get_mut("required"), required) {
        (Some(Value::Array(fields)), ["metadata"]) => fields.retain(|field| field != "metadata"),
        (Some(fields), required) => *fields = json!(required),
        (None, _) => {}
    }
    if map.get("required").is_some_and(|fields| *fields == json!([])) {
        map.remove("required");
    }
}

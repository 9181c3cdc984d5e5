//! Defaults and rules of the kinds that have few.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::columns::text;
use crate::local::api::causes::{duplicate, forbidden, invalid, not_supported, required, too_long, too_many};
use crate::local::api::failure::Cause;
use crate::local::api::formats;
use crate::schema::metadata::dns_label;

/// The bytes that the data of a ConfigMap or a Secret may have.
const MOST_DATA: usize = 1024 * 1024;
const IMMUTABLE: &str = "field is immutable when `immutable` is set";

pub(super) fn config_map(new: &Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    frozen(new, old, &["data", "binaryData"], causes);
    let binary = entries(new, "binaryData").map(|(key, _)| key).collect::<Vec<_>>();
    let mut size = 0;
    for (key, value) in entries(new, "data") {
        check_key("data", key, causes);
        if binary.contains(&key) {
            let why = "duplicate of key present in binaryData";
            causes.push(invalid(format!("data[{key}]"), &key.as_str().into(), why));
        }
        size += value.as_str().map_or(0, str::len);
    }
    for (key, value) in entries(new, "binaryData") {
        check_key("binaryData", key, causes);
        size += decoded_size(value);
    }
    if size > MOST_DATA {
        causes.push(too_long("[]", MOST_DATA));
    }
}

/// `stringData` becomes part of `data`, where it wins.
pub(super) fn secret(new: &mut Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    let Some(map) = new.as_object_mut() else { return };
    if let Some(Value::Object(plain)) = map.remove("stringData") {
        let data = map.entry("data").or_insert_with(|| json!({}));
        if data.is_null() {
            *data = json!({});
        }
        if let Some(data) = data.as_object_mut() {
            let encode = |value: &Value| STANDARD.encode(value.as_str().unwrap_or_default());
            data.extend(plain.iter().map(|(key, value)| (key.clone(), encode(value).into())));
        }
    }
    default_text(map, "type", "Opaque");
    if let Some(old) = old {
        immutable(new, old, "type", causes);
    }
    frozen(new, old, &["data"], causes);
    entries(new, "data").for_each(|(key, _)| check_key("data", key, causes));
    if entries(new, "data").map(|(_, value)| decoded_size(value)).sum::<usize>() > MOST_DATA {
        causes.push(too_long("data", MOST_DATA));
    }
    secret_type(new, causes);
}

/// What data a type of Secret must have.
fn secret_type(secret: &Value, causes: &mut Vec<Cause>) {
    let value = |key: &str| entries(secret, "data").find(|(name, _)| *name == key).map(|(_, value)| value);
    let mut need = |key: &str| causes.push(required(format!("data[{key}]"), ""));
    match text(secret, "/type") {
        "kubernetes.io/service-account-token" => {
            let name = "/metadata/annotations/kubernetes.io~1service-account.name";
            if text(secret, name).is_empty() {
                causes.push(required("metadata.annotations[kubernetes.io/service-account.name]", ""));
            }
        }
        "kubernetes.io/dockercfg" => docker(value(".dockercfg"), ".dockercfg", causes),
        "kubernetes.io/dockerconfigjson" => docker(value(".dockerconfigjson"), ".dockerconfigjson", causes),
        "kubernetes.io/basic-auth" if value("username").is_none() && value("password").is_none() => {
            need("username");
            need("password");
        }
        "kubernetes.io/ssh-auth" if value("ssh-privatekey").is_none_or(|key| key == "") => need("ssh-privatekey"),
        "kubernetes.io/tls" => ["tls.crt", "tls.key"].into_iter().filter(|key| value(key).is_none()).for_each(need),
        _ => {}
    }
}

fn docker(value: Option<&Value>, key: &str, causes: &mut Vec<Cause>) {
    let path = format!("data[{key}]");
    let Some(value) = value else { return causes.push(required(path, "")) };
    let bytes = STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default();
    let why = match serde_json::from_slice::<Map<String, Value>>(&bytes) {
        Ok(_) => return,
        Err(why) if why.is_eof() => "unexpected end of JSON input",
        // What is wrong with it could tell what it is.
        Err(_) => "must be a JSON object",
    };
    causes.push(invalid(path, &"<secret contents redacted>".into(), why));
}

/// A Namespace is active from the beginning, and what empties it holds it until it is empty.
pub(super) fn namespace(new: &mut Value, old: Option<&Value>) {
    let name = text(new, "/metadata/name").to_owned();
    let Some(map) = new.as_object_mut() else { return };
    match old {
        Some(old) => ["spec", "status"].into_iter().for_each(|field| keep(map, old, field)),
        None => {
            map.insert("spec".to_owned(), json!({ "finalizers": ["kubernetes"] }));
            map.insert("status".to_owned(), json!({ "phase": "Active" }));
        }
    }
    if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) {
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        if !labels.is_object() {
            *labels = json!({});
        }
        if let Some(labels) = labels.as_object_mut() {
            labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
        }
    }
}

/// The field as it was.
pub(super) fn keep(new: &mut Map<String, Value>, old: &Value, field: &str) {
    match old.get(field) {
        Some(value) => new.insert(field.to_owned(), value.clone()),
        None => new.remove(field),
    };
}

/// Of the Secrets that a ServiceAccount names, only the names are kept.
pub(super) fn service_account(new: &mut Value) {
    for secret in new.pointer_mut("/secrets").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(secret) = secret.as_object_mut() {
            secret.retain(|field, _| field == "name");
        }
    }
}

/// What is left out is not on by default: the choice of a holder by its version.
pub(super) fn lease(new: &mut Value, causes: &mut Vec<Cause>) {
    if let Some(spec) = new.get_mut("spec").and_then(Value::as_object_mut) {
        spec.retain(|field, _| !matches!(field.as_str(), "strategy" | "preferredHolder"));
    }
    let number = |field: &str| new.get("spec").and_then(|spec| spec.get(field)).filter(|value| value.is_i64());
    if let Some(seconds) = number("leaseDurationSeconds").filter(|value| value.as_i64() <= Some(0)) {
        causes.push(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
    }
    if let Some(count) = number("leaseTransitions").filter(|value| value.as_i64() < Some(0)) {
        causes.push(invalid("spec.leaseTransitions", count, "must be greater than or equal to 0"));
    }
}

/// Addresses of this machine are taken, which a real server refuses: here hosts listen on nothing else.
pub(super) fn endpoint_slice(new: &mut Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    for port in new.pointer_mut("/ports").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(port) = port.as_object_mut() {
            port.entry("name").or_insert_with(|| "".into());
            default_text(port, "protocol", "TCP");
        }
    }
    for endpoint in new.pointer_mut("/endpoints").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(endpoint) = endpoint.as_object_mut() {
            endpoint.entry("conditions").or_insert_with(|| json!({}));
        }
    }
    match text(new, "/addressType") {
        "FQDN" | "IPv4" | "IPv6" => {}
        "" => causes.push(required("addressType", "")),
        other => causes.push(not_supported("addressType", other, &["FQDN", "IPv4", "IPv6"])),
    }
    slice_ports(new, causes);
    endpoints(new, causes);
    if let Some(old) = old {
        immutable(new, old, "addressType", causes);
    }
}

fn slice_ports(slice: &Value, causes: &mut Vec<Cause>) {
    let ports = slice.get("ports").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if ports.len() > 20_000 {
        return causes.push(too_many("ports", ports.len(), 20_000));
    }
    for (index, port) in ports.iter().enumerate() {
        let (path, name) = (format!("ports[{index}]"), text(port, "/name"));
        for why in dns_label(name).into_iter().filter(|_| !name.is_empty()) {
            causes.push(invalid(format!("{path}.name"), &name.into(), &why));
        }
        if ports[..index].iter().any(|other| text(other, "/name") == name) {
            causes.push(duplicate(format!("{path}.name"), &name.into()));
        }
        protocol(port, &path, causes);
    }
}

/// Checks the `protocol` of a port.
pub(super) fn protocol(port: &Value, path: &str, causes: &mut Vec<Cause>) {
    match text(port, "/protocol") {
        "SCTP" | "TCP" | "UDP" => {}
        other => causes.push(not_supported(format!("{path}.protocol"), other, &["SCTP", "TCP", "UDP"])),
    }
}

fn endpoints(slice: &Value, causes: &mut Vec<Cause>) {
    let endpoints = slice.get("endpoints").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if endpoints.len() > 1000 {
        return causes.push(too_many("endpoints", endpoints.len(), 1000));
    }
    for (index, endpoint) in endpoints.iter().enumerate() {
        let path = format!("endpoints[{index}].addresses");
        let addresses = endpoint.get("addresses").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if addresses.is_empty() {
            causes.push(required(path, "must contain at least 1 address"));
            continue;
        }
        if addresses.len() > 100 {
            causes.push(too_many(&path, addresses.len(), 100));
        }
        for (index, address) in addresses.iter().enumerate() {
            let ip = address.as_str().unwrap_or_default().parse::<IpAddr>();
            let (path, wrong) = match (text(slice, "/addressType"), ip) {
                ("IPv4" | "IPv6", Err(_)) => {
                    (format!("{path}[{index}]"), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
                }
                ("IPv4", Ok(IpAddr::V6(_))) => (path.clone(), "must be an IPv4 address"),
                ("IPv6", Ok(IpAddr::V4(_))) => (path.clone(), "must be an IPv6 address"),
                _ => continue,
            };
            causes.push(invalid(path, address, wrong));
        }
    }
}

/// Says that a field of the root changed.
pub(super) fn immutable(new: &Value, old: &Value, field: &str, causes: &mut Vec<Cause>) {
    if new.get(field) != old.get(field) {
        causes.push(invalid(field, new.get(field).unwrap_or(&Value::Null), "field is immutable"));
    }
}

/// Sets a field that is missing or empty.
pub(super) fn default_text(map: &mut Map<String, Value>, field: &str, value: &str) {
    if map.get(field).is_none_or(|set| set.is_null() || set == "") {
        map.insert(field.to_owned(), value.into());
    }
}

/// What is marked as immutable stays so, and so does what it holds.
fn frozen(new: &Value, old: Option<&Value>, fields: &[&str], causes: &mut Vec<Cause>) {
    let is_frozen = |object: &Value| object.get("immutable").and_then(Value::as_bool).unwrap_or_default();
    let Some(old) = old.filter(|old| is_frozen(old)) else { return };
    if !is_frozen(new) {
        causes.push(forbidden("immutable", IMMUTABLE));
    }
    for field in fields {
        if !entries(new, field).eq(entries(old, field)) {
            causes.push(forbidden(*field, IMMUTABLE));
        }
    }
}

fn entries<'v>(object: &'v Value, field: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    object.get(field).and_then(Value::as_object).into_iter().flatten()
}

fn check_key(field: &str, key: &str, causes: &mut Vec<Cause>) {
    for why in formats::config_map_key(key) {
        causes.push(invalid(format!("{field}[{key}]"), &key.into(), &why));
    }
}

fn decoded_size(value: &Value) -> usize {
    let text = value.as_str().unwrap_or_default();
    text.len() / 4 * 3 - text.bytes().rev().take_while(|byte| *byte == b'=').count().min(text.len() / 4 * 3)
}

//! Services: defaults and rules.
//!
//! Nothing here routes to addresses of a cluster, so none is given: `clusterIP` stays what the manifest says, and without
//! one it is absent. What a real cluster keeps from its own hands, node ports and load balancers, is absent as well.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::columns::text;
use super::objects::{default_text, keep, protocol};
use crate::local::api::causes::{duplicate, forbidden, invalid, not_supported, required};
use crate::local::api::failure::Cause;
use crate::local::api::formats;
use crate::schema::metadata;

const TYPES: &[&str] = &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
/// What `sessionAffinityConfig.clientIP.timeoutSeconds` is when nothing is said: three hours.
const AFFINITY_SECONDS: u64 = 10_800;

pub(super) fn service(new: &mut Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    default(new, old);
    let headless = text(new, "/spec/clusterIP") == "None";
    let kind = text(new, "/spec/type");
    if !TYPES.contains(&kind) {
        causes.push(not_supported("spec.type", kind, TYPES));
    }
    ports(new, headless, causes);
    policies(new, causes);
    selector(new, causes);
    addresses(new, old, causes);
    if kind == "ExternalName" {
        external_name(new, causes);
    }
}

fn default(new: &mut Value, old: Option<&Value>) {
    let Some(root) = new.as_object_mut() else { return };
    match old {
        Some(old) => keep(root, old, "status"),
        None => {
            root.insert("status".to_owned(), json!({ "loadBalancer": {} }));
        }
    }
    let spec = root.entry("spec").or_insert_with(|| json!({}));
    let Some(spec) = spec.as_object_mut() else { return };
    default_text(spec, "type", "ClusterIP");
    default_text(spec, "sessionAffinity", "None");
    let kind = spec.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if spec.get("sessionAffinity").is_some_and(|affinity| affinity == "ClientIP") {
        spec.entry("sessionAffinityConfig")
            .or_insert_with(|| json!({ "clientIP": { "timeoutSeconds": AFFINITY_SECONDS } }));
    } else {
        spec.remove("sessionAffinityConfig");
    }
    if kind != "ExternalName" {
        default_text(spec, "internalTrafficPolicy", "Cluster");
        default_addresses(spec, old.and_then(|old| old.get("spec")));
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        default_text(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        spec.entry("allocateLoadBalancerNodePorts").or_insert_with(|| true.into());
    }
    for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(port) = port.as_object_mut() else { continue };
        default_text(port, "protocol", "TCP");
        let number = port.get("port").cloned().unwrap_or(Value::Null);
        if port.get("targetPort").is_none_or(|target| target.is_null() || *target == 0 || target == "") {
            port.insert("targetPort".to_owned(), number);
        }
    }
}

/// An address, once there is one, stays when an update does not speak of it; `clusterIPs` repeats it.
fn default_addresses(spec: &mut Map<String, Value>, old: Option<&Value>) {
    let of_old = |field: &str| old.and_then(|old| old.get(field)).filter(|value| !value.is_null()).cloned();
    if spec.get("clusterIP").is_none_or(|ip| ip.is_null() || ip == "") {
        match of_old("clusterIP") {
            Some(ip) => spec.insert("clusterIP".to_owned(), ip),
            None => spec.remove("clusterIP"),
        };
    }
    if let Some(ip) = spec.get("clusterIP").cloned()
        && spec.get("clusterIPs").and_then(Value::as_array).is_none_or(Vec::is_empty)
    {
        let all = of_old("clusterIPs").filter(|all| all.get(0) == Some(&ip));
        spec.insert("clusterIPs".to_owned(), all.unwrap_or_else(|| json!([ip])));
    }
    let ip = spec.get("clusterIP").and_then(Value::as_str).unwrap_or_default();
    // Endpoints that somebody else makes may be of both families.
    let open = ip == "None" && spec.get("selector").and_then(Value::as_object).is_none_or(Map::is_empty);
    let (policy, families) = match (open, ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6())) {
        (true, _) => ("RequireDualStack", json!(["IPv4", "IPv6"])),
        (false, true) => ("SingleStack", json!(["IPv6"])),
        (false, false) => ("SingleStack", json!(["IPv4"])),
    };
    default_text(spec, "ipFamilyPolicy", policy);
    if spec.get("ipFamilies").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        spec.insert("ipFamilies".to_owned(), families);
    }
}

fn ports(service: &Value, headless: bool, causes: &mut Vec<Cause>) {
    let ports = service.pointer("/spec/ports").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if ports.is_empty() && !headless && text(service, "/spec/type") != "ExternalName" {
        causes.push(required("spec.ports", ""));
    }
    for (index, port) in ports.iter().enumerate() {
        let (path, name) = (format!("spec.ports[{index}]"), text(port, "/name"));
        let before = &ports[..index];
        if name.is_empty() && ports.len() > 1 {
            causes.push(required(format!("{path}.name"), ""));
        } else if !name.is_empty() {
            for why in metadata::dns_label(name) {
                causes.push(invalid(format!("{path}.name"), &name.into(), &why));
            }
            if before.iter().any(|other| text(other, "/name") == name) {
                causes.push(duplicate(format!("{path}.name"), &name.into()));
            }
        }
        let number = port.get("port").cloned().unwrap_or_else(|| 0.into());
        port_number(&format!("{path}.port"), &number, causes);
        protocol(port, &path, causes);
        match port.get("targetPort") {
            Some(Value::String(name)) => {
                for why in formats::port_name(name) {
                    causes.push(invalid(format!("{path}.targetPort"), &name.as_str().into(), &why));
                }
            }
            Some(Value::Null) | None => port_number(&format!("{path}.targetPort"), &0.into(), causes),
            Some(target) => port_number(&format!("{path}.targetPort"), target, causes),
        }
        let application = text(port, "/appProtocol");
        for why in metadata::qualified_name(application).into_iter().filter(|_| !application.is_empty()) {
            causes.push(invalid(format!("{path}.appProtocol"), &application.into(), &why));
        }
        let node = port.get("nodePort").and_then(Value::as_i64).unwrap_or(0);
        if node != 0 && text(service, "/spec/type") == "ClusterIP" {
            causes.push(forbidden(format!("{path}.nodePort"), "may not be used when `type` is 'ClusterIP'"));
        }
        let same = |field: &str, other: &Value| other.get(field) == port.get(field);
        if before.iter().any(|other| same("port", other) && same("protocol", other)) {
            let value = json!({ "port": number, "protocol": text(port, "/protocol") });
            causes.push(duplicate(path, &value));
        }
    }
}

/// Fields that have one of a few values.
fn policies(service: &Value, causes: &mut Vec<Cause>) {
    let fields: [(&str, &[&str]); 4] = [
        ("sessionAffinity", &["ClientIP", "None"]),
        ("internalTrafficPolicy", &["Cluster", "Local"]),
        ("externalTrafficPolicy", &["Cluster", "Local"]),
        ("ipFamilyPolicy", &["PreferDualStack", "RequireDualStack", "SingleStack"]),
    ];
    for (field, values) in fields {
        let value = service.pointer(&format!("/spec/{field}")).and_then(Value::as_str).unwrap_or_default();
        if !value.is_empty() && !values.contains(&value) {
            causes.push(not_supported(format!("spec.{field}"), value, values));
        }
    }
    let external = text(service, "/spec/externalTrafficPolicy");
    if !external.is_empty() && matches!(text(service, "/spec/type"), "ClusterIP" | "ExternalName") {
        let why = "may only be set for externally-accessible services";
        causes.push(invalid("spec.externalTrafficPolicy", &external.into(), why));
    }
}

fn port_number(path: &str, number: &Value, causes: &mut Vec<Cause>) {
    if !number.as_i64().is_some_and(|number| (1..=65_535).contains(&number)) {
        causes.push(invalid(path, number, "must be between 1 and 65535, inclusive"));
    }
}

fn selector(service: &Value, causes: &mut Vec<Cause>) {
    for (key, value) in service.pointer("/spec/selector").and_then(Value::as_object).into_iter().flatten() {
        for why in metadata::qualified_name(key) {
            causes.push(invalid("spec.selector", &key.as_str().into(), &why));
        }
        for why in metadata::label_value(value.as_str().unwrap_or_default()) {
            causes.push(invalid("spec.selector", value, &why));
        }
    }
}

fn addresses(service: &Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    let list = |field: &str| service.pointer(&format!("/spec/{field}")).and_then(Value::as_array).into_iter().flatten();
    let ip = text(service, "/spec/clusterIP");
    if list("clusterIPs").next().is_some_and(|first| *first != ip) {
        let all = service.pointer("/spec/clusterIPs").unwrap_or(&Value::Null);
        let empty = "must be empty when `clusterIP` is not specified";
        let why = if ip.is_empty() { empty } else { "first value must match `clusterIP`" };
        causes.push(invalid("spec.clusterIPs", all, why));
    }
    let wrong = |address: &Value| address.as_str().is_none_or(|address| address.parse::<IpAddr>().is_err());
    let must = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    for (index, address) in list("clusterIPs").enumerate().filter(|(_, address)| *address != "None" && wrong(address)) {
        causes.push(invalid(format!("spec.clusterIPs[{index}]"), address, must));
    }
    for (index, address) in list("externalIPs").enumerate().filter(|(_, address)| wrong(address)) {
        causes.push(invalid(format!("spec.externalIPs[{index}]"), address, must));
    }
    let (before, now) = (old.map_or("", |old| text(old, "/spec/type")), text(service, "/spec/type"));
    let had = old.map_or("", |old| text(old, "/spec/clusterIP"));
    if !had.is_empty() && had != ip && before != "ExternalName" && now != "ExternalName" {
        let all = service.pointer("/spec/clusterIPs").unwrap_or(&Value::Null);
        causes.push(invalid("spec.clusterIPs[0]", all, "may not change once set"));
    }
}

fn external_name(service: &Value, causes: &mut Vec<Cause>) {
    let path = "spec.externalName";
    let name = text(service, "/spec/externalName");
    let wrong = metadata::dns_subdomain(name.trim_end_matches('.'));
    if name.is_empty() {
        causes.push(required(path, ""));
    } else if !wrong.is_empty() {
        causes.push(invalid(path, &name.into(), &wrong.join(",")));
    }
    let set = |value: &Value| !value.is_null() && *value != "" && *value != json!([]);
    if ["clusterIP", "clusterIPs"].into_iter().filter_map(|field| service.get("spec")?.get(field)).any(set) {
        causes.push(forbidden("spec.clusterIPs", "may not be set for ExternalName services"));
    }
}

#[cfg(test)]
mod tests;

//! A workload spec as Go's `encoding/json` writes upstream's structs.
//!
//! Fields come in the order upstream declares them. All but the required ones are tagged `omitempty`, which leaves out
//! empty strings, lists and maps, 0 and false; `interfaces` is tagged though required, `maxRestarts` is optional and
//! not tagged. What is a struct here is a pointer there, so that one present but empty is written `{}`: were these
//! values, `omitempty` would not apply to them, and a component without `localResources` would hash as one with `{}`,
//! which the vectors rule out. The exception is the config layer of a host interface, an embedded value whose fields
//! come first. A reference's `name` is tagged; that the CRD defaults it to the empty string does not show.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::config_layer::{ConfigLayer, LocalObjectReference};
use super::super::workload_spec::{
    EphemeralVolume, HostInterface, HostPathVolume, KubernetesServiceRef, KubernetesSpec, LocalResources, Volume,
    VolumeMount, WorkloadComponent, WorkloadService, WorkloadSpec,
};

/// The JSON of a workload spec.
pub(super) fn of_spec(spec: &WorkloadSpec) -> String {
    let mut json = String::new();
    spec.write_to(&mut json);
    json
}

/// A value that Go can write.
trait GoValue {
    fn write_to(&self, json: &mut String);

    /// Whether `omitempty` leaves it out; never a struct, which upstream has as a pointer that is not nil.
    fn is_empty(&self) -> bool {
        false
    }
}

/// What is unset here is nil there, or the zero value, which a tagged field does not tell from an empty one.
impl<T: GoValue> GoValue for Option<T> {
    fn write_to(&self, json: &mut String) {
        match self {
            Some(value) => value.write_to(json),
            None => json.push_str("null"),
        }
    }

    fn is_empty(&self) -> bool {
        self.as_ref().is_none_or(T::is_empty)
    }
}

/// A struct being written.
struct GoStruct<'a> {
    json: &'a mut String,
    before_field: char,
}

impl<'a> GoStruct<'a> {
    fn new(json: &'a mut String) -> Self {
        Self { json, before_field: '{' }
    }

    /// A field without tag `omitempty`.
    fn always(mut self, name: &str, value: &impl GoValue) -> Self {
        self.json.push(self.before_field);
        self.before_field = ',';
        write_string(name, self.json);
        self.json.push(':');
        value.write_to(self.json);
        self
    }

    /// A field with tag `omitempty`.
    fn unless_empty(self, name: &str, value: &impl GoValue) -> Self {
        if value.is_empty() { self } else { self.always(name, value) }
    }

    fn end(self) {
        if self.before_field == '{' {
            self.json.push('{');
        }
        self.json.push('}');
    }
}

impl GoValue for WorkloadSpec {
    fn write_to(&self, json: &mut String) {
        let Self { host_selector, host_id, environment, components, host_interfaces, service, volumes, kubernetes } =
            self;
        GoStruct::new(json)
            .unless_empty("hostSelector", host_selector)
            .unless_empty("hostId", host_id)
            .unless_empty("environment", environment)
            .unless_empty("components", components)
            .unless_empty("hostInterfaces", host_interfaces)
            .unless_empty("service", service)
            .unless_empty("volumes", volumes)
            .unless_empty("kubernetes", kubernetes)
            .end();
    }
}

impl GoValue for WorkloadComponent {
    fn write_to(&self, json: &mut String) {
        let Self {
            name,
            image,
            image_pull_secret,
            image_pull_policy,
            pool_size,
            max_invocations,
            max_concurrency,
            local_resources,
        } = self;
        GoStruct::new(json)
            .always("name", name)
            .always("image", image)
            .unless_empty("imagePullSecret", image_pull_secret)
            .unless_empty("imagePullPolicy", image_pull_policy)
            .unless_empty("poolSize", pool_size)
            .unless_empty("maxInvocations", max_invocations)
            .unless_empty("maxConcurrency", max_concurrency)
            .unless_empty("localResources", local_resources)
            .end();
    }
}

impl GoValue for WorkloadService {
    fn write_to(&self, json: &mut String) {
        let Self { image, image_pull_secret, image_pull_policy, max_restarts, local_resources } = self;
        GoStruct::new(json)
            .always("image", image)
            .unless_empty("imagePullSecret", image_pull_secret)
            .unless_empty("imagePullPolicy", image_pull_policy)
            .always("maxRestarts", &max_restarts.unwrap_or_default())
            .unless_empty("localResources", local_resources)
            .end();
    }
}

impl GoValue for LocalResources {
    fn write_to(&self, json: &mut String) {
        let Self {
            volume_mounts,
            environment,
            config,
            allowed_hosts,
            allowed_ip_name_lookups,
            allowed_host_loopback_ports,
        } = self;
        GoStruct::new(json)
            .unless_empty("volumeMounts", volume_mounts)
            .unless_empty("environment", environment)
            .unless_empty("config", config)
            .unless_empty("allowedHosts", allowed_hosts)
            .unless_empty("allowedIpNameLookups", allowed_ip_name_lookups)
            .unless_empty("allowedHostLoopbackPorts", allowed_host_loopback_ports)
            .end();
    }
}

impl GoValue for HostInterface {
    fn write_to(&self, json: &mut String) {
        let Self { name, namespace, package, version, interfaces, config_from, secret_from, config } = self;
        GoStruct::new(json)
            .unless_empty("configFrom", config_from)
            .unless_empty("secretFrom", secret_from)
            .unless_empty("config", config)
            .unless_empty("name", name)
            .always("namespace", namespace)
            .always("package", package)
            .unless_empty("interfaces", interfaces)
            .unless_empty("version", version)
            .end();
    }
}

impl GoValue for ConfigLayer {
    fn write_to(&self, json: &mut String) {
        let Self { config_from, secret_from, config } = self;
        GoStruct::new(json)
            .unless_empty("configFrom", config_from)
            .unless_empty("secretFrom", secret_from)
            .unless_empty("config", config)
            .end();
    }
}

impl GoValue for LocalObjectReference {
    fn write_to(&self, json: &mut String) {
        let Self { name } = self;
        GoStruct::new(json).unless_empty("name", name).end();
    }
}

impl GoValue for Volume {
    fn write_to(&self, json: &mut String) {
        let Self { name, ephemeral, host_path } = self;
        GoStruct::new(json)
            .always("name", name)
            .unless_empty("ephemeral", ephemeral)
            .unless_empty("hostPath", host_path)
            .end();
    }
}

impl GoValue for EphemeralVolume {
    fn write_to(&self, json: &mut String) {
        let Self {} = self;
        GoStruct::new(json).end();
    }
}

impl GoValue for HostPathVolume {
    fn write_to(&self, json: &mut String) {
        let Self { path } = self;
        GoStruct::new(json).always("path", path).end();
    }
}

impl GoValue for VolumeMount {
    fn write_to(&self, json: &mut String) {
        let Self { name, mount_path, read_only } = self;
        GoStruct::new(json)
            .always("name", name)
            .always("mountPath", mount_path)
            .unless_empty("readOnly", read_only)
            .end();
    }
}

impl GoValue for KubernetesSpec {
    fn write_to(&self, json: &mut String) {
        let Self { service } = self;
        GoStruct::new(json).unless_empty("service", service).end();
    }
}

impl GoValue for KubernetesServiceRef {
    fn write_to(&self, json: &mut String) {
        let Self { name } = self;
        GoStruct::new(json).always("name", name).end();
    }
}

impl GoValue for String {
    fn write_to(&self, json: &mut String) {
        write_string(self, json);
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl GoValue for i32 {
    fn write_to(&self, json: &mut String) {
        json.push_str(&self.to_string());
    }

    fn is_empty(&self) -> bool {
        *self == 0
    }
}

impl GoValue for bool {
    fn write_to(&self, json: &mut String) {
        json.push_str(if *self { "true" } else { "false" });
    }

    fn is_empty(&self) -> bool {
        !self
    }
}

impl<T: GoValue> GoValue for Vec<T> {
    fn write_to(&self, json: &mut String) {
        json.push('[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            item.write_to(json);
        }
        json.push(']');
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Go sorts keys by their bytes, as `BTreeMap` does.
impl GoValue for BTreeMap<String, String> {
    fn write_to(&self, json: &mut String) {
        let entries = self.iter().fold(GoStruct::new(json), |entries, (key, value)| entries.always(key, value));
        entries.end();
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Writes a string as Go does with HTML escaping on, its default.
fn write_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Short since Go 1.22; upstream is built with 1.26.
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => write_escape(character, json),
            _ => json.push(character),
        }
    }
    json.push('"');
}

fn write_escape(character: char, json: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(json, "\\u{:04x}", u32::from(character));
}

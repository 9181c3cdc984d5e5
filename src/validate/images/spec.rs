//! The spec of a workload as far as it can be read: what is wrong with one component is told already, and is no reason to
//! say nothing of the others.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::api::{HostInterface, LocalResources, WorkloadComponent, WorkloadService, WorkloadSpec};

/// A spec, and what of it could not be read.
#[derive(Debug, Default)]
pub(super) struct Spec {
    /// What could be read, with something empty in the place of what could not.
    pub(super) read: WorkloadSpec,
    /// The numbers of what runs and could not be read; that of the service comes after those of the components.
    pub(super) unread: BTreeSet<usize>,
    /// Whether something is listed as a host interface that could not be read: it may be just what is missing.
    pub(super) lists_unread: bool,
}

impl Spec {
    /// Reads as much of a spec as it can.
    pub(super) fn of(value: &Value) -> Self {
        if let Ok(read) = WorkloadSpec::deserialize(value) {
            return Self { read, ..Self::default() };
        }
        let mut spec = Self::default();
        spec.read.components = list(value, "components", component).map(|all| spec.known(0, all));
        let count = spec.read.components().len();
        let service = given(value, "service").map(|value| vec![service(value)]);
        spec.read.service = service.and_then(|one| spec.known(count, one).pop());
        let entries = list(value, "hostInterfaces", entry);
        spec.lists_unread = entries.iter().flatten().any(Option::is_none);
        spec.read.host_interfaces = entries.map(|all| all.into_iter().map(Option::unwrap_or_default).collect());
        spec
    }

    /// The same with something empty for what is unread, which is remembered under its number.
    fn known<T: Default>(&mut self, first: usize, all: Vec<Option<T>>) -> Vec<T> {
        let unread = all.iter().enumerate().filter(|(_, one)| one.is_none());
        self.unread.extend(unread.map(|(number, _)| first + number));
        all.into_iter().map(Option::unwrap_or_default).collect()
    }
}

/// A field that is there.
fn given<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    value.get(field).filter(|value| !value.is_null())
}

/// The items of a list; of what is no list nobody knows how many there are meant to be.
fn list<T>(value: &Value, field: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<Option<T>>> {
    Some(match given(value, field)? {
        Value::Array(items) => items.iter().map(read).collect(),
        _ => vec![None],
    })
}

fn component(value: &Value) -> Option<WorkloadComponent> {
    let mut value = with_resources(value);
    let name = match value.get("name") {
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    value.as_object_mut()?.insert("name".to_owned(), name.into());
    readable(&value, &["name", "image"], &["imagePullSecret", "localResources"])
}

fn service(value: &Value) -> Option<WorkloadService> {
    readable(&with_resources(value), &["image"], &["imagePullSecret", "localResources"])
}

fn entry(value: &Value) -> Option<HostInterface> {
    let optional = ["name", "version", "configFrom", "secretFrom", "config"];
    readable(value, &["namespace", "package", "interfaces"], &optional)
}

/// The same with no more of its resources than the hosts that it may reach. Those that cannot be read are not said to be
/// missing.
fn with_resources(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(resources) = value.get_mut("localResources").filter(|value| !value.is_null()) {
        let hosts = given(resources, "allowedHosts");
        let read = hosts.map_or(Some(None), |hosts| Vec::deserialize(hosts).ok().map(Some));
        let allowed_hosts = read.filter(|_| resources.is_object()).unwrap_or_else(|| Some(Vec::new()));
        *resources = json!(LocalResources { allowed_hosts, ..LocalResources::default() });
    }
    value
}

/// An object with those of these fields that can be read; none when that cannot be that it must have.
fn readable<T: DeserializeOwned>(value: &Value, required: &[&str], optional: &[&str]) -> Option<T> {
    let field = |name: &&str| Some(((*name).to_owned(), value.get(name)?.clone()));
    let read = |fields: &Map<String, Value>| T::deserialize(&Value::Object(fields.clone())).ok();
    let mut kept: Map<_, _> = required.iter().filter_map(field).collect();
    let mut all = read(&kept)?;
    for (name, value) in optional.iter().filter_map(field) {
        kept.insert(name.clone(), value);
        match read(&kept) {
            Some(more) => all = more,
            None => drop(kept.remove(&name)),
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_is_read_as_ever() {
        let value = json!({"components": [{"name": "a", "image": "a:1"}], "hostInterfaces": null});
        let spec = Spec::of(&value);
        assert_eq!(spec.read, WorkloadSpec::deserialize(&value).unwrap());
        assert!(spec.unread.is_empty() && !spec.lists_unread);
    }

    #[test]
    fn wrong_fields_take_nothing_with_them() {
        let spec = Spec::of(&json!({
            "hostId": 7,
            "components": [
                {"name": 7, "image": "a:1", "poolSize": "x", "imagePullSecret": {"name": "pull"}},
                {"name": "b", "image": "b:1", "localResources": {"allowedHosts": ["x"], "config": {"a": 1}}},
                {"name": "c", "image": "c:1", "localResources": {"allowedHosts": "x"}},
                {"name": "d", "image": "d:1", "localResources": "x"},
                {"name": "e", "image": "e:1", "localResources": {"config": {"a": 1}}},
                {"image": "f:1"},
            ],
            "service": {"image": "s:1", "maxRestarts": "x"},
            "hostInterfaces": [{"namespace": "wasi", "package": "http", "interfaces": ["handler"], "config": {"port": 80}}],
        }));
        assert!(spec.unread.is_empty() && !spec.lists_unread);
        let components = spec.read.components();
        let names: Vec<_> = components.iter().map(|component| component.name.as_str()).collect();
        assert_eq!(names, ["7", "b", "c", "d", "e", ""]);
        assert_eq!(components[0].image_pull_secret.as_ref().unwrap().name(), "pull");
        let hosts = components.iter().map(|component| component.local_resources.as_ref()?.allowed_hosts.clone());
        assert_eq!(
            hosts.collect::<Vec<_>>(),
            [None, Some(vec!["x".to_owned()]), Some(vec![]), Some(vec![]), None, None]
        );
        assert_eq!(spec.read.service.unwrap().image, "s:1");
        assert!(spec.read.host_interfaces.unwrap()[0].has_interface("handler"));
    }

    #[test]
    fn what_cannot_be_read_keeps_its_place() {
        let spec = Spec::of(&json!({
            "components": ["a", {"name": "b", "image": "b:1"}, {"name": "c", "image": 7}, {"name": "d"}],
            "service": {"image": ["x"]},
            "hostInterfaces": [{"namespace": "wasi"}, {"namespace": "a", "package": "b", "interfaces": ["c"]}],
        }));
        assert_eq!((spec.unread, spec.lists_unread), ([0, 2, 3, 4].into(), true));
        assert_eq!(spec.read.components.unwrap()[1].image, "b:1");
        assert!(spec.read.service.is_some());
        assert_eq!(spec.read.host_interfaces.unwrap()[1].namespace, "a");
        let none = Spec::of(&json!({"components": "a", "hostInterfaces": {"namespace": "a"}}));
        assert_eq!((none.unread, none.lists_unread), ([0].into(), true));
        assert_eq!(Spec::of(&json!("a")).read, WorkloadSpec::default());
    }
}

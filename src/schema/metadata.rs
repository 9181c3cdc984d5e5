//! `metadata` of any object: its form, and what its fields must satisfy.

use serde_json::{Value, json};

use super::{Finding, Reason, finding::quoted, parse::child};

mod names;
mod shape;

#[cfg(test)]
mod tests;

pub use names::{NameRule, dns_label, dns_label_1035, dns_subdomain, label_value, qualified_name};
pub use shape::malformed;
pub(crate) use shape::normalize;

/// How large all annotations of an object may be together, keys and values, in bytes.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// How long the name of a field manager may be, in bytes.
const MANAGER_LIMIT: usize = 128;

/// How long the name of a subresource in `managedFields` may be, in bytes.
const SUBRESOURCE_LIMIT: usize = 256;

/// Findings that show the whole of something, however large: the server goes on, and so would memory, with the square of it.
const WHOLE: usize = 10;

/// Finalizers that Kubernetes itself knows.
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Checks the metadata of an object that is to be created, its name generated already.
///
/// `path` is that of the metadata: `metadata`. To be asked after [`malformed`] found nothing: fields of a wrong type
/// are not looked at.
pub fn validate(metadata: &Value, namespaced: bool, name: NameRule, path: &str) -> Vec<Finding> {
    findings(metadata, namespaced, name, path).collect()
}

/// The same, one after the other: labels and annotations may be millions.
pub(crate) fn findings<'a>(
    metadata: &'a Value,
    namespaced: bool,
    name: NameRule,
    path: &'a str,
) -> impl Iterator<Item = Finding> + use<'a> {
    let metadata = Metadata { value: metadata, path };
    let mut findings = metadata.name(name);
    findings.extend(metadata.namespace(namespaced));
    if let Some(generation) = metadata.value.get("generation").filter(|value| value.as_i64().is_some_and(|n| n < 0)) {
        let detail = "must be greater than or equal to 0";
        findings.push(Finding::about(&metadata.at("generation"), Reason::Invalid, generation, detail));
    }
    let last = metadata.owners().into_iter().chain(metadata.finalizers()).chain(metadata.managed_fields());
    findings.into_iter().chain(metadata.labels()).chain(metadata.annotations()).chain(last)
}

/// Checks the metadata of an object that is to take the place of an old one.
pub fn validate_update(metadata: &Value, old: &Value, path: &str) -> Vec<Finding> {
    let (metadata, old) = (Metadata { value: metadata, path }, Metadata { value: old, path });
    let mut findings = Vec::new();
    if old.value.get("deletionTimestamp").is_some() {
        findings.extend(metadata.new_finalizers(&old));
    }
    if metadata.text("resourceVersion").is_empty() {
        findings.push(Finding::invalid(&metadata.at("resourceVersion"), "", "must be specified for an update"));
    }
    let generation = |of: &Metadata<'_>| of.value.get("generation").and_then(Value::as_i64).unwrap_or(0);
    if generation(&metadata) < generation(&old) {
        let new = json!(generation(&metadata));
        findings.push(Finding::about(&metadata.at("generation"), Reason::Invalid, &new, "must not be decremented"));
    }
    findings.extend(metadata.immutable(&old));
    findings.extend(metadata.labels());
    findings.extend(metadata.annotations());
    findings.extend(metadata.owners());
    findings.extend(metadata.managed_fields());
    findings
}

struct Metadata<'a> {
    value: &'a Value,
    path: &'a str,
}

impl<'a> Metadata<'a> {
    fn at(&self, field: &str) -> String {
        child(self.path, field)
    }

    fn text(&self, field: &str) -> &'a str {
        self.value.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn texts(&self, field: &str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let fields = self.value.get(field).and_then(Value::as_object);
        fields.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    fn items(&self, field: &str) -> &'a [Value] {
        self.value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn name(&self, rule: NameRule) -> Vec<Finding> {
        let mut findings = invalid(
            &self.at("generateName"),
            self.text("generateName"),
            &match self.text("generateName") {
                "" => Vec::new(),
                prefix => rule.check_prefix(prefix),
            },
        );
        match self.text("name") {
            "" => findings.push(Finding::plain(&self.at("name"), Reason::Required, "name or generateName is required")),
            name => findings.extend(invalid(&self.at("name"), name, &rule.check(name))),
        }
        findings
    }

    fn namespace(&self, namespaced: bool) -> Vec<Finding> {
        let path = self.at("namespace");
        match (namespaced, self.text("namespace")) {
            (true, "") => vec![Finding::plain(&path, Reason::Required, "")],
            (true, namespace) => invalid(&path, namespace, &dns_label(namespace)),
            (false, "") => Vec::new(),
            (false, _) => vec![Finding::plain(&path, Reason::Forbidden, "not allowed on this type")],
        }
    }

    fn labels(&self) -> impl Iterator<Item = Finding> + use<'a> {
        let path = self.at("labels");
        let both = move |(key, value)| {
            let key = invalid(&path, key, &qualified_name(key));
            key.into_iter().chain(invalid(&path, value, &label_value(value)))
        };
        self.texts("labels").flat_map(both)
    }

    fn annotations(&self) -> impl Iterator<Item = Finding> + use<'a> {
        let path = self.at("annotations");
        let size: usize = self.texts("annotations").map(|(key, value)| key.len() + value.len()).sum();
        let long = (size > ANNOTATIONS_LIMIT).then(|| too_long(&path, ANNOTATIONS_LIMIT));
        let of_key = move |(key, _): (&str, &str)| invalid(&path, key, &qualified_name(&key.to_lowercase()));
        self.texts("annotations").flat_map(of_key).chain(long)
    }

    fn owners(&self) -> Vec<Finding> {
        let path = self.at("ownerReferences");
        let owners = self.items("ownerReferences");
        let mut findings = Vec::new();
        let mut controller: Option<String> = None;
        for owner in owners {
            findings.extend(owner_findings(owner, &path));
            if owner.get("controller") != Some(&Value::Bool(true)) {
                continue;
            }
            let name = format!("{}/{}", text_of(owner, "kind"), text_of(owner, "name"));
            match &controller {
                None => controller = Some(name),
                Some(first) if findings.len() < WHOLE => findings.push(two_controllers(owners, first, &name, &path)),
                Some(_) => {}
            }
        }
        findings
    }

    fn finalizers(&self) -> Vec<Finding> {
        let path = self.at("finalizers");
        let names = || self.items("finalizers").iter().filter_map(Value::as_str);
        let mut findings: Vec<_> = names().flat_map(|name| invalid(&path, name, &qualified_name(name))).collect();
        if names().any(|name| name == ORPHAN) && names().any(|name| name == FOREGROUND) {
            let detail = format!("finalizer {ORPHAN} and {FOREGROUND} cannot be both set");
            let all = Value::from(self.items("finalizers"));
            findings.push(Finding::about(&path, Reason::Invalid, &all, &detail));
        }
        findings
    }

    fn new_finalizers(&self, old: &Self) -> Option<Finding> {
        let had = old.items("finalizers");
        let new = self.items("finalizers").iter().filter(|name| !had.contains(name)).filter_map(Value::as_str);
        let mut new: Vec<_> = new.map(quoted).collect();
        new.sort();
        new.dedup();
        let detail = format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            new.join(", ")
        );
        (!new.is_empty()).then(|| Finding::plain(&self.at("finalizers"), Reason::Forbidden, &detail))
    }

    fn managed_fields(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, entry) in self.items("managedFields").iter().enumerate() {
            let at = |field: &str| format!("{}[{index}].{field}", self.at("managedFields"));
            let operation = text_of(entry, "operation");
            if !["Apply", "Update"].contains(&operation) {
                findings.push(Finding::invalid(&at("operation"), operation, "must be `Apply` or `Update`"));
            }
            let fields_type = text_of(entry, "fieldsType");
            if !["", "FieldsV1"].contains(&fields_type) {
                findings.push(Finding::invalid(&at("fieldsType"), fields_type, "must be `FieldsV1`"));
            }
            findings.extend(field_manager(text_of(entry, "manager"), &at("manager")));
            if text_of(entry, "subresource").len() > SUBRESOURCE_LIMIT {
                findings.push(too_long(&at("subresource"), SUBRESOURCE_LIMIT));
            }
        }
        findings
    }

    fn immutable(&self, old: &Self) -> Vec<Finding> {
        let field = |(name, empty): &(&str, Value)| {
            let of = |metadata: &Self| metadata.value.get(*name).unwrap_or(empty).clone();
            let new = of(self);
            let finding = || Finding::about(&self.at(name), Reason::Invalid, &new, "field is immutable");
            (new != of(old)).then(finding)
        };
        let texts = ["name", "namespace", "uid"].map(|name| (name, json!("")));
        let others = ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"];
        texts.iter().chain(&others.map(|name| (name, Value::Null))).filter_map(field).collect()
    }
}

/// Checks the name of a field manager: `fieldManager` of a request, `manager` of a managed fields entry.
pub fn field_manager(name: &str, path: &str) -> Vec<Finding> {
    let long = (name.len() > MANAGER_LIMIT).then(|| too_long(path, MANAGER_LIMIT));
    let unprintable = name.char_indices().filter(|(_, character)| character.is_control()).take(WHOLE);
    let unprintable = unprintable.map(|(index, character)| {
        let detail = format!("invalid character U+{:04X} (at position {index})", u32::from(character));
        Finding::invalid(path, name, &detail)
    });
    long.into_iter().chain(unprintable).collect()
}

fn owner_findings(owner: &Value, path: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |field: &str, detail: &str| {
        findings.push(Finding::invalid(&child(path, field), text_of(owner, field), detail));
    };
    let api_version = text_of(owner, "apiVersion");
    let version = match api_version.split('/').collect::<Vec<_>>()[..] {
        [version] | [_, version] => version,
        _ => "",
    };
    if version.is_empty() {
        refuse("apiVersion", "version must not be empty");
    }
    for field in ["kind", "name", "uid"] {
        if text_of(owner, field).is_empty() {
            refuse(field, "must not be empty");
        }
    }
    if (api_version, text_of(owner, "kind")) == ("v1", "Event") {
        let detail = "/v1, Kind=Event is disallowed from being an owner";
        findings.push(with_owners(path, &owner_shown(owner), detail));
    }
    findings
}

fn two_controllers(owners: &[Value], first: &str, second: &str, path: &str) -> Finding {
    let owners: Vec<_> = owners.iter().map(owner_shown).collect();
    let detail = format!(
        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {second}"
    );
    with_owners(path, &format!("[{}]", owners.join(",")), &detail)
}

fn with_owners(path: &str, owners: &str, detail: &str) -> Finding {
    let message = format!("Invalid value: {owners}: {detail}");
    Finding { path: path.to_owned(), reason: Reason::Invalid, message }
}

/// An owner reference in the order in which Go writes its fields.
fn owner_shown(owner: &Value) -> String {
    let fields = ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
    let fields = fields.iter().filter_map(|name| Some(format!("\"{name}\":{}", owner.get(name)?)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn too_long(path: &str, limit: usize) -> Finding {
    Finding::plain(path, Reason::TooLong, &format!("may not be more than {limit} bytes"))
}

fn text_of<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn invalid(path: &str, text: &str, wrong: &[String]) -> Vec<Finding> {
    wrong.iter().map(|detail| Finding::invalid(path, text, detail)).collect()
}

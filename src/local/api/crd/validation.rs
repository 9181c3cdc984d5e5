//! What a CustomResourceDefinition must satisfy, in the words of apiextensions-apiserver's validation.

use serde_json::{Map, Value, json};

use super::{flag, text};
use crate::local::api::causes::{duplicate, forbidden, invalid, invalid_shown, not_supported, required, too_many};
use crate::local::api::failure::Cause;
use crate::schema::Schema;
use crate::schema::metadata::{dns_label_1035, dns_subdomain};

const COLUMN_TYPES: &[&str] = &["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: &[&str] = &["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
const MOST_SELECTABLE_FIELDS: usize = 8;
/// Where the server has the schema that all versions share.
const SHARED_SCHEMA: &str = "spec.validation.openAPIV3Schema";

/// Fills in what a definition may leave out, and checks it. `old` is what it replaces.
///
/// The status of what it replaces is kept but for `storedVersions`, which gain the version that is stored now.
///
/// # Errors
/// Everything that is wrong.
pub fn prepare(new: &mut Value, old: Option<&Value>) -> Result<(), Vec<Cause>> {
    // Nobody but the server says what became of a definition.
    if let (Some(root), None) = (new.as_object_mut(), old) {
        root.remove("status");
    }
    default(new);
    let mut causes = Vec::new();
    if old.is_none() {
        name(new, &mut causes);
    }
    group_and_scope(new, &mut causes);
    versions(new, &mut causes);
    names(new, &mut causes);
    conversion(new, &mut causes);
    stored_versions(new, &mut causes);
    approval(new, &mut causes);
    if flag(new.pointer("/spec").unwrap_or(&Value::Null), "preserveUnknownFields") {
        let instead =
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        causes.push(invalid("spec.preserveUnknownFields", &true.into(), instead));
    }
    if let Some(old) = old {
        immutable(new, old, &mut causes);
    }
    if causes.is_empty() { Ok(()) } else { Err(causes) }
}

fn default(crd: &mut Value) {
    let kind = text(crd, "/spec/names/kind").to_owned();
    let storage = storage_version(crd).map(str::to_owned);
    if let Some(names) = crd.pointer_mut("/spec/names").and_then(Value::as_object_mut) {
        fill(names, "singular", &kind.to_lowercase());
        fill(names, "listKind", &if kind.is_empty() { String::new() } else { format!("{kind}List") });
    }
    if let Some(spec) = crd.get_mut("spec").and_then(Value::as_object_mut)
        && spec.get("conversion").is_none_or(Value::is_null)
    {
        spec.insert("conversion".to_owned(), json!({ "strategy": "None" }));
    }
    let Some(root) = crd.as_object_mut() else { return };
    let status = root.entry("status").or_insert_with(|| json!({}));
    if !status.is_object() {
        *status = json!({});
    }
    let Some(status) = status.as_object_mut() else { return };
    status.entry("conditions").or_insert(Value::Null);
    status.entry("acceptedNames").or_insert_with(|| json!({ "plural": "", "kind": "" }));
    let stored = status.entry("storedVersions").or_insert_with(|| json!([]));
    if let (Some(stored), Some(storage)) = (stored.as_array_mut(), storage)
        && !stored.iter().any(|version| *version == *storage)
    {
        stored.push(storage.into());
    }
}

fn fill(names: &mut Map<String, Value>, field: &str, value: &str) {
    let empty = names.get(field).and_then(Value::as_str).unwrap_or_default().is_empty();
    if empty && !value.is_empty() {
        names.insert(field.to_owned(), value.into());
    }
}

fn all(crd: &Value) -> &[Value] {
    crd.pointer("/spec/versions").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn storage_version(crd: &Value) -> Option<&str> {
    all(crd).iter().find(|version| flag(version, "storage")).map(|version| text(version, "/name"))
}

fn name(crd: &Value, causes: &mut Vec<Cause>) {
    let name = text(crd, "/metadata/name");
    let wanted = format!("{}.{}", text(crd, "/spec/names/plural"), text(crd, "/spec/group"));
    if name != wanted {
        causes.push(invalid("metadata.name", &name.into(), r#"must be spec.names.plural+"."+spec.group"#));
    }
}

fn group_and_scope(crd: &Value, causes: &mut Vec<Cause>) {
    let group = text(crd, "/spec/group");
    let wrong = dns_subdomain(group);
    if group.is_empty() {
        causes.push(required("spec.group", ""));
    } else if !wrong.is_empty() {
        causes.push(invalid("spec.group", &group.into(), &wrong.join(",")));
    } else if !group.contains('.') {
        causes.push(invalid("spec.group", &group.into(), "should be a domain with at least one dot"));
    }
    match text(crd, "/spec/scope") {
        "Cluster" | "Namespaced" => {}
        "" => causes.push(required("spec.scope", "")),
        other => causes.push(not_supported("spec.scope", other, &["Cluster", "Namespaced"])),
    }
}

fn versions(crd: &Value, causes: &mut Vec<Cause>) {
    let (path, versions) = ("spec.versions", all(crd));
    let schema_of =
        |version: &Value| version.pointer("/schema/openAPIV3Schema").cloned().filter(|schema| !schema.is_null());
    for (index, version) in versions.iter().enumerate() {
        if schema_of(version).is_none() {
            causes.push(required(format!("{path}[{index}].schema.openAPIV3Schema"), ""));
        }
    }
    for (index, version) in versions.iter().enumerate() {
        let at = format!("{path}[{index}]");
        let name = text(version, "/name");
        let wrong = dns_label_1035(name);
        if !wrong.is_empty() {
            causes.push(invalid(format!("{at}.name"), &name.into(), &wrong.join(",")));
            // The server keeps the name of the first one twice.
            causes.extend(
                (index == 0 && !name.is_empty()).then(|| invalid("spec.version", &name.into(), &wrong.join(","))),
            );
        }
        if let Some(warning) = version.get("deprecationWarning").filter(|_| !flag(version, "deprecated")) {
            causes.push(invalid(
                format!("{at}.deprecationWarning"),
                warning,
                "can only be set for deprecated versions",
            ));
        }
        // The server keeps what is the same for all versions in one place, and speaks of it there.
        let shared = versions.iter().all(|other| schema_of(other) == schema_of(version));
        let schema_at = if shared { SHARED_SCHEMA } else { &format!("{at}.schema.openAPIV3Schema") };
        if let Some(source) = schema_of(version).filter(|_| !shared || index == 0) {
            schema(&source, schema_at, causes);
        }
        let single = versions.len() == 1;
        let prefix = if single { "spec".to_owned() } else { at.clone() };
        scale(version, &format!("{prefix}.subresources.scale"), causes);
        columns(version, &format!("{prefix}.additionalPrinterColumns"), causes);
        selectable(version, &format!("{prefix}.selectableFields"), causes);
    }
    let count = |name: &str| versions.iter().filter(|version| text(version, "/name") == name).count();
    let value = internal_versions(versions);
    if versions.iter().any(|version| count(text(version, "/name")) > 1) {
        causes.push(invalid_shown(path, &value, "must contain unique version names"));
    }
    if versions.iter().filter(|version| flag(version, "storage")).count() != 1 {
        causes.push(invalid_shown(path, &value, "must have exactly one version marked as storage version"));
    }
}

/// The versions in the server's own form, in which it shows them: what all have in common is kept elsewhere there.
fn internal_versions(versions: &[Value]) -> String {
    let shown = |version: &Value, name: &str, pointer: &str| {
        let own = version.pointer(pointer).unwrap_or(&Value::Null);
        let shared = versions.iter().all(|other| other.pointer(pointer).unwrap_or(&Value::Null) == own);
        format!("\"{name}\":{}", if shared { &Value::Null } else { own })
    };
    let versions = versions.iter().map(|version| {
        let fields = [
            format!("\"Name\":{}", Value::from(text(version, "/name"))),
            format!("\"Served\":{}", flag(version, "served")),
            format!("\"Storage\":{}", flag(version, "storage")),
            format!("\"Deprecated\":{}", flag(version, "deprecated")),
            format!("\"DeprecationWarning\":{}", version.get("deprecationWarning").unwrap_or(&Value::Null)),
            shown(version, "Schema", "/schema"),
            shown(version, "Subresources", "/subresources"),
            shown(version, "AdditionalPrinterColumns", "/additionalPrinterColumns"),
            shown(version, "SelectableFields", "/selectableFields"),
        ];
        format!("{{{}}}", fields.join(","))
    });
    format!("[{}]", versions.collect::<Vec<_>>().join(","))
}

/// What is wrong with a schema; `path` is where this version's stands.
fn schema(source: &Value, path: &str, causes: &mut Vec<Cause>) {
    let problems = Schema::structural_problems(source).into_iter();
    causes.extend(problems.map(|problem| Cause {
        reason: problem.reason.as_str(),
        message: problem.message,
        field: problem.path.replacen(SHARED_SCHEMA, path, 1),
    }));
}

fn scale(version: &Value, path: &str, causes: &mut Vec<Cause>) {
    let Some(scale) = version.pointer("/subresources/scale").filter(|scale| !scale.is_null()) else { return };
    let fields: [(&str, &[&str], &str); 3] = [
        ("specReplicasPath", &[".spec."], "should be a json path under .spec"),
        ("statusReplicasPath", &[".status."], "should be a json path under .status"),
        ("labelSelectorPath", &[".spec.", ".status."], "should be a json path under either .spec or .status"),
    ];
    for (field, prefixes, otherwise) in fields {
        let (at, value) = (format!("{path}.{field}"), scale.get(field).and_then(Value::as_str).unwrap_or_default());
        if value.is_empty() {
            if field != "labelSelectorPath" {
                causes.push(required(at, ""));
            }
        } else if !value.starts_with('.') {
            causes.push(invalid(at, &value.into(), "must be a simple json path starting with ."));
        } else if !prefixes.iter().any(|prefix| value.starts_with(prefix)) {
            causes.push(invalid(at, &value.into(), otherwise));
        }
    }
}

fn columns(version: &Value, path: &str, causes: &mut Vec<Cause>) {
    let columns = version.get("additionalPrinterColumns").and_then(Value::as_array).into_iter().flatten();
    for (index, column) in columns.enumerate() {
        let at = |field: &str| format!("{path}[{index}].{field}");
        if text(column, "/name").is_empty() {
            causes.push(required(at("name"), ""));
        }
        let must = |of: &[&str]| format!("must be one of {}", of.join(","));
        match text(column, "/type") {
            "" => causes.push(required(at("type"), &must(COLUMN_TYPES))),
            kind if COLUMN_TYPES.contains(&kind) => {}
            other => causes.push(invalid(at("type"), &other.into(), &must(COLUMN_TYPES))),
        }
        let format = text(column, "/format");
        if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
            causes.push(invalid(at("format"), &format.into(), &must(COLUMN_FORMATS)));
        }
        match text(column, "/jsonPath") {
            "" => causes.push(required(at("JSONPath"), "")),
            path if path.starts_with('.') => {}
            other => causes.push(invalid(at("JSONPath"), &other.into(), "must be a simple json path starting with .")),
        }
    }
}

fn selectable(version: &Value, path: &str, causes: &mut Vec<Cause>) {
    let fields = version.get("selectableFields").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, field) in fields.iter().enumerate() {
        let (at, json_path) = (format!("{path}[{index}].jsonPath"), text(field, "/jsonPath"));
        let found = json_path.strip_prefix('.').and_then(|names| {
            let root = version.pointer("/schema/openAPIV3Schema")?;
            names.split('.').try_fold(root, |schema, name| schema.get("properties")?.get(name))
        });
        let kind = found.map(|schema| text(schema, "/type"));
        let said_before = fields[..index].iter().any(|other| text(other, "/jsonPath") == json_path);
        if json_path.is_empty() {
            causes.push(required(at, ""));
        } else if json_path.starts_with(".metadata.") {
            causes.push(invalid(at, &json_path.into(), "must not point to fields in metadata"));
        } else if kind.is_none() {
            causes.push(invalid(at, &json_path.into(), "is an invalid path: does not refer to a valid field"));
        } else if !matches!(kind, Some("string" | "boolean" | "integer")) {
            let must = "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
            causes.push(invalid(at, &json_path.into(), must));
        } else if said_before {
            causes.push(duplicate(at, &json_path.into()));
        }
    }
    if fields.len() > MOST_SELECTABLE_FIELDS {
        causes.push(too_many(path, fields.len(), MOST_SELECTABLE_FIELDS));
    }
}

fn names(crd: &Value, causes: &mut Vec<Cause>) {
    let path = |field: &str| format!("spec.names.{field}");
    let name = |field: &str| text(crd, &format!("/spec/names/{field}"));
    let needed = ["plural", "singular", "kind", "listKind"];
    causes.extend(needed.iter().filter(|field| name(field).is_empty()).map(|field| required(path(field), "")));
    for field in needed {
        let mixed = field.ends_with("ind");
        let wrong = dns_label_1035(&if mixed { name(field).to_lowercase() } else { name(field).to_owned() }).join(",");
        if !name(field).is_empty() && !wrong.is_empty() {
            let words = if mixed { "may have mixed case, but should otherwise match: " } else { "" };
            causes.push(invalid(path(field), &name(field).into(), &format!("{words}{wrong}")));
        }
    }
    let mut list = |field: &str| {
        let items = super::texts(crd.pointer("/spec/names").unwrap_or(&Value::Null), field);
        for (index, item) in items.iter().enumerate() {
            let wrong = dns_label_1035(item);
            if !wrong.is_empty() {
                causes.push(invalid(format!("{}[{index}]", path(field)), &item.as_str().into(), &wrong.join(",")));
            }
        }
    };
    list("shortNames");
    list("categories");
    if !name("kind").is_empty() && name("kind") == name("listKind") {
        causes.push(invalid(path("listKind"), &name("listKind").into(), "kind and listKind may not be the same"));
    }
}

/// Versions are served under each other's names as they are: there is nobody here who would call a webhook.
fn conversion(crd: &Value, causes: &mut Vec<Cause>) {
    let at = |field: &str| format!("spec.conversion.{field}");
    let strategy = text(crd, "/spec/conversion/strategy");
    match strategy {
        "None" | "Webhook" => {}
        "" => causes.push(required(at("strategy"), "")),
        other => causes.push(not_supported(at("strategy"), other, &["None", "Webhook"])),
    }
    let before = causes.len();
    let webhook = crd.pointer("/spec/conversion/webhook").filter(|webhook| !webhook.is_null());
    let client = webhook.and_then(|webhook| webhook.get("clientConfig")).filter(|client| !client.is_null());
    let versions = webhook.map_or(0, |webhook| super::texts(webhook, "conversionReviewVersions").len());
    if strategy != "Webhook" {
        let why = "should not be set when strategy is not set to Webhook";
        causes.extend(client.map(|_| forbidden(at("webhookClientConfig"), why)));
        causes.extend((versions > 0).then(|| forbidden(at("conversionReviewVersions"), why)));
        return;
    }
    if client.is_none() {
        causes.push(required(at("webhookClientConfig"), "required when strategy is set to Webhook"));
    }
    if versions == 0 {
        causes.push(required(at("conversionReviewVersions"), ""));
    }
    if causes.len() == before {
        causes.push(forbidden(at("strategy"), "conversion by webhooks is not available on the local control plane"));
    }
}

fn stored_versions(crd: &Value, causes: &mut Vec<Cause>) {
    let path = "status.storedVersions";
    let stored = super::texts(crd.pointer("/status").unwrap_or(&Value::Null), "storedVersions");
    if stored.is_empty() {
        causes.push(invalid(path, &Value::Null, "must have at least one stored version"));
    }
    for (index, gone) in stored.iter().enumerate() {
        if !all(crd).iter().any(|version| text(version, "/name") == gone) {
            let why = format!(
                "missing from spec.versions; {gone} was previously a storage version, and must remain in spec.versions \
                 until a storage migration ensures no data remains persisted in {gone} and removes {gone} from \
                 status.storedVersions"
            );
            causes.push(invalid(format!("{path}[{index}]"), &gone.as_str().into(), &why));
        }
    }
}

/// Groups of Kubernetes itself are not for everyone.
fn approval(crd: &Value, causes: &mut Vec<Cause>) {
    let group = text(crd, "/spec/group");
    let within = |parent: &str| group.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let approved = !text(crd, "/metadata/annotations/api-approved.kubernetes.io").is_empty();
    if !approved && (within("k8s.io") || within("kubernetes.io")) {
        let why = "protected groups must have approval annotation \"api-approved.kubernetes.io\", see \
                   https://github.com/kubernetes/enhancements/pull/1111";
        causes.push(required("metadata.annotations[api-approved.kubernetes.io]", why));
    }
}

fn immutable(new: &Value, old: &Value, causes: &mut Vec<Cause>) {
    let established = super::status::is_established(old);
    let always = ["/spec/group", "/spec/names/plural"];
    let later = ["/spec/scope", "/spec/names/kind"];
    for pointer in later.into_iter().filter(|_| established).chain(always) {
        if text(new, pointer) != text(old, pointer) {
            let path = pointer[1..].replace('/', ".");
            causes.push(invalid(path, &text(new, pointer).into(), "field is immutable"));
        }
    }
}

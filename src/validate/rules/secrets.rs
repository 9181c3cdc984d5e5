//! Secrets and ConfigMaps among the files: whether they can be read, and which key wins. No value enters a message.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::neighbours::Neighbours;
use crate::controller::config::ConfigProblem;
use crate::controller::config::pull_secret::credentials;
use crate::manifest::Document;
use crate::registry::credentials::{SECRET_KEY, SECRET_TYPE};
use crate::registry::registry_of;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;
use crate::validate::references::{Pulling, Reference, Referred, layers, pulling, sources};
use crate::validate::subject::Subject;

/// Docker Hub, as people name it.
const HUB: &str = "docker.io";

/// Values that are no base64, which the API server refuses.
pub(super) fn encoding(files: &FileSet) -> impl Iterator<Item = Finding> {
    files.of("v1", "Secret").flat_map(of_secret)
}

fn of_secret(document: &Document) -> Vec<Finding> {
    let data = Field::root(document).get("data").map(|data| data.entries()).unwrap_or_default();
    let wrong = data
        .into_iter()
        .filter(|(_, field)| !field.value.is_null() && field.text().is_none_or(|text| decoded(text).is_none()));
    let told = wrong.map(|(key, field)| {
        let message = format!("{}: data.{key} is no base64", document.title());
        let remedy = format!(
            "move {key} to stringData, where values stand as they are; or encode it: `printf %s VALUE | base64`"
        );
        Finding::key(&code::NOT_BASE64, document, &field.path, message).with_remedy(remedy)
    });
    told.collect()
}

/// As the API server reads it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    STANDARD.decode(text).ok()
}

/// What a Secret holds; what is no base64 is left out.
fn contents(secret: &Document) -> BTreeMap<String, Vec<u8>> {
    let root = Field::root(secret);
    let entries = |name: &str| root.get(name).map(|field| field.entries()).unwrap_or_default();
    let data = entries("data").into_iter().filter_map(|(key, field)| Some((key.to_owned(), decoded(field.text()?)?)));
    let plain =
        entries("stringData").into_iter().filter_map(|(key, field)| Some((key.to_owned(), field.text()?.into())));
    data.chain(plain).collect()
}

pub(super) fn check(subject: &Subject<'_>, neighbours: &Neighbours<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for Pulling { secret: reference, image } in pulling(subject) {
        let secret = neighbours.find(Referred::Secret, reference.name, subject.document);
        found.extend(secret.and_then(|secret| pull_secret(subject, &reference, image, secret)));
    }
    for layer in layers(subject) {
        found.extend(of_layer(subject, neighbours, &layer));
    }
    found
}

fn pull_secret(
    subject: &Subject<'_>,
    reference: &Reference<'_>,
    image: Option<&str>,
    secret: &Document,
) -> Option<Finding> {
    let Reference { name, field, .. } = reference;
    let told = |code, why: String, remedy: String| {
        Some(subject.value(code, field, format!("{}: {why}", field.path)).with_remedy(remedy))
    };
    let how = |registry: &str| {
        format!(
            "make it so: kubectl create secret docker-registry {name} --docker-server={registry} --docker-username=USER --docker-password=TOKEN"
        )
    };
    let data = contents(secret);
    let image = image.filter(|image| !image.contains("://"));
    match credentials(name, &data, image.unwrap_or("registry.invalid/image:1")) {
        Err(ConfigProblem::PullSecretHasNoRegistry { .. }) => {
            let image = image?;
            let registry = registry_of(image).unwrap_or(HUB);
            let why = format!("Secret {name} has no entry for {registry}, from which {image} is pulled");
            told(&code::PULL_SECRET_REGISTRY, why, how(registry))
        }
        Err(_) => {
            let why = format!("Secret {name} has no readable {SECRET_KEY}, so nothing can be pulled with it");
            told(
                &code::INVALID_PULL_SECRET,
                why,
                how(image.map_or("REGISTRY", |image| registry_of(image).unwrap_or(HUB))),
            )
        }
        Ok(_) => {
            let kind = secret.object.get("type").and_then(Value::as_str).unwrap_or("Opaque");
            let why = format!("Secret {name} is of type {kind}; not every controller takes it for a pull secret");
            (kind != SECRET_TYPE)
                .then(|| told(&code::PULL_SECRET_TYPE, why, format!("write in the Secret\ntype: {SECRET_TYPE}")))?
        }
    }
}

/// What one source of a layer says of a key.
struct Said<'a> {
    by: String,
    field: Field<'a>,
    value: Vec<u8>,
}

/// Secrets that are no text, and keys that several sources have.
fn of_layer(subject: &Subject<'_>, neighbours: &Neighbours<'_>, layer: &Field<'_>) -> Vec<Finding> {
    let inline = layer.get("config").map(|config| config.entries()).unwrap_or_default();
    let inline = inline.into_iter().filter_map(|(key, field)| {
        let value = field.text()?.as_bytes().to_vec();
        Some((key.to_owned(), Said { by: format!("config.{key}"), field, value }))
    });
    let mut said: BTreeMap<String, Said<'_>> = inline.collect();
    let mut found = Vec::new();
    for reference in sources(layer) {
        let Some(document) = neighbours.find(reference.kind, reference.name, subject.document) else { continue };
        let by = format!("{} {}", reference.kind.name(), reference.name);
        let data = match reference.kind {
            Referred::Secret => contents(document),
            _ => texts(document),
        };
        let path = &reference.field.path;
        for (key, value) in data {
            if reference.kind == Referred::Secret && std::str::from_utf8(&value).is_err() {
                let message =
                    format!("{path}: {key} of {by} is no UTF-8 text, and the workload is not started with it");
                let remedy =
                    "encode it once more, and have the component decode it; or put it into a Secret of its own";
                found.push(subject.value(&code::NOT_TEXT, &reference.field, message).with_remedy(remedy));
            }
            if let Some(before) = said.get(&key).filter(|before| before.value != value) {
                let message =
                    format!("{}: {} has no effect: {by} has {key} too, and wins", before.field.path, before.by);
                let remedy = "config gives way to configFrom, and that to secretFrom; of a list the last wins";
                found.push(subject.value(&code::SHADOWED_KEY, &before.field, message).with_remedy(remedy));
            }
            said.insert(key.clone(), Said { by: format!("{key} of {by}"), field: reference.field.clone(), value });
        }
    }
    found
}

/// What a ConfigMap holds as text.
fn texts(config_map: &Document) -> BTreeMap<String, Vec<u8>> {
    let data = Field::root(config_map).get("data").map(|data| data.entries()).unwrap_or_default();
    data.into_iter().filter_map(|(key, field)| Some((key.to_owned(), field.text()?.as_bytes().to_vec()))).collect()
}

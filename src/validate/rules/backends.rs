//! What host interfaces read of their configuration, and what they do not start without.

use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::{Interface, Subject, is_empty};

/// Keys that choose a backend, which only an entry with a name may do.
const CHOOSING: [&str; 4] = ["backend", "url", "root", "prefix"];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let interfaces = subject.interfaces();
    let each = interfaces.iter().flat_map(|interface| {
        let mut found = ignored(subject, interface);
        found.extend(lacking(subject, interface));
        found.extend(subscriptions(subject, interface));
        found.extend(buckets(subject, interface));
        found
    });
    each.chain(egress(subject, interfaces)).collect()
}

/// Whether an entry chooses its backend itself.
fn chooses(interface: &Interface<'_>) -> bool {
    match (interface.namespace, interface.package) {
        ("wasmcloud", "keyvalue" | "blobstore") => true,
        ("wasi", "keyvalue" | "blobstore") | ("wasmcloud", "messaging") => interface.name.is_some(),
        _ => false,
    }
}

fn ignored(subject: &Subject<'_>, interface: &Interface<'_>) -> Vec<Finding> {
    let by_name = matches!(
        (interface.namespace, interface.package),
        ("wasi", "keyvalue" | "blobstore") | ("wasmcloud", "messaging")
    );
    if !by_name || interface.name.is_some() {
        return Vec::new();
    }
    let keys = CHOOSING.iter().filter_map(|key| Some((key, interface.config(key)?)));
    let told = keys.map(|(key, field)| {
        let title = interface.title();
        let message = format!(
            "{}: an entry of {title} without a name has the host's own backend; {key} is passed over",
            field.path
        );
        let remedy = "give the entry a name, by which the component imports it:\nname: cache";
        subject.key(&code::IGNORED_INTERFACE_CONFIG, &field, message).with_remedy(remedy)
    });
    told.collect()
}

/// The key without which a host does not start the workload.
fn needed(interface: &Interface<'_>) -> Option<(&'static str, &'static str)> {
    if interface.is("wasmcloud", "postgres") {
        return Some(match interface.name {
            Some(_) => ("url", "postgres://USER@HOST/DATABASE"),
            None => ("database", "NAME"),
        });
    }
    if !chooses(interface) {
        return None;
    }
    match (interface.set("backend")?, interface.package) {
        ("nats", _) => Some(("url", "nats://nats:4222")),
        ("redis", "keyvalue") => Some(("url", "redis://redis:6379")),
        ("filesystem", "keyvalue" | "blobstore") => Some(("root", "/data")),
        _ => None,
    }
}

fn lacking(subject: &Subject<'_>, interface: &Interface<'_>) -> Option<Finding> {
    let (key, example) = needed(interface).filter(|_| !interface.reads_elsewhere())?;
    if interface.set(key).is_some() {
        return None;
    }
    let whose = match interface.set("backend").filter(|_| chooses(interface)) {
        Some(backend) => format!("{} with backend {backend}", interface.title()),
        None => interface.title(),
    };
    let message = format!("{}: {whose} has no config.{key}, and does not start without", interface.field.path);
    let remedy = format!("add\nconfig:\n  {key}: {example}");
    Some(subject.value(&code::MISSING_INTERFACE_CONFIG, &interface.field, message).with_remedy(remedy))
}

/// Without subjects a handler of messages is never called.
fn subscriptions(subject: &Subject<'_>, interface: &Interface<'_>) -> Option<Finding> {
    if !interface.is("wasmcloud", "messaging") || !interface.lists("handler") || interface.reads_elsewhere() {
        return None;
    }
    let here = |program: &Field<'_>| {
        program.at(&["localResources", "config", "subscriptions"]).is_some_and(|field| !is_empty(&field))
    };
    if interface.set("subscriptions").is_some() || subject.programs().iter().any(here) {
        return None;
    }
    let message = format!("{}: the handler subscribes to nothing, so it is never called", interface.field.path);
    let remedy = "add the subjects, with commas between:\nconfig:\n  subscriptions: orders.received,orders.paid";
    Some(subject.value(&code::NO_SUBSCRIPTIONS, &interface.field, message).with_remedy(remedy))
}

/// Without buckets every access to a blobstore is denied.
fn buckets(subject: &Subject<'_>, interface: &Interface<'_>) -> Option<Finding> {
    if !interface.is("wasi", "blobstore") || interface.name.is_some() || interface.reads_elsewhere() {
        return None;
    }
    let told = |place: &Field<'_>, why: &str, remedy: String| {
        let message = format!("{}: {why}", place.path);
        Some(subject.value(&code::NO_BUCKETS, place, message).with_remedy(remedy))
    };
    let Some(listed) = interface.set("buckets") else {
        let remedy = "add the buckets it may use, with commas between:\nconfig:\n  buckets: images,thumbnails";
        return told(&interface.field, "no bucket is listed, so every access is denied", remedy.to_owned());
    };
    let field = interface.config("buckets")?;
    let words: Vec<_> = listed.split(',').map(str::trim).collect();
    let tidy = words.join(",");
    if field.text() == Some(&tidy) {
        return None;
    }
    told(&field, "blanks count as part of a bucket's name", format!("write buckets: {tidy}"))
}

/// Requests to the outside are listed, and none may be sent.
fn egress(subject: &Subject<'_>, interfaces: &[Interface<'_>]) -> Option<Finding> {
    let out = ["outgoing-handler", "client"];
    let http = interfaces
        .iter()
        .find(|interface| interface.is("wasi", "http") && out.iter().any(|name| interface.lists(name)))?;
    let programs = subject.programs();
    let allows =
        |program: &Field<'_>| program.get("localResources").is_some_and(|local| !local.list("allowedHosts").is_empty());
    if programs.is_empty() || programs.iter().any(allows) {
        return None;
    }
    let listed =
        http.field.list("interfaces").into_iter().find(|field| field.text().is_some_and(|text| out.contains(&text)))?;
    let message = format!("{}: no component has allowedHosts, so every request it sends is refused", listed.path);
    let remedy = "add to the component that sends them (\"*\" allows all hosts):\nlocalResources:\n  allowedHosts: [api.example.com]";
    Some(subject.value(&code::NO_EGRESS, &listed, message).with_remedy(remedy))
}

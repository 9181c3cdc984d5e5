//! Which requests reach a workload: `wasi:http`.

use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::{Interface, Subject};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let interfaces = subject.interfaces();
    let http = interfaces.iter().filter(|interface| interface.is("wasi", "http"));
    http.flat_map(|interface| of_interface(subject, interface)).collect()
}

fn of_interface(subject: &Subject<'_>, interface: &Interface<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = address(subject, interface).into_iter().collect();
    if !interface.serves_http() {
        return found;
    }
    match interface.set("host") {
        Some(host) => found.extend(interface.config("host").and_then(|field| name(subject, &field, host))),
        None if interface.reads_elsewhere() => {}
        // It stands beside config, which is told already.
        None if subject.unknown_fields_are_told() && interface.field.get("host").is_some() => {}
        None => found.push(no_host(subject, interface)),
    }
    found.extend(interface.config("host-aliases").and_then(|field| aliases(subject, &field)));
    found
}

fn no_host(subject: &Subject<'_>, interface: &Interface<'_>) -> Finding {
    let place = interface.config("host").or_else(|| interface.field.get("config"));
    let path = place.as_ref().unwrap_or(&interface.field);
    let message =
        format!("{}: wasi:http has no config.host, and no host starts the workload without", interface.field.path);
    let remedy = "add the name that requests come with:\nconfig:\n  host: web.example.com".to_owned();
    subject.value(&code::NO_HTTP_HOST, path, message).with_remedy(remedy)
}

fn name(subject: &Subject<'_>, field: &Field<'_>, host: &str) -> Option<Finding> {
    if is_hostname(host) {
        return None;
    }
    let bare = bare(host);
    if is_hostname(bare) && host.strip_prefix(bare).is_some_and(|rest| rest.starts_with(':')) {
        let message =
            format!("{}: \"{host}\" has a port, which is no part of the name; many hosts refuse it", field.path);
        return Some(subject.value(&code::HTTP_HOST_PORT, field, message).with_remedy(format!("write host: {bare}")));
    }
    let message = format!("{}: \"{host}\" is no host name, and no host starts the workload with it", field.path);
    let remedy = match is_hostname(bare) {
        true => format!("write host: {bare}"),
        false => {
            "write a name of letters, digits, - and dots, such as web.example.com; there are no wildcards".to_owned()
        }
    };
    Some(subject.value(&code::INVALID_HTTP_HOST, field, message).with_remedy(remedy))
}

/// The host name in what people write for one; `None` when there is none in it.
pub(crate) fn http_name(host: &str) -> Option<&str> {
    Some(bare(host)).filter(|name| is_hostname(name))
}

/// A host name without what people copy with it: scheme, port, path.
fn bare(host: &str) -> &str {
    let host = host.split_once("://").map_or(host, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// As hosts judge it: labels of RFC 1123.
pub(super) fn is_hostname(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

fn aliases(subject: &Subject<'_>, field: &Field<'_>) -> Option<Finding> {
    let aliases = field.text()?.split(',').map(str::trim).filter(|alias| !alias.is_empty());
    let wrong: Vec<_> = aliases.filter(|alias| !is_hostname(alias)).collect();
    if wrong.is_empty() {
        return None;
    }
    let message = format!("{}: hosts pass over what is no host name: {}", field.path, wrong.join(", "));
    let remedy = "write names with commas between, such as host-aliases: web.example.com,www.example.com";
    Some(subject.value(&code::INVALID_HOST_ALIAS, field, message).with_remedy(remedy))
}

fn address(subject: &Subject<'_>, interface: &Interface<'_>) -> Option<Finding> {
    let field = interface.config("address")?;
    let message = format!("{}: nothing reads it: where a host listens is its own affair", field.path);
    // That it lacks a host is told of by itself where it serves.
    let remedy = match interface.set("host").is_some() || interface.serves_http() {
        true => "take it out",
        false => "take it out, and write host: NAME, by which requests find the workload",
    };
    Some(subject.key(&code::IGNORED_ADDRESS, &field, message).with_remedy(remedy))
}

//! A description as text for people, laid out as `kubectl describe` does it, the worst first.

mod parts;
mod sheet;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::age;
use super::paint::Paint;
use crate::api::Condition;
use crate::plan::describe::{
    Description, Health, Listed, Placement, Replicas, Revision, Routing, Verdict, WorkloadLine,
};
use crate::plan::events::Told;
use sheet::{Sheet, one_line};

/// Workloads that are shown; to programs all are.
const WORKLOADS: usize = 50;
/// Events that are shown; to programs all are.
const EVENTS: usize = 20;

/// Lays out a description; on a terminal of `width` columns long messages are folded.
pub fn text(description: &Description, now: Timestamp, paint: Paint, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(paint, width);
    verdict(&mut sheet, &description.verdict);
    let lost = description.placement.as_ref().filter(|placement| placement.is_missing());
    if let Some(lost) = lost {
        placement(&mut sheet, lost);
        sheet.line(0, "");
    }
    identity(&mut sheet, description, now);
    conditions(&mut sheet, description, now);
    if let Some(sets) = &description.replica_sets {
        revisions(&mut sheet, sets, now);
    }
    if let Some(list) = &description.workloads {
        workloads(&mut sheet, list, description.kind == "Host", now);
    }
    parts::parts(&mut sheet, description.parts.as_deref().unwrap_or_default());
    if let Some(routing) = &description.route {
        route(&mut sheet, routing);
    }
    if let Some(found) = description.placement.as_ref().filter(|placement| !placement.is_missing()) {
        placement(&mut sheet, found);
    }
    if let Some(users) = &description.used_by {
        used_by(&mut sheet, users);
    }
    events(&mut sheet, &description.events, now);
    sheet.finish()
}

fn verdict(sheet: &mut Sheet, verdict: &Verdict) {
    let paint = sheet.paint;
    let message = verdict.message.lines().collect::<Vec<_>>().join("\n  ");
    let line = match (verdict.health, verdict.troubles.is_empty()) {
        (Health::Well, _) => paint.good(&format!("✔ {message}")),
        (Health::Waiting, true) => paint.warn(&format!("◌ {message}")),
        (Health::Waiting, false) => paint.warn(&format!("⚠ {message}")),
        (Health::Wrong, _) => paint.bad(&format!("✖ {message}")),
    };
    sheet.line(0, &line);
    for trouble in &verdict.troubles {
        for (at, line) in trouble.to_string().lines().enumerate() {
            sheet.line(1 + usize::from(at > 0), &paint.bad(line));
        }
    }
    sheet.line(0, "");
}

fn identity(sheet: &mut Sheet, description: &Description, now: Timestamp) {
    let metadata = &description.metadata;
    let mut fields = Vec::new();
    let mut add = |name: &str, values: Vec<String>| fields.push((name.to_owned(), values));
    let pairs = |map: &BTreeMap<String, String>, between: &str| match map.is_empty() {
        true => vec!["<none>".to_owned()],
        false => map.iter().map(|(key, value)| format!("{key}{between}{}", one_line(value))).collect(),
    };
    add("Name", vec![description.name.clone()]);
    add("Namespace", vec![description.namespace.clone()]);
    add("Kind", vec![description.kind.to_owned()]);
    add("Labels", pairs(&metadata.labels, "="));
    add("Annotations", pairs(&metadata.annotations, ": "));
    let created = metadata.created.map(|time| format!(" (since {time})")).unwrap_or_default();
    add("Age", vec![format!("{}{created}", age::since(metadata.created, now))]);
    if let Some(owner) = &metadata.owner {
        add("Controlled By", vec![owner.clone()]);
    }
    if let Some(deleting) = metadata.deleting {
        add("Deleted", vec![format!("{} ago", age::since(Some(deleting), now))]);
        add("Finalizers", metadata.finalizers.clone());
    }
    description.facts.0.iter().for_each(|(name, value)| add(name, vec![one_line(value)]));
    if let Some(Replicas { desired, updated, total, available, unavailable }) = description.replicas {
        let counts = format!(
            "{desired} desired | {updated} updated | {total} total | {available} available | {unavailable} unavailable"
        );
        add("Replicas", vec![counts]);
    }
    sheet.fields(0, &fields);
}

fn conditions(sheet: &mut Sheet, description: &Description, now: Timestamp) {
    if description.conditions.is_empty() {
        return sheet.fields(0, &[("Conditions".to_owned(), vec!["<none>".to_owned()])]);
    }
    let paint = sheet.paint;
    let status = |status: &str| match status {
        "True" => paint.good(status),
        "False" => paint.bad(status),
        _ => paint.warn(status),
    };
    let row = |condition: &Condition| {
        let age = age::since(condition.last_transition_time.as_ref().map(|time| time.0), now);
        let reason = condition.reason().to_owned();
        vec![condition.type_.clone(), status(&condition.status), reason, age, joined(condition.message())]
    };
    let rows: Vec<_> = description.conditions.iter().map(row).collect();
    sheet.heading(0, "Conditions");
    sheet.table(1, &["Type", "Status", "Reason", "Age", "Message"], &rows);
}

fn revisions(sheet: &mut Sheet, sets: &Listed<Revision>, now: Timestamp) {
    let row = |set: &Revision| {
        let number = set.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
        let role = set.role.unwrap_or_default().to_owned();
        let cause = set.change_cause.as_deref().map(one_line).unwrap_or_default();
        let replicas = format!("{}/{}", set.ready, set.desired);
        let age = age::since(set.created, now);
        vec![number, set.name.clone(), role, replicas, age, set.images.join(","), cause]
    };
    let headers = ["Revision", "Name", "Role", "Ready", "Age", "Images", "Change Cause"];
    section(sheet, "Replica Sets", sets, &headers, row, usize::MAX);
}

fn workloads(sheet: &mut Sheet, list: &Listed<WorkloadLine>, with_namespace: bool, now: Timestamp) {
    let paint = sheet.paint;
    let row = |line: &WorkloadLine| {
        let state = if line.ready { paint.good(&line.state) } else { paint.bad(&line.state) };
        let host = line.host.clone().unwrap_or_else(|| "<none>".to_owned());
        let place = if with_namespace { line.namespace.clone() } else { host };
        vec![line.name.clone(), place, state, age::since(line.created, now), joined(&line.message)]
    };
    let place = if with_namespace { "Namespace" } else { "Host" };
    section(sheet, "Workloads", list, &["Name", place, "State", "Age", "Message"], row, WORKLOADS);
}

/// A list under its name; those beyond `most` are counted.
fn section<T>(
    sheet: &mut Sheet,
    name: &str,
    list: &Listed<T>,
    headers: &[&str],
    row: impl Fn(&T) -> Vec<String>,
    most: usize,
) {
    if let Some(words) = &list.unreadable {
        return unreadable(sheet, 0, name, words);
    }
    if list.items.is_empty() {
        return sheet.fields(0, &[(name.to_owned(), vec!["<none>".to_owned()])]);
    }
    let rows: Vec<_> = list.items.iter().take(most).map(row).collect();
    sheet.heading(0, name);
    sheet.table(1, headers, &rows);
    if let Some(more) = list.items.len().checked_sub(most).filter(|more| *more > 0) {
        sheet.line(1, &format!("… and {more} more"));
    }
}

fn unreadable(sheet: &mut Sheet, depth: usize, name: &str, words: &str) {
    let words = sheet.paint.warn(&format!("<unknown> ({})", joined(words)));
    sheet.fields(depth, &[(name.to_owned(), vec![words])]);
}

fn route(sheet: &mut Sheet, routing: &Routing) {
    let paint = sheet.paint;
    let mut fields = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        if !values.is_empty() {
            fields.push((name.to_owned(), values));
        }
    };
    add("HTTP Host", routing.http_hosts.clone());
    if let Some(service) = &routing.service {
        let address = routing.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
        add("Service", vec![format!("{service}{address}")]);
    }
    let endpoints = routing.endpoints.iter().map(|endpoint| {
        let host = endpoint.host.as_ref().map(|host| format!(", host {host}")).unwrap_or_default();
        let ready = if endpoint.ready { "" } else { ", not ready" };
        format!("{} (EndpointSlice {}{host}{ready})", endpoint.address, endpoint.slice)
    });
    add("Endpoints", endpoints.collect());
    add("Hosts Answer At", routing.answers_at.clone());
    add("Problems", routing.problems.iter().map(|problem| paint.bad(problem)).collect());
    add("Unknown", routing.unreadable.iter().map(|words| paint.warn(&joined(words))).collect());
    sheet.heading(0, "Route");
    sheet.fields(1, &fields);
}

fn placement(sheet: &mut Sheet, placement: &Placement) {
    let paint = sheet.paint;
    if let Some(words) = &placement.unreadable {
        return unreadable(sheet, 0, "Placement", words);
    }
    sheet.heading(0, "Placement");
    if let Some(said) = &placement.said {
        sheet.line(1, &paint.bad(&joined(said)));
    }
    if placement.hosts.is_empty() {
        sheet.line(1, "there is no host");
    }
    let rows = placement.hosts.iter().map(|place| {
        let here = if place.here { "it is here; " } else { "" };
        let verdict = format!("{here}{}", place.verdict);
        vec![place.host.clone(), if place.fits { paint.good(&verdict) } else { paint.bad(&verdict) }]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        sheet.table(1, &["Host", "Verdict"], &rows);
    }
    if let Some(unchecked) = &placement.unchecked {
        sheet.line(1, &paint.dim(unchecked));
    }
}

fn used_by(sheet: &mut Sheet, users: &Listed<String>) {
    match (&users.unreadable, users.items.is_empty()) {
        (Some(words), _) => unreadable(sheet, 0, "Used By", words),
        (None, true) => sheet.fields(0, &[("Used By".to_owned(), vec!["<none>".to_owned()])]),
        (None, false) => {
            let names = users.items.iter().map(|name| format!("WorkloadDeployment/{name}")).collect();
            sheet.fields(0, &[("Used By".to_owned(), names)]);
        }
    }
}

fn events(sheet: &mut Sheet, list: &Listed<Told>, now: Timestamp) {
    let paint = sheet.paint;
    let row = |told: &Told| {
        let type_ = if told.is_warning() { paint.warn(&told.type_) } else { told.type_.clone() };
        vec![type_, told.reason.clone(), told.seen(now), told.object(), joined(&told.message)]
    };
    let newest = list.items.len().saturating_sub(EVENTS);
    let shown =
        Listed { items: list.items.iter().skip(newest).cloned().collect(), unreadable: list.unreadable.clone() };
    section(sheet, "Events", &shown, &["Type", "Reason", "Age", "Object", "Message"], row, EVENTS);
    if newest > 0 {
        sheet.line(1, &format!("… and {newest} older"));
    }
}

/// A message in one line.
fn joined(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

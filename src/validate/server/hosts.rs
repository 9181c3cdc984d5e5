//! Hosts that could run what the files ask for: the controller's own choice, on what Host objects and heartbeats tell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::placed::Placed;
use super::{ClusterFacts, Seen};
use crate::api::{Host, WorkloadSpec};
use crate::controller::placement::{Candidate, Explained, Policy, Unfit, Wanted, explain, offered, place};
use crate::hosts::wire::WitInterface;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::{Finding, Gathered};

/// How many hosts, and how many of what they have, are named.
const SHOWN: usize = 3;

pub(super) fn check(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    let Some(hosts) = &seen.cluster.hosts else { return };
    let runs = |subject: &&Placed<'_>| !subject.is_scaled_to_none();
    let placed = seen.subjects.iter().filter(runs).filter_map(|subject| Some((subject, subject.typed()?)));
    if hosts.is_empty() {
        found.extend(placed.take(1).map(|(subject, (_, field))| none_at_all(subject, &field)));
        return;
    }
    let each = |(subject, (spec, field))| of_subject(seen.cluster, hosts, subject, &spec, &field);
    found.extend(placed.filter_map(each));
}

/// Without hosts it is the same with every workload: it is told once.
fn none_at_all(subject: &Placed<'_>, field: &Field<'_>) -> Finding {
    let message = "no host takes this now: the cluster has none".to_owned();
    let remedy = "`wash host --scheduler-nats-url=URL --data-nats-url=URL` starts one; its NATS server must be the controller's --nats-url";
    subject.at(&code::NO_OPEN_HOST, &field.path, message).with_remedy(remedy)
}

fn of_subject(
    cluster: &ClusterFacts,
    hosts: &[Host],
    subject: &Placed<'_>,
    spec: &WorkloadSpec,
    field: &Field<'_>,
) -> Option<Finding> {
    // Of a host that was not heard here nobody knows what it has: it is taken to have what is needed.
    let offers: Vec<_> = spec.host_interfaces().iter().map(offered).collect();
    let candidates: Vec<_> = hosts.iter().map(|host| candidate(cluster, host, &offers)).collect();
    let (none, apart, avoid) = (HashMap::new(), HashMap::new(), BTreeMap::new());
    let wanted = Wanted { namespace: subject.namespace, spec, siblings: &none, zones: &apart, avoid: &avoid };
    let policy = Policy::default();
    let why = place(&wanted, &candidates, &policy).err()?;
    let open: Vec<_> = candidates.iter().map(opened).collect();
    let if_open = explain(&wanted, &open, &policy);
    if if_open.iter().any(|host| host.verdict.is_ok()) {
        let fitting: Vec<_> = if_open.iter().filter(|host| host.verdict.is_ok()).map(|host| host.host.name).collect();
        let closed: Vec<_> = candidates.iter().filter(|host| fitting.contains(&host.name)).collect();
        let message = format!("no host takes this now: {}", why.words());
        return Some(subject.at(&code::NO_OPEN_HOST, &field.path, message).with_remedy(reopen(&closed)));
    }
    let why = place(&wanted, &open, &policy).err()?;
    // What is looked at last is what the hosts that are nearest lack.
    let nearest = if_open.last()?.verdict.as_ref().err()?;
    let path = place_of(nearest, spec, &field.path);
    let near = nearest_hosts(nearest, &if_open);
    let message = format!("{path}: {}", why.words());
    let remedy = format!("{}; nearest: {near}", advice(nearest, &open));
    Some(subject.at(&code::NO_FITTING_HOST, &path, message).with_remedy(remedy))
}

fn candidate<'a>(cluster: &'a ClusterFacts, host: &'a Host, offers: &'a [WitInterface]) -> Candidate<'a> {
    match cluster.beats.get(&host.host_id) {
        Some(beat) => Candidate::of_object(host, &beat.imports, &beat.exports),
        None => Candidate::of_object(host, offers, &[]),
    }
}

/// The host as it would be were it Ready and not cordoned.
fn opened<'a>(host: &Candidate<'a>) -> Candidate<'a> {
    Candidate { alive: true, unschedulable: false, ..host.clone() }
}

/// What to do about hosts that fit and take nothing now.
fn reopen(closed: &[&Candidate<'_>]) -> String {
    match closed.iter().find(|host| host.alive && host.unschedulable) {
        Some(host) => format!("`kubectl wasmcloud uncordon {}` opens it again", host.name),
        None => {
            "`kubectl wasmcloud get hosts` shows when they were last heard from; the workload waits until one is back"
                .to_owned()
        }
    }
}

/// The field that is in the way.
fn place_of(why: &Unfit, spec: &WorkloadSpec, path: &str) -> String {
    match why {
        Unfit::NotReady | Unfit::Cordoned => path.to_owned(),
        Unfit::OtherHostAsked(_) => format!("{path}.hostId"),
        Unfit::NotInEnvironment(_) => format!("{path}.environment"),
        Unfit::SelectorDiffers(label) => {
            let key = label.split('=').next().unwrap_or_default();
            let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if plain { format!("{path}.hostSelector.{key}") } else { format!("{path}.hostSelector[{key}]") }
        }
        Unfit::Lacks(interface) => {
            let package = interface.split('/').next().unwrap_or_default();
            let is_it = |need: &crate::api::HostInterface| format!("{}:{}", need.namespace, need.package) == package;
            let index = spec.host_interfaces().iter().position(is_it);
            index.map_or_else(|| path.to_owned(), |index| format!("{path}.hostInterfaces[{index}]"))
        }
    }
}

/// What hosts have of what is in the way.
fn advice(why: &Unfit, hosts: &[Candidate<'_>]) -> String {
    match why {
        Unfit::NotReady | Unfit::Cordoned => "`kubectl wasmcloud get hosts` shows all".to_owned(),
        Unfit::OtherHostAsked(_) => {
            "hosts have new ids after each start; better name labels in hostSelector".to_owned()
        }
        Unfit::NotInEnvironment(_) => {
            format!("hosts serve {}", few(hosts.iter().map(|host| host.environment).filter(|name| !name.is_empty())))
        }
        Unfit::SelectorDiffers(label) => {
            let key = label.split('=').next().unwrap_or_default();
            let values = hosts.iter().filter_map(|host| host.labels.get(key));
            let values: Vec<_> = values.map(|value| format!("{key}={value}")).collect();
            match values.is_empty() {
                true => {
                    let keys = hosts.iter().flat_map(|host| host.labels.keys().map(String::as_str));
                    format!("no host has a label {key}, but {}", few(keys))
                }
                false => format!("hosts have {}", few(values.iter().map(String::as_str))),
            }
        }
        Unfit::Lacks(interface) => format!("take it out, or start a host that has {interface}"),
    }
}

/// The first few of those in whose way only this is.
fn nearest_hosts(nearest: &Unfit, hosts: &[Explained<'_, '_>]) -> String {
    few(hosts.iter().filter(|host| host.verdict.as_ref() == Err(nearest)).map(|host| host.host.name))
}

/// The first few of many, each once.
fn few<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: BTreeSet<_> = words.collect();
    let shown: Vec<_> = words.iter().copied().take(SHOWN).collect();
    match (words.len(), words.len().saturating_sub(SHOWN)) {
        (0, _) => "none".to_owned(),
        (_, 0) => shown.join(", "),
        (_, rest) => format!("{} and {rest} more", shown.join(", ")),
    }
}

//! The hosts.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use serde::Deserialize;
use serde_json::Value;

use super::{Category, Check, Known, codes, few};
use crate::api::{HasConditions, Host};
use crate::report::age;

/// The controller declares a host silent after 60 s, and writes `lastSeen` up to 40 s late.
const SILENT: SignedDuration = SignedDuration::from_secs(100);

pub(super) fn assess(hosts: &Known<Vec<Value>>, now: Timestamp) -> Category {
    let known = Check::of(&codes::HOSTS);
    let hosts: Vec<Host> = match hosts {
        Ok(hosts) => hosts.iter().filter_map(|host| Host::deserialize(host).ok()).collect(),
        Err(error) => {
            let may = "`kubectl auth can-i list hosts.runtime.wasmcloud.dev -A` shows whether you may look";
            let check = known.fails(format!("cannot tell: {error}")).hint(may);
            return Category { name: "hosts", checks: vec![check] };
        }
    };
    let checks = match hosts.is_empty() {
        true => vec![known.fails("no host was ever heard from")],
        false => vec![known, ready(&hosts), heard(&hosts, now), open(&hosts), one_version(&hosts)],
    };
    Category { name: "hosts", checks }
}

/// Whether a host was heard from of late, by what is on record.
pub fn is_alive(host: &Host, now: Timestamp) -> bool {
    last_seen(host).is_some_and(|seen| now.duration_since(seen) <= SILENT)
}

fn last_seen(host: &Host) -> Option<Timestamp> {
    host.status.as_ref().and_then(|status| status.last_seen.as_ref()).map(|time| time.0)
}

fn ready(hosts: &[Host]) -> Check {
    let check = Check::of(&codes::HOSTS_READY);
    let not: Vec<_> = hosts.iter().filter(|host| !host.is_ready()).map(ResourceExt::name_any).collect();
    match not.len() {
        0 => check,
        count if count == hosts.len() => check
            .fails(format!("none of {count} is"))
            .hint(format!("{}; they and the controller must share a NATS server", codes::HOSTS_READY.hint)),
        count => check.warns(format!("{count} of {} are not: {}", hosts.len(), few(&not))),
    }
}

fn heard(hosts: &[Host], now: Timestamp) -> Check {
    let check = Check::of(&codes::HOSTS_HEARD);
    let stale: Vec<_> = hosts.iter().filter(|host| host.is_ready() && !is_alive(host, now)).collect();
    if stale.is_empty() {
        return check;
    }
    let told = |host: &&Host| format!("{} ({} ago)", host.name_any(), age::since(last_seen(host), now));
    let names: Vec<_> = stale.iter().map(told).collect();
    check.warns(format!("last heard from: {}", few(&names)))
}

fn open(hosts: &[Host]) -> Check {
    let check = Check::of(&codes::HOSTS_OPEN);
    let closed = hosts.iter().filter(|host| host.is_unschedulable());
    let closed: Vec<_> = closed.map(ResourceExt::name_any).collect();
    let hint = codes::HOSTS_OPEN.hint.replace("HOST", closed.first().map_or("HOST", String::as_str));
    match closed.len() {
        0 => check,
        count if count == hosts.len() => check.fails("all are cordoned").hint(hint),
        count => check.warns(format!("{count} of {} are cordoned: {}", hosts.len(), few(&closed))).hint(hint),
    }
}

/// How many hosts there are of each version.
pub fn versions<'a>(hosts: impl IntoIterator<Item = &'a Host>) -> BTreeMap<String, usize> {
    let mut versions = BTreeMap::new();
    for status in hosts.into_iter().filter_map(|host| host.status.as_ref()).filter(|status| !status.version.is_empty())
    {
        *versions.entry(status.version.clone()).or_default() += 1;
    }
    versions
}

fn one_version(hosts: &[Host]) -> Check {
    let check = Check::of(&codes::HOSTS_ALIKE);
    let versions: Vec<_> =
        versions(hosts).into_iter().map(|(version, count)| format!("{count} of {version}")).collect();
    match versions.len() {
        0 | 1 => check,
        _ => check.warns(versions.join(", ")),
    }
}

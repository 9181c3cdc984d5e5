//! Who is in charge, and whether it is one.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use serde_json::Value;

use super::{Category, Check, Facts, codes, few};
use crate::api::names::{LEASE_IDENTITY_PREFIX, field_manager};
use crate::plan::charge::Charge;

/// How recently a status was written by whom is taken to be at work now.
const LATELY: SignedDuration = SignedDuration::from_secs(60);

pub(super) fn assess(facts: &Facts) -> Category {
    let in_charge = Check::of(&codes::IN_CHARGE);
    let Ok(leases) = &facts.leases else {
        let error = facts.leases.as_ref().err().cloned().unwrap_or_default();
        let hint = "ask for the right to list leases.coordination.k8s.io, or look at the controller's Pod";
        return Category { name: "controller", checks: vec![in_charge.untold(&error).hint(hint)] };
    };
    let charge = Charge::of(leases, facts.now);
    let mut checks = vec![held(in_charge, &charge, facts)];
    if charge.is_held() {
        checks.push(alone(&holders(leases, facts.now), &writers(facts)));
    }
    checks.extend(image(facts));
    Category { name: "controller", checks }
}

fn held(check: Check, charge: &Charge, facts: &Facts) -> Check {
    let strangers = strangers(&writers(facts));
    match charge {
        Charge::Held { .. } => check,
        Charge::Gone { .. } | Charge::Nobody if !strangers.is_empty() => check
            .warns(format!("{} writes the statuses of hosts, and holds no Lease", strangers.join(", ")))
            .hint("start it with --leader-elect, so that no second one acts beside it"),
        Charge::Gone { .. } => check.fails(format!("in charge: {charge}")).hint(stopped(facts)),
        Charge::Nobody => check.fails("nobody holds the Lease, and nothing is reconciled").hint(stopped(facts)),
    }
}

/// What to do for a controller: look at the one that should run, or start one.
fn stopped(facts: &Facts) -> String {
    let word = |deployment: &Value, field: &str| deployment["metadata"][field].as_str().unwrap_or_default().to_owned();
    match facts.deployments.iter().flatten().next() {
        None => codes::IN_CHARGE.hint.to_owned(),
        Some(deployment) if deployment["spec"]["replicas"] == 0 => {
            let (name, namespace) = (word(deployment, "name"), word(deployment, "namespace"));
            format!("`kubectl scale deployment/{name} -n {namespace} --replicas=1` starts the one that is there")
        }
        Some(deployment) => {
            let (name, namespace) = (word(deployment, "name"), word(deployment, "namespace"));
            format!("`kubectl logs deployment/{name} -n {namespace}` shows what keeps it")
        }
    }
}

/// All who hold a Lease that is fresh; more than one only when controllers differ in their namespace.
fn holders(leases: &[Lease], now: Timestamp) -> Vec<String> {
    let holder = |lease: &Lease| match Charge::of(std::slice::from_ref(lease), now) {
        Charge::Held { holder } => {
            let namespace = lease.metadata.namespace.as_deref().unwrap_or_default();
            Some(format!("{holder} in {namespace}"))
        }
        _ => None,
    };
    leases.iter().filter_map(holder).collect()
}

/// Field managers that wrote the status of a Host lately.
fn writers(facts: &Facts) -> BTreeSet<String> {
    let entries = facts.hosts.iter().flatten().filter_map(|host| host.pointer("/metadata/managedFields")?.as_array());
    let lately = |entry: &&Value| {
        let time = entry["time"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
        entry["subresource"] == "status" && time.is_some_and(|time| facts.now.duration_since(time) < LATELY)
    };
    entries.flatten().filter(lately).filter_map(|entry| entry["manager"].as_str()).map(str::to_owned).collect()
}

/// Those that are no controller of ours; upstream's applies what hosts report under a name that ours keeps too.
fn strangers(writers: &BTreeSet<String>) -> Vec<String> {
    let ours = |name: &str| {
        name == field_manager::CONTROLLER || name == field_manager::UPSTREAM_HOST || name.starts_with("kubectl")
    };
    writers.iter().filter(|name| !ours(name)).cloned().collect()
}

fn alone(holders: &[String], writers: &BTreeSet<String>) -> Check {
    let check = Check::of(&codes::ALONE);
    if holders.len() > 1 {
        let error = format!("these hold a Lease each: {}", holders.join(", "));
        return check.fails(error);
    }
    let ours = holders.first().is_some_and(|holder| holder.starts_with(LEASE_IDENTITY_PREFIX));
    let strangers = strangers(writers);
    let hint = "stop the one that holds no Lease, or start it with --leader-elect";
    match (ours, strangers.is_empty(), writers.contains(field_manager::CONTROLLER)) {
        (true, false, _) => {
            check.fails(format!("{} writes the statuses of hosts too", strangers.join(", "))).hint(hint)
        }
        // Just after the Lease has changed hands both have written lately.
        (false, false, true) => check
            .warns(format!("{} and {} wrote in the last minute", field_manager::CONTROLLER, strangers.join(", ")))
            .hint(hint),
        _ => check,
    }
}

/// Whether the controller in the cluster is as new as this program, where that can be told by its image.
fn image(facts: &Facts) -> Option<Check> {
    let ours = semver::Version::parse(env!("CARGO_PKG_VERSION")).ok()?;
    let images = facts.deployments.iter().flatten().filter(|deployment| runs_ours(deployment)).filter_map(image_of);
    let versions: Vec<_> = images.filter_map(|image| Some((image, version_of(image)?))).collect();
    if versions.is_empty() {
        return None;
    }
    let check = Check::of(&codes::CONTROLLER_VERSION);
    let older: Vec<_> =
        versions.iter().filter(|(_, version)| *version < ours).map(|(image, _)| (*image).to_owned()).collect();
    Some(match older.is_empty() {
        true => check,
        false => check.warns(format!("this is {ours}, and there runs {}", few(&older))),
    })
}

/// Whether a Deployment runs this program as a controller.
pub fn runs_ours(deployment: &Value) -> bool {
    let arguments = deployment.pointer("/spec/template/spec/containers/0/args").and_then(Value::as_array);
    arguments.is_some_and(|arguments| arguments.iter().any(|word| word == "run-controller"))
}

/// Whether a Deployment runs upstream's operator.
pub fn runs_upstreams(deployment: &Value) -> bool {
    image_of(deployment).is_some_and(|image| image.contains("runtime-operator"))
}

/// The image of a Deployment's first container.
pub fn image_of(deployment: &Value) -> Option<&str> {
    deployment.pointer("/spec/template/spec/containers/0/image")?.as_str()
}

fn version_of(image: &str) -> Option<semver::Version> {
    let name = image.split('@').next()?;
    let tag = name.rsplit('/').next()?.split_once(':')?.1;
    semver::Version::parse(tag.trim_start_matches('v')).ok()
}

/// Whether an install would meet another controller.
pub(super) fn assess_before_install(facts: &Facts) -> Check {
    let check = Check::of(&codes::VACANT);
    let charge = facts.leases.as_ref().map(|leases| Charge::of(leases, facts.now));
    let others: Vec<_> = facts.deployments.iter().flatten().filter_map(image_of).map(str::to_owned).collect();
    match charge {
        Ok(charge @ Charge::Held { .. }) => check.warns(format!("in charge: {charge}")),
        Err(error) => check.untold(error).hint("ask for the right to list leases.coordination.k8s.io"),
        Ok(_) if !others.is_empty() => check.warns(format!("there is a Deployment of {}", few(&others))),
        Ok(_) => check,
    }
}

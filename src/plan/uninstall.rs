//! What an uninstall takes away, and when it must not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::core::ApiResource;
use kube::{Resource, ResourceExt};
use serde::Deserialize;
use serde_json::Value;

use super::charge::Charge;
use super::check::is_alive;
use super::install::NAME;
use crate::api::names::annotation::TOMBSTONES;
use crate::api::names::{GROUP, LEASE_IDENTITY_PREFIX};
use crate::api::{HasConditions, Host, Kind, Workload};
use crate::error::Error;

/// What there is.
#[derive(Clone, Debug)]
pub struct Observed {
    /// When it was looked at.
    pub now: Timestamp,
    /// All objects of our kinds.
    pub objects: Vec<(Kind, Value)>,
    /// The names of our definitions that are there.
    pub crds: Vec<String>,
    /// What `install` put there beside them, in the order in which it is to go.
    pub installed: Vec<Installed>,
    /// Who is in charge.
    pub charge: Charge,
}

/// An object that `install` put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its resource.
    pub resource: ApiResource,
    /// Its namespace, unless it has none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request {
    /// The definitions, and all objects with them, stay.
    pub keep_crds: bool,
    /// Finalizers are taken off where nobody else will do it.
    pub rescue: bool,
}

/// What is going to be done, in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What `install` put there; the Deployment first, and its end is waited for.
    pub installed: Vec<Installed>,
    /// Objects whose finalizers of ours are taken off.
    pub released: Vec<Released>,
    /// Names of definitions that go, with all their objects.
    pub crds: Vec<String>,
    /// Objects that go with them, for a person to read; empty when there are none.
    pub lost: String,
    /// What one should know before.
    pub warnings: Vec<String>,
}

/// An object whose finalizers are taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The finalizers of an object that stay when ours are taken off.
pub fn others_finalizers(object: &Value) -> Vec<&str> {
    finalizers(object).filter(|name| !name.starts_with(GROUP)).collect()
}

fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    let all = object.pointer("/metadata/finalizers").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str)
}

fn has_ours(object: &Value) -> bool {
    finalizers(object).any(|name| name.starts_with(GROUP))
}

fn word<'a>(object: &'a Value, path: &str) -> &'a str {
    object.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// Plans it.
///
/// # Errors
/// [`Error::WouldLeave`] when something would be left behind that nobody takes care of any more.
pub fn plan_uninstall(observed: &Observed, request: Request) -> Result<Plan, Error> {
    let mut plan = Plan { installed: observed.installed.clone(), ..Plan::default() };
    if request.keep_crds {
        let ending = |object: &Value| has_ours(object) && !word(object, "/metadata/deletionTimestamp").is_empty();
        let ending: Vec<_> = observed.objects.iter().filter(|(_, object)| ending(object)).collect();
        match (ending.is_empty(), request.rescue) {
            (true, _) => {}
            (false, false) => plan.warnings.push(hanging(&ending)),
            (false, true) => plan.release(observed, &ending)?,
        }
        return Ok(plan);
    }
    let held: Vec<_> = observed.objects.iter().filter(|(kind, object)| is_held(*kind, object)).collect();
    if !held.is_empty() && !request.rescue {
        return Err(left_behind(&held, &observed.charge));
    }
    let all: Vec<_> = observed.objects.iter().filter(|(_, object)| has_ours(object)).collect();
    plan.release(observed, &all)?;
    if let Some(holder) = stranger(observed) {
        return Err(in_charge(&holder));
    }
    plan.crds.clone_from(&observed.crds);
    plan.lost = count(observed.objects.iter().filter(|(kind, _)| *kind != Kind::Host));
    Ok(plan)
}

impl Plan {
    /// Takes the finalizers off objects, unless Workloads among them still run.
    fn release(&mut self, observed: &Observed, objects: &[&(Kind, Value)]) -> Result<(), Error> {
        let running = running(observed, objects);
        if !running.is_empty() {
            return Err(still_running(&running, &observed.charge));
        }
        let untold = objects.iter().filter(|(kind, object)| *kind == Kind::Workload && is_placed(object)).count();
        if untold > 0 {
            let them = if untold == 1 { "1 Workload".to_owned() } else { format!("{untold} Workloads") };
            self.warnings.push(format!(
                "whether hosts still run {them} cannot be told, because none of those hosts was heard from lately; \
                 nothing will stop them there but the end of the host"
            ));
        }
        let released = |(kind, object): &&(Kind, Value)| Released {
            kind: *kind,
            namespace: word(object, "/metadata/namespace").to_owned(),
            name: word(object, "/metadata/name").to_owned(),
        };
        self.released = objects.iter().map(released).collect();
        Ok(())
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.installed.is_empty() && self.released.is_empty() && self.crds.is_empty()
    }
}

/// Whether an object's finalizer stands for something that is still to be done. A Host's does only while ids of Workloads
/// are on record there that may still run.
fn is_held(kind: Kind, object: &Value) -> bool {
    let tombstones = || object["metadata"]["annotations"][TOMBSTONES].as_str().is_some_and(|ids| !ids.is_empty());
    has_ours(object) && (kind != Kind::Host || tombstones())
}

fn is_placed(workload: &Value) -> bool {
    !word(workload, "/status/hostId").is_empty()
}

/// Names of hosts that are alive and have Workloads among these, with how many.
fn running(observed: &Observed, objects: &[&(Kind, Value)]) -> BTreeMap<String, usize> {
    let hosts = observed.objects.iter().filter(|(kind, _)| *kind == Kind::Host);
    let hosts = hosts.filter_map(|(_, object)| Host::deserialize(object).ok());
    let alive = hosts.filter(|host| host.is_ready() && is_alive(host, observed.now));
    let alive: BTreeMap<_, _> = alive.map(|host| (host.host_id.clone(), host.name_any())).collect();
    let mut running = BTreeMap::new();
    for (_, object) in objects.iter().filter(|(kind, _)| *kind == Kind::Workload) {
        let Ok(workload) = Workload::deserialize(object) else { continue };
        let host = workload.status.and_then(|status| status.host_id);
        if let Some(name) = host.and_then(|id| alive.get(&id)) {
            *running.entry(name.clone()).or_default() += 1;
        }
    }
    running
}

/// Who is in charge and does not go with what `install` put there.
fn stranger(observed: &Observed) -> Option<String> {
    let Charge::Held { holder } = &observed.charge else { return None };
    let deployed = observed.installed.iter().any(|object| object.resource.kind == "Deployment");
    let ours = holder.starts_with(&format!("{LEASE_IDENTITY_PREFIX}{NAME}-"));
    (!deployed || !ours).then(|| holder.clone())
}

fn in_charge(holder: &str) -> Error {
    Error::WouldLeave {
        message: format!("{holder} is in charge, and would go on without its kinds"),
        help: "stop that controller first: with Ctrl-C where it runs, or by scaling its Deployment to 0; --keep-crds \
               leaves the kinds and all objects where they are"
            .to_owned(),
    }
}

fn left_behind(held: &[&(Kind, Value)], charge: &Charge) -> Error {
    let first = match charge.is_held() {
        true => "",
        false => "no controller is in charge, and one must be: `kubectl wasmcloud run-controller` runs one here\n",
    };
    Error::WouldLeave {
        message: format!("finalizers would be left behind: {}", count(held.iter().copied())),
        help: format!(
            "{first}`kubectl wasmcloud delete {} --all -A` deletes them, and waits until the controller has let them go\n\
             --rescue takes the finalizers off where nobody can do what they stand for",
            kinds(held)
        ),
    }
}

fn still_running(running: &BTreeMap<String, usize>, charge: &Charge) -> Error {
    let total: usize = running.values().sum();
    let hosts: Vec<_> = running.keys().cloned().collect();
    let what = match total {
        1 => "1 Workload still runs".to_owned(),
        total => format!("{total} Workloads still run"),
    };
    let first = match charge.is_held() {
        true => "",
        false => "start a controller first: `kubectl wasmcloud run-controller` runs one here\n",
    };
    Error::WouldLeave {
        message: format!("{what} on {}, where nothing would ever stop what is forgotten", hosts.join(", ")),
        help: format!("{first}`kubectl wasmcloud delete wd,wrs,ww --all -A` stops them"),
    }
}

fn hanging(ending: &[&(Kind, Value)]) -> String {
    format!(
        "objects that are being deleted stay until another controller lets them go: {}; --rescue takes their finalizers off",
        count(ending.iter().copied())
    )
}

/// The short names of the kinds, in the order a user meets them; deployments first, since they would make others anew.
fn kinds(held: &[&(Kind, Value)]) -> String {
    let named = [
        ("wd", Kind::WorkloadDeployment),
        ("wrs", Kind::WorkloadReplicaSet),
        ("ww", Kind::Workload),
        ("art", Kind::Artifact),
        ("hosts", Kind::Host),
    ];
    let has = |kind: Kind| held.iter().any(|(held, _)| *held == kind);
    let workloads = has(Kind::Workload);
    let wanted =
        |kind: Kind| has(kind) || (workloads && matches!(kind, Kind::WorkloadDeployment | Kind::WorkloadReplicaSet));
    named.iter().filter(|(_, kind)| wanted(*kind)).map(|(word, _)| *word).collect::<Vec<_>>().join(",")
}

/// `3 workloads in team-a, 1 artifact in team-b`.
fn count<'a>(objects: impl Iterator<Item = &'a (Kind, Value)>) -> String {
    let mut counts = BTreeMap::<(Kind, &str), usize>::new();
    for (kind, object) in objects {
        *counts.entry((*kind, word(object, "/metadata/namespace"))).or_default() += 1;
    }
    let told = counts.into_iter().map(|((kind, namespace), count)| {
        let noun = if count == 1 { kind.singular() } else { kind.plural() };
        format!("{count} {noun} in {namespace}")
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The resources of what `install` puts into a cluster beside the definitions, in the order in which it is to go.
pub fn installed_resources() -> [ApiResource; 6] {
    use k8s_openapi::api::apps::v1::Deployment;
    use k8s_openapi::api::core::v1::ServiceAccount;
    use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
    fn of<K: Resource<DynamicType = ()>>() -> ApiResource {
        ApiResource::erase::<K>(&())
    }
    [
        of::<Deployment>(),
        of::<ClusterRoleBinding>(),
        of::<RoleBinding>(),
        of::<ClusterRole>(),
        of::<Role>(),
        of::<ServiceAccount>(),
    ]
}

#[cfg(test)]
mod tests;

//! Components and the service: what runs, and within which bounds.

use std::collections::BTreeSet;

use crate::api::Kind;
use crate::validate::code;
use crate::validate::definitions::closest;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::Subject;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = nothing(subject).into_iter().collect();
    found.extend(twice(subject));
    found.extend(subject.components().iter().flat_map(|component| without_pool(subject, component)));
    found.extend(restarts(subject));
    found.extend(subject.programs().iter().flat_map(|program| ports(subject, program)));
    found
}

fn nothing(subject: &Subject<'_>) -> Option<Finding> {
    let runs = matches!(subject.kind, Kind::WorkloadDeployment | Kind::WorkloadReplicaSet | Kind::Workload);
    let beside = subject.unknown_fields_are_told()
        && ["components", "template"].iter().any(|name| subject.document.object.get(name).is_some());
    if runs && !beside && subject.document.object.get("spec").is_none() {
        let message = "there is no spec, so nothing runs";
        let remedy = "`kubectl wasmcloud scaffold` writes one with all that it needs";
        return Some(subject.value(&code::NOTHING_TO_RUN, &subject.root.get("kind")?, message).with_remedy(remedy));
    }
    let workload = subject.workload().filter(|workload| workload.value.is_object())?;
    // What is of the wrong type is told so already.
    let lists =
        |name: &str| workload.get(name).is_some_and(|field| field.value.as_array().is_none_or(|all| !all.is_empty()));
    if lists("components")
        || workload.get("service").is_some()
        || subject.unknown_fields_are_told() && means_to_run(workload)
    {
        return None;
    }
    let message = format!("{}: there are neither components nor a service, so nothing runs", workload.path);
    let remedy = "add\ncomponents:\n- name: web\n  image: REGISTRY/NAME:TAG";
    Some(subject.value(&code::NOTHING_TO_RUN, workload, message).with_remedy(remedy))
}

/// Whether it has components under another name, which is told already.
fn means_to_run(workload: &Field<'_>) -> bool {
    let lists = workload.entries().into_iter().filter(|(_, field)| field.value.is_object() || field.value.is_array());
    let mut names = lists.map(|(name, _)| name).filter(|name| !["components", "service"].contains(name));
    names.any(|name| {
        ["containers", "template", "spec"].contains(&name)
            || closest(name, ["components", "service"].into_iter()).is_some()
    })
}

fn twice(subject: &Subject<'_>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let names: Vec<_> = subject.components().iter().filter_map(|component| component.get("name")).collect();
    let again = names.iter().filter(|name| name.text().is_some_and(|text| !seen.insert(text)));
    let told = again.map(|field| {
        let message = format!("{}: there is a component {} already", field.path, field.text().unwrap_or_default());
        subject.value(&code::DUPLICATE_COMPONENT, field, message).with_remedy("give it a name of its own")
    });
    told.collect()
}

/// Bounds of instances that are kept, of which none are.
fn without_pool(subject: &Subject<'_>, component: &Field<'_>) -> Vec<Finding> {
    let number = |name: &str| component.get(name).and_then(|field| field.value.as_i64());
    if number("poolSize").is_some_and(|size| size > 0)
        || component.get("poolSize").is_some_and(|size| !size.value.is_i64())
    {
        return Vec::new();
    }
    let bounds = ["maxInvocations", "maxConcurrency"].into_iter();
    let set = bounds.filter(|name| number(name).is_some_and(|bound| bound > 0));
    let told = set.filter_map(|name| component.get(name)).map(|field| {
        let message =
            format!("{}: it bounds instances that are kept for more calls, and without poolSize none is", field.path);
        let remedy = "add beside it\npoolSize: 10  # instances that are kept\nor take it out";
        subject.value(&code::IGNORED_LIMIT, &field, message).with_remedy(remedy)
    });
    told.collect()
}

fn restarts(subject: &Subject<'_>) -> Option<Finding> {
    let field = subject.service()?.get("maxRestarts")?;
    let count = field.value.as_i64().filter(|count| *count < 0)?;
    let message = format!(
        "{}: {count} is no number of restarts, and is taken for 0: the service is never started again",
        field.path
    );
    let remedy = "write how often it may be started again, such as maxRestarts: 1000";
    Some(subject.value(&code::NEGATIVE_RESTARTS, &field, message).with_remedy(remedy))
}

/// Ports that do not exist, which the definition's pattern lets pass.
fn ports(subject: &Subject<'_>, program: &Field<'_>) -> Vec<Finding> {
    let Some(local) = program.get("localResources") else { return Vec::new() };
    let hosts = local.list("allowedHosts").into_iter().filter_map(|field| {
        let port = field.text()?.trim_end_matches('/').rsplit_once(':')?.1;
        Some((port, field))
    });
    let loopback = local
        .list("allowedHostLoopbackPorts")
        .into_iter()
        .filter_map(|field| Some((field.text()?.split('/').next()?, field)));
    let all = hosts.chain(loopback);
    let wrong = all.filter(|(port, _)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let wrong =
        wrong.filter(|(port, _)| port.parse::<u16>().is_ok_and(|port| port == 0) || port.parse::<u16>().is_err());
    let told = wrong.map(|(port, field)| {
        let message = format!("{}: there is no port {port}; no host starts the workload", field.path);
        subject.value(&code::INVALID_PORT, &field, message).with_remedy("ports are from 1 to 65535")
    });
    told.collect()
}

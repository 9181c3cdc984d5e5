//! Which hosts run a workload, and hosts themselves.

use crate::api::Kind;
use crate::api::names::label;
use crate::validate::code;
use crate::validate::finding::Finding;
use crate::validate::subject::{Subject, is_empty};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = written(subject).into_iter().chain(pinned(subject)).collect();
    found.extend(pod_labels(subject));
    found
}

fn written(subject: &Subject<'_>) -> Option<Finding> {
    if subject.kind != Kind::Host || subject.is_from_cluster() {
        return None;
    }
    let message = "a Host is written by the controller when a host reports; one that is written by hand runs nothing";
    let remedy = "start a host instead: `wash host`; take the object out";
    Some(subject.value(&code::WRITTEN_HOST, &subject.root.get("kind")?, message).with_remedy(remedy))
}

fn pinned(subject: &Subject<'_>) -> Option<Finding> {
    let field = subject.workload()?.get("hostId").filter(|field| !is_empty(field))?;
    let message = format!("{}: only this one host may run it, and a host has another id after every start", field.path);
    let remedy = "choose hosts by their labels:\nhostSelector:\n  hostgroup: default";
    Some(subject.value(&code::PINNED_TO_HOST, &field, message).with_remedy(remedy))
}

/// A label that stands on the Pod of a host, where the Host's own is meant.
fn pod_labels(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(selector) = subject.workload().and_then(|workload| workload.get("hostSelector")) else {
        return Vec::new();
    };
    let entries = selector.entries().into_iter();
    let wrong = entries.filter(|(key, _)| *key == label::HOST_POD_HOSTGROUP || *key == "wasmcloud.com/name");
    let told = wrong.map(|(key, field)| {
        let message = format!("{}: {key} stands on the Pods of hosts; no Host has it, so none fits", selector.path);
        let remedy = match field.text().filter(|_| key == label::HOST_POD_HOSTGROUP) {
            Some(group) => format!("write {}: {group}", label::HOSTGROUP),
            None => "take it out; `kubectl get hosts --show-labels` shows the labels that Hosts have".to_owned(),
        };
        subject.key(&code::POD_LABEL, &field, message).with_remedy(remedy)
    });
    told.collect()
}

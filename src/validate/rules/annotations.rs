//! Annotations that controllers read: their spelling, and where they belong.

use std::time::Duration;

use jiff::SignedDuration;

use super::rollout::SETTINGS;
use crate::api::Kind;
use crate::api::names::{GROUP, annotation};
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::{Subject, mistyped};

/// All that are read, with the kind they belong to.
fn known() -> impl Iterator<Item = (&'static str, Kind)> {
    let rollout = SETTINGS.into_iter().map(|name| (name, Kind::WorkloadDeployment));
    let artifact = [annotation::RESOLVE, annotation::POLL_INTERVAL].map(|name| (name, Kind::Artifact));
    let host = [annotation::UNSCHEDULABLE, annotation::DRAIN].map(|name| (name, Kind::Host));
    rollout.chain(artifact).chain(host)
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let here = subject.root.at(&["metadata", "annotations"]);
    let template = subject.root.at(&["spec", "template", "annotations"]);
    found.extend(here.iter().flat_map(|all| of(subject, all, Some(subject.kind))));
    found.extend(template.iter().flat_map(|all| of(subject, all, None)));
    if subject.kind == Kind::Artifact {
        found.extend(resolution(subject));
    }
    found
}

/// Annotations of an object of that kind, or of a template.
fn of(subject: &Subject<'_>, annotations: &Field<'_>, kind: Option<Kind>) -> Vec<Finding> {
    let entries = annotations.entries().into_iter().filter(|(name, _)| name.starts_with(GROUP));
    let told = entries.filter_map(|(name, field)| {
        let (message, remedy) = match known().find(|(known, _)| *known == name) {
            Some((_, belongs)) if Some(belongs) == kind => return None,
            Some((_, belongs)) => (
                format!("{name} is read on a {} alone, under its metadata", belongs.name()),
                format!("move it to metadata.annotations of the {}", belongs.name()),
            ),
            None => {
                let meant = mistyped(name, known().map(|(known, _)| known))?;
                (format!("nothing reads {name}"), format!("did you mean {meant}?"))
            }
        };
        let message = format!("{}: {message}", annotations.path);
        Some(subject.key(&code::UNREAD_ANNOTATION, &field, message).with_remedy(remedy))
    });
    told.collect()
}

/// How an Artifact's image is looked up.
fn resolution(subject: &Subject<'_>) -> Vec<Finding> {
    let resolve = subject.annotation(annotation::RESOLVE);
    let wrong = resolve.filter(|field| field.text().is_some_and(|text| text.trim() != "digest")).map(|field| {
        let message =
            format!("{} is \"{}\", which means nothing", annotation::RESOLVE, field.text().unwrap_or_default());
        subject
            .value(&code::INVALID_SETTING, &field, message)
            .with_remedy(format!("write {}: digest", annotation::RESOLVE))
    });
    let least = Duration::from_secs(10);
    let sensible = |text: &str| {
        let read = text.trim().parse::<SignedDuration>().ok().and_then(|read| Duration::try_from(read).ok());
        read.is_some_and(|every| every >= least)
    };
    let interval = subject.annotation(annotation::POLL_INTERVAL);
    let interval = interval.filter(|field| field.text().is_some_and(|text| !sensible(text))).map(|field| {
        let text = field.text().unwrap_or_default();
        let message = format!("{} is \"{text}\", which is no duration of at least 10s", annotation::POLL_INTERVAL);
        let remedy = format!("write {}: 5m", annotation::POLL_INTERVAL);
        subject.value(&code::INVALID_SETTING, &field, message).with_remedy(remedy)
    });
    wrong.into_iter().chain(interval).collect()
}

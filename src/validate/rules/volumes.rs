//! Volumes, and where they are mounted.

use std::collections::{BTreeMap, BTreeSet};

use crate::validate::code;
use crate::validate::definitions::closest;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::{Subject, mistyped};

const SOURCES: [&str; 2] = ["ephemeral", "hostPath"];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let volumes = subject.workload().map(|workload| workload.list("volumes")).unwrap_or_default();
    let named: Vec<_> = volumes.iter().filter_map(|volume| Some((volume.text_of("name")?, volume))).collect();
    let mut found: Vec<_> = volumes.iter().filter_map(|volume| source(subject, volume)).collect();
    found.extend(twice(subject, &named));
    let names: BTreeSet<_> = named.iter().map(|(name, _)| *name).collect();
    let mut mounted = BTreeSet::new();
    for program in subject.programs() {
        let mounts = program.get("localResources").map(|local| local.list("volumeMounts")).unwrap_or_default();
        found.extend(mounts.iter().filter_map(|mount| unknown(subject, mount, &names)));
        found.extend(same_path(subject, &mounts));
        mounted.extend(mounts.iter().filter_map(|mount| mount.text_of("name")));
    }
    // A mount that is misspelt, or stands where Pods have it, is what leaves a volume without one.
    let is_misplaced = subject.unknown_fields_are_told()
        && subject.programs().iter().any(|program| program.get("volumeMounts").is_some());
    let is_known = mounted.is_subset(&names) && !is_misplaced;
    let unused = named.iter().filter(|_| is_known).filter(|(name, _)| !mounted.contains(name));
    found.extend(unused.map(|(name, volume)| {
        let message = format!("{}: no component mounts volume {name}", volume.path);
        let remedy = format!("add to a component\nlocalResources:\n  volumeMounts:\n  - name: {name}\n    mountPath: /{name}\nor take the volume out");
        subject.value(&code::UNUSED_VOLUME, volume, message).with_remedy(remedy)
    }));
    found
}

fn source(subject: &Subject<'_>, volume: &Field<'_>) -> Option<Finding> {
    let (ephemeral, host_path) = (volume.get("ephemeral"), volume.get("hostPath"));
    let name = volume.text_of("name").unwrap_or_default();
    let (message, remedy) = match (ephemeral, host_path) {
        (Some(_), None) | (None, Some(_)) => return None,
        (Some(_), Some(_)) => ("both ephemeral and hostPath", "keep one of them: ephemeral is made for the workload and gone with it, hostPath is a directory that the host has".to_owned()),
        // A source that is null is told of already: the API server refuses it.
        (None, None) if SOURCES.iter().any(|name| volume.value.get(name).is_some()) => return None,
        // So is one under another name.
        (None, None) if subject.unknown_fields_are_told() && volume.entries().iter().any(|(name, _)| means_source(name)) => return None,
        (None, None) => ("no source", "add ephemeral: {}, or\nhostPath:\n  path: /data  # a directory that the host has".to_owned()),
    };
    let message = format!("{}: volume {name} has {message}; no host starts the workload", volume.path);
    Some(subject.value(&code::VOLUME_SOURCE, volume, message).with_remedy(remedy))
}

/// Whether a field was to be a source, and has a remedy that says which.
fn means_source(name: &str) -> bool {
    ["emptyDir", "persistentVolumeClaim"].contains(&name) || closest(name, SOURCES.into_iter()).is_some()
}

fn twice(subject: &Subject<'_>, named: &[(&str, &Field<'_>)]) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let again = named.iter().filter(|(name, _)| !seen.insert(*name));
    let told = again.map(|(name, volume)| {
        let message = format!("{}: there is a volume {name} already; which one is mounted cannot be told", volume.path);
        let field = volume.get("name").unwrap_or_else(|| (*volume).clone());
        subject.value(&code::DUPLICATE_VOLUME, &field, message).with_remedy("give it another name, or take it out")
    });
    told.collect()
}

fn unknown(subject: &Subject<'_>, mount: &Field<'_>, names: &BTreeSet<&str>) -> Option<Finding> {
    let field = mount.get("name")?;
    let name = field.text().filter(|name| !names.contains(name))?;
    let message = format!("{}: there is no volume {name}; no host starts the workload", field.path);
    let remedy = match mistyped(name, names.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("add beside components\nvolumes:\n- name: {name}\n  ephemeral: {{}}"),
    };
    Some(subject.value(&code::UNKNOWN_VOLUME, &field, message).with_remedy(remedy))
}

fn same_path(subject: &Subject<'_>, mounts: &[Field<'_>]) -> Vec<Finding> {
    let mut firsts: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for mount in mounts {
        let (Some(name), Some(field)) = (mount.text_of("name"), mount.get("mountPath")) else { continue };
        let Some(path) = field.text().map(|path| if path == "/" { path } else { path.trim_end_matches('/') }) else {
            continue;
        };
        match firsts.get(path) {
            Some(first) => {
                let message = format!("{}: volume {first} is mounted at {path} already, and hides {name}", field.path);
                let finding = subject.value(&code::DUPLICATE_MOUNT, &field, message);
                found.push(finding.with_remedy(format!("mount {name} elsewhere, such as mountPath: /{name}")));
            }
            None => drop(firsts.insert(path, name)),
        }
    }
    found
}

//! Images and Artifacts.

use std::collections::BTreeSet;

use oci_client::{ParseError, Reference};

use crate::api::{ImagePullPolicy, Kind, artifact_name};
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::subject::{Subject, mistyped};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let artifacts = listed(subject);
    let artifacts: BTreeSet<_> = artifacts.iter().filter_map(|entry| entry.text_of("name")).collect();
    for program in subject.programs() {
        found.extend(program.get("image").and_then(|image| of_program(subject, &image, &artifacts)));
        found.extend(pull_policy(subject, program));
    }
    if subject.kind == Kind::Artifact {
        let image = subject.root.at(&["spec", "image"]);
        found.extend(image.and_then(|image| of_artifact(subject, &image)));
        found.extend(without_spec(subject));
    }
    found.extend(unused(subject));
    found
}

fn of_program(subject: &Subject<'_>, image: &Field<'_>, artifacts: &BTreeSet<&str>) -> Option<Finding> {
    match artifact_name(image.text()?) {
        Some(name) if artifacts.contains(name) => None,
        Some(name) => unlisted(subject, image, name, artifacts),
        None => reference(subject, image),
    }
}

fn of_artifact(subject: &Subject<'_>, image: &Field<'_>) -> Option<Finding> {
    let text = image.text()?;
    if artifact_name(text).is_none() {
        return reference(subject, image);
    }
    let message = format!("{}: an Artifact is an image itself, and \"{text}\" is none", image.path);
    Some(subject.value(&code::NOT_AN_IMAGE, image, message).with_remedy("write the image: REGISTRY/NAME:TAG"))
}

fn without_spec(subject: &Subject<'_>) -> Option<Finding> {
    let kind = subject.root.get("kind").filter(|_| subject.document.object.get("spec").is_none())?;
    let finding = subject.value(&code::NOT_AN_IMAGE, &kind, "there is no spec, and so no image");
    Some(finding.with_remedy("add\nspec:\n  image: REGISTRY/NAME:TAG"))
}

/// What an image that is to be pulled looks like.
fn reference(subject: &Subject<'_>, image: &Field<'_>) -> Option<Finding> {
    let text = image.text()?;
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
    if matches!(scheme, Some("file")) {
        let message = format!("{}: \"{text}\" is a file, which only the local control plane reads", image.path);
        let remedy = "for a cluster push it to a registry, and write image: REGISTRY/NAME:TAG";
        return Some(subject.value(&code::FILE_IMAGE, image, message).with_remedy(remedy));
    }
    let not_one = |why: String, remedy: String| {
        let message = format!("{}: \"{text}\" is no image: {why}", image.path);
        Some(subject.value(&code::NOT_AN_IMAGE, image, message).with_remedy(remedy))
    };
    match scheme {
        Some("oci") | None => {}
        Some(scheme) => return not_one(format!("nothing is pulled by {scheme}://"), format!("write image: {rest}")),
    }
    if let Err(error) = parsed(rest) {
        let lower = rest.to_ascii_lowercase();
        let remedy = match lower.parse::<Reference>() {
            Ok(_) => format!("write image: {lower}"),
            Err(_) => "write image: REGISTRY/NAME:TAG".to_owned(),
        };
        return not_one(error.to_string(), remedy);
    }
    let last = rest.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) {
        return None;
    }
    let message = format!("{}: \"{text}\" has neither tag nor digest, and is taken for {rest}:latest", image.path);
    let remedy = format!("write image: {rest}:TAG, so that a rollout and an undo know what they run");
    Some(subject.value(&code::UNTAGGED_IMAGE, image, message).with_remedy(remedy))
}

/// Whether it is a reference, as the OCI distribution specification has them.
///
/// Making ready the expression that tells costs more than the whole rest of a start, so it is for those only that are not
/// plainly references.
fn parsed(image: &str) -> Result<(), ParseError> {
    if is_plain(image) { Ok(()) } else { image.parse::<Reference>().map(|_| ()) }
}

/// Whether it is a reference of the simplest form: `REGISTRY:PORT/NAME:TAG` with single dots and dashes between small
/// letters and digits. What is not may be one all the same.
fn is_plain(image: &str) -> bool {
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_word = |word: &str| word.split(['.', '-']).all(|part| !part.is_empty() && part.bytes().all(small));
    let (name, tag) = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((image, "latest"));
    let (host, names) = name.split_once('/').unwrap_or(("localhost", name));
    let (host, port) = host.split_once(':').unwrap_or((host, "5000"));
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    image.len() < 128 && is_port && [host, tag].into_iter().chain(names.split('/')).all(is_word)
}

/// An `artifact://NAME` whose NAME stands for nothing.
fn unlisted(subject: &Subject<'_>, image: &Field<'_>, name: &str, artifacts: &BTreeSet<&str>) -> Option<Finding> {
    let finding = |why: &str| subject.value(&code::UNKNOWN_ARTIFACT, image, format!("{}: {why}", image.path));
    if subject.kind != Kind::WorkloadDeployment {
        let why = format!("a {} has no artifacts, so artifact://{name} stands for nothing", subject.kind.name());
        return Some(finding(&why).with_remedy("write the image itself: only a WorkloadDeployment follows Artifacts"));
    }
    let remedy = match mistyped(name, artifacts.iter().copied()) {
        Some(meant) => format!("did you mean artifact://{meant}?"),
        None => {
            format!("add to spec.artifacts:\n- name: {name}\n  artifactFrom:\n    name: {name}  # the Artifact's name")
        }
    };
    Some(finding(&format!("artifact://{name} is not among spec.artifacts")).with_remedy(remedy))
}

fn listed<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    subject.root.get("spec").map(|spec| spec.list("artifacts")).unwrap_or_default()
}

/// Artifacts that are listed, while no image asks for them.
fn unused(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.kind != Kind::WorkloadDeployment {
        return Vec::new();
    }
    let programs = subject.programs();
    let names: BTreeSet<_> = programs.iter().filter_map(|program| program.text_of("name")).collect();
    let used: BTreeSet<_> =
        programs.iter().filter_map(|program| program.text_of("image")).filter_map(artifact_name).collect();
    let unused = |entry: &Field<'_>| {
        let name = entry.text_of("name").filter(|name| !used.contains(name))?;
        let message = format!("{}: no image is artifact://{name}, so nothing follows this Artifact", entry.path);
        let place = if names.contains(name) { format!("component \"{name}\"") } else { "the component".to_owned() };
        let remedy = format!("write image: artifact://{name} in {place}, or take the entry out");
        Some(subject.value(&code::UNUSED_ARTIFACT, entry, message).with_remedy(remedy))
    };
    listed(subject).iter().filter_map(unused).collect()
}

fn pull_policy(subject: &Subject<'_>, program: &Field<'_>) -> Option<Finding> {
    let field = program.get("imagePullPolicy")?;
    let word = field.text().filter(|word| !word.is_empty() && ImagePullPolicy::from_name(word).is_none())?;
    let message = format!("{}: \"{word}\" is unknown, and is taken for IfNotPresent", field.path);
    let known = ImagePullPolicy::ALL.map(ImagePullPolicy::as_str);
    let meant = known.iter().find(|known| known.eq_ignore_ascii_case(word)).copied();
    let remedy = match meant.or_else(|| mistyped(word, known.into_iter())) {
        Some(meant) => format!("write imagePullPolicy: {meant}"),
        None => format!("write one of {}", known.join(", ")),
    };
    Some(subject.value(&code::UNKNOWN_PULL_POLICY, &field, message).with_remedy(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_references_are_references() {
        for image in ["app", "app:1.0", "registry.example.com/team/app:1.2.3", "localhost:5000/a/b-c:v1"] {
            assert!(is_plain(image), "{image}");
        }
        let signs = ["a", "Z", "0", ".", ":", "/", "-", "_", "@", "+"];
        let mut plain = 0;
        for number in 0..10_usize.pow(6) {
            let image: String = format!("{number}").bytes().map(|digit| signs[usize::from(digit - b'0')]).collect();
            if is_plain(&image) {
                plain += 1;
                assert!(image.parse::<Reference>().is_ok(), "{image}");
            }
        }
        assert!(plain > 500, "{plain}");
    }
}

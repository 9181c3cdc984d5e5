//! `set image`: which images become what.

use serde_json::Value;

use super::{Part, parts, there_are};
use crate::api::{Kind, artifact_name};
use crate::error::Error;
use crate::manifest::edit::Edit;

/// All components, the service among them.
const ALL: &str = "*";

/// What was asked for: images by components' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images(Vec<(String, String)>);

/// Whether a word is `COMPONENT=IMAGE`.
pub fn is_change(word: &str) -> bool {
    word.contains('=')
}

impl Images {
    /// Reads `COMPONENT=IMAGE` words.
    ///
    /// # Errors
    /// In kubectl's words, when there are none or they contradict each other.
    pub fn parse(words: &[String]) -> Result<Self, Error> {
        let pairs: Vec<_> = words.iter().filter_map(|word| word.split_once('=')).collect();
        if pairs.is_empty() {
            return Err(Error::usage_with(
                "at least one image update is required",
                "such as http=registry.example.com/app:2",
            ));
        }
        if let Some((name, image)) = pairs.iter().find(|(name, image)| name.is_empty() || image.trim().is_empty()) {
            return Err(Error::usage(format!(
                "COMPONENT=IMAGE has both a component and an image, and \"{name}={image}\" has not"
            )));
        }
        if pairs.len() > 1 && pairs.iter().any(|(name, _)| *name == ALL) {
            let message =
                "all components are already specified by *, but saw more than one component_name=component_image pairs";
            return Err(Error::usage(message));
        }
        let name_twice =
            |(index, (name, _)): (usize, &(&str, &str))| pairs[..index].iter().any(|(other, _)| other == name);
        if let Some((name, _)) = pairs.iter().enumerate().find(|at| name_twice(*at)).map(|(_, pair)| pair) {
            return Err(Error::usage(format!("component \"{name}\" is named twice")));
        }
        Ok(Self(pairs.into_iter().map(|(name, image)| (name.to_owned(), image.to_owned())).collect()))
    }

    /// Only those that an object has components for.
    #[must_use]
    pub fn known_to(&self, kind: Kind, object: &Value) -> Self {
        let parts = parts(kind, object);
        let is_known = |name: &str| parts.iter().any(|part| matches(part, name));
        Self(self.0.iter().filter(|(name, _)| is_known(name)).cloned().collect())
    }

    /// The names that none of the objects has a component for.
    pub fn unknown_to(&self, objects: &[(Kind, &Value)]) -> Vec<&str> {
        let is_known = |name: &str| {
            objects.iter().any(|(kind, object)| parts(*kind, object).iter().any(|part| matches(part, name)))
        };
        self.0.iter().map(|(name, _)| name.as_str()).filter(|name| !is_known(name)).collect()
    }
}

fn matches(part: &Part<'_>, name: &str) -> bool {
    name == ALL || part.name == name
}

/// The changes of an object that give its components these images.
///
/// # Errors
/// When it has no such component, or does not list the artifact that an image names.
pub fn plan(kind: Kind, object: &Value, images: &Images) -> Result<Vec<Edit>, Error> {
    let parts = parts(kind, object);
    let mut edits = Vec::new();
    for (name, image) in &images.0 {
        check_artifact(kind, object, image)?;
        let meant: Vec<_> = parts.iter().filter(|part| matches(part, name)).collect();
        if meant.is_empty() {
            return Err(unknown(kind, object, name));
        }
        let changed = meant.iter().filter(|part| part.value.get("image").and_then(Value::as_str) != Some(image));
        edits.extend(changed.map(|part| Edit {
            path: [part.path.clone(), vec!["image".into()]].concat(),
            value: Some(image.as_str().into()),
        }));
    }
    Ok(edits)
}

/// An object has no component of that name.
pub fn unknown(kind: Kind, object: &Value, name: &str) -> Error {
    Error::usage_with(format!("unable to find component named \"{name}\""), there_are(&parts(kind, object), name))
}

/// `artifact://NAME` stands only for artifacts that the deployment lists.
fn check_artifact(kind: Kind, object: &Value, image: &str) -> Result<(), Error> {
    let Some(artifact) = artifact_name(image) else { return Ok(()) };
    if kind != Kind::WorkloadDeployment {
        let message = format!("a {} has no artifacts, so {image} stands for nothing", kind.name());
        return Err(Error::usage_with(
            message,
            "give it the image itself; only a WorkloadDeployment follows Artifacts",
        ));
    }
    let listed = object.pointer("/spec/artifacts").and_then(Value::as_array).into_iter().flatten();
    let names: Vec<_> = listed.filter_map(|listed| listed.get("name")?.as_str()).collect();
    if names.contains(&artifact) {
        return Ok(());
    }
    let help = match names.is_empty() {
        true => "spec.artifacts lists none; `kubectl wasmcloud explain wd.spec.artifacts` shows how".to_owned(),
        false => format!("spec.artifacts lists {}", names.join(", ")),
    };
    Err(Error::usage_with(format!("artifact \"{artifact}\" is not listed in spec.artifacts"), help))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::edit::apply;

    fn images(line: &str) -> Result<Images, Error> {
        Images::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    fn deployment() -> Value {
        json!({"spec": {
            "artifacts": [{"name": "app", "artifactFrom": {"name": "a"}}],
            "template": {"spec": {
                "components": [{"name": "http", "image": "h:1"}, {"name": "worker", "image": "w:1"}],
                "service": {"image": "s:1"},
            }},
        }})
    }

    fn after(line: &str) -> Result<String, Error> {
        let mut object = deployment();
        let edits = plan(Kind::WorkloadDeployment, &object, &images(line)?)?;
        apply(&mut object, &edits);
        let images = parts(Kind::WorkloadDeployment, &object)
            .iter()
            .map(|part| part.value["image"].to_string())
            .collect::<Vec<_>>();
        Ok(images.join(" ").replace('"', ""))
    }

    #[test]
    fn images_go_to_the_components_that_are_named() {
        assert_eq!(after("http=h:2").unwrap(), "h:2 w:1 s:1");
        assert_eq!(after("service=s:2 worker=w:2").unwrap(), "h:1 w:2 s:2");
        assert_eq!(after("*=x").unwrap(), "x x x");
        assert_eq!(after("http=artifact://app").unwrap(), "artifact://app w:1 s:1");
        assert!(plan(Kind::WorkloadDeployment, &deployment(), &images("http=h:1").unwrap()).unwrap().is_empty());
    }

    #[test]
    fn what_is_not_there_is_refused_with_what_is() {
        let refused = |line| match after(line).unwrap_err() {
            Error::Usage { message, help } => format!("{message}; {}", help.unwrap_or_default()),
            other => panic!("{other}"),
        };
        assert_eq!(
            refused("htp=x"),
            "unable to find component named \"htp\"; its components are http, worker, service; did you mean \"http\"?"
        );
        assert_eq!(
            refused("http=artifact://x"),
            "artifact \"x\" is not listed in spec.artifacts; spec.artifacts lists app"
        );
        let set = plan(Kind::WorkloadReplicaSet, &deployment(), &images("http=artifact://app").unwrap()).unwrap_err();
        assert_eq!(set.to_string(), "a WorkloadReplicaSet has no artifacts, so artifact://app stands for nothing");
    }

    #[test]
    fn words_that_make_no_sense_are_refused() {
        for (line, message) in [
            ("", "at least one image update is required"),
            ("a=", "COMPONENT=IMAGE has both"),
            ("=b", "COMPONENT=IMAGE has both"),
            ("*=a b=c", "all components are already specified by *"),
            ("a=b a=c", "component \"a\" is named twice"),
        ] {
            let error = images(line).unwrap_err().to_string();
            assert!(error.starts_with(message), "{line}: {error}");
        }
    }

    #[test]
    fn of_several_objects_each_takes_what_it_has() {
        let (object, images) = (deployment(), images("http=x other=y").unwrap());
        assert_eq!(
            images.known_to(Kind::WorkloadDeployment, &object),
            Images(vec![("http".to_owned(), "x".to_owned())])
        );
        assert_eq!(images.unknown_to(&[(Kind::WorkloadDeployment, &object)]), ["other"]);
    }
}

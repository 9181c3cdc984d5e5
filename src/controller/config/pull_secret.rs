//! Which credentials of a pull secret are for an image.

use std::collections::BTreeMap;

use super::ConfigProblem;
use crate::hosts::wire::ImagePullSecret;
use crate::registry::credentials::{DockerConfig, SECRET_KEY};

/// The credentials in a Secret of type `kubernetes.io/dockerconfigjson` for the registry of an image.
///
/// # Errors
/// When it is no such Secret, or has nothing for that registry; never with what it holds.
pub fn credentials(
    secret: &str,
    data: &BTreeMap<String, Vec<u8>>,
    image: &str,
) -> Result<ImagePullSecret, ConfigProblem> {
    let invalid = || ConfigProblem::PullSecretInvalid(secret.to_owned());
    let config = data.get(SECRET_KEY).and_then(|text| DockerConfig::read(text)).ok_or_else(invalid)?;
    let found = config.credentials(image).map_err(|_| invalid())?;
    found.ok_or_else(|| ConfigProblem::PullSecretHasNoRegistry { secret: secret.to_owned(), image: image.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(json: &str) -> BTreeMap<String, Vec<u8>> {
        BTreeMap::from([(".dockerconfigjson".to_owned(), json.as_bytes().to_vec())])
    }

    #[test]
    fn the_entry_of_the_images_registry_counts() {
        let data = secret(
            r#"{"auths":{"reg.example:5000":{"username":"a","password":"1"},
                         "https://ghcr.io":{"auth":"Yjoy"},
                         "https://index.docker.io/v1/":{"username":"c","password":"3"},
                         "ghcr.io/acme":{"username":"d","password":"4:x"}}}"#,
        );
        let user = |image| credentials("pull", &data, image).map(|found| found.username);
        assert_eq!(user("reg.example:5000/a/b:v1"), Ok("a".into()));
        assert_eq!(user("ghcr.io/other/x@sha256:00"), Ok("b".into()));
        assert_eq!(user("ghcr.io/acme/x:1"), Ok("d".into()));
        assert_eq!(user("ghcr.io/acmes/x:1"), Ok("b".into()));
        assert_eq!(user("nginx"), Ok("c".into()));
        assert_eq!(user("acme/web:1"), Ok("c".into()));
        assert_eq!(
            user("quay.io/a:1"),
            Err(ConfigProblem::PullSecretHasNoRegistry { secret: "pull".into(), image: "quay.io/a:1".into() })
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_shown() {
        for text in
            ["", "{", r#"{"auths":{"r.io":{"auth":"!hunter2"}}}"#, r#"{"auths":{"r.io":{"auth":"aHVudGVyMg=="}}}"#]
        {
            let problem = credentials("pull", &secret(text), "r.io/a:1").unwrap_err();
            assert_eq!(problem, ConfigProblem::PullSecretInvalid("pull".into()), "{text}");
            assert!(!problem.to_string().contains("hunter2"));
        }
        assert!(credentials("pull", &BTreeMap::new(), "r.io/a:1").is_err());
    }
}

//! Which credentials of a Docker configuration are for an image.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::ConfigProblem;
use crate::hosts::wire::ImagePullSecret;
use crate::registry::untagged;

#[derive(Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    username: Option<String>,
    password: Option<String>,
    auth: Option<String>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth(redacted)")
    }
}

/// The credentials in a Secret of type `kubernetes.io/dockerconfigjson` for the registry of an image. Of several entries
/// that fit the one with the longest path counts, as it does to the kubelet.
///
/// # Errors
/// When it is no such Secret, or has nothing for that registry; never with what it holds.
pub fn credentials(
    secret: &str,
    data: &BTreeMap<String, Vec<u8>>,
    image: &str,
) -> Result<ImagePullSecret, ConfigProblem> {
    let invalid = || ConfigProblem::PullSecretInvalid(secret.to_owned());
    let text = data.get(".dockerconfigjson").ok_or_else(invalid)?;
    let config: DockerConfig = serde_json::from_slice(text).map_err(|_| invalid())?;
    let repository = repository(image);
    let fitting = config.auths.iter().filter(|(key, _)| is_for(key, &repository));
    let (_, auth) = fitting
        .max_by_key(|(key, _)| location(key).len())
        .ok_or_else(|| ConfigProblem::PullSecretHasNoRegistry { secret: secret.to_owned(), image: image.to_owned() })?;
    auth.credentials().ok_or_else(invalid)
}

impl Auth {
    fn credentials(&self) -> Option<ImagePullSecret> {
        if let (Some(username), Some(password)) = (&self.username, &self.password) {
            return Some(ImagePullSecret { username: username.clone(), password: password.clone() });
        }
        let decoded = STANDARD.decode(self.auth.as_ref()?.trim()).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (username, password) = text.split_once(':')?;
        Some(ImagePullSecret { username: username.to_owned(), password: password.to_owned() })
    }
}

/// Registry and path of an image, without tag and digest; images without a registry are Docker Hub's.
fn repository(image: &str) -> String {
    let untagged = untagged(image);
    match untagged.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => untagged.to_owned(),
        Some(_) => format!("docker.io/{untagged}"),
        None => format!("docker.io/library/{untagged}"),
    }
}

/// The key of an entry without scheme and API version; Docker Hub has two names.
fn location(key: &str) -> String {
    let bare = key.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let bare = bare.trim_end_matches("/v1").trim_end_matches("/v2");
    bare.replacen("index.docker.io", "docker.io", 1)
}

fn is_for(key: &str, repository: &str) -> bool {
    let location = location(key);
    !location.is_empty()
        && (repository == location || repository.strip_prefix(&location).is_some_and(|rest| rest.starts_with('/')))
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

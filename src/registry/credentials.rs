//! Which credentials of a Docker configuration are for an image: that of a Secret or that of docker itself.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::Secret;
use serde::Deserialize;

use super::untagged;
use crate::hosts::wire::ImagePullSecret;

/// The key of a Secret of type `kubernetes.io/dockerconfigjson`.
pub const SECRET_KEY: &str = ".dockerconfigjson";

/// The type of a Secret that images are pulled with.
pub const SECRET_TYPE: &str = "kubernetes.io/dockerconfigjson";

/// Docker's configuration, as far as it is about registries.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DockerConfig {
    auths: BTreeMap<String, Auth>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Auth {
    username: Option<String>,
    password: Option<String>,
    auth: Option<String>,
}

/// An entry for the image's registry holds no user and password.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable;

impl DockerConfig {
    /// Reads a configuration; `None` when it is none.
    pub fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// The configuration in a Secret as a manifest has it: `stringData` wins.
    pub fn of_secret(secret: &Secret) -> Option<Self> {
        let text = secret.string_data.as_ref().and_then(|data| data.get(SECRET_KEY)).map(|text| text.as_bytes());
        let data = secret.data.as_ref().and_then(|data| data.get(SECRET_KEY)).map(|text| text.0.as_slice());
        Self::read(text.or(data)?)
    }

    /// The credentials for the registry of an image. Of several entries that fit the one with the longest path counts, as
    /// it does to the kubelet.
    ///
    /// # Errors
    /// When there is an entry and it cannot be read.
    pub fn credentials(&self, image: &str) -> Result<Option<ImagePullSecret>, Unreadable> {
        let repository = repository(image);
        let fitting = self.auths.iter().filter(|(key, _)| is_for(key, &repository));
        match fitting.max_by_key(|(key, _)| location(key).len()) {
            Some((_, auth)) => auth.credentials().map(Some).ok_or(Unreadable),
            None => Ok(None),
        }
    }

    /// The program that knows the credentials for the registry of an image, and what it calls the registry.
    pub(super) fn helper(&self, image: &str) -> Option<(&str, String)> {
        let repository = repository(image);
        let registry = repository.split('/').next().unwrap_or_default();
        let server = if registry == "docker.io" { "https://index.docker.io/v1/" } else { registry };
        let own = self.cred_helpers.iter().find(|(key, _)| location(key) == registry).map(|(_, helper)| helper);
        let helper = own.unwrap_or(&self.creds_store);
        (!helper.is_empty()).then(|| (helper.as_str(), server.to_owned()))
    }
}

impl fmt::Debug for DockerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DockerConfig(redacted)")
    }
}

impl Auth {
    fn credentials(&self) -> Option<ImagePullSecret> {
        if let (Some(username), Some(password)) = (&self.username, &self.password) {
            return Some(ImagePullSecret { username: username.clone(), password: password.clone() });
        }
        let decoded = STANDARD.decode(self.auth.as_ref()?.trim()).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (username, password) = text.split_once(':')?;
        // What docker writes ends in a NUL.
        let password = password.trim_end_matches('\0').to_owned();
        Some(ImagePullSecret { username: username.to_owned(), password })
    }
}

/// Registry and path of an image, without tag and digest; images without a registry are Docker Hub's.
fn repository(image: &str) -> String {
    let untagged = untagged(image.strip_prefix("oci://").unwrap_or(image));
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
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn config(json: &serde_json::Value) -> DockerConfig {
        DockerConfig::read(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_secret_has_them_as_text_or_as_data() {
        let text = r#"{"auths":{"r.io":{"auth":"YTpi"}}}"#;
        let data = json!({"data": {SECRET_KEY: STANDARD.encode(text)}});
        for secret in [data, json!({"stringData": {SECRET_KEY: text}, "data": {SECRET_KEY: STANDARD.encode("{}")}})] {
            let secret: Secret = serde_json::from_value(secret).unwrap();
            let found = DockerConfig::of_secret(&secret).unwrap().credentials("r.io/x:1").unwrap().unwrap();
            assert_eq!((found.username.as_str(), found.password.as_str()), ("a", "b"));
        }
        assert!(DockerConfig::of_secret(&Secret::default()).is_none());
    }

    #[test]
    fn what_docker_writes_is_read() {
        let hub =
            config(&json!({"auths": {"https://index.docker.io/v1/": {"auth": STANDARD.encode("me:secret\0\0")}}}));
        assert_eq!(hub.credentials("acme/web:1").unwrap().unwrap().password, "secret");
        assert_eq!(hub.credentials("oci://acme/web:1").unwrap().unwrap().username, "me");
        assert_eq!(hub.credentials("ghcr.io/acme/web:1"), Ok(None));
        let empty = config(&json!({"auths": {"ghcr.io": {}}, "credsStore": "desktop", "HttpHeaders": {}}));
        assert_eq!(empty.credentials("ghcr.io/acme/web:1"), Err(Unreadable));
        assert_eq!(format!("{hub:?}"), "DockerConfig(redacted)");
    }

    #[test]
    fn a_helper_is_that_of_the_registry_or_that_of_all() {
        let both = config(&json!({"credHelpers": {"gcr.io": "gcloud"}, "credsStore": "desktop"}));
        assert_eq!(both.helper("gcr.io/a/b:1"), Some(("gcloud", "gcr.io".to_owned())));
        assert_eq!(both.helper("acme/web:1"), Some(("desktop", "https://index.docker.io/v1/".to_owned())));
        assert_eq!(both.helper("localhost:5000/web:1"), Some(("desktop", "localhost:5000".to_owned())));
        assert_eq!(config(&json!({})).helper("gcr.io/a/b:1"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64), image in ".{0,40}") {
            let text = json!({"auths": {image.clone(): {"auth": STANDARD.encode(&bytes)}}}).to_string();
            for text in [bytes.as_slice(), text.as_bytes()] {
                if let Some(config) = DockerConfig::read(text) {
                    let _ = (config.credentials(&image), config.helper(&image));
                }
            }
        }
    }
}

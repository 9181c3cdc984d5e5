//! What registries answer, read. Pure: whatever bytes come, something is made of them, or words that can be shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use http_auth::ChallengeRef;
use http_auth::parser::ChallengeParser;
use oci_client::client::current_platform_resolver;
use oci_client::errors::{OciEnvelope, OciErrorCode};
use oci_client::manifest::{ImageIndexEntry, OciDescriptor};
use reqwest::header::WWW_AUTHENTICATE;
use serde::Deserialize;

use super::is_digest;
use crate::hosts::wire::ImagePullSecret;

/// Bytes of a component that are read; a large one has a tenth of it.
pub const LIMIT: u64 = 256 * 1024 * 1024;

/// The media types that components have had.
const LAYERS: [&str; 3] = [
    "application/wasm",
    "application/vnd.wasm.content.layer.v1+wasm",
    "application/vnd.module.wasm.content.layer.v1+wasm",
];

/// Characters of a registry's words that are shown.
const WORDS: usize = 500;
/// Media types that are told of an image that is none of ours.
const TYPES: usize = 3;

/// What a manifest says that an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// It holds a component.
    Component(Layer),
    /// It is for several platforms, and the manifest of that digest is for this one.
    Manifest(String),
}

/// A component in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its digest, which is one.
    pub digest: String,
    /// Its bytes, which are no more than a component may have.
    pub size: u64,
}

/// As far as it matters here: of an image, or of a list of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: Option<u64>,
    layers: Option<Vec<OciDescriptor>>,
    manifests: Option<Vec<ImageIndexEntry>>,
}

/// Reads a manifest.
///
/// # Errors
/// Says why there is no component, as a registry may have put it: as it stands it is not to be shown.
pub fn manifest(body: &[u8]) -> Result<Meant, String> {
    let read = serde_json::from_slice(body).map_err(|error| match error.is_data() {
        // Its words would name types of this program.
        true => format!("its manifest is none at line {}, column {}", error.line(), error.column()),
        false => format!("its manifest cannot be read: {error}"),
    })?;
    match read {
        Manifest { layers: Some(_), schema_version: Some(version), .. } if version != 2 => {
            Err(format!("its manifest is of version {version}, and only 2 can be read"))
        }
        Manifest { layers: Some(layers), .. } => component_of(layers).map(Meant::Component),
        Manifest { manifests: Some(manifests), .. } => {
            let digest = current_platform_resolver(&manifests).ok_or("it has nothing for this platform")?;
            checked(digest).map(Meant::Manifest)
        }
        Manifest { .. } => Err("its manifest has neither layers nor manifests".to_owned()),
    }
}

/// The one layer that is a component.
fn component_of(layers: Vec<OciDescriptor>) -> Result<Layer, String> {
    let (ours, others): (Vec<_>, Vec<_>) =
        layers.into_iter().partition(|layer| LAYERS.contains(&layer.media_type.as_str()));
    let Some(layer) = ours.into_iter().next() else {
        let found: Vec<_> = others.iter().take(TYPES).map(|layer| layer.media_type.as_str()).collect();
        let more = if others.len() > TYPES { ", …" } else { "" };
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        return Err(format!("the image holds no WebAssembly, but {found}{more}"));
    };
    match u64::try_from(layer.size) {
        Ok(size) if size <= LIMIT => Ok(Layer { digest: checked(layer.digest)?, size }),
        Ok(size) => Err(too_large(size)),
        Err(_) => Err("its size is negative".to_owned()),
    }
}

/// Says that a component is too large.
pub(crate) fn too_large(bytes: u64) -> String {
    format!("{bytes} bytes are more than the {LIMIT} that a component may have")
}

/// What is asked for next is part of an address.
fn checked(digest: String) -> Result<String, String> {
    if is_digest(&digest) { Ok(digest) } else { Err(format!("its manifest names `{digest}`, which is no digest")) }
}

/// Where a registry wants a token to be asked for, and for which service.
#[derive(Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The address.
    pub realm: String,
    /// What that address calls the registry.
    pub service: Option<String>,
}

impl Challenge {
    /// That of an answer, if it wants a token.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let told = headers.get_all(WWW_AUTHENTICATE).into_iter().filter_map(|header| header.to_str().ok());
        told.flat_map(|header| ChallengeParser::new(header).map_while(Result::ok)).find_map(|one| Self::bearer(&one))
    }

    fn bearer(challenge: &ChallengeRef<'_>) -> Option<Self> {
        let parameter = |name: &str| {
            let (_, value) = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(value.to_unescaped())
        };
        let is_bearer = challenge.scheme.eq_ignore_ascii_case("Bearer");
        is_bearer.then(|| Some(Self { realm: parameter("realm")?, service: parameter("service") }))?
    }
}

/// Reads a token, which has two names.
pub fn token(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<String>,
        access_token: Option<String>,
    }
    let Answer { token, access_token } = serde_json::from_slice(body).ok()?;
    token.or(access_token)
}

/// What lies behind a registry's refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It wants to know who asks, or somebody else to ask.
    Unauthorized,
    /// It does not have the image.
    NotFound,
    /// It was not reached.
    Unreachable,
    /// Something else.
    Other,
}

impl Refusal {
    fn of_code(code: &OciErrorCode) -> Option<Self> {
        match code {
            OciErrorCode::Denied | OciErrorCode::Unauthorized => Some(Self::Unauthorized),
            OciErrorCode::ManifestUnknown | OciErrorCode::NameUnknown | OciErrorCode::NotFound => Some(Self::NotFound),
            _ => None,
        }
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Unauthorized,
            StatusCode::NOT_FOUND => Self::NotFound,
            _ => Self::Other,
        }
    }
}

/// Why there is nothing, as the registry has it, and what lies behind it.
pub fn refused(status: StatusCode, body: &[u8]) -> (String, Refusal) {
    let (said, code) = match serde_json::from_slice::<OciEnvelope>(body) {
        Ok(OciEnvelope { errors }) => {
            let said: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
            (said.join("; "), errors.iter().find_map(|error| Refusal::of_code(&error.code)))
        }
        Err(_) => (String::from_utf8_lossy(body).trim().to_owned(), None),
    };
    let refusal = match status {
        StatusCode::UNAUTHORIZED => Refusal::Unauthorized,
        _ => code.unwrap_or(Refusal::of_status(status)),
    };
    let colon = if said.is_empty() { "" } else { ": " };
    (format!("the registry answers {status}{colon}{said}"), refusal)
}

/// What a registry has said, in one line and without what it was told.
pub fn words(text: &str, secret: Option<&ImagePullSecret>) -> String {
    let mut text = text.to_owned();
    if let Some(ImagePullSecret { username, password }) = secret.filter(|secret| !secret.password.is_empty()) {
        text = text.replace(&STANDARD.encode(format!("{username}:{password}")), "[redacted]");
        text = text.replace(password, "[redacted]");
    }
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests;

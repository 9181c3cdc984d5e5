//! An image in its registry. oci-client reads every answer to its end, which may never come: here no more is read of a
//! token, a manifest, a component or a refusal than it may have.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use oci_client::Reference;
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use sha2::digest::DynDigest;
use sha2::{Sha256, Sha512};
use tokio::sync::OnceCell;

use super::answer::{self, Challenge, Layer, Meant, Refusal};
use super::cache::hex;
use super::{chain, is_loopback};
use crate::hosts::wire::ImagePullSecret;

/// Bytes of a manifest that are read: the specification asks registries to take no larger ones.
const MANIFEST: u64 = 4 * 1024 * 1024;
/// Bytes of a token's answer that are read; it has to fit into a header.
const TOKEN: u64 = 1024 * 1024;
/// Bytes of a refusal that are read; the rest is let go.
const REFUSAL: usize = 16 * 1024;

/// How long it may take to reach a registry at all.
const CONNECT: Duration = Duration::from_secs(10);

/// What registries are told of who asks.
const AGENT: &str = concat!("kubectl-wasmcloud/", env!("CARGO_PKG_VERSION"));

/// In which header a registry says what a manifest's digest is.
const DIGEST: &str = "docker-content-digest";

/// Why something could not be had.
#[derive(Debug)]
pub(super) struct Failure {
    /// In the registry's words, where it had some: as they stand they are not to be shown.
    pub(super) words: String,
    /// What lies behind them.
    pub(super) refusal: Refusal,
}

impl Failure {
    fn other(words: impl Into<String>) -> Self {
        Self { words: words.into(), refusal: Refusal::Other }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self { words: chain(&error), refusal: Refusal::Unreachable }
    }
}

/// The way to an image.
pub(crate) struct Remote {
    image: Reference,
    secret: Option<ImagePullSecret>,
    http: reqwest::Client,
    scheme: &'static str,
    /// What lets us in, which is asked for once.
    entry: OnceCell<Option<HeaderValue>>,
}

impl Remote {
    /// `insecure` speaks HTTP to all registries, else only to those of this machine.
    pub(super) fn of(
        image: &Reference,
        secret: Option<&ImagePullSecret>,
        insecure: bool,
        patience: Duration,
    ) -> Result<Self, Failure> {
        // Without one, rustls panics; another that is there already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let scheme = if insecure || is_loopback(image.resolve_registry()) { "http" } else { "https" };
        let http = reqwest::Client::builder().connect_timeout(patience.min(CONNECT)).read_timeout(patience);
        let http = http.user_agent(AGENT).build()?;
        Ok(Self { image: image.clone(), secret: secret.cloned(), http, scheme, entry: OnceCell::new() })
    }

    /// The component that the image holds; of an image for several platforms, that of this one.
    pub(super) async fn content(&self) -> Result<Layer, Failure> {
        match self.manifest(self.version()).await? {
            Meant::Component(layer) => Ok(layer),
            Meant::Manifest(digest) => match self.manifest(&digest).await? {
                Meant::Component(layer) => Ok(layer),
                Meant::Manifest(_) => Err(Failure::other("it lists nothing but lists")),
            },
        }
    }

    /// The digest of the manifest that the image stands for. Nothing is fetched where the registry tells it.
    pub(super) async fn digest(&self) -> Result<String, Failure> {
        let told = self.manifest_request(Method::HEAD, self.version()).await?.send().await?;
        let digest = match digest_of(told.headers()).filter(|_| told.status() == StatusCode::OK) {
            Some(digest) => digest,
            None => self.read(self.version()).await?.1,
        };
        let algorithm = |digest: &str| digest.split(':').next().map(str::to_owned);
        match self.image.digest().filter(|named| algorithm(named) == algorithm(&digest) && *named != digest) {
            Some(named) => Err(Failure::other(format!("the manifest is another than {named}"))),
            None => Ok(digest),
        }
    }

    /// The bytes of a component, which are those of its digest.
    pub(super) async fn component(&self, layer: &Layer) -> Result<Vec<u8>, Failure> {
        let answer = self.request(Method::GET, &format!("blobs/{}", layer.digest)).await?.send().await?;
        let (bytes, digest) = bounded(answer, layer.size, "its manifest says", Hash::like(&layer.digest)).await?;
        match digest == layer.digest {
            true => Ok(bytes),
            false => {
                Err(Failure::other(format!("what the registry sends has the digest {digest}, not {}", layer.digest)))
            }
        }
    }

    /// The tag or digest that the image names.
    fn version(&self) -> &str {
        self.image.digest().or(self.image.tag()).unwrap_or("latest")
    }

    async fn manifest(&self, version: &str) -> Result<Meant, Failure> {
        answer::manifest(&self.read(version).await?.0).map_err(Failure::other)
    }

    /// A manifest's bytes, which are those that are named, and their digest.
    async fn read(&self, version: &str) -> Result<(Vec<u8>, String), Failure> {
        let answer = self.manifest_request(Method::GET, version).await?.send().await?;
        let (body, digest) = bounded(answer, MANIFEST, "a manifest may have", Hash::like(version)).await?;
        match version.contains(':') && digest != version {
            true => Err(Failure::other(format!("the manifest is another than {version}"))),
            false => Ok((body, digest)),
        }
    }

    async fn manifest_request(&self, method: Method, version: &str) -> Result<RequestBuilder, Failure> {
        let types = [
            OCI_IMAGE_MEDIA_TYPE,
            OCI_IMAGE_INDEX_MEDIA_TYPE,
            IMAGE_MANIFEST_MEDIA_TYPE,
            IMAGE_MANIFEST_LIST_MEDIA_TYPE,
        ];
        Ok(self.request(method, &format!("manifests/{version}")).await?.header(ACCEPT, types.join(", ")))
    }

    /// A request for something of the repository.
    async fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        let entry = self.entry.get_or_try_init(|| self.enter()).await?;
        let request = self.http.request(method, self.url(&format!("{}/{path}", self.image.repository())));
        Ok(with(request, entry.clone()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}://{}/v2/{path}", self.scheme, self.image.resolve_registry())
    }

    /// Asks what lets us in: a token, or the credentials themselves.
    async fn enter(&self) -> Result<Option<HeaderValue>, Failure> {
        let told = self.http.get(self.url("")).send().await?;
        let Some(challenge) = Challenge::of(told.headers()) else { return Ok(self.basic()) };
        let unreadable = |error| Failure::other(format!("tokens are to be had at {}: {error}", challenge.realm));
        let mut realm = Url::parse(&challenge.realm).map_err(unreadable)?;
        if self.secret.is_some() && gives_away(self.scheme, &realm) {
            return Err(Failure::other(format!(
                "it wants the credentials at {}, where anybody can read them",
                challenge.realm
            )));
        }
        let scope = format!("repository:{}:pull", self.image.repository());
        realm.query_pairs_mut().append_pair("scope", &scope).extend_pairs(challenge.service.map(|of| ("service", of)));
        let answer = with(self.http.get(realm), self.basic()).send().await?;
        let is_refused = answer.status().is_client_error();
        let read = bounded(answer, TOKEN, "a token may have", Hash::like("")).await;
        let refused = |failure| Failure { refusal: Refusal::Unauthorized, ..failure };
        let (body, _) = read.map_err(|failure| if is_refused { refused(failure) } else { failure })?;
        let token = answer::token(&body).ok_or_else(|| Failure::other("its answer to who asks for a token is none"))?;
        let header = sensitive(&format!("Bearer {token}"));
        header.map(Some).ok_or_else(|| Failure::other("its token is no text that can be sent back"))
    }

    /// The credentials, as they are sent to who is to know them.
    fn basic(&self) -> Option<HeaderValue> {
        let ImagePullSecret { username, password } = self.secret.as_ref()?;
        sensitive(&format!("Basic {}", STANDARD.encode(format!("{username}:{password}"))))
    }
}

/// Whether what a registry was told by TLS would go on without it, and leave this machine.
fn gives_away(scheme: &str, realm: &Url) -> bool {
    scheme == "https" && realm.scheme() != "https" && !realm.host_str().is_some_and(is_loopback)
}

fn with(request: RequestBuilder, entry: Option<HeaderValue>) -> RequestBuilder {
    match entry {
        Some(entry) => request.header(AUTHORIZATION, entry),
        None => request,
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

fn digest_of(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(DIGEST)?.to_str().ok()?.to_owned())
}

/// Everything that is sent, and its digest, as long as it is no more than it may have.
async fn bounded(answer: Response, limit: u64, whose: &str, mut hash: Hash) -> Result<(Vec<u8>, String), Failure> {
    if answer.status() != StatusCode::OK {
        let status = answer.status();
        let (words, refusal) = answer::refused(status, &beginning(answer).await);
        return Err(Failure { words, refusal });
    }
    let (mut parts, mut bytes) = (answer.bytes_stream(), Vec::new());
    while let Some(part) = parts.next().await {
        let part = part?;
        hash.state.update(&part);
        bytes.extend_from_slice(&part);
        if bytes.len() as u64 > limit {
            return Err(Failure::other(format!("the registry sends more than the {limit} bytes that {whose}")));
        }
    }
    Ok((bytes, hash.digest()))
}

/// What a refusal begins with: its status says the most.
async fn beginning(answer: Response) -> Vec<u8> {
    let (mut parts, mut bytes) = (answer.bytes_stream(), Vec::new());
    while bytes.len() < REFUSAL {
        let Some(Ok(part)) = parts.next().await else { break };
        bytes.extend_from_slice(&part);
    }
    bytes.truncate(REFUSAL);
    bytes
}

/// A digest that comes about.
struct Hash {
    algorithm: &'static str,
    state: Box<dyn DynDigest + Send>,
}

impl Hash {
    /// By the algorithm of a digest; by that which registries use where it has none.
    fn like(digest: &str) -> Self {
        match digest.starts_with("sha512:") {
            true => Self { algorithm: "sha512", state: Box::<Sha512>::default() },
            false => Self { algorithm: "sha256", state: Box::<Sha256>::default() },
        }
    }

    fn digest(self) -> String {
        format!("{}:{}", self.algorithm, hex(&self.state.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_do_not_leave_the_machine_in_the_clear() {
        let gives_away = |scheme, realm: &str| gives_away(scheme, &realm.parse().unwrap());
        assert!(gives_away("https", "http://auth.example.com/token"));
        assert!(!gives_away("https", "https://auth.example.com/token"));
        assert!(!gives_away("https", "http://127.0.0.1:5001/token"));
        assert!(!gives_away("http", "http://auth.example.com/token"), "it was told in the clear already");
    }
}

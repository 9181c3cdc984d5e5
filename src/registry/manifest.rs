//! What an image consists of. oci-client reads a manifest to its end, which may never come: here no more is read than a
//! manifest has.

use std::time::Duration;

use futures::StreamExt;
use oci_client::client::{Client, ClientConfig, ClientProtocol, current_platform_resolver};
use oci_client::errors::{OciDistributionError as Error, OciEnvelope};
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
    OciImageManifest, OciManifest,
};
use oci_client::secrets::RegistryAuth;
use oci_client::{Reference, RegistryOperation};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap};
use reqwest::{Method, Response, StatusCode};
use sha2::{Digest, Sha256, Sha512};

use super::is_loopback;

/// Bytes of a manifest that are read: the specification asks registries to take no larger ones.
const LIMIT: usize = 4 * 1024 * 1024;

/// How long it may take to reach a registry at all.
const CONNECT: Duration = Duration::from_secs(10);

/// In which header a registry says what a manifest's digest is.
const DIGEST: &str = "docker-content-digest";

/// The way to the manifests of a registry.
#[derive(Clone)]
pub(crate) struct Manifests {
    /// Knows how to be let in, and reads everything else.
    pub(super) client: Client,
    http: reqwest::Client,
    scheme: &'static str,
}

impl Manifests {
    /// Those of an image's registry. `insecure` speaks HTTP to all of them, else only to those of this machine.
    pub(super) fn of(image: &Reference, insecure: bool, patience: Duration) -> Result<Self, Error> {
        // Without one, rustls panics; another that is there already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let is_plain = insecure || is_loopback(image.resolve_registry());
        let (protocol, scheme) =
            if is_plain { (ClientProtocol::Http, "http") } else { (ClientProtocol::Https, "https") };
        let connect = patience.min(CONNECT);
        let config = ClientConfig {
            protocol,
            connect_timeout: Some(connect),
            read_timeout: Some(patience),
            ..ClientConfig::default()
        };
        let http = reqwest::Client::builder().connect_timeout(connect).read_timeout(patience);
        let http = http.user_agent(config.user_agent).build()?;
        Ok(Self { client: Client::new(config), http, scheme })
    }

    /// What an image consists of; of an image for several platforms, that of this one.
    pub(crate) async fn image(&self, image: &Reference, auth: &RegistryAuth) -> Result<OciImageManifest, Error> {
        match self.manifest(image, auth).await? {
            OciManifest::Image(manifest) => Ok(manifest),
            OciManifest::ImageIndex(index) => {
                let none = || Error::ImageManifestNotFoundError("it has nothing for this platform".to_owned());
                let entry = current_platform_resolver(&index.manifests).ok_or_else(none)?;
                match self.manifest(&image.clone_with_digest(entry), auth).await? {
                    OciManifest::Image(manifest) => Ok(manifest),
                    OciManifest::ImageIndex(_) => {
                        Err(Error::ImageManifestNotFoundError("it lists nothing but lists".to_owned()))
                    }
                }
            }
        }
    }

    /// The digest of the manifest that an image stands for. Nothing is fetched where the registry tells it.
    pub(crate) async fn digest(&self, image: &Reference, auth: &RegistryAuth) -> Result<String, Error> {
        let told = self.ask(Method::HEAD, image, auth).await?;
        let digest = match digest_of(told.headers()).filter(|_| told.status() == StatusCode::OK) {
            Some(digest) => digest,
            None => sha256(&self.read(image, auth).await?),
        };
        let algorithm = |digest: &str| digest.split(':').next().map(str::to_owned);
        match image.digest().filter(|named| algorithm(named) == algorithm(&digest) && *named != digest) {
            Some(named) => Err(Error::SpecViolationError(format!("the manifest is another than {named}"))),
            None => Ok(digest),
        }
    }

    async fn manifest(&self, image: &Reference, auth: &RegistryAuth) -> Result<OciManifest, Error> {
        let body = self.read(image, auth).await?;
        let manifest = serde_json::from_slice(&body).map_err(|error| Error::ManifestParsingError(error.to_string()))?;
        match &manifest {
            OciManifest::Image(OciImageManifest { schema_version, .. }) if *schema_version != 2 => {
                Err(Error::UnsupportedSchemaVersionError(i32::from(*schema_version)))
            }
            _ => Ok(manifest),
        }
    }

    /// A manifest's bytes, which are those that the image names.
    async fn read(&self, image: &Reference, auth: &RegistryAuth) -> Result<Vec<u8>, Error> {
        let answer = self.ask(Method::GET, image, auth).await?;
        let (status, url) = (answer.status(), answer.url().to_string());
        let body = bounded(answer).await?;
        if status != StatusCode::OK {
            return Err(refusal(status, url, &body));
        }
        match image.digest().filter(|digest| !is_of(&body, digest)) {
            Some(digest) => Err(Error::SpecViolationError(format!("the manifest is another than {digest}"))),
            None => Ok(body),
        }
    }

    async fn ask(&self, method: Method, image: &Reference, auth: &RegistryAuth) -> Result<Response, Error> {
        let (registry, name) = (image.resolve_registry(), image.repository());
        let version = image.digest().or(image.tag()).unwrap_or("latest");
        let url = format!("{}://{registry}/v2/{name}/manifests/{version}", self.scheme);
        let types = [
            OCI_IMAGE_MEDIA_TYPE,
            OCI_IMAGE_INDEX_MEDIA_TYPE,
            IMAGE_MANIFEST_MEDIA_TYPE,
            IMAGE_MANIFEST_LIST_MEDIA_TYPE,
        ];
        let request = self.http.request(method, url).header(ACCEPT, types.join(", "));
        let token = self.client.auth(image, auth, RegistryOperation::Pull).await?;
        let request = match (token, auth) {
            (Some(token), _) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            (None, RegistryAuth::Basic(user, password)) => request.basic_auth(user, Some(password)),
            (None, _) => request,
        };
        Ok(request.send().await?)
    }
}

/// Everything, as long as it is no more than a manifest has.
async fn bounded(answer: Response) -> Result<Vec<u8>, Error> {
    let mut parts = answer.bytes_stream();
    let mut body = Vec::new();
    while let Some(part) = parts.next().await {
        body.extend_from_slice(&part?);
        if body.len() > LIMIT {
            let said = format!("the registry sends more than the {LIMIT} bytes that a manifest may have");
            return Err(Error::SpecViolationError(said));
        }
    }
    Ok(body)
}

/// Why there is no manifest, as the registry has it.
fn refusal(status: StatusCode, url: String, body: &[u8]) -> Error {
    match (status, serde_json::from_slice::<OciEnvelope>(body)) {
        (StatusCode::UNAUTHORIZED, _) => Error::UnauthorizedError { url },
        (status, Ok(envelope)) if status.is_client_error() => Error::RegistryError { envelope, url },
        (status, _) => {
            Error::ServerError { code: status.as_u16(), url, message: String::from_utf8_lossy(body).into_owned() }
        }
    }
}

fn digest_of(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(DIGEST)?.to_str().ok()?.to_owned())
}

/// Whether bytes have that digest.
fn is_of(bytes: &[u8], digest: &str) -> bool {
    match digest.split_once(':') {
        Some(("sha512", hex)) => format!("{:x}", Sha512::digest(bytes)) == hex,
        _ => sha256(bytes) == digest,
    }
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

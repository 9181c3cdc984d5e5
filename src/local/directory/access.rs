//! The way to the local API server: its address and a token, in a kubeconfig that only its owner may read.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::crypto::ring;
use serde::Deserialize;

use super::{Directory, DirectoryError, private};

/// The name of the kubeconfig's context, cluster and user.
pub const CONTEXT: &str = "local";
const FILE: &str = "kubeconfig";
/// Random bytes in a token.
const TOKEN: usize = 32;

/// What a client shows to be let in. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one, from the operating system's randomness.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn random() -> Result<Self, DirectoryError> {
        let mut bytes = [0; TOKEN];
        let filled = ring::default_provider().secure_random.fill(&mut bytes);
        filled.map_err(|_| DirectoryError::Keys("the operating system gives no random numbers".to_owned()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Whether a client shows this token; takes as long for a wrong one as for the right one.
    pub fn is(&self, shown: &[u8]) -> bool {
        let token = self.0.as_bytes();
        let difference = token.iter().zip(shown).fold(0, |difference, (a, b)| difference | (a ^ b));
        token.len() == shown.len() && std::hint::black_box(difference) == 0
    }

    /// The token for a client of our own.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// One that somebody wrote into the kubeconfig counts when nobody guesses it.
    fn kept(text: &str) -> Option<Self> {
        (URL_SAFE_NO_PAD.decode(text).ok()?.len() >= TOKEN).then(|| Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

/// What the kubeconfig says of the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// What it lets in.
    pub token: Token,
    /// The authority of its certificate, as PEM.
    pub authority: String,
}

impl Directory {
    /// Where the kubeconfig is.
    pub fn kubeconfig(&self) -> PathBuf {
        self.path().join(FILE)
    }

    /// What the kubeconfig says; `None` when there is none, or none that this program wrote.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access(&self) -> Result<Option<Access>, DirectoryError> {
        Ok(private::read(&self.kubeconfig())?.and_then(|text| Access::read(&text)))
    }

    /// Writes the kubeconfig, unless it says the same: a namespace that the user put there stays.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn give_access(&self, access: &Access) -> Result<(), DirectoryError> {
        if self.access()?.as_ref() == Some(access) {
            return Ok(());
        }
        private::write(&self.kubeconfig(), access.kubeconfig().as_bytes())
    }
}

impl Access {
    /// The address of the API server.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    fn read(text: &str) -> Option<Self> {
        let kubeconfig: Kubeconfig = serde_saphyr::from_str(text).ok()?;
        let cluster = kubeconfig.clusters.into_iter().find(|named| named.name == CONTEXT)?.cluster;
        let port = cluster.server.strip_prefix("https://127.0.0.1:")?.parse().ok()?;
        let authority = STANDARD.decode(cluster.certificate_authority_data).ok()?;
        let token = kubeconfig.users.into_iter().find(|named| named.name == CONTEXT)?.user.token;
        Some(Self { port, token: Token::kept(&token)?, authority: String::from_utf8(authority).ok()? })
    }

    fn kubeconfig(&self) -> String {
        let (url, authority, token) = (self.url(), STANDARD.encode(&self.authority), self.token.reveal());
        format!(
            "apiVersion: v1
kind: Config
clusters:
- name: {CONTEXT}
  cluster:
    server: {url}
    certificate-authority-data: {authority}
users:
- name: {CONTEXT}
  user:
    token: {token}
contexts:
- name: {CONTEXT}
  context:
    cluster: {CONTEXT}
    user: {CONTEXT}
    namespace: default
current-context: {CONTEXT}
"
        )
    }
}

/// As much of a kubeconfig as this program writes. What somebody adds to it may look otherwise.
#[derive(Deserialize)]
struct Kubeconfig {
    clusters: Vec<NamedCluster>,
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    #[serde(default)]
    cluster: Cluster,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Cluster {
    server: String,
    certificate_authority_data: String,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: User,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    token: String,
}

//! From kubeconfig files and flags to a client configuration, as client-go does it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use kube::Config;
use kube::config::{AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedContext};
use kube::config::{NamedAuthInfo, NamedCluster};

use serde_saphyr::MessageFormatter as _;

use super::Environment;
use super::pod::Pod;
use crate::cli::GlobalArgs;
use crate::error::Error;

/// The name that the one cluster, user and context have once all flags are applied.
const EFFECTIVE: &str = "effective";

impl GlobalArgs {
    /// The configuration to build a client from: flags over kubeconfig files over the Pod's service account.
    ///
    /// # Errors
    /// When a file cannot be read, names something that is not there, or nothing is configured at all.
    pub async fn client_config(&self) -> Result<Config, Error> {
        let (kubeconfig, files) = self.read_kubeconfig()?;
        let pod = Pod::find(&self.environment);
        let found = match (effective(kubeconfig, self)?, &pod) {
            (None, Some(pod)) => effective(pod.kubeconfig(), self)?,
            (found, _) => found,
        };
        let mut kubeconfig = found.ok_or_else(|| Error::NoKubeconfig { looked_at: looked_at(&files) })?;
        if let Some(pod) = pod {
            at_home(&mut kubeconfig, &pod);
        }
        let mut config = configure(kubeconfig, &self.environment).await?;
        if let Some(namespace) = &self.namespace {
            config.default_namespace.clone_from(namespace);
        }
        if let Some(timeout) = self.request_timeout.filter(|timeout| !timeout.is_zero()) {
            config.connect_timeout = Some(timeout);
            config.read_timeout = Some(timeout);
        }
        Ok(config)
    }

    /// All kubeconfig files in one.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn merged_kubeconfig(&self) -> Result<Kubeconfig, Error> {
        self.read_kubeconfig().map(|(kubeconfig, _)| kubeconfig)
    }

    fn read_kubeconfig(&self) -> Result<(Kubeconfig, Vec<PathBuf>), Error> {
        let local = self.local_kubeconfig()?;
        let explicit = local.is_some() || self.kubeconfig.is_some();
        let files = local.map_or_else(|| kubeconfig_files(self, &self.environment), |path| vec![path]);
        Ok((read_kubeconfig(&files, explicit)?, files))
    }
}

/// A context without a namespace works in the Pod's.
fn at_home(kubeconfig: &mut Kubeconfig, pod: &Pod) {
    for context in kubeconfig.contexts.iter_mut().filter_map(|named| named.context.as_mut()) {
        context.namespace.get_or_insert_with(|| pod.namespace.clone());
    }
}

/// What the one context says. Without a proxy of its own the environment's counts, as client-go has it: kube would hold
/// `NO_PROXY` against the proxy instead of the server, and go through a proxy to this very machine.
async fn configure(kubeconfig: Kubeconfig, environment: &Environment) -> Result<Config, Error> {
    let mut clusters = kubeconfig.clusters.iter().filter_map(|named| named.cluster.as_ref());
    let names_proxy = clusters.any(|cluster| cluster.proxy_url.as_ref().is_some_and(|url| !url.is_empty()));
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
    let mut config = config.map_err(Error::of_kubeconfig)?;
    if !names_proxy {
        config.proxy_url = proxy(&config.cluster_url, environment);
    }
    Ok(config)
}

/// The proxy that the environment names for a server; this machine needs none.
fn proxy(server: &Uri, environment: &Environment) -> Option<Uri> {
    let set = |upper: &str, lower: &str| environment.get(upper).or_else(|| environment.get(lower)).unwrap_or_default();
    let proxies = Matcher::builder()
        .http(set("HTTP_PROXY", "http_proxy"))
        .https(set("HTTPS_PROXY", "https_proxy"))
        .no(set("NO_PROXY", "no_proxy"))
        .build();
    let needed = !server.host().is_some_and(is_loopback);
    proxies.intercept(server).filter(|_| needed).map(|proxy| proxy.uri().clone())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(not(feature = "local"))]
impl GlobalArgs {
    /// There is no such thing in a slim build.
    fn local_kubeconfig(&self) -> Result<Option<PathBuf>, Error> {
        Ok(None)
    }
}

/// The files to merge, the first of which wins.
fn kubeconfig_files(global: &GlobalArgs, environment: &Environment) -> Vec<PathBuf> {
    if let Some(path) = &global.kubeconfig {
        return vec![path.clone()];
    }
    let listed = environment.get_os("KUBECONFIG").map(|list| std::env::split_paths(list).collect::<Vec<_>>());
    let listed: Vec<_> = listed.unwrap_or_default().into_iter().filter(|path| !path.as_os_str().is_empty()).collect();
    match environment.get_os("HOME") {
        Some(home) if listed.is_empty() => vec![Path::new(home).join(".kube").join("config")],
        _ => listed,
    }
}

/// Reads and merges; files of a list that are missing are passed over, as kubectl does.
fn read_kubeconfig(files: &[PathBuf], explicit: bool) -> Result<Kubeconfig, Error> {
    let mut merged = Kubeconfig::default();
    for path in files {
        let unreadable = |error| Error::KubeconfigUnreadable { path: path.clone(), reason: reason(error) };
        match Kubeconfig::read_from(path) {
            Ok(next) => merged = merged.merge(next).map_err(unreadable)?,
            Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == std::io::ErrorKind::NotFound => {
                if explicit {
                    return Err(Error::KubeconfigMissing(path.clone()));
                }
            }
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(merged)
}

/// What is wrong with a file, without showing what stands in it: there may be secrets.
fn reason(error: KubeconfigError) -> String {
    let KubeconfigError::Parse(error) = error else { return error.to_string() };
    let message = serde_saphyr::UserMessageFormatter.format_message(error.without_snippet()).into_owned();
    match error.location() {
        Some(at) => format!("yaml: line {}: {message}", at.line()),
        None => format!("yaml: {message}"),
    }
}

/// One cluster, one user, one context, with the flags applied; `None` when nothing says where the API server is.
fn effective(kubeconfig: Kubeconfig, global: &GlobalArgs) -> Result<Option<Kubeconfig>, Error> {
    let context = chosen_context(&kubeconfig, global)?;
    let cluster_name = global.cluster.clone().or(context.as_ref().map(|context| context.cluster.clone()));
    let user_name = global.user.clone().or(context.as_ref().and_then(|context| context.user.clone()));
    let cluster = match &cluster_name {
        Some(name) => Some(find_cluster(&kubeconfig, name)?),
        None if global.server_url().is_some() => Some(Cluster::default()),
        None => None,
    };
    let Some(cluster) = cluster else { return Ok(None) };
    let user = find_user(&kubeconfig, user_name.as_deref(), global.user.is_some())?;
    let user = as_told(user, global);
    check_impersonation(&user, user_name.as_deref().unwrap_or_default())?;
    let context =
        Context { cluster: EFFECTIVE.to_owned(), user: Some(EFFECTIVE.to_owned()), ..context.unwrap_or_default() };
    let name = || EFFECTIVE.to_owned();
    Ok(Some(Kubeconfig {
        current_context: Some(name()),
        contexts: vec![NamedContext { name: name(), context: Some(context), ..Default::default() }],
        clusters: vec![NamedCluster { name: name(), cluster: Some(with_flags(cluster, global)), ..Default::default() }],
        auth_infos: vec![NamedAuthInfo { name: name(), auth_info: Some(user), ..Default::default() }],
        ..Kubeconfig::default()
    }))
}

fn chosen_context(kubeconfig: &Kubeconfig, global: &GlobalArgs) -> Result<Option<Context>, Error> {
    let current = kubeconfig.current_context.as_ref().filter(|name| !name.is_empty());
    let Some(name) = global.context.as_ref().or(current) else { return Ok(None) };
    let named = kubeconfig.contexts.iter().find(|context| &context.name == name);
    named.and_then(|named| named.context.clone()).map(Some).ok_or_else(|| Error::NoSuchContext(name.clone()))
}

fn find_cluster(kubeconfig: &Kubeconfig, name: &str) -> Result<Cluster, Error> {
    let named = kubeconfig.clusters.iter().find(|cluster| cluster.name == name);
    named.and_then(|named| named.cluster.clone()).ok_or_else(|| Error::NoSuchCluster(name.to_owned()))
}

/// A context may name a user that is not there, as client-go has it; a flag may not.
fn find_user(kubeconfig: &Kubeconfig, name: Option<&str>, by_flag: bool) -> Result<AuthInfo, Error> {
    let Some(name) = name else { return Ok(AuthInfo::default()) };
    let named = kubeconfig.auth_infos.iter().find(|user| user.name == name);
    match named.and_then(|named| named.auth_info.clone()) {
        Some(user) => Ok(user),
        None if by_flag => Err(Error::NoSuchUser(name.to_owned())),
        None => Ok(AuthInfo::default()),
    }
}

fn with_flags(mut cluster: Cluster, global: &GlobalArgs) -> Cluster {
    if let Some(server) = global.server_url() {
        let has_scheme = server.contains("://");
        cluster.server = Some(if has_scheme { server.to_owned() } else { format!("http://{server}") });
    }
    if let Some(path) = &global.certificate_authority {
        cluster.certificate_authority = Some(path.to_string_lossy().into_owned());
        cluster.certificate_authority_data = None;
    }
    if global.insecure_skip_tls_verify {
        cluster.insecure_skip_tls_verify = Some(true);
        cluster.certificate_authority = None;
        cluster.certificate_authority_data = None;
    }
    if let Some(name) = &global.tls_server_name {
        cluster.tls_server_name = Some(name.clone());
    }
    cluster
}

fn as_told(mut user: AuthInfo, global: &GlobalArgs) -> AuthInfo {
    if let Some(token) = &global.token {
        user = with_token(AuthInfo { exec: None, auth_provider: None, ..user }, token);
    }
    if user.token.is_none()
        && let Some(token) = user.token_file.as_deref().and_then(token_with_newline)
    {
        user = with_token(user, &token);
    }
    if global.as_user.is_some() {
        user.impersonate.clone_from(&global.as_user);
    }
    if global.as_uid.is_some() {
        user.impersonate_uid.clone_from(&global.as_uid);
    }
    if !global.as_groups.is_empty() {
        user.impersonate_groups = Some(global.as_groups.clone());
    }
    user
}

/// A group or a UID without a user would be left out of the request, which would then be done with all one's own rights.
fn check_impersonation(user: &AuthInfo, name: &str) -> Result<(), Error> {
    let set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let more = user.impersonate_groups.as_ref().is_some_and(|groups| !groups.is_empty()) || set(&user.impersonate_uid);
    if more && !set(&user.impersonate) { Err(Error::ImpersonatesNobody(name.to_owned())) } else { Ok(()) }
}

/// The user with that token. Its type is not exported by kube; reading it is the way to make one.
fn with_token(user: AuthInfo, token: &str) -> AuthInfo {
    let read: AuthInfo = serde_json::from_value(serde_json::json!({ "token": token })).unwrap_or_default();
    AuthInfo { token: read.token, token_file: None, ..user }
}

/// A token file's content, if there is space around it, which client-go takes off and kube does not. Others are left to kube,
/// which reads them again in time.
fn token_with_newline(path: &str) -> Option<String> {
    let token = std::fs::read_to_string(path).ok()?;
    let trimmed = token.trim();
    (trimmed.len() < token.len()).then(|| trimmed.to_owned())
}

fn looked_at(files: &[PathBuf]) -> String {
    let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
    match names.as_slice() {
        [] => "neither KUBECONFIG nor HOME is set, and this is no Pod".to_owned(),
        names => format!("nothing in {} names one, and this is no Pod", names.join(", ")),
    }
}

#[cfg(test)]
mod tests;

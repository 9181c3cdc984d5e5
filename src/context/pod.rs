//! What a Pod is given to reach the API server of its cluster, as client-go finds it.

use std::path::{Path, PathBuf};

use kube::config::{AuthInfo, Cluster, Context, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext};

use super::Environment;

/// Where Kubernetes puts a Pod's service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The name that the one cluster, user and context have.
const IN_CLUSTER: &str = "in-cluster";

/// The Pod that this runs in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pod {
    server: String,
    /// Kubernetes writes it anew before it expires, so it is not read here.
    token_file: PathBuf,
    /// `None` where there is none: the system's authorities count then.
    authority: Option<PathBuf>,
    /// The namespace it works in unless told otherwise.
    pub(super) namespace: String,
}

impl Pod {
    /// `None` outside a Pod, and in one without a service account.
    pub(super) fn find(environment: &Environment) -> Option<Self> {
        Self::find_in(Path::new(SERVICE_ACCOUNT), environment)
    }

    pub(super) fn find_in(account: &Path, environment: &Environment) -> Option<Self> {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let (host, port) = (set("KUBERNETES_SERVICE_HOST")?, set("KUBERNETES_SERVICE_PORT")?);
        let file = |name: &str| Some(account.join(name)).filter(|path| path.is_file());
        let mounted = || std::fs::read_to_string(account.join("namespace")).ok();
        let namespace = set("POD_NAMESPACE").map(str::to_owned).or_else(mounted).unwrap_or_default();
        let namespace = Some(namespace.trim()).filter(|name| !name.is_empty()).unwrap_or("default").to_owned();
        Some(Self {
            server: format!("https://{}:{port}", bracketed(host)),
            token_file: file("token")?,
            authority: file("ca.crt"),
            namespace,
        })
    }

    /// The kubeconfig that says the same, so that flags change it as they change any other.
    pub(super) fn kubeconfig(&self) -> Kubeconfig {
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        let name = || IN_CLUSTER.to_owned();
        let cluster = Cluster {
            server: Some(self.server.clone()),
            certificate_authority: self.authority.as_ref().map(path),
            ..Cluster::default()
        };
        let user = AuthInfo { token_file: Some(path(&self.token_file)), ..AuthInfo::default() };
        let namespace = Some(self.namespace.clone());
        let context = Context { cluster: name(), user: Some(name()), namespace, ..Context::default() };
        Kubeconfig {
            current_context: Some(name()),
            contexts: vec![NamedContext { name: name(), context: Some(context), ..Default::default() }],
            clusters: vec![NamedCluster { name: name(), cluster: Some(cluster), ..Default::default() }],
            auth_infos: vec![NamedAuthInfo { name: name(), auth_info: Some(user), ..Default::default() }],
            ..Kubeconfig::default()
        }
    }
}

/// IPv6 addresses stand in brackets in a URL.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: [(&str, &str); 2] = [("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("KUBERNETES_SERVICE_PORT", "443")];

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    fn account(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        dir
    }

    #[test]
    fn a_pod_knows_server_token_authority_and_namespace() {
        let account = account(&[("token", "secret"), ("ca.crt", "PEM"), ("namespace", "apps\n")]);
        let pod = Pod::find_in(account.path(), &environment(&ADDRESS)).unwrap();
        assert_eq!(pod.server, "https://10.0.0.1:443");
        assert_eq!(pod.namespace, "apps");
        let kubeconfig = pod.kubeconfig();
        let file = |name: &str| Some(account.path().join(name).to_string_lossy().into_owned());
        let cluster = kubeconfig.clusters[0].cluster.as_ref().unwrap();
        assert_eq!(cluster.certificate_authority, file("ca.crt"));
        let user = kubeconfig.auth_infos[0].auth_info.as_ref().unwrap();
        assert_eq!((&user.token_file, user.token.is_some()), (&file("token"), false));
        assert_eq!(kubeconfig.contexts[0].context.as_ref().unwrap().namespace.as_deref(), Some("apps"));
    }

    #[test]
    fn without_an_address_or_a_token_this_is_no_pod() {
        let full = account(&[("token", "secret")]);
        for variables in [&[][..], &ADDRESS[..1], &ADDRESS[1..], &[ADDRESS[0], ("KUBERNETES_SERVICE_PORT", "")]] {
            assert_eq!(Pod::find_in(full.path(), &environment(variables)), None, "{variables:?}");
        }
        let empty = account(&[]);
        assert_eq!(Pod::find_in(empty.path(), &environment(&ADDRESS)), None);
    }

    #[test]
    fn a_variable_names_the_namespace_before_the_account_does() {
        let named = [ADDRESS[0], ADDRESS[1], ("POD_NAMESPACE", "own")];
        let namespace = |files: &[(&str, &str)], variables: &[_]| {
            let account = account(files);
            Pod::find_in(account.path(), &environment(variables)).unwrap().namespace
        };
        assert_eq!(namespace(&[("token", "t"), ("namespace", "apps")], &named), "own");
        assert_eq!(namespace(&[("token", "t"), ("namespace", " ")], &ADDRESS), "default");
        assert_eq!(namespace(&[("token", "t")], &ADDRESS), "default");
    }

    #[test]
    fn an_address_of_ipv6_stands_in_brackets() {
        let account = account(&[("token", "t")]);
        let variables = [("KUBERNETES_SERVICE_HOST", "fd00::1"), ADDRESS[1]];
        assert_eq!(Pod::find_in(account.path(), &environment(&variables)).unwrap().server, "https://[fd00::1]:443");
    }
}

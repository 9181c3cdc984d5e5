//! Where the log of a host is, and so of what runs on it.

use serde::Serialize;

use crate::controller::pods::{Brought, Pod, Pods};

/// The host of something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    /// Name of the Host, or its id where that is all that is known.
    pub host: String,
    /// The Workloads there that were asked for, `NAMESPACE/NAME`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<String>,
    /// The host's Pod.
    pub pod: Option<PodName>,
    /// The command that shows the log.
    pub command: Option<String>,
    /// Where else it is, where there is no Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What is known of Pods.
pub enum KnownPods {
    /// All of them.
    All(Box<Pods>),
    /// They may not be read, in the server's words.
    Forbidden(String),
    /// This is a local control plane, which has none.
    Local,
}

impl KnownPods {
    /// From Pods as they were listed, found as the controller finds them.
    pub fn of(pods: Vec<Brought>) -> Self {
        let mut known = Pods::default();
        for pod in pods {
            if let Some(change) = known.seen(Pod::of(pod)) {
                known.follow(&change);
            }
        }
        Self::All(Box::new(known))
    }

    /// The Pod of a host that calls itself so.
    pub fn pod_of(&self, hostname: &str, environment: &str) -> Option<PodName> {
        let Self::All(pods) = self else { return None };
        let pod = pods.find(hostname, environment)?;
        Some(PodName { namespace: pod.namespace().to_owned(), name: pod.name().to_owned() })
    }

    /// Where the log of a host is that has no Pod.
    pub fn elsewhere(&self, hostname: &str) -> String {
        match self {
            Self::Local => "its log is that of `kubectl wasmcloud local up`, where that runs".to_owned(),
            Self::Forbidden(words) => format!("which Pod it runs in cannot be told: {words}"),
            Self::All(_) => {
                format!(
                    "it runs in no Pod of a host group that can be told for sure; its log is on {hostname}, where it was started"
                )
            }
        }
    }
}

/// kubectl's command that shows the log of a Pod; `flags` say which cluster.
pub fn command(pod: &PodName, flags: &[String]) -> String {
    let flags: String = flags.iter().map(|flag| format!(" {flag}")).collect();
    format!("kubectl logs{flags} --namespace={} {}", pod.namespace, pod.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pods(all: &[(&str, &str, &str)]) -> KnownPods {
        let pod = |(namespace, name, ip): &(&str, &str, &str)| {
            serde_json::from_value(json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"namespace": namespace, "name": name, "uid": format!("{namespace}-{name}")},
                "spec": {}, "status": {"phase": "Running", "podIP": ip},
            }))
            .unwrap()
        };
        KnownPods::of(all.iter().map(pod).collect())
    }

    #[test]
    fn a_host_is_found_by_its_address_or_its_name() {
        let known = pods(&[("ns", "a", "10.0.0.1"), ("ns", "b", "10.0.0.2"), ("other", "c", "10.0.0.2")]);
        let name = |hostname: &str| known.pod_of(hostname, "ns").map(|pod| format!("{}/{}", pod.namespace, pod.name));
        assert_eq!(name("10.0.0.1").as_deref(), Some("ns/a"));
        assert_eq!(name("a").as_deref(), Some("ns/a"));
        assert_eq!(name("10.0.0.2").as_deref(), Some("ns/b"), "its environment is the Pod's namespace");
        assert_eq!(name("10.0.0.9"), None);
    }

    #[test]
    fn the_command_names_namespace_and_cluster() {
        let pod = PodName { namespace: "ns".to_owned(), name: "a".to_owned() };
        assert_eq!(command(&pod, &[]), "kubectl logs --namespace=ns a");
        assert_eq!(command(&pod, &["--context=x".to_owned()]), "kubectl logs --context=x --namespace=ns a");
    }

    #[test]
    fn without_a_pod_it_is_said_where_to_look() {
        assert!(KnownPods::Local.elsewhere("h").contains("local up"));
        assert!(KnownPods::Forbidden("pods is forbidden".to_owned()).elsewhere("h").contains("pods is forbidden"));
        assert!(pods(&[]).elsewhere("10.0.0.1").contains("10.0.0.1"));
    }
}

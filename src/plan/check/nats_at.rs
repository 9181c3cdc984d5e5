//! Where a controller in the cluster finds NATS, by the Deployment that runs it.

use std::net::IpAddr;

use serde_json::Value;

/// The flag that names it, ours and upstream's.
const FLAG: &str = "nats-url";

/// An address of NATS, and who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsAt {
    /// The URL, as the controller was given it.
    pub url: String,
    /// The name of the Deployment.
    pub deployment: String,
    /// Its namespace.
    pub namespace: String,
}

impl NatsAt {
    /// The first address that one of these Deployments names; one that wants replicas comes before others. What is loopback
    /// there is another machine here.
    pub fn find(deployments: &[Value]) -> Option<Self> {
        let (idle, busy): (Vec<_>, Vec<_>) =
            deployments.iter().partition(|deployment| deployment["spec"]["replicas"] == 0);
        busy.into_iter().chain(idle).find_map(Self::of)
    }

    fn of(deployment: &Value) -> Option<Self> {
        let containers = deployment.pointer("/spec/template/spec/containers")?.as_array()?;
        let url = containers.iter().find_map(url_of).filter(|url| !is_loopback(host_of(url)))?;
        let word = |field: &str| deployment["metadata"][field].as_str().unwrap_or_default().to_owned();
        Some(Self { url, deployment: word("name"), namespace: word("namespace") })
    }

    /// The Deployment, for people.
    pub fn owner(&self) -> String {
        format!("deployment/{} in namespace {}", self.deployment, self.namespace)
    }

    /// How to reach it from outside of the cluster, if it is the address of a Service.
    pub fn forward(&self) -> Option<String> {
        let host = host_of(&self.url);
        let labels: Vec<_> = host.split('.').collect();
        let namespace = match labels.as_slice() {
            _ if host.parse::<IpAddr>().is_ok() => return None,
            [_] => self.namespace.as_str(),
            [_, namespace] | [_, namespace, "svc", ..] => *namespace,
            _ => return None,
        };
        let port = self.url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(4222);
        let service = labels[0];
        Some(format!(
            "`kubectl port-forward -n {namespace} service/{service} {port}` and --nats-url=nats://localhost:{port}"
        ))
    }
}

/// The value of the flag, be it with one dash or two, in one word or two.
fn url_of(container: &Value) -> Option<String> {
    let words = ["command", "args"].into_iter().filter_map(|part| container[part].as_array()).flatten();
    let words: Vec<_> = words.filter_map(Value::as_str).collect();
    let following = words.iter().skip(1).copied().map(Some).chain([None]);
    let url = words.iter().copied().zip(following).find_map(|(word, next)| {
        let flag = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?.strip_prefix(FLAG)?;
        flag.strip_prefix('=').or(next.filter(|_| flag.is_empty()))
    });
    let url = expanded(url?, container);
    // What a Secret or a ConfigMap would fill in is not known here.
    Some(url).filter(|url| !url.is_empty() && !url.contains("$("))
}

/// Kubernetes puts variables of the container in place of `$(NAME)`.
fn expanded(text: &str, container: &Value) -> String {
    let variables = container["env"].as_array().into_iter().flatten();
    variables.fold(text.to_owned(), |text, variable| match (variable["name"].as_str(), variable["value"].as_str()) {
        (Some(name), Some(value)) => text.replace(&format!("$({name})"), value),
        _ => text,
    })
}

/// The host of the first of the servers that a URL names.
fn host_of(urls: &str) -> &str {
    let first = urls.split(',').next().unwrap_or_default();
    let address = first.split_once("://").map_or(first, |(_, rest)| rest);
    let address = address.rsplit_once('@').map_or(address, |(_, rest)| rest);
    match address.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => address.split([':', '/']).next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(replicas: u32, container: &Value) -> Value {
        json!({
            "metadata": {"name": "operator", "namespace": "wasmcloud"},
            "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"image": "sidecar"}, container]}}},
        })
    }

    fn found(container: &Value) -> Option<String> {
        NatsAt::find(&[deployment(1, container)]).map(|at| at.url)
    }

    #[test]
    fn the_flag_is_found_however_it_is_written() {
        let url = "nats://nats.wasmcloud.svc:4222";
        for args in [
            json!({"args": ["-leader-elect", format!("-nats-url={url}")]}),
            json!({"args": ["run-controller", format!("--nats-url={url}")]}),
            json!({"command": ["/manager", "--nats-url", url]}),
            json!({"command": ["/manager"], "args": ["-nats-url=$(URL)"], "env": [{"name": "URL", "value": url}]}),
        ] {
            assert_eq!(found(&args).as_deref(), Some(url), "{args}");
        }
    }

    #[test]
    fn what_is_not_said_or_is_of_no_use_here_is_not_made_up() {
        for args in [
            json!({}),
            json!({"args": ["--nats-url-of-others=nats://x:1", "--nats-url"]}),
            json!({"args": ["--nats-url="]}),
            json!({"args": ["--nats-url=nats://localhost:4222"]}),
            json!({"args": ["--nats-url=nats://user:pass@127.0.0.1:4222"]}),
            json!({"args": ["--nats-url=nats://[::1]:4222"]}),
            json!({"args": ["-nats-url=$(URL)"], "env": [{"name": "URL", "valueFrom": {"secretKeyRef": {}}}]}),
        ] {
            assert_eq!(found(&args), None, "{args}");
        }
    }

    #[test]
    fn one_that_runs_comes_first() {
        let at = |replicas, url: &str| deployment(replicas, &json!({"args": [format!("--nats-url={url}")]}));
        let found = NatsAt::find(&[at(0, "nats://old"), at(2, "nats://new")]).unwrap();
        assert_eq!(
            (found.url.as_str(), found.owner().as_str()),
            ("nats://new", "deployment/operator in namespace wasmcloud")
        );
        assert_eq!(NatsAt::find(&[at(0, "nats://old")]).unwrap().url, "nats://old");
    }

    #[test]
    fn a_service_is_reached_through_the_api_server() {
        let forward = |url: &str| {
            let (deployment, namespace) = ("operator".to_owned(), "wasmcloud".to_owned());
            NatsAt { url: url.to_owned(), deployment, namespace }.forward()
        };
        let way = |namespace: &str, port: u16| {
            let forward = format!("`kubectl port-forward -n {namespace} service/nats {port}`");
            Some(format!("{forward} and --nats-url=nats://localhost:{port}"))
        };
        assert_eq!(forward("nats://nats:4222"), way("wasmcloud", 4222));
        assert_eq!(forward("nats"), way("wasmcloud", 4222));
        assert_eq!(forward("nats://u:p@nats.bus:4333"), way("bus", 4333));
        assert_eq!(forward("tls://nats.bus.svc.cluster.local:4222"), way("bus", 4222));
        assert_eq!(forward("nats://10.0.0.7:4222"), None);
        assert_eq!(forward("nats://[fd00::7]:4222"), None);
        assert_eq!(forward("nats://nats.example.com:4222"), None);
    }
}

//! `expose`: the Service that leads to a deployment.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::api::Kind;
use crate::error::Error;
use crate::plan::selection::Refusal;
use crate::plan::set::article;

/// How a Service is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
pub enum ServiceType {
    /// From within the cluster.
    #[default]
    #[value(name = "ClusterIP")]
    ClusterIp,
    /// On a port of every node.
    NodePort,
    /// Through the cloud's load balancer.
    LoadBalancer,
}

/// The Service that is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Its name; the deployment's when unset.
    pub name: Option<String>,
    /// The port it listens on.
    pub port: u16,
    /// What the port leads to.
    pub target_port: Option<String>,
    /// How it is reached.
    pub kind: ServiceType,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// The Service: without a selector, since no Pods stand behind it, and with the one port name that routes have.
///
/// # Errors
/// When the deployment answers no HTTP, or another Service leads to it already.
pub fn service(deployment: &Value, wish: &Wish) -> Result<Value, Error> {
    let word = |path| deployment.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let deployed = word("/metadata/name");
    let name = wish.name.as_deref().unwrap_or(deployed);
    if !answers_http(deployment) {
        return Err(Error::declined(
            format!("cannot expose deployment \"{deployed}\": it answers no HTTP"),
            "its template's hostInterfaces need wasi:http with the interface incoming-handler, and config.host",
        ));
    }
    let exposed = word("/spec/kubernetes/service/name");
    if !exposed.is_empty() && exposed != name {
        return Err(Error::declined(
            format!("deployment \"{deployed}\" is exposed by service \"{exposed}\" already"),
            "a deployment has one Service; several hosts and paths are for an Ingress or Gateway in front of it",
        ));
    }
    Ok(manifest((name, Some(word("/metadata/namespace"))), wish))
}

/// The Service of that name and namespace.
pub fn manifest((name, namespace): (&str, Option<&str>), wish: &Wish) -> Value {
    let mut port = json!({"name": "http", "port": wish.port, "protocol": "TCP"});
    if let Some(target) = &wish.target_port {
        port["targetPort"] = target.parse::<u16>().map_or_else(|_| target.as_str().into(), Value::from);
    }
    let kind = wish.kind.to_possible_value().map(|value| value.get_name().to_owned());
    let mut service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"ports": [port], "type": kind},
    });
    if let Some(namespace) = namespace {
        service["metadata"]["namespace"] = namespace.into();
    }
    if !wish.labels.is_empty() {
        service["metadata"]["labels"] = json!(wish.labels);
    }
    service
}

/// What names the Service in the deployment; nothing when it is named already.
pub fn link(deployment: &Value, service: &str) -> Option<Value> {
    let named = deployment.pointer("/spec/kubernetes/service/name").and_then(Value::as_str);
    (named != Some(service)).then(|| json!({"spec": {"kubernetes": {"service": {"name": service}}}}))
}

fn answers_http(deployment: &Value) -> bool {
    let interfaces = deployment.pointer("/spec/template/spec/hostInterfaces").and_then(Value::as_array);
    let mut interfaces = interfaces.into_iter().flatten();
    interfaces.any(|interface| {
        let names = interface["interfaces"].as_array();
        let incoming = names.into_iter().flatten().any(|name| name == "incoming-handler");
        interface["namespace"] == "wasi" && interface["package"] == "http" && incoming
    })
}

/// The HTTP host that the deployment answers to.
pub fn http_host(deployment: &Value) -> Option<&str> {
    let interfaces = deployment.pointer("/spec/template/spec/hostInterfaces").and_then(Value::as_array)?;
    interfaces.iter().filter(|interface| interface["package"] == "http").find_map(|interface| {
        interface.pointer("/config/host").and_then(Value::as_str).filter(|host| !host.is_empty() && *host != "*")
    })
}

/// Reads `KEY=VALUE,…`.
///
/// # Errors
/// In kubectl's words.
pub fn labels(text: &str) -> Result<BTreeMap<String, String>, String> {
    let pairs = text.split(',').map(|pair| match pair.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("unexpected label spec: {text}")),
    });
    pairs.collect()
}

/// What `expose` has no meaning for.
pub fn refuse(kind: Kind) -> Option<Refusal> {
    let instead = match kind {
        Kind::WorkloadDeployment => return None,
        Kind::WorkloadReplicaSet | Kind::Workload => "expose the WorkloadDeployment that makes it",
        Kind::Host => "expose a WorkloadDeployment; its Service leads to the hosts that run it",
        Kind::Artifact => "expose the WorkloadDeployment that uses it",
    };
    Some(Refusal { message: format!("cannot expose {}", article(kind)), instead: instead.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(interfaces: &Value) -> Value {
        json!({"metadata": {"name": "web", "namespace": "n"}, "spec": {"template": {"spec": {"hostInterfaces": interfaces}}}})
    }

    fn http() -> Value {
        json!([{"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": "h.example"}}])
    }

    fn wish() -> Wish {
        Wish { name: None, port: 80, target_port: None, kind: ServiceType::default(), labels: BTreeMap::new() }
    }

    #[test]
    fn the_service_has_the_port_name_that_routes_have_and_no_selector() {
        let object = service(&deployment(&http()), &wish()).unwrap();
        assert_eq!(object["metadata"], json!({"name": "web", "namespace": "n"}));
        assert_eq!(
            object["spec"],
            json!({"ports": [{"name": "http", "port": 80, "protocol": "TCP"}], "type": "ClusterIP"})
        );
        let labels = labels("a=b,c=").unwrap();
        let wish = Wish {
            name: Some("w".to_owned()),
            port: 8080,
            target_port: Some("9000".to_owned()),
            kind: ServiceType::NodePort,
            labels,
        };
        let object = service(&deployment(&http()), &wish).unwrap();
        assert_eq!(object["metadata"], json!({"name": "w", "namespace": "n", "labels": {"a": "b", "c": ""}}));
        assert_eq!(object["spec"]["ports"][0]["targetPort"], 9000);
        assert_eq!(object["spec"]["type"], "NodePort");
    }

    #[test]
    fn a_deployment_that_answers_no_http_is_refused() {
        let outgoing = json!([{"namespace": "wasi", "package": "http", "interfaces": ["outgoing-handler"]}]);
        for interfaces in [Value::Null, json!([]), outgoing] {
            let error = service(&deployment(&interfaces), &wish()).unwrap_err();
            assert_eq!(error.to_string(), "cannot expose deployment \"web\": it answers no HTTP");
        }
    }

    #[test]
    fn a_deployment_has_one_service() {
        let mut exposed = deployment(&http());
        assert_eq!(link(&exposed, "web").unwrap()["spec"]["kubernetes"]["service"]["name"], "web");
        exposed["spec"]["kubernetes"] = json!({"service": {"name": "web"}});
        assert_eq!(link(&exposed, "web"), None);
        assert!(service(&exposed, &wish()).is_ok(), "the Service may be missing");
        let error = service(&exposed, &Wish { name: Some("other".to_owned()), ..wish() }).unwrap_err();
        assert_eq!(error.to_string(), "deployment \"web\" is exposed by service \"web\" already");
    }

    #[test]
    fn the_host_to_ask_for_is_found() {
        assert_eq!(http_host(&deployment(&http())), Some("h.example"));
        assert_eq!(http_host(&deployment(&json!([{"package": "http", "config": {"host": "*"}}]))), None);
    }

    #[test]
    fn only_deployments_are_exposed() {
        let refused: Vec<_> = Kind::ALL.into_iter().filter(|kind| refuse(*kind).is_some()).collect();
        assert_eq!(refused, [Kind::WorkloadReplicaSet, Kind::Workload, Kind::Host, Kind::Artifact]);
        assert!(labels("a").is_err());
    }
}

//! What `kubectl get` shows of the kinds that are built in, as kube-apiserver prints it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::definitions::about_metadata;
use super::event;
use crate::local::api::resource::{Cell, Column};
use crate::report::age;

type Made = fn(&Value, Timestamp) -> Value;

/// How many items of a list are shown.
const SHOWN: usize = 3;

const POD_RESTARTS: &str = "The number of times the containers in this pod have been restarted and when the last \
    container in this pod has restarted.";
const POD_IP: &str = "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet \
    allocated.";
const POD_NODE: &str = "NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for \
    scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes \
    responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be \
    scheduled on a specific node. \
    https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename";
const POD_NOMINATED: &str = "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot \
    be scheduled right away as preemption victims receive their graceful termination periods. This field does not \
    guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes \
    become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that \
    is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is \
    scheduled.";
const POD_GATES: &str = "If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all \
    its containers are ready AND all conditions specified in the readiness gates have status equal to \"True\" More info: \
    https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates";

/// The columns of a kind; `source` is its schema, which says what fields are for.
pub(super) fn columns(kind: &str, source: &Value) -> Vec<Column> {
    let about = |path: &str| described(source, path);
    let column = |name: &str, about: String, cell: Made| made(name, "string", 0, about, cell);
    let wide = |name: &str, about: String, cell: Made| made(name, "string", 1, about, cell);
    let age = || column("Age", about_metadata("creationTimestamp").to_owned(), age_of);
    match kind {
        "Namespace" => {
            vec![column("Status", "The status of the namespace".into(), |ns, _| at(ns, "/status/phase")), age()]
        }
        "ConfigMap" => vec![column("Data", about("data"), |map, _| count(map, &["/data", "/binaryData"])), age()],
        "Secret" => vec![
            column("Type", about("type"), |secret, _| at(secret, "/type")),
            column("Data", about("data"), |secret, _| count(secret, &["/data"])),
            age(),
        ],
        "ServiceAccount" => vec![age()],
        "Lease" => {
            vec![column("Holder", about("spec.holderIdentity"), |lease, _| at(lease, "/spec/holderIdentity")), age()]
        }
        "Service" => vec![
            column("Type", about("spec.type"), |service, _| at(service, "/spec/type")),
            column("Cluster-IP", about("spec.clusterIP"), |service, _| {
                or(text(service, "/spec/clusterIPs/0"), "<none>")
            }),
            column("External-IP", about("spec.externalIPs"), |service, _| external_ip(service).into()),
            column("Port(s)", about("spec.ports"), |service, _| or(&service_ports(service), "<none>")),
            age(),
            wide("Selector", about("spec.selector"), |service, _| or(&labels(service, "/spec/selector"), "<none>")),
        ],
        "EndpointSlice" => vec![
            column("AddressType", about("addressType"), |slice, _| at(slice, "/addressType")),
            column("Ports", about("ports"), |slice, _| slice_ports(slice).into()),
            column("Endpoints", about("endpoints"), |slice, _| slice_addresses(slice).into()),
            age(),
        ],
        "CustomResourceDefinition" => {
            let about = about_metadata("creationTimestamp").to_owned();
            vec![made("Created At", "date", 0, about, |crd, _| at(crd, "/metadata/creationTimestamp"))]
        }
        "Event" => event::columns(),
        "Pod" => pod_columns(age()),
        "SelfSubjectAccessReview" => Vec::new(),
        _ => vec![age()],
    }
}

/// There are no Pods here, so that only the headers are ever seen.
fn pod_columns(age: Column) -> Vec<Column> {
    let nothing: Made = |_, _| Value::Null;
    let narrow = |name: &str, about: &str| made(name, "string", 0, about.to_owned(), nothing);
    let wide = |name: &str, about: &str| made(name, "string", 1, about.to_owned(), nothing);
    vec![
        narrow("Ready", "The aggregate readiness state of this pod for accepting traffic."),
        narrow("Status", "The aggregate status of the containers in this pod."),
        narrow("Restarts", POD_RESTARTS),
        age,
        wide("IP", POD_IP),
        wide("Node", POD_NODE),
        wide("Nominated Node", POD_NOMINATED),
        wide("Readiness Gates", POD_GATES),
    ]
}

/// A column whose cells are computed.
pub(super) fn made(name: &str, kind: &str, priority: i32, description: String, cell: Made) -> Column {
    let (name, kind) = (name.to_owned(), kind.to_owned());
    Column { name, kind, format: String::new(), description, priority, cell: Cell::Made(cell) }
}

/// The description of a field, such as `spec.type`.
pub(super) fn described(source: &Value, path: &str) -> String {
    let found = path.split('.').try_fold(source, |schema, field| schema.get("properties")?.get(field));
    found.and_then(|schema| schema.get("description")).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The text at a JSON pointer; empty where there is none.
pub(super) fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// How long ago the moment at a pointer was.
pub(super) fn since(object: &Value, pointer: &str, now: Timestamp) -> String {
    age::since(text(object, pointer).parse().ok(), now)
}

fn age_of(object: &Value, now: Timestamp) -> Value {
    since(object, "/metadata/creationTimestamp", now).into()
}

fn at(object: &Value, pointer: &str) -> Value {
    text(object, pointer).into()
}

fn or(text: &str, otherwise: &str) -> Value {
    if text.is_empty() { otherwise.into() } else { text.into() }
}

fn count(object: &Value, pointers: &[&str]) -> Value {
    let sizes = pointers.iter().filter_map(|pointer| object.pointer(pointer)?.as_object().map(serde_json::Map::len));
    json!(sizes.sum::<usize>())
}

fn items<'v>(object: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    object.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn texts(object: &Value, pointer: &str) -> Vec<String> {
    items(object, pointer).filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn external_ip(service: &Value) -> String {
    let mut external = texts(service, "/spec/externalIPs");
    match text(service, "/spec/type") {
        "ClusterIP" | "NodePort" if external.is_empty() => "<none>".to_owned(),
        "ClusterIP" | "NodePort" => external.join(","),
        "LoadBalancer" => {
            let ingress = items(service, "/status/loadBalancer/ingress");
            let either = |ingress: &Value| [text(ingress, "/ip"), text(ingress, "/hostname")].map(str::to_owned);
            let given = ingress.filter_map(|ingress| either(ingress).into_iter().find(|text| !text.is_empty()));
            let mut all: Vec<String> = given.collect();
            all.sort();
            all.dedup();
            all.append(&mut external);
            if all.is_empty() { "<pending>".to_owned() } else { all.join(",") }
        }
        "ExternalName" => text(service, "/spec/externalName").to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

fn service_ports(service: &Value) -> String {
    let number = |port: &Value, field: &str| port.get(field).and_then(Value::as_i64).unwrap_or(0);
    let shown = items(service, "/spec/ports").map(|port| {
        let node = number(port, "nodePort");
        let node = if node > 0 { format!(":{node}") } else { String::new() };
        format!("{}{node}/{}", number(port, "port"), text(port, "/protocol"))
    });
    shown.collect::<Vec<_>>().join(",")
}

fn labels(object: &Value, pointer: &str) -> String {
    let labels = object.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
    labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect::<Vec<_>>().join(",")
}

fn slice_ports(slice: &Value) -> String {
    let shown = |port: &Value| match port.get("port").and_then(Value::as_i64) {
        Some(number) => number.to_string(),
        None => port.get("name").and_then(Value::as_str).unwrap_or("*").to_owned(),
    };
    first(items(slice, "/ports").map(shown).collect())
}

fn slice_addresses(slice: &Value) -> String {
    first(items(slice, "/endpoints").flat_map(|endpoint| texts(endpoint, "/addresses")).collect())
}

/// The first few, and how many more there are.
fn first(all: Vec<String>) -> String {
    let shown = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(",");
    match all.len() {
        0 => "<unset>".to_owned(),
        count if count > SHOWN => format!("{shown} + {} more...", count - SHOWN),
        _ => shown,
    }
}

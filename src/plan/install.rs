//! The controller as objects of a cluster: its namespace, its rights, its Deployment.

use serde_json::{Value, json};

use super::rbac::controller_manifests;

/// What all objects of the controller that are not named for something else are called.
pub const NAME: &str = "wasmcloud-controller";
/// Label on everything that `install` puts into a cluster, by which `uninstall` finds it again.
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "kubectl-wasmcloud");
/// Label by which the Deployment finds its Pods.
const APP: &str = "app.kubernetes.io/name";
/// Where the Secret with NATS' credentials is mounted.
const CREDENTIALS: &str = "/etc/wasmcloud/nats-creds";
/// Where the Secret with NATS' certificates is mounted.
const CERTIFICATES: &str = "/etc/wasmcloud/nats-tls";

/// The controller that is to run in a cluster.
#[derive(Clone, Debug, Default)]
pub struct Controller {
    /// Its namespace, where the Lease and Host objects are.
    pub namespace: String,
    /// Its image.
    pub image: String,
    /// How many Pods; one of them is in charge.
    pub replicas: u32,
    /// NATS server that hosts are reached through.
    pub nats_url: String,
    /// Secret in its namespace with NATS credentials under `nats.creds`.
    pub nats_creds_secret: Option<String>,
    /// Secret in its namespace with `ca.crt`, `tls.crt` and `tls.key` for NATS.
    pub nats_tls_secret: Option<String>,
    /// Secret in its namespace with access to the image's registry.
    pub pull_secret: Option<String>,
    /// Namespaces to reconcile; none is all.
    pub watch_namespaces: Vec<String>,
    /// Namespaces of host Pods beside its own; none is all.
    pub host_namespaces: Vec<String>,
    /// More flags of `run-controller`.
    pub more: Vec<String>,
}

/// Marks an object as put there by `install`.
pub fn labelled(object: &mut Value) {
    let (key, value) = MANAGED_BY;
    object["metadata"]["labels"][key] = value.into();
    object["metadata"]["labels"][APP] = NAME.into();
}

/// Its objects, in the order in which they need each other.
pub fn controller_objects(controller: &Controller) -> Vec<Value> {
    let namespace = &controller.namespace;
    let mut objects = vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})];
    objects.extend(controller_manifests(NAME, namespace, &controller.watch_namespaces, &controller.host_namespaces));
    objects.push(deployment(controller));
    objects
}

fn deployment(controller: &Controller) -> Value {
    let labels = json!({APP: NAME});
    let mut pod = json!({
        "serviceAccountName": NAME,
        "terminationGracePeriodSeconds": 15,
        "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container(controller)],
    });
    if let Some(secret) = &controller.pull_secret {
        pod["imagePullSecrets"] = json!([{"name": secret}]);
    }
    let volumes: Vec<_> = secrets(controller).into_iter().map(|(name, secret, _)| volume(name, secret)).collect();
    if !volumes.is_empty() {
        pod["volumes"] = volumes.into();
    }
    let mut deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": NAME, "namespace": controller.namespace},
        "spec": {
            "replicas": controller.replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    });
    labelled(&mut deployment);
    deployment
}

fn container(controller: &Controller) -> Value {
    let probe = |path: &str| json!({"httpGet": {"path": path, "port": "probes"}, "periodSeconds": 10});
    let mut container = json!({
        "name": "controller",
        "image": controller.image,
        "args": arguments(controller),
        "env": [{"name": "OPERATOR_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}],
        "ports": [{"name": "metrics", "containerPort": 8081}, {"name": "probes", "containerPort": 8082}],
        "livenessProbe": probe("/healthz"),
        "readinessProbe": probe("/readyz"),
        "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        },
    });
    let mounts: Vec<_> = secrets(controller)
        .into_iter()
        .map(|(name, _, path)| json!({"name": name, "mountPath": path, "readOnly": true}))
        .collect();
    if !mounts.is_empty() {
        container["volumeMounts"] = mounts.into();
    }
    container
}

/// The arguments of its container.
pub fn arguments(controller: &Controller) -> Vec<String> {
    let mut arguments = vec!["run-controller".to_owned(), format!("--nats-url={}", controller.nats_url)];
    if controller.nats_creds_secret.is_some() {
        arguments.push(format!("--nats-creds={CREDENTIALS}/nats.creds"));
    }
    if controller.nats_tls_secret.is_some() {
        arguments.push(format!("--nats-ca={CERTIFICATES}/ca.crt"));
        arguments.push(format!("--nats-client-cert={CERTIFICATES}/tls.crt"));
        arguments.push(format!("--nats-client-key={CERTIFICATES}/tls.key"));
    }
    let lists = [("watch-namespaces", &controller.watch_namespaces), ("host-namespaces", &controller.host_namespaces)];
    for (flag, namespaces) in lists.into_iter().filter(|(_, namespaces)| !namespaces.is_empty()) {
        arguments.push(format!("--{flag}={}", namespaces.join(",")));
    }
    arguments.extend(controller.more.iter().cloned());
    arguments
}

fn secrets(controller: &Controller) -> Vec<(&'static str, &str, &'static str)> {
    let creds = controller.nats_creds_secret.as_deref().map(|secret| ("nats-creds", secret, CREDENTIALS));
    let tls = controller.nats_tls_secret.as_deref().map(|secret| ("nats-tls", secret, CERTIFICATES));
    creds.into_iter().chain(tls).collect()
}

fn volume(name: &str, secret: &str) -> Value {
    json!({"name": name, "secret": {"secretName": secret}})
}

/// Whether the Deployment runs what it was last told to, and all of it answers; in `kubectl rollout status`'s terms.
pub fn is_available(deployment: &Value) -> bool {
    let number = |path: &str| deployment.pointer(path).and_then(Value::as_i64).unwrap_or_default();
    let wanted = deployment.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1);
    number("/status/observedGeneration") >= number("/metadata/generation")
        && number("/status/updatedReplicas") >= wanted
        && number("/status/availableReplicas") >= wanted
}

#[cfg(test)]
mod tests;

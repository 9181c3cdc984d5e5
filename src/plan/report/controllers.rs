//! The Deployments of controllers as a report has them. Their arguments, environment and probes may say anything: what is
//! not known to be harmless is masked.

use serde_json::{Value, json};

use crate::plan::redact::redacted;

const MASK: &str = "***";

/// What of a container is told as it is.
const TOLD: &[&str] = &[
    "name",
    "image",
    "imagePullPolicy",
    "envFrom",
    "ports",
    "resources",
    "securityContext",
    "volumeMounts",
    "workingDir",
    "restartPolicy",
    "terminationMessagePath",
    "terminationMessagePolicy",
];

/// The flags of a controller, ours or upstream's, whose values are told.
const TOLD_FLAGS: &[&str] = &[
    "allow-insecure-registries",
    "allow-shared-hosts",
    "cpu-backpressure-threshold",
    "disable-artifact-controller",
    "drain-delay",
    "health-probe-bind-address",
    "host-namespaces",
    "json-log",
    "leader-elect",
    "max-starts-per-host",
    "memory-backpressure-threshold",
    "metrics-bind-address",
    "n",
    "namespace",
    "nats-tls-first",
    "nats-url",
    "pull-timeout",
    "summary",
    "v",
    "watch-namespaces",
];

/// The Deployment, without what may be a secret.
pub(super) fn shown(deployment: Value) -> Value {
    let mut deployment = redacted(deployment);
    for list in ["containers", "initContainers"] {
        let containers = deployment.pointer_mut(&format!("/spec/template/spec/{list}"));
        for container in containers.and_then(Value::as_array_mut).into_iter().flatten() {
            for (field, value) in container.as_object_mut().into_iter().flatten() {
                show(field, value);
            }
        }
    }
    deployment
}

fn show(field: &str, value: &mut Value) {
    match (field, value.as_array_mut()) {
        ("command", Some(words)) => show_words(words.get_mut(1..).unwrap_or_default()),
        ("args", Some(words)) => show_words(words),
        ("env", Some(variables)) => variables.iter_mut().filter_map(|one| one.get_mut("value")).for_each(mask),
        (field, _) if TOLD.contains(&field) => {}
        _ => mask(value),
    }
}

/// Shows flags, and values of those that are known.
fn show_words(words: &mut [Value]) {
    let mut is_told = false;
    for word in words {
        let text = word.as_str().unwrap_or_default();
        let name = |flag: &str| flag.trim_start_matches('-').to_owned();
        let known = |flag: &str| TOLD_FLAGS.contains(&name(flag).as_str());
        match text.split_once('=') {
            Some((flag, _)) if text.starts_with('-') => {
                let masked = json!(format!("{flag}={MASK}"));
                is_told = false;
                if !known(flag) {
                    *word = masked;
                }
            }
            None if text.starts_with("--") || known(text) => is_told = known(text),
            _ if text == "run-controller" => is_told = false,
            _ => {
                if !std::mem::take(&mut is_told) {
                    mask(word);
                }
            }
        }
    }
}

fn mask(value: &mut Value) {
    *value = MASK.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(container: Value) -> Value {
        let spec = json!({"containers": [container.clone()], "initContainers": [container]});
        let shown = shown(json!({"spec": {"template": {"spec": spec}}}));
        let spec = &shown["spec"]["template"]["spec"];
        assert_eq!(spec["containers"], spec["initContainers"]);
        spec["containers"][0].clone()
    }

    #[test]
    fn flags_are_told_and_values_only_of_those_that_are_known() {
        let shown = container(json!({
            "command": ["kubectl-wasmcloud", "run-controller", "hunter2", "-phunter2"],
            "args": [
                "run-controller", "-leader-elect", "--nats-url=nats://u:hunter2@n:4222", "--nats-token=hunter2",
                "--password=hunter2", "--nats-token", "hunter2", "--watch-namespaces", "team-a", "hunter2",
            ],
        }));
        assert_eq!(shown["command"], json!(["kubectl-wasmcloud", "run-controller", "***", "***"]));
        let args = json!([
            "run-controller",
            "-leader-elect",
            "--nats-url=nats://***@n:4222",
            "--nats-token=***",
            "--password=***",
            "--nats-token",
            "***",
            "--watch-namespaces",
            "team-a",
            "***"
        ]);
        assert_eq!(shown["args"], args);
    }

    #[test]
    fn of_a_container_only_what_is_harmless_is_told() {
        let shown = container(json!({
            "name": "c",
            "image": "reg/c:1",
            "env": [{"name": "NATS_PASSWORD", "value": "hunter2"}, {"name": "A", "valueFrom": {"secretKeyRef": {}}}],
            "livenessProbe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": "hunter2"}]}},
            "lifecycle": {"postStart": {"exec": {"command": ["login", "hunter2"]}}},
        }));
        assert!(!shown.to_string().contains("hunter2"), "{shown}");
        assert_eq!(shown["image"], "reg/c:1");
        assert_eq!(shown["env"][0], json!({"name": "NATS_PASSWORD", "value": "***"}));
        assert_eq!(shown["env"][1]["valueFrom"], json!({"secretKeyRef": {}}));
    }
}

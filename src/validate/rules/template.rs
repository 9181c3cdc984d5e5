//! Fields that users know from elsewhere: where they belong here.

use serde_json::Value;

use super::shapes::written;
use crate::api::Kind;
use crate::manifest::Document;
use crate::validate::code;
use crate::validate::finding::Finding;
use crate::validate::misplaced::value_at;

/// Labels and annotations of a template stand beside its `spec`, not under `metadata` as those of Pods do.
pub(super) fn metadata(document: &Document, path: &str) -> Option<Finding> {
    let template = path.strip_suffix(".metadata").filter(|path| path.ends_with("template"))?;
    let finding = Finding::key(&code::TEMPLATE_METADATA, document, path, format!("{template} has no metadata"));
    Some(finding.with_remedy(format!("labels are {template}.labels, annotations {template}.annotations")))
}

/// Fields by what holds them, of Pods, Deployments, wash and older versions, with what to write instead.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("component", "env", "write\nlocalResources:\n  environment:\n    config:\n      KEY: value"),
    (
        "component",
        "envFrom",
        "write\nlocalResources:\n  environment:\n    configFrom:\n    - name: CONFIGMAP\n    secretFrom:\n    - name: SECRET",
    ),
    (
        "component",
        "environment",
        "write it below localResources:\nlocalResources:\n  environment:\n    config:\n      KEY: value",
    ),
    ("component", "config", "write it below localResources:\nlocalResources:\n  config:\n    KEY: value"),
    (
        "component",
        "configFrom",
        "write it below localResources.environment:\nlocalResources:\n  environment:\n    configFrom:\n    - name: CONFIGMAP",
    ),
    (
        "component",
        "secretFrom",
        "write it below localResources.environment:\nlocalResources:\n  environment:\n    secretFrom:\n    - name: SECRET",
    ),
    ("component", "allowedHosts", "write it below localResources:\nlocalResources:\n  allowedHosts: [api.example.com]"),
    (
        "component",
        "volumeMounts",
        "write it below localResources:\nlocalResources:\n  volumeMounts:\n  - name: VOLUME\n    mountPath: /data",
    ),
    ("component", "imagePullSecrets", "write one, with the name alone:\nimagePullSecret:\n  name: SECRET"),
    (
        "component",
        "resources",
        "take it out: hosts bound no component by CPU or memory; the Pods of hosts have resources",
    ),
    (
        "component",
        "replicas",
        "take it out, and write spec.replicas: all components of a workload run on one host, as often as the workload",
    ),
    (
        "component",
        "ports",
        "take it out: requests come to the host's port, and find the workload by config.host of its wasi:http interface",
    ),
    ("component", "command", "take it out: a component has no command"),
    (
        "component",
        "args",
        "take it out: a component has no arguments; give it an environment:\nlocalResources:\n  environment:\n    config:\n      KEY: value",
    ),
    ("component", "livenessProbe", "take it out: the host says whether the workload runs"),
    ("component", "readinessProbe", "take it out: the host says whether the workload runs"),
    (
        "localResources",
        "memoryLimitMb",
        "take it out: hosts bound no component by memory; the Pods of hosts have resources",
    ),
    ("localResources", "cpuLimit", "take it out: hosts bound no component by CPU; the Pods of hosts have resources"),
    (
        "localResources",
        "resources",
        "take it out: hosts bound no component by CPU or memory; the Pods of hosts have resources",
    ),
    ("localResources", "env", "write\nenvironment:\n  config:\n    KEY: value"),
    ("localResources", "configFrom", "write it below environment:\nenvironment:\n  configFrom:\n  - name: CONFIGMAP"),
    ("localResources", "secretFrom", "write it below environment:\nenvironment:\n  secretFrom:\n  - name: SECRET"),
    ("localResources", "allowIpNameLookup", "it is called allowedIpNameLookups since wasmCloud 2.6.1"),
    ("volume", "emptyDir", "write ephemeral: {}"),
    (
        "volume",
        "configMap",
        "take it out: a ConfigMap is no volume here; name it under localResources.environment.configFrom",
    ),
    (
        "volume",
        "secret",
        "take it out: a Secret is no volume here; name it under localResources.environment.secretFrom",
    ),
    (
        "volume",
        "persistentVolumeClaim",
        "mount the claim into the Pods of hosts, and write here the path they have it at:\nhostPath:\n  path: /data",
    ),
    ("workload", "containers", "they are called components"),
    (
        "workload",
        "nodeSelector",
        "it is called hostSelector, and is about the labels of Hosts:\nhostSelector:\n  hostgroup: default",
    ),
    ("workload", "imagePullSecrets", "each component has its own:\nimagePullSecret:\n  name: SECRET"),
    ("workload", "hostgroup", "write\nhostSelector:\n  hostgroup: NAME"),
    ("workload", "hostGroup", "write\nhostSelector:\n  hostgroup: NAME"),
    ("deployment", "selector", "take it out: a deployment knows its Workloads by their owner"),
    ("deployment", "strategy", "write deployPolicy: RollingUpdate, or deployPolicy: Recreate"),
    (
        "deployment",
        "revisionHistoryLimit",
        "it is an annotation:\nmetadata:\n  annotations:\n    runtime.wasmcloud.dev/revision-history-limit: \"10\"",
    ),
    (
        "deployment",
        "progressDeadlineSeconds",
        "it is an annotation:\nmetadata:\n  annotations:\n    runtime.wasmcloud.dev/progress-deadline-seconds: \"600\"",
    ),
    (
        "deployment",
        "minReadySeconds",
        "it is an annotation:\nmetadata:\n  annotations:\n    runtime.wasmcloud.dev/min-ready-seconds: \"10\"",
    ),
    (
        "deployment",
        "paused",
        "it is an annotation, which `kubectl wasmcloud rollout pause` sets:\nmetadata:\n  annotations:\n    runtime.wasmcloud.dev/paused: \"true\"",
    ),
    ("host", "spec", "a Host has none: hostId, hostname, httpPort and environment stand beside metadata"),
];

/// What becomes of a Workload that gets another kind.
const WITH_TEMPLATE: &str = ", with what runs below spec.template.spec";

/// An unknown field that is known from elsewhere.
pub(super) fn elsewhere(document: &Document, path: &str) -> Option<Finding> {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    if parent.ends_with("localResources.environment")
        && value_at(&document.object, path).is_some_and(|value| !value.is_object() && !value.is_array())
    {
        let finding = Finding::key(&code::UNKNOWN_FIELD, document, path, format!("unknown field {path}"));
        return Some(finding.with_remedy(format!("write it below config:\nconfig:\n  {name}: VALUE")));
    }
    let is_bare = parent == "spec" && document.kind().is_some_and(|kind| kind.kind == Kind::Workload.name());
    if is_bare && ["replicas", "template", "deployPolicy"].contains(&name) {
        let finding = Finding::key(&code::UNKNOWN_FIELD, document, path, format!("unknown field {path}"));
        let below = if document.at(&["spec", "template"]).is_some() { "" } else { WITH_TEMPLATE };
        return Some(finding.with_remedy(format!("write kind: WorkloadDeployment{below}; a Workload is one replica")));
    }
    let holder = holder(document, parent)?;
    let (_, _, remedy) = ELSEWHERE.iter().find(|(of, field, _)| *of == holder && *field == name)?;
    let finding = Finding::key(&code::UNKNOWN_FIELD, document, path, format!("unknown field {path}"));
    Some(finding.with_remedy(*remedy))
}

/// What a path leads to, by a word.
fn holder(document: &Document, path: &str) -> Option<&'static str> {
    let kind = document.kind()?.kind;
    let last = path.rsplit('.').next().unwrap_or_default();
    match last.split('[').next().unwrap_or_default() {
        "components" | "service" if path.contains("spec.") => Some("component"),
        "localResources" => Some("localResources"),
        "volumes" => Some("volume"),
        "spec" if path.ends_with("template.spec") || kind == "Workload" => Some("workload"),
        "spec" if path == "spec" && kind.ends_with("Deployment") => Some("deployment"),
        "spec" if path == "spec" && kind.ends_with("ReplicaSet") => Some("deployment"),
        "" if kind == "Host" => Some("host"),
        _ => None,
    }
}

/// What to write where a field has nothing behind it.
fn nothing(finding: &Finding, path: &str) -> Option<String> {
    let is_null = finding.code == &code::WRONG_TYPE && finding.message.ends_with(", not null");
    let name = path.rsplit('.').next().filter(|_| is_null)?;
    Some(match name {
        "ephemeral" => "write ephemeral: {}".to_owned(),
        name if finding.message.contains("type string") => {
            format!("nothing stands behind it, which is null: write {name}: \"\", or take it out")
        }
        name => format!("nothing stands behind it, which is null: give {name} a value, or take it out"),
    })
}

/// What to write where a name stands alone that belongs into an object.
fn named(document: &Document, finding: &Finding, path: &str) -> Option<String> {
    let is_text = finding.code == &code::WRONG_TYPE && finding.message.ends_with("must be of type object, not string");
    let last = path.rsplit('.').next().filter(|_| is_text)?;
    let (field, item) = last.split_once('[').map_or((last, false), |(field, _)| (field, true));
    let refers = matches!(field, "configFrom" | "secretFrom" | "imagePullSecret" | "artifactFrom" | "service");
    let name = value_at(&document.object, path).and_then(Value::as_str).filter(|_| refers)?;
    Some(if item { format!("write - name: {name}") } else { format!("write\n{field}:\n  name: {name}") })
}

/// What is known of a value that the definition refuses: nothing behind a name, a name that stands alone, an entry of an
/// allow list, of which the server's words are a regular expression.
pub(super) fn refused(document: &Document, finding: Finding, path: &str) -> Finding {
    if let Some(remedy) = nothing(&finding, path)
        .or_else(|| named(document, &finding, path))
        .or_else(|| written(document, &finding, path))
    {
        return finding.with_remedy(remedy);
    }
    let list = path.rsplit('.').next().and_then(|last| last.split_once('[')).map(|(list, _)| list);
    let remedy = match list {
        Some("allowedHosts") => {
            "write a host, perhaps with scheme and port, and no path: api.example.com, https://api.example.com:8443, *.example.com, or \"*\" for all"
        }
        Some("allowedIpNameLookups") => {
            "write a name or an address, without scheme, port and path: db.example.com, *.example.com, or \"*\" for all"
        }
        Some("allowedHostLoopbackPorts") => {
            "write a port, perhaps with its protocol: \"5432\", \"5432/tcp\", \"53/udp\""
        }
        _ => return finding,
    };
    if finding.remedy.is_some() { finding } else { finding.with_remedy(remedy) }
}

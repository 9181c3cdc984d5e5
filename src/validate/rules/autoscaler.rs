//! Autoscalers of deployments: which metrics there can be without Pods.

use serde_json::Value;

use crate::api::names::{API_VERSION, GROUP};
use crate::manifest::Document;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;

const REMEDY: &str =
    "use a metric of type External or Object with target type: AverageValue; `kubectl wasmcloud autoscale` writes one";

pub(super) fn check(files: &FileSet) -> impl Iterator<Item = Finding> {
    let kind = |document: &&Document| {
        let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
        word("kind") == "HorizontalPodAutoscaler" && word("apiVersion").starts_with("autoscaling/")
    };
    files.documents.iter().filter(kind).flat_map(of_autoscaler)
}

fn of_autoscaler(document: &Document) -> Vec<Finding> {
    let root = Field::root(document);
    let Some((spec, target)) = root.get("spec").and_then(|spec| Some((spec.clone(), spec.get("scaleTargetRef")?)))
    else {
        return Vec::new();
    };
    if target.text_of("kind") != Some("WorkloadDeployment") {
        return Vec::new();
    }
    let told = |path: &str, why: String, remedy: &str| {
        let message = format!("{}: {why}", document.title());
        Finding::value(&code::AUTOSCALER, document, path, message).with_remedy(remedy)
    };
    let mut found = Vec::new();
    let version = target.text_of("apiVersion").unwrap_or_default();
    if version.split('/').next() != Some(GROUP) {
        let remedy = format!("write apiVersion: {API_VERSION} in scaleTargetRef");
        found.push(told(
            &target.path,
            format!("a WorkloadDeployment is of {API_VERSION}, not of \"{version}\""),
            &remedy,
        ));
    }
    let metrics = spec.list("metrics");
    if metrics.is_empty() {
        let why = "without metrics it goes by the CPU of Pods, and a Workload is no Pod";
        found.push(told(&spec.path, why.to_owned(), REMEDY));
    }
    found.extend(metrics.iter().filter_map(|metric| metric_trouble(metric).map(|why| told(&metric.path, why, REMEDY))));
    found
}

/// Why a metric cannot be had.
fn metric_trouble(metric: &Field<'_>) -> Option<String> {
    let kind = metric.text_of("type")?;
    let source = match kind {
        "External" => metric.get("external")?,
        "Object" => metric.get("object")?,
        _ => return Some(format!("a metric of type {kind} is read from Pods, and a Workload is no Pod")),
    };
    let target = source.at(&["target", "type"])?.text().filter(|target| *target != "AverageValue")?;
    Some(format!("a target of type {target} is reckoned with Pods, and a Workload is no Pod"))
}

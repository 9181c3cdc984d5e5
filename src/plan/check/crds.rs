//! The CustomResourceDefinitions.

use serde_json::Value;

use super::{Category, Check, Known, codes, few};
use crate::api::Kind;
use crate::api::names::{GROUP, VERSION};
use crate::plan::crds::{missing_fields, serves};

pub(super) fn assess(crds: &Known<Vec<Value>>) -> Category {
    let there = Check::of(&codes::DEFINED);
    let checks = match crds {
        Err(error) => vec![there.untold(error).hint(MAY_READ)],
        Ok(crds) => {
            let missing = missing(crds);
            match missing.is_empty() {
                true => vec![there, served(crds), established(crds), complete(crds)],
                false => vec![there.fails(format!("missing: {}", missing.join(", ")))],
            }
        }
    };
    Category { name: "custom-resources", checks }
}

const MAY_READ: &str = "ask for the right to list customresourcedefinitions.apiextensions.k8s.io";

fn name_of(crd: &Value) -> &str {
    crd.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default()
}

fn find<'a>(crds: &'a [Value], plural: &str) -> Option<&'a Value> {
    let name = format!("{plural}.{GROUP}");
    crds.iter().find(|crd| name_of(crd) == name)
}

fn missing(crds: &[Value]) -> Vec<String> {
    let kinds = Kind::ALL.into_iter().filter(|kind| find(crds, kind.plural()).is_none());
    kinds.map(|kind| kind.plural().to_owned()).collect()
}

fn served(crds: &[Value]) -> Check {
    let check = Check::of(&codes::SERVED);
    let not = Kind::ALL.into_iter().filter(|kind| find(crds, kind.plural()).is_some_and(|crd| !serves(crd, VERSION)));
    let not: Vec<_> = not.map(|kind| kind.plural().to_owned()).collect();
    if not.is_empty() { check } else { check.fails(format!("not so: {}", not.join(", "))) }
}

fn established(crds: &[Value]) -> Check {
    let check = Check::of(&codes::ESTABLISHED);
    let is_so = |crd: &&Value| {
        let conditions = crd.pointer("/status/conditions").and_then(Value::as_array);
        conditions.into_iter().flatten().any(|known| known["type"] == "Established" && known["status"] == "True")
    };
    let not: Vec<_> = crds.iter().filter(|crd| !is_so(crd)).map(|crd| name_of(crd).to_owned()).collect();
    match not.first() {
        None => check,
        Some(first) => {
            check.fails(format!("not so: {}", not.join(", "))).hint(codes::ESTABLISHED.hint.replace("NAME", first))
        }
    }
}

fn complete(crds: &[Value]) -> Check {
    let check = Check::of(&codes::COMPLETE);
    let mut pruned = Vec::new();
    for ours in crate::api::crds().iter().filter_map(|crd| serde_json::to_value(crd).ok()) {
        let Some(theirs) = crds.iter().find(|crd| name_of(crd) == name_of(&ours)) else { continue };
        let kind = ours.pointer("/spec/names/singular").and_then(Value::as_str).unwrap_or_default();
        let fields = missing_fields(&ours, theirs, VERSION).unwrap_or_default();
        pruned.extend(fields.into_iter().map(|field| format!("{kind}.{field}")));
    }
    match pruned.is_empty() {
        true => check,
        false => check.warns(format!("the API server drops these fields without a word: {}", few(&pruned))),
    }
}

/// Whether an install would find definitions that it did not put there.
pub(super) fn assess_foreign(crds: &Known<Vec<Value>>) -> Check {
    let check = Check::of(&codes::FOREIGN);
    let crds = match crds {
        Ok(crds) => crds,
        Err(error) => return check.untold(error).hint(MAY_READ),
    };
    let versions = |crd: &Value| {
        let versions = crd.pointer("/spec/versions").and_then(Value::as_array);
        let names = versions.into_iter().flatten().filter_map(|version| version["name"].as_str());
        names.filter(|name| *name != VERSION).map(str::to_owned).collect::<Vec<_>>()
    };
    let ours = |crd: &Value| Kind::ALL.into_iter().any(|kind| name_of(crd) == format!("{}.{GROUP}", kind.plural()));
    let mut strange: Vec<_> = crds.iter().filter(|crd| !ours(crd)).map(|crd| name_of(crd).to_owned()).collect();
    let more = crds
        .iter()
        .filter(|crd| ours(crd))
        .flat_map(|crd| versions(crd).into_iter().map(|version| format!("{} in {version}", name_of(crd))));
    strange.extend(more);
    if strange.is_empty() {
        return check;
    }
    check.warns(format!("there are {}", few(&strange)))
}

//! The API server itself.

use serde_json::Value;

use super::{Category, Check, Known, Server};

/// The oldest Kubernetes that this is made for: its CRD rules, selectable fields and strict field validation.
const OLDEST: (u32, u32) = (1, 30);

pub(super) fn assess(server: &Known<Server>) -> Category {
    let reached = Check::new("WCC001", "can query the Kubernetes API");
    let checks =
        match server {
            Err(error) => {
                vec![reached.fails(
                    error,
                    "`kubectl cluster-info` shows whether the cluster is up; --context names another one",
                )]
            }
            Ok(server) => vec![reached, version(&server.version)],
        };
    Category { name: "kubernetes-api", checks }
}

fn version(version: &Value) -> Check {
    let (major, minor) = OLDEST;
    let check = Check::new("WCC002", format!("is running Kubernetes {major}.{minor} or newer"));
    let told = version["gitVersion"].as_str().unwrap_or_default();
    match numbers(version) {
        Some(found) if found >= OLDEST => check,
        Some(_) => check.fails(format!("it is {told}"), "update the cluster"),
        None => check.warns(format!("its version cannot be read: \"{told}\""), "`kubectl version` shows what it says"),
    }
}

/// Major and minor; the minor of some clouds reads `30+`.
fn numbers(version: &Value) -> Option<(u32, u32)> {
    let number = |field: &str| version[field].as_str()?.trim_end_matches('+').parse().ok();
    Some((number("major")?, number("minor")?))
}

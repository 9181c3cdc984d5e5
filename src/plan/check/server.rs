//! The API server itself.

use serde_json::Value;

use super::{Category, Check, Known, Server, codes};

/// The oldest Kubernetes that this is made for: its CRD rules, selectable fields and strict field validation.
const OLDEST: (u32, u32) = (1, 30);

pub(super) fn assess(server: &Known<Server>) -> Category {
    let reached = Check::of(&codes::SERVER);
    let checks = match server {
        Err(error) => vec![reached.fails(error)],
        Ok(server) => vec![reached, version(&server.version)],
    };
    Category { name: "kubernetes-api", checks }
}

fn version(version: &Value) -> Check {
    let check = Check::of(&codes::SERVER_VERSION);
    let told = version["gitVersion"].as_str().unwrap_or_default();
    match numbers(version) {
        Some(found) if found >= OLDEST => check,
        Some(_) => check.fails(format!("it is {told}")),
        None => {
            check.warns(format!("its version cannot be read: \"{told}\"")).hint("`kubectl version` shows what it says")
        }
    }
}

/// Major and minor; the minor of some clouds reads `30+`.
fn numbers(version: &Value) -> Option<(u32, u32)> {
    let number = |field: &str| version[field].as_str()?.trim_end_matches('+').parse().ok();
    Some((number("major")?, number("minor")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_names_the_oldest() {
        let (major, minor) = OLDEST;
        assert!(codes::SERVER_VERSION.title.contains(&format!(" {major}.{minor} ")));
    }
}

//! What goes into a report for a bug report: files, by name.

mod controllers;
mod rollouts;

pub use rollouts::rollouts;

use serde_json::Value;

use super::check::Category;
use super::redact::{keys_only, redacted, without_logins};
use crate::api::Kind;
use crate::report::{check, list_of, render_json, render_yaml};

/// The file that says what could not be read.
pub const MISSING: &str = "missing.txt";

/// One file of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the archive.
    pub name: String,
    /// What is in it.
    pub content: String,
}

/// What was gathered; what could not be says why.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// Versions of all there is.
    pub versions: Value,
    /// What came of the checks.
    pub checks: Vec<Category>,
    /// The objects of each of our kinds.
    pub objects: Vec<(Kind, Result<Vec<Value>, String>)>,
    /// Events about them.
    pub events: Option<Result<Vec<Value>, String>>,
    /// Leases of controllers.
    pub leases: Option<Result<Vec<Value>, String>>,
    /// ConfigMaps, of which only the keys are told.
    pub config_maps: Option<Result<Vec<Value>, String>>,
    /// The Deployments that run a controller.
    pub controllers: Option<Result<Vec<Value>, String>>,
    /// What is said of each rollout.
    pub rollouts: Vec<Value>,
}

const README: &str = "What is in here
  versions.yaml       this program, the API server, the definitions, the controller, the hosts
  check.txt, .json    what `kubectl wasmcloud check` says
  objects/            the objects of the five kinds
  events.yaml         Events about them
  leases.yaml         who holds the Lease of the controllers
  controllers.yaml    Deployments that run a controller
  configmaps.yaml     names and keys of ConfigMaps
  rollouts.yaml       how far each rollout is
  missing.txt         what could not be read, and why

What is not
  Secrets are never read. Values of ConfigMaps, of environments, of configurations and of most flags are replaced by ***, so are
  annotations that are neither wasmCloud's nor Kubernetes', change-causes, and logins in URLs. Names, images, labels, hosts and
  messages are as they are: look before you send it to anyone.
";

/// The files, redacted.
pub fn files(gathered: &Gathered) -> Vec<File> {
    let mut report = Report::default();
    report.add("README.txt", README.to_owned());
    report.add("versions.yaml", render_yaml(&gathered.versions));
    report.add("check.txt", without_logins(&check::render(&gathered.checks, false)));
    report.add("check.json", without_logins(&render_json(&check::to_value(&gathered.checks))));
    for (kind, objects) in &gathered.objects {
        report.list(&format!("objects/{}.yaml", kind.plural()), Some(objects), redacted);
    }
    report.list("events.yaml", gathered.events.as_ref(), redacted);
    report.list("leases.yaml", gathered.leases.as_ref(), redacted);
    report.list("controllers.yaml", gathered.controllers.as_ref(), controllers::shown);
    report.list("configmaps.yaml", gathered.config_maps.as_ref(), |object| keys_only(&object));
    report.list("rollouts.yaml", Some(&Ok(gathered.rollouts.clone())), redacted);
    if !report.missing.is_empty() {
        let missing = report.missing.concat();
        report.add(MISSING, missing);
    }
    report.files
}

#[derive(Default)]
struct Report {
    files: Vec<File>,
    missing: Vec<String>,
}

impl Report {
    fn add(&mut self, name: &str, content: String) {
        self.files.push(File { name: name.to_owned(), content });
    }

    fn list(&mut self, name: &str, objects: Option<&Result<Vec<Value>, String>>, show: impl Fn(Value) -> Value) {
        match objects {
            None => {}
            Some(Ok(objects)) => {
                let shown = objects.iter().cloned().map(show).collect();
                self.add(name, render_yaml(&list_of(shown, false)));
            }
            Some(Err(error)) => self.missing.push(format!("{name}: {}\n", without_logins(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_is_said() {
        let gathered = Gathered {
            objects: vec![
                (Kind::Host, Err("forbidden by https://u:hunter2@h".to_owned())),
                (Kind::Workload, Ok(vec![])),
            ],
            ..Gathered::default()
        };
        let files = files(&gathered);
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "README.txt",
                "versions.yaml",
                "check.txt",
                "check.json",
                "objects/workloads.yaml",
                "rollouts.yaml",
                "missing.txt"
            ]
        );
        assert_eq!(files[6].content, "objects/hosts.yaml: forbidden by https://***@h\n");
    }
}

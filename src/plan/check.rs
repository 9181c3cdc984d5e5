//! What is right and wrong with an installation, out of facts that were gathered.

mod access;
mod clock;
pub mod codes;
mod controller;
mod crds;
mod hosts;
mod nats;
mod nats_at;
mod server;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use serde::Serialize;
use serde_json::Value;

pub use access::INSTALL;
pub use codes::Code;
pub use controller::{image_of, runs_ours, runs_upstreams};
pub use hosts::{is_alive, versions};
pub use nats_at::NatsAt;

use super::rbac::Permission;

/// A fact, or why it is not known.
pub type Known<T> = Result<T, String>;

/// What an installation is judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When they were gathered, by the clock here.
    pub now: Timestamp,
    /// What the API server says of itself.
    pub server: Known<Server>,
    /// The definitions of our group that the cluster has.
    pub crds: Known<Vec<Value>>,
    /// What the user may not do, of all that the plugin's verbs need, or, before an install, of what that needs.
    pub denied: Known<Vec<Permission>>,
    /// The leases that controllers hold.
    pub leases: Known<Vec<Lease>>,
    /// The Deployments that run a controller, ours or upstream's.
    pub deployments: Known<Vec<Value>>,
    /// The Host objects.
    pub hosts: Known<Vec<Value>>,
    /// How NATS answered, if it was asked.
    pub nats: Option<Nats>,
}

/// What an API server says of itself.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its `/version`.
    pub version: Value,
    /// How far its clock is ahead of ours; it tells whole seconds only.
    pub ahead: Option<SignedDuration>,
}

/// How NATS answered.
#[derive(Clone, Debug)]
pub struct Nats {
    /// Its URL, as it may be shown.
    pub url: String,
    /// Who named it, if it was not the user.
    pub from: Option<NatsAt>,
    /// What came of connecting.
    pub outcome: Result<(), NatsTrouble>,
    /// The names of Hosts that are Ready and did not answer over it, of so many that were asked.
    pub silent: (Vec<String>, usize),
}

/// Why NATS cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NatsTrouble {
    /// It refuses the credentials.
    Refused(String),
    /// It does not answer, or not as NATS does.
    Unreachable(String),
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All is well.
    Success,
    /// It works, and may not for long or not for all.
    Warning,
    /// It does not work.
    Error,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is so when all is well.
    pub description: String,
    /// The code that documentation knows it by.
    pub code: &'static str,
    /// How it ended.
    pub result: Verdict,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Checks of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Of what.
    #[serde(rename = "categoryName")]
    pub name: &'static str,
    /// The checks, in the order they build on each other.
    pub checks: Vec<Check>,
}

impl Check {
    /// All is well.
    fn of(code: &Code) -> Self {
        Self { description: code.title.to_owned(), code: code.code, result: Verdict::Success, error: None, hint: None }
    }

    fn wrong(mut self, result: Verdict, error: impl Into<String>) -> Self {
        self.result = result;
        self.error = Some(error.into());
        let general = codes::ALL.iter().find(|code| code.code == self.code).map(|code| code.hint.to_owned());
        self.hint = self.hint.or(general);
        self
    }

    fn fails(self, error: impl Into<String>) -> Self {
        self.wrong(Verdict::Error, error)
    }

    fn warns(self, error: impl Into<String>) -> Self {
        self.wrong(Verdict::Warning, error)
    }

    /// It is not known how it is.
    fn untold(self, error: &str) -> Self {
        self.warns(format!("cannot tell: {error}"))
    }

    /// What to do here, where more is known than in general.
    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl Category {
    /// Whether a check of it failed.
    fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.result == Verdict::Error)
    }
}

/// The worst of all verdicts.
pub fn worst(categories: &[Category]) -> Verdict {
    let all = categories.iter().flat_map(|category| &category.checks).map(|check| check.result);
    all.max().unwrap_or(Verdict::Success)
}

/// Judges an installation. What cannot be so because of what was found before is not looked at.
pub fn assess(facts: &Facts) -> Vec<Category> {
    let mut categories = vec![server::assess(&facts.server)];
    if categories[0].has_failed() {
        return categories;
    }
    let crds = crds::assess(&facts.crds);
    let without_kinds = crds.has_failed();
    categories.push(crds);
    categories.push(access::assess(&facts.denied));
    categories.push(controller::assess(facts));
    categories.extend(facts.nats.as_ref().map(nats::assess));
    if !without_kinds {
        categories.push(hosts::assess(&facts.hosts, facts.now));
    }
    categories.push(clock::assess(facts));
    categories
}

/// Judges a cluster before anything is installed into it.
pub fn assess_before_install(facts: &Facts) -> Vec<Category> {
    let mut categories = vec![server::assess(&facts.server)];
    if categories[0].has_failed() {
        return categories;
    }
    let mut checks = vec![crds::assess_foreign(&facts.crds)];
    checks.extend(access::assess_for_install(&facts.denied));
    checks.push(controller::assess_before_install(facts));
    categories.push(Category { name: "pre-install", checks });
    categories.extend(facts.nats.as_ref().map(nats::assess));
    categories.push(clock::assess(facts));
    categories
}

/// Names as a sentence has them, the first few of many.
fn few(names: &[String]) -> String {
    const SHOWN: usize = 5;
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(rest) => format!("{} and {rest} more", names[..SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests;

//! What a check of a value comes to, on the way up.

use serde_json::Value;

use crate::schema::{Finding, Reason, place::Place};

/// How much may be found wrong with one object: more helps nobody, and takes time that grows with its square.
const LIMIT: usize = 1000;

/// What was found, and how many checks a value had: of several schemas none of which fits, the one with most is told of.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
    pub(super) matches: usize,
}

impl Report {
    pub(super) fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.matches += other.matches;
        for finding in other.findings {
            self.add(|| finding);
        }
    }

    /// Adds what is not told yet.
    pub(super) fn add(&mut self, finding: impl FnOnce() -> Finding) {
        if self.findings.len() >= LIMIT {
            return;
        }
        let finding = finding();
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// A value that breaks a rule: `detail` goes on from `spec.x in body`.
    pub(super) fn invalid(&mut self, place: &Place<'_>, value: &Value, detail: &str) {
        let detail = format!("{} in body {detail}", place.dotted());
        self.add(|| Finding::about(&name(place), Reason::Invalid, value, &detail));
    }

    /// A value that is of another type, or a text that is not in a format: `shown` says what it is.
    pub(super) fn wrong_type(&mut self, place: &Place<'_>, expected: &str, shown: &str) {
        let quoted = crate::schema::finding::quoted(shown);
        let detail = format!("{} in body must be of type {expected}: {quoted}", place.dotted());
        self.add(|| Finding::about(&name(place), Reason::TypeInvalid, &Value::from(shown), &detail));
    }

    pub(super) fn too_many(&mut self, place: &Place<'_>, count: u64, max: Option<u64>) {
        if let Some(max) = max.filter(|max| count > *max) {
            let items = if max == 1 { "item" } else { "items" };
            let detail = format!("must have at most {max} {items}");
            self.add(|| Finding::about(&name(place), Reason::TooMany, &Value::from(count), &detail));
        }
    }

    /// What the server says without a path.
    pub(super) fn without_path(&mut self, detail: &str) {
        self.add(|| Finding::invalid("<nil>", "", detail));
    }
}

/// A place as a finding names it.
pub(super) fn name(place: &Place<'_>) -> String {
    if place.is_root() { "<nil>".to_owned() } else { place.dotted() }
}

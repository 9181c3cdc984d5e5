//! The revisions of a deployment: what its replica sets keep of former templates.

use std::str::FromStr;

use serde_json::Value;

use super::parts::{annotation, name_of};
use crate::api::names;
use crate::error::Error;
use crate::plan::charge::Heed;

/// One revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number; upstream's operator gives none.
    pub number: Option<i64>,
    /// Whether it is the one that is rolled out.
    pub current: bool,
    /// The replica set that keeps it.
    pub set: Value,
}

impl Revision {
    /// What it is called.
    pub fn title(&self) -> String {
        match self.number {
            Some(number) => format!("revision {number}"),
            None => format!("replica set {}", name_of(&self.set)),
        }
    }

    /// Why it was made, as somebody wrote down.
    pub fn cause(&self) -> Option<&str> {
        annotation(self.set.get("metadata")?, names::annotation::CHANGE_CAUSE)
    }

    /// Its template, artifacts resolved.
    pub fn template(&self) -> &Value {
        self.set.pointer("/spec/template").unwrap_or(&Value::Null)
    }
}

/// The revisions of a deployment among these replica sets, the oldest first.
pub fn revisions(deployment: &Value, sets: Vec<Value>) -> Vec<Revision> {
    let uid = deployment.pointer("/metadata/uid");
    let current = deployment.pointer("/status/currentReplicaSet/name").and_then(Value::as_str);
    let is_of_it = |set: &Value| {
        let owners = set.pointer("/metadata/ownerReferences").and_then(Value::as_array);
        owners.into_iter().flatten().any(|owner| uid.is_some() && owner.get("uid") == uid)
    };
    let stays = |set: &Value| set.pointer("/metadata/deletionTimestamp").is_none();
    let own = sets.into_iter().filter(|set| is_of_it(set) && stays(set));
    let mut revisions: Vec<_> =
        own.map(|set| Revision { number: number(&set), current: Some(name_of(&set)) == current, set }).collect();
    revisions.sort_by_cached_key(|revision| {
        let created = revision.set.pointer("/metadata/creationTimestamp").and_then(Value::as_str);
        let created = created.unwrap_or_default().to_owned();
        (revision.number, revision.current, created, name_of(&revision.set).to_owned())
    });
    revisions
}

fn number(set: &Value) -> Option<i64> {
    annotation(set.get("metadata")?, names::annotation::REVISION)?.parse().ok()
}

/// Which revision is meant: a number, or counted back from the newest, which is 0.
///
/// # Errors
/// In kubectl's words, when there is none like that.
pub fn find(revisions: &[Revision], which: i64) -> Result<&Revision, Error> {
    let found = match usize::try_from(which.saturating_neg()) {
        Ok(back) => revisions.len().checked_sub(back.saturating_add(1)).and_then(|at| revisions.get(at)),
        Err(_) => revisions.iter().find(|revision| revision.number == Some(which)),
    };
    found.ok_or_else(|| Error::Declined {
        message: "unable to find the specified revision".to_owned(),
        help: Some(known(revisions)),
    })
}

/// The numbers there are, for who named another one.
pub(super) fn known(revisions: &[Revision]) -> String {
    let numbers: Vec<_> = revisions.iter().filter_map(|revision| revision.number).map(|n| n.to_string()).collect();
    match (numbers.as_slice(), revisions) {
        (_, []) => "there is no revision yet".to_owned(),
        ([], _) => "upstream's operator numbers no revisions".to_owned(),
        ([only], _) => format!("revision {only} is the only one there is"),
        (numbers, _) => format!("there are the revisions {}", numbers.join(", ")),
    }
}

/// Two revisions to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The older one, as [`find`] takes it.
    pub from: i64,
    /// The newer one.
    pub to: i64,
}

impl FromStr for Span {
    type Err = String;

    /// `A,B`, or `A` to compare with the newest.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let number = text.trim().parse::<i64>();
            number.map_err(|_| format!("`{text}` is no revision; 2, or -1 for the one before the newest, would be"))
        };
        match text.split_once(',') {
            Some((from, to)) => Ok(Self { from: number(from)?, to: number(to)? }),
            None => Ok(Self { from: number(text)?, to: 0 }),
        }
    }
}

/// What to say of a history that is not as long as one may think.
pub fn remark(heed: &Heed, revisions: &[Revision]) -> Option<String> {
    let numbered = revisions.iter().any(|revision| revision.number.is_some());
    match heed {
        Heed::Ignores(holder) => Some(format!(
            "{holder} is in charge, and keeps no history: there is the current revision, and the previous one until it is \
             replaced"
        )),
        _ if numbered || revisions.is_empty() => None,
        _ => Some("upstream's operator made these replica sets; it keeps no history".to_owned()),
    }
}

#[cfg(test)]
mod tests;

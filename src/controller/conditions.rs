//! Conditions as the controller writes them.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::api::names::{condition, reason};
use crate::api::{Condition, ConditionStatus, set_condition};

/// The longest message that is written, bytes: a host's chain of causes is shorter, a hostile one is cut.
const LONGEST_MESSAGE: usize = 8 * 1024;

/// One condition to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its type.
    pub type_: &'static str,
    /// Its status.
    pub status: ConditionStatus,
    /// Its reason.
    pub reason: String,
    /// Its message.
    pub message: String,
}

impl Verdict {
    /// All is well: reason `Available` and no message, as upstream's operator writes it.
    pub fn well(type_: &'static str) -> Self {
        Self::new(type_, ConditionStatus::True, reason::AVAILABLE, "")
    }

    /// Something is wrong.
    pub fn wrong(type_: &'static str, reason: &str, message: &str) -> Self {
        Self::new(type_, ConditionStatus::False, reason, message)
    }

    /// It cannot be told yet.
    pub fn open(type_: &'static str, reason: &str, message: &str) -> Self {
        Self::new(type_, ConditionStatus::Unknown, reason, message)
    }

    /// A condition in all its parts.
    pub fn new(type_: &'static str, status: ConditionStatus, reason: &str, message: &str) -> Self {
        Self { type_, status, reason: reason.to_owned(), message: bounded(message) }
    }

    /// The same verdict as the sum Ready.
    pub fn as_ready(&self) -> Self {
        Self { type_: condition::READY, ..self.clone() }
    }
}

/// The conditions in the order of the verdicts, transition times kept where the status is the same. A type that is not
/// among the verdicts is dropped: no kind has more than its own.
pub fn conditions(old: &[Condition], verdicts: &[Verdict], generation: i64, now: Timestamp) -> Vec<Condition> {
    let mut all: Vec<_> =
        verdicts.iter().filter_map(|v| old.iter().find(|condition| condition.type_ == v.type_).cloned()).collect();
    for verdict in verdicts {
        let message = Some(verdict.message.clone()).filter(|message| !message.is_empty());
        let next = Condition {
            message,
            observed_generation: Some(generation),
            ..Condition::new(verdict.type_, verdict.status, &verdict.reason)
        };
        set_condition(&mut all, next, now);
    }
    all.sort_by_key(|condition| verdicts.iter().position(|verdict| verdict.type_ == condition.type_));
    all
}

/// Whether the two lists say the same, whenever they said it.
pub fn same(old: &[Condition], new: &[Condition]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.same_but_for_times(new))
}

/// When a status that is only in motion may be written, given the pause between two such writes; `None` is now. One that
/// tells something is written at once.
pub fn coalesce(last: Option<Instant>, pause: Duration, telling: bool, now: Instant) -> Option<Instant> {
    last.map(|last| last + pause).filter(|at| !telling && *at > now)
}

/// A message, cut if it is too long to be written.
pub(super) fn bounded(message: &str) -> String {
    if message.len() <= LONGEST_MESSAGE {
        return message.to_owned();
    }
    let cut = (0..=LONGEST_MESSAGE).rev().find(|at| message.is_char_boundary(*at)).unwrap_or_default();
    format!("{} … ({} bytes more)", &message[..cut], message.len() - cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn transition_times_move_with_the_status_only() {
        let first = conditions(&[], &[Verdict::open("Sync", "Starting", "")], 1, at(0));
        let second = conditions(&first, &[Verdict::open("Sync", "Waiting", "more")], 2, at(10));
        assert_eq!(first[0].last_transition_time, second[0].last_transition_time);
        assert_eq!(second[0].observed_generation, Some(2));
        assert!(!same(&first, &second));
        let third = conditions(&second, &[Verdict::well("Sync")], 2, at(20));
        assert_ne!(second[0].last_transition_time, third[0].last_transition_time);
        assert!(same(&third, &conditions(&third, &[Verdict::well("Sync")], 2, at(99))));
    }

    #[test]
    fn conditions_come_in_the_order_of_the_kind() {
        let old = conditions(&[], &[Verdict::well("Ready"), Verdict::well("Extra"), Verdict::well("Config")], 1, at(0));
        let new =
            conditions(&old, &[Verdict::well("Config"), Verdict::well("Placement"), Verdict::well("Ready")], 1, at(1));
        assert_eq!(new.iter().map(|c| c.type_.as_str()).collect::<Vec<_>>(), ["Config", "Placement", "Ready"]);
    }

    #[test]
    fn a_message_of_megabytes_is_cut_between_characters() {
        let verdict = Verdict::wrong("Placement", "StartFailed", &"é".repeat(1_000_000));
        assert!(verdict.message.len() < LONGEST_MESSAGE + 100);
        assert!(verdict.message.ends_with("bytes more)"));
    }
}

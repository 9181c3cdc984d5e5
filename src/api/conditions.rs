//! Conditions, which every kind's status has, and how to read and write them.

use std::fmt;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::names::condition;
use super::object::{Object, ObjectKind};

/// One aspect of an object's state, as last observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Which aspect this is; unique within the list.
    #[serde(rename = "type")]
    pub type_: String,
    /// True, False or Unknown.
    pub status: String,
    /// Why it is so, in one CamelCase word for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it is so, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the status last changed.
    #[serde(default, deserialize_with = "readable_time", skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
    /// When the aspect was last looked at.
    #[serde(default, deserialize_with = "readable_time", skip_serializing_if = "Option::is_none")]
    pub last_probe_time: Option<Time>,
    /// The metadata.generation that was looked at. Without it nothing is known about how current the condition is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

impl Condition {
    /// A condition without message, times and generation.
    pub fn new(type_: &str, status: ConditionStatus, reason: &str) -> Self {
        Self {
            type_: type_.to_owned(),
            status: status.as_str().to_owned(),
            reason: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// The status, read: a word that is neither True nor False counts as Unknown.
    pub fn condition_status(&self) -> ConditionStatus {
        match self.status.as_str() {
            "True" => ConditionStatus::True,
            "False" => ConditionStatus::False,
            _ => ConditionStatus::Unknown,
        }
    }

    /// Whether the status is True.
    pub fn is_true(&self) -> bool {
        self.condition_status() == ConditionStatus::True
    }

    /// Whether the status is False.
    pub fn is_false(&self) -> bool {
        self.condition_status() == ConditionStatus::False
    }

    /// The reason, empty when there is none.
    pub fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or_default()
    }

    /// The message, empty when there is none.
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Whether the two say the same, whenever they said it.
    pub fn same_but_for_times(&self, other: &Self) -> bool {
        self.type_ == other.type_
            && self.status == other.status
            && self.reason() == other.reason()
            && self.message() == other.message()
            && self.observed_generation == other.observed_generation
    }
}

/// What a condition's status can mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConditionStatus {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// Nobody can tell.
    #[default]
    Unknown,
}

impl ConditionStatus {
    /// The word that stands in `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for ConditionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whatever has conditions: a list of them, a status, an object.
pub trait HasConditions {
    /// All conditions, in the order they stand in; none when there is no status.
    fn conditions(&self) -> &[Condition];

    /// The condition of that type.
    fn condition(&self, type_: &str) -> Option<&Condition> {
        self.conditions().iter().find(|condition| condition.type_ == type_)
    }

    /// The status of the condition of that type; Unknown when it is missing.
    fn condition_status(&self, type_: &str) -> ConditionStatus {
        self.condition(type_).map(Condition::condition_status).unwrap_or_default()
    }

    /// Whether there is a condition of that type and it is True.
    fn is_condition_true(&self, type_: &str) -> bool {
        self.condition(type_).is_some_and(Condition::is_true)
    }

    /// Whether the condition Ready is True.
    fn is_ready(&self) -> bool {
        self.is_condition_true(condition::READY)
    }
}

impl HasConditions for [Condition] {
    fn conditions(&self) -> &[Condition] {
        self
    }
}

impl<T: HasConditions> HasConditions for Option<T> {
    fn conditions(&self) -> &[Condition] {
        self.as_ref().map(T::conditions).unwrap_or_default()
    }
}

impl HasConditions for Vec<Condition> {
    fn conditions(&self) -> &[Condition] {
        self
    }
}

impl<S: ObjectKind<Status: HasConditions>> HasConditions for Object<S> {
    fn conditions(&self) -> &[Condition] {
        self.status.conditions()
    }
}

/// Puts `next` in the place of the condition of its type, or at the end.
///
/// Its transition time becomes the old one's when the status is the same, else `now`, in whole seconds as the API
/// server keeps it.
pub fn set_condition(conditions: &mut Vec<Condition>, next: Condition, now: Timestamp) {
    let now = Time(Timestamp::from_second(now.as_second()).unwrap_or(now));
    let old = conditions.iter_mut().find(|old| old.type_ == next.type_);
    let since = old
        .as_ref()
        .filter(|old| old.condition_status() == next.condition_status())
        .and_then(|old| old.last_transition_time.clone());
    let next = Condition { last_transition_time: Some(since.unwrap_or(now)), ..next };
    match old {
        Some(old) => *old = next,
        None => conditions.push(next),
    }
}

/// Reads a time; one that cannot be read counts as absent, since it must not make a whole list unreadable.
pub(super) fn readable_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()).map(Time))
}

#[cfg(test)]
mod tests;

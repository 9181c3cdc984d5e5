//! Events: what a user who looks at an object is told beside its conditions.
//!
//! core/v1, because upstream's RBAC grants no other. What happened is an [`Announcement`]; [`correlator`] decides what
//! becomes of it (a new Event, a higher count, nothing), and [`recorder`] writes that. Most announcements follow from
//! conditions: see [`Subject`].

mod conditions;
pub mod correlator;
pub mod recorder;

pub use conditions::Subject;

use super::conditions::bounded;
use super::objects::{ObjectKey, Seen};
use crate::api::{Kind, names};

/// Who the Events are from (`source.component`, `reportingComponent`).
pub const COMPONENT: &str = "wasmcloud-controller";

/// Whether all is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// It is.
    Normal,
    /// Somebody should look.
    Warning,
}

impl Tone {
    /// The word that stands in an Event's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Warning => "Warning",
        }
    }
}

/// The object that an Event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Regarding {
    /// Its `apiVersion`.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Namespace and name.
    pub key: ObjectKey,
    /// Its UID; `kubectl describe` finds an object's Events by it.
    pub uid: String,
}

impl Regarding {
    /// An object of one of our kinds.
    pub fn object<B>(kind: Kind, object: &Seen<B>) -> Self {
        Self {
            api_version: names::API_VERSION.to_owned(),
            kind: kind.name().to_owned(),
            key: object.key(),
            uid: object.uid().to_owned(),
        }
    }
}

/// Something that a user who looks at an object should be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What it is about.
    pub regarding: Regarding,
    /// Whether it is a warning.
    pub tone: Tone,
    /// Why, in one CamelCase word for programs.
    pub reason: String,
    /// What, in words for people; never a value of a Secret.
    pub message: String,
}

impl Announcement {
    /// Somebody should look at an object of ours.
    pub fn warning<B>(kind: Kind, object: &Seen<B>, reason: &str, message: &str) -> Self {
        Self::new(Regarding::object(kind, object), Tone::Warning, reason, message)
    }

    /// Something went as it should. There is a budget for writes: about one of these per deployment and rollout.
    pub fn normal<B>(kind: Kind, object: &Seen<B>, reason: &str, message: &str) -> Self {
        Self::new(Regarding::object(kind, object), Tone::Normal, reason, message)
    }

    /// About any object.
    pub fn new(regarding: Regarding, tone: Tone, reason: &str, message: &str) -> Self {
        Self { regarding, tone, reason: reason.to_owned(), message: bounded(message) }
    }

    /// Says it in the log.
    pub fn log(&self) {
        let Self { regarding, tone, reason, message } = self;
        let (kind, object) = (&regarding.kind, &regarding.key);
        match tone {
            Tone::Normal => tracing::info!(kind, %object, reason, "{message}"),
            Tone::Warning => tracing::warn!(kind, %object, reason, "{message}"),
        }
    }
}

#[cfg(test)]
mod tests;

//! What the controller does to the outside: every write to the API server and every request to a host. Chooses nothing.

mod perform;
mod read_config;

use std::sync::Arc;

use serde_json::{Value, json};

pub use perform::{Performer, WRITES_AT_ONCE};

use super::artifact::LookupError;
use super::config::{ConfigProblem, ConfigRef, Reading, Record};
use super::events::Announcement;
use super::objects::{ObjectKey, Raw, Seen, Workload};
use super::pods::Pod;
use super::routes::plan::SliceWrite;
use super::routes::slice::Slice;
use crate::api::Kind;
use crate::hosts::BusError;
use crate::hosts::wire::{HostHeartbeat, WorkloadStatus};

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Create objects of a kind, in growing batches while creations succeed.
    Create {
        /// Their kind.
        kind: Kind,
        /// The objects.
        objects: Vec<Value>,
    },
    /// Merge-patch an object. The patch carries the preconditions: `metadata.uid` or `metadata.resourceVersion`.
    Patch {
        /// Its kind.
        kind: Kind,
        /// Which one.
        key: ObjectKey,
        /// What changes; explicit nulls remove.
        patch: Value,
        /// Whether it is the status that changes.
        status: bool,
    },
    /// Apply a part of an object as upstream's operator applies it, in its name: whichever of us applies it next has the last
    /// word on all of it, and what is not said any more goes away. Makes the object if there is none and no UID is told.
    Apply {
        /// Its kind.
        kind: Kind,
        /// Which one.
        key: ObjectKey,
        /// All that is said of it.
        object: Value,
        /// Whether it is the status.
        status: bool,
    },
    /// Delete objects, each only as the version that was decided on.
    Delete {
        /// Their kind.
        kind: Kind,
        /// Which ones.
        objects: Vec<Version>,
    },
    /// Look whether an owner exists, past every cache.
    ReadOwner {
        /// Its kind.
        kind: Kind,
        /// Which one.
        key: ObjectKey,
        /// The UID it must have.
        uid: String,
    },
    /// Start a Workload on a host, its configuration read now.
    Start {
        /// Id of the host.
        host: String,
        /// The Workload.
        workload: Arc<Workload>,
    },
    /// Read ConfigMaps and Secrets; only digests of their values come back.
    ReadConfig(Vec<ConfigRef>),
    /// Ask a registry what an image stands for now.
    ResolveDigest {
        /// The image.
        image: String,
        /// The Secret with access to it.
        secret: Option<ConfigRef>,
    },
    /// Ask a host for the state of a Workload.
    Ask {
        /// Id of the host.
        host: String,
        /// Id of the Workload.
        id: String,
    },
    /// Stop a Workload on a host.
    Stop {
        /// Id of the host.
        host: String,
        /// Id of the Workload.
        id: String,
    },
    /// Write EndpointSlices, one after the other.
    Slices(Vec<SliceWrite>),
    /// Merge-patch the Pod of a host. The patch carries the precondition: `metadata.resourceVersion`.
    PatchPod {
        /// Which one.
        key: ObjectKey,
        /// What changes.
        patch: Value,
    },
    /// Ask a host for a heartbeat.
    Probe {
        /// Id of the host.
        host: String,
    },
    /// Tell who looks at an object, by an Event and in the log. It has no reply, fails nothing and holds up nothing.
    Announce(Announcement),
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which object.
    pub key: ObjectKey,
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion.
    pub resource_version: String,
}

/// What came of one thing that was done; an effect over several objects has a reply for each.
#[derive(Debug)]
pub enum Reply {
    /// The object as the API server has it now.
    Written(Kind, Box<Raw>),
    /// The object is gone.
    Removed(Kind, ObjectKey, String),
    /// The EndpointSlice as the API server has it now.
    Slice(Box<Slice>),
    /// The EndpointSlice of that key and UID is gone.
    SliceGone(ObjectKey, String),
    /// The Pod as the API server has it now.
    Pod(Box<Pod>),
    /// No object of that UID exists, or it is being deleted together with what it owns.
    OwnerGone(String),
    /// The owner exists.
    OwnerThere,
    /// The API server refused.
    Refused(Refusal),
    /// A host's answer on a Workload.
    Host(Result<WorkloadStatus, BusError>),
    /// ConfigMaps and Secrets were read, or could not be.
    Read(Vec<Reading>),
    /// What an image stands for now.
    Digest(Result<String, LookupError>),
    /// A start was not sent, for want of configuration.
    Config(ConfigProblem),
    /// A host's answer to a probe.
    Heartbeat(Result<Box<HostHeartbeat>, BusError>),
}

/// Why the API server refused a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The object changed since: news of it is on its way, and then it is decided anew.
    Conflict,
    /// There is no such object any more.
    NotFound,
    /// This process is not in charge any more: nothing was sent.
    NotLeading,
    /// It will not be taken as long as nobody changes something: it is not allowed, or breaks a rule. In words.
    Denied(String),
    /// Anything else, in the server's words.
    Other(String),
}

/// What was decided for one key.
#[derive(Debug, Default)]
pub struct Decision {
    /// To be done in this order, up to the first refusal.
    pub effects: Vec<Effect>,
    /// What the replies are for.
    pub then: Then,
    /// When to look again, if nothing happens before.
    pub next: Option<tokio::time::Instant>,
    /// What it needs of a host's capacity for starts.
    pub room: Room,
    /// Whether it waits for a host that fits.
    pub unplaced: bool,
    /// The configuration that objects were made with, by UID: to be remembered.
    pub records: Vec<(String, Arc<Record>)>,
}

/// How replies become a status.
#[derive(Debug, Default)]
pub enum Then {
    /// They do not.
    #[default]
    Nothing,
    /// By the Workload's rules.
    Workload(super::workload::Pending),
    /// By the Artifact's rules.
    Artifact(super::artifact::Pending),
    /// By the Host's rules.
    Host(super::host::Pending),
    /// By the rules of routes.
    Route(super::routes::Pending),
    /// By the rules of host Pods.
    Pod(super::pods::Pending),
}

/// What a decision needs of a host's capacity for starts.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// None.
    #[default]
    None,
    /// One start on that host.
    Take(String),
    /// There is none left on that host: to be looked at again when a start there has ended.
    Await(String),
}

impl Room {
    /// The host that was chosen.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Take(host) | Self::Await(host) => Some(host),
        }
    }
}

/// What the replies amount to.
#[derive(Debug, Default)]
pub struct Settled {
    /// The status to write, if it says anything new, and what else follows.
    pub effects: Vec<Effect>,
    /// What to remember from now on.
    pub memory: Option<super::memory::Memory>,
    /// What to remember of a route from now on.
    pub route: Option<super::routes::RouteMemory>,
    /// What to remember of the Pod of that UID from now on.
    pub pod: Option<(String, super::pods::PodMemory)>,
    /// When to look again.
    pub next: Option<tokio::time::Instant>,
    /// Ids of hosts on which nobody listened.
    pub unheard: Vec<String>,
    /// Id of a host that did not answer when asked.
    pub dead: Option<String>,
}

/// The instant and the time of day, both told.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// For deadlines.
    pub instant: tokio::time::Instant,
    /// For people.
    pub wall: jiff::Timestamp,
}

impl Version {
    /// The object as it was decided on.
    pub fn of<B>(object: &Seen<B>) -> Self {
        Self {
            key: object.key(),
            uid: object.uid().to_owned(),
            resource_version: object.metadata.resource_version.clone().unwrap_or_default(),
        }
    }
}

/// A merge patch that leaves an object with these finalizers, if it has not changed since.
pub fn finalizers_patch<B>(kind: Kind, object: &Seen<B>, finalizers: &[&str]) -> Effect {
    Effect::Patch { kind, key: object.key(), patch: with_finalizers(object, finalizers), status: false }
}

/// Takes a finalizer off an object, so that a deletion that has begun can end; nothing if it has it not.
pub fn without_finalizer<B>(kind: Kind, object: &Seen<B>, finalizer: &str) -> Option<Effect> {
    let patch = finalizers_without(object, finalizer)?;
    Some(Effect::Patch { kind, key: object.key(), patch, status: false })
}

/// The merge patch that takes a finalizer off an object, if it has not changed since; nothing if it has it not.
pub fn finalizers_without<B>(object: &Seen<B>, finalizer: &str) -> Option<Value> {
    let all = object.metadata.finalizers.iter().flatten().map(String::as_str);
    let others: Vec<_> = all.filter(|name| *name != finalizer).collect();
    object.has_finalizer(finalizer).then(|| with_finalizers(object, &others))
}

fn with_finalizers<B>(object: &Seen<B>, finalizers: &[&str]) -> Value {
    json!({ "metadata": { "resourceVersion": object.metadata.resource_version, "finalizers": finalizers } })
}

/// A merge patch of an object's status, for exactly that object.
pub fn status_patch(kind: Kind, key: ObjectKey, uid: &str, status: Value) -> Effect {
    let patch = json!({ "metadata": { "uid": uid }, "status": status });
    Effect::Patch { kind, key, patch, status: true }
}

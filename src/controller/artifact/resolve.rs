//! `resolve: digest`: what the image's tag stands for is looked up in its registry, again and again.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::{Observed, publish, pull_secret, url, withhold};
use crate::api::HasConditions;
use crate::api::names::{annotation, condition, reason};
use crate::controller::config::{ConfigProblem, ConfigRef};
use crate::controller::effect::{Decision, Effect, Now, Reply, Settled, Then};
use crate::controller::memory::Memory;
use crate::controller::objects::Artifact;
use crate::registry::{RegistryError, untagged};

/// How often a tag is looked up, unless told.
const EVERY: Duration = Duration::from_secs(300);
/// How often it may be looked up: registries count.
const MOST_OFTEN: Duration = Duration::from_secs(10);

/// Why an image could not be looked up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Its pull secret is of no use.
    #[error(transparent)]
    Config(#[from] ConfigProblem),
    /// The registry did not say.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl LookupError {
    fn reason(&self) -> &'static str {
        match self {
            Self::Config(problem) => problem.reason(),
            Self::Registry(_) => reason::RESOLVE_FAILED,
        }
    }
}

/// What an Artifact's URL is made of.
pub(super) enum Resolution {
    /// Its image, as upstream's operator does.
    AsItIs,
    /// The digest that the image's tag stands for.
    Digest {
        /// How often it is looked up.
        every: Duration,
    },
}

impl Resolution {
    /// What the Artifact asks for. An image with a digest needs no lookup.
    ///
    /// # Errors
    /// Names the annotation that makes no sense, and what would.
    pub(super) fn of(artifact: &Artifact) -> Result<Self, String> {
        let Some(resolve) = artifact.annotation(annotation::RESOLVE) else { return Ok(Self::AsItIs) };
        if resolve.trim() != "digest" {
            return Err(format!("{} must be `digest`, not `{resolve}`", annotation::RESOLVE));
        }
        let every = artifact.annotation(annotation::POLL_INTERVAL).map_or(Ok(EVERY), interval)?;
        Ok(if artifact.spec.image.contains('@') { Self::AsItIs } else { Self::Digest { every } })
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{} must be a duration as `5m`, at least 10s, not `{text}`", annotation::POLL_INTERVAL);
    let read = text.trim().parse::<SignedDuration>().map_err(|_| wrong())?;
    Duration::try_from(read).ok().filter(|every| *every >= MOST_OFTEN).ok_or_else(wrong)
}

/// What a lookup is for.
#[derive(Clone, Debug)]
pub struct Pending {
    artifact: Arc<Artifact>,
    every: Duration,
    memory: Memory,
}

impl Pending {
    /// The UID of the Artifact.
    pub fn uid(&self) -> &str {
        self.artifact.uid()
    }
}

/// Looked up at once when nothing is published for this image, else when it is time to.
pub(super) fn decide(observed: &Observed<'_>, every: Duration, now: Now) -> Decision {
    let (artifact, memory) = (observed.artifact, &observed.memory);
    if let Some(due) = due(artifact, memory, every).filter(|due| *due > now.instant) {
        return Decision { next: Some(due), ..Decision::default() };
    }
    let secret = pull_secret(artifact).map(|name| ConfigRef::Secret(artifact.key().sibling(name)));
    let effects = vec![Effect::ResolveDigest { image: artifact.spec.image.clone(), secret }];
    let pending = Pending { artifact: artifact.clone(), every, memory: memory.clone() };
    Decision { effects, then: Then::Artifact(pending), ..Decision::default() }
}

/// When it is to be looked up; nothing is now. What was learned of an image counts for no other.
fn due(artifact: &Artifact, memory: &Memory, every: Duration) -> Option<Instant> {
    let sync = artifact.condition(condition::SYNC)?;
    if sync.observed_generation != Some(artifact.generation()) {
        return None;
    }
    let is_well = artifact.is_condition_true(condition::SYNC) && url(artifact).is_some_and(|url| url.contains('@'));
    let again = memory.asked.filter(|_| is_well).map(|asked| asked + spread(every, artifact.uid()));
    memory.until.or(again)
}

/// Between nine tenths and the whole of the period, by the Artifact, but never more often than is allowed.
fn spread(every: Duration, uid: &str) -> Duration {
    let share = uid.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 100);
    (every - every * share / 1000).max(MOST_OFTEN)
}

/// Turns the registry's answer into the status, what to remember, and when to look again.
pub fn settle(pending: &Pending, replies: &[Reply], now: Now) -> Settled {
    let Some(Reply::Digest(answer)) = replies.last() else { return Settled::default() };
    let (artifact, mut memory) = (&pending.artifact, pending.memory.clone());
    let (effect, wait) = match answer {
        Ok(digest) => {
            memory.succeeded();
            memory.asked = Some(now.instant);
            let pinned = format!("{}@{digest}", untagged(&artifact.spec.image));
            (publish(artifact, &pinned, now), spread(pending.every, artifact.uid()))
        }
        Err(error) => {
            let wait = memory.failed(None, artifact.uid(), now.instant);
            memory.lacks_config = matches!(error, LookupError::Config(_));
            (withhold(artifact, error.reason(), &error.to_string(), now), wait)
        }
    };
    let next = Some(now.instant + wait);
    Settled { effects: effect.into_iter().collect(), memory: Some(memory), next, ..Settled::default() }
}

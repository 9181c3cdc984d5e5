//! Events that follow from what is written into statuses, so that no kind's rules have to think of them.
//!
//! - A state is announced when it is written: a condition that turns False, or stays so with other words, is a Warning, once
//!   for all conditions that say the same. While nothing new is written nothing is announced; a Host's conditions are
//!   never False (takeover.md), there Unknown counts. Replica sets have no Events: nobody looks at them.
//! - An attempt is announced when it ends: a start, a stop or a question that failed says so each time, though the status
//!   stays as it is (`workload::settle`). The back-off sets their pace, so one Event's count and last time show that it is
//!   still being tried.
//! - All is well is announced once a rollout, on the deployment: when another replica set becomes the current one. Its end
//!   is the transition time of the deployment's conditions.

use serde_json::Value;

use super::{Announcement, Regarding, Tone};
use crate::api::names::{condition, reason};
use crate::api::{Condition, HasConditions, Kind};
use crate::controller::effect::{Effect, Reply};
use crate::controller::objects::{Key, ObjectKey, Seen, What};
use crate::controller::world::World;

/// What an object said when something was decided for it.
#[derive(Clone, Debug)]
pub struct Subject {
    kind: Kind,
    regarding: Regarding,
    conditions: Vec<Condition>,
    /// A deployment's current replica set.
    current: Option<String>,
}

impl Subject {
    /// The object of that key, if there is one.
    pub fn of(world: &World, key: &Key) -> Option<Self> {
        let What::Kind(kind) = key.what else { return None };
        let object = &key.object;
        match kind {
            Kind::WorkloadDeployment => world.deployments.get(object).map(|deployment| Self {
                current: deployment.status.as_ref().and_then(|status| {
                    status.current_replica_set.as_ref().map(|set| set.name().to_owned()).filter(|name| !name.is_empty())
                }),
                ..Self::new(kind, deployment)
            }),
            Kind::Workload => world.workloads.get(object).map(|workload| Self::new(kind, workload)),
            Kind::Host => world.hosts.get(object).map(|host| Self::new(kind, host)),
            Kind::Artifact => world.artifacts.get(object).map(|artifact| Self::new(kind, artifact)),
            Kind::WorkloadReplicaSet => None,
        }
    }

    fn new<B: HasConditions>(kind: Kind, object: &Seen<B>) -> Self {
        let (regarding, conditions) = (Regarding::object(kind, object), object.conditions().to_vec());
        Self { kind, regarding, conditions, current: None }
    }

    /// The effects, and after each status that is written what follows from it; nothing that is announced already.
    pub fn tell(&self, effects: Vec<Effect>) -> Vec<Effect> {
        let said = effects.iter().filter_map(|effect| match effect {
            Effect::Announce(announcement) => Some(announcement.clone()),
            _ => None,
        });
        let said: Vec<_> = said.collect();
        let mut all = Vec::with_capacity(effects.len());
        for effect in effects {
            let news = match &effect {
                Effect::Patch { kind, key, patch, status: true } if self.is(*kind, key) => self.news(&patch["status"]),
                _ => Vec::new(),
            };
            all.push(effect);
            all.extend(news.into_iter().filter(|news| !said.contains(news)).map(Effect::Announce));
        }
        all
    }

    /// Logs that a rollout is through, if what was written tells so for the first time.
    pub fn log_completion(&self, reply: &Reply) {
        let Reply::Written(kind, object) = reply else { return };
        let key = ObjectKey::of(&object.metadata);
        if self.is(*kind, &key) && self.completes(&object.data["status"]) {
            let set = object.data["status"]["currentReplicaSet"]["name"].as_str().unwrap_or_default();
            tracing::info!(kind = kind.name(), object = %key, replica_set = set, "rolled out");
        }
    }

    fn completes(&self, status: &Value) -> bool {
        let deploy = |status: &Value| {
            let all = status["conditions"].as_array();
            all.into_iter()
                .flatten()
                .any(|c| c["type"] == condition::DEPLOY && c["reason"] == reason::NEW_REPLICA_SET_AVAILABLE)
        };
        let was = self.conditions.condition(condition::DEPLOY).map(Condition::reason);
        self.kind == Kind::WorkloadDeployment && was != Some(reason::NEW_REPLICA_SET_AVAILABLE) && deploy(status)
    }

    fn is(&self, kind: Kind, key: &ObjectKey) -> bool {
        self.kind == kind && self.regarding.key == *key
    }

    /// What a new status tells that the old one did not.
    fn news(&self, status: &Value) -> Vec<Announcement> {
        let mut news: Vec<Announcement> = self.began(status).into_iter().collect();
        for condition in status["conditions"].as_array().into_iter().flatten() {
            let text = |field: &str| condition[field].as_str().unwrap_or_default();
            let (type_, status, reason, message) = (text("type"), text("status"), text("reason"), text("message"));
            let said = |old: &Condition| old.status == status && old.reason() == reason && old.message() == message;
            if !self.is_trouble(status, reason) || self.conditions.condition(type_).is_some_and(said) {
                continue;
            }
            let warning = Announcement::new(self.regarding.clone(), Tone::Warning, reason, message);
            if !news.contains(&warning) {
                news.push(warning);
            }
        }
        news
    }

    fn is_trouble(&self, status: &str, reason: &str) -> bool {
        match self.kind {
            Kind::Host => status != "True",
            // What is being deleted is not Ready, and that is as it should be.
            _ => status == "False" && reason != "Terminating",
        }
    }

    /// A rollout begins: a replica set was made for it, or one of old is used again.
    fn began(&self, status: &Value) -> Option<Announcement> {
        let current =
            status["currentReplicaSet"]["name"].as_str().filter(|name| self.current.as_deref() != Some(name))?;
        let mut all = status["conditions"].as_array().into_iter().flatten();
        let created = |c: &&Value| c["type"] == condition::DEPLOY && c["reason"] == reason::NEW_REPLICA_SET_CREATED;
        let (reason, message) = if let Some(deploy) = all.find(created) {
            (reason::NEW_REPLICA_SET_CREATED, deploy["message"].as_str().unwrap_or_default().to_owned())
        } else {
            // Without a former one it is only that somebody else's work is taken over.
            self.current.as_ref()?;
            (reason::REPLICA_SET_UPDATED, format!("goes back to replica set \"{current}\""))
        };
        Some(Announcement::new(self.regarding.clone(), Tone::Normal, reason, &message))
    }
}

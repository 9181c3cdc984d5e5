//! What a Host object says when another controller takes over.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{OVERDUE, write};
use crate::controller::effect::{Effect, Now};
use crate::controller::live::{LiveHost, Standing};
use crate::controller::objects::{Host, ObjectKey};
use crate::controller::release::Deed;
use crate::controller::world::World;

/// A host that was not heard lately is asked for a heartbeat: who takes over deletes one that was last seen long ago.
pub(in crate::controller) fn question(world: &World, key: &ObjectKey, now: Now) -> Option<Effect> {
    let id = &world.hosts.get(key)?.host_id;
    let lately = world.live.get(id).is_some_and(|live| now.instant < live.heard + OVERDUE);
    let dead = world.live.standing(id, now.instant) == Standing::Dead;
    (!lately && !dead).then(|| Effect::Probe { host: id.clone() })
}

/// `lastSeen` becomes the time of its last heartbeat.
pub(in crate::controller) fn decide(world: &World, key: &ObjectKey, now: Now) -> Option<Deed> {
    let object = world.hosts.get(key).filter(|object| !object.is_terminating())?;
    let live = world.live.get(&object.host_id)?;
    let alive = world.live.standing(&object.host_id, now.instant) == Standing::Alive;
    let heard = heard_at(live, now).filter(|heard| alive && last_seen(object).is_some_and(|seen| seen < *heard))?;
    let effects = vec![write::tell(object, &live.beat, Some(heard))];
    Some(Deed { effects, words: format!("Host {key}: last seen at {heard}") })
}

/// When it was last heard, in whole seconds as the API server keeps it.
fn heard_at(live: &LiveHost, now: Now) -> Option<Timestamp> {
    let ago = SignedDuration::try_from(now.instant.saturating_duration_since(live.heard)).ok()?;
    Timestamp::from_second(now.wall.checked_sub(ago).ok()?.as_second()).ok()
}

/// When it was last seen according to its status; `None` without a status, which needs more than this field.
fn last_seen(object: &Host) -> Option<Timestamp> {
    let status = object.status.as_ref()?;
    Some(status.last_seen.as_ref().map_or(Timestamp::MIN, |Time(seen)| *seen))
}

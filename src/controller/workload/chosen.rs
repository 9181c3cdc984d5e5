//! A host fits a Workload that said that none does: it says so at once, and not only when that host has answered, which may
//! take as long as it takes to pull an image. One that did not say so costs no write.

use std::sync::Arc;

use jiff::Timestamp;

use super::status::{Place, Verdicts, write, written};
use crate::api::names::condition::{HOST_SELECTION, PLACEMENT};
use crate::api::{Condition, HasConditions};
use crate::controller::effect::Effect;
use crate::controller::objects::Workload;

/// The write that says so, and the Workload as it is then. It may be in line on the host until others are started, and is
/// not to need another write when its turn comes.
pub(super) fn say(workload: &Arc<Workload>, now: Timestamp) -> Option<(Effect, Arc<Workload>)> {
    let says_none = workload.condition(HOST_SELECTION).is_some_and(Condition::is_false);
    let verdicts = Verdicts::open(PLACEMENT, "Assigned", "a host was found, which has not started it yet");
    let effect = says_none.then(|| write(workload, &verdicts, &Place::Nowhere, now)).flatten()?;
    Some((effect, Arc::new(written(workload, &verdicts, now))))
}

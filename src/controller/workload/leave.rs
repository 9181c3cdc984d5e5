//! A host that reports and never answers about a Workload is left: the Workload goes elsewhere, and it is on record that it
//! is to be stopped there.

use std::sync::Arc;

use super::{Observed, OnHost, choose};
use crate::controller::effect::Effect;
use crate::controller::host;
use crate::controller::live::Standing;
use crate::controller::memory::Memory;
use crate::controller::objects::{Host, Workload};
use crate::controller::world::World;

/// The object of the host that may have started a Workload, if it lives and has failed too often to say whether it did. What
/// it once said to run there stays.
pub(super) fn observe(world: &World, workload: &Workload, host: Option<&OnHost>, memory: &Memory) -> Option<Arc<Host>> {
    let host = host.filter(|host| host.confirmed && host.standing == Standing::Alive)?;
    let given_up = workload.workload_id().is_none() && memory.avoid().contains_key(&host.id);
    given_up.then(|| world.host_object(&host.id).cloned()).flatten()
}

/// Whether a Workload leaves that host: only for another one.
pub(super) fn decide(observed: &Observed<'_>, host: &OnHost) -> bool {
    observed.left.is_some() && choose(observed).is_ok_and(|other| other.id != host.id)
}

/// Puts on record, before it is started elsewhere, that it is to be stopped on the host it leaves.
pub(super) fn entomb(observed: &Observed<'_>) -> Option<Effect> {
    host::entomb(observed.left.as_ref()?, observed.workload.uid())
}

//! A Workload that runs on one host and was assigned to another: its start there was on its way when its controller ended,
//! and whoever took over gave it to the one where it runs now. Nothing tells whether the other got it, so that is to stop it.

use super::{Observed, OnHost, assign};
use crate::controller::effect::Effect;
use crate::controller::host;

/// Whether it may run on the host that it is assigned to, beside the one in its status.
pub(super) fn may_run_elsewhere(observed: &Observed<'_>, host: &OnHost) -> bool {
    observed.assigned.is_some() && !host.entombed
}

/// Should it run where its status says: it is put on record that it is to be stopped on the other host, which is its own no
/// more.
pub(super) fn only_here(observed: &Observed<'_>, host: &OnHost) -> Vec<Effect> {
    let stop = observed.elsewhere.as_ref().and_then(|other| host::entomb(other, observed.workload.uid()));
    stop.into_iter().chain([assign(observed.workload, &host.id)]).collect()
}

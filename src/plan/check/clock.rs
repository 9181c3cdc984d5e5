//! Clocks: ours, the API server's, the controller's.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Category, Check, Facts, codes};
use crate::report::age;

/// Below this nobody notices; the server tells whole seconds.
const NOTICED: SignedDuration = SignedDuration::from_secs(5);
/// Above this leases are misjudged and tokens are not valid yet.
const HARMFUL: SignedDuration = SignedDuration::from_secs(30);

pub(super) fn assess(facts: &Facts) -> Category {
    let mut checks = Vec::new();
    checks.extend(facts.server.as_ref().ok().and_then(|server| server.ahead).map(server));
    checks.push(renewed(facts));
    Category { name: "clocks", checks }
}

fn server(ahead: SignedDuration) -> Check {
    let check = Check::of(&codes::CLOCK);
    let by = age::human(ahead.abs());
    let error = if ahead.is_positive() { format!("ours is {by} behind") } else { format!("ours is {by} ahead") };
    match ahead.abs() {
        apart if apart > HARMFUL => check.fails(error),
        apart if apart > NOTICED => check.warns(error),
        _ => check,
    }
}

/// What was written by clocks that are ahead of ours.
fn renewed(facts: &Facts) -> Check {
    let check = Check::of(&codes::FUTURE);
    let leases = facts.leases.iter().flatten();
    let leases = leases.filter_map(|lease| Some(("the Lease", lease.spec.as_ref()?.renew_time.as_ref()?.0)));
    let seen = |host: &Value| host.pointer("/status/lastSeen")?.as_str()?.parse().ok();
    let hosts = facts.hosts.iter().flatten().filter_map(|host| Some(("lastSeen of a host", seen(host)?)));
    let ahead = leases.chain(hosts).map(|(what, time)| (time.duration_since(facts.now), what)).max();
    match ahead {
        Some((ahead, what)) if ahead > NOTICED => {
            check.warns(format!("{what} is {} ahead of the clock here", age::human(ahead)))
        }
        _ => check,
    }
}

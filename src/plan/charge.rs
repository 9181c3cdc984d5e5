//! Who is in charge: what the Lease that all controllers share says.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;

use crate::api::names::{LEASE_IDENTITY_PREFIX, LOCAL_LEASE_IDENTITY};

/// How far two clocks may be apart, beyond the lease's own time, before a lease counts as forgotten.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(30);

/// Who reconciles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Nobody holds the lease, or nobody ever did.
    Nobody,
    /// It was held, and was not renewed in time.
    Gone {
        /// Who held it.
        holder: String,
        /// How long ago it was renewed.
        since: SignedDuration,
    },
    /// Somebody holds it.
    Held {
        /// Who.
        holder: String,
    },
}

impl Charge {
    /// Reads it off the leases of that name, of which the one renewed last counts; none that was let go does.
    pub fn of(leases: &[Lease], now: Timestamp) -> Self {
        let renewed = |lease: &&Lease| lease.spec.as_ref().and_then(|spec| spec.renew_time.as_ref()).map(|time| time.0);
        let holder =
            |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.holder_identity.clone()).unwrap_or_default();
        let held = leases.iter().filter(|lease| !holder(lease).is_empty());
        let Some(lease) = held.max_by_key(renewed) else { return Self::Nobody };
        let (spec, holder) = (lease.spec.clone().unwrap_or_default(), holder(lease));
        let Some(at) = renewed(&lease) else { return Self::Nobody };
        let since = now.duration_since(at);
        let lasts = SignedDuration::from_secs(spec.lease_duration_seconds.unwrap_or(15).into());
        if since > lasts + CLOCK_SKEW { Self::Gone { holder, since } } else { Self::Held { holder } }
    }

    /// Whether it is a local control plane that reconciles, or last did.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Held { holder } | Self::Gone { holder, .. } if holder == LOCAL_LEASE_IDENTITY)
    }

    /// Whether somebody reconciles.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

/// Whether whoever is in charge does what only our controller knows: pausing, restarts, history, cordons, drains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heed {
    /// It does.
    Does,
    /// It does not: it is another controller, of this identity.
    Ignores(String),
    /// Nobody is in charge; whoever comes may.
    Nobody(Charge),
    /// The Lease may not be read, and nothing else tells.
    Unknown,
}

impl Heed {
    /// Judges by the Lease; where that may not be read, by whether a replica set holds a revision, which only our controller
    /// writes.
    pub fn of(charge: Option<Charge>, has_revisions: bool) -> Self {
        match charge {
            Some(Charge::Held { holder }) if program(&holder) == ANOTHER => Self::Ignores(holder),
            Some(Charge::Held { .. }) => Self::Does,
            Some(charge) => Self::Nobody(charge),
            None if has_revisions => Self::Does,
            None => Self::Unknown,
        }
    }

    /// What to say where `what`, such as `a pause`, is asked for; nothing when it is done.
    pub fn warning(&self, what: &str) -> Option<String> {
        match self {
            Self::Does => None,
            Self::Ignores(holder) => Some(format!("{holder} is in charge, and ignores {what}")),
            Self::Nobody(charge) => Some(format!("{what} waits for a controller; in charge: {charge}")),
            Self::Unknown => Some(format!("cannot tell who is in charge; upstream's operator ignores {what}")),
        }
    }
}

/// What a program is called that is not ours.
const ANOTHER: &str = "another operator";

/// The program behind an identity.
fn program(holder: &str) -> &'static str {
    match holder {
        LOCAL_LEASE_IDENTITY => "kubectl wasmcloud local up",
        holder if holder.starts_with(LEASE_IDENTITY_PREFIX) => "kubectl wasmcloud run-controller",
        _ => ANOTHER,
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("none"),
            Self::Gone { holder, since } => {
                write!(f, "none ({holder} was last heard from {} ago)", crate::report::age::human(*since))
            }
            Self::Held { holder } => write!(f, "{holder} ({})", program(holder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lease(holder: &str, renewed: &str) -> Lease {
        serde_json::from_value(json!({
            "spec": {"holderIdentity": holder, "renewTime": renewed, "leaseDurationSeconds": 15}
        }))
        .unwrap()
    }

    fn charge(leases: &[Lease]) -> String {
        Charge::of(leases, "2026-01-01T00:01:00Z".parse().unwrap()).to_string()
    }

    #[test]
    fn a_lease_tells_who_is_in_charge() {
        assert_eq!(charge(&[]), "none");
        assert_eq!(charge(&[Lease::default()]), "none");
        assert_eq!(charge(&[lease("", "2026-01-01T00:01:00.000000Z")]), "none", "released");
        let ours = lease("kubectl-wasmcloud_h_1", "2026-01-01T00:00:50.000000Z");
        assert_eq!(charge(std::slice::from_ref(&ours)), "kubectl-wasmcloud_h_1 (kubectl wasmcloud run-controller)");
        let old = lease("op-1", "2026-01-01T00:00:10.000000Z");
        assert_eq!(charge(std::slice::from_ref(&old)), "none (op-1 was last heard from 50s ago)");
        assert!(Charge::of(&[old.clone(), ours.clone()], "2026-01-01T00:01:00Z".parse().unwrap()).is_held());
        let released = lease("", "2026-01-01T00:00:59.000000Z");
        assert!(Charge::of(&[released.clone(), ours], "2026-01-01T00:01:00Z".parse().unwrap()).is_held());
        assert_eq!(charge(&[old, released]), "none (op-1 was last heard from 50s ago)");
    }

    #[test]
    fn only_our_controller_does_what_only_it_knows() {
        let held = |holder: &str| Some(Charge::Held { holder: holder.to_owned() });
        assert_eq!(Heed::of(held("kubectl-wasmcloud_h_1"), false), Heed::Does);
        assert_eq!(Heed::of(held("kubectl-wasmcloud_local"), false), Heed::Does);
        let another = Heed::of(held("op-1"), true);
        assert_eq!(another.warning("a pause").unwrap(), "op-1 is in charge, and ignores a pause");
        let nobody = Heed::of(Some(Charge::Nobody), true);
        assert_eq!(nobody.warning("a restart").unwrap(), "a restart waits for a controller; in charge: none");
        assert_eq!(Heed::of(None, true), Heed::Does);
        assert_eq!(
            Heed::of(None, false).warning("a pause").unwrap(),
            "cannot tell who is in charge; upstream's operator ignores a pause"
        );
    }
}

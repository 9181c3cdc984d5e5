//! Who is in charge: client-go's rules of leader election over one Lease, as a step function of what was read.
//!
//! A Lease expires by the time *observed* on the own monotonic clock, never by comparing its `renewTime` with a clock, so
//! that a machine whose clock is off cannot take a live lease.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use tokio::time::Instant;

/// How long a holder may be silent before another may take over.
pub const DURATION: Duration = Duration::from_secs(15);
/// How long a holder tries to renew before it stops leading: less than [`DURATION`].
pub const RENEW_DEADLINE: Duration = Duration::from_secs(10);
/// Between two renewals that go through: a third of what a Lease lasts. client-go's elector renews every [`RETRY`], which is
/// 18 writes a minute more for nothing.
pub const RENEW: Duration = Duration::from_secs(5);
/// Between two tries while it is not ours, or a renewal has failed.
pub const RETRY: Duration = Duration::from_secs(2);
/// The least time between two tries.
const AT_LEAST: Duration = Duration::from_millis(50);

/// What this process knows of the Lease.
#[derive(Debug)]
pub struct Elector {
    identity: String,
    observed: Option<(LeaseSpec, Instant)>,
    renewed: Option<Instant>,
}

/// What to do after a look at the Lease.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Someone else holds it; look again later.
    Wait {
        /// Who.
        holder: String,
    },
    /// There is no Lease: create it with this.
    Create(LeaseSpec),
    /// It is ours, expired or released: replace it by this, under the resourceVersion that was read.
    Update(LeaseSpec),
}

impl Elector {
    /// An elector that has seen nothing yet.
    pub fn new(identity: String) -> Self {
        Self { identity, observed: None, renewed: None }
    }

    /// Decides from the Lease as it was just read. `wall` only fills the fields that people read.
    pub fn step(&mut self, lease: Option<&LeaseSpec>, now: Instant, wall: Timestamp) -> Step {
        let Some(spec) = lease else {
            return Step::Create(self.claim(0, None, wall));
        };
        if self.observed.as_ref().is_none_or(|(seen, _)| seen != spec) {
            self.observed = Some((spec.clone(), now));
        }
        let holder = spec.holder_identity.clone().unwrap_or_default();
        let transitions = spec.lease_transitions.unwrap_or_default();
        if holder == self.identity {
            return Step::Update(self.claim(transitions, spec.acquire_time.clone(), wall));
        }
        let seen = self.observed.as_ref().map_or(now, |(_, at)| *at);
        if !holder.is_empty() && now < seen + lease_duration(spec) {
            // Whoever holds it may act from now on: two must not, even for what is left of our own deadline.
            self.renewed = None;
            return Step::Wait { holder };
        }
        Step::Update(self.claim(transitions.saturating_add(1), None, wall))
    }

    /// Notes that a write of ours, begun at `begun`, went through: from then on we lead.
    pub fn written(&mut self, spec: LeaseSpec, begun: Instant) {
        self.observed = Some((spec, begun));
        self.renewed = Some(begun);
    }

    /// Whether we lead: our last renewal began less than the renew deadline ago.
    pub fn leads(&self, now: Instant) -> bool {
        self.renewed.is_some_and(|at| now < at + RENEW_DEADLINE)
    }

    /// When leading ends unless it is renewed before.
    pub fn leads_until(&self) -> Option<Instant> {
        self.renewed.map(|at| at + RENEW_DEADLINE)
    }

    /// How long to wait after a try that began at `begun`; never past the end of our lead.
    pub fn wait(&self, begun: Instant, now: Instant) -> Duration {
        let pause = if self.renewed == Some(begun) { RENEW } else { RETRY };
        let left = self.leads_until().map_or(pause, |end| end.saturating_duration_since(now));
        pause.min(left).max(AT_LEAST)
    }

    /// What to write so that another can take over at once.
    pub fn release(&mut self, wall: Timestamp) -> Option<LeaseSpec> {
        self.renewed.take()?;
        let (held, _) = self.observed.as_ref()?;
        Some(LeaseSpec {
            holder_identity: Some(String::new()),
            lease_duration_seconds: Some(1),
            acquire_time: Some(MicroTime(wall)),
            renew_time: Some(MicroTime(wall)),
            lease_transitions: held.lease_transitions,
            ..LeaseSpec::default()
        })
    }

    fn claim(&self, transitions: i32, acquired: Option<MicroTime>, wall: Timestamp) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(DURATION.as_secs()).ok(),
            acquire_time: acquired.or(Some(MicroTime(wall))),
            renew_time: Some(MicroTime(wall)),
            lease_transitions: Some(transitions),
            ..LeaseSpec::default()
        }
    }
}

/// The holder's own word for how long its silence may last; ours where it gives none that makes sense.
fn lease_duration(spec: &LeaseSpec) -> Duration {
    match spec.lease_duration_seconds.map(u64::try_from) {
        Some(Ok(seconds)) if seconds > 0 => Duration::from_secs(seconds),
        _ => DURATION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_renewed_in_good_time_and_tried_more_often_once_that_fails() {
        let (mut elector, begun) = (Elector::new("me".into()), Instant::now());
        let second = Duration::from_secs;
        assert_eq!(elector.wait(begun, begun), RETRY, "it is not ours");
        elector.written(held_by("me", 0), begun);
        assert_eq!(elector.wait(begun, begun + second(1)), RENEW);
        assert_eq!(elector.wait(begun + second(5), begun + second(6)), RETRY, "the renewal failed");
        assert_eq!(elector.wait(begun + second(7), begun + second(9)), second(1), "until the lead ends");
        assert_eq!(elector.wait(begun + second(9), begun + second(12)), AT_LEAST);
    }

    fn wall(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn held_by(holder: &str, renewed: i64) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(holder.into()),
            lease_duration_seconds: Some(15),
            renew_time: Some(MicroTime(wall(renewed))),
            lease_transitions: Some(4),
            ..LeaseSpec::default()
        }
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn an_absent_lease_is_created_and_then_renewed() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        let Step::Create(spec) = elector.step(None, t, wall(0)) else { panic!() };
        assert_eq!(spec.holder_identity.as_deref(), Some("me"));
        assert!(!elector.leads(t), "not before the write went through");
        elector.written(spec.clone(), t);
        assert!(elector.leads(t + seconds(9)));
        let Step::Update(renewed) = elector.step(Some(&spec), t + seconds(2), wall(2)) else { panic!() };
        assert_eq!(renewed.acquire_time, spec.acquire_time);
        assert_eq!(renewed.lease_transitions, Some(0));
        assert_ne!(renewed.renew_time, spec.renew_time);
    }

    #[test]
    fn a_live_lease_is_left_alone_whatever_its_clock_says() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        let years_old = held_by("other", -100_000_000);
        assert_eq!(elector.step(Some(&years_old), t, wall(0)), Step::Wait { holder: "other".into() });
        assert_eq!(elector.step(Some(&years_old), t + seconds(14), wall(14)), Step::Wait { holder: "other".into() });
        let beat = held_by("other", -99_999_990);
        assert_eq!(elector.step(Some(&beat), t + seconds(15), wall(15)), Step::Wait { holder: "other".into() });
        assert_eq!(elector.step(Some(&beat), t + seconds(29), wall(29)), Step::Wait { holder: "other".into() });
    }

    #[test]
    fn a_lease_that_stands_still_for_its_duration_is_taken() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        let lease = held_by("other", 1_000_000);
        assert!(matches!(elector.step(Some(&lease), t, wall(0)), Step::Wait { .. }));
        let Step::Update(taken) = elector.step(Some(&lease), t + seconds(15), wall(15)) else { panic!() };
        assert_eq!((taken.holder_identity.as_deref(), taken.lease_transitions), (Some("me"), Some(5)));
    }

    #[test]
    fn rule_20_upstreams_lease_is_waited_for_on_our_own_clock_though_its_holder_is_gone() {
        for renewed in [-100_000_000, 0, 100_000_000] {
            let (mut elector, t) = (Elector::new("kubectl-wasmcloud_1".into()), Instant::now());
            let left = held_by("operator-5d9c8_0b1c2d3e", renewed);
            for at in [0, 5_000, 14_999] {
                let now = t + Duration::from_millis(at);
                let Step::Wait { holder } = elector.step(Some(&left), now, wall(0)) else {
                    panic!("taken after {at} ms")
                };
                assert_eq!(holder, "operator-5d9c8_0b1c2d3e");
                assert!(!elector.leads(now));
            }
            assert!(matches!(elector.step(Some(&left), t + seconds(15), wall(15)), Step::Update(_)));
        }
    }

    #[test]
    fn a_released_lease_is_taken_at_once() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        assert!(matches!(elector.step(Some(&held_by("", 0)), t, wall(0)), Step::Update(_)));
    }

    #[test]
    fn leading_ends_before_the_lease_can_expire() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        elector.written(held_by("me", 0), t);
        assert!(elector.leads(t + RENEW_DEADLINE - Duration::from_millis(1)));
        assert!(!elector.leads(t + RENEW_DEADLINE));
        assert!(RENEW_DEADLINE < DURATION);
    }

    #[test]
    fn leading_ends_when_another_is_seen_to_hold_the_lease() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        elector.written(held_by("me", 0), t);
        let taken = held_by("other", 1);
        assert_eq!(elector.step(Some(&taken), t + seconds(2), wall(2)), Step::Wait { holder: "other".into() });
        assert!(!elector.leads(t + seconds(2)));
        assert_eq!(elector.release(wall(3)), None, "it is not ours to give away");
    }

    #[test]
    fn release_gives_the_lease_to_nobody_and_ends_leading() {
        let (mut elector, t) = (Elector::new("me".into()), Instant::now());
        assert_eq!(elector.release(wall(0)), None, "what is not held is not released");
        elector.written(held_by("me", 0), t);
        let released = elector.release(wall(3)).unwrap();
        assert_eq!(released.holder_identity.as_deref(), Some(""));
        assert_eq!(released.lease_transitions, Some(4));
        assert!(!elector.leads(t));
    }
}

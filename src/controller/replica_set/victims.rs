//! Whom a replica set gives up first.

use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::available;
use crate::api::HasConditions;
use crate::controller::objects::Workload;

/// What would be lost with a Workload; the least goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Unready,
    /// Ready, and not for long enough to count.
    NotYetAvailable,
    /// Available, and to leave its host anyway.
    Leaving,
    Available,
}

/// When it was made, and its name where that is the same.
type Age<'w> = (Option<Timestamp>, &'w str);

/// Who goes first: the unready, then those whose host is being drained (`leaving`, by UID); among the same, those without
/// a host, then those on the host with most of them, then the newest. The crowd on a host is counted anew with each that
/// goes.
pub(super) fn victims<'w>(
    living: &[&'w Arc<Workload>],
    excess: usize,
    leaving: &HashSet<&str>,
    (min_ready, now): (Duration, Timestamp),
) -> Vec<&'w Arc<Workload>> {
    let mut classes: BTreeMap<Worth, Vec<&'w Arc<Workload>>> = BTreeMap::new();
    let mut crowds: HashMap<&str, usize> = HashMap::new();
    for workload in living {
        let worth = match worth(workload, min_ready, now) {
            Worth::Available if leaving.contains(workload.uid()) => Worth::Leaving,
            worth => worth,
        };
        classes.entry(worth).or_default().push(workload);
        if let Some(host) = workload.host_id() {
            *crowds.entry(host).or_default() += 1;
        }
    }
    let mut going = Vec::with_capacity(excess);
    for mut class in classes.into_values() {
        class.sort_unstable_by_key(|workload| age(workload));
        take(class, excess, &mut crowds, &mut going);
    }
    going
}

fn worth(workload: &Workload, min_ready: Duration, now: Timestamp) -> Worth {
    match available(workload, min_ready, now) {
        Ok(()) => Worth::Available,
        Err(_) if workload.is_ready() => Worth::NotYetAvailable,
        Err(_) => Worth::Unready,
    }
}

fn age(workload: &Workload) -> Age<'_> {
    (workload.metadata.creation_timestamp.as_ref().map(|time| time.0), workload.name())
}

/// Takes from Workloads of the same worth, given oldest first, until there are enough: each host is in the heap once, with
/// the one that goes first from it.
fn take<'w>(
    class: Vec<&'w Arc<Workload>>,
    enough: usize,
    crowds: &mut HashMap<&'w str, usize>,
    going: &mut Vec<&'w Arc<Workload>>,
) {
    let mut by_host: HashMap<&'w str, Vec<&'w Arc<Workload>>> = HashMap::new();
    let mut hostless = Vec::new();
    for workload in class {
        match workload.host_id() {
            Some(host) => by_host.entry(host).or_default().push(workload),
            None => hostless.push(workload),
        }
    }
    going.extend(hostless.into_iter().rev().take(enough - going.len()));
    let crowd = |crowds: &HashMap<&'w str, usize>, host: &str| crowds.get(host).copied().unwrap_or_default();
    let newest = |stack: &[&'w Arc<Workload>]| stack.last().map(|workload| age(workload));
    let firsts = by_host.iter().map(|(host, stack)| (crowd(crowds, host), newest(stack), *host));
    let mut heap: BinaryHeap<_> = firsts.collect();
    while going.len() < enough
        && let Some((_, _, host)) = heap.pop()
    {
        let Some(stack) = by_host.get_mut(host) else { continue };
        going.extend(stack.pop());
        *crowds.entry(host).or_default() -= 1;
        if !stack.is_empty() {
            heap.push((crowd(crowds, host), newest(stack), host));
        }
    }
}

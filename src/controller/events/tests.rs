mod derived;
mod recording;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::correlator::{Correlator, Write};
use super::*;
use crate::controller::effect::Now;
use crate::controller::fixtures::wall;

fn regarding(name: &str) -> Regarding {
    Regarding {
        api_version: names::API_VERSION.to_owned(),
        kind: "Workload".to_owned(),
        key: ObjectKey::new("apps", name),
        uid: format!("uid-of-{name}"),
    }
}

fn warning(name: &str, message: &str) -> Announcement {
    Announcement::new(regarding(name), Tone::Warning, "StartFailed", message)
}

struct Correlating {
    correlator: Correlator,
    now: Now,
}

impl Correlating {
    fn new() -> Self {
        let now = Now { instant: Instant::now(), wall: wall() };
        Self { correlator: Correlator::new("kubectl-wasmcloud_me".to_owned()), now }
    }

    fn pass(&mut self, seconds: u64) {
        let time = Duration::from_secs(seconds);
        self.now = Now { instant: self.now.instant + time, wall: self.now.wall + time };
    }

    fn say(&mut self, announcement: &Announcement) -> Option<Write> {
        self.correlator.observe(announcement, self.now)
    }
}

#[test]
fn an_event_says_who_says_what_of_which_object() {
    let mut to = Correlating::new();
    let write = to.say(&warning("web-1", "no such image")).unwrap();
    let mut event = serde_json::to_value(&write.event).unwrap();
    let name = event["metadata"]["name"].take();
    let hex = name.as_str().unwrap().strip_prefix("web-1.").unwrap();
    assert!(hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
    assert_eq!(
        event,
        json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": { "namespace": "apps", "name": null },
            "involvedObject": { "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload",
                "namespace": "apps", "name": "web-1", "uid": "uid-of-web-1" },
            "type": "Warning", "reason": "StartFailed", "message": "no such image", "count": 1,
            "firstTimestamp": wall(), "lastTimestamp": wall(),
            "source": { "component": "wasmcloud-controller" },
            "reportingComponent": "wasmcloud-controller", "reportingInstance": "kubectl-wasmcloud_me",
        })
    );
    assert!(!write.again);
}

#[test]
fn the_same_again_raises_the_count_of_the_same_event() {
    let mut to = Correlating::new();
    let first = to.say(&warning("a", "no such image")).unwrap();
    to.pass(4);
    let second = to.say(&warning("a", "no such image")).unwrap();
    assert!(second.again);
    assert_eq!((second.key, second.event.count), (first.key.clone(), Some(2)));
    assert_eq!(second.event.first_timestamp, first.event.first_timestamp);
    assert_ne!(second.event.last_timestamp, first.event.last_timestamp);
    let other = to.say(&warning("a", "no such registry")).unwrap();
    assert!(!other.again && other.key != first.key, "another message is another Event");
}

#[test]
fn the_tenth_similar_message_begins_an_event_for_all() {
    let mut to = Correlating::new();
    let of = |n: usize| warning("a", &format!("port {n} is taken"));
    let own: BTreeSet<_> = (0..9).map(|n| to.say(&of(n)).unwrap().key.name).collect();
    assert_eq!(own.len(), 9);
    let tenth = to.say(&of(9)).unwrap();
    assert_eq!(tenth.event.message.as_deref(), Some("(combined from similar events): port 9 is taken"));
    let next = to.say(&of(10)).unwrap();
    assert_eq!((next.again, next.key, next.event.count), (true, tenth.key, Some(2)));
    assert_eq!(next.event.message.as_deref(), Some("(combined from similar events): port 10 is taken"));
    to.pass(601);
    let later = to.say(&of(11)).unwrap();
    assert_eq!(later.event.message.as_deref(), Some("port 11 is taken"), "ten minutes later they are few again");
}

#[test]
fn an_object_is_written_about_25_times_at_once_and_then_every_five_minutes() {
    let mut to = Correlating::new();
    let written = |to: &mut Correlating, name: &str| (0..40).filter_map(|_| to.say(&warning(name, "no"))).count();
    assert_eq!(written(&mut to, "a"), 25);
    assert_eq!(written(&mut to, "b"), 25, "each object has its own budget");
    to.pass(299);
    assert_eq!(to.say(&warning("a", "no")), None);
    to.pass(2);
    let next = to.say(&warning("a", "no")).unwrap();
    assert_eq!(next.event.count, Some(42), "what was not written is counted all the same");
    assert_eq!(to.say(&warning("a", "no")), None);
}

#[test]
fn an_object_with_the_longest_name_has_events_too() {
    let mut to = Correlating::new();
    let long = format!("{}.{}", "a".repeat(235), "b".repeat(17));
    let names: BTreeSet<_> =
        ["x", "y"].iter().map(|message| to.say(&warning(&long, message)).unwrap().key.name).collect();
    assert_eq!(names.len(), 2, "two Events of one instant have two names");
    for name in names {
        assert!(name.len() <= 253, "{name}");
        assert!(name.split('.').all(|label| !label.is_empty() && !label.ends_with('-')), "{name}");
    }
}

#[test]
fn memory_stays_bounded_and_keeps_the_newest() {
    let mut to = Correlating::new();
    for n in 0..20_000 {
        to.now.instant += Duration::from_millis(1);
        to.say(&warning(&format!("w-{n}"), "no")).unwrap();
    }
    assert!(to.correlator.remembered() <= 3 * 4096, "{}", to.correlator.remembered());
    assert!(to.say(&warning("w-19999", "no")).unwrap().again);
    assert!(!to.say(&warning("w-1", "no")).unwrap().again);
}

#[test]
fn a_message_of_megabytes_is_cut() {
    assert!(warning("a", &"é".repeat(1_000_000)).message.len() < 10_000);
}

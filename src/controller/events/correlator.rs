//! What becomes of an announcement, by the rules of client-go's event recorder: the same one again raises the count of its
//! Event, many similar ones become one, and nobody can flood an object.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use tokio::time::Instant;

use super::{Announcement, COMPONENT, Regarding, Tone};
use crate::controller::effect::Now;
use crate::controller::objects::ObjectKey;

/// Different messages of one reason after which an object's next ones share an Event (client-go's `maxEvents`).
const SIMILAR: usize = 10;
/// How long a message counts among similar ones (client-go's `maxIntervalInSeconds`).
const SIMILAR_FOR: Duration = Duration::from_secs(600);
/// Writes that an object's Events may take at once (client-go's spam filter).
const BURST: f64 = 25.0;
/// In which time an object's Events may take one more.
const REFILL: Duration = Duration::from_secs(300);
/// Entries of each sort that are remembered (client-go's `maxLruCacheEntries`).
const REMEMBERED: usize = 4096;
/// The longest name that the API server takes.
const LONGEST_NAME: usize = 253;
/// How the message of an Event begins that stands for several.
const COMBINED: &str = "(combined from similar events): ";

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Namespace and name of the Event.
    pub key: ObjectKey,
    /// The Event in full.
    pub event: Event,
    /// It was written before: count, last time and message change.
    pub again: bool,
}

/// Remembers what was announced.
#[derive(Debug)]
pub struct Correlator {
    instance: String,
    similar: HashMap<Sort, Similar>,
    known: HashMap<(Sort, Option<String>), Known>,
    budgets: HashMap<Regarding, Budget>,
}

/// What makes announcements similar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sort {
    regarding: Regarding,
    tone: Tone,
    reason: String,
}

#[derive(Debug)]
struct Similar {
    messages: BTreeSet<u64>,
    last: Instant,
}

#[derive(Clone, Debug)]
struct Known {
    name: String,
    count: i32,
    first: Timestamp,
    last: Instant,
    written: bool,
}

#[derive(Debug)]
struct Budget {
    tokens: f64,
    last: Instant,
}

impl Correlator {
    /// Remembers nothing yet. `instance` is who we are in the Lease.
    pub fn new(instance: String) -> Self {
        Self { instance, similar: HashMap::new(), known: HashMap::new(), budgets: HashMap::new() }
    }

    /// Takes in an announcement; tells what to write, if anything.
    pub fn observe(&mut self, announcement: &Announcement, now: Now) -> Option<Write> {
        self.forget();
        let Announcement { regarding, tone, reason, message } = announcement;
        let sort = Sort { regarding: regarding.clone(), tone: *tone, reason: reason.clone() };
        let combined = self.are_many(&sort, message, now.instant);
        let text = if combined { format!("{COMBINED}{message}") } else { message.clone() };
        let entry = (sort, (!combined).then(|| message.clone()));
        let known = self.known.entry(entry.clone()).or_insert_with(|| Known {
            name: name(&entry, now.wall),
            count: 0,
            first: now.wall,
            last: now.instant,
            written: false,
        });
        known.count = known.count.saturating_add(1);
        known.last = now.instant;
        if !self.budgets.entry(regarding.clone()).or_insert_with(|| Budget::full(now.instant)).take(now.instant) {
            return None;
        }
        let again = std::mem::replace(&mut known.written, true);
        let known = known.clone();
        let event = self.event(announcement, &known, text, now.wall);
        let key = ObjectKey::new(event.metadata.namespace.as_deref().unwrap_or_default(), &known.name);
        Some(Write { key, event, again })
    }

    /// Whether there were too many of that sort lately for each to have an Event of its own.
    fn are_many(&mut self, sort: &Sort, message: &str, now: Instant) -> bool {
        let fresh = || Similar { messages: BTreeSet::new(), last: now };
        let similar = self.similar.entry(sort.clone()).or_insert_with(fresh);
        if now.saturating_duration_since(similar.last) > SIMILAR_FOR {
            *similar = fresh();
        }
        similar.last = now;
        similar.messages.insert(hash(&message));
        if similar.messages.len() < SIMILAR {
            return false;
        }
        similar.messages.pop_first();
        true
    }

    fn event(&self, announcement: &Announcement, known: &Known, message: String, now: Timestamp) -> Event {
        let Regarding { api_version, kind, key, uid } = &announcement.regarding;
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Event {
            metadata: ObjectMeta {
                namespace: text(&key.namespace).or_else(|| text("default")),
                name: Some(known.name.clone()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: text(api_version),
                kind: text(kind),
                namespace: text(&key.namespace),
                name: text(&key.name),
                uid: text(uid),
                ..ObjectReference::default()
            },
            type_: text(announcement.tone.as_str()),
            reason: text(&announcement.reason),
            message: Some(message),
            source: Some(EventSource { component: text(COMPONENT), host: None }),
            reporting_component: text(COMPONENT),
            reporting_instance: text(&self.instance),
            count: Some(known.count),
            first_timestamp: Some(seconds(known.first)),
            last_timestamp: Some(seconds(now)),
            ..Event::default()
        }
    }

    /// How many entries are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.similar.len() + self.known.len() + self.budgets.len()
    }

    /// Keeps memory bounded: the half that was not needed for longest goes.
    fn forget(&mut self) {
        halve(&mut self.similar, |similar| similar.last);
        halve(&mut self.known, |known| known.last);
        halve(&mut self.budgets, |budget| budget.last);
    }
}

impl Budget {
    fn full(now: Instant) -> Self {
        Self { tokens: BURST, last: now }
    }

    fn take(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.last).as_secs_f64() / REFILL.as_secs_f64();
        self.tokens = (self.tokens + earned).min(BURST);
        self.last = now;
        let may = self.tokens >= 1.0;
        if may {
            self.tokens -= 1.0;
        }
        may
    }
}

fn halve<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, last: impl Fn(&V) -> Instant) {
    if map.len() < REMEMBERED {
        return;
    }
    let mut times: Vec<_> = map.values().map(&last).collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let (median, mut room) = (*median, REMEMBERED / 2);
    map.retain(|_, value| {
        let stays = last(value) >= median && room > 0;
        room -= usize::from(stays);
        stays
    });
}

/// `OBJECT.HEX`, as client-go names Events; the number is other for every Event of an object.
fn name(entry: &(Sort, Option<String>), now: Timestamp) -> String {
    let number = format!(".{:016x}", hash(&(entry, now.as_nanosecond())));
    let object = &entry.0.regarding.key.name;
    // Names of our kinds are ASCII; what is cut off may not end in a dot or dash.
    let kept: String = object.chars().take(LONGEST_NAME - number.len()).collect();
    format!("{}{number}", kept.trim_end_matches(['.', '-']))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Kubernetes' times have whole seconds.
fn seconds(time: Timestamp) -> Time {
    Time(Timestamp::from_second(time.as_second()).unwrap_or(time))
}

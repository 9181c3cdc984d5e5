//! Which host runs in which Pod, and what that says of the host.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use super::Pod;
use super::known::Pods;
use crate::controller::objects::ObjectKey;

/// What its Pod says of a host; nothing where it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Its Pod is being deleted, or was before it was gone.
    pub ending: bool,
    /// Its Pod is gone, or all its containers have ended.
    pub gone: bool,
}

impl Fate {
    /// What becomes of a host whose Pod is, or is not there any more.
    fn next(self, pod: Option<&Pod>) -> Self {
        match pod {
            Some(pod) => Self { ending: self.ending || pod.is_terminating(), gone: pod.finished },
            None => Self { gone: true, ..self },
        }
    }
}

/// A host, and the Pod that it runs in: a host never moves to another one.
///
/// Two guesses are given up for a better one: a Pod of its name in another namespace than its environment, and one that was being
/// deleted already when the host was first heard, for another may have its address by then.
#[derive(Debug)]
struct Tie {
    hostname: String,
    environment: String,
    pod: Option<(ObjectKey, String)>,
    guessed: bool,
    fate: Fate,
}

/// Hosts by id, by what they call themselves and by the UID of their Pods.
#[derive(Debug, Default)]
pub(super) struct Hosting {
    ties: HashMap<String, Tie>,
    by_hostname: HashMap<String, BTreeSet<String>>,
    by_pod: HashMap<String, BTreeSet<String>>,
    ending: BTreeSet<String>,
}

/// The address that a host calls itself by, if it does.
fn address(hostname: &str) -> Option<IpAddr> {
    hostname.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// One spelling for each address.
fn spelled(hostname: &str) -> String {
    address(hostname).map_or_else(|| hostname.to_owned(), |ip| ip.to_string())
}

/// All that a host could call itself that runs in the Pod.
pub(super) fn addresses(pod: &Pod) -> impl Iterator<Item = String> {
    pod.ips.iter().map(ToString::to_string).chain([pod.name().to_owned()])
}

/// Those for which that is so, if there are any, else all.
fn preferred(pods: Vec<&Arc<Pod>>, so: impl Fn(&Pod) -> bool) -> Vec<&Arc<Pod>> {
    if pods.iter().any(|pod| so(pod)) { pods.into_iter().filter(|pod| so(pod)).collect() } else { pods }
}

impl Pods {
    /// The Pod of a host that calls itself so: by its address, else by its name; in the namespace that is the host's
    /// environment, else anywhere; one that stays, else one that is being deleted. Nothing where that leaves more than one:
    /// with `hostNetwork` all Pods of a node have one address, and nobody can tell whose host it is.
    pub fn find(&self, hostname: &str, environment: &str) -> Option<&Arc<Pod>> {
        let ip = address(hostname);
        let all = self.called(&spelled(hostname)).filter(|pod| !pod.finished).collect();
        let all = preferred(all, |pod| ip.is_some_and(|ip| pod.ips.contains(&ip)));
        let all = preferred(all, |pod| pod.namespace() == environment);
        match preferred(all, |pod| !pod.is_terminating()).as_slice() {
            [pod] => Some(pod),
            _ => None,
        }
    }

    /// A host reports. Tells what its Pod says of it, if that is news.
    pub fn host_heard(&mut self, id: &str, hostname: &str, environment: &str) -> Option<(Fate, Fate)> {
        let same = |tie: &Tie| tie.hostname == hostname && tie.environment == environment;
        if self.hosting.ties.get(id).is_some_and(same) {
            return None;
        }
        let before = self.fate_of(id);
        self.host_forgotten(id);
        let (hostname, environment) = (hostname.to_owned(), environment.to_owned());
        self.hosting.by_hostname.entry(spelled(&hostname)).or_default().insert(id.to_owned());
        let tie = Tie { hostname, environment, pod: None, guessed: false, fate: Fate::default() };
        self.hosting.ties.insert(id.to_owned(), tie);
        let (_, after) = self.reconsider(id);
        (before != after).then_some((before, after))
    }

    /// A host will not be heard of any more.
    pub fn host_forgotten(&mut self, id: &str) {
        let Some(tie) = self.hosting.ties.remove(id) else { return };
        drop_one(&mut self.hosting.by_hostname, &spelled(&tie.hostname), id);
        if let Some((_, uid)) = &tie.pod {
            drop_one(&mut self.hosting.by_pod, uid, id);
        }
        self.hosting.ending.remove(id);
    }

    /// Hosts that run in a Pod, and those that could run in it and have no other for sure.
    pub(super) fn hosts_about(&self, pods: &[&Arc<Pod>]) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for pod in pods {
            all.extend(self.hosting.by_pod.get(pod.uid()).into_iter().flatten().cloned());
            let like = addresses(pod).filter_map(|address| self.hosting.by_hostname.get(&address)).flatten();
            all.extend(like.filter(|id| self.is_open(id)).cloned());
        }
        all
    }

    /// Hosts of which it is not known for sure which Pod they run in.
    pub(super) fn open_hosts(&self) -> Vec<String> {
        self.hosting.ties.keys().filter(|id| self.is_open(id)).cloned().collect()
    }

    fn is_open(&self, id: &str) -> bool {
        self.hosting.ties.get(id).is_some_and(|tie| tie.pod.is_none() || tie.guessed)
    }

    /// Looks again which Pod a host runs in, if that is open, and what it says of the host. Tells what it said before, and
    /// what it says now. While Pods are being listed for the first time no host has any: a better one may come.
    pub fn reconsider(&mut self, id: &str) -> (Fate, Fate) {
        let Some(tie) = self.hosting.ties.get(id) else { return <(Fate, Fate)>::default() };
        let before = tie.fate;
        let open = self.are_known() && self.is_open(id);
        let found = if open { self.find(&tie.hostname, &tie.environment) } else { None };
        let after = match (found, &tie.pod) {
            (Some(found), known) if known.as_ref().is_none_or(|(_, uid)| uid != found.uid()) => {
                let found = found.clone();
                self.tie_to(id, &found);
                Fate::default().next(Some(&found))
            }
            (_, Some((key, uid))) => before.next(self.get(key).filter(|pod| pod.uid() == uid).map(|pod| &**pod)),
            (_, None) => before,
        };
        if let Some(tie) = self.hosting.ties.get_mut(id) {
            tie.fate = after;
        }
        if after.ending {
            self.hosting.ending.insert(id.to_owned());
        } else {
            self.hosting.ending.remove(id);
        }
        (before, after)
    }

    fn tie_to(&mut self, id: &str, pod: &Pod) {
        let Some(tie) = self.hosting.ties.get_mut(id) else { return };
        let by_address = address(&tie.hostname).is_some_and(|ip| pod.ips.contains(&ip));
        tie.guessed = pod.is_terminating() || !by_address && pod.namespace() != tie.environment;
        if let Some((_, former)) = tie.pod.replace((pod.key(), pod.uid().to_owned())) {
            drop_one(&mut self.hosting.by_pod, &former, id);
        }
        self.hosting.by_pod.entry(pod.uid().to_owned()).or_default().insert(id.to_owned());
    }

    /// What its Pod says of a host.
    pub fn fate_of(&self, id: &str) -> Fate {
        self.hosting.ties.get(id).map(|tie| tie.fate).unwrap_or_default()
    }

    /// Whether the Pod of any host is being deleted.
    pub fn any_ending(&self) -> bool {
        !self.hosting.ending.is_empty()
    }

    /// The address of the Pod that a host runs in; of one that was not heard yet, of the Pod that it would be.
    pub fn ip_of(&self, id: &str, hostname: &str, environment: &str) -> Option<IpAddr> {
        let tied = self.hosting.ties.get(id).and_then(|tie| tie.pod.as_ref());
        let pod = match tied {
            Some((key, uid)) => self.get(key).filter(|pod| pod.uid() == uid),
            None => self.find(hostname, environment),
        };
        pod?.ips.first().copied()
    }
}

fn drop_one(index: &mut HashMap<String, BTreeSet<String>>, at: &str, id: &str) {
    if let Some(ids) = index.get_mut(at) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(at);
        }
    }
}

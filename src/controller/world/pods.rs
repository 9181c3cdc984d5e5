//! What the world learns of host Pods, and what that means for their hosts.

use kube::runtime::watcher::Event;

use super::{Host, Kind, ObjectKey, World, newest};
use crate::api::names::finalizer;
use crate::controller::host;
use crate::controller::live::Challenge;
use crate::controller::objects::What;
use crate::controller::pods::hosting::Fate;
use crate::controller::pods::watch::News;
use crate::controller::pods::{Pod, PodBody, PodMemory};
use crate::controller::store::Change;

impl World {
    /// A watch of Pods brought something, in a namespace (empty: in all of them).
    pub fn pod_news(&mut self, scope: &str, news: News) {
        let refused = news.is_refusal();
        match news {
            News::Pod(Event::Init) => self.pods.list_begins(scope),
            News::Pod(Event::InitDone) => {
                let gone = self.pods.list_ends(scope);
                gone.iter().for_each(|change| self.pod_changed(change));
            }
            News::Pod(Event::Apply(pod) | Event::InitApply(pod)) => self.pod_seen(*pod),
            News::Pod(Event::Delete(pod)) => {
                let change = self.pods.gone(&pod.key(), pod.uid());
                change.iter().for_each(|change| self.pod_changed(change));
            }
            News::Failed(error) if !refused => {
                tracing::warn!(kind = "Pod", scope, %error, "a watch failed; it is made again");
            }
            News::Failed(error) if scope.is_empty() && self.pods.refused(scope) => {
                tracing::info!(kind = "Pod", %error, "may not be watched in all namespaces; those in the own one are tried");
            }
            News::Failed(error) if self.pods.refused(scope) => {
                tracing::warn!(
                    kind = "Pod", scope, %error,
                    "may not be watched: that a host's Pod ends is noticed by the host's silence alone, hosts that call \
                     themselves by a name get no endpoints, and upstream's finalizer stays on Pods"
                );
            }
            News::Failed(error) => tracing::debug!(kind = "Pod", scope, %error, "may still not be watched"),
        }
        self.note_pods_known();
    }

    /// From when on all Pods are known that may be known, hosts have theirs, and routes to hosts that call themselves by a name
    /// wait no longer.
    fn note_pods_known(&mut self) {
        if self.pods.are_known() {
            return;
        }
        let Some(hosts) = self.pods.note_known(&self.settings.pod_namespaces(), &self.settings.namespace) else {
            return;
        };
        for id in hosts {
            let (before, after) = self.pods.reconsider(&id);
            self.fate_changed(&id, before, after);
        }
        self.touch_routes_in("");
    }

    /// The answer to a write of ours brought a Pod. The watch may have said meanwhile that it is gone: then it stays so.
    pub fn pod_written(&mut self, pod: Pod) {
        if !self.gone.contains(pod.uid()) {
            self.pod_seen(pod);
        }
    }

    /// Remembers what a turn brought of a Pod.
    pub fn pod_settled(&mut self, key: &ObjectKey, uid: &str, memory: PodMemory) {
        let (name, times) = (finalizer::HOST_POD, memory.removals);
        match memory.denied {
            Some(_) => {}
            None if times == 2 => tracing::warn!(
                kind = "Pod", object = %key, finalizer = name,
                "somebody puts the finalizer back: is upstream's operator running without leader election?"
            ),
            None => tracing::info!(kind = "Pod", object = %key, finalizer = name, times, "the finalizer was taken off"),
        }
        self.pods.remember(key, uid, memory);
    }

    /// Whether the Workloads on a host are to go elsewhere: somebody asked for it, or its Pod is being deleted.
    pub fn is_drained(&self, host: &Host) -> bool {
        host::is_draining(host) || self.pods.fate_of(&host.host_id).ending
    }

    /// Names the Pods that have upstream's finalizer.
    pub(super) fn touch_held_pods(&mut self) {
        let held = self.pods.iter().filter(|pod| pod.has_finalizer(finalizer::HOST_POD)).map(|pod| pod.key());
        let held: Vec<_> = held.collect();
        held.into_iter().for_each(|key| self.touch(What::Pod, key));
    }

    fn pod_seen(&mut self, pod: Pod) {
        let change = self.pods.seen(pod);
        change.iter().for_each(|change| self.pod_changed(change));
    }

    fn pod_changed(&mut self, change: &Change<PodBody>) {
        let Some(pod) = newest(change) else { return };
        match &change.new {
            Some(new) if new.has_finalizer(finalizer::HOST_POD) => self.touch(What::Pod, new.key()),
            Some(_) => {}
            None => self.gone.insert(pod.uid()),
        }
        let moved = change.old.as_ref().map(|old| &old.ips) != change.new.as_ref().map(|new| &new.ips);
        for id in self.pods.follow(change) {
            let (before, after) = self.pods.reconsider(&id);
            self.fate_changed(&id, before, after);
            if moved {
                self.touch_routes_to(&id);
            }
        }
    }

    /// The Pod of a host says something else of it.
    pub(super) fn fate_changed(&mut self, id: &str, before: Fate, after: Fate) {
        if after.gone && !before.gone {
            let (kind, object) = (Kind::Host.name(), self.host_key(self.name_of_host(id)));
            tracing::info!(kind, %object, id, "its Pod is gone; it is asked whether it is still there");
            self.doubt_host(id, Challenge::PodGone);
        }
        if after.ending != before.ending {
            let (kind, object) = (Kind::Host.name(), self.host_key(self.name_of_host(id)));
            match after.ending {
                true => tracing::info!(kind, %object, id, "its Pod is being deleted; its Workloads go elsewhere"),
                false => tracing::info!(kind, %object, id, "it has another Pod than was thought, which stays"),
            }
            self.touch_host_of(id);
            self.host_news(id);
            self.touch_workloads_on(id);
            self.touch_sets_on(id);
        }
    }
}

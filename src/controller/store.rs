//! All objects of one kind as last seen, by watch or by the answer to a write of ours, whichever is newer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::objects::{ObjectKey, Seen};

/// Every object of a kind, once. A write's answer counts as seen, so that a decision never rests on what we ourselves
/// have changed already; older news that a watch brings later is passed over.
#[derive(Debug)]
pub struct Store<B> {
    objects: HashMap<ObjectKey, Arc<Seen<B>>>,
    /// UIDs of objects that we know are gone before the watch says so.
    removed: HashSet<String>,
    /// Lists that go on, by the namespace they are of (empty: all): what they brought, and what we wrote meanwhile.
    lists: HashMap<String, HashSet<ObjectKey>>,
    /// Namespaces that were listed once.
    listed: HashSet<String>,
}

impl<B> Default for Store<B> {
    fn default() -> Self {
        Self { objects: HashMap::new(), removed: HashSet::new(), lists: HashMap::new(), listed: HashSet::new() }
    }
}

/// What became of an object.
#[derive(Debug)]
pub struct Change<B> {
    /// As it was.
    pub old: Option<Arc<Seen<B>>>,
    /// As it is.
    pub new: Option<Arc<Seen<B>>>,
}

impl<B> Store<B> {
    /// The object of that key.
    pub fn get(&self, key: &ObjectKey) -> Option<&Arc<Seen<B>>> {
        self.objects.get(key)
    }

    /// All objects, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Seen<B>>> {
        self.objects.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Whether that many namespaces were listed once.
    pub fn is_synced(&self, scopes: usize) -> bool {
        self.listed.len() >= scopes
    }

    /// Whether the objects of that namespace were listed once.
    pub fn is_listed(&self, namespace: &str) -> bool {
        self.listed.contains("") || self.listed.contains(namespace)
    }

    /// Takes an object in, unless it is older than what is there.
    pub fn apply(&mut self, object: Seen<B>) -> Option<Change<B>> {
        let key = object.key();
        for (_, brought) in self.lists.iter_mut().filter(|(scope, _)| covers(scope, &key)) {
            brought.insert(key.clone());
        }
        if self.removed.contains(object.uid()) {
            return None;
        }
        let old = self.objects.get(&key).cloned();
        if old.as_ref().is_some_and(|old| object.version() != 0 && object.version() <= old.version()) {
            return None;
        }
        let new = Arc::new(object);
        self.objects.insert(key, new.clone());
        Some(Change { old, new: Some(new) })
    }

    /// Takes an object out, by the watch's word.
    pub fn deleted(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<B>> {
        self.removed.remove(uid);
        self.take(key, uid)
    }

    /// Takes an object out because a deletion of ours went through: news of it that is still on its way is passed over.
    pub fn removed(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<B>> {
        let change = self.take(key, uid);
        if change.is_some() {
            self.removed.insert(uid.to_owned());
        }
        change
    }

    /// A list of a namespace (empty: of all) begins: what it does not bring is gone at its end.
    pub fn list_begins(&mut self, scope: &str) {
        self.lists.insert(scope.to_owned(), HashSet::new());
    }

    /// A list has ended: what it did not bring, and we did not write meanwhile, is gone.
    pub fn list_ends(&mut self, scope: &str) -> Vec<Change<B>> {
        let Some(brought) = self.lists.remove(scope) else { return Vec::new() };
        self.listed.insert(scope.to_owned());
        self.removed.clear();
        let missing = |key: &&ObjectKey| covers(scope, key) && !brought.contains(*key);
        let gone: Vec<_> = self.objects.keys().filter(missing).cloned().collect();
        gone.iter().filter_map(|key| self.objects.remove(key)).map(|old| Change { old: Some(old), new: None }).collect()
    }

    fn take(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<B>> {
        if self.objects.get(key).is_none_or(|there| there.uid() != uid) {
            return None;
        }
        self.objects.remove(key).map(|old| Change { old: Some(old), new: None })
    }
}

/// Whether a list of that namespace (empty: of all) brings the object.
fn covers(scope: &str, key: &ObjectKey) -> bool {
    scope.is_empty() || scope == key.namespace
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

    use super::*;

    fn object(name: &str, uid: &str, version: u64) -> Seen<()> {
        let metadata = ObjectMeta {
            namespace: Some("ns".into()),
            name: Some(name.into()),
            uid: Some(uid.into()),
            resource_version: Some(version.to_string()),
            ..ObjectMeta::default()
        };
        Seen { metadata, body: () }
    }

    fn key(name: &str) -> ObjectKey {
        ObjectKey::new("ns", name)
    }

    fn version(store: &Store<()>, name: &str) -> Option<u64> {
        store.get(&key(name)).map(|object| object.version())
    }

    #[test]
    fn older_news_is_passed_over() {
        let mut store = Store::default();
        assert!(store.apply(object("a", "1", 5)).is_some());
        assert!(store.apply(object("a", "1", 4)).is_none());
        assert!(store.apply(object("a", "1", 5)).is_none(), "the same news twice is no news");
        assert!(store.apply(object("a", "1", 6)).is_some());
        assert_eq!(version(&store, "a"), Some(6));
    }

    #[test]
    fn what_we_deleted_does_not_come_back_by_late_news() {
        let mut store = Store::default();
        store.apply(object("a", "1", 5));
        assert!(store.removed(&key("a"), "1").is_some());
        assert!(store.apply(object("a", "1", 6)).is_none());
        assert!(store.deleted(&key("a"), "1").is_none());
        assert!(store.apply(object("a", "2", 9)).is_some(), "another object of that name");
        assert!(store.deleted(&key("a"), "1").is_none(), "late news of the first one");
        assert_eq!(version(&store, "a"), Some(9));
    }

    #[test]
    fn a_list_takes_away_what_it_does_not_bring() {
        let mut store = Store::default();
        store.apply(object("a", "1", 5));
        store.apply(object("b", "2", 6));
        assert!(!store.is_synced(1));
        store.list_begins("");
        store.apply(object("a", "1", 5));
        store.apply(object("c", "3", 8));
        let gone = store.list_ends("");
        assert_eq!(gone.iter().map(|change| change.old.as_ref().unwrap().name()).collect::<Vec<_>>(), ["b"]);
        assert!(store.is_synced(1));
        assert_eq!(store.len(), 2, "what we wrote while the list was on its way stays");
    }

    #[test]
    fn a_list_of_one_namespace_says_nothing_of_another() {
        let mut store = Store::default();
        store.apply(object("a", "1", 5));
        store.list_begins("other");
        assert!(store.list_ends("other").is_empty());
        assert!(store.is_synced(1) && !store.is_synced(2));
        assert!(store.is_listed("other") && !store.is_listed("ns"));
        store.list_begins("ns");
        assert_eq!(store.list_ends("ns").len(), 1);
        assert!(store.is_synced(2));
    }
}

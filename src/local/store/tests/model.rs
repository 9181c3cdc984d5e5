//! The store beside a model of it: every state that ever was, and every event.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::{delete, key, put};
use crate::local::store::*;

const NAMESPACES: [&str; 2] = ["m", "n"];
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

#[derive(Clone, Debug)]
enum Step {
    Write { at: (usize, usize), delete: bool, guess: Guess },
    List { namespace: Option<usize>, back: Option<u64>, after: Option<(usize, usize)>, limit: Option<usize> },
    Watch { back: u64 },
    Poll { watch: usize },
    Compact { back: u64 },
    Reopen,
}

/// What a write expects.
#[derive(Clone, Copy, Debug)]
enum Guess {
    Right,
    Absent,
    Old,
}

fn step() -> impl Strategy<Value = Step> {
    let at = || (0..NAMESPACES.len(), 0..NAMES.len());
    let guess = prop_oneof![8 => Just(Guess::Right), 1 => Just(Guess::Absent), 1 => Just(Guess::Old)];
    let list = (proptest::option::of(0..2usize), proptest::option::of(0..20u64), proptest::option::of(at()), {
        proptest::option::of(0..5usize)
    });
    prop_oneof![
        10 => (at(), proptest::bool::weighted(0.3), guess).prop_map(|(at, delete, guess)| Step::Write { at, delete, guess }),
        4 => list.prop_map(|(namespace, back, after, limit)| Step::List { namespace, back, after, limit }),
        1 => (0..20u64).prop_map(|back| Step::Watch { back }),
        2 => (0..4usize).prop_map(|watch| Step::Poll { watch }),
        1 => (0..10u64).prop_map(|back| Step::Compact { back }),
        1 => Just(Step::Reopen),
    ]
}

type Objects = BTreeMap<(&'static str, &'static str), u64>;
type Told = (u64, EventKind, Option<u64>);

/// Objects by the revision that wrote them, at every revision.
struct Model {
    states: Vec<Objects>,
    events: Vec<Told>,
    oldest: u64,
}

impl Model {
    fn new() -> Self {
        Self { states: vec![Objects::new(); 2], events: Vec::new(), oldest: 1 }
    }

    fn revision(&self) -> u64 {
        self.states.len() as u64 - 1
    }

    fn now(&self) -> &Objects {
        self.states.last().unwrap()
    }

    fn write(
        &mut self,
        at: (&'static str, &'static str),
        delete: bool,
        expected: Expected,
    ) -> Result<u64, Option<u64>> {
        let found = self.now().get(&at).copied();
        let fits = match expected {
            Expected::Absent => found.is_none() && !delete,
            Expected::Revision(revision) => found == Some(revision),
        };
        if !fits {
            return Err(found);
        }
        let revision = self.revision() + 1;
        let mut next = self.now().clone();
        let kind = match (delete, found) {
            (true, _) => EventKind::Deleted,
            (false, None) => EventKind::Added,
            (false, Some(_)) => EventKind::Modified,
        };
        if delete {
            next.remove(&at)
        } else {
            next.insert(at, revision)
        };
        self.states.push(next);
        self.events.push((revision, kind, found));
        Ok(revision)
    }
}

/// A store, the model, and the watches that were begun with how much they were told.
struct Pair<'a> {
    directory: Option<&'a Path>,
    store: Store,
    model: Model,
    watches: Vec<(Watch, u64)>,
}

impl<'a> Pair<'a> {
    fn new(directory: Option<&'a Path>) -> Self {
        let store = directory.map_or_else(Store::in_memory, |directory| Store::open(directory).unwrap());
        Self { directory, store, model: Model::new(), watches: Vec::new() }
    }

    async fn take(&mut self, step: &Step) {
        match *step {
            Step::Write { at, delete, guess } => self.write(at, delete, guess).await,
            Step::List { namespace, back, after, limit } => self.list(namespace, back, after, limit),
            Step::Watch { back } => self.watch(back),
            Step::Poll { watch } => self.poll(watch).await,
            Step::Compact { back } => {
                let oldest = self.model.revision().saturating_sub(back);
                self.store.compact(oldest);
                self.model.oldest = self.model.oldest.max(oldest);
            }
            Step::Reopen => self.reopen(),
        }
        assert_eq!((self.store.revision(), self.store.oldest()), (self.model.revision(), self.model.oldest));
    }

    async fn write(&mut self, (namespace, name): (usize, usize), remove: bool, guess: Guess) {
        let at = (NAMESPACES[namespace], NAMES[name]);
        let found = self.model.now().get(&at).copied();
        let expected = match guess {
            Guess::Right => found.map_or(Expected::Absent, Expected::Revision),
            Guess::Absent => Expected::Absent,
            Guess::Old => Expected::Revision(1),
        };
        let change = if remove { delete(7) } else { put(7) };
        let done = self.store.write(key(at.0, at.1), expected, change).await;
        let done = done.map(|stored| stored.revision).map_err(|refused| match refused {
            Refused::Conflict(found) => found.map(|found| found.revision),
            Refused::Failed(error) => panic!("{error}"),
        });
        assert_eq!(done, self.model.write(at, remove, expected));
        let now = self.store.get(&key(at.0, at.1)).map(|stored| stored.revision);
        assert_eq!(now, self.model.now().get(&at).copied());
    }

    fn list(&self, namespace: Option<usize>, back: Option<u64>, after: Option<(usize, usize)>, limit: Option<usize>) {
        let namespace = namespace.map(|index| NAMESPACES[index]);
        let after = after.map(|(namespace, name)| (NAMESPACES[namespace], NAMES[name]));
        let at = back.map(|back| self.model.revision().saturating_sub(back));
        let revision = at.unwrap_or(self.model.revision());
        let found = self.store.list(&List { resource: "configmaps", namespace, at, after, limit });
        if revision < self.model.oldest {
            assert_eq!(found.unwrap_err(), Compacted { asked: revision, oldest: self.model.oldest });
            return;
        }
        let page = found.unwrap();
        let all: Vec<_> = self.model.states[revision as usize]
            .iter()
            .filter(|(at, _)| namespace.is_none_or(|namespace| namespace == at.0))
            .filter(|(at, _)| after.is_none_or(|after| **at > after))
            .map(|((namespace, name), written)| (key(namespace, name), *written))
            .collect();
        let shown = all.len().min(limit.unwrap_or(usize::MAX));
        let items: Vec<_> = page.items.iter().map(|item| (item.key.clone(), item.revision)).collect();
        assert_eq!((page.revision, page.remaining), (revision, all.len() - shown));
        assert_eq!(items, all[..shown]);
    }

    fn watch(&mut self, back: u64) {
        let after = self.model.revision().saturating_sub(back);
        match self.store.watch(after) {
            Ok(watch) => {
                assert!(after >= self.model.oldest);
                self.watches.push((watch, after));
            }
            Err(compacted) => assert_eq!(compacted, Compacted { asked: after, oldest: self.model.oldest }),
        }
    }

    async fn poll(&mut self, index: usize) {
        let model = &self.model;
        let Some((watch, told)) = self.watches.get_mut(index) else { return };
        let expected: Vec<Told> = model.events.iter().filter(|event| event.0 > *told).copied().collect();
        if *told < model.oldest {
            let end = WatchEnd::Compacted(Compacted { asked: *told, oldest: model.oldest });
            assert_eq!(watch.next().await.unwrap_err(), end);
            self.watches.remove(index);
        } else if expected.is_empty() {
            let mut next = Box::pin(watch.next());
            assert!(futures::poll!(&mut next).is_pending());
        } else {
            let events = watch.next().await.unwrap();
            let events: Vec<Told> = events
                .iter()
                .map(|event| (event.revision, event.kind, event.previous.as_ref().map(|before| before.revision)))
                .collect();
            assert_eq!(events, expected);
            assert_eq!(watch.revision(), model.revision());
            *told = model.revision();
        }
    }

    fn reopen(&mut self) {
        let Some(directory) = self.directory else { return };
        self.watches.clear();
        self.store = Store::in_memory();
        self.store = Store::open(directory).unwrap();
        self.model.oldest = self.model.revision();
    }
}

fn run(directory: Option<&Path>, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut pair = Pair::new(directory);
        for step in steps {
            pair.take(step).await;
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_store_in_memory_is_its_model(steps in proptest::collection::vec(step(), 1..120)) {
        run(None, &steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn a_store_on_a_disk_is_its_model(steps in proptest::collection::vec(step(), 1..60)) {
        let directory = tempfile::tempdir().unwrap();
        run(Some(directory.path()), &steps);
    }
}

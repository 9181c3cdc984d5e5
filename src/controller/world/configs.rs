//! ConfigMaps and Secrets that somebody names: what was heard of them, and what was read. Of others nothing is kept.

use std::collections::{BTreeSet, HashMap};

use super::World;
use crate::api::Kind;
use crate::controller::config::{self, ConfigRef, ConfigVersion, Contents, Digest, Reading, Record};
use crate::controller::effect::Effect;
use crate::controller::objects::{Key, ObjectKey, What};
use crate::controller::watch::ConfigNews;

/// What is known of all of them.
#[derive(Debug, Default)]
pub(super) struct Configs {
    known: HashMap<ConfigRef, Config>,
    /// Counts what the watches say, so that it can be told whether something was heard after a point of time.
    count: u64,
    /// Lists that go on, by kind and namespace (empty: all): the count at their beginning.
    lists: HashMap<(&'static str, String), u64>,
}

#[derive(Debug, Default)]
struct Config {
    /// The version that a watch last named; `None` when it is gone.
    heard: Option<ConfigVersion>,
    /// When that was news.
    news: u64,
    /// When the watch last named it.
    named: u64,
    read: Option<Read>,
    being_read: bool,
    unreadable: bool,
}

#[derive(Debug)]
struct Read {
    contents: Option<Contents>,
    began: u64,
}

/// What is known of the values of a ConfigMap or Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// They are to be read: nobody did, or there is news since.
    Unread,
    /// They are being read.
    BeingRead,
    /// They could not be read; to be tried again.
    Unreadable,
    /// There is no such object.
    Missing,
    /// They were read.
    Known(Contents),
}

impl Values {
    /// Their digest, if they are known now; none within when there is no such object.
    pub fn digest(&self) -> Option<Option<Digest>> {
        match self {
            Self::Known(contents) => Some(Some(contents.digest)),
            Self::Missing => Some(None),
            Self::Unread | Self::BeingRead | Self::Unreadable => None,
        }
    }
}

impl Config {
    fn values(&self) -> Values {
        let fresh = self.read.as_ref().filter(|read| {
            let version = read.contents.as_ref().map(|contents| &contents.version);
            read.began >= self.news || version.zip(self.heard.as_ref()).is_some_and(|(read, heard)| read.covers(heard))
        });
        match fresh {
            Some(Read { contents: Some(contents), .. }) => Values::Known(contents.clone()),
            Some(Read { contents: None, .. }) => Values::Missing,
            None if self.being_read => Values::BeingRead,
            None if self.unreadable => Values::Unreadable,
            None => Values::Unread,
        }
    }
}

impl World {
    /// How much was heard of ConfigMaps and Secrets so far.
    pub fn config_news(&self) -> u64 {
        self.configs.count
    }

    /// What is known of the values of a ConfigMap or Secret.
    pub fn values_of(&self, config: &ConfigRef) -> Values {
        self.configs.known.get(config).map_or(Values::Unread, Config::values)
    }

    /// Whether the values of all of them are known.
    pub fn is_read<'r>(&self, configs: impl IntoIterator<Item = &'r ConfigRef>) -> bool {
        configs.into_iter().all(|config| self.values_of(config).digest().is_some())
    }

    /// Which of them have to be read before it can be told what changed.
    pub fn unread_of<'r>(&self, configs: impl IntoIterator<Item = &'r ConfigRef>) -> Vec<ConfigRef> {
        let unread = |config: &&ConfigRef| matches!(self.values_of(config), Values::Unread | Values::Unreadable);
        configs.into_iter().filter(unread).cloned().collect()
    }

    /// What of a record is not so any more, as far as it is known.
    pub fn differences<'r>(&self, record: &'r Record) -> Vec<(&'r ConfigRef, Values)> {
        let current = record.iter().map(|(config, then)| (config, then, self.values_of(config)));
        current
            .filter(|(_, then, values)| values.digest().is_some_and(|now| now != **then))
            .map(|(config, _, values)| (config, values))
            .collect()
    }

    /// A watch said something of ConfigMaps or Secrets.
    pub fn config_news_came(&mut self, news: &ConfigNews) {
        match news {
            ConfigNews::There(config, version) => self.config_heard(config, version, true),
            ConfigNews::Gone(config, version) => self.config_heard(config, version, false),
            ConfigNews::ListBegins(kind, scope) => self.config_list_begins(kind, scope),
            ConfigNews::ListEnds(kind, scope) => self.config_list_ends(kind, scope),
        }
    }

    /// A watch names a ConfigMap or Secret, or says that it is gone. Whoever waits for it, or was made with it, is looked
    /// at again if that is news.
    fn config_heard(&mut self, config: &ConfigRef, version: &ConfigVersion, is_there: bool) {
        self.configs.count += 1;
        if !self.relations.is_config_named(config) {
            self.configs.known.remove(config);
            return;
        }
        let count = self.configs.count;
        let entry = self.configs.known.entry(config.clone()).or_default();
        let first = entry.named == 0;
        entry.named = count;
        let late = entry.heard.as_ref().is_some_and(|heard| heard.uid != version.uid) && !is_there;
        let heard = is_there.then(|| version.clone());
        if late || (!first && entry.heard == heard) {
            return;
        }
        entry.heard = heard;
        entry.news = count;
        self.config_changed(config);
    }

    /// A list of ConfigMaps or Secrets of a namespace (empty: of all) begins.
    fn config_list_begins(&mut self, kind: &'static str, scope: &str) {
        self.configs.count += 1;
        self.configs.lists.insert((kind, scope.to_owned()), self.configs.count);
    }

    /// A list has ended: what was heard of before and it did not bring is gone.
    fn config_list_ends(&mut self, kind: &'static str, scope: &str) {
        let Some(began) = self.configs.lists.remove(&(kind, scope.to_owned())) else { return };
        self.configs.count += 1;
        let count = self.configs.count;
        let covered =
            |config: &ConfigRef| config.kind() == kind && (scope.is_empty() || config.key().namespace == scope);
        let missing = |(config, entry): &(&ConfigRef, &mut Config)| covered(config) && entry.named < began;
        let mut gone = Vec::new();
        for (config, entry) in self.configs.known.iter_mut().filter(missing) {
            if entry.heard.take().is_some() || matches!(entry.read, Some(Read { contents: Some(_), .. })) {
                entry.news = count;
                gone.push(config.clone());
            }
        }
        gone.iter().for_each(|config| self.config_changed(config));
    }

    /// There is news of a ConfigMap or Secret.
    fn config_changed(&mut self, config: &ConfigRef) {
        let users: Vec<_> = self.relations.users_of_config(config).cloned().collect();
        for user in users {
            let Some(workload) = self.workloads.get(&user) else { continue };
            let waits = workload.workload_id().is_none();
            let Some(memory) = self.memory.get_mut(workload.uid()) else { continue };
            if waits {
                memory.config_changed();
            }
            if waits || memory.was_made_with(config) {
                self.touch(Kind::Workload, user);
            }
        }
        self.touch_followers(config, true);
    }

    /// What Workloads of a deployment are pulled with has changed: those that do not run are tried again.
    pub(super) fn retry_workloads_of(&mut self, deployment: &ObjectKey) {
        let Some(uid) = self.deployments.get(deployment).map(|deployment| deployment.uid().to_owned()) else { return };
        let workloads = self.replica_sets_of(&uid).flat_map(|set| self.workloads_of(set.uid()));
        let waiting = workloads.filter(|workload| workload.workload_id().is_none());
        let waiting: Vec<_> = waiting.map(|workload| (workload.key(), workload.uid().to_owned())).collect();
        for (key, uid) in waiting {
            if let Some(memory) = self.memory.get_mut(&uid) {
                memory.config_changed();
            }
            self.touch(Kind::Workload, key);
        }
    }

    /// Deployments that are rolled when it changes, and Artifacts that are looked up with it.
    fn touch_followers(&mut self, config: &ConfigRef, lookups: bool) {
        let deployments: Vec<_> = self.relations.deployments_rolled_by(config).cloned().collect();
        deployments.into_iter().for_each(|key| self.touch(Kind::WorkloadDeployment, key));
        let artifacts: Vec<_> = self.relations.artifacts_looked_up_with(config).cloned().collect();
        for key in artifacts.into_iter().filter(|_| lookups) {
            let uid = self.artifacts.get(&key).map(|artifact| artifact.uid().to_owned());
            if let Some(memory) = uid.and_then(|uid| self.memory.get_mut(&uid)) {
                memory.config_changed();
            }
            self.touch(Kind::Artifact, key);
        }
    }

    /// ConfigMaps and Secrets are about to be read by a turn: nobody else has to.
    pub(super) fn config_reading_begins(&mut self, effects: &[Effect]) {
        for config in read_by(effects) {
            self.configs.known.entry(config.clone()).or_default().being_read = true;
        }
    }

    /// A turn has ended that was to read ConfigMaps and Secrets, whether it came to that or not.
    pub fn config_reading_ended(&mut self, effects: &[Effect]) {
        for config in read_by(effects) {
            if let Some(entry) = self.configs.known.get_mut(config) {
                entry.being_read = false;
            }
        }
    }

    /// ConfigMaps and Secrets were read by a turn that began when so much was heard of them.
    pub fn config_read(&mut self, readings: Vec<Reading>, began: u64) {
        for Reading { config, found } in readings {
            if !self.relations.is_config_named(&config) {
                self.configs.known.remove(&config);
                continue;
            }
            let entry = self.configs.known.entry(config.clone()).or_default();
            let waited_for = std::mem::take(&mut entry.being_read);
            entry.unreadable = found.is_err();
            let Ok(contents) = found else { continue };
            if entry.read.as_ref().is_some_and(|read| read.began > began) {
                continue;
            }
            let digest = |contents: &Option<Contents>| contents.as_ref().map(|contents| contents.digest);
            let differs = entry.read.as_ref().is_some_and(|read| digest(&read.contents) != digest(&contents));
            entry.read = Some(Read { contents, began });
            if waited_for || differs {
                self.config_known(&config);
            }
        }
    }

    /// The values of a ConfigMap or Secret are known, or others than before: what was made with it is compared.
    fn config_known(&mut self, config: &ConfigRef) {
        let users: Vec<_> = self.relations.users_of_config(config).cloned().collect();
        for user in users {
            let made_with = |uid| self.memory.get(uid).is_some_and(|memory| memory.was_made_with(config));
            if self.workloads.get(&user).is_some_and(|workload| made_with(workload.uid())) {
                self.touch(Kind::Workload, user);
            }
        }
        self.touch_followers(config, false);
    }

    /// A turn of an object that waits for configuration has ended: news that came while it was under way ends its wait too.
    pub fn config_overtakes(&mut self, key: &Key, since: u64) {
        let (uid, configs) = match key.what {
            What::Kind(Kind::Workload) => match self.workloads.get(&key.object) {
                Some(workload) if workload.workload_id().is_none() => {
                    (workload.uid().to_owned(), config::read_by(workload))
                }
                _ => return,
            },
            What::Kind(Kind::Artifact) => match self.artifacts.get(&key.object) {
                Some(artifact) => (artifact.uid().to_owned(), super::relations::of_artifact(artifact)),
                None => return,
            },
            _ => return,
        };
        let overtaken =
            configs.iter().any(|config| self.configs.known.get(config).is_some_and(|entry| entry.news > since));
        if let Some(memory) = self.memory.get_mut(&uid).filter(|_| overtaken) {
            memory.config_changed();
            self.touch(key.what, key.object.clone());
        }
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn configs_kept(&self) -> usize {
        self.configs.known.len()
    }

    /// Somebody names these no more: what nobody names is not kept.
    pub(super) fn forget_unnamed(&mut self, configs: BTreeSet<ConfigRef>) {
        for config in configs {
            if !self.relations.is_config_named(&config) {
                self.configs.known.remove(&config);
            }
        }
    }
}

fn read_by<'e>(effects: &'e [Effect]) -> impl Iterator<Item = &'e ConfigRef> {
    let configs = |effect: &'e Effect| match effect {
        Effect::ReadConfig(configs) => configs.as_slice(),
        _ => &[],
    };
    effects.iter().flat_map(configs)
}

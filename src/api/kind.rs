//! The five kinds, by name.

use kube::core::ApiResource;

use super::names;

/// One of the five kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// WorkloadDeployment.
    WorkloadDeployment,
    /// WorkloadReplicaSet.
    WorkloadReplicaSet,
    /// Workload.
    Workload,
    /// Host.
    Host,
    /// Artifact.
    Artifact,
}

impl Kind {
    /// All five, in the order a user meets them.
    pub const ALL: [Self; 5] =
        [Self::WorkloadDeployment, Self::WorkloadReplicaSet, Self::Workload, Self::Host, Self::Artifact];

    /// The name in `kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WorkloadDeployment => "WorkloadDeployment",
            Self::WorkloadReplicaSet => "WorkloadReplicaSet",
            Self::Workload => "Workload",
            Self::Host => "Host",
            Self::Artifact => "Artifact",
        }
    }

    /// Reads a type: singular, plural or short name, perhaps with `.group` or `.version.group`.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let (name, group) = word.split_once('.').unwrap_or((&word, ""));
        let versioned = format!("{}.{}", names::VERSION, names::GROUP);
        if !group.is_empty() && group != names::GROUP && group != versioned {
            return None;
        }
        Self::ALL.into_iter().find(|kind| kind.short() == name || kind.singular() == name || kind.plural() == name)
    }

    /// The kind of that name in our group.
    pub fn from_kind(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How it is called in the singular, in lower case.
    pub fn singular(self) -> &'static str {
        self.plural().trim_end_matches('s')
    }

    /// How it is called in URLs.
    pub fn plural(self) -> &'static str {
        match self {
            Self::WorkloadDeployment => "workloaddeployments",
            Self::WorkloadReplicaSet => "workloadreplicasets",
            Self::Workload => "workloads",
            Self::Host => "hosts",
            Self::Artifact => "artifacts",
        }
    }

    /// The short name that kubectl takes too.
    pub fn short(self) -> &'static str {
        match self {
            Self::WorkloadDeployment => "wd",
            Self::WorkloadReplicaSet => "wrs",
            Self::Workload => "ww",
            Self::Host => "host",
            Self::Artifact => "art",
        }
    }

    /// `SINGULAR.GROUP`, as kubectl prints types.
    pub fn qualified(self) -> String {
        format!("{}.{}", self.singular(), names::GROUP)
    }

    /// Where the API server has it.
    pub fn api_resource(self) -> ApiResource {
        ApiResource {
            group: names::GROUP.to_owned(),
            version: names::VERSION.to_owned(),
            api_version: names::API_VERSION.to_owned(),
            kind: self.name().to_owned(),
            plural: self.plural().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::core::Resource;

    use super::*;
    use crate::api::{Artifact, Host, Workload, WorkloadDeployment, WorkloadReplicaSet};

    #[test]
    fn every_kind_is_where_its_type_says() {
        fn at<K: Resource<DynamicType = ()>>() -> ApiResource {
            ApiResource::erase::<K>(&())
        }
        for (kind, resource) in [
            (Kind::WorkloadDeployment, at::<WorkloadDeployment>()),
            (Kind::WorkloadReplicaSet, at::<WorkloadReplicaSet>()),
            (Kind::Workload, at::<Workload>()),
            (Kind::Host, at::<Host>()),
            (Kind::Artifact, at::<Artifact>()),
        ] {
            assert_eq!(kind.api_resource(), resource);
            assert_eq!(kind.singular(), resource.kind.to_lowercase());
            assert_eq!(Kind::from_kind(kind.name()), Some(kind));
        }
    }
}

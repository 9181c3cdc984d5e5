//! All that is served at a moment, and how a path finds it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resource::Resource;

/// What is served. Cheap to clone; a new one is made when a CRD changes.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    resources: BTreeMap<(String, String, String), Arc<Resource>>,
    listed: Vec<Resource>,
}

impl Registry {
    /// Of these.
    pub fn new(resources: impl IntoIterator<Item = Resource>) -> Self {
        let mut registry = Self::default();
        registry.add(resources);
        registry
    }

    /// With these too; what is there stays.
    fn add(&mut self, resources: impl IntoIterator<Item = Resource>) {
        for resource in resources {
            let key = (resource.group.clone(), resource.version.clone(), resource.plural.clone());
            self.resources.entry(key).or_insert_with(|| Arc::new(resource));
        }
        self.list();
    }

    fn list(&mut self) {
        self.listed = self.resources.values().map(|resource| Resource::clone(resource)).collect();
    }

    /// With these versions of the custom resources `plural.group` and no others. What is built in stays.
    pub fn replace(&mut self, group: &str, plural: &str, versions: Vec<Resource>) {
        self.resources.retain(|(of, _, name), resource| of != group || name != plural || !resource.custom);
        self.add(versions);
    }

    /// The one of that group, version and name.
    pub fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<Resource>> {
        self.resources.get(&(group.to_owned(), version.to_owned(), plural.to_owned()))
    }

    /// The one that serves a kind.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> Option<&Arc<Resource>> {
        self.resources.values().find(|resource| resource.kind == kind && resource.api_version() == api_version)
    }

    /// All, in the order of group, version and name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.resources.values()
    }

    /// All, in a row.
    pub fn list_all(&self) -> &[Resource] {
        &self.listed
    }

    /// One for each stored resource: the first served version of each.
    pub fn stored(&self) -> impl Iterator<Item = &Arc<Resource>> {
        let mut seen = std::collections::BTreeSet::new();
        self.resources.values().filter(move |resource| seen.insert(resource.qualified()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(group: &str, version: &str, plural: &str, custom: bool) -> Resource {
        let built_in = super::super::builtin::resources().swap_remove(0);
        Resource { group: group.into(), version: version.into(), plural: plural.into(), custom, ..built_in }
    }

    fn names(registry: &Registry) -> Vec<String> {
        registry.all().map(|resource| format!("{} {}", resource.api_version(), resource.plural)).collect()
    }

    #[test]
    fn versions_are_replaced_together() {
        let mut registry = Registry::new([resource("", "v1", "maps", false)]);
        let versions = |versions: &[&str]| versions.iter().map(|name| resource("g.io", name, "as", true)).collect();
        registry.replace("g.io", "as", versions(&["v1", "v2"]));
        assert_eq!(names(&registry), ["v1 maps", "g.io/v1 as", "g.io/v2 as"]);
        assert_eq!(registry.stored().count(), 2, "one for each kind");
        registry.replace("g.io", "as", versions(&["v2"]));
        assert_eq!(names(&registry), ["v1 maps", "g.io/v2 as"]);
        assert!(registry.find("g.io", "v1", "as").is_none() && registry.find("g.io", "v2", "as").is_some());
        registry.replace("g.io", "as", Vec::new());
        assert!(registry.all().all(|resource| resource.group != "g.io"));
    }

    #[test]
    fn what_is_built_in_stays() {
        let mut registry = Registry::new([resource("", "v1", "maps", false)]);
        registry.replace("", "maps", vec![resource("", "v1", "maps", true)]);
        assert!(!registry.find("", "v1", "maps").unwrap().custom);
    }
}

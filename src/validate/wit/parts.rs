//! The components of a workload and its service, side by side.

use semver::Version;

use super::Opened;
use crate::api::{HostInterface, LocalResources};
use crate::component::{Component, Interface, compatible};

/// A component of a workload, or its service.
pub(super) struct Part<'a> {
    /// What it is called: `component "web"`.
    pub(super) title: String,
    /// Its name; the service has none.
    pub(super) name: Option<&'a str>,
    /// Where it stands.
    pub(super) path: String,
    /// What it imports and exports; `None` when it could not be opened.
    pub(super) component: Option<&'a Component>,
    /// What it may use.
    pub(super) resources: Option<&'a LocalResources>,
}

/// All of them, and what the workload lists.
pub(super) struct Parts<'a> {
    /// Components in their order, the service last.
    pub(super) all: Vec<Part<'a>>,
    /// Host interfaces.
    pub(super) entries: &'a [HostInterface],
    /// Whether there is a list of them, were it empty.
    pub(super) lists: bool,
    /// Where the spec stands.
    pub(super) path: &'a str,
}

impl<'a> Parts<'a> {
    /// Puts them side by side.
    pub(super) fn of(workload: &Opened<'a>) -> Self {
        let Opened { spec, path, components, service } = *workload;
        let part = |(index, listed): (usize, &'a crate::api::WorkloadComponent)| Part {
            title: format!("component {:?}", listed.name),
            name: Some(&listed.name),
            path: format!("{path}.components[{index}]"),
            component: components.get(index).and_then(Option::as_ref),
            resources: listed.local_resources.as_ref(),
        };
        let mut all: Vec<_> = spec.components().iter().enumerate().map(part).collect();
        all.extend(spec.service.as_ref().map(|listed| Part {
            title: "the service".to_owned(),
            name: None,
            path: format!("{path}.service"),
            component: service,
            resources: listed.local_resources.as_ref(),
        }));
        Self { all, entries: spec.host_interfaces(), lists: spec.host_interfaces.is_some(), path }
    }

    /// Those that could be opened, with their number.
    pub(super) fn known(&self) -> impl Iterator<Item = (usize, &Part<'a>, &'a Component)> {
        self.all.iter().enumerate().filter_map(|(number, part)| Some((number, part, part.component?)))
    }

    /// Whether all could be opened.
    pub(super) fn are_known(&self) -> bool {
        self.all.iter().all(|part| part.component.is_some())
    }

    /// The components that export just that interface. The service gives nothing to others.
    pub(super) fn exporters(&self, interface: &Interface) -> Vec<usize> {
        let exports =
            self.known().filter(|(_, part, component)| part.name.is_some() && component.exports.contains(interface));
        exports.map(|(number, ..)| number).collect()
    }

    /// Whether a component other than that one imports just that interface, by whatever name.
    pub(super) fn is_imported(&self, interface: &Interface, exporter: usize) -> bool {
        self.known()
            .any(|(number, _, component)| number != exporter && component.given().any(|import| import == interface))
    }
}

/// The name of an entry, by which imports with a name of their own find it.
pub(super) fn name_of(entry: &HostInterface) -> Option<&str> {
    entry.name.as_deref().filter(|name| !name.is_empty())
}

/// The version of an entry. One that is no version is another rule's business.
pub(super) fn version_of(entry: &HostInterface) -> Option<Version> {
    entry.version.as_deref().and_then(|version| version.parse().ok())
}

/// Whether an entry lists an interface, in whatever version.
pub(super) fn lists(entry: &HostInterface, interface: &Interface) -> bool {
    entry.is_package(&interface.namespace, &interface.package) && entry.has_interface(&interface.name)
}

/// Whether the version of an entry leaves room for that of an interface.
pub(super) fn version_fits(entry: &HostInterface, interface: &Interface) -> bool {
    let versions = interface.version.as_ref().zip(version_of(entry));
    versions.is_none_or(|(wanted, listed)| compatible(wanted, &listed))
}

/// An interface of an entry.
pub(super) fn interface(entry: &HostInterface, name: &str) -> Interface {
    let (namespace, package) = (entry.namespace.clone(), entry.package.clone());
    Interface { namespace, package, name: name.to_owned(), version: version_of(entry) }
}

/// Whether anybody imports or exports it. That the version does not fit is told where it is imported.
pub(super) fn is_used(parts: &Parts<'_>, entry: &HostInterface, name: &str) -> bool {
    let wanted = interface(entry, name);
    let is_it = |used: &Interface| {
        used.is(&entry.namespace, &entry.package, name) || (wanted.is_http_handler() && used.is_http_handler())
    };
    parts.known().any(|(_, _, component)| component.all().any(is_it))
}

//! Who gives an import.

use super::parts::{Parts, lists, name_of, version_fits};
use crate::api::HostInterface;
use crate::component::{Interface, is_built_in};

/// Something that a component imports.
#[derive(Clone, Copy)]
pub(super) struct Import<'a> {
    /// Who imports it.
    pub(super) importer: usize,
    /// Under which name of its own.
    pub(super) label: Option<&'a str>,
    /// What.
    pub(super) interface: &'a Interface,
}

/// Who gives it.
#[derive(Debug, PartialEq)]
pub(super) enum Source {
    /// Every host has it built in.
    BuiltIn,
    /// Hosts have the package built in, in other versions.
    BuiltInOtherwise,
    /// A component.
    Sibling(usize),
    /// Several components: hosts do not choose among them.
    Siblings(Vec<usize>),
    /// The host, because of a host interface.
    Entry(usize),
    /// A host interface would, were its version another.
    EntryOtherwise(usize),
    /// A component would, were its version just that one.
    SiblingOtherwise(usize),
    /// Nobody.
    Nobody,
}

/// Everything that is imported and has to be given.
pub(super) fn imports<'a>(parts: &Parts<'a>) -> Vec<Import<'a>> {
    let mut all = Vec::new();
    for (importer, _, component) in parts.known() {
        all.extend(component.imports.iter().map(|interface| Import { importer, label: None, interface }));
        let labelled = component.labelled.iter();
        all.extend(labelled.map(|import| Import {
            importer,
            label: Some(&import.label),
            interface: &import.interface,
        }));
    }
    all
}

impl Import<'_> {
    /// Who gives it, asked in the order in which hosts do.
    pub(super) fn source(&self, parts: &Parts<'_>) -> Source {
        if let Some(source) = self.sibling(parts) {
            return source;
        }
        if is_built_in(&self.interface.namespace, &self.interface.package) {
            return self.built_in();
        }
        let listed = || parts.entries.iter().enumerate().filter(|(_, entry)| self.is_bound(parts, entry));
        // Without a label it is also given by an entry with a name, by most plugins.
        let named = || listed().filter(|(_, entry)| self.label.is_none() || name_of(entry) == self.label);
        if let Some((number, _)) = named().find(|(_, entry)| version_fits(entry, self.interface)) {
            return Source::Entry(number);
        }
        if let Some((number, _)) = named().next() {
            return Source::EntryOtherwise(number);
        }
        let fitting = parts.known().find(|(number, part, component)| {
            *number != self.importer
                && part.name.is_some()
                && component.exports.iter().any(|export| self.interface.fits(export))
        });
        fitting.map_or(Source::Nobody, |(number, ..)| Source::SiblingOtherwise(number))
    }

    /// The component that gives it.
    pub(super) fn sibling(&self, parts: &Parts<'_>) -> Option<Source> {
        let exporters = parts.exporters(self.interface);
        if let Some(label) = self.label {
            let named = |number: &&usize| **number != self.importer && parts.all[**number].name == Some(label);
            return exporters.iter().find(named).map(|number| Source::Sibling(*number));
        }
        match exporters.as_slice() {
            [] => None,
            [only] if *only == self.importer => None,
            [only] => Some(Source::Sibling(*only)),
            _ => Some(Source::Siblings(exporters)),
        }
    }

    /// Whether the importer is given what an entry is about: the whole package, once it uses something of it that is
    /// listed.
    fn is_bound(&self, parts: &Parts<'_>, entry: &HostInterface) -> bool {
        let Interface { namespace, package, .. } = self.interface;
        let importer = parts.all[self.importer].component;
        entry.is_package(namespace, package)
            && importer.is_some_and(|component| component.all().any(|interface| lists(entry, interface)))
    }

    fn built_in(&self) -> Source {
        match &self.interface.version {
            Some(version) if version.major != 0 || !matches!(version.minor, 2 | 3) => Source::BuiltInOtherwise,
            _ => Source::BuiltIn,
        }
    }
}

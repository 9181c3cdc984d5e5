//! What is looked at: an object of ours in its namespace.

use serde::Deserialize;

use crate::api::{Kind, WorkloadSpec};
use crate::manifest::Document;
use crate::validate::code::Code;
use crate::validate::field::Field;
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;

/// An object of one of our kinds.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) document: &'a Document,
    pub(super) kind: Kind,
    /// The one it comes to stand in.
    pub(super) namespace: &'a str,
    root: Field<'a>,
}

impl<'a> Subject<'a> {
    /// All of them; `namespace` is that of objects that name none. What a controller made is as good as what it was made
    /// from.
    pub(super) fn all(files: &'a FileSet, namespace: &'a str) -> Vec<Self> {
        let is_made = |document: &Document| document.object.pointer("/metadata/ownerReferences/0").is_some();
        let of = |document: &'a Document| {
            let kind = Kind::from_kind(&document.kind()?.kind)?;
            let namespace = document.namespace().unwrap_or(namespace);
            Some(Self { document, kind, namespace, root: Field::root(document) })
        };
        files.ours().filter(|document| !is_made(document)).filter_map(of).collect()
    }

    /// A field of its spec.
    pub(super) fn of_spec(&self, names: &[&str]) -> Option<Field<'a>> {
        self.root.get("spec")?.at(names)
    }

    /// What is to run; none of kinds that run nothing.
    pub(super) fn workload(&self) -> Option<Field<'a>> {
        match self.kind {
            Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => self.of_spec(&["template", "spec"]),
            Kind::Workload => self.of_spec(&[]),
            Kind::Host | Kind::Artifact => None,
        }
    }

    /// What is to run, with its type; none of one that has mistakes, which are told already.
    pub(super) fn typed(&self) -> Option<(WorkloadSpec, Field<'a>)> {
        let field = self.workload()?;
        Some((WorkloadSpec::deserialize(field.value).ok()?, field))
    }

    /// The components and the service.
    pub(super) fn programs(&self) -> Vec<Field<'a>> {
        let Some(workload) = self.workload() else { return Vec::new() };
        workload.list("components").into_iter().chain(workload.get("service")).collect()
    }

    /// Whether it asks for nothing to run.
    pub(super) fn is_scaled_to_none(&self) -> bool {
        self.of_spec(&["replicas"]).is_some_and(|replicas| replicas.value.as_i64() == Some(0))
    }

    /// Something about a field's value.
    pub(super) fn value(&self, code: &'static Code, path: &str, message: impl Into<String>) -> Finding {
        Finding::value(code, self.document, path, message)
    }
}

//! The definitions that objects are held against.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceDefinitionVersion,
};
use serde_json::Value;

use super::code;
use super::file_set::is_ours;
use super::finding::Finding;
use super::server;
use crate::api::{Kind, crd, names};
use crate::manifest::Document;
use crate::schema::{Schema, SchemaError};

/// The schemas of the five kinds in every version there is.
#[derive(Debug, Default)]
pub struct Definitions {
    /// By kind and version; read at their first use.
    versions: BTreeMap<(String, String), Version>,
    /// This program's own, where those of a cluster are gone by.
    own: Option<Box<Definitions>>,
}

#[derive(Debug)]
struct Version {
    source: Source,
    schema: OnceLock<Result<Schema, SchemaError>>,
}

/// Where a schema comes from.
#[derive(Debug)]
enum Source {
    /// This program's own, made when it is needed.
    Own(Kind),
    /// An `openAPIV3Schema`.
    Given(Value),
}

/// Definitions that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// None of our kinds is among them.
    #[error("there is no CustomResourceDefinition of {} among them", names::GROUP)]
    Nothing,
    /// A schema that is none.
    #[error("the schema of {kind} cannot be read: {reason}")]
    Schema {
        /// The kind.
        kind: String,
        /// Why.
        reason: String,
    },
}

impl Definitions {
    /// This program's own.
    pub fn own() -> Self {
        let own = |kind: Kind| {
            let key = (kind.name().to_owned(), names::VERSION.to_owned());
            (key, Version { source: Source::Own(kind), schema: OnceLock::new() })
        };
        Self { versions: Kind::ALL.into_iter().map(own).collect(), own: None }
    }

    /// Those of a cluster or a directory.
    ///
    /// # Errors
    /// When none is of our group, or a schema cannot be read.
    pub fn read(crds: &[CustomResourceDefinition]) -> Result<Self, DefinitionError> {
        let ours: Vec<_> = crds.iter().filter(|crd| crd.spec.group == names::GROUP).cloned().collect();
        let definitions = Self::of_crds(&ours);
        if definitions.versions.is_empty() {
            return Err(DefinitionError::Nothing);
        }
        for ((kind, _), version) in &definitions.versions {
            version
                .schema()
                .as_ref()
                .map_err(|error| DefinitionError::Schema { kind: kind.clone(), reason: error.to_string() })?;
        }
        Ok(definitions)
    }

    /// Those of a cluster. A kind that is not among them is held against this program's own, and so is one whose schema
    /// cannot be read: those are named.
    pub fn of_cluster(crds: &[CustomResourceDefinition]) -> (Self, Vec<String>) {
        let (mut all, own) = (Self::of_crds(crds), Self::own());
        let unreadable = |version: &Version| version.schema().as_ref().err().map(|error| error.to_string());
        let wrong = all.versions.iter().filter_map(|((kind, _), version)| Some((kind.clone(), unreadable(version)?)));
        let wrong: Vec<_> = wrong.collect();
        let there = |kind: &str| crds.iter().any(|crd| crd.spec.names.kind == kind);
        let is_wrong = |kind: &str| wrong.iter().any(|(wrong, _)| wrong == kind);
        all.versions.retain(|(kind, _), _| !is_wrong(kind));
        let lacking = |kind: &str| !there(kind) || is_wrong(kind);
        all.versions.extend(Self::own().versions.into_iter().filter(|((kind, _), _)| lacking(kind)));
        all.own = Some(Box::new(own));
        (all, wrong.into_iter().map(|(kind, why)| format!("{kind} of the cluster cannot be read: {why}")).collect())
    }

    /// Findings of a schema, told apart where it is a cluster's that is older than this program's own.
    pub(super) fn attribute(&self, document: &Document, found: Vec<Finding>) -> Vec<Finding> {
        match self.own.as_ref().filter(|_| !found.is_empty()).and_then(|own| own.of(document)) {
            Some(Ok(own)) => server::dropped(document, own, found),
            _ => found,
        }
    }

    fn of_crds(crds: &[CustomResourceDefinition]) -> Self {
        let mut versions = BTreeMap::new();
        for crd in crds {
            for version in crd.spec.versions.iter().filter(|version| version.served) {
                let Some(schema) = open_api_schema(version) else { continue };
                let key = (crd.spec.names.kind.clone(), version.name.clone());
                versions.insert(key, Version { source: Source::Given(schema), schema: OnceLock::new() });
            }
        }
        Self { versions, own: None }
    }

    /// The schema for a document; none when it is not of our group, a finding when there is no such kind or version.
    pub(super) fn of(&self, document: &Document) -> Option<Result<&Schema, Finding>> {
        if !is_ours(document) {
            return None;
        }
        let kind = document.kind()?;
        let found = self.versions.get(&(kind.kind.clone(), kind.version.clone()));
        Some(match found.map(Version::schema) {
            Some(Ok(schema)) => Ok(schema),
            Some(Err(error)) => Err(Finding::value(&code::UNKNOWN_KIND, document, "kind", error.to_string())),
            None => Err(self.unknown(document, &kind.kind, &kind.version)),
        })
    }

    fn unknown(&self, document: &Document, kind: &str, version: &str) -> Finding {
        let versions = self.versions.keys().filter(|(known, _)| known == kind);
        let versions: Vec<_> = versions.map(|(_, version)| format!("{}/{version}", names::GROUP)).collect();
        if versions.is_empty() {
            let kinds = || self.versions.keys().map(|(kind, _)| kind.as_str());
            let message = format!("{} has no kind {kind}", names::GROUP);
            let all = || Kind::ALL.map(Kind::name).join(", ");
            // Those of Kubernetes have no Workload before them.
            let ends = |known: &&str| kind.len() > 3 && known.to_lowercase().ends_with(&kind.to_lowercase());
            let near = kinds().find(ends).or_else(|| closest(kind, kinds()));
            let remedy = near.map_or_else(|| format!("the kinds are {}", all()), did_you_mean);
            return Finding::value(&code::UNKNOWN_KIND, document, "kind", message).with_remedy(remedy);
        }
        let message = format!("{kind} has no version {version}");
        let remedy = format!("write apiVersion: {}", versions.join(" or "));
        Finding::value(&code::UNKNOWN_KIND, document, "apiVersion", message).with_remedy(remedy)
    }
}

impl Version {
    fn schema(&self) -> &Result<Schema, SchemaError> {
        self.schema.get_or_init(|| match &self.source {
            Source::Given(schema) => Schema::parse(schema),
            Source::Own(kind) => {
                let schema = crd(*kind).spec.versions.iter().find_map(open_api_schema);
                Schema::parse(&schema.unwrap_or_default())
            }
        })
    }
}

fn open_api_schema(version: &CustomResourceDefinitionVersion) -> Option<Value> {
    let schema = version.schema.as_ref()?.open_api_v3_schema.as_ref()?;
    serde_json::to_value(schema).ok()
}

/// The word that was likely meant: the most similar one, if it is similar at all.
pub(super) fn closest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |known: &str| strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase());
    let scored = words.map(|known| (similarity(known), known)).filter(|(score, _)| *score > 0.8);
    scored.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, known)| known)
}

/// The question that a similar word leads to.
pub(super) fn did_you_mean(word: &str) -> String {
    format!("did you mean {word}?")
}

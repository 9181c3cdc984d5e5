//! Whether what was made is what the API server takes: words of the command line stand in it as they were given.

use std::collections::BTreeMap;

use super::Made;
use crate::api::{crds, names};
use crate::schema::{Finding, Schema, metadata, prune, validate};

/// The schemas of our kinds.
pub struct Checker(BTreeMap<String, Schema>);

impl Default for Checker {
    fn default() -> Self {
        let schemas = crds().into_iter().filter_map(|definition| {
            let schema = definition.spec.versions.first()?.schema.as_ref()?.open_api_v3_schema.as_ref()?;
            let schema = Schema::parse(&serde_json::to_value(schema).ok()?).ok()?;
            Some((definition.spec.names.kind, schema))
        });
        Self(schemas.collect())
    }
}

impl Checker {
    /// What is wrong with an object, in the API server's words; those of other groups are passed over.
    pub fn check(&self, made: &Made) -> Vec<String> {
        let object = &made.object;
        if object["apiVersion"] != names::API_VERSION {
            return Vec::new();
        }
        let kind = object["kind"].as_str().unwrap_or_default();
        let Some(schema) = self.0.get(kind) else { return vec![format!("there is no kind {kind}")] };
        let mut findings = metadata::validate(&object["metadata"], true, metadata::NameRule::Subdomain, "metadata");
        // The namespace is given where it is applied.
        findings.retain(|finding| finding.path != "metadata.namespace" || !object["metadata"]["namespace"].is_null());
        findings.extend(validate(schema, object, None));
        let unknown = prune(schema, &mut object.clone()).into_iter().map(|path| format!("unknown field \"{path}\""));
        findings.iter().map(shown).chain(unknown).collect()
    }
}

fn shown(finding: &Finding) -> String {
    format!("{}: {}", finding.path, finding.message)
}

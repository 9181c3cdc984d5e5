//! Where a kind's objects are looked for.

use serde_json::Value;

use super::Context;
use crate::api::Kind;
use crate::cluster::{Filter, Scope};
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::other_namespace;

impl Context {
    /// Where objects of a kind are listed. Hosts live in the controller's namespace, wherever that is: they are looked
    /// for everywhere unless a namespace was named.
    pub fn scope(&self, kind: Kind, all: bool) -> Scope {
        match kind {
            _ if all => Scope::All,
            Kind::Host if !self.namespace_given => Scope::All,
            _ => Scope::Namespace(self.namespace.clone()),
        }
    }

    /// kubectl's words for nothing, in the namespace or everywhere.
    pub fn nothing_found(&self, everywhere: bool) -> String {
        match everywhere {
            true => "No resources found".to_owned(),
            false => format!("No resources found in {} namespace.", self.namespace),
        }
    }

    /// The object of a kind and name.
    ///
    /// # Errors
    /// When it is not there, or the request fails.
    pub async fn find(&self, kind: Kind, name: &str) -> Result<Value, Error> {
        let resource = kind.api_resource();
        let scope = self.scope(kind, false);
        if let Some(namespace) = scope.namespace() {
            return self.cluster.get(&resource, Some(namespace), name).await;
        }
        let found: Vec<Value> = self.cluster.list(&resource, &scope, &Filter::named(name)).await?;
        found.into_iter().next().ok_or_else(|| Error::not_found(&resource, name))
    }

    /// The namespace of a document's object.
    ///
    /// # Errors
    /// When it is not the one that `--namespace` names.
    pub fn namespace_of(&self, document: &Document) -> Result<String, Error> {
        match document.namespace() {
            Some(named) if self.namespace_given && named != self.namespace => {
                Err(Error::Manifests(vec![document.problem(other_namespace(named, &self.namespace))]))
            }
            Some(named) => Ok(named.to_owned()),
            None => Ok(self.namespace.clone()),
        }
    }
}

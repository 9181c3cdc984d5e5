//! Which resource a document's `apiVersion` and `kind` mean.

use kube::core::GroupVersionKind;
use kube::discovery::{self, Scope};

use super::Cluster;
use crate::api::Kind;
use crate::api::names;
use crate::error::Error;
use crate::plan::apply::{Kinds, Resolved};

impl Cluster {
    /// Looks up kinds; those the server does not know are left out.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn resolve(&self, kinds: impl IntoIterator<Item = GroupVersionKind>) -> Result<Kinds, Error> {
        let mut found = Kinds::new();
        for kind in kinds {
            if !found.contains_key(&kind)
                && let Some(resolved) = self.resolve_one(&kind).await?
            {
                found.insert(kind, resolved);
            }
        }
        Ok(found)
    }

    async fn resolve_one(&self, kind: &GroupVersionKind) -> Result<Option<Resolved>, Error> {
        if kind.group == names::GROUP && kind.version == names::VERSION {
            let ours = Kind::from_kind(&kind.kind);
            return Ok(ours.map(|ours| Resolved { resource: ours.api_resource(), namespaced: true }));
        }
        match discovery::pinned_kind(&self.client, kind).await {
            Ok((resource, capabilities)) => {
                Ok(Some(Resolved { resource, namespaced: capabilities.scope == Scope::Namespaced }))
            }
            Err(kube::Error::Discovery(_)) => Ok(None),
            Err(error) => match Error::from(error) {
                Error::NoResourceType(_) => Ok(None),
                error => Err(error),
            },
        }
    }
}

//! The Lease of whoever is in charge.

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::core::ApiResource;

use super::Cluster;
use super::read::{Filter, Scope};
use crate::api::names::LEASE;
use crate::error::Error;
use crate::plan::charge::{Charge, Heed};

impl Cluster {
    /// Who is in charge. The lease stands in the controller's namespace, wherever that is.
    ///
    /// # Errors
    /// When leases may not be read in all namespaces, or the request fails.
    pub async fn charge(&self, now: Timestamp) -> Result<Charge, Error> {
        let resource = ApiResource::erase::<Lease>(&());
        let leases: Vec<Lease> = self.list(&resource, &Scope::All, &Filter::named(LEASE)).await?;
        Ok(Charge::of(&leases, now))
    }

    /// Whether whoever is in charge does what only our controller knows. `has_revisions` tells whether replica sets hold
    /// revisions, for who may not read leases.
    pub async fn heed(&self, now: Timestamp, has_revisions: bool) -> Heed {
        Heed::of(self.charge(now).await.ok(), has_revisions)
    }
}

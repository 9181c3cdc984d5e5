//! The Lease of whoever is in charge.

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::core::ApiResource;

use super::Cluster;
use super::read::{Filter, Scope};
use crate::api::names::LEASE;
use crate::error::Error;
use crate::plan::charge::Charge;

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
}

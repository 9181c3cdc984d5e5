//! What there is to uninstall, and taking finalizers off.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kube::ResourceExt;
use serde_json::{Value, json};

use super::{Cluster, Filter, Scope, Writing};
use crate::api::names::field_manager;
use crate::api::{Kind, crds};
use crate::error::Error;
use crate::plan::charge::Charge;
use crate::plan::install::{MANAGED_BY, NAME};
use crate::plan::uninstall::{Installed, Observed, installed_resources, others_finalizers};

impl Cluster {
    /// Everything of ours that there is.
    ///
    /// # Errors
    /// When something may not be listed: what is not seen would be left behind.
    pub async fn observe_installed(&self, now: Timestamp) -> Result<Observed, Error> {
        let names: BTreeSet<String> = crds().iter().map(ResourceExt::name_any).collect();
        let mut there = Vec::new();
        for name in names {
            if self.crd(&name).await?.is_some() {
                there.push(name);
            }
        }
        let mut objects = Vec::new();
        for kind in Kind::ALL {
            objects.extend(self.all_of(kind).await?.into_iter().map(|object| (kind, object)));
        }
        let charge = Charge::of(&self.leases().await?, now);
        Ok(Observed { now, objects, crds: there, installed: self.installed().await?, charge })
    }

    /// All objects of a kind; none where there is no such kind.
    async fn all_of(&self, kind: Kind) -> Result<Vec<Value>, Error> {
        match self.list(&kind.api_resource(), &Scope::All, &Filter::default()).await {
            Err(Error::NoResourceType(_)) => Ok(Vec::new()),
            listed => listed,
        }
    }

    async fn installed(&self) -> Result<Vec<Installed>, Error> {
        let (key, value) = MANAGED_BY;
        let filter = Filter { labels: Some(format!("{key}={value}")), fields: Some(format!("metadata.name={NAME}")) };
        let mut installed = Vec::new();
        for resource in installed_resources() {
            let found: Vec<Value> = match self.list(&resource, &Scope::All, &filter).await {
                // A server without Deployments has none of ours.
                Err(Error::NoResourceType(_)) => continue,
                listed => listed?,
            };
            installed.extend(found.iter().map(|object| {
                let namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
                Installed { resource: resource.clone(), namespace, name: NAME.to_owned() }
            }));
        }
        Ok(installed)
    }

    /// Takes our finalizers off an object; one that is gone is no error.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn release(&self, kind: Kind, namespace: &str, name: &str, try_only: bool) -> Result<(), Error> {
        let (resource, namespace) = (kind.api_resource(), Some(namespace));
        let object = match self.get(&resource, namespace, name).await {
            Err(error) if error.is_not_found() => return Ok(()),
            object => object?,
        };
        let metadata = json!({
            "finalizers": others_finalizers(&object), "resourceVersion": object["metadata"]["resourceVersion"],
        });
        let writing = Writing { manager: field_manager::KUBECTL, try_only };
        let patch = json!({"metadata": metadata});
        match self.merge_patch(&resource, namespace, (name, None), &patch, writing).await {
            Err(error) if error.is_not_found() => Ok(()),
            patched => patched.map(drop),
        }
    }
}

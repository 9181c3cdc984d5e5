//! How many objects of each kind there are.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use kube::api::ListParams;
use kube::core::{ApiResource, DynamicObject};
use kube::discovery::{Discovery, verbs};
use kube::{Api, Client};

use super::Cluster;
use crate::error::Error;

/// Requests at a time.
const AT_ONCE: usize = 8;

impl Cluster {
    /// How many objects there are of each resource, `plural` or `plural.group`, that has any.
    ///
    /// # Errors
    /// When a request fails.
    pub async fn census(&self) -> Result<BTreeMap<String, u64>, Error> {
        let discovery = Discovery::new(self.client.clone()).run_aggregated().await?;
        let resources = discovery.groups().flat_map(|group| group.recommended_resources());
        let listed = resources.filter(|(_, abilities)| abilities.supports_operation(verbs::LIST));
        let resources: Vec<_> = listed.map(|(resource, _)| resource).collect();
        let counts = stream::iter(resources).map(|resource| count(self.client.clone(), resource));
        let counts: Vec<_> = counts.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
    }
}

async fn count(client: Client, resource: ApiResource) -> Result<(String, u64), Error> {
    let api: Api<DynamicObject> = Api::all_with(client, &resource);
    let page = api.list_metadata(&ListParams::default().limit(1)).await?;
    let more = page.metadata.remaining_item_count.unwrap_or_default();
    let name = match resource.group.as_str() {
        "" => resource.plural,
        group => format!("{}.{group}", resource.plural),
    };
    Ok((name, page.items.len() as u64 + u64::try_from(more).unwrap_or_default()))
}

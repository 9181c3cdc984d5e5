//! What the user may do: SelfSubjectAccessReviews.

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use kube::Api;
use kube::api::PostParams;

use super::Cluster;
use crate::error::Error;
use crate::plan::rbac::Permission;

/// Questions at a time.
const AT_ONCE: usize = 16;

impl Cluster {
    /// Which of these permissions the user does not have, in this namespace or, where it is `None`, in all of them. What is
    /// asked for in all namespaces anyway, such as hosts, is asked for there.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn denied(&self, permissions: &[Permission], namespace: Option<&str>) -> Result<Vec<Permission>, Error> {
        let asked = permissions.iter().map(|permission| self.may(*permission, namespace));
        let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        let denied = permissions.iter().zip(answers).filter(|(_, allowed)| !allowed);
        Ok(denied.map(|(permission, _)| *permission).collect())
    }

    async fn may(&self, permission: Permission, namespace: Option<&str>) -> Result<bool, Error> {
        let namespace = namespace.filter(|_| !is_asked_for_everywhere(permission.resource));
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes(permission, namespace)),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client.clone());
        let answer = api.create(&PostParams::default(), &review).await?;
        Ok(answer.status.is_some_and(|status| status.allowed))
    }
}

/// Those that have no namespace, and those that live in the controller's, wherever that is.
fn is_asked_for_everywhere(resource: &str) -> bool {
    matches!(
        resource,
        "customresourcedefinitions" | "hosts" | "leases" | "namespaces" | "clusterroles" | "clusterrolebindings"
    )
}

fn attributes(permission: Permission, namespace: Option<&str>) -> ResourceAttributes {
    let (resource, subresource) = match permission.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
        None => (permission.resource, None),
    };
    ResourceAttributes {
        group: Some(permission.group.to_owned()),
        resource: Some(resource.to_owned()),
        subresource,
        verb: Some(permission.verb.to_owned()),
        namespace: namespace.map(str::to_owned),
        ..ResourceAttributes::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subresource_is_asked_for_apart() {
        let permission = Permission { group: "g", resource: "xs/scale", verb: "patch" };
        let asked = attributes(permission, Some("team-a"));
        assert_eq!((asked.resource.as_deref(), asked.subresource.as_deref()), (Some("xs"), Some("scale")));
        assert_eq!(asked.namespace.as_deref(), Some("team-a"));
    }
}

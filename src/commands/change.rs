//! Changing objects, each on the condition that it is still what the decision was about.

use super::selected::Selected;
use crate::cli::target::WriteArgs;
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::plan::change::{Change, patch};

/// How often somebody else may be faster before we give up.
const ATTEMPTS: usize = 5;

/// Changes one object as `decide` says; should somebody else have changed it meanwhile, it is read and decided about
/// again. Returns the object as it is then, and why it was left alone if it was.
pub(super) async fn change(
    context: &Context,
    write: &WriteArgs,
    object: &Selected,
    mut decide: impl AsyncFnMut(&Selected) -> Result<Change, Error>,
) -> Result<(Selected, Option<String>), Error> {
    let mut selected = object.clone();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let after = match decide(&selected).await? {
            Change::Not(why) => return Ok((selected, Some(why))),
            Change::To(after) => after,
        };
        let (kind, namespace) = (selected.kind, Some(selected.namespace()));
        if write.dry_run == DryRun::Client {
            return Ok((Selected { kind, object: after }, None));
        }
        let (resource, patch) = (kind.api_resource(), patch(&selected.object, &after));
        let target = (selected.name(), None);
        match context.cluster.merge_patch(&resource, namespace, target, &patch, write.writing()).await {
            Ok(object) => return Ok((Selected { kind, object }, None)),
            Err(error) if error.is_conflict() && attempts < ATTEMPTS => {
                let object = context.cluster.get(&resource, namespace, selected.name()).await?;
                selected = Selected { kind, object };
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "local")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::{Kind, crds};
    use crate::cluster::{Cluster, Writing};
    use crate::{context, local};

    const WRITING: Writing<'_> = Writing { manager: "somebody-else", try_only: false };

    /// A cluster with one deployment, as it is.
    async fn ground() -> (local::Cluster, Context, Selected) {
        let server = local::Cluster::in_memory(context::now).await;
        let cluster = Cluster::of(server.client("default"));
        let context = Context { cluster, namespace: "default".to_owned(), namespace_given: false, now: context::now };
        for crd in crds() {
            context.cluster.apply_crd(&crd, false).await.unwrap();
        }
        let object = json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment", "metadata": {"name": "web"},
            "spec": {"replicas": 1, "template": {"spec": {}}},
        });
        let kind = Kind::WorkloadDeployment;
        let object = context.cluster.create(&kind.api_resource(), Some("default"), &object, WRITING).await.unwrap();
        (server, context, Selected { kind, object })
    }

    async fn scaled_by_another(context: &Context, replicas: usize) {
        let (resource, patch) = (Kind::WorkloadDeployment.api_resource(), json!({"spec": {"replicas": replicas}}));
        context.cluster.merge_patch(&resource, Some("default"), ("web", None), &patch, WRITING).await.unwrap();
    }

    fn with_policy(deployment: &Selected) -> Change {
        let mut after = deployment.object.clone();
        after["spec"]["deployPolicy"] = "Recreate".into();
        Change::To(after)
    }

    #[tokio::test]
    async fn what_somebody_else_has_changed_meanwhile_is_decided_about_again() {
        let (_server, context, stale) = ground().await;
        scaled_by_another(&context, 7).await;
        let mut seen = Vec::new();
        let write = WriteArgs::default();
        let changed = change(&context, &write, &stale, async |deployment| {
            seen.push(deployment.object["spec"]["replicas"].clone());
            Ok(with_policy(deployment))
        });
        let (changed, why_not) = changed.await.unwrap();
        assert_eq!((seen, why_not), (vec![json!(1), json!(7)], None));
        let spec: &Value = &changed.object["spec"];
        assert_eq!((&spec["replicas"], &spec["deployPolicy"]), (&json!(7), &json!("Recreate")), "nothing is lost");
    }

    #[tokio::test]
    async fn who_is_always_later_gives_up_with_the_conflict() {
        let (_server, context, deployment) = ground().await;
        let mut tried = 0;
        let write = WriteArgs::default();
        let changed = change(&context, &write, &deployment, async |deployment| {
            tried += 1;
            scaled_by_another(&context, 10 + tried).await;
            Ok(with_policy(deployment))
        });
        let error = changed.await.err().unwrap();
        assert!(error.is_conflict(), "{error}");
        assert_eq!(tried, ATTEMPTS);
    }
}

//! What is left to say, or to do, when objects are deleted.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Service;
use kube::core::ApiResource;
use kube::core::params::DeleteParams;
use serde_json::Value;

use super::targets::Doomed;
use crate::api::Kind;
use crate::cluster::{Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::delete::{comes_again, is_left_behind, service_of};
use crate::ui::Ui;

/// Says what comes again, and offers the Services that deployments leave behind: a person is asked, others are told.
///
/// # Errors
/// When a Service cannot be deleted, or the question was ended with Ctrl-C.
pub(super) async fn tell(
    ui: &Ui,
    context: &Context,
    deleted: &[(Doomed, Option<String>)],
    by_name: bool,
) -> Result<(), Error> {
    let was = || deleted.iter().filter_map(|(doomed, _)| doomed.was.as_ref());
    // A script that deletes Workloads knows why; a host that comes back surprises scripts too.
    let told = was().filter(|(kind, _)| ui.look().terminal || *kind == Kind::Host);
    let hints: BTreeSet<_> = told.filter_map(|(kind, object)| comes_again(*kind, object)).collect();
    hints.iter().for_each(|hint| ui.hint(hint));
    for (kind, deployment) in was().filter(|_| by_name) {
        if *kind == Kind::WorkloadDeployment
            && let Some(name) = service_of(deployment)
        {
            let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
            offer(ui, context, namespace, name).await?;
        }
    }
    Ok(())
}

async fn offer(ui: &Ui, context: &Context, namespace: &str, name: &str) -> Result<(), Error> {
    let services = ApiResource::erase::<Service>(&());
    // Nobody asked for it: what cannot be read is left alone without a word.
    let Ok(service) = context.cluster.get(&services, Some(namespace), name).await else { return Ok(()) };
    let scope = Scope::Namespace(namespace.to_owned());
    let left =
        context.cluster.list::<Value>(&Kind::WorkloadDeployment.api_resource(), &scope, &Filter::default()).await;
    if !left.is_ok_and(|left| is_left_behind(&service, &left)) {
        return Ok(());
    }
    if !ui.can_ask() {
        ui.hint(format!("its service is still there: `kubectl delete service {name} -n {namespace}` deletes it"));
        return Ok(());
    }
    if ui.confirm(&format!("No deployment uses service {name} any more. Delete it too?"))? {
        context.cluster.delete(&services, Some(namespace), name, &DeleteParams::background()).await?;
        ui.result(format!("service \"{name}\" deleted from {namespace} namespace"))?;
    }
    Ok(())
}

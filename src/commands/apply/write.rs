//! Writing what was checked.

use serde_json::Value;

use super::check::{Checked, problem};
use crate::cluster::Applying;
use crate::context::Context;
use crate::error::Error;

/// Applies one step; what `kubectl apply` wrote is handed over first.
///
/// # Errors
/// When the server refuses it after all.
pub(in crate::commands) async fn write(
    context: &Context,
    checked: &Checked,
    how: Applying<'_>,
) -> Result<Value, Error> {
    let Checked { step, before, yielding, .. } = checked;
    let (cluster, namespace) = (&context.cluster, step.namespace.as_deref());
    let written = async {
        if let Some(live) = before {
            cluster.hand_over(&step.resource, namespace, live, how.manager).await?;
        }
        cluster.apply_over(&step.resource, namespace, &step.document.object, how, yielding).await
    };
    let refused = |problem| Error::Refused(Box::new(problem));
    written.await.map_err(|error| problem(step, error, yielding).map_or_else(|error| error, refused))
}

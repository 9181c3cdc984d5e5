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

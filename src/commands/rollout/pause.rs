//! `kubectl wasmcloud rollout pause`.

use super::change::{ChangeArgs, change_all};
use super::{heed, select};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::rollout::{pause, refusal};
use crate::plan::selection::Aim;
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout pause", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_pause };

/// Pauses.
///
/// # Errors
/// When whoever is in charge ignores pauses, a deployment is paused already or not there, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ChangeArgs) -> Result<(), Error> {
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    if !selections.objects.is_empty()
        && let Some(warning) = pause::heeded(&heed(&context, &selections.objects).await)?
    {
        ui.warning(warning);
    }
    let paused = (&selections, "paused");
    change_all(ui, &context, &args.write, paused, |deployment| pause::pause(&deployment.object)).await
}

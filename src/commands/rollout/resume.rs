//! `kubectl wasmcloud rollout resume`.

use super::change::{ChangeArgs, change_all};
use super::{heed, select};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::rollout::{pause, refusal};
use crate::plan::selection::Aim;
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "rollout resume", bare: Some(Kind::WorkloadDeployment), refuse: refusal::of_resume };

/// Resumes. A pause that was ignored is taken away all the same: the next controller may heed it.
///
/// # Errors
/// When a deployment is not paused or not there, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: ChangeArgs) -> Result<(), Error> {
    let (context, selections) = select(ui, global, &args.target, &AIM).await?;
    if !selections.objects.is_empty()
        && let Some(warning) = heed(&context, &selections.objects).await.warning("pauses")
    {
        ui.warning(warning);
    }
    let resumed = (&selections, "resumed");
    change_all(ui, &context, &args.write, resumed, |deployment| pause::resume(&deployment.object)).await
}

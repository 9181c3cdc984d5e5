//! Deleting Workloads behind the readiness of their replacements.

use futures::StreamExt;
use kube::core::params::{DeleteParams, Preconditions};

use super::RestartArgs;
use crate::api::Kind;
use crate::cluster::DryRun;
use crate::commands::in_time::in_time;
use crate::commands::selected::Selected;
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::batch::{Batch, Step, Victim};
use crate::plan::rollout::{Snapshot, Trouble};
use crate::ui::{Bar, Ui};

/// Replaces every Workload that a deployment has.
pub(super) async fn run(
    ui: &Ui,
    context: &Context,
    args: &RestartArgs,
    deployment: &Selected,
    at_once: u16,
) -> Result<(), Error> {
    let restart = Restart { ui, context, deployment, dry_run: args.write.dry_run };
    in_time(args.timeout, restart.run(at_once)).await.unwrap_or_else(|| Err(restart.timed_out()))
}

struct Restart<'a> {
    ui: &'a Ui,
    context: &'a Context,
    deployment: &'a Selected,
    dry_run: DryRun,
}

impl Restart<'_> {
    async fn run(&self, at_once: u16) -> Result<(), Error> {
        let mut snapshots = self.context.cluster.follow(self.deployment.namespace(), self.deployment.name());
        let bar = self.ui.bar(self.deployment.name(), 1);
        let mut batch: Option<Batch> = None;
        while let Some(snapshot) = snapshots.next().await {
            let snapshot = snapshot?;
            let batch = batch.get_or_insert_with(|| Batch::of(&snapshot, at_once));
            if self.dry_run != DryRun::None {
                return self.try_all(batch, &snapshot).await;
            }
            match batch.step(&snapshot) {
                Step::Delete(victims) => self.delete(batch, &victims, &bar).await?,
                Step::Wait => {}
                Step::Done => return Ok(()),
                Step::Gone => return Err(self.failed("object has been deleted".to_owned())),
                Step::Failed(trouble) => return Err(self.failed(self.with_host_name(trouble).await.to_string())),
            }
            show(&bar, batch);
        }
        Ok(())
    }

    async fn delete(&self, batch: &mut Batch, victims: &[Victim], bar: &Bar) -> Result<(), Error> {
        for victim in victims {
            self.send(victim).await?;
            batch.note(victim);
            if !self.ui.animates() {
                self.tell(victim, &format!(" ({} of {})", batch.sent(), batch.total()));
            }
            show(bar, batch);
        }
        Ok(())
    }

    /// A deletion of what is gone already is one as well.
    async fn send(&self, victim: &Victim) -> Result<(), Error> {
        let only = Preconditions { uid: Some(victim.uid.clone()), resource_version: None };
        let params = DeleteParams { preconditions: Some(only), ..DeleteParams::background() };
        let params = if self.dry_run == DryRun::Server { params.dry_run() } else { params };
        let (resource, namespace) = (Kind::Workload.api_resource(), Some(self.deployment.namespace()));
        match self.context.cluster.delete(&resource, namespace, &victim.name, &params).await {
            Err(error) if !error.is_not_found() && !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }

    /// Says of all Workloads that they would be deleted.
    async fn try_all(&self, batch: &Batch, snapshot: &Snapshot) -> Result<(), Error> {
        for victim in batch.all(snapshot) {
            if self.dry_run == DryRun::Server {
                self.send(&victim).await?;
            }
            self.tell(&victim, self.dry_run.suffix());
        }
        Ok(())
    }

    /// Calls the host by its name, where that is known.
    async fn with_host_name(&self, mut trouble: Trouble) -> Trouble {
        let names = self.context.cluster.host_names().await;
        if let Some(name) = trouble.host.as_ref().and_then(|host| names.get(host)) {
            trouble.host = Some(name.clone());
        }
        trouble
    }

    fn tell(&self, victim: &Victim, suffix: &str) {
        self.ui.status(format!("{} \"{}\" deleted{suffix}", Kind::Workload.qualified(), victim.name));
    }

    fn failed(&self, why: String) -> Error {
        let message =
            format!("{why}\ndeployment \"{}\" failed to restart; the other Workloads run on", self.deployment.name());
        Error::RolloutFailed { message, help: Some(self.where_to_look()) }
    }

    fn timed_out(&self) -> Error {
        let what = format!("the Workloads of deployment \"{}\" to be replaced", self.deployment.name());
        Error::TimedOut { what, help: Some(self.where_to_look()) }
    }

    fn where_to_look(&self) -> String {
        let namespace = self.deployment.namespace();
        format!("`kubectl wasmcloud get workloads -n {namespace}` shows the state of each replica")
    }
}

fn show(bar: &Bar, batch: &Batch) {
    let (sent, total) = (batch.sent(), batch.total());
    bar.show(sent as u64, total as u64, "waiting for replacements to be ready");
}

//! `kubectl wasmcloud cordon` and `uncordon`: hosts that take no new Workloads, in kubectl's words.

use clap::Args;

use super::selected::{self, Selected};
use crate::api::{Host, Kind};
use crate::cli::GlobalArgs;
use crate::cli::target::{TargetArgs, WriteArgs};
use crate::cluster::DryRun;
use crate::context::Context;
use crate::error::Error;
use crate::plan::charge::Heed;
use crate::plan::drain::{self, Ask};
use crate::plan::selection::Aim;
use crate::ui::Ui;

/// What `cordon` and `uncordon` take.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud (cordon | uncordon) (HOST… | -l SELECTOR | --all) [flags]",
    after_help = "`uncordon` ends a drain too. Upstream's operator ignores all three."
)]
pub struct CordonArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// All hosts
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    write: WriteArgs,
}

/// Cordons hosts.
///
/// # Errors
/// When there is no such host, whoever is in charge ignores it, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: CordonArgs) -> Result<(), Error> {
    let aim = Aim { verb: "cordon", bare: Some(Kind::Host), refuse: |kind| drain::refuse(kind, "cordon") };
    change(ui, global, &args, &aim, (Ask::Cordon, "cordoned")).await
}

/// Uncordons hosts, and ends their drains.
///
/// # Errors
/// When there is no such host, or the server refuses.
pub async fn run_uncordon(ui: &Ui, global: &GlobalArgs, args: CordonArgs) -> Result<(), Error> {
    let aim = Aim { verb: "uncordon", bare: Some(Kind::Host), refuse: |kind| drain::refuse(kind, "uncordon") };
    change(ui, global, &args, &aim, (Ask::Uncordon, "uncordoned")).await
}

async fn change(
    ui: &Ui,
    global: &GlobalArgs,
    args: &CordonArgs,
    aim: &Aim,
    (ask, past): (Ask, &str),
) -> Result<(), Error> {
    selected::check_all(&args.target, args.all)?;
    let wanted = selected::wanted(ui, &args.target, args.all, aim).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, aim, wanted).await?;
    selections.tell_none(ui, &context, &args.target, Kind::Host);
    if ask == Ask::Cordon && !selections.objects.is_empty() {
        heeded(ui, &context, "a cordon").await?;
    }
    for host in &selections.objects {
        let changed = patch(&context, &args.write, host, ask).await?;
        let already = changed.is_none().then(|| format!("already {past}"));
        let told = changed.as_ref().unwrap_or(host);
        args.write.tell(ui, told, already.as_deref().unwrap_or(past))?;
    }
    selections.outcome()
}

/// Makes sure that whoever is in charge does it; says so where that cannot be told.
///
/// # Errors
/// When it is known to do nothing of the kind.
pub(super) async fn heeded(ui: &Ui, context: &Context, what: &'static str) -> Result<(), Error> {
    match context.cluster.heed((context.now)(), false).await {
        Heed::Ignores(holder) => {
            let help = "scale the hosts' own Deployment down instead, or delete the Workloads one by one; \
                        `kubectl wasmcloud run-controller` heeds it";
            let message = format!("{holder} is in charge, and ignores {what}");
            Err(Error::Declined { message, help: Some(help.to_owned()) })
        }
        heed => {
            heed.warning(what).into_iter().for_each(|warning| ui.warning(warning));
            Ok(())
        }
    }
}

/// Asks it of a host; nothing when it is so already.
pub(super) async fn patch(
    context: &Context,
    write: &WriteArgs,
    host: &Selected,
    ask: Ask,
) -> Result<Option<Selected>, Error> {
    let Some(patch) = ask.patch(&host.read::<Host>()?) else { return Ok(None) };
    let mut changed = host.clone();
    if write.dry_run == DryRun::Client {
        let edits = patch["metadata"]["annotations"].as_object().into_iter().flatten();
        for (name, value) in edits {
            let annotations = &mut changed.object["metadata"]["annotations"];
            annotations[name] = value.clone();
            if let Some(all) = annotations.as_object_mut() {
                all.retain(|_, value| !value.is_null());
            }
        }
        return Ok(Some(changed));
    }
    let (resource, namespace) = (host.kind.api_resource(), Some(host.namespace()));
    let sent = context.cluster.merge_patch(&resource, namespace, (host.name(), None), &patch, write.writing()).await?;
    changed.object = sent;
    Ok(Some(changed))
}

//! `--server`: what the cluster knows of the files.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};

use crate::api::{HasConditions, Host};
use crate::cli::GlobalArgs;
use crate::commands::check::{NatsArgs, PATIENCE, connect};
use crate::context::Context;
use crate::error::Error;
use crate::hosts::HostBus;
use crate::hosts::wire::HostHeartbeat;
use crate::manifest::Document;
use crate::plan::apply::other_namespace;
use crate::ui::Ui;
use crate::validate::server::{Asked, ClusterFacts};
use crate::validate::wit::Offer;
use crate::validate::{Definitions, FileSet};

/// Hosts asked at a time.
const AT_ONCE: usize = 32;

/// Asks the cluster; what could not be checked is told. `images` are to be opened, those of its Artifacts too.
///
/// # Errors
/// When there is no cluster or no bus, or files are of another namespace than the one that was asked for.
pub(super) async fn ask(
    ui: &Ui,
    global: &GlobalArgs,
    nats: &NatsArgs,
    files: &FileSet,
    images: bool,
) -> Result<(Definitions, ClusterFacts), Error> {
    let context = Context::connect(ui, global).await?;
    if context.namespace_given {
        in_namespace(files, &context.namespace)?;
    }
    let panel = ui.panel();
    panel.show("asking the cluster");
    let asked = Asked::of(files, &context.namespace);
    let mut answers = context.cluster.answers(&asked, &context.namespace).await?;
    if images {
        let more = Asked::of_artifacts(files, &answers.facts);
        context.cluster.answers_more(&more, "their Artifacts name", &mut answers).await?;
    }
    answers.facts.beats = beats(nats, answers.facts.hosts.as_deref().unwrap_or_default()).await?;
    drop(panel);
    let (definitions, unreadable) = Definitions::of_cluster(&answers.definitions);
    answers.left_out.iter().chain(&unreadable).for_each(|text| ui.warning(text));
    Ok((definitions, answers.facts))
}

/// What hosts have for components: what they report, if each that is Ready was heard.
pub(super) fn offer(cluster: Option<&ClusterFacts>) -> Offer {
    match cluster.filter(|cluster| cluster.has_heard_all_hosts()) {
        Some(cluster) => Offer::reported(cluster.beats.values()),
        None => Offer::known(),
    }
}

/// As `apply` takes them.
fn in_namespace(files: &FileSet, namespace: &str) -> Result<(), Error> {
    let strange = |document: &Document| {
        let named = document.namespace().filter(|named| *named != namespace)?;
        Some(document.problem(other_namespace(named, namespace)))
    };
    match files.ours().filter_map(strange).collect::<Vec<_>>() {
        problems if problems.is_empty() => Ok(()),
        problems => Err(Error::Manifests(problems)),
    }
}

/// What Ready hosts report, if their bus is to be asked; of one that is silent nothing is known.
async fn beats(nats: &NatsArgs, hosts: &[Host]) -> Result<BTreeMap<String, HostHeartbeat>, Error> {
    let Some(options) = nats.options() else { return Ok(BTreeMap::new()) };
    let bus = connect(PATIENCE, &options).await?;
    let ready = hosts.iter().filter(|host| host.is_ready());
    let asked = ready.map(|host| async { Some((host.host_id.clone(), bus.probe(&host.host_id).await.ok()?)) });
    let beats = stream::iter(asked).buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    bus.close().await;
    Ok(beats)
}

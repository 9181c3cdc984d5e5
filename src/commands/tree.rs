//! `kubectl wasmcloud tree`: who stands under whom, and how each fares.

mod live;

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::selected::{self, Selected, Selections, Wanted};
use crate::api::Kind;
use crate::cli::output::{StatusFormat, StatusFormatParser};
use crate::cli::target::TargetArgs;
use crate::cli::{GlobalArgs, duration};
use crate::cluster::{Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::plan::selection::{Aim, Selection};
use crate::plan::tree::{Key, Objects, Roots, Tree, build};
use crate::report::paint::Paint;
use crate::report::tree::{Look, render};
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "tree", bare: Some(Kind::WorkloadDeployment), refuse: |_| None };

/// What `tree` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud tree [NAME…] [flags]\n       kubectl wasmcloud tree TYPE [NAME…] [flags]\n       kubectl wasmcloud tree TYPE/NAME… [flags]",
    after_help = "Deployments show their replica sets, the Workloads of these and the hosts they run on; hosts show the \
                  Workloads on them; artifacts show the deployments that use them. A NAME alone is a deployment.\n\n\
                  ✔ as it should be, ◌ on its way, ⚠ not as it should be, ✖ will not get better by waiting.\n\
                  In a pipe --watch prints a line for each change."
)]
pub struct TreeArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Go on showing changes, on a terminal in place
    #[arg(short, long)]
    watch: bool,
    /// Watch until all that is shown is ready, or one has failed
    #[arg(long, value_name = "STATE", value_enum)]
    until: Option<Until>,
    /// How long to watch; 0 is for ever
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse, requires = "until")]
    timeout: Duration,
    /// Old replica sets to show of which nothing runs
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    revisions: usize,
    /// How to show it to programs
    #[arg(short, long, value_parser = StatusFormatParser, value_name = "FORMAT")]
    output: Option<StatusFormat>,
    /// Leave out the headers
    #[arg(long)]
    no_headers: bool,
}

/// What a watch ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Until {
    /// All that is shown is ready.
    Ready,
}

/// The arguments, checked, and what they mean in this cluster.
struct TreeRequest {
    roots: Roots,
    /// Where what stands under the roots is.
    scope: Scope,
    namespaces: bool,
    history: usize,
    until: Option<Until>,
    timeout: Duration,
    output: Option<StatusFormat>,
    headers: bool,
}

/// Shows the tree.
///
/// # Errors
/// When something named is not there, a request fails, or what was waited for did not come.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: TreeArgs) -> Result<(), Error> {
    let wanted = selected::wanted(ui, &args.target, true, &AIM).await?;
    let kinds = match &wanted {
        Wanted::Words(Selection::Types(kinds)) if !args.target.selects() => Some(kinds.clone()),
        _ => None,
    };
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &AIM, wanted).await?;
    let request = resolve(&context, &args, kinds, &selections.objects);
    if args.watch || request.until.is_some() {
        live::run(ui, &context, &request).await?;
    } else {
        let objects = read(&context, &request, &selections).await?;
        let tree = build(&objects, &request.roots, request.history);
        if tree.roots.is_empty() && !selections.missing {
            ui.status(context.nothing_found(request.scope == Scope::All));
        }
        show(ui, &context, &request, &tree)?;
    }
    selections.outcome()
}

fn resolve(context: &Context, args: &TreeArgs, kinds: Option<Vec<Kind>>, objects: &[Selected]) -> TreeRequest {
    let keys: Vec<(Kind, Key)> = objects.iter().map(|one| (one.kind, key(one))).collect();
    // What runs on a host is of any namespace.
    let on_hosts = kinds.iter().flatten().chain(keys.iter().map(|(kind, _)| kind)).any(|kind| *kind == Kind::Host);
    let elsewhere = keys.iter().any(|(_, (namespace, _))| *namespace != context.namespace);
    let everywhere = args.target.all_namespaces || on_hosts || elsewhere;
    let alike = keys.iter().all(|(_, (namespace, _))| keys.first().is_some_and(|(_, first)| first.0 == *namespace));
    let scope = match keys.first() {
        Some((_, (namespace, _))) if kinds.is_none() && alike && !on_hosts => Scope::Namespace(namespace.clone()),
        _ if everywhere => Scope::All,
        _ => Scope::Namespace(context.namespace.clone()),
    };
    TreeRequest {
        roots: kinds.map_or(Roots::These(keys), Roots::All),
        scope,
        namespaces: args.target.all_namespaces || on_hosts,
        history: args.revisions,
        until: args.until,
        timeout: args.timeout,
        output: args.output,
        headers: !args.no_headers,
    }
}

fn key(selected: &Selected) -> Key {
    (selected.namespace().to_owned(), selected.name().to_owned())
}

impl TreeRequest {
    /// The kinds that the tree is made of.
    fn kinds(&self) -> Vec<Kind> {
        let roots: Vec<Kind> = match &self.roots {
            Roots::All(kinds) => kinds.clone(),
            Roots::These(keys) => keys.iter().map(|(kind, _)| *kind).collect(),
        };
        let below = |kind: &Kind| match kind {
            Kind::WorkloadDeployment => {
                vec![Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload, Kind::Host]
            }
            Kind::WorkloadReplicaSet => vec![Kind::WorkloadReplicaSet, Kind::Workload, Kind::Host],
            Kind::Workload | Kind::Host => vec![Kind::Workload, Kind::Host],
            Kind::Artifact => {
                vec![Kind::Artifact, Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload]
            }
        };
        let mut kinds: Vec<_> = roots.iter().flat_map(below).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Where objects of a kind are. Hosts are wherever the controller keeps them.
    fn scope_of(&self, kind: Kind) -> Scope {
        if kind == Kind::Host { Scope::All } else { self.scope.clone() }
    }

    /// Whether the tree does without the objects of a kind, should they be forbidden.
    fn can_miss(&self, kind: Kind) -> bool {
        let is_root = match &self.roots {
            Roots::All(kinds) => kinds.contains(&kind),
            Roots::These(keys) => keys.iter().any(|(root, _)| *root == kind),
        };
        kind == Kind::Host && !is_root
    }

    fn look(&self, ui: &Ui, limit: Option<usize>) -> Look {
        let paint = Paint { colour: ui.result_colour() };
        Look { unicode: ui.unicode(), paint, namespace: self.namespaces, limit, headers: self.headers }
    }
}

/// Reads what stands under the roots.
async fn read(context: &Context, request: &TreeRequest, selections: &Selections) -> Result<Objects, Error> {
    let mut objects = Objects::default();
    selections.objects.iter().for_each(|root| objects.put(root.kind, &root.object));
    if selections.objects.is_empty() {
        return Ok(objects);
    }
    for kind in request.kinds() {
        let listed = context.cluster.list(&kind.api_resource(), &request.scope_of(kind), &Filter::default()).await;
        match listed {
            Ok(listed) => listed.iter().for_each(|object| objects.put(kind, object)),
            Err(_) if request.can_miss(kind) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(objects)
}

fn show(ui: &Ui, context: &Context, request: &TreeRequest, tree: &Tree) -> Result<(), Error> {
    let single = matches!(&request.roots, Roots::These(keys) if keys.len() == 1);
    match request.output {
        None if tree.roots.is_empty() => Ok(()),
        None => ui.raw(&render(tree, (context.now)(), request.look(ui, ui.result_width()))),
        Some(format) => {
            let names = tree.nodes().into_iter().map(|node| format!("{}/{}", node.kind.qualified(), node.name));
            format.print(ui, || tree.document(single), names)
        }
    }
}

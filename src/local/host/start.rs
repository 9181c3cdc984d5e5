//! From a request to a workload that is ready to run: its components are fetched, compiled and linked.

mod resources;

use std::path::Path;
use std::sync::Arc;

use futures::future::try_join_all;
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use super::guest::Guest;
use super::interfaces::{Listed, listed};
use super::linking::{self, Linked, Part};
use super::log::Log;
use super::network::Listening;
use super::program::{Program, Spec};
use super::routes::hosts_of;
use super::runtime::{Compiled, Runtime};
use super::source::{Source, SourceError, Wanted};
use super::volumes::Volumes;
use crate::hosts::wire::{ImagePullPolicy, ImagePullSecret, LocalResources, Workload};
use resources::Resources;

/// The interface that serves HTTP.
const HANDLER: &str = "wasi:http/incoming-handler";
/// The interface of a service.
const RUN: &str = "wasi:cli/run";

/// Why a workload did not start; what the user reads.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("two components are named `{0}`")]
    DuplicateComponent(String),
    #[error("failed to pull image for {what}: {source}")]
    Image { what: String, source: SourceError },
    #[error("{what}: `{image}` is no WebAssembly component: {reason}")]
    NotAComponent { what: String, image: String, reason: String },
    #[error("component \"{component}\" imports {import}, which this host does not provide{}", because(.why))]
    MissingImport { component: String, import: String, why: String },
    #[error(
        "component \"{component}\" imports {import}, which this host gives to workloads that list it under hostInterfaces"
    )]
    Unlisted { component: String, import: String },
    #[error("component \"{component}\" cannot be linked: {reason}")]
    Unlinkable { component: String, reason: String },
    #[error(
        "component \"{importer}\" imports {interface} from component \"{exporter}\", which this host cannot pass on: {why}"
    )]
    SiblingInterface { importer: String, exporter: String, interface: String, why: String },
    #[error("the components {} import each other in a circle", .0.join(", "))]
    Circle(Vec<String>),
    #[error(
        "no host header found: the host interface wasi:http needs `config.host`, by which requests find the workload"
    )]
    NoHost,
    #[error("the service \"{0}\" does not export {RUN}@0.2")]
    NoRun(String),
    #[error("{what}: invalid {list} entry '{entry}': {reason}")]
    Entry { what: String, list: &'static str, entry: String, reason: String },
    #[error("{what} mounts the volume `{volume}`, which the workload does not have")]
    UnknownVolume { what: String, volume: String },
    #[error("volume `{volume}`: {reason}")]
    Volume { volume: String, reason: String },
    #[error("{0}")]
    Service(String),
    #[error("{0}")]
    Host(String),
}

impl StartError {
    /// Whether a `wash host` forgets the workload with the answer: it had not begun to start it. Any other failure is
    /// kept under its id until it is stopped.
    pub(super) fn is_told_once(&self) -> bool {
        matches!(self, Self::Image { .. } | Self::Entry { .. })
    }
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(" as the component needs it: {why}") }
}

/// A workload that is ready.
pub(super) struct Ready {
    /// Its components.
    pub(super) program: Arc<Program>,
    /// The one that answers requests, and the hosts it answers for.
    pub(super) handler: Option<Handler>,
    /// What to tell when there are hosts and nobody answers for them.
    pub(super) unanswered: Option<String>,
    /// The service.
    pub(super) service: Option<Service>,
    /// Its directories; those of its own go with them.
    pub(super) volumes: Volumes,
}

/// A component that answers requests.
pub(super) struct Handler {
    pub(super) index: usize,
    pub(super) proxy: ProxyPre<Guest>,
    pub(super) hosts: Vec<String>,
    /// Instances that are kept for the next request, and how many each may answer; 0 is any number.
    pub(super) pool: usize,
    pub(super) max_invocations: u64,
}

/// A component that runs for itself.
pub(super) struct Service {
    pub(super) index: usize,
    pub(super) command: CommandPre<Guest>,
    pub(super) max_restarts: u64,
    pub(super) listening: Arc<Listening>,
}

/// A component of the request, the service among them.
struct Asked<'a> {
    what: String,
    name: String,
    image: &'a str,
    policy: ImagePullPolicy,
    secret: Option<&'a ImagePullSecret>,
    resources: Option<&'a LocalResources>,
    is_service: bool,
}

/// What a workload is made with.
pub(super) struct Workshop<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) source: &'a Source,
    /// Where the workload's own directories are made.
    pub(super) scratch: &'a Path,
    /// Where relative volumes lie.
    pub(super) base: &'a Path,
    /// Bytes of memory for the instances of one invocation.
    pub(super) memory: usize,
}

impl Workshop<'_> {
    /// Makes a workload ready.
    pub(super) async fn prepare(&self, id: &str, workload: &Workload) -> Result<Ready, StartError> {
        let asked = asked(workload)?;
        let (hosts, listed) = (hosts_of(workload)?, listed(workload));
        let shared = listed.config.clone().unwrap_or_default();
        let listening = Arc::<Listening>::default();
        let resources =
            asked.iter().map(|part| Resources::read(&part.what, part.resources, part.is_service, &listening, &shared));
        let resources = resources.collect::<Result<Vec<_>, _>>()?;
        let compiled = try_join_all(asked.iter().map(|part| self.compile(part))).await?;
        let volumes = Volumes::prepare(self.scratch, self.base, id, &workload.volumes)?;
        let linked = self.link(&listed, &asked, &compiled)?;
        let mut parts = Vec::with_capacity(asked.len());
        for (((part, resources), compiled), linked) in asked.iter().zip(resources).zip(&compiled).zip(&linked) {
            let mounts = volumes.mounts(&part.what, part.resources)?;
            parts.push(resources.into_spec(part.name.clone(), linked.pre.clone(), compiled.clone(), mounts));
        }
        let unanswered = format!("no component exports {HANDLER}@0.2: nobody answers for {}", hosts.join(", "));
        let asked_for = !hosts.is_empty();
        let handler = self.handler(workload, &parts, &linked, hosts)?;
        let unanswered = (asked_for && handler.is_none()).then_some(unanswered);
        let service = service(workload, &parts, &listening)?;
        let log = Log::new(format!("{}/{}", workload.namespace, workload.name));
        let program = Program { log, parts, buckets: Default::default(), memory: self.memory };
        Ok(Ready { program: Arc::new(program), handler, unanswered, service, volumes })
    }

    async fn compile(&self, part: &Asked<'_>) -> Result<Compiled, StartError> {
        let wanted = Wanted { image: part.image, policy: part.policy, secret: part.secret };
        let bytes = self.source.fetch(wanted).await;
        let bytes = bytes.map_err(|source| StartError::Image { what: part.what.clone(), source })?;
        let (what, image) = (&part.what, part.image);
        let refused = |reason| StartError::NotAComponent { what: what.clone(), image: image.to_owned(), reason };
        check_kind(&bytes).map_err(refused)?;
        self.runtime.compile(bytes).await.map_err(|error| refused(format!("{error:#}")))
    }

    fn link(&self, listed: &Listed, asked: &[Asked<'_>], compiled: &[Compiled]) -> Result<Vec<Linked>, StartError> {
        let parts = asked
            .iter()
            .zip(compiled)
            .filter_map(|(asked, compiled)| compiled.get().map(|component| Part { name: &asked.name, component }));
        linking::link(self.runtime, listed, &parts.collect::<Vec<_>>())
    }

    /// The component that answers requests: the first that exports the interface and is not one that others call.
    fn handler(
        &self,
        workload: &Workload,
        parts: &[Spec],
        linked: &[Linked],
        hosts: Vec<String>,
    ) -> Result<Option<Handler>, StartError> {
        if hosts.is_empty() {
            return Ok(None);
        }
        let called = |index: usize| linked.iter().any(|linked| linked.calls.contains(&index));
        let exports = |spec: &Spec| linking::exports(self.runtime.engine(), spec.pre.component(), HANDLER);
        let found = parts.iter().enumerate().filter(|(_, spec)| exports(spec)).min_by_key(|(index, _)| called(*index));
        let Some((index, spec)) = found else { return Ok(None) };
        let proxy = ProxyPre::new(spec.pre.clone())
            .map_err(|error| StartError::Unlinkable { component: spec.name.clone(), reason: format!("{error:#}") })?;
        let component = |index: usize| workload.wit_world.as_ref().and_then(|world| world.components.get(index));
        let size = |index: usize| component(index).map_or(0, |component| component.pool_size.max(0));
        // An instance that is kept keeps those it calls: each of them has to have asked for it.
        let kept = linked[index].calls.iter().all(|index| size(*index) > 0);
        let pool = if kept { usize::try_from(size(index)).unwrap_or(0) } else { 0 };
        let max_invocations = component(index).map_or(0, |component| component.max_invocations.max(0));
        Ok(Some(Handler { index, proxy, hosts, pool, max_invocations: max_invocations.unsigned_abs().into() }))
    }
}

/// Tells what people take for components from those.
fn check_kind(bytes: &[u8]) -> Result<(), String> {
    match bytes {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            Err("it is a core module; build it for wasm32-wasip2, or make a component of it".to_owned())
        }
        [0, b'a', b's', b'm', ..] => Ok(()),
        _ => Err("it does not begin as WebAssembly does".to_owned()),
    }
}

fn asked(workload: &Workload) -> Result<Vec<Asked<'_>>, StartError> {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for component in workload.wit_world.iter().flat_map(|world| &world.components) {
        let (what, name) = (format!("component '{}'", component.name), component.name.clone());
        if !name.is_empty() && asked.iter().any(|other| other.name == name) {
            return Err(StartError::DuplicateComponent(name));
        }
        asked.push(Asked {
            what,
            name,
            image: &component.image,
            policy: component.image_pull_policy,
            secret: component.image_pull_secret.as_ref(),
            resources: component.local_resources.as_ref(),
            is_service: false,
        });
    }
    asked.extend(workload.service.iter().map(|service| Asked {
        what: "the service".to_owned(),
        name: "service".to_owned(),
        image: &service.image,
        policy: service.image_pull_policy,
        secret: service.image_pull_secret.as_ref(),
        resources: service.local_resources.as_ref(),
        is_service: true,
    }));
    Ok(asked)
}

/// The service comes after all components.
fn service(workload: &Workload, parts: &[Spec], listening: &Arc<Listening>) -> Result<Option<Service>, StartError> {
    let (Some(service), Some(spec)) = (&workload.service, parts.last()) else { return Ok(None) };
    let command = CommandPre::new(spec.pre.clone()).map_err(|_| StartError::NoRun(service.image.clone()))?;
    let index = parts.len() - 1;
    Ok(Some(Service { index, command, max_restarts: service.max_restarts, listening: listening.clone() }))
}

//! What a store holds for the components in it: each has an environment, files and rights of its own.

mod ceiling;
mod output;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use wasmtime::component::{Instance, ResourceTable};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_config::WasiConfigVariables;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::egress::Outgoing;
use super::program::{Program, Spec};
use ceiling::Ceiling;
use output::{LastWords, Output};

/// The data of a store.
pub(super) struct Guest {
    program: Arc<Program>,
    /// The component that runs.
    part: Part,
    /// Those that wait for it, or for being called again.
    resting: HashMap<usize, Part>,
    instances: HashMap<usize, Instance>,
    table: ResourceTable,
    http: WasiHttpCtx,
    ceiling: Ceiling,
    last_words: LastWords,
}

/// What one component of the store sees of the world.
struct Part {
    index: usize,
    wasi: WasiCtx,
    config: WasiConfigVariables,
    outgoing: Outgoing,
}

impl Guest {
    /// A store for a component of a program and those it calls.
    pub(super) fn store(engine: &Engine, program: &Arc<Program>, index: usize) -> wasmtime::Result<Store<Self>> {
        let last_words = LastWords::default();
        let guest = Self {
            program: program.clone(),
            part: Part::new(program, index, &last_words)?,
            resting: HashMap::new(),
            instances: HashMap::new(),
            table: ResourceTable::new(),
            http: WasiHttpCtx::new(),
            ceiling: Ceiling::new(program.memory),
            last_words,
        };
        let mut store = Store::new(engine, guest);
        store.limiter(|guest| &mut guest.ceiling);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        Ok(store)
    }

    /// The program it belongs to.
    pub(super) fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The component that runs.
    pub(super) fn spec(&self) -> &Spec {
        &self.program.parts[self.part.index]
    }

    /// Its `wasi:config`.
    pub(super) fn config(&self) -> &WasiConfigVariables {
        &self.part.config
    }

    /// Its program, and the table of resources.
    pub(super) fn program_and_table(&self) -> (&Program, &ResourceTable) {
        (&self.program, &self.table)
    }

    /// What a component in it said when it panicked.
    pub(super) fn last_words(&self) -> String {
        self.last_words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The table of resources.
    pub(super) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// Whether it was refused memory.
    pub(super) fn hit_the_ceiling(&self) -> bool {
        self.ceiling.was_hit()
    }

    /// Lets another component of the program run; answers the one that ran.
    pub(super) fn enter(&mut self, index: usize) -> wasmtime::Result<usize> {
        let next = match self.resting.remove(&index) {
            Some(part) => part,
            None => Part::new(&self.program, index, &self.last_words)?,
        };
        let last = std::mem::replace(&mut self.part, next);
        let caller = last.index;
        self.resting.insert(caller, last);
        Ok(caller)
    }

    /// The instance of a component of the program in this store, made when it is first asked for.
    pub(super) async fn instance(mut store: StoreContextMut<'_, Self>, index: usize) -> wasmtime::Result<Instance> {
        if let Some(instance) = store.data().instances.get(&index) {
            return Ok(*instance);
        }
        let pre = store.data().program.parts[index].pre.clone();
        let instance = pre.instantiate_async(&mut store).await?;
        store.data_mut().instances.insert(index, instance);
        Ok(instance)
    }
}

impl Part {
    fn new(program: &Arc<Program>, index: usize, last: &LastWords) -> wasmtime::Result<Self> {
        let spec = &program.parts[index];
        let mut wasi = WasiCtx::builder();
        wasi.stdout(Output::new(program, index, "stdout", None));
        wasi.stderr(Output::new(program, index, "stderr", Some(last.clone())));
        let environment: Vec<_> = spec.environment.iter().collect();
        wasi.envs(&environment);
        for mount in &spec.mounts {
            let rights = if mount.read_only { FsPerms::ReadOnly } else { FsPerms::ReadWrite };
            wasi.preopened_dir(&mount.source, &mount.target, rights)?;
        }
        spec.network.apply(&mut wasi);
        let config = spec.config.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let outgoing = Outgoing::new(program, index);
        Ok(Self { index, wasi: wasi.build(), config, outgoing })
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.part.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.part.outgoing, table: &mut self.table, ctx: &mut self.http }
    }
}

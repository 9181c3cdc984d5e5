//! wasmtime, set up once and late: the first start pays for it, the start of the process does not.

mod ticker;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, CacheConfig, Config, Engine};
use wasmtime_wasi_config::WasiConfig;

use super::guest::Guest;
use super::interfaces::Listed;
use super::{binding, keyvalue, logging, lookups};
pub(super) use ticker::Running;
use ticker::Ticker;

/// A component ready to be linked, shared by all who run it.
pub(super) type Compiled = Arc<OnceCell<Component>>;

/// The engine, what every host has built in, and what it has compiled.
pub(super) struct Runtime {
    engine: Engine,
    linker: Linker<Guest>,
    compiled: Mutex<HashMap<[u8; 32], Weak<OnceCell<Component>>>>,
    /// Compiling takes a whole core: as many at once as `wash host` allows itself.
    compiling: Semaphore,
    ticker: Ticker,
}

impl Runtime {
    /// Sets wasmtime up; what it compiles is kept in a directory that nobody else may write to.
    pub(super) fn new(cache: &Path) -> wasmtime::Result<Self> {
        let mut kept = CacheConfig::new();
        kept.with_directory(cache);
        let mut config = Config::new();
        config.epoch_interruption(true).cache(Some(Cache::new(kept)?));
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        linker.allow_shadowing(true);
        lookups::add_to_linker(&mut linker)?;
        binding::add_to_linker(&mut linker)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let compiling = Semaphore::new(cores.saturating_sub(1).clamp(1, 4));
        let ticker = Ticker::start(&engine)?;
        Ok(Self { engine, linker, compiled: Mutex::default(), compiling, ticker })
    }

    /// The engine.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What the components of a workload are given that lists some interfaces.
    pub(super) fn linker(&self, listed: &Listed) -> wasmtime::Result<Linker<Guest>> {
        let mut linker = self.linker.clone();
        if listed.config.is_some() {
            wasmtime_wasi_config::add_to_linker(&mut linker, |guest: &mut Guest| WasiConfig::new(guest.config()))?;
        }
        if listed.keyvalue {
            keyvalue::add_to_linker(&mut linker)?;
        }
        if listed.logging {
            logging::add_to_linker(&mut linker)?;
        }
        Ok(linker)
    }

    /// While this lives, guests are interrupted every few milliseconds, so that none keeps a thread to itself.
    pub(super) fn running(&self) -> Running {
        self.ticker.running()
    }

    /// Compiles a component, once for all who ask at the same time or while it is in use.
    pub(super) async fn compile(&self, bytes: Vec<u8>) -> wasmtime::Result<Compiled> {
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let cell = self.cell(digest);
        cell.get_or_try_init(|| async {
            let _turn = self.compiling.acquire().await?;
            let engine = self.engine.clone();
            tokio::task::spawn_blocking(move || Component::from_binary(&engine, &bytes)).await?
        })
        .await?;
        Ok(cell)
    }

    fn cell(&self, digest: [u8; 32]) -> Compiled {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = compiled.get(&digest).and_then(Weak::upgrade) {
            return cell;
        }
        compiled.retain(|_, cell| cell.strong_count() > 0);
        let cell = Compiled::default();
        compiled.insert(digest, Arc::downgrade(&cell));
        cell
    }
}

//! The clock of the engine: a guest that does not wait for anything has to give way at each tick.
//!
//! A thread and not a task, for tasks stand still when guests hold all threads. It sleeps while no guest runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::Engine;

/// How long a guest may keep a thread.
const TICK: Duration = Duration::from_millis(10);

/// Ticks while guests run, until it is dropped.
pub(super) struct Ticker {
    guests: Arc<AtomicUsize>,
    ended: Arc<AtomicBool>,
    thread: Thread,
}

impl Ticker {
    /// Starts the thread.
    pub(super) fn start(engine: &Engine) -> std::io::Result<Self> {
        let guests = Arc::<AtomicUsize>::default();
        let ended = Arc::<AtomicBool>::default();
        let (engine, counted, over) = (engine.clone(), guests.clone(), ended.clone());
        let thread = thread::Builder::new().name("wasm-ticker".to_owned()).spawn(move || {
            while !over.load(Ordering::SeqCst) {
                engine.increment_epoch();
                match counted.load(Ordering::SeqCst) {
                    0 => thread::park(),
                    _ => thread::sleep(TICK),
                }
            }
        })?;
        Ok(Self { guests, ended, thread: thread.thread().clone() })
    }

    /// Counts a guest for as long as the answer lives.
    pub(super) fn running(&self) -> Running {
        if self.guests.fetch_add(1, Ordering::SeqCst) == 0 {
            self.thread.unpark();
        }
        Running(self.guests.clone())
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// A guest that runs.
pub(in crate::local::host) struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

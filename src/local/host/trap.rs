//! What went wrong in a component, in few words.

use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use super::guest::Guest;

/// Functions that are named, from where it happened outwards.
const FRAMES: usize = 3;

/// The code that a component exited with, when it did.
pub(super) fn exit_code(error: &wasmtime::Error) -> Option<i32> {
    error.downcast_ref::<I32Exit>().map(|exit| exit.0)
}

/// What happened, where, and what the component said last.
pub(super) fn describe(error: &wasmtime::Error, guest: &Guest) -> String {
    let mut text = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    if let Some(place) = error.downcast_ref::<WasmBacktrace>().and_then(place) {
        text = format!("{text} in {place}");
    }
    if guest.hit_the_ceiling() {
        text = format!("{text}; it was refused memory beyond {} MiB", guest.program().memory / 1024 / 1024);
    }
    match guest.last_words() {
        words if words.is_empty() => text,
        words => format!("{text}; it said: {words}"),
    }
}

fn place(backtrace: &WasmBacktrace) -> Option<String> {
    let names: Vec<_> = backtrace.frames().iter().filter_map(|frame| frame.func_name()).take(FRAMES).collect();
    (!names.is_empty()).then(|| names.join(" < "))
}

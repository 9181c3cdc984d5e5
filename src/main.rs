//! The `kubectl-wasmcloud` binary: parse, run, return a code.

use std::process::ExitCode;

use kubectl_wasmcloud::cli;
use kubectl_wasmcloud::context::Environment;

/// The controller allocates and frees small things all the time, on several threads: with the system's allocator that is a
/// quarter of its work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(cli::main(std::env::args_os(), Environment::new(std::env::vars_os())))
}

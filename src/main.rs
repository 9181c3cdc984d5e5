//! The `kubectl-wasmcloud` binary: parse, run, return a code.

use std::process::ExitCode;

use kubectl_wasmcloud::cli;
use kubectl_wasmcloud::context::Environment;
use mimalloc::MiMalloc;

/// Objects are many small pieces: with the system's allocator `validate` takes a fifth longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(cli::main(std::env::args_os(), Environment::new(std::env::vars_os())))
}

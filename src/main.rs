//! The `kubectl-wasmcloud` binary: parse, run, return a code.

use std::process::ExitCode;

use kubectl_wasmcloud::cli;
use kubectl_wasmcloud::context::Environment;

fn main() -> ExitCode {
    ExitCode::from(cli::main(std::env::args_os(), Environment::new(std::env::vars_os())))
}

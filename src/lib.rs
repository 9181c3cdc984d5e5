//! kubectl-wasmcloud: run wasmCloud workloads on Kubernetes.
pub mod hosts;

//! A workload that runs: who is in it now, what went wrong last, and how it comes to an end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::log::bounded;
use super::program::Program;
use super::service::Service;
use super::volumes::Volumes;
use crate::hosts::wire::WorkloadState;

/// Bytes of what went wrong that are kept.
const TROUBLE: usize = 1000;

/// A running workload.
pub(super) struct Workload {
    /// Its components.
    pub(super) program: Arc<Program>,
    service: Option<Service>,
    calls: Arc<Calls>,
    ended: CancellationToken,
    trouble: Mutex<Option<String>>,
    _volumes: Volumes,
}

/// Invocations that run.
#[derive(Default)]
struct Calls {
    running: AtomicUsize,
    left: Notify,
}

/// An invocation that runs.
pub(super) struct Call(Arc<Calls>);

impl Drop for Call {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.left.notify_waiters();
        }
    }
}

impl Workload {
    /// Of a program; `ended` ends its service and its invocations.
    pub(super) fn new(
        program: Arc<Program>,
        service: Option<Service>,
        volumes: Volumes,
        ended: CancellationToken,
    ) -> Self {
        let (calls, trouble) = (Arc::default(), Mutex::default());
        Self { program, service, calls, ended, trouble, _volumes: volumes }
    }

    /// Counts an invocation for as long as the answer lives.
    pub(super) fn call(&self) -> Call {
        self.calls.running.fetch_add(1, Ordering::SeqCst);
        Call(self.calls.clone())
    }

    /// Ends when its invocations have to.
    pub(super) fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Remembers what went wrong.
    pub(super) fn remember(&self, trouble: &str) {
        let workload = self.program.log.workload();
        tracing::warn!(target: "workload", workload, "{trouble}");
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(bounded(trouble, TROUBLE).to_owned());
    }

    /// What it is now, and what went wrong last: a `wash host` has no words for a workload that runs.
    pub(super) fn state(&self) -> (WorkloadState, String) {
        let served = self.program.parts.len() > usize::from(self.service.is_some());
        let state = match self.service.as_ref().map(Service::state) {
            Some(Err(reason)) => return (WorkloadState::Error, reason),
            Some(Ok(true)) if !served => WorkloadState::Completed,
            _ => WorkloadState::Running,
        };
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        (state, trouble.clone().unwrap_or_default())
    }

    /// Waits for invocations to end, then ends what is left. Nothing may reach the workload any more.
    pub(super) async fn stop(&self, patience: Duration) {
        let idle = async {
            loop {
                let left = self.calls.left.notified();
                if self.calls.running.load(Ordering::SeqCst) == 0 {
                    return;
                }
                left.await;
            }
        };
        let in_time = tokio::time::timeout(patience, idle).await.is_ok();
        if !in_time {
            let (workload, running) = (self.program.log.workload(), self.calls.running.load(Ordering::SeqCst));
            tracing::warn!(target: "workload", workload, running, "invocations are cut off by the stop");
        }
        self.ended.cancel();
        if let Some(service) = &self.service {
            service.over().await;
        }
    }
}

//! A request to a component: in an instance of its own, or in one that was kept, and cut off when nobody waits for it.

mod answer;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use tokio::sync::oneshot;
use wasmtime::Store;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::Proxy;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use super::guest::Guest;
use super::runtime::Runtime;
use super::start::Handler;
use super::trap;
use super::workload::{Call, Workload};
pub(super) use answer::Answer;
use answer::{Cut, Running};

type Response = http::Response<HyperOutgoingBody>;
type Sender = oneshot::Sender<Result<Response, ErrorCode>>;

/// A component that answers requests.
pub(super) struct Target {
    /// The workload it is of.
    pub(super) workload: Arc<Workload>,
    runtime: Arc<Runtime>,
    handler: Handler,
    /// Instances that answered well and are kept.
    kept: Mutex<Vec<Instance>>,
}

struct Instance {
    store: Store<Guest>,
    proxy: Proxy,
    answered: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvokeError {
    /// The component failed.
    #[error("component \"{component}\" trapped: {reason}")]
    Trapped { component: String, reason: String },
    /// The component says that there is none.
    #[error("component \"{component}\" answered with an error: {code:?}")]
    Refused { component: String, code: ErrorCode },
    /// The component came to its end without one.
    #[error("component \"{component}\" ended without an answer")]
    Silent { component: String },
    /// The workload was stopped in the middle of it.
    #[error("the workload was stopped")]
    Stopped,
}

impl Target {
    /// The handler of a workload.
    pub(super) fn new(runtime: Arc<Runtime>, workload: Arc<Workload>, handler: Handler) -> Self {
        Self { workload, runtime, handler, kept: Mutex::default() }
    }

    /// The hosts it answers for.
    pub(super) fn hosts(&self) -> &[String] {
        &self.handler.hosts
    }

    /// Drops the instances that were kept.
    pub(super) fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn name(&self) -> String {
        self.workload.program.parts[self.handler.index].name.clone()
    }

    fn keep(&self, mut instance: Instance) {
        instance.answered += 1;
        let spent = self.handler.max_invocations > 0 && instance.answered >= self.handler.max_invocations;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !spent && kept.len() < self.handler.pool && !self.workload.ended().is_cancelled() {
            kept.push(instance);
        }
    }

    async fn instance(&self) -> Result<Instance, InvokeError> {
        if let Some(instance) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(instance);
        }
        let failed = |reason| InvokeError::Trapped { component: self.name(), reason };
        let store = Guest::store(self.runtime.engine(), &self.workload.program, self.handler.index);
        let mut store = store.map_err(|error| failed(format!("{error:#}")))?;
        match self.handler.proxy.instantiate_async(&mut store).await {
            Ok(proxy) => Ok(Instance { store, proxy, answered: 0 }),
            Err(error) => Err(failed(trap::describe(&error, store.data()))),
        }
    }

    async fn handle(&self, request: http::Request<Incoming>, sender: Sender, cut: &Cut) -> Result<(), InvokeError> {
        let _running = self.runtime.running();
        let Instance { mut store, proxy, answered } = self.instance().await?;
        let called = async {
            let mut http = store.data_mut().http();
            let request = http.new_incoming_request(Scheme::Http, request)?;
            let out = http.new_response_outparam(sender)?;
            proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
        };
        match called.await {
            Ok(()) => self.keep(Instance { store, proxy, answered }),
            // As good an end as any, if it has answered.
            Err(error) if trap::exit_code(&error) == Some(0) => {}
            Err(error) => {
                // Before the store goes, and with it the body.
                cut.store(true, Ordering::SeqCst);
                let reason = trap::describe(&error, store.data());
                return Err(InvokeError::Trapped { component: self.name(), reason });
            }
        }
        Ok(())
    }
}

/// Has a component answer a request.
pub(super) async fn invoke(
    target: Arc<Target>,
    call: Call,
    request: http::Request<Incoming>,
) -> Result<http::Response<Answer>, InvokeError> {
    let (sender, receiver) = oneshot::channel();
    let (guest, cut) = (target.clone(), Cut::default());
    let told = cut.clone();
    let task = tokio::spawn(async move {
        let ended = guest.workload.ended().clone();
        let mut handled = Box::pin(guest.handle(request, sender, &told));
        let done = ended.run_until_cancelled(&mut handled).await;
        if done.is_none() {
            told.store(true, Ordering::SeqCst);
        }
        drop(handled);
        if let Some(Err(error)) = &done {
            guest.workload.remember(&error.to_string());
        }
        drop(call);
        done.unwrap_or(Err(InvokeError::Stopped))
    });
    let running = Running::new(task.abort_handle());
    match receiver.await {
        Ok(Ok(response)) => Ok(answer::of(response, running, cut)),
        Ok(Err(code)) => {
            running.let_go();
            Err(InvokeError::Refused { component: target.name(), code })
        }
        Err(_) => match task.await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(())) => Err(InvokeError::Silent { component: target.name() }),
            Err(error) => {
                let trapped = InvokeError::Trapped { component: target.name(), reason: error.to_string() };
                target.workload.remember(&trapped.to_string());
                Err(trapped)
            }
        },
    }
}

//! The service of a workload: it runs for as long as the workload does, and is started again when it fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wasmtime::Engine;

use super::guest::Guest;
use super::program::Program;
use super::runtime::Runtime;
use super::{start, trap};

/// How long a start waits for the service to listen or to fail; one that does neither runs as well.
const SETTLING: Duration = Duration::from_millis(300);
/// The first wait before a service is started again; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// It runs, or will again.
    Running,
    /// It came to a good end.
    Completed,
    /// It failed, and is not started again.
    Failed(String),
}

/// A service that was started.
pub(super) struct Service {
    state: Arc<Mutex<State>>,
    over: watch::Receiver<bool>,
}

impl Service {
    /// Starts it; answers once it listens, or has run for a moment.
    ///
    /// # Errors
    /// When it failed at once: nothing is left of it.
    pub(super) async fn start(
        runtime: Arc<Runtime>,
        program: Arc<Program>,
        service: start::Service,
        ended: CancellationToken,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let state = Arc::new(Mutex::new(State::Running));
        let (told, over) = watch::channel(false);
        let (first_failed, mut first_failure) = watch::channel(None);
        let listening = service.listening.clone();
        let runner = Runner { runtime, program, service, state: state.clone(), first_failed };
        tokio::spawn(async move {
            ended.run_until_cancelled(runner.run(&changed)).await;
            changed();
            told.send_replace(true);
        });
        tokio::select! {
            biased;
            failed = first_failure.wait_for(Option::is_some) => {
                if let Ok(failed) = failed && let Some(reason) = &*failed {
                    return Err(reason.clone());
                }
            }
            () = listening.started() => {}
            () = tokio::time::sleep(SETTLING) => {}
        }
        Ok(Self { state, over })
    }

    /// Whether it came to a good end; an error when it failed for good.
    pub(super) fn state(&self) -> Result<bool, String> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Running => Ok(false),
            State::Completed => Ok(true),
            State::Failed(reason) => Err(reason.clone()),
        }
    }

    /// Ends when it does.
    pub(super) async fn over(&self) {
        // An error says that it is over too.
        let _ = self.over.clone().wait_for(|over| *over).await;
    }
}

struct Runner {
    runtime: Arc<Runtime>,
    program: Arc<Program>,
    service: start::Service,
    state: Arc<Mutex<State>>,
    first_failed: watch::Sender<Option<String>>,
}

impl Runner {
    async fn run(&self, changed: &impl Fn()) {
        let mut wait = FIRST_WAIT;
        let mut restarts = 0;
        loop {
            let ended = self.once().await;
            let refused = self.service.listening.ended();
            let was_refused = refused.is_some();
            let Err(failure) = ended else { return self.end(State::Completed) };
            let reason = refused.map_or(failure.clone(), |refused| format!("{failure}: {refused}"));
            let reason = format!("the service failed: {reason}");
            tracing::warn!(target: "workload", workload = self.program.log.workload(), restarts, "{reason}");
            let last = restarts >= self.service.max_restarts;
            // Nobody gives a taken port back because it is asked for again.
            if last || was_refused {
                self.first_failed.send_replace(Some(reason.clone()));
            }
            if last {
                return self.end(State::Failed(told(&reason, restarts)));
            }
            restarts += 1;
            changed();
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn once(&self) -> Result<(), String> {
        let _running = self.runtime.running();
        let store = Guest::store(self.engine(), &self.program, self.service.index);
        let mut store = store.map_err(|error| format!("{error:#}"))?;
        let ran = async {
            let command = self.service.command.instantiate_async(&mut store).await?;
            command.wasi_cli_run().call_run(&mut store).await
        };
        match ran.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(())) => Err("it returned an error".to_owned()),
            Err(error) => match trap::exit_code(&error) {
                Some(0) => Ok(()),
                Some(code) => Err(format!("it exited with code {code}")),
                None => Err(trap::describe(&error, store.data())),
            },
        }
    }

    fn engine(&self) -> &Engine {
        self.runtime.engine()
    }

    fn end(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

fn told(reason: &str, restarts: u64) -> String {
    match restarts {
        0 => reason.to_owned(),
        1 => format!("{reason} (started again once)"),
        many => format!("{reason} (started again {many} times)"),
    }
}

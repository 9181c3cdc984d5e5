//! Watches outlast a server that is away for a while. Whoever waits is told so: silence would say that nothing happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;

/// A watch that is cut off, as proxies do after a while, goes on at once. One that fails again so soon cannot.
const SOON: Duration = Duration::from_secs(10);

/// Who is told, once for all watches.
#[derive(Clone)]
pub(super) struct Outages {
    warn: Arc<dyn Fn(&str) + Send + Sync>,
    told: Arc<AtomicBool>,
}

/// What one watch went through.
pub(super) struct Outage {
    all: Outages,
    failed_at: Option<Instant>,
}

impl Outages {
    pub(super) fn new(warn: Arc<dyn Fn(&str) + Send + Sync>) -> Self {
        Self { warn, told: Arc::default() }
    }

    /// For one more watch.
    pub(super) fn watch(&self) -> Outage {
        Outage { all: self.clone(), failed_at: None }
    }
}

impl Outage {
    /// Takes note of what a watch has got.
    pub(super) fn note<T>(&mut self, got: &Result<T, Error>) {
        match got {
            Ok(_) => {
                self.failed_at = None;
                self.all.told.store(false, Ordering::Relaxed);
            }
            Err(error) if error.is_transient() => {
                let now = Instant::now();
                let again = self.failed_at.replace(now).is_some_and(|before| now.duration_since(before) < SOON);
                if again && !self.all.told.swap(true, Ordering::Relaxed) {
                    (self.all.warn)(&format!("{error}; trying again"));
                }
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn refused() -> Result<(), Error> {
        Err(Error::ConnectionRefused { server: "h:1".to_owned() })
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_told_once_and_a_connection_that_was_cut_off_is_not() {
        let told = Arc::<Mutex<Vec<String>>>::default();
        let listener = Arc::clone(&told);
        let outages = Outages::new(Arc::new(move |text: &str| listener.lock().unwrap().push(text.to_owned())));
        let count = || told.lock().unwrap().len();
        let (mut one, mut other) = (outages.watch(), outages.watch());
        one.note(&refused());
        other.note(&refused());
        assert_eq!(count(), 0, "each was cut off once");
        tokio::time::advance(Duration::from_secs(60)).await;
        one.note(&refused());
        assert_eq!(count(), 0, "a minute later again");
        tokio::time::advance(Duration::from_secs(1)).await;
        for watch in [&mut one, &mut other] {
            watch.note(&refused());
            watch.note(&refused());
        }
        assert_eq!(count(), 1);
        assert!(told.lock().unwrap()[0].ends_with("; trying again"));
        one.note(&Ok(()));
        one.note(&refused());
        one.note(&refused());
        assert_eq!(count(), 2, "the next outage");
    }
}

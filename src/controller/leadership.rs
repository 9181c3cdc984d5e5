//! Holding the Lease: the elector's steps carried out against the API server.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::lease::{Elector, RENEW_DEADLINE, Step};
use crate::api::names::LEASE;

/// How long letting the Lease go may take: the process is about to end.
const FAREWELL: Duration = Duration::from_millis(700);

/// Tries to hold the Lease and says on the channel whether it does, until cancelled; then it lets the Lease go.
pub struct Leadership {
    api: Api<Lease>,
    elector: Elector,
    leading: watch::Sender<bool>,
    clock: fn() -> Timestamp,
    told: Option<String>,
}

impl Leadership {
    /// Leadership over the Lease in that namespace. The clock only fills the fields that people read.
    pub fn new(
        client: Client,
        namespace: &str,
        identity: String,
        leading: watch::Sender<bool>,
        clock: fn() -> Timestamp,
    ) -> Self {
        let api = Api::namespaced(client, namespace);
        Self { api, elector: Elector::new(identity), leading, clock, told: None }
    }

    /// Runs until cancelled.
    pub async fn run(mut self, until: CancellationToken) {
        loop {
            let begun = Instant::now();
            self.try_once(begun).await;
            let wait = self.elector.wait(begun, Instant::now());
            tokio::select! {
                () = until.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.release().await;
    }

    async fn try_once(&mut self, begun: Instant) {
        let patience = match self.elector.leads_until() {
            Some(end) if end > begun => end,
            _ => begun + RENEW_DEADLINE,
        };
        match timeout_at(patience, self.step(begun)).await {
            Ok(Ok(())) => {}
            Ok(Err(kube::Error::Api(status))) if status.is_conflict() || status.is_already_exists() => {
                tracing::debug!("the lease was written by another in between");
            }
            Ok(Err(error)) => tracing::warn!(lease = LEASE, %error, "cannot use the lease"),
            Err(_) => tracing::warn!(lease = LEASE, "the API server did not answer in time"),
        }
        self.tell();
    }

    async fn step(&mut self, begun: Instant) -> Result<(), kube::Error> {
        let lease = self.api.get_opt(LEASE).await?;
        let seen = lease.as_ref().and_then(|lease| lease.spec.as_ref());
        let empty = LeaseSpec::default();
        let spec = lease.as_ref().map(|_| seen.unwrap_or(&empty));
        match self.elector.step(spec, begun, (self.clock)()) {
            Step::Wait { holder } => self.waits_for(holder),
            Step::Create(spec) => {
                let metadata = ObjectMeta { name: Some(LEASE.to_owned()), ..ObjectMeta::default() };
                self.api.create(&PostParams::default(), &Lease { metadata, spec: Some(spec.clone()) }).await?;
                self.elector.written(spec, begun);
            }
            Step::Update(spec) => {
                let metadata = lease.map(|lease| lease.metadata).unwrap_or_default();
                let next = Lease { metadata, spec: Some(spec.clone()) };
                self.api.replace(LEASE, &PostParams::default(), &next).await?;
                self.elector.written(spec, begun);
            }
        }
        Ok(())
    }

    fn waits_for(&mut self, holder: String) {
        if self.told.as_ref() != Some(&holder) {
            tracing::info!(lease = LEASE, holder, "another controller is in charge; waiting for its lease");
            self.told = Some(holder);
        }
    }

    fn tell(&mut self) {
        let leads = self.elector.leads(Instant::now());
        self.leading.send_if_modified(|was| {
            let changed = *was != leads;
            *was = leads;
            changed
        });
        if leads {
            self.told = None;
        }
    }

    /// Gives the Lease to nobody, so that a successor need not wait for it to expire.
    async fn release(mut self) {
        self.leading.send_replace(false);
        let Some(spec) = self.elector.release((self.clock)()) else { return };
        let release = async {
            let lease = self.api.get(LEASE).await?;
            self.api.replace(LEASE, &PostParams::default(), &Lease { spec: Some(spec), ..lease }).await
        };
        match timeout(FAREWELL, release).await {
            Ok(Ok(_)) => tracing::info!(lease = LEASE, "released"),
            Ok(Err(error)) => tracing::warn!(lease = LEASE, %error, "not released: it expires by itself"),
            Err(_) => tracing::warn!(lease = LEASE, "not released in time: it expires by itself"),
        }
    }
}

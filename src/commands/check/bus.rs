//! NATS, as it answers from here.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use futures::{StreamExt, stream};
use kube::ResourceExt;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{HasConditions, Host};
use crate::error::{Error, with_causes};
use crate::hosts::HostBus;
use crate::hosts::nats::{NatsBus, NatsError, NatsOptions, without_credentials};
use crate::plan::check::{Nats, NatsAt, NatsTrouble};

/// How long connecting may take.
pub(in crate::commands) const PATIENCE: Duration = Duration::from_secs(10);
/// The same for an address that is the cluster's own: often nothing answers to it here.
const PATIENCE_UNASKED: Duration = Duration::from_secs(3);
/// Hosts asked at a time.
const AT_ONCE: usize = 32;

/// How to reach NATS from here.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "NATS")]
pub struct NatsArgs {
    /// NATS server that hosts are reached through, as it is reached from here; else the one that the controller in the
    /// cluster was given
    #[arg(long, value_name = "URL")]
    nats_url: Option<String>,
    /// File with NATS user credentials
    #[arg(long, value_name = "FILE", requires = "nats_url")]
    nats_creds: Option<PathBuf>,
    /// File with certificates of authorities to trust for NATS
    #[arg(long, value_name = "FILE", requires = "nats_url")]
    nats_ca: Option<PathBuf>,
    /// Client certificate for NATS
    #[arg(long, value_name = "FILE", requires_all = ["nats_client_key", "nats_url"])]
    nats_client_cert: Option<PathBuf>,
    /// Key of the client certificate for NATS
    #[arg(long, value_name = "FILE", requires = "nats_client_cert")]
    nats_client_key: Option<PathBuf>,
    /// TLS handshake before NATS' greeting
    #[arg(long, requires = "nats_url")]
    nats_tls_first: bool,
}

impl NatsArgs {
    /// How to reach it, if it is to be reached.
    pub(in crate::commands) fn options(&self) -> Option<NatsOptions> {
        Some(NatsOptions {
            url: self.nats_url.clone()?,
            creds: self.nats_creds.clone(),
            ca: self.nats_ca.clone(),
            client_cert: self.nats_client_cert.clone().zip(self.nats_client_key.clone()),
            tls_first: self.nats_tls_first,
            pull_timeout: Duration::ZERO,
        })
    }
}

/// Connects.
///
/// # Errors
/// When nobody answers, or not in time.
pub(in crate::commands) async fn connect(patience: Duration, options: &NatsOptions) -> Result<NatsBus, Error> {
    match tokio::time::timeout(patience, NatsBus::connect(options)).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Error::TimedOut { what: format!("NATS at {}", without_credentials(&options.url)), help: None }),
    }
}

/// Connects, and asks every Ready host for a heartbeat.
pub(super) async fn ask(options: &NatsOptions, hosts: &[Value]) -> Nats {
    ask_within(PATIENCE, options, hosts).await
}

/// The same at an address that a controller in the cluster has.
pub(super) async fn ask_at(at: NatsAt, hosts: &[Value]) -> Nats {
    let options = NatsOptions {
        url: at.url.clone(),
        creds: None,
        ca: None,
        client_cert: None,
        tls_first: false,
        pull_timeout: Duration::ZERO,
    };
    Nats { from: Some(at), ..ask_within(PATIENCE_UNASKED, &options, hosts).await }
}

async fn ask_within(patience: Duration, options: &NatsOptions, hosts: &[Value]) -> Nats {
    let url = without_credentials(&options.url);
    let told = |outcome, silent| Nats { url: url.clone(), from: None, outcome, silent };
    let unanswered = |trouble| told(Err(trouble), (Vec::new(), 0));
    let bus = match connect(patience, options).await {
        Ok(bus) => bus,
        Err(Error::Nats(error)) => return unanswered(trouble(&error)),
        Err(_) => return unanswered(NatsTrouble::Unreachable(format!("no answer within {}s", patience.as_secs()))),
    };
    let ready: Vec<_> = hosts.iter().filter_map(|host| Host::deserialize(host).ok()).filter(Host::is_ready).collect();
    let asked = ready.iter().map(|host| async { (host.name_any(), bus.probe(&host.host_id).await.is_ok()) });
    let answers: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    bus.close().await;
    let mut silent: Vec<_> = answers.iter().filter(|(_, answered)| !answered).map(|(name, _)| name.clone()).collect();
    silent.sort();
    told(Ok(()), (silent, answers.len()))
}

fn trouble(error: &NatsError) -> NatsTrouble {
    let text = with_causes(error);
    match error.refuses_us() {
        true => NatsTrouble::Refused(text),
        false => NatsTrouble::Unreachable(text),
    }
}

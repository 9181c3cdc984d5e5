//! The controller's flags: upstream's names and meanings, and a few of our own.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};

use crate::cli::duration;
use crate::controller::placement::Policy;
use crate::controller::settings::Settings;
use crate::error::Error;
use crate::hosts::nats::NatsOptions;

/// What `run-controller` takes beside the connection to the API server.
#[derive(Clone, Debug, Args)]
pub struct ControllerFlags {
    /// NATS server that hosts are reached through; several with commas between
    #[arg(long, value_name = "URL", default_value = "nats://localhost:4222", help_heading = "Hosts")]
    pub nats_url: String,
    /// File with NATS user credentials
    #[arg(long, value_name = "FILE", help_heading = "Hosts")]
    pub nats_creds: Option<PathBuf>,
    /// File with certificates of authorities to trust for NATS
    #[arg(long, value_name = "FILE", help_heading = "Hosts")]
    pub nats_ca: Option<PathBuf>,
    /// Client certificate for NATS
    #[arg(long, value_name = "FILE", requires = "nats_client_key", help_heading = "Hosts")]
    pub nats_client_cert: Option<PathBuf>,
    /// Key of the client certificate for NATS
    #[arg(long, value_name = "FILE", requires = "nats_client_cert", help_heading = "Hosts")]
    pub nats_client_key: Option<PathBuf>,
    /// TLS handshake before NATS' greeting
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", hide_default_value = true, hide_possible_values = true, help_heading = "Hosts")]
    pub nats_tls_first: bool,
    /// How much longer than 60s a start may take, for slow registries
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse_or_seconds, help_heading = "Hosts")]
    pub pull_timeout: Duration,
    /// Starts in flight per host
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Hosts")]
    pub max_starts_per_host: usize,
    /// How long a Workload that a Service leads to runs on after its endpoint is gone
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration::parse_or_seconds, help_heading = "Hosts")]
    pub drain_delay: Duration,

    /// Namespaces to reconcile, with commas between; default is all
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', help_heading = "Scope")]
    pub watch_namespaces: Vec<String>,
    /// Environments whose hosts are taken in, and whose Pods are watched, with commas between; default is all
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', help_heading = "Scope")]
    pub host_namespaces: Vec<String>,
    /// Whether a Workload may run on hosts of an environment other than its namespace
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", hide_possible_values = true, help_heading = "Scope")]
    pub allow_shared_hosts: bool,
    /// Leave Artifacts to someone else
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", hide_default_value = true, hide_possible_values = true, help_heading = "Scope")]
    pub disable_artifact_controller: bool,
    /// Speak HTTP to the registries of Artifacts that are resolved; those of this machine are spoken to so anyway
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", hide_default_value = true, hide_possible_values = true, help_heading = "Scope")]
    pub allow_insecure_registries: bool,
    /// CPU in use, percent, above which a host comes last in placement
    #[arg(long, value_name = "PERCENT", default_value_t = 80.0, help_heading = "Scope")]
    pub cpu_backpressure_threshold: f32,
    /// Memory in use, percent, above which a host comes last in placement
    #[arg(long, value_name = "PERCENT", default_value_t = 80.0, help_heading = "Scope")]
    pub memory_backpressure_threshold: f32,

    /// Act only while holding the Lease; false only where no other controller can be
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", hide_possible_values = true, help_heading = "Operation")]
    pub leader_elect: bool,
    /// Where to serve /metrics; 0 is nowhere; default is :8081 in a Pod and nowhere else
    #[arg(long, value_name = "ADDRESS", help_heading = "Operation")]
    pub metrics_bind_address: Option<String>,
    /// Where to serve /healthz and /readyz; 0 is nowhere; default is :8082 in a Pod and nowhere else
    #[arg(long, value_name = "ADDRESS", help_heading = "Operation")]
    pub health_probe_bind_address: Option<String>,
    /// Log as JSON, one object a line
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", hide_default_value = true, hide_possible_values = true, help_heading = "Operation")]
    pub json_log: bool,
    /// Draw a live summary below the log when standard error is a terminal
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", hide_possible_values = true, help_heading = "Operation")]
    pub summary: bool,
}

impl ControllerFlags {
    /// What decisions depend on.
    pub fn settings(&self, namespace: &str) -> Settings {
        let set = |names: &[String]| -> BTreeSet<String> {
            names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        Settings {
            namespace: namespace.to_owned(),
            watch_namespaces: set(&self.watch_namespaces),
            host_namespaces: set(&self.host_namespaces),
            policy: Policy {
                allow_shared_hosts: self.allow_shared_hosts,
                cpu_backpressure: self.cpu_backpressure_threshold,
                memory_backpressure: self.memory_backpressure_threshold,
            },
            max_starts_per_host: self.max_starts_per_host,
            drain_delay: self.drain_delay,
            loopback_endpoints: false,
            disable_artifact_controller: self.disable_artifact_controller,
        }
    }

    /// How to reach NATS.
    pub fn nats(&self) -> NatsOptions {
        NatsOptions {
            url: self.nats_url.clone(),
            creds: self.nats_creds.clone(),
            ca: self.nats_ca.clone(),
            client_cert: self.nats_client_cert.clone().zip(self.nats_client_key.clone()),
            tls_first: self.nats_tls_first,
            pull_timeout: self.pull_timeout,
        }
    }
}

/// An address to listen on as Go writes it: `:8081` is every interface, `0` or nothing is nowhere.
pub(super) fn address(flag: Option<&str>, in_pod: bool, default_port: u16) -> Result<Option<SocketAddr>, Error> {
    let text = match flag {
        Some("0" | "") => return Ok(None),
        Some(text) => text.to_owned(),
        None if in_pod => format!(":{default_port}"),
        None => return Ok(None),
    };
    let full = if text.starts_with(':') { format!("[::]{text}") } else { text.replacen("localhost:", "127.0.0.1:", 1) };
    let address = full.parse();
    address.map(Some).map_err(|_| {
        let help = "an address is IP:PORT or :PORT; 0 serves nothing";
        Error::usage_with(format!("`{text}` is no address to listen on"), help)
    })
}

/// The innermost cause of an error.
pub(super) fn cause(error: &dyn StdError) -> String {
    std::iter::successors(error.source(), |error| (*error).source()).last().map(ToString::to_string).unwrap_or_default()
}

/// Upstream's chart passes flags with one dash, as Go reads them: `-nats-url=…`. Only words after `run-controller` that
/// are flags of it are changed.
pub fn with_two_dashes(words: Vec<OsString>, command: &clap::Command) -> Vec<OsString> {
    const VERB: &str = "run-controller";
    let Some(at) = words.iter().position(|word| word == VERB) else { return words };
    let Some(verb) = command.find_subcommand(VERB) else { return words };
    let known: BTreeSet<&str> = verb.get_arguments().filter_map(clap::Arg::get_long).collect();
    let fix = |(index, word): (usize, OsString)| if index > at { two_dashes(word, &known) } else { word };
    words.into_iter().enumerate().map(fix).collect()
}

fn two_dashes(word: OsString, known: &BTreeSet<&str>) -> OsString {
    let long = word.to_str().and_then(|text| text.strip_prefix('-')).filter(|rest| !rest.starts_with('-'));
    let name = long.and_then(|rest| rest.split('=').next()).unwrap_or_default();
    if name.len() > 1 && known.contains(name) {
        let mut fixed = OsString::from("-");
        fixed.push(OsStr::new(&word));
        return fixed;
    }
    word
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        flags: ControllerFlags,
    }

    fn parse(words: &[&str]) -> Result<ControllerFlags, clap::Error> {
        Only::try_parse_from([&["x"], words].concat()).map(|only| only.flags)
    }

    #[test]
    fn booleans_are_read_as_go_reads_them() {
        let flags = parse(&[]).unwrap();
        assert!(flags.leader_elect && flags.allow_shared_hosts && !flags.json_log);
        let flags = parse(&["--leader-elect=false", "--json-log", "--allow-shared-hosts=true"]).unwrap();
        assert!(!flags.leader_elect && flags.json_log && flags.allow_shared_hosts);
    }

    #[test]
    fn a_client_certificate_needs_its_key() {
        assert!(parse(&["--nats-client-cert=a"]).is_err());
        assert!(parse(&["--nats-client-cert=a", "--nats-client-key=b"]).unwrap().nats().client_cert.is_some());
    }

    #[test]
    fn addresses_are_gos() {
        let at = |text| address(Some(text), false, 1).unwrap().map(|address| address.to_string());
        assert_eq!(at(":8081").as_deref(), Some("[::]:8081"));
        assert_eq!(at("127.0.0.1:9").as_deref(), Some("127.0.0.1:9"));
        assert_eq!(at("localhost:9").as_deref(), Some("127.0.0.1:9"));
        assert_eq!((at("0"), at("")), (None, None));
        assert_eq!(address(None, false, 8081).unwrap(), None);
        assert!(address(None, true, 8081).unwrap().is_some());
        assert_eq!(address(Some("nowhere"), false, 1).unwrap_err().exit_code(), 2);
    }

    #[test]
    fn one_dash_is_enough() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let given =
            words(&["kubectl-wasmcloud", "run-controller", "-nats-url=nats://x", "-leader-elect", "-n", "a", "-v=6"]);
        let fixed = with_two_dashes(given, &crate::cli::command());
        let expected =
            words(&["kubectl-wasmcloud", "run-controller", "--nats-url=nats://x", "--leader-elect", "-n", "a", "-v=6"]);
        assert_eq!(fixed, expected);
        let other = words(&["kubectl-wasmcloud", "get", "-nats-url"]);
        assert_eq!(with_two_dashes(other.clone(), &crate::cli::command()), other);
    }

    #[test]
    fn names_are_split_and_trimmed() {
        let settings = parse(&["--watch-namespaces=a, b,"]).unwrap().settings("own");
        assert_eq!(settings.watch_namespaces, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
        assert_eq!(settings.namespace, "own");
    }
}

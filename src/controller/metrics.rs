//! What the controller counts, in Prometheus' text format.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::live::Standing;
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WriteLabels {
    kind: &'static str,
    verb: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabels {
    kind: &'static str,
    category: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

/// All metrics of the controller.
pub struct Metrics {
    registry: Registry,
    reconcile_duration: Family<KindLabel, Histogram>,
    errors: Family<ErrorLabels, Counter>,
    writes: Family<WriteLabels, Counter>,
    events_lost: Counter,
    start_latency: Histogram,
    queue_depth: Gauge,
    starts_in_flight: Gauge,
    hosts: Family<StateLabel, Gauge>,
    leading: Gauge,
    bus_connected: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.001, 2.0, 17));
        let metrics = Self {
            registry: Registry::with_prefix("wasmcloud_controller"),
            reconcile_duration: Family::new_with_constructor(seconds),
            errors: Family::default(),
            writes: Family::default(),
            events_lost: Counter::default(),
            start_latency: seconds(),
            queue_depth: Gauge::default(),
            starts_in_flight: Gauge::default(),
            hosts: Family::default(),
            leading: Gauge::default(),
            bus_connected: Gauge::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let to = &mut self.registry;
        let duration = self.reconcile_duration.clone();
        to.register_with_unit("reconcile_duration", "Time a reconcile took, effects included", Unit::Seconds, duration);
        to.register("reconcile_errors", "Reconciles that ended in an error, by category", self.errors.clone());
        to.register("api_writes", "Writes sent to the API server", self.writes.clone());
        to.register("events_lost", "Events that could not be written", self.events_lost.clone());
        let latency = self.start_latency.clone();
        to.register_with_unit("start_latency", "Time from a start request to its answer", Unit::Seconds, latency);
        to.register("queue_depth", "Objects that wait to be looked at", self.queue_depth.clone());
        to.register("starts_in_flight", "Start requests that hosts have not answered", self.starts_in_flight.clone());
        to.register("hosts", "Hosts by state", self.hosts.clone());
        to.register("leading", "Whether this process is in charge", self.leading.clone());
        to.register("bus_connected", "Whether hosts can be reached", self.bus_connected.clone());
        to.register("build", "What is running", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        self
    }

    /// A reconcile ended.
    pub fn reconciled(&self, kind: &'static str, took: Duration) {
        self.reconcile_duration.get_or_create(&KindLabel { kind }).observe(took.as_secs_f64());
    }

    /// A reconcile ended in an error.
    pub fn failed(&self, kind: &'static str, category: &'static str) {
        self.errors.get_or_create(&ErrorLabels { kind, category }).inc();
    }

    /// A write is sent.
    pub fn wrote(&self, kind: &'static str, verb: &'static str) {
        self.writes.get_or_create(&WriteLabels { kind, verb }).inc();
    }

    /// An Event could not be written, or was not even tried.
    pub fn event_lost(&self) {
        self.events_lost.inc();
    }

    /// A start was answered, or given up, so long after it was sent.
    pub fn started(&self, took: Duration) {
        self.start_latency.observe(took.as_secs_f64());
    }

    /// How much is under way.
    pub fn stand(&self, queue_depth: usize, starts_in_flight: usize) {
        self.queue_depth.set(number(queue_depth));
        self.starts_in_flight.set(number(starts_in_flight));
    }

    /// How many hosts there are of each standing.
    pub fn hosts(&self, standings: impl Iterator<Item = Standing>) {
        let mut counts = [(Standing::Alive, "alive", 0), (Standing::Unsure, "unsure", 0), (Standing::Dead, "dead", 0)];
        for standing in standings {
            counts.iter_mut().filter(|count| count.0 == standing).for_each(|count| count.2 += 1);
        }
        for (_, state, count) in counts {
            self.hosts.get_or_create(&StateLabel { state }).set(number(count));
        }
    }

    /// Whether hosts can be reached.
    pub fn connected(&self, yes: bool) {
        self.bus_connected.set(i64::from(yes));
    }

    /// Whether this process is in charge.
    pub fn leads(&self, leads: bool) {
        self.leading.set(i64::from(leads));
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.wrote("Workload", "create");
        metrics.wrote("Workload", "create");
        metrics.failed("Host", "conflict");
        metrics.reconciled("WorkloadDeployment", Duration::from_millis(3));
        metrics.stand(4, 2);
        metrics.hosts([Standing::Alive, Standing::Dead, Standing::Alive].into_iter());
        metrics.connected(true);
        metrics.started(Duration::from_millis(20));
        metrics.event_lost();
        metrics.leads(true);
        let text = metrics.text();
        for line in [
            "wasmcloud_controller_api_writes_total{kind=\"Workload\",verb=\"create\"} 2",
            "wasmcloud_controller_reconcile_errors_total{kind=\"Host\",category=\"conflict\"} 1",
            "wasmcloud_controller_queue_depth 4",
            "wasmcloud_controller_starts_in_flight 2",
            "wasmcloud_controller_hosts{state=\"alive\"} 2",
            "wasmcloud_controller_hosts{state=\"unsure\"} 0",
            "wasmcloud_controller_hosts{state=\"dead\"} 1",
            "wasmcloud_controller_bus_connected 1",
            "wasmcloud_controller_start_latency_seconds_count 1",
            "wasmcloud_controller_events_lost_total 1",
            concat!("wasmcloud_controller_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "wasmcloud_controller_leading 1",
            "wasmcloud_controller_reconcile_duration_seconds_count{kind=\"WorkloadDeployment\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}

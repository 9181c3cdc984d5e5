//! What the host tells of itself: at once, every 15 seconds, and when a workload comes or goes.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{self, BoxStream};
use tokio::sync::watch;
use tokio::time::Interval;

use super::{Inner, Slot};
use crate::hosts::BusEvent;
use crate::hosts::wire::{HostHeartbeat, WitInterface};

/// As a `wash host` does.
const EVERY: Duration = Duration::from_secs(15);

/// What the host gives beyond what every host has built in, with the version of the package.
const IMPORTS: [(&str, &str, &[&str]); 3] = [
    ("keyvalue", "0.2.0-draft", &["store", "atomics", "batch"]),
    ("config", "0.2.0-rc.1", &["store"]),
    ("logging", "0.1.0-draft", &["logging"]),
];

impl Inner {
    /// Put together from memory.
    pub(super) fn heartbeat(&self) -> HostHeartbeat {
        let (workloads, components) = self.counts();
        let (system_memory_total, system_memory_free) = self.machine.memory();
        HostHeartbeat {
            id: self.id.clone(),
            hostname: self.server.address().ip().to_string(),
            friendly_name: self.options.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            labels: [("hostgroup".to_owned(), "default".to_owned())].into(),
            started_at: Some(self.started_at),
            os_arch: std::env::consts::ARCH.to_owned(),
            os_name: std::env::consts::OS.to_owned(),
            os_kernel: self.machine.kernel(),
            system_cpu_usage: self.machine.cpu_usage(),
            system_memory_total,
            system_memory_free,
            component_count: components,
            workload_count: workloads,
            imports: IMPORTS.iter().map(|import| interface(*import)).collect(),
            exports: Vec::new(),
            http_port: self.server.address().port().into(),
            environment: self.options.environment.clone(),
        }
    }

    fn counts(&self) -> (u64, u64) {
        let slots = self.slots();
        let components = slots.values().map(|slot| match slot {
            Slot::Starting(_) | Slot::Failed(_) => 0,
            Slot::Stopping(components) => *components,
            Slot::Running(placed) => placed.workload.program.parts.len(),
        });
        let failed = slots.values().filter(|slot| matches!(slot, Slot::Failed(_))).count();
        ((slots.len() - failed) as u64, components.sum::<usize>() as u64)
    }
}

fn interface((package, version, interfaces): (&str, &str, &[&str])) -> WitInterface {
    WitInterface {
        namespace: "wasi".to_owned(),
        package: package.to_owned(),
        version: version.to_owned(),
        interfaces: interfaces.iter().map(|name| (*name).to_owned()).collect(),
        ..WitInterface::default()
    }
}

/// Who listens, and for what.
struct Listener {
    host: Arc<Inner>,
    changed: watch::Receiver<()>,
    every: Interval,
    connected: bool,
}

/// Events from now on, until the host ends.
pub(super) fn events(host: Arc<Inner>) -> BoxStream<'static, BusEvent> {
    let changed = host.changed.subscribe();
    let listener = Listener { host, changed, every: tokio::time::interval(EVERY), connected: false };
    Box::pin(stream::unfold(listener, |mut listener| async {
        if !listener.connected {
            listener.connected = true;
            return Some((BusEvent::Connected, listener));
        }
        tokio::select! {
            biased;
            () = listener.host.ended.cancelled() => return None,
            changed = listener.changed.changed() => changed.ok()?,
            _ = listener.every.tick() => {}
        }
        let beat = Box::new(listener.host.heartbeat());
        Some((BusEvent::Heartbeat(beat), listener))
    }))
}

//! The controller under load: real kube-apiserver, etcd and NATS, simulated hosts that take 20 ms for a start, one at a
//! time. `tests/bench/run` starts the servers; this prints the table and asserts nothing.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    reason = "a benchmark that cannot go on stops, and prints"
)]

#[path = "controller/cluster.rs"]
mod cluster;
#[path = "controller/hosts.rs"]
mod hosts;
#[path = "controller/process.rs"]
mod process;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use cluster::{Cluster, Writes};
use hosts::Hosts;
use process::Controller;

/// Hosts are written every 39 s, many of them at about the same time: one minute alone has one such wave or two.
const IDLE_MINUTES: u64 = 3;

/// One row of sizes.
#[derive(Clone, Copy)]
struct Size {
    deployments: usize,
    replicas: usize,
    hosts: usize,
    idle: bool,
}

const SMALL: Size = Size { deployments: 50, replicas: 3, hosts: 10, idle: false };
const MIDDLE: Size = Size { deployments: 200, replicas: 10, hosts: 50, idle: true };
const LARGE: Size = Size { deployments: 1000, replicas: 10, hosts: 500, idle: true };

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut sizes: Vec<_> = asked.iter().map(|word| size(word)).collect();
    if sizes.is_empty() {
        sizes = vec![SMALL, MIDDLE];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        for size in sizes {
            measure(size).await;
        }
    });
}

fn size(word: &str) -> Size {
    match word {
        "small" => SMALL,
        "middle" => MIDDLE,
        "large" => LARGE,
        other => sized(other).unwrap_or_else(|| panic!("`{other}` is none of small, middle, large, DxRxH")),
    }
}

/// So many deployments of so many replicas on so many hosts.
fn sized(word: &str) -> Option<Size> {
    let numbers: Vec<_> = word.split('x').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [deployments, replicas, hosts] = numbers.try_into().ok()?;
    Some(Size { deployments, replicas, hosts, idle: false })
}

/// What one phase took.
struct Phase {
    seconds: f64,
    writes: Writes,
    cpu: f64,
}

impl Phase {
    /// The average of so many of which it is made up.
    fn each_of(mut self, count: u64) -> Self {
        self.writes.values_mut().for_each(|writes| *writes = writes.div_ceil(count));
        Self { seconds: self.seconds / count as f64, cpu: self.cpu / count as f64, ..self }
    }
}

async fn measure(size: Size) {
    let cluster = Cluster::new(size.deployments).await;
    let mut controller = Controller::start(&cluster.system);
    cluster.led().await;
    let alone = controller.memory();
    let hosts = Hosts::join(size.hosts).await;
    cluster.hosts_ready(size.hosts).await;
    sleep(Duration::from_secs(2)).await;
    let workloads = size.deployments * size.replicas;
    println!("\n{} deployments × {} replicas on {} hosts", size.deployments, size.replicas, size.hosts);
    let before = controller.memory();
    println!(
        "  {:<22} {:>9.1} MiB, {:.1} of them its own, {:.1} KiB a host",
        "memory, no workload",
        mib(before),
        mib(controller.own_memory()),
        per(before, alone, size.hosts)
    );

    let phase = timed(&cluster, &controller, cluster.apply_all(size.replicas, "r.example/hello:1")).await;
    tell("all Ready", &phase, workloads);
    println!(
        "  {:<22} {:>9.1} MiB, {:.1} of them its own, {:.1} KiB a workload",
        "memory",
        mib(controller.memory()),
        mib(controller.own_memory()),
        per(controller.memory(), before, workloads)
    );
    if size.idle {
        sleep(Duration::from_secs(20)).await;
        let phase = timed(&cluster, &controller, sleep(Duration::from_secs(60 * IDLE_MINUTES))).await;
        tell("an idle minute", &phase.each_of(IDLE_MINUTES), 0);
    }
    let phase = timed(&cluster, &controller, cluster.apply_all(size.replicas, "r.example/hello:2")).await;
    tell("rolled to a new image", &phase, workloads);
    let phase = timed(&cluster, &controller, cluster.delete_all()).await;
    tell("deleted", &phase, workloads);
    println!("  {:<22} {:>9.1} MiB", "peak memory", mib(controller.peak_memory()));
    println!("  {:<22} {:>9.1} s", "CPU over all", controller.cpu());
    println!("  {:<22} {:>9}", "left on hosts", hosts.running());
    controller.stop();
    cluster.clean_up().await;
}

async fn timed(cluster: &Cluster, controller: &Controller, work: impl Future<Output = ()>) -> Phase {
    let (writes, cpu, started) = (cluster.writes().await, controller.cpu(), Instant::now());
    work.await;
    let seconds = started.elapsed().as_secs_f64();
    // The last statuses are on their way.
    sleep(Duration::from_secs(3)).await;
    let mut all = cluster.writes().await;
    all.iter_mut().for_each(|(what, count)| *count -= writes.get(what).copied().unwrap_or_default());
    all.retain(|_, count| *count > 0);
    Phase { seconds, writes: all, cpu: controller.cpu() - cpu }
}

fn tell(what: &str, phase: &Phase, workloads: usize) {
    let Phase { seconds, writes, cpu } = phase;
    let all: u64 = writes.values().sum();
    let each =
        if workloads == 0 { String::new() } else { format!(", {:.2} a workload", all as f64 / workloads as f64) };
    println!("  {what:<22} {seconds:>9.1} s {all:>8} writes{each}, {cpu:.1} CPU s");
    let mut most: Vec<_> = writes.iter().collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let words: Vec<_> = most.iter().take(9).map(|(what, count)| format!("{count} {what}")).collect();
    println!("  {:<22}   {}", "", words.join(", "));
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// KiB for each of so many, of what memory has grown by.
fn per(bytes: u64, before: u64, count: usize) -> f64 {
    bytes.saturating_sub(before) as f64 / 1024.0 / count as f64
}

//! What a heartbeat says of the machine. Where it cannot be told, it is 0, which is unknown.

use std::sync::{Mutex, PoisonError};

/// CPU time that was counted at the last look.
#[derive(Default)]
pub(super) struct Machine {
    last: Mutex<Option<(u64, u64)>>,
}

impl Machine {
    /// CPU in use since the last look, percent.
    pub(super) fn cpu_usage(&self) -> f32 {
        let now = std::fs::read_to_string("/proc/stat").ok().as_deref().and_then(cpu_time);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *last, now);
        before.zip(now).map_or(0.0, |(before, now)| usage(before, now))
    }

    /// Memory of the machine and what is free of it, bytes.
    pub(super) fn memory(&self) -> (u64, u64) {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        (kibibytes(&text, "MemTotal:"), kibibytes(&text, "MemFree:"))
    }

    /// Its kernel.
    pub(super) fn kernel(&self) -> String {
        std::fs::read_to_string("/proc/sys/kernel/osrelease")
            .map_or_else(|_| String::new(), |text| text.trim().to_owned())
    }
}

/// Busy and whole time, in ticks.
fn cpu_time(stat: &str) -> Option<(u64, u64)> {
    let times = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let times: Vec<u64> = times.take(8).map_while(|time| time.parse().ok()).collect();
    let whole: u64 = times.iter().sum();
    let idle = times.get(3)? + times.get(4)?;
    Some((whole - idle, whole))
}

fn usage(before: (u64, u64), now: (u64, u64)) -> f32 {
    let (busy, whole) = (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1));
    if whole == 0 { 0.0 } else { 100.0 * busy as f32 / whole as f32 }
}

fn kibibytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_understood() {
        let before = cpu_time("cpu  10 0 10 70 10 0 0 0 0 0\ncpu0 1\n").unwrap();
        let now = cpu_time("cpu  30 0 20 130 20 0 0 0 0 0\n").unwrap();
        assert_eq!((before, now), ((20, 100), (50, 200)));
        assert!((usage(before, now) - 30.0).abs() < 0.01);
        assert_eq!(usage(now, now), 0.0);
        assert_eq!(cpu_time("something else"), None);
        assert_eq!(kibibytes("MemTotal:       2 kB\nMemFree: 1 kB\n", "MemFree:"), 1024);
        assert_eq!(kibibytes("", "MemFree:"), 0);
    }
}

//! Load as a table.

use jiff::Timestamp;

use super::age;
use crate::plan::top::Load;

const UNKNOWN: &str = "<unknown>";

/// Headers of the table of hosts, or of groups.
pub fn headers(by_group: bool) -> Vec<String> {
    let first = if by_group { ["GROUP", "HOSTS"] } else { ["HOST", "GROUP"] };
    let rest = ["WORKLOADS", "COMPONENTS", "CPU", "MEM", "LAST-SEEN"];
    first.into_iter().chain(rest).map(str::to_owned).collect()
}

/// One row. Without `now` it does not tell when the host was last seen.
pub fn row(load: &Load, by_group: bool, now: Option<Timestamp>) -> Vec<String> {
    let named = |name: &str| if name.is_empty() { "<none>".to_owned() } else { name.to_owned() };
    let second = if by_group { load.hosts.to_string() } else { named(&load.group) };
    let cpu = load.cpu_percent.map_or_else(|| UNKNOWN.to_owned(), |percent| format!("{percent:.0}%"));
    let memory = load.memory_percent().map_or_else(|| UNKNOWN.to_owned(), |percent| format!("{percent}%"));
    let seen = now.map(|now| age::since(load.last_seen, now)).unwrap_or_default();
    vec![named(&load.name), second, load.workloads.to_string(), load.components.to_string(), cpu, memory, seen]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::table::Rows;

    #[test]
    fn what_is_not_known_is_said() {
        let now = "2026-01-01T00:01:00Z".parse().unwrap();
        let known = Load {
            name: "a".to_owned(),
            group: "edge".to_owned(),
            hosts: 1,
            workloads: 2,
            components: 3,
            cpu_percent: Some(12.6),
            memory_used: 1,
            memory_total: 4,
            last_seen: "2026-01-01T00:00:30Z".parse().ok(),
        };
        let unknown = Load { name: "b".to_owned(), hosts: 1, ..Load::default() };
        let rows = [&known, &unknown].map(|load| row(load, false, Some(now))).to_vec();
        insta::assert_snapshot!(Rows::new(headers(false), None).render(rows, true), @"
        HOST   GROUP    WORKLOADS   COMPONENTS   CPU         MEM         LAST-SEEN
        a      edge     2           3            13%         25%         30s
        b      <none>   0           0            <unknown>   <unknown>   <unknown>
        ");
        let rows = [&known, &Load { name: String::new(), ..unknown }].map(|load| row(load, true, Some(now))).to_vec();
        insta::assert_snapshot!(Rows::new(headers(true), None).render(rows, true), @"
        GROUP    HOSTS   WORKLOADS   COMPONENTS   CPU         MEM         LAST-SEEN
        a        1       2           3            13%         25%         30s
        <none>   1       0           0            <unknown>   <unknown>   <unknown>
        ");
    }
}

//! How components hang together, whatever hosts have.

use super::finding::{Kind, WitFinding, listed};
use super::parts::Parts;
use super::remedy::Remedy;
use super::source::{Source, imports};

/// Circles, imports outside of interfaces, and a service that is none.
pub(super) fn check(parts: &Parts<'_>) -> Vec<WitFinding> {
    let mut findings = bare(parts);
    findings.extend(service(parts));
    findings.extend(circle(parts));
    findings
}

fn bare(parts: &Parts<'_>) -> Vec<WitFinding> {
    let with = parts.known().filter(|(_, _, component)| !component.bare.is_empty());
    let finding = |(_, part, component): (usize, &super::parts::Part<'_>, &crate::component::Component)| {
        let names = listed(component.bare.iter().map(|name| format!("`{name}`")));
        WitFinding {
            kind: Kind::Bare,
            path: format!("{}.image", part.path),
            interfaces: Vec::new(),
            message: format!("{} imports {names} outside of any interface, and hosts give interfaces only", part.title),
            remedy: Remedy::words("put it into an interface of the component's WIT"),
        }
    };
    with.map(finding).collect()
}

fn service(parts: &Parts<'_>) -> Option<WitFinding> {
    let (_, part, component) = parts.known().find(|(_, part, _)| part.name.is_none())?;
    (!component.is_service()).then(|| WitFinding {
        kind: Kind::NotAService,
        path: format!("{}.image", part.path),
        interfaces: Vec::new(),
        message: "the service does not export wasi:cli/run, by which hosts start it".to_owned(),
        remedy: Remedy::words("list it under components, or build it as a command"),
    })
}

/// The first circle there is.
fn circle(parts: &Parts<'_>) -> Option<WitFinding> {
    let mut gives = vec![Vec::new(); parts.all.len()];
    for import in imports(parts) {
        if let Some(Source::Sibling(exporter)) = import.sibling(parts) {
            gives[import.importer].push(exporter);
        }
    }
    let start = (0..gives.len()).find_map(|start| way(&gives, start))?;
    let titles = start.iter().map(|number| &parts.all[*number].title);
    let message = match start.as_slice() {
        [only] => format!("{} imports from itself", parts.all[*only].title),
        _ => format!("{} import from each other in a circle", listed(titles)),
    };
    Some(WitFinding {
        kind: Kind::Circle,
        path: format!("{}.image", parts.all[*start.first()?].path),
        interfaces: Vec::new(),
        message,
        remedy: Remedy::words("take what both need out into a component of its own"),
    })
}

/// The shortest way from one back to itself.
fn way(gives: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut before = vec![None; gives.len()];
    let mut next = std::collections::VecDeque::from([start]);
    while let Some(number) = next.pop_front() {
        for &given in &gives[number] {
            if given == start {
                let mut way: Vec<_> = std::iter::successors(Some(number), |number| before[*number]).collect();
                way.reverse();
                return Some(way);
            }
            if before[given].is_none() {
                before[given] = Some(number);
                next.push_back(given);
            }
        }
    }
    None
}

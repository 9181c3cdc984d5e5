//! What is found.

use super::Remedy;
use crate::component::Interface;

/// What is amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody imports what nobody gives.
    Missing,
    /// What is imported is listed or exported in another version.
    Version,
    /// Hosts have it in other versions, as far as is known.
    HostVersion,
    /// A host interface is listed that hosts do not have: they refuse the workload.
    NotOffered,
    /// A host interface is listed that nobody uses.
    Superfluous,
    /// Two give the same.
    BoundTwice,
    /// Requests could go to several, and hosts send them to one.
    SecondHandler,
    /// Components import from each other in a circle.
    Circle,
    /// Something is imported outside of any interface.
    Bare,
    /// The service does not export `wasi:cli/run`.
    NotAService,
    /// Requests are sent, and `allowedHosts` lets none out.
    Egress,
    /// Requests are answered, and `hostInterfaces` lets none in.
    NoIngress,
    /// Requests are let in, and without `config.host` none finds the workload.
    NoHost,
}

/// Something that is amiss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitFinding {
    /// What it is.
    pub kind: Kind,
    /// The field that it is about: `spec.template.spec.hostInterfaces[1]`. Where the field is absent, it names what would
    /// be there.
    pub path: String,
    /// The interfaces that it is about.
    pub interfaces: Vec<Interface>,
    /// What is amiss, in a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub remedy: Remedy,
}

impl WitFinding {
    /// Sorts as the fields of a workload follow each other: components by number, the service, host interfaces.
    pub(super) fn place(&self) -> (u8, usize, Kind) {
        let index = |text: &str| text.split_once(']').and_then(|(number, _)| number.parse().ok()).unwrap_or(usize::MAX);
        let (section, index) = if let Some((_, rest)) = self.path.split_once(".components[") {
            (0, index(rest))
        } else if let Some((_, rest)) = self.path.split_once(".hostInterfaces[") {
            (2, index(rest))
        } else {
            (1, 0)
        };
        (section, index, self.kind)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    match items.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

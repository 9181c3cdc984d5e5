//! Whether the components of a workload get what they import: from the host, which gives what it has built in and what
//! the workload lists under `hostInterfaces`, or from each other.
//!
//! What hosts do was found out with a `wash host` 2.10.3, not only read:
//! - An import of a package that is not built in is given only when `hostInterfaces` has an entry of that package, in no
//!   version or in one that fits, which lists something that the component itself uses of the package: then the
//!   component is given all of it. An import with a name of its own (a label) needs an entry of that name.
//! - An entry that a component uses and the host cannot give as a whole makes the host refuse the workload. One that
//!   nobody uses is passed over.
//! - Components give each other only what one of them exports in exactly the version that the other imports; two that
//!   export it are one too many. What the service exports is given to nobody.
//! - Shapes of values are nobody's.

mod entries;
mod exports;
mod finding;
mod http;
mod imports;
mod links;
mod offer;
mod parts;
mod remedy;
mod source;
#[cfg(test)]
mod tests;

pub use finding::{Kind, WitFinding};
pub use offer::{Offer, Offered};
pub use remedy::Remedy;

use crate::api::WorkloadSpec;
use crate::component::Component;
use parts::Parts;

/// A workload whose components have been opened.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// What the manifest says.
    pub spec: &'a WorkloadSpec,
    /// Where it stands in its document: `spec`, or `spec.template.spec`.
    pub path: &'a str,
    /// The components, as the spec has them; one that could not be opened is `None`.
    pub components: &'a [Option<Component>],
    /// The service, if there is one and it could be opened.
    pub service: Option<&'a Component>,
}

/// Everything that is amiss between the components of a workload, its host interfaces and what hosts offer, in the order
/// in which it stands in the manifest. What cannot be told while a component is unknown is not told.
pub fn check(workload: &Opened<'_>, offer: &Offer) -> Vec<WitFinding> {
    let parts = Parts::of(workload);
    let mut findings = imports::check(&parts, offer);
    findings.extend(links::check(&parts));
    findings.extend(exports::check(&parts, offer));
    findings.extend(http::check(&parts));
    findings.extend(entries::check(&parts, offer));
    findings.sort_by_key(WitFinding::place);
    findings
}

//! What components import is given to them: by the host, or by another component of the same workload.

mod siblings;

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre};

use super::guest::Guest;
use super::interfaces::{Listed, would_be_given};
use super::runtime::Runtime;
use super::start::StartError;

/// A component that is to be linked.
pub(super) struct Part<'a> {
    /// Name within the workload.
    pub(super) name: &'a str,
    /// The compiled component.
    pub(super) component: &'a Component,
}

/// What linking makes of a component.
pub(super) struct Linked {
    /// Ready to be instantiated.
    pub(super) pre: InstancePre<Guest>,
    /// The components of the workload that it calls, itself or through others.
    pub(super) calls: Vec<usize>,
}

/// Links all components of a workload.
///
/// # Errors
/// When an import has no one to give it, siblings import each other in a circle, or pass resources of their own.
pub(super) fn link(runtime: &Runtime, listed: &Listed, parts: &[Part<'_>]) -> Result<Vec<Linked>, StartError> {
    let given = runtime.linker(listed).map_err(|error| StartError::Host(format!("{error:#}")))?;
    let plan = siblings::plan(runtime.engine(), parts)?;
    let calls = siblings::reachable(parts, &plan)?;
    let link_one = |(index, part): (usize, &Part<'_>)| {
        let mut linker = given.clone();
        for supply in plan.iter().filter(|supply| supply.importer == index) {
            siblings::forward(&mut linker, parts, supply)?;
        }
        let pre = linker.instantiate_pre(part.component).map_err(|error| missing(part.name, &error))?;
        Ok(Linked { pre, calls: calls[index].clone() })
    };
    parts.iter().enumerate().map(link_one).collect()
}

/// Whether a component exports an interface, whatever its patch version.
pub(super) fn exports(engine: &Engine, component: &Component, interface: &str) -> bool {
    component.component_type().exports(engine).any(|(name, export)| {
        matches!(export.ty, ComponentItem::ComponentInstance(_))
            && name.strip_prefix(interface).is_some_and(|version| version.starts_with("@0.2."))
    })
}

/// wasmtime names the import between backquotes, and then why what there is does not fit.
fn missing(component: &str, error: &wasmtime::Error) -> StartError {
    let text = error.to_string();
    let component = component.to_owned();
    match text.split('`').nth(1).filter(|_| text.contains("not found in the linker")) {
        Some(import) if would_be_given(import) => StartError::Unlisted { component, import: import.to_owned() },
        Some(import) => {
            let why: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
            // That nothing of it is there says no more than that it is missing.
            let why =
                if why.last().is_some_and(|why| why.ends_with("is missing")) { String::new() } else { why.join(": ") };
            StartError::MissingImport { component, import: import.to_owned(), why }
        }
        None => StartError::Unlinkable { component, reason: format!("{error:#}") },
    }
}

//! Components of one workload that call each other: each call goes through the host into the other's instance, which
//! lives in the same store and has its own environment, files and rights.

mod lent;

use std::sync::Arc;

use wasmtime::component::types::{ComponentInstance, ComponentItem, Type};
use wasmtime::component::{ComponentExportIndex, Linker, ResourceType, Val};
use wasmtime::{AsContextMut, Engine, StoreContextMut};

use super::{Guest, Part, StartError};
use crate::component::compatible;

/// An interface that one component imports and another exports.
pub(super) struct Supply {
    /// Who imports it.
    pub(super) importer: usize,
    /// Under which name.
    import: String,
    /// Who exports it.
    exporter: usize,
    /// Under which name: the version may be another that fits.
    export: String,
    contents: Contents,
}

/// What an interface consists of.
#[derive(Default)]
struct Contents {
    functions: Vec<String>,
    resources: Vec<String>,
}

/// A component that is called.
struct Called {
    index: usize,
    function: ComponentExportIndex,
    /// The resources that the interface of the function speaks of.
    resources: Arc<[ComponentExportIndex]>,
}

/// Finds what components of a workload give to each other. A component does not supply itself.
pub(super) fn plan(engine: &Engine, parts: &[Part<'_>]) -> Result<Vec<Supply>, StartError> {
    let mut plan = Vec::new();
    for (importer, part) in parts.iter().enumerate() {
        let ty = part.component.component_type();
        // Types come before those who speak of them.
        let mut of_the_host = Vec::new();
        for (import, item) in ty.imports(engine) {
            let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
            let Some((exporter, export)) = exporter_of(engine, parts, importer, import) else {
                of_the_host.extend(resources_of(engine, &instance));
                continue;
            };
            let contents =
                contents_of(engine, &instance, &of_the_host).map_err(|why| StartError::SiblingInterface {
                    importer: part.name.to_owned(),
                    exporter: parts[exporter].name.to_owned(),
                    interface: import.to_owned(),
                    why,
                })?;
            plan.push(Supply { importer, import: import.to_owned(), exporter, export, contents });
        }
    }
    Ok(plan)
}

fn resources_of(engine: &Engine, instance: &ComponentInstance) -> Vec<ResourceType> {
    let resource = |item: ComponentItem| match item {
        ComponentItem::Resource(ty) => Some(ty),
        _ => None,
    };
    instance.exports(engine).filter_map(|(_, item)| resource(item.ty)).collect()
}

fn exporter_of(engine: &Engine, parts: &[Part<'_>], importer: usize, import: &str) -> Option<(usize, String)> {
    let others = parts.iter().enumerate().filter(|(index, _)| *index != importer);
    others
        .filter_map(|(index, part)| {
            let ty = part.component.component_type();
            let mut exports = ty.exports(engine);
            let fits = |(name, item): &(&str, wasmtime::component::types::ComponentExtern<'_>)| {
                matches!(item.ty, ComponentItem::ComponentInstance(_)) && is_compatible(import, name)
            };
            exports.find(fits).map(|(name, _)| (index, name.to_owned()))
        })
        .next()
}

/// Whether an export can stand for an import: the same interface, and versions that semver calls compatible.
fn is_compatible(import: &str, export: &str) -> bool {
    if import == export {
        return true;
    }
    let (Some((import, wanted)), Some((export, offered))) = (import.split_once('@'), export.split_once('@')) else {
        return false;
    };
    let (Ok(wanted), Ok(offered)) = (semver::Version::parse(wanted), semver::Version::parse(offered)) else {
        return false;
    };
    import == export && compatible(&wanted, &offered)
}

fn contents_of(
    engine: &Engine,
    instance: &ComponentInstance,
    of_the_host: &[ResourceType],
) -> Result<Contents, String> {
    let mut contents = Contents::default();
    for (name, item) in instance.exports(engine) {
        match item.ty {
            ComponentItem::ComponentFunc(function) => {
                if function.async_() {
                    return Err(format!("its function `{name}` is asynchronous"));
                }
                let streams = |ty: &Type| matches!(ty, Type::Stream(_) | Type::Future(_) | Type::ErrorContext);
                if function.params().any(|(_, ty)| streams(&ty)) || function.results().any(|ty| streams(&ty)) {
                    return Err(format!("its function `{name}` passes streams"));
                }
                contents.functions.push(name.to_owned());
            }
            ComponentItem::Resource(ty) if of_the_host.contains(&ty) => {
                return Err(format!("it speaks of `{name}`, which is a resource of the host"));
            }
            ComponentItem::Resource(_) => contents.resources.push(name.to_owned()),
            _ => {}
        }
    }
    Ok(contents)
}

/// For each component those it calls, itself or through others.
pub(super) fn reachable(parts: &[Part<'_>], plan: &[Supply]) -> Result<Vec<Vec<usize>>, StartError> {
    let calls = |index: usize| plan.iter().filter(move |supply| supply.importer == index).map(|supply| supply.exporter);
    let mut all = Vec::with_capacity(parts.len());
    for start in 0..parts.len() {
        let (mut found, mut next): (Vec<usize>, Vec<usize>) = (Vec::new(), calls(start).collect());
        while let Some(index) = next.pop() {
            if index == start {
                let names = found.iter().chain([&start]).map(|index| parts[*index].name.to_owned()).collect();
                return Err(StartError::Circle(names));
            }
            if !found.contains(&index) {
                found.push(index);
                next.extend(calls(index));
            }
        }
        all.push(found);
    }
    Ok(all)
}

/// Defines an import of one component as calls of another.
pub(super) fn forward(linker: &mut Linker<Guest>, parts: &[Part<'_>], supply: &Supply) -> Result<(), StartError> {
    let exporter = &parts[supply.exporter];
    let unlinkable = |reason: String| StartError::Unlinkable { component: exporter.name.to_owned(), reason };
    let failed = |error: wasmtime::Error| unlinkable(format!("{error:#}"));
    let interface = exporter.component.get_export_index(None, &supply.export);
    let export = |name: &String| {
        let found = interface.and_then(|interface| exporter.component.get_export_index(Some(&interface), name));
        found.ok_or_else(|| unlinkable(format!("`{}` has no `{name}`", supply.export)))
    };
    let mut instance = linker.instance(&supply.import).map_err(failed)?;
    for name in &supply.contents.resources {
        let defined =
            instance.resource_async(name, lent::ty(), |store, number| Box::new(lent::drop_lent(store, number)));
        defined.map_err(failed)?;
    }
    let resources: Arc<[_]> = supply.contents.resources.iter().map(export).collect::<Result<_, _>>()?;
    for name in &supply.contents.functions {
        let called = Arc::new(Called { index: supply.exporter, function: export(name)?, resources: resources.clone() });
        let defined = instance.func_new_async(name, move |store, _, parameters, results| {
            Box::new(call(store, called.clone(), parameters, results))
        });
        defined.map_err(failed)?;
    }
    Ok(())
}

async fn call(
    mut store: StoreContextMut<'_, Guest>,
    called: Arc<Called>,
    parameters: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let caller = store.data_mut().enter(called.index)?;
    // Without going back on an error: it ends the store, and all who are in it.
    let instance = Guest::instance(store.as_context_mut(), called.index).await?;
    let function = instance.get_func(&mut store, called.function);
    let function =
        function.ok_or_else(|| wasmtime::Error::msg("the component lacks a function that it has exported"))?;
    if called.resources.is_empty() {
        function.call_async(&mut store, parameters, results).await?;
    } else {
        let parameters = lent::give_back(store.as_context_mut(), called.index, parameters)?;
        function.call_async(&mut store, &parameters, results).await?;
        lent::lend(store.as_context_mut(), called.index, &instance, &called.resources, results)?;
    }
    store.data_mut().enter(caller)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_fit_as_semver_says() {
        for (import, export, fits) in [
            ("a:b/c", "a:b/c", true),
            ("a:b/c", "a:b/d", false),
            ("a:b/c@1.2.0", "a:b/c@1.0.0", true),
            ("a:b/c@1.2.0", "a:b/c@2.0.0", false),
            ("a:b/c@0.2.0", "a:b/c@0.2.7", true),
            ("a:b/c@0.2.0", "a:b/c@0.3.0", false),
            ("a:b/c@0.0.1", "a:b/c@0.0.2", false),
            ("a:b/c@0.2.0-draft", "a:b/c@0.2.0-draft", true),
            ("a:b/c@0.2.0-draft", "a:b/c@0.2.0", false),
            ("a:b/c", "a:b/c@1.0.0", false),
        ] {
            assert_eq!(is_compatible(import, export), fits, "{import} by {export}");
        }
    }
}

//! Resources that one component of a workload defines and another holds: the other has a resource of the host in its
//! hands, which stands for the one of its maker.

use wasmtime::component::{ComponentExportIndex, Instance, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{AsContextMut, StoreContextMut};

use super::Guest;

/// What stands for a resource of another component.
pub(super) struct Lent {
    resource: ResourceAny,
    maker: usize,
}

/// The type that all of them have.
pub(super) fn ty() -> ResourceType {
    ResourceType::host::<Lent>()
}

/// Gives a component that is called what is its own among the parameters.
pub(super) fn give_back(
    mut store: StoreContextMut<'_, Guest>,
    maker: usize,
    values: &[Val],
) -> wasmtime::Result<Vec<Val>> {
    let mut give = |resource: ResourceAny| {
        if resource.ty() != ty() {
            return Ok(resource);
        }
        let lent: Resource<Lent> = resource.try_into_resource(&mut store)?;
        let table = store.data_mut().table();
        if table.get(&lent)?.maker != maker {
            return lent.try_into_resource_any(&mut store);
        }
        match lent.owned() {
            true => Ok(table.delete(lent)?.resource),
            false => Ok(table.get(&lent)?.resource),
        }
    };
    values.iter().map(|value| with_resources(value, &mut give)).collect()
}

/// Has something stand for what a component has made and gives away.
pub(super) fn lend(
    mut store: StoreContextMut<'_, Guest>,
    maker: usize,
    instance: &Instance,
    made: &[ComponentExportIndex],
    values: &mut [Val],
) -> wasmtime::Result<()> {
    let made: Vec<_> = made.iter().filter_map(|index| instance.get_resource(&mut store, index)).collect();
    let mut lend = |resource: ResourceAny| {
        if !made.contains(&resource.ty()) {
            return Ok(resource);
        }
        let lent = store.data_mut().table().push(Lent { resource, maker })?;
        lent.try_into_resource_any(&mut store)
    };
    for value in values {
        *value = with_resources(value, &mut lend)?;
    }
    Ok(())
}

/// Its holder has dropped what stands for a resource: so does its maker drop the resource.
pub(super) async fn drop_lent(mut store: StoreContextMut<'_, Guest>, number: u32) -> wasmtime::Result<()> {
    let lent = store.data_mut().table().delete(Resource::<Lent>::new_own(number))?;
    let caller = store.data_mut().enter(lent.maker)?;
    lent.resource.resource_drop_async(store.as_context_mut()).await?;
    store.data_mut().enter(caller)?;
    Ok(())
}

type Each<'a> = dyn FnMut(ResourceAny) -> wasmtime::Result<ResourceAny> + 'a;

/// A value with other resources; types of components have no circles, so this ends.
fn with_resources(value: &Val, each: &mut Each<'_>) -> wasmtime::Result<Val> {
    Ok(match value {
        Val::Resource(resource) => Val::Resource(each(*resource)?),
        Val::List(values) => Val::List(all(values, each)?),
        Val::FixedLengthList(values) => Val::FixedLengthList(all(values, each)?),
        Val::Tuple(values) => Val::Tuple(all(values, each)?),
        Val::Record(fields) => {
            let field = |(name, value): &(String, Val)| Ok((name.clone(), with_resources(value, each)?));
            Val::Record(fields.iter().map(field).collect::<wasmtime::Result<_>>()?)
        }
        Val::Variant(case, value) => Val::Variant(case.clone(), maybe(value, each)?),
        Val::Option(value) => Val::Option(maybe(value, each)?),
        Val::Result(Ok(value)) => Val::Result(Ok(maybe(value, each)?)),
        Val::Result(Err(value)) => Val::Result(Err(maybe(value, each)?)),
        plain => plain.clone(),
    })
}

fn all(values: &[Val], each: &mut Each<'_>) -> wasmtime::Result<Vec<Val>> {
    values.iter().map(|value| with_resources(value, each)).collect()
}

fn maybe(value: &Option<Box<Val>>, each: &mut Each<'_>) -> wasmtime::Result<Option<Box<Val>>> {
    value.as_ref().map(|value| with_resources(value, each).map(Box::new)).transpose()
}

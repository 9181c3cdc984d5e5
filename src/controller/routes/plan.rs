//! Which slices a Service is to have, and what has to be written for that. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::api::discovery::v1::EndpointSlice;
use serde_json::Value;

use super::Service;
use super::address::Endpoint;
use super::slice::{Content, Family, Slice, patch, render};
use crate::controller::effect::Version;
use crate::controller::naming;
use crate::controller::objects::ObjectKey;

/// Addresses in one slice: kube-apiserver takes no more.
pub const LIMIT: usize = 1_000;

/// One write to an EndpointSlice.
#[derive(Clone, Debug, PartialEq)]
pub enum SliceWrite {
    /// Create it.
    Create(Box<EndpointSlice>),
    /// Merge-patch it, as the version that was decided on.
    Patch(ObjectKey, Value),
    /// Delete it, as the version that was decided on.
    Delete(Version),
}

/// The addresses a Service leads to, by family and port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(BTreeMap<(Family, u16), BTreeSet<String>>);

impl FromIterator<Endpoint> for Wanted {
    fn from_iter<I: IntoIterator<Item = Endpoint>>(endpoints: I) -> Self {
        let mut groups = BTreeMap::<_, BTreeSet<String>>::new();
        for Endpoint { ip, port } in endpoints {
            groups.entry((Family::of(ip), port)).or_default().insert(ip.to_string());
        }
        Self(groups)
    }
}

/// What has to be written so that the Service has the slices it is to have. What goes away goes last, so that no address
/// that moves from one slice to another is missing in between. Without a Service there are no slices; while it is being
/// deleted none is made, for they would hold up its end.
pub fn plan(service: Option<&Service>, wanted: &Wanted, existing: &[&Arc<Slice>]) -> Vec<SliceWrite> {
    plan_within(LIMIT, service, wanted, existing)
}

/// The same with a limit of addresses in one slice.
pub(super) fn plan_within(
    limit: usize,
    service: Option<&Service>,
    wanted: &Wanted,
    existing: &[&Arc<Slice>],
) -> Vec<SliceWrite> {
    let delete = |slice: &Slice| SliceWrite::Delete(Version::of(slice));
    let Some(service) = service else { return existing.iter().map(|slice| delete(slice)).collect() };
    let there: BTreeMap<&str, &Slice> = existing.iter().map(|slice| (slice.name(), &***slice)).collect();
    let contents = contents(limit, service.name(), wanted, &there);
    let mut writes = Vec::new();
    for content in &contents {
        let create = (!service.is_terminating()).then(|| SliceWrite::Create(Box::new(render(service, content))));
        match there.get(content.name.as_str()) {
            None => writes.extend(create),
            // The family of a slice cannot be changed.
            Some(slice) if slice.family != Some(content.family) => {
                writes.extend([delete(slice)].into_iter().chain(create))
            }
            Some(slice) if slice.says(service, content) => {}
            Some(slice) => writes.push(SliceWrite::Patch(slice.key(), patch(service, slice, content))),
        }
    }
    let kept: BTreeSet<_> = contents.iter().map(|content| content.name.as_str()).collect();
    writes.extend(there.values().filter(|slice| !kept.contains(slice.name())).map(|slice| delete(slice)));
    writes
}

/// The slices there are to be.
fn contents(limit: usize, service: &str, wanted: &Wanted, there: &BTreeMap<&str, &Slice>) -> Vec<Content> {
    let upstreams = naming::upstream_slice(service);
    let first = first_port(wanted, there.get(upstreams.as_str()).copied());
    let mut contents = Vec::new();
    for ((family, port), addresses) in &wanted.0 {
        let own = format!("{upstreams}-{}-{port}", family.as_str().to_ascii_lowercase());
        let name = |index: usize| match index {
            0 if *family == Family::IPv4 && Some(*port) == first => upstreams.clone(),
            0 => own.clone(),
            index => format!("{own}-{index}"),
        };
        for (index, addresses) in share_out(limit, addresses, &name, there) {
            contents.push(Content { name: name(index), family: *family, port: *port, addresses });
        }
    }
    contents
}

/// The port whose slice has the name that upstream's operator uses: the one it has now as long as there is any use for
/// it, else the one with most addresses.
fn first_port(wanted: &Wanted, there: Option<&Slice>) -> Option<u16> {
    let of_family = wanted.0.iter().filter(|((family, _), _)| *family == Family::IPv4);
    let most = || of_family.max_by_key(|((_, port), addresses)| (addresses.len(), std::cmp::Reverse(*port)));
    let now = there.filter(|slice| slice.family == Some(Family::IPv4)).and_then(|slice| slice.ports.first());
    let now =
        now.and_then(|port| u16::try_from(*port).ok()).filter(|port| wanted.0.contains_key(&(Family::IPv4, *port)));
    now.or_else(|| most().map(|((_, port), _)| *port))
}

/// Addresses over as many slices as they need. While there are several, each keeps those it has, so that one change is
/// one write; the first is never without any.
fn share_out(
    limit: usize,
    addresses: &BTreeSet<String>,
    name: &impl Fn(usize) -> String,
    there: &BTreeMap<&str, &Slice>,
) -> Vec<(usize, BTreeSet<String>)> {
    if addresses.len() <= limit {
        return vec![(0, addresses.clone())];
    }
    let mut rest = addresses.clone();
    let most = there.len() + addresses.len().div_ceil(limit);
    let mut shares: Vec<BTreeSet<String>> = Vec::with_capacity(most);
    for index in 0..most {
        let now = there.get(name(index).as_str()).map(|slice| &slice.addresses);
        let kept: BTreeSet<_> =
            now.into_iter().flatten().filter(|kept| rest.contains(*kept)).take(limit).cloned().collect();
        rest.retain(|address| !kept.contains(address));
        shares.push(kept);
    }
    let mut rest = rest.into_iter();
    for share in &mut shares {
        let room = limit - share.len();
        share.extend(rest.by_ref().take(room));
    }
    if shares[0].is_empty()
        && let Some(last) = shares.iter().rposition(|share| !share.is_empty())
    {
        shares.swap(0, last);
    }
    shares.into_iter().enumerate().filter(|(_, share)| !share.is_empty()).collect()
}

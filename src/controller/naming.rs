//! Names of children, and references to their owners.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use crate::api::Kind;
use crate::api::names::API_VERSION;

/// Kubernetes' alphabet for generated names: no vowels, so no words.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Digits of a 32-bit number in base 27.
const DIGITS: usize = 7;
/// The longest name, with room for the children's children.
const LONGEST_BASE: usize = 253 - 2 * (DIGITS + 1);

/// `BASE-xxxxxxx`, the last part being a hash of `parts`: the same parts give the same name.
pub fn child(base: &str, parts: &[&str]) -> String {
    let cut = base.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_BASE).last().unwrap_or_default();
    let base = if base.len() > LONGEST_BASE { base[..cut].trim_end_matches(['-', '.']) } else { base };
    format!("{base}-{}", digest(parts))
}

/// A short word that tells these parts from others.
pub fn digest(parts: &[&str]) -> String {
    encode(hash(parts))
}

/// The name that upstream's operator gives to the EndpointSlice of a Service.
pub fn upstream_slice(service: &str) -> String {
    let cut = service.get(..54).unwrap_or(service);
    format!("{cut}-{:08x}", fnv1a(service.bytes()))
}

/// FNV-1a over the parts, each ended by a zero byte.
fn hash(parts: &[&str]) -> u32 {
    fnv1a(parts.iter().flat_map(|part| part.bytes().chain([0])))
}

fn fnv1a(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn encode(mut number: u32) -> String {
    let mut digits = [ALPHABET[0]; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(number % 27) as usize];
        number /= 27;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// A reference to an owner, as its controller or, for replica sets that are history, not as such.
pub fn controller_reference(kind: Kind, name: &str, uid: &str, controller: bool) -> OwnerReference {
    OwnerReference {
        api_version: API_VERSION.to_owned(),
        kind: kind.name().to_owned(),
        name: name.to_owned(),
        uid: uid.to_owned(),
        controller: Some(controller),
        block_owner_deletion: Some(true),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_stable_valid_and_rarely_meet() {
        assert_eq!(child("web", &["u", "0"]), child("web", &["u", "0"]));
        assert_ne!(child("web", &["u", "0"]), child("web", &["u", "1"]));
        assert_ne!(child("web", &["ab", "c"]), child("web", &["a", "bc"]));
        let names: BTreeSet<_> = (0..10_000).map(|n| child("web", &["uid", &n.to_string()])).collect();
        assert!(names.len() >= 9_995);
        assert!(names.iter().all(|name| crate::hosts::is_object_name(name)));
    }

    #[test]
    fn slices_are_named_as_upstream_names_them() {
        assert_eq!(upstream_slice("front"), "front-e179dbd8", "as in a dump of what upstream's operator left");
        let long = "a".repeat(63);
        assert_eq!(upstream_slice(&long).len(), 63);
        assert!(upstream_slice(&long).starts_with(&format!("{}-", "a".repeat(54))));
        assert_ne!(upstream_slice(&long), upstream_slice(&"a".repeat(62)), "the hash is over the whole name");
    }

    #[test]
    fn long_names_leave_room_for_grandchildren() {
        let long = "a".repeat(253);
        let set = child(&long, &["x"]);
        let workload = child(&set, &["y"]);
        assert!(workload.len() <= 253, "{}", workload.len());
        assert!(crate::hosts::is_object_name(&workload));
        assert!(child(&format!("{}-.bbbbbbbbbbbbbbbbbbbbb", "a".repeat(236)), &["x"]).contains("a-"));
    }
}

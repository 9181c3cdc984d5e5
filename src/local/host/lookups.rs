//! `wasi:sockets/ip-name-lookup` for the names of `allowedIpNameLookups`, and for no other.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::Network;
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{Host, ResolveAddressStream};
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::sockets::WasiSocketsView;

use super::guest::Guest;

/// An entry of `allowedIpNameLookups`: `*`, a name, `*.` and a name, or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AllowedName {
    /// All.
    Any,
    /// In lower case; an address as Rust writes it.
    Exact(String),
    /// With its leading dot.
    Below(String),
}

impl AllowedName {
    /// Reads an entry.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn parse(entry: &str) -> Result<Self, String> {
        let entry = entry.trim();
        match entry.strip_prefix("*.") {
            _ if entry == "*" => Ok(Self::Any),
            Some(suffix) => name(suffix).map(|suffix| Self::Below(format!(".{suffix}"))),
            None => name(entry).map(Self::Exact),
        }
    }

    /// Whether a name may be looked up.
    pub(super) fn admits(&self, asked: &str) -> bool {
        let asked = canonical(asked);
        match self {
            Self::Any => true,
            Self::Exact(name) => *name == asked,
            Self::Below(suffix) => {
                asked.len() > suffix.len() && asked.ends_with(suffix) && asked.parse::<std::net::IpAddr>().is_err()
            }
        }
    }
}

fn name(text: &str) -> Result<String, String> {
    let name = canonical(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good = name.parse::<std::net::IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label));
    if good { Ok(name) } else { Err(format!("`{text}` is no host name: it has no scheme, port or path")) }
}

fn canonical(text: &str) -> String {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    name.parse::<std::net::IpAddr>().map_or(name, |address| address.to_string())
}

type Resolved = Result<Resource<ResolveAddressStream>, ErrorCode>;

/// Puts it in the place of wasmtime's own, which knows no names.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut interface = linker.instance("wasi:sockets/ip-name-lookup@0.2.12")?;
    interface.func_wrap("resolve-addresses", |mut store: StoreContextMut<'_, Guest>, (network, name)| {
        Ok((resolve(store.data_mut(), network, name)?,))
    })
}

fn resolve(guest: &mut Guest, network: Resource<Network>, name: String) -> wasmtime::Result<Resolved> {
    if !guest.spec().network.lookups.iter().any(|allowed| allowed.admits(&name)) {
        return Ok(Err(ErrorCode::PermanentResolverFailure));
    }
    match guest.sockets().resolve_addresses(network, name) {
        Ok(stream) => Ok(Ok(stream)),
        Err(error) => error.downcast().map(Err),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_admitted_as_wash_admits_them() {
        for (entry, asked, admitted) in [
            ("*", "anything", true),
            ("example.com", "EXAMPLE.com.", true),
            ("example.com", "api.example.com", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "evilexample.com", false),
            ("*.4", "1.2.3.4", false),
            ("::1", "0:0:0:0:0:0:0:1", true),
            ("127.0.0.1", "127.0.0.2", false),
        ] {
            assert_eq!(AllowedName::parse(entry).unwrap().admits(asked), admitted, "{entry} for {asked}");
        }
        for entry in ["", "*com", "https://a", "a:80", "a/b", "a..b", "-a"] {
            assert!(AllowedName::parse(entry).is_err(), "{entry}");
        }
    }
}

//! `wasi:sockets/ip-name-lookup` for the names of `allowedIpNameLookups`, and for no other.

use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    self, Host, HostResolveAddressStream, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{self, ErrorCode, IpAddress};
use wasmtime_wasi::p2::{DynPollable, Network, SocketError};
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

impl Host for Guest {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> Result<Resource<ResolveAddressStream>, SocketError> {
        if !self.spec().network.lookups.iter().any(|allowed| allowed.admits(&name)) {
            return Err(ErrorCode::PermanentResolverFailure.into());
        }
        self.sockets().resolve_addresses(network, name)
    }
}

impl network::Host for Guest {
    fn convert_error_code(&mut self, error: SocketError) -> wasmtime::Result<ErrorCode> {
        self.sockets().convert_error_code(error)
    }

    fn network_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        self.sockets().network_error_code(error)
    }
}

impl network::HostNetwork for Guest {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        network::HostNetwork::drop(&mut self.sockets(), network)
    }
}

impl HostResolveAddressStream for Guest {
    fn resolve_next_address(
        &mut self,
        stream: Resource<ResolveAddressStream>,
    ) -> Result<Option<IpAddress>, SocketError> {
        self.sockets().resolve_next_address(stream)
    }

    fn subscribe(&mut self, stream: Resource<ResolveAddressStream>) -> wasmtime::Result<Resource<DynPollable>> {
        HostResolveAddressStream::subscribe(&mut self.sockets(), stream)
    }

    fn drop(&mut self, stream: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        HostResolveAddressStream::drop(&mut self.sockets(), stream)
    }
}

/// Gives it to components in place of wasmtime's own.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    ip_name_lookup::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)
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

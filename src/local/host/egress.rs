//! Where a component may send requests: `allowedHosts` as a `wash host` reads it, and nothing beyond.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::program::Program;
use http::uri::Authority;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

/// An entry of `allowedHosts`: `*`, `host[:port]`, `*.suffix[:port]`, each with or without `scheme://` before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AllowedHost {
    scheme: Option<String>,
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Any,
    Exact(String),
    /// With its leading dot; at least one label comes before it.
    Below(String),
}

impl AllowedHost {
    /// Reads an entry.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn parse(entry: &str) -> Result<Self, String> {
        let entry = entry.trim();
        if entry == "*" {
            return Ok(Self { scheme: None, name: Name::Any, port: None });
        }
        let (scheme, rest) = match entry.split_once("://") {
            Some((scheme, rest)) => (Some(parse_scheme(scheme)?), rest.strip_suffix('/').unwrap_or(rest)),
            None => (None, entry),
        };
        if rest.contains(['/', '?', '#', '@']) {
            return Err("it names a host, so it has no path, query, fragment or user".to_owned());
        }
        let (below, authority) = match rest.strip_prefix("*.") {
            Some(suffix) => (true, suffix),
            None => (false, rest),
        };
        if authority.contains('*') {
            return Err("`*` stands alone or as `*.` before a name".to_owned());
        }
        let (host, port) = parse_authority(authority)?;
        let name = if below { Name::Below(format!(".{host}")) } else { Name::Exact(host) };
        let port = port.filter(|port| default_port(scheme.as_deref()) != Some(*port));
        Ok(Self { scheme, name, port })
    }

    /// Whether a request may go there.
    pub(super) fn admits(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host() else { return false };
        let scheme = match (&self.scheme, uri.scheme_str()) {
            (Some(allowed), Some(asked)) => allowed.eq_ignore_ascii_case(asked),
            _ => true,
        };
        scheme && self.name.admits(&host.to_ascii_lowercase()) && (self.port.is_none() || self.port == uri.port_u16())
    }

    /// Whether a socket may connect there: only a literal address or `*` can say so.
    pub(super) fn admits_address(&self, address: SocketAddr) -> bool {
        let name = match &self.name {
            Name::Any => !is_special(address.ip()),
            Name::Exact(name) => unbracketed(name)
                .parse::<IpAddr>()
                .is_ok_and(|allowed| allowed.to_canonical() == address.ip().to_canonical()),
            Name::Below(_) => false,
        };
        name && self.port.is_none_or(|port| port == address.port())
    }
}

impl Name {
    fn admits(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => name == host,
            Self::Below(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
        }
    }
}

fn parse_scheme(scheme: &str) -> Result<String, String> {
    scheme.parse::<http::uri::Scheme>().map_err(|_| format!("`{scheme}` is no scheme"))?;
    Ok(scheme.to_ascii_lowercase())
}

fn parse_authority(text: &str) -> Result<(String, Option<u16>), String> {
    if text.is_empty() || text.starts_with(':') {
        return Err("the host is missing".to_owned());
    }
    let authority: Authority = text.parse().map_err(|_| format!("`{text}` is no host"))?;
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16();
    if port.is_none() && text.len() > authority.host().len() {
        return Err(format!("the port of `{text}` is none"));
    }
    Ok((host, port))
}

fn default_port(scheme: Option<&str>) -> Option<u16> {
    match scheme {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// The machine itself, its link, and what is no single machine: `*` does not speak of them.
fn is_special(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.octets()[0] >= 240
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || v6.is_unicast_link_local(),
    }
}

/// What a component's outgoing requests go through.
pub(super) struct Outgoing {
    program: Arc<Program>,
    index: usize,
}

impl Outgoing {
    /// Of a component of a program.
    pub(super) fn new(program: &Arc<Program>, index: usize) -> Self {
        Self { program: program.clone(), index }
    }
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Box<dyn Future<Output = Result<(Response<WasiBody>, Io), Error>> + Send>;

impl WasiHttpHooks for Outgoing {
    fn send_request(&mut self, request: Request<WasiBody>, options: Option<RequestOptions>, _: Io) -> Sent {
        let spec = &self.program.parts[self.index];
        if !spec.network.hosts.iter().any(|entry| entry.admits(request.uri())) {
            let (workload, component) = (self.program.log.workload(), spec.name.as_str());
            let host = request.uri().host().unwrap_or_default();
            if self.program.log.admits() {
                tracing::warn!(target: "workload", workload, component, host, "request denied by allowedHosts");
            }
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, io) = default_send_request(request, options).await?;
            Ok((response.map(BodyExt::boxed_unsync), Box::new(io) as Io))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(entry: &str, uri: &str) -> bool {
        AllowedHost::parse(entry).unwrap().admits(&uri.parse().unwrap())
    }

    #[test]
    fn each_form_admits_what_it_names() {
        for (entry, uri, expected) in [
            ("*", "http://anything:1/", true),
            ("example.com", "https://Example.COM/x", true),
            ("example.com", "http://example.com:8080/", true),
            ("example.com", "http://evil.com/", false),
            ("example.com", "http://sub.example.com/", false),
            ("example.com:8080", "http://example.com:8080/", true),
            ("example.com:8080", "http://example.com/", false),
            ("*.example.com", "http://a.b.example.com/", true),
            ("*.example.com", "http://example.com/", false),
            ("*.example.com", "http://badexample.com/", false),
            ("*.example.com:81", "http://a.example.com:82/", false),
            ("https://example.com", "https://example.com/", true),
            ("https://example.com/", "http://example.com/", false),
            ("https://example.com:443", "https://example.com/", true),
            ("https://*.example.com", "https://a.example.com/", true),
            ("https://*.example.com", "http://a.example.com/", false),
            ("127.0.0.1:9", "http://127.0.0.1:9/", true),
            ("[::1]:9", "http://[::1]:9/", true),
        ] {
            assert_eq!(admits(entry, uri), expected, "{entry} for {uri}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_with_the_reason() {
        for (entry, reason) in [
            ("", "the host is missing"),
            ("https://a/b", "no path"),
            ("user@host", "user"),
            ("a?b", "query"),
            ("*com", "stands alone"),
            ("a.*.b", "stands alone"),
            ("host:99999", "port"),
            ("host:", "port"),
            ("ht tp://host", "scheme"),
        ] {
            let error = AllowedHost::parse(entry).unwrap_err();
            assert!(error.contains(reason), "{entry}: {error}");
        }
    }

    #[test]
    fn a_socket_goes_to_literal_addresses_only() {
        let admits =
            |entry: &str, address: &str| AllowedHost::parse(entry).unwrap().admits_address(address.parse().unwrap());
        assert!(admits("10.0.0.1:5432", "10.0.0.1:5432"));
        assert!(!admits("10.0.0.1:5432", "10.0.0.1:5433"));
        assert!(admits("10.0.0.1", "[::ffff:10.0.0.1]:1"));
        assert!(admits("[::1]", "[::1]:1"));
        assert!(!admits("db.example.com", "10.0.0.1:1"));
        assert!(!admits("*.example.com", "10.0.0.1:1"));
        assert!(admits("*", "93.184.216.34:1"));
        for special in ["127.0.0.1:1", "169.254.169.254:80", "0.0.0.0:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert!(!admits("*", special), "{special}");
        }
    }
}

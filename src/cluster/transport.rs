//! The HTTP client: errors that name the server, warnings that reach the user.

mod direct;

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Response};
use kube::client::ClientBuilder;
use kube::{Client, Config};
use tower::util::{MapErrLayer, MapResponseLayer};

use crate::error::{Error, TransportError, without_client};

use direct::direct;

type Answer = Response<Box<kube::client::DynBody>>;

/// Builds the client.
pub(super) fn client(mut config: Config, warn: Arc<dyn Fn(&str) + Send + Sync>) -> Result<Client, Error> {
    // To itself a machine sends faster than it compresses.
    config.disable_compression |= is_loopback(&config);
    let (server, exec) = (address(&config.cluster_url), config.auth_info.exec.clone());
    let proxy = config.proxy_url.as_ref().map(address);
    let name_server =
        move |source| tower::BoxError::from(TransportError { server: server.clone(), proxy: proxy.clone(), source });
    let pass_warnings = move |response: Answer| {
        for text in warnings(response.headers()) {
            warn(&text);
        }
        response
    };
    let built = if config.proxy_url.is_some() { ClientBuilder::try_from(config) } else { direct(&config) };
    let builder = built.map_err(|error| without_client(error, exec.as_ref()))?;
    let builder = builder.with_layer(&MapErrLayer::new(name_server)).with_layer(&MapResponseLayer::new(pass_warnings));
    Ok(builder.build())
}

fn is_loopback(config: &Config) -> bool {
    let host = config.cluster_url.host().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Host and port, as kubectl names a server.
fn address(url: &http::Uri) -> String {
    let port = match (url.port_u16(), url.scheme_str()) {
        (Some(port), _) => port,
        (None, Some("http")) => 80,
        (None, _) => 443,
    };
    format!("{}:{port}", url.host().unwrap_or("localhost"))
}

/// What the server warns of: the texts of `Warning: 299 - "text"` headers.
fn warnings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(http::header::WARNING).into_iter().filter_map(|value| value.to_str().ok());
    values.filter_map(warning_text).collect()
}

fn warning_text(value: &str) -> Option<String> {
    let quoted = value.strip_prefix("299 ")?.split_once(' ')?.1;
    let inner = quoted.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(text),
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_unquoted() {
        assert_eq!(warning_text(r#"299 - "unknown field \"spec.x\"""#).as_deref(), Some(r#"unknown field "spec.x""#));
        assert_eq!(warning_text(r#"199 - "misc""#), None);
        assert_eq!(warning_text("299 - unquoted"), None);
        assert_eq!(warning_text(r#"299 - "open"#), None);
    }

    #[test]
    fn this_machine_is_known_by_its_addresses() {
        let local = |url: &str| is_loopback(&Config::new(url.parse().unwrap()));
        assert!(local("https://127.0.0.1:6443") && local("https://[::1]:6443") && local("http://localhost"));
        assert!(!local("https://10.0.0.1") && !local("https://localhost.example.com"));
    }

    #[test]
    fn servers_are_named_with_their_port() {
        let named = |url: &str| address(&url.parse().unwrap());
        assert_eq!(named("https://127.0.0.1:6443"), "127.0.0.1:6443");
        assert_eq!(named("https://example.com"), "example.com:443");
        assert_eq!(named("http://example.com"), "example.com:80");
    }
}

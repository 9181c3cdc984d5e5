//! Where a host answers HTTP, as an EndpointSlice can say it.

use std::fmt;
use std::net::IpAddr;

/// An address and a port that a Service can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The address; never an IPv4 address in IPv6 clothes.
    pub ip: IpAddr,
    /// The port of the host's HTTP server.
    pub port: u16,
}

/// Why no Service can lead to a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoEndpoint {
    /// It reports no HTTP port.
    NoPort,
    /// It reports no hostname.
    NoHostname,
    /// Its hostname is no address, and no Pod is known by it.
    NoPod(String),
    /// Its address is one that Kubernetes takes for no endpoint.
    Unroutable(IpAddr, &'static str),
}

impl fmt::Display for NoEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPort => f.write_str("it reports no port of an HTTP server"),
            Self::NoHostname => f.write_str("it reports no hostname"),
            Self::NoPod(name) => write!(f, "its hostname \"{name}\" is no IP address, and no Pod is known by it"),
            Self::Unroutable(ip, range) => {
                write!(f, "its address {ip} is {range}, which Kubernetes takes for no endpoint")
            }
        }
    }
}

/// The endpoint of a host that reports that hostname and port. A name that is no address is looked up among Pods.
///
/// # Errors
/// Says why the host can have none.
pub fn endpoint(
    hostname: &str,
    port: Option<u64>,
    allow_loopback: bool,
    pod_ip: impl Fn(&str) -> Option<IpAddr>,
) -> Result<Endpoint, NoEndpoint> {
    let port = port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0).ok_or(NoEndpoint::NoPort)?;
    if hostname.is_empty() {
        return Err(NoEndpoint::NoHostname);
    }
    let ip = hostname.parse().ok().or_else(|| pod_ip(hostname));
    let ip = ip.ok_or_else(|| NoEndpoint::NoPod(hostname.to_owned()))?.to_canonical();
    match unroutable(ip) {
        Some(LOOPBACK) if allow_loopback => Ok(Endpoint { ip, port }),
        Some(range) => Err(NoEndpoint::Unroutable(ip, range)),
        None => Ok(Endpoint { ip, port }),
    }
}

const LOOPBACK: &str = "a loopback address";

/// What kube-apiserver refuses in an endpoint (`ValidateEndpointIP` in pkg/apis/core/validation), and what reaches more
/// than one machine.
fn unroutable(ip: IpAddr) -> Option<&'static str> {
    let link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    if ip.is_loopback() {
        Some(LOOPBACK)
    } else if ip.is_unspecified() {
        Some("the unspecified address")
    } else if link_local {
        Some("a link-local address")
    } else if ip.is_multicast() {
        Some("a multicast address")
    } else if matches!(ip, IpAddr::V4(ip) if ip.is_broadcast()) {
        Some("the broadcast address")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hostname: &str, port: u64) -> Result<String, String> {
        let pods = |name: &str| match name {
            "host-0" => "10.1.2.3".parse().ok(),
            "host-lo" => "127.0.0.1".parse().ok(),
            _ => None,
        };
        let endpoint = endpoint(hostname, Some(port), false, pods).map_err(|why| why.to_string())?;
        Ok(format!("{} {}", endpoint.ip, endpoint.port))
    }

    #[test]
    fn an_address_is_taken_as_it_is_in_one_spelling() {
        assert_eq!(of("10.77.1.3", 8000).unwrap(), "10.77.1.3 8000");
        assert_eq!(of("2001:DB8:0::7", 65535).unwrap(), "2001:db8::7 65535");
        assert_eq!(of("::ffff:10.0.0.1", 80).unwrap(), "10.0.0.1 80", "an IPv4 address in IPv6 clothes");
    }

    #[test]
    fn a_name_is_looked_up_among_pods() {
        assert_eq!(of("host-0", 80).unwrap(), "10.1.2.3 80");
        assert_eq!(
            of("host-9", 80).unwrap_err(),
            "its hostname \"host-9\" is no IP address, and no Pod is known by it"
        );
        assert!(of("host-lo", 80).unwrap_err().contains("loopback"), "what a Pod says is not trusted more");
    }

    #[test]
    fn what_the_api_server_refuses_is_named_and_left_out() {
        for (hostname, range) in [
            ("127.0.0.1", "a loopback address"),
            ("127.8.8.8", "a loopback address"),
            ("::1", "a loopback address"),
            ("::ffff:127.0.0.1", "a loopback address"),
            ("0.0.0.0", "the unspecified address"),
            ("::", "the unspecified address"),
            ("169.254.1.1", "a link-local address"),
            ("fe80::1", "a link-local address"),
            ("224.0.0.5", "a multicast address"),
            ("239.1.1.1", "a multicast address"),
            ("ff02::1", "a multicast address"),
            ("255.255.255.255", "the broadcast address"),
        ] {
            let why = of(hostname, 80).unwrap_err();
            assert!(
                why.contains(range) && why.ends_with("which Kubernetes takes for no endpoint"),
                "{hostname}: {why}"
            );
        }
    }

    #[test]
    fn loopback_is_taken_where_hosts_listen_on_nothing_else() {
        let lax = |hostname| endpoint(hostname, Some(80), true, |_| None);
        assert!(lax("127.0.0.1").is_ok() && lax("::1").is_ok());
        assert!(lax("0.0.0.0").is_err());
    }

    #[test]
    fn a_host_without_a_port_or_a_name_has_none() {
        let none = |hostname, port| endpoint(hostname, port, false, |_| None).unwrap_err();
        assert_eq!(none("10.0.0.1", None), NoEndpoint::NoPort);
        assert_eq!(none("10.0.0.1", Some(0)), NoEndpoint::NoPort);
        assert_eq!(none("10.0.0.1", Some(65_536)), NoEndpoint::NoPort);
        assert_eq!(none("", Some(80)), NoEndpoint::NoHostname);
    }
}

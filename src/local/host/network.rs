//! What a component may do with sockets. All of it is on the machine's own network, where a `wash host` gives each
//! workload a loopback of its own: so a service listens on 127.0.0.1 and the components of its workload reach it there.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use super::egress::AllowedHost;
use super::lookups::AllowedName;

/// A port of the machine's loopback that a component may connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LoopbackPort {
    port: u16,
    udp: bool,
}

impl LoopbackPort {
    /// Reads an entry of `allowedHostLoopbackPorts`: `5432`, `5432/tcp`, `53/udp`.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn parse(entry: &str) -> Result<Self, String> {
        let (port, protocol) = entry.trim().split_once('/').unwrap_or((entry.trim(), "tcp"));
        let udp = match protocol.trim().to_ascii_lowercase().as_str() {
            "tcp" => false,
            "udp" => true,
            other => return Err(format!("`{other}` is neither tcp nor udp")),
        };
        match port.trim().parse() {
            Ok(port) if port > 0 => Ok(Self { port, udp }),
            _ => Err(format!("`{}` is no port from 1 to 65535", port.trim())),
        }
    }
}

/// What a service of a workload listens on.
#[derive(Default)]
pub(super) struct Listening {
    ports: Mutex<BTreeSet<u16>>,
    refused: Mutex<Option<String>>,
    changed: Notify,
}

impl Listening {
    /// Whether the service listens on a port.
    fn on(&self, port: u16) -> bool {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).contains(&port)
    }

    /// Ends when it listens on some port.
    pub(super) async fn started(&self) {
        loop {
            let changed = self.changed.notified();
            if !self.ports.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            changed.await;
        }
    }

    /// Forgets the ports: the service has ended. Answers why it was refused a port, when it was.
    pub(super) fn ended(&self) -> Option<String> {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn opened(&self, port: u16) {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner).insert(port);
        self.changed.notify_waiters();
    }

    fn refuse(&self, reason: String) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// The rights of one component.
#[derive(Clone)]
pub(super) struct Network {
    /// It is the service, which may listen.
    pub(super) listens: bool,
    /// What the service of its workload listens on.
    pub(super) listening: Arc<Listening>,
    /// `allowedHosts`.
    pub(super) hosts: Arc<[AllowedHost]>,
    /// `allowedHostLoopbackPorts`.
    pub(super) loopback: Arc<[LoopbackPort]>,
    /// `allowedIpNameLookups`.
    pub(super) lookups: Arc<[AllowedName]>,
}

impl Network {
    /// Gives a component its rights.
    pub(super) fn apply(&self, wasi: &mut WasiCtxBuilder) {
        let network = self.clone();
        wasi.allow_tcp(true).allow_udp(true).allow_ip_name_lookup(!self.lookups.is_empty());
        wasi.socket_addr_check(move |address, purpose| {
            let admitted = network.admits(address, purpose);
            Box::pin(async move { admitted })
        });
    }

    fn admits(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        match purpose {
            SocketAddrUse::TcpConnect => self.reaches(address, false),
            SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => self.reaches(address, true),
            SocketAddrUse::TcpAccept => self.listens && address.ip().to_canonical().is_loopback(),
            SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => is_implicit(address) || self.binds(address),
            SocketAddrUse::TcpListen => {
                let admitted = self.binds(address);
                if admitted {
                    self.listening.opened(address.port());
                }
                admitted
            }
        }
    }

    fn reaches(&self, address: SocketAddr, udp: bool) -> bool {
        if address.ip().to_canonical().is_loopback() {
            let named = self.loopback.iter().any(|allowed| allowed.port == address.port() && allowed.udp == udp);
            return named || self.listening.on(address.port()) || self.named(address) || (udp && self.listens);
        }
        self.named(address)
    }

    fn named(&self, address: SocketAddr) -> bool {
        self.hosts.iter().any(|host| host.admits_address(address))
    }

    fn binds(&self, address: SocketAddr) -> bool {
        if !self.listens {
            return false;
        }
        if !address.ip().to_canonical().is_loopback() {
            self.listening.refuse(format!("it may listen on 127.0.0.1 only, not on {address}"));
            return false;
        }
        if address.port() != 0 && is_taken(address) {
            self.listening.refuse(format!("{address} is already in use on this machine"));
        }
        true
    }
}

/// What the operating system binds of its own accord before it connects.
fn is_implicit(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_unspecified() && address.port() == 0
}

/// Whether somebody listens there. Asked before the guest binds, for its own error says less.
fn is_taken(address: SocketAddr) -> bool {
    let taken = std::net::TcpListener::bind(address);
    taken.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(listens: bool, hosts: &[&str], loopback: &[&str]) -> Network {
        Network {
            listens,
            listening: Arc::default(),
            hosts: hosts.iter().map(|entry| AllowedHost::parse(entry).unwrap()).collect(),
            loopback: loopback.iter().map(|entry| LoopbackPort::parse(entry).unwrap()).collect(),
            lookups: Arc::new([]),
        }
    }

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    #[test]
    fn ports_are_read_as_wash_reads_them() {
        assert_eq!(LoopbackPort::parse(" 5432 / TCP "), Ok(LoopbackPort { port: 5432, udp: false }));
        assert_eq!(LoopbackPort::parse("53/udp"), Ok(LoopbackPort { port: 53, udp: true }));
        for entry in ["", "0", "70000", "1-2", "*", "53/sctp"] {
            assert!(LoopbackPort::parse(entry).is_err(), "{entry}");
        }
    }

    #[test]
    fn a_component_reaches_what_is_named_and_the_service_of_its_workload() {
        let component = network(false, &["10.0.0.1:5432"], &["6379"]);
        let connects = |address| component.admits(at(address), SocketAddrUse::TcpConnect);
        assert!(connects("10.0.0.1:5432") && connects("127.0.0.1:6379"));
        assert!(!connects("10.0.0.1:1") && !connects("127.0.0.1:9000"));
        component.listening.opened(9000);
        assert!(connects("127.0.0.1:9000"));
        component.listening.ended();
        assert!(!connects("127.0.0.1:9000"));
        assert!(!component.admits(at("127.0.0.1:6379"), SocketAddrUse::UdpSend), "the entry is of TCP");
        assert!(!component.admits(at("127.0.0.1:0"), SocketAddrUse::TcpBind), "only a service listens");
        assert!(component.admits(at("0.0.0.0:0"), SocketAddrUse::TcpBind), "before it connects");
    }

    #[test]
    fn a_service_listens_on_loopback_only() {
        let service = network(true, &[], &[]);
        assert!(!service.admits(at("0.0.0.0:9000"), SocketAddrUse::TcpBind));
        assert_eq!(service.listening.ended().unwrap(), "it may listen on 127.0.0.1 only, not on 0.0.0.0:9000");
        assert!(!service.admits(at("0.0.0.0:0"), SocketAddrUse::TcpListen));
        assert!(service.admits(at("127.0.0.1:0"), SocketAddrUse::TcpBind));
        assert!(service.admits(at("127.0.0.1:9000"), SocketAddrUse::TcpListen));
        assert!(!service.admits(at("10.0.0.9:40000"), SocketAddrUse::TcpAccept));
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let service = network(true, &[], &[]);
        assert!(service.admits(address, SocketAddrUse::TcpBind), "the guest learns it from the operating system");
        assert_eq!(service.listening.ended().unwrap(), format!("{address} is already in use on this machine"));
    }
}

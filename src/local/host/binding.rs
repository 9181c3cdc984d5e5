//! `wasi:sockets` of services: a `wash host` gives each workload a network of its own, on which a service may as well
//! listen on all addresses. Here that is the machine's, so it listens on loopback and is found there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpSocketAddress};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::HostUdpSocket;
use wasmtime_wasi::p2::{Network, SocketError, TcpSocket, UdpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use super::guest::Guest;

type Bound = wasmtime::Result<(Result<(), ErrorCode>,)>;

/// Puts it in the place of wasmtime's own, which binds what it is told.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.instance("wasi:sockets/tcp@0.2.12")?.func_wrap_async(
        "[method]tcp-socket.start-bind",
        |mut store: StoreContextMut<'_, Guest>,
         (socket, network, address): (Resource<TcpSocket>, Resource<Network>, IpSocketAddress)| {
            Box::new(async move {
                let address = on_loopback(address.into());
                let mut sockets = store.data_mut().sockets();
                bound(HostTcpSocket::start_bind(&mut sockets, socket, network, address.into()).await)
            })
        },
    )?;
    linker.instance("wasi:sockets/udp@0.2.12")?.func_wrap_async(
        "[method]udp-socket.start-bind",
        |mut store: StoreContextMut<'_, Guest>,
         (socket, network, address): (Resource<UdpSocket>, Resource<Network>, IpSocketAddress)| {
            Box::new(async move {
                let address = on_loopback(address.into());
                let mut sockets = store.data_mut().sockets();
                bound(HostUdpSocket::start_bind(&mut sockets, socket, network, address.into()).await)
            })
        },
    )
}

fn bound(result: Result<(), SocketError>) -> Bound {
    match result {
        Ok(()) => Ok((Ok(()),)),
        Err(error) => error.downcast().map(|code| (Err(code),)),
    }
}

/// All addresses of the machine are those of its loopback.
fn on_loopback(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        named => named,
    };
    SocketAddr::new(ip, address.port())
}

//! A connection to a server that can be cut, held up and refused.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// What happens to connections.
#[derive(Default)]
struct Fate {
    closed: AtomicBool,
    held: Mutex<bool>,
    let_go: Condvar,
    open: Mutex<Vec<TcpStream>>,
}

/// A way to a port of this machine. Goes with the test.
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) port: u16,
    fate: Arc<Fate>,
}

impl Proxy {
    /// A way to that port.
    pub(super) fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (own, fate) = (listener.local_addr().unwrap().port(), Arc::<Fate>::default());
        let shared = fate.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let refused = shared.closed.load(Ordering::SeqCst);
                // A client that is refused, or whose server is away, sees its connection end.
                if let Some(server) = (!refused).then(|| TcpStream::connect(("127.0.0.1", port)).ok()).flatten() {
                    join(&shared, &client, &server);
                }
            }
        });
        Self { port: own, fate }
    }

    /// Ends all connections, and goes on.
    pub(super) fn cut(&self) {
        for connection in self.fate.open.lock().unwrap().drain(..) {
            // It may have ended by itself.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Lets nobody through any more, or again.
    pub(super) fn close(&self, closed: bool) {
        self.fate.closed.store(closed, Ordering::SeqCst);
        if closed {
            self.cut();
        }
    }

    /// Holds up all that is said, in both directions, or lets it go.
    pub(super) fn hold(&self, held: bool) {
        *self.fate.held.lock().unwrap() = held;
        self.fate.let_go.notify_all();
    }
}

fn join(fate: &Arc<Fate>, client: &TcpStream, server: &TcpStream) {
    for (from, to) in [(client, server), (server, client)] {
        let (from, to, fate) = (from.try_clone().unwrap(), to.try_clone().unwrap(), fate.clone());
        fate.open.lock().unwrap().push(from.try_clone().unwrap());
        thread::spawn(move || pump(&fate, from, to));
    }
}

fn pump(fate: &Fate, mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let held = fate.held.lock().unwrap();
        drop(fate.let_go.wait_while(held, |held| *held).unwrap());
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // The end is passed on; the other side may have ended already.
    let _ = to.shutdown(Shutdown::Both);
}

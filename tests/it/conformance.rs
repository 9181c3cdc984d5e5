//! What Kubernetes' API does, asked of two servers: the local one in this process, and a real kube-apiserver when
//! `tests/real/run` says where one is. Where the two differ, the local one is wrong.

mod agreement;
mod crud;
mod definitions;
mod discovery;
mod garbage;
mod golden;
mod lists;
mod managers;
mod server;
mod traces;
mod watches;
mod wire;

use std::pin::Pin;

use server::Server;

/// A behaviour: it fails by panicking.
type Behaviour = for<'a> fn(&'a Server) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Makes of each behaviour a test against the local server and one against the real one.
macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        mod local {
            $(
                #[test]
                fn $name() {
                    crate::conformance::against_local(stringify!($name), |server| Box::pin(super::$name(server)));
                }
            )*
        }
        mod real {
            $(
                #[test]
                #[ignore = "real servers"]
                fn $name() {
                    crate::conformance::against_real(stringify!($name), |server| Box::pin(super::$name(server)));
                }
            )*
        }
    };
}
use conformance;

/// Asks a local server of the test's own.
fn against_local(name: &str, behaviour: Behaviour) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::local(name).await;
        server.prepare().await;
        behaviour(&server).await;
    });
}

/// Asks the real server, and cleans up whatever comes of it.
fn against_real(name: &str, behaviour: Behaviour) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::real(name));
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async {
            server.prepare().await;
            behaviour(&server).await;
        });
    }));
    runtime.block_on(server.clean_up());
    if let Err(panic) = asked {
        std::panic::resume_unwind(panic);
    }
}

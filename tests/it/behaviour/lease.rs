//! Two controllers, one Lease.

use kubectl_wasmcloud::controller::leadership::Leadership;
use kubectl_wasmcloud::local::Cluster;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::local::clock;

#[tokio::test(start_paused = true)]
async fn the_second_controller_waits_for_the_first_ones_lease() {
    let cluster = Cluster::in_memory(clock).await;
    let lead = |name: &str| {
        let (sender, receiver) = watch::channel(false);
        let until = CancellationToken::new();
        let client = cluster.client("wasmcloud-system");
        let leadership = Leadership::new(client, "wasmcloud-system", name.to_owned(), sender, clock);
        (tokio::spawn(leadership.run(until.clone())), receiver, until)
    };
    let (first, mut first_leads, end_first) = lead("first");
    first_leads.wait_for(|leads| *leads).await.unwrap();
    let (_second, mut second_leads, _end_second) = lead("second");
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
    assert!(*first_leads.borrow() && !*second_leads.borrow());
    end_first.cancel();
    first.await.unwrap();
    second_leads.wait_for(|leads| *leads).await.unwrap();
}

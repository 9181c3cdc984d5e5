//! A thousand starts at once on hosts that take one at a time.

use tokio::time::Instant;

use super::{asked, no_storm};
use crate::support::judgement::{await_order, settled};
use crate::support::local::{Local, deployment};

#[tokio::test(start_paused = true)]
async fn a_thousand_starts_at_once() {
    let names: Vec<_> = (0..10).map(|number| format!("host-{number}")).collect();
    let local = Local::with_hosts(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let began = Instant::now();
    local.apply(&deployment("hello:v1", 1000)).await;
    await_order(&local, &[("hello", "hello:v1", 1000)]).await;
    let took = began.elapsed().as_secs();
    assert!(took < 10, "2 s is what the hosts take: {took} s");
    settled(&local, &[("hello", "hello:v1", 1000)]).await;
    assert_eq!((asked(&local, "start"), asked(&local, "stop")), (1000, 0), "nothing was asked for twice");
    assert!(local.hosts.running().values().all(|images| images.len() == 100), "they are spread evenly");
    no_storm(&local, 3300);
}

//! The controller is killed between any two of its steps, and another one goes on from what is on record.

use std::time::Duration;

use tokio::time::timeout;

use super::{no_storm, running};
use crate::support::faults::Dice;
use crate::support::judgement::{await_order, settled};
use crate::support::local::deployment;

const KILLS: usize = 100;
const SEED: u64 = 20_261_123;
const REPLICAS: u32 = 4;

#[tokio::test(start_paused = true)]
async fn a_hundred_kills_in_mid_rollout_lose_and_double_nothing() {
    let mut local = running(&["one", "two", "three"], REPLICAS).await;
    let (mut dice, mut killed, mut version) = (Dice(SEED), 0, 0);
    while killed < KILLS {
        version += 1;
        let image = format!("hello:version-{version}");
        local.apply(&deployment(&image, REPLICAS)).await;
        local.controller.edge.ends_after(1 + dice.below(80));
        // A rollout may have been through before that.
        killed += usize::from(timeout(Duration::from_secs(5), local.controller.edge.ended()).await.is_ok());
        local.replace_controller();
        if version % 10 == 0 {
            settled(&local, &[("hello", &image, REPLICAS as usize)]).await;
        }
    }
    let image = format!("hello:version-{version}");
    settled(&local, &[("hello", &image, REPLICAS as usize)]).await;
    assert!(version < KILLS * 2, "{version} rollouts for {KILLS} kills");
    no_storm(&local, 3500);
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_each_step_of_a_rollout_in_turn() {
    let mut local = running(&["one", "two"], 2).await;
    for steps in 1..=40 {
        local.replace_controller();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (image, before) = (format!("hello:step-{steps}"), local.hosts.starts("one") + local.hosts.starts("two"));
        local.controller.edge.ends_after(steps);
        local.apply(&deployment(&image, 2)).await;
        let _ = timeout(Duration::from_secs(1), local.controller.edge.ended()).await;
        local.replace_controller();
        await_order(&local, &[("hello", &image, 2)]).await;
        let starts = local.hosts.starts("one") + local.hosts.starts("two") - before;
        // One that was on its way when the controller died is asked for again: the host says that it exists already.
        assert!((2..=4).contains(&starts), "killed after {steps} steps: {starts} starts");
    }
    settled(&local, &[("hello", "hello:step-40", 2)]).await;
    no_storm(&local, 1500);
}

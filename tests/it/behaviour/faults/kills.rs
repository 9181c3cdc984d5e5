//! The controller is killed between any two of its steps, and another one goes on from what is on record.

use std::time::Duration;

use tokio::time::timeout;

use super::running;
use crate::support::faults::Dice;
use crate::support::judgement::settled;
use crate::support::local::deployment;

const KILLS: usize = 100;
const REPLICAS: u32 = 4;

#[tokio::test(start_paused = true)]
async fn a_hundred_kills_in_mid_rollout_lose_and_double_nothing() {
    let mut local = running(&["one", "two", "three"], REPLICAS).await;
    let (mut dice, mut killed) = (Dice(20_261_123), 0);
    for kill in 1..=KILLS {
        let image = format!("hello:kill-{kill}");
        local.apply(&deployment(&image, REPLICAS)).await;
        local.controller.edge.ends_after(1 + dice.below(150));
        killed += usize::from(timeout(Duration::from_secs(5), local.controller.edge.ended()).await.is_ok());
        local.replace_controller();
        if kill % 10 == 0 {
            settled(&local, &[("hello", &image, REPLICAS as usize)]).await;
        }
    }
    assert!(killed > KILLS * 8 / 10, "{killed} died in the middle");
}

#[tokio::test(start_paused = true)]
async fn a_kill_between_a_start_and_its_answer_starts_nothing_twice() {
    for steps in 1..40 {
        let mut local = running(&["one", "two"], 2).await;
        local.replace_controller();
        tokio::time::sleep(Duration::from_secs(1)).await;
        local.controller.edge.ends_after(steps);
        local.apply(&deployment("hello:v2", 2)).await;
        let _ = timeout(Duration::from_secs(5), local.controller.edge.ended()).await;
        local.replace_controller();
        settled(&local, &[("hello", "hello:v2", 2)]).await;
        assert_eq!(local.hosts.starts("one") + local.hosts.starts("two"), 4, "killed after {steps} steps");
    }
}

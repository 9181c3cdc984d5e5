use super::*;
use crate::controller::fixtures::{Simulation, deployment};

#[test]
fn a_first_rollout_ends_with_all_replicas_running() {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(&deployment("web").replicas(3));
    cluster.run();
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(cluster.condition(Kind::Deployment, "web", "Ready").0, "True");
}

//! Handing over: what is put on record at an orderly end, so that upstream's operator, or another controller of ours, goes
//! on from here and starts, stops and deletes nothing that is well.
//!
//! First hosts are asked, then it is decided what to write; once that is written there is nothing left to decide.

use std::collections::HashMap;

use super::effect::{Effect, Now, Reply};
use super::objects::ObjectKey;
use super::world::World;
use super::{deployment, host, workload};
use crate::hosts::wire::WorkloadState;

/// One thing to be done, and what to tell people of it.
#[derive(Clone, Debug)]
pub struct Deed {
    /// What is written, in this order.
    pub effects: Vec<Effect>,
    /// The same in words.
    pub words: String,
}

/// What hosts answered to [`questions`], by Workload id.
#[derive(Clone, Debug, Default)]
pub struct Answers(HashMap<String, WorkloadState>);

impl Answers {
    /// Takes in a host's answer; none is none.
    pub fn take_in(&mut self, question: &Effect, reply: &Reply) {
        if let (Effect::Ask { id, .. }, Reply::Host(Ok(status))) = (question, reply) {
            self.0.insert(id.clone(), status.workload_state);
        }
    }

    /// How its host says that the Workload of that id is.
    pub fn of(&self, id: &str) -> Option<WorkloadState> {
        self.0.get(id).copied()
    }
}

/// What to ask: a heartbeat of every host that was not heard lately, and the state of every Workload that was given to a
/// host and is not on record as running there.
pub fn questions(world: &World, now: Now) -> Vec<Effect> {
    let probes = in_order(world.hosts.iter().map(|object| object.key())).into_iter();
    let probes = probes.filter_map(|key| host::release::question(world, &key, now));
    let asks = in_order(world.workloads.iter().map(|object| object.key())).into_iter();
    let asks = asks.filter_map(|key| workload::release::question(world, &key, now));
    probes.chain(asks).collect()
}

/// What to write; nothing once it is written.
pub fn decide(world: &World, answers: &Answers, now: Now) -> Vec<Deed> {
    let hosts = in_order(world.hosts.iter().map(|object| object.key())).into_iter();
    let hosts = hosts.filter_map(|key| host::release::decide(world, &key, now));
    let workloads = in_order(world.workloads.iter().map(|object| object.key())).into_iter();
    let workloads = workloads.filter_map(|key| workload::release::decide(world, &key, answers, now));
    let deployments = in_order(world.deployments.iter().map(|object| object.key())).into_iter();
    let deployments = deployments.flat_map(|key| deployment::release::decide(world, &key, now));
    hosts.chain(workloads).chain(deployments).collect()
}

/// What upstream's operator will do differently, for which no record helps.
pub fn warnings(world: &World) -> Vec<String> {
    let all = in_order(world.deployments.iter().map(|object| object.key())).into_iter();
    all.filter_map(|key| deployment::release::warning(world, &key)).collect()
}

fn in_order(keys: impl Iterator<Item = ObjectKey>) -> Vec<ObjectKey> {
    let mut keys: Vec<_> = keys.collect();
    keys.sort();
    keys
}

//! Which Host object a host has: named as the host calls itself, unless another one has that name.

use std::time::Duration;

use tokio::time::Instant;

use super::{LiveHost, LiveHosts};
use crate::controller::naming;

/// How long a host waits for the name that it calls itself, while it is not known whether the one who has it is there.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the Host objects say about a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The name of the object that holds this very host's id: its own, whatever it calls itself now.
    pub own: Option<String>,
    /// An object has the name that belongs to another host, which was not heard from yet.
    pub reserved: bool,
}

impl LiveHosts {
    /// Gives names to hosts that have none yet, as far as it can be told who has the right to them. Tells the new names.
    ///
    /// A name that a living host has is never taken from it, nor that of a dead one on whose object it may stand what is
    /// to be stopped there: the second gets a name of its own, the same each time. Only who reports from the very address
    /// of a dead one follows it: that one cannot come back.
    pub fn settle_names(&mut self, claim: impl Fn(&LiveHost) -> Claim, now: Instant) -> Vec<String> {
        let mut given = Vec::new();
        for id in std::mem::take(&mut self.nameless) {
            let Some(host) = self.hosts.get(&id) else { continue };
            let Some(name) = self.name_for(host, &claim(host), now) else {
                self.nameless.insert(id);
                continue;
            };
            if let Some(former) = self.by_name.insert(name.clone(), id.clone()).filter(|former| *former != id)
                && let Some(former) = self.hosts.get_mut(&former)
            {
                former.name = None;
            }
            if let Some(host) = self.hosts.get_mut(&id) {
                host.name = Some(name.clone());
            }
            given.push(name);
        }
        given
    }

    fn name_for(&self, host: &LiveHost, claim: &Claim, now: Instant) -> Option<String> {
        let id = &host.beat.id;
        let free = |name: &str| self.by_name.get(name).is_none_or(|holder| holder == id);
        if let Some(own) = claim.own.as_deref().filter(|own| free(own)) {
            return Some(own.to_owned());
        }
        let friendly = &host.beat.friendly_name;
        let second = || Some(naming::child(friendly, &[id]));
        let waits = now < host.first_heard + PATIENCE;
        match self.named(friendly) {
            Some(holder) if holder.beat.id == *id => Some(friendly.clone()),
            Some(holder) if holder.dead_since.is_some() && !holder.held => {
                if holder.shares_address(host) {
                    Some(friendly.clone())
                } else {
                    second()
                }
            }
            Some(holder) if holder.heard > host.first_heard => second(),
            None if !claim.reserved => Some(friendly.clone()),
            Some(_) | None if waits => None,
            Some(_) | None => second(),
        }
    }
}

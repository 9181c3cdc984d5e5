//! What placement says of every host, for people: the same filters and the same comparison as the choice itself.

use std::fmt;

use super::score::{in_words, score};
use super::{Candidate, Policy, Unfit, Wanted, verdict};

/// What placement says of one host. In words: `fits: 2 replicas of the same replica set, …`, or why it does not fit.
#[derive(Clone, Debug)]
pub struct Explained<'h, 'c> {
    /// The host.
    pub host: &'h Candidate<'c>,
    /// How it stands among those that fit, or why it does not fit.
    pub verdict: Result<Fit, Unfit>,
}

/// How a host stands that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Its rank; the host of rank 1 is the one that is taken.
    pub rank: usize,
    /// What its rank rests on, in the order of its weight.
    pub score: String,
    /// What the Workload needs of it that nobody can tell from here.
    pub unchecked: Vec<String>,
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fits: {}", self.score)?;
        self.unchecked.iter().try_for_each(|what| write!(f, "; {what}"))
    }
}

impl fmt::Display for Explained<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Ok(fit) => fit.fmt(f),
            Err(why) => why.fmt(f),
        }
    }
}

/// Explains the choice of a host: all hosts, those that fit in the order in which they would be taken, then the others by
/// what is in the way and by name.
pub fn explain<'h, 'c>(wanted: &Wanted<'_>, hosts: &'h [Candidate<'c>], policy: &Policy) -> Vec<Explained<'h, 'c>> {
    let (mut fitting, mut others) = (Vec::new(), Vec::new());
    for host in hosts {
        match verdict(wanted, host, policy) {
            None => fitting.push((score(wanted, host, policy), host)),
            Some(why) => others.push((why, host)),
        }
    }
    fitting.sort_by_key(|(score, _)| *score);
    others.sort_by(|(why, host), (other, next)| why.cmp(other).then(host.name.cmp(next.name)));
    let unchecked = unchecked(wanted);
    let fits = fitting.into_iter().enumerate().map(|(at, (_, host))| {
        let score = in_words(wanted, host, policy);
        Explained { host, verdict: Ok(Fit { rank: at + 1, score, unchecked: unchecked.clone() }) }
    });
    fits.chain(others.into_iter().map(|(why, host)| Explained { host, verdict: Err(why) })).collect()
}

/// A host does not tell which paths it has.
fn unchecked(wanted: &Wanted<'_>) -> Vec<String> {
    let paths =
        wanted.spec.volumes().iter().filter_map(|volume| Some((&volume.name, &volume.host_path.as_ref()?.path)));
    paths.map(|(name, path)| format!("whether it has {path} for volume \"{name}\" cannot be checked")).collect()
}

#[cfg(test)]
mod tests;

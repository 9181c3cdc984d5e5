//! The message bus between the controller and its hosts.

use super::{Category, Check, Nats, NatsAt, NatsTrouble, codes, few};

pub(super) fn assess(nats: &Nats) -> Category {
    let (reached, accepted) = (reached(nats), Check::of(&codes::NATS_ACCEPTS));
    let checks = match &nats.outcome {
        Err(NatsTrouble::Unreachable(error)) => vec![unreachable(reached, error, nats.from.as_ref())],
        Err(NatsTrouble::Refused(error)) => vec![reached, refused(accepted, error, nats.from.as_ref())],
        Ok(()) => {
            let mut checks = vec![reached, accepted];
            checks.extend(answers(nats));
            checks
        }
    };
    Category { name: "nats", checks }
}

fn reached(nats: &Nats) -> Check {
    let from = nats.from.as_ref().map(|at| format!(", which {} has", at.owner())).unwrap_or_default();
    let description = format!("{} at {}{from}", codes::NATS.title, nats.url);
    Check { description, ..Check::of(&codes::NATS) }
}

/// An address that is good in the cluster may be of no use here, and says nothing of the controller then.
fn unreachable(check: Check, error: &str, from: Option<&NatsAt>) -> Check {
    let Some(at) = from else { return check.fails(error) };
    let instead = at.forward().unwrap_or_else(|| "--nats-url, with the address it has here,".to_owned());
    check.warns(error).hint(format!("it may be out of reach only from here; {instead} let it be checked"))
}

fn refused(check: Check, error: &str, from: Option<&NatsAt>) -> Check {
    match from {
        Some(at) => {
            let url = format!("--nats-url={}", crate::hosts::nats::without_credentials(&at.url));
            check.warns(error).hint(format!("the controller has its own; with {url}, {}", codes::NATS_ACCEPTS.hint))
        }
        None => check.fails(error),
    }
}

fn answers(nats: &Nats) -> Option<Check> {
    let (silent, asked) = &nats.silent;
    let check = Check::of(&codes::NATS_HOSTS);
    match (silent.len(), *asked) {
        (_, 0) => None,
        (0, _) => Some(check),
        // A name of the cluster may be another server's here.
        (silent_count, asked) if silent_count == asked && nats.from.is_some() => {
            Some(check.warns(format!("none of {asked} does")))
        }
        (silent_count, asked) if silent_count == asked => Some(check.fails(format!("none of {asked} does"))),
        (silent_count, asked) => Some(
            check
                .warns(format!("{silent_count} of {asked} do not: {}", few(silent)))
                .hint("their own logs may tell why; a host that is busy with pulling images answers late"),
        ),
    }
}

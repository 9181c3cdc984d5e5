//! The message bus between the controller and its hosts.

use super::{Category, Check, Nats, NatsTrouble, few};

const ACCESS: &str =
    "--nats-creds, --nats-client-cert with --nats-client-key, or nats://USER:PASSWORD@HOST name those that it accepts";

pub(super) fn assess(nats: &Nats) -> Category {
    let reached = Check::new("WCC040", format!("can connect to NATS at {}", nats.url));
    let accepted = Check::new("WCC041", "NATS accepts the credentials");
    let checks = match &nats.outcome {
        Err(NatsTrouble::Unreachable(error)) => {
            vec![reached.fails(error, "--nats-url names the NATS server that the hosts are connected to")]
        }
        Err(NatsTrouble::Refused(error)) => vec![reached, accepted.fails(error, ACCESS)],
        Ok(()) => {
            let mut checks = vec![reached, accepted];
            checks.extend(answers(nats));
            checks
        }
    };
    Category { name: "nats", checks }
}

fn answers(nats: &Nats) -> Option<Check> {
    let (silent, asked) = &nats.silent;
    let check = Check::new("WCC042", "hosts that are Ready answer over it");
    match (silent.len(), *asked) {
        (_, 0) => None,
        (0, _) => Some(check),
        (silent_count, asked) if silent_count == asked => Some(check.fails(
            format!("none of {asked} does"),
            "--nats-url names the NATS server that the hosts are connected to; this may be another one",
        )),
        (silent_count, asked) => Some(check.warns(
            format!("{silent_count} of {asked} do not: {}", few(silent)),
            "their own logs may tell why; a host that is busy with pulling images answers late",
        )),
    }
}

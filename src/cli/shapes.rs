//! What `-o json` and `-o yaml` print where that is no object of the API server: told in the long help and the manual pages.

use clap::Command;

/// What scripts may rely on.
const STAYS: &str = "Members may be added; none changes or goes, but what there is none of may be left out.";

/// Verbs that print no YAML.
const JSON_ONLY: &[&str] = &["explain-code", "validate"];

/// Verbs, and the members of what they print.
const SHAPES: &[(&[&str], &str)] = &[
    (
        &["check"],
        "success; categories [{categoryName, checks [{code, description, result: success|warning|error, error, hint}]}].",
    ),
    (
        &["describe"],
        "kind, name, namespace; verdict {health: well|waiting|wrong, message, troubles}; metadata; facts; replicas; conditions; \
         placement {said, hosts, unchecked}; replicaSets, workloads, usedBy, events {items, unreadable}; parts [{part, name, \
         facts, layers [{layer, entries [{key, value, from, shadows}], problems}]}]; route {httpHosts, service, address, \
         endpoints, answersAt, problems}. Several objects come in a List. What has no meaning for a kind is left out.",
    ),
    (
        &["explain-code"],
        "code, level: error|warning|info|check, title, page (in Markdown). Without CODE a list of these.",
    ),
    (
        &["local", "status"],
        "running, directory, pid, kubeconfig, apiServer; hosts [{name, ready, http, workloads}]; objects, how \
         many there are of each type.",
    ),
    (
        &["logs"],
        "a list of {host, workloads, pod {namespace, name}, command, place}, of which place says where the log is when \
         there is no command that shows it.",
    ),
    (
        &["rollout", "status"],
        "name, namespace, revision, state: unobserved|progressing|complete|paused|failed|deleted, message, \
         replicas, updated, available; troubles [{object, host, reason, message, more, lasting, earlier}], worst first. Several \
         deployments come in a List.",
    ),
    (
        &["top"],
        "items [{name, group, hosts, workloads, components, cpuPercent, memoryUsed, memoryTotal, lastSeen}], memory in \
         bytes.",
    ),
    (
        &["tree"],
        "kind, name, namespace, health: good|waiting|warning|bad|idle, status, message, host, revision, facts, images, \
         creationTimestamp; children, which are the same again. Several roots come in items.",
    ),
    (
        &["validate"],
        "findings [{code, level: error|warning|info, title, file, line, column, endLine, endColumn, object, message, \
         remedy, ignored}]; summary {files, objects, passedOver, errors, warnings, infos, ignored, beyond}, of which beyond are \
         those that were too many to be listed.",
    ),
    (
        &["version"],
        "clientVersion {gitVersion, platform}; serverVersion, as the server has it; cluster {crds, controller, \
         controllerImages, hosts}, in the words that are printed otherwise.",
    ),
];

/// The command line with what the shapes are in its long help.
pub(super) fn told(command: Command) -> Command {
    SHAPES.iter().fold(command, |command, (verb, shape)| {
        let formats = if JSON_ONLY.contains(&verb[0]) { "-o json" } else { "-o json or yaml" };
        with(command, verb, &format!("With {formats}: {shape} {STAYS}"))
    })
}

fn with(command: Command, verb: &[&str], text: &str) -> Command {
    let Some((first, rest)) = verb.split_first() else {
        let before = command.get_after_help().map(|help| format!("{help}\n\n")).unwrap_or_default();
        return command.after_long_help(format!("{before}{text}"));
    };
    match command.find_subcommand(first).is_some() {
        true => command.mut_subcommand(first, |command| with(command, rest, text)),
        // A slim build has not all verbs.
        false => command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(command: &Command) -> Vec<&Command> {
        let below = command.get_subcommands().flat_map(all);
        std::iter::once(command).chain(below).collect()
    }

    #[cfg(feature = "local")]
    #[test]
    fn each_shape_is_in_the_long_help_of_its_verb() {
        let command = crate::cli::command();
        for (verb, shape) in SHAPES {
            let found = verb.iter().try_fold(&command, |command, word| command.find_subcommand(word)).unwrap();
            let help = found.get_after_long_help().unwrap().to_string();
            assert!(help.contains(shape) && help.ends_with(STAYS), "{verb:?}: {help}");
            let short = found.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(&short), "{verb:?}: {help}");
        }
    }

    #[test]
    fn a_paragraph_below_the_help_is_wrapped_once() {
        for command in all(&crate::cli::command()) {
            let helps = [command.get_after_help(), command.get_after_long_help()];
            for help in helps.into_iter().flatten().map(ToString::to_string) {
                let mut lines = help.lines().peekable();
                while let Some(line) = lines.next() {
                    let goes_on = lines.peek().is_some_and(|next| !next.is_empty());
                    assert!(!goes_on || line.chars().count() <= 100, "{}: {line}", command.get_name());
                }
            }
        }
    }
}

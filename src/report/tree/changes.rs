//! What changed from one tree to the next, one line for each object.

use std::collections::{HashMap, HashSet};

use super::one_line;
use crate::plan::tree::{Node, Tree};

/// A line for each object that is new, fares otherwise than before, or is gone.
pub fn changes(before: &Tree, after: &Tree) -> Vec<String> {
    let (old, new) = (before.nodes(), after.nodes());
    let known: HashMap<_, _> = old.iter().map(|node| (node.key(), line(node))).collect();
    let there: HashSet<_> = new.iter().map(|node| node.key()).collect();
    let mut told = HashSet::new();
    let mut lines = Vec::new();
    for node in new {
        let line = line(node);
        if known.get(&node.key()) != Some(&line) && told.insert(node.key()) {
            lines.push(line);
        }
    }
    let gone = old.iter().filter(|node| !there.contains(&node.key()) && told.insert(node.key()));
    lines.extend(gone.map(|node| format!("{} Deleted", node.title())));
    lines
}

/// `TYPE/NAME STATUS`, where, and what is said of it.
fn line(node: &Node) -> String {
    let host = node.host.as_ref().map(|host| format!(" on host {host}")).unwrap_or_default();
    let message = one_line(&node.message);
    let message = if message.is_empty() { message } else { format!(": {message}") };
    format!("{} {}{host}{message}", node.title(), node.status)
}

//! Making a tree fit a terminal.

use crate::plan::tree::{Health, Node, Tree};

/// The tree in no more than `lines` lines, if that can be: objects that others stand under stay, and of those with nothing
/// under them each has as many as fit, the worst first.
pub fn shorten(tree: &Tree, lines: usize) -> Tree {
    if count(tree) <= lines {
        return tree.clone();
    }
    let widest = tree.nodes().iter().map(|node| node.children.len()).max().unwrap_or_default();
    let tries = (0..widest).rev().map(|keep| Tree { roots: tree.roots.iter().map(|root| kept(root, keep)).collect() });
    let mut smallest = tree.clone();
    for shorter in tries {
        if count(&shorter) <= lines {
            return shorter;
        }
        smallest = shorter;
    }
    smallest
}

fn count(tree: &Tree) -> usize {
    tree.nodes().iter().map(|node| 1 + usize::from(node.more > 0)).sum()
}

/// The node with no more than `keep` of those under it that have nothing under them.
fn kept(node: &Node, keep: usize) -> Node {
    let is_leaf = |child: &&Node| child.children.is_empty();
    let mut ranked: Vec<_> = node.children.iter().filter(is_leaf).map(|child| rank(child.health)).collect();
    ranked.sort_unstable();
    // One line for "more" is as long as one for an object.
    let surplus = ranked.len().saturating_sub(keep);
    let surplus = if surplus == 1 { 0 } else { surplus };
    let mut room: Vec<usize> = vec![0; 4];
    ranked.iter().take(ranked.len() - surplus).for_each(|rank| room[*rank] += 1);
    let mut stays = |child: &&Node| {
        let left = &mut room[rank(child.health)];
        let stays = !is_leaf(child) || *left > 0;
        if is_leaf(child) {
            *left = left.saturating_sub(1);
        }
        stays
    };
    let children = node.children.iter().filter(|child| stays(child)).map(|child| kept(child, keep)).collect();
    Node { children, more: node.more + surplus, ..node.clone() }
}

/// The worst first.
fn rank(health: Health) -> usize {
    match health {
        Health::Bad => 0,
        Health::Warning => 1,
        Health::Waiting => 2,
        Health::Good | Health::Idle => 3,
    }
}

//! Trees as text: a table with lines that lead from each object to those under it, and what changed in one.

mod changes;
mod shorten;

use jiff::Timestamp;

use super::age;
use super::paint::Paint;
use super::table::Rows;
use crate::plan::tree::{Health, Node, Tree};

pub use changes::changes;
pub use shorten::shorten;

/// How a tree is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Whether more than ASCII can be shown.
    pub unicode: bool,
    /// Colours.
    pub paint: Paint,
    /// The namespace first.
    pub namespace: bool,
    /// Columns there are, if there is a limit.
    pub limit: Option<usize>,
    /// Whether there are headers.
    pub headers: bool,
}

/// The tree as a table.
pub fn render(tree: &Tree, now: Timestamp, look: Look) -> String {
    let mut lines = Vec::new();
    for root in &tree.roots {
        lines.push(Line { node: Some(root), title: root.title() });
        below(root, "", look, &mut lines);
    }
    let headers = ["NAMESPACE"].into_iter().filter(|_| look.namespace).chain(["NAME", "STATUS", "HOST", "AGE", "INFO"]);
    let mut rows = Rows::new(headers.map(str::to_owned).collect(), look.limit);
    let text = rows.render(lines.iter().map(|line| line.cells(now, look)).collect(), look.headers);
    let painted = text.lines().skip(usize::from(look.headers)).zip(&lines).map(|(text, line)| line.paint(text, look));
    let headers = text.lines().take(usize::from(look.headers)).map(str::to_owned);
    headers.chain(painted).map(|line| line + "\n").collect()
}

/// One line: an object, or how many more there are.
struct Line<'a> {
    node: Option<&'a Node>,
    title: String,
}

fn below<'a>(node: &'a Node, before: &str, look: Look, lines: &mut Vec<Line<'a>>) {
    let (branch, last, through) = if look.unicode { ("├─ ", "└─ ", "│  ") } else { ("|- ", "`- ", "|  ") };
    let count = node.children.len() + usize::from(node.more > 0);
    for (index, child) in node.children.iter().enumerate() {
        let (lead, under) = if index + 1 == count { (last, "   ") } else { (branch, through) };
        lines.push(Line { node: Some(child), title: format!("{before}{lead}{}", child.title()) });
        below(child, &format!("{before}{under}"), look, lines);
    }
    if node.more > 0 {
        let dots = if look.unicode { "…" } else { "..." };
        lines.push(Line { node: None, title: format!("{before}{last}{dots} and {} more", node.more) });
    }
}

impl Line<'_> {
    fn cells(&self, now: Timestamp, look: Look) -> Vec<String> {
        let Some(node) = self.node else {
            return [String::new()].into_iter().filter(|_| look.namespace).chain([self.title.clone()]).collect();
        };
        let status = format!("{} {}", icon(node.health, look.unicode), node.status);
        let age = node.created.map(|created| age::since(Some(created), now)).unwrap_or_default();
        let cells = [self.title.clone(), status, node.host.clone().unwrap_or_default(), age, info(node)];
        let namespace = [node.namespace.clone()].into_iter().filter(|_| look.namespace);
        namespace.chain(cells).collect()
    }

    /// Colours the icon, which stands nowhere before in the line.
    fn paint(&self, text: &str, look: Look) -> String {
        let Some(node) = self.node.filter(|_| look.unicode && look.paint.colour) else { return text.to_owned() };
        let icon = icon(node.health, true);
        let painted = match node.health {
            Health::Good => look.paint.good(icon),
            Health::Waiting | Health::Warning => look.paint.warn(icon),
            Health::Bad => look.paint.bad(icon),
            Health::Idle => return look.paint.dim(text),
        };
        text.replacen(icon, &painted, 1)
    }
}

fn icon(health: Health, unicode: bool) -> &'static str {
    match (health, unicode) {
        (Health::Good, true) => "✔",
        (Health::Good, false) => "+",
        (Health::Waiting, true) => "◌",
        (Health::Waiting, false) => "o",
        (Health::Warning, true) => "⚠",
        (Health::Warning, false) => "!",
        (Health::Bad, true) => "✖",
        (Health::Bad, false) => "x",
        (Health::Idle, _) => "-",
    }
}

/// The revision, numbers, what is said, images; in one line.
fn info(node: &Node) -> String {
    let revision = node.revision.map(|revision| format!("revision {revision}"));
    let message = Some(one_line(&node.message)).filter(|message| !message.is_empty());
    let images = Some(node.images.join(",")).filter(|images| !images.is_empty());
    let pieces: Vec<_> = revision.into_iter().chain(node.facts.clone()).chain(message).chain(images).collect();
    pieces.join("  ")
}

/// Without line ends and whatever else would move the cursor.
fn one_line(text: &str) -> String {
    let plain = console::strip_ansi_codes(text);
    plain.split(char::is_control).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;

//! What validation found, for people and for machines.

mod github;
mod junit;
mod sarif;
mod told;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;

use serde_json::{Value, json};

use crate::error::Look;
use crate::validate::{FileSet, Findings, Level};

#[cfg(test)]
mod tests;

/// Every finding with its place, and in the end how many there are.
pub fn text(files: &FileSet, found: &Findings, level: Level, look: &Look) -> String {
    let shown = found.counting().filter(|(finding, _)| finding.level >= level);
    let mut text = String::new();
    for (finding, place) in shown {
        text.push_str(&finding.problem(place).render(look));
        // Drawings need air between them.
        text.push_str(if look.terminal { "\n\n" } else { "\n" });
    }
    text.extend(told::more(found).map(|more| format!("{more}\n")));
    text.push_str(&summary(files, found));
    text.push('\n');
    text
}

/// Everything as JSON, in a shape that stays: `findings`, and `summary` with the counts of `files`, `objects`, `passedOver`,
/// `errors`, `warnings`, `infos`, `ignored` and `beyond`, those of which there are too many to be listed.
pub fn as_json(files: &FileSet, found: &Findings, level: Level) -> Value {
    let ours = files.ours().count();
    json!({
        "findings": told::told(found, level).map(told::as_json).collect::<Vec<_>>(),
        "summary": {
            "files": files.texts.len(),
            "objects": ours,
            "passedOver": files.documents.len() - ours,
            "errors": found.count(Level::Error),
            "warnings": found.count(Level::Warning),
            "infos": found.count(Level::Info),
            "ignored": found.kept.len() - found.counting().count(),
            "beyond": found.beyond,
        },
    })
}

/// Such as `3 objects in 2 files: 1 error, 2 warnings; 4 of other kinds passed over`.
fn summary(files: &FileSet, found: &Findings) -> String {
    let ours = files.ours().count();
    let others = files.documents.len() - ours;
    let checked = format!("{} in {}", counted(ours, "object"), counted(files.texts.len(), "file"));
    let levels = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "note")];
    let counts = levels.map(|(level, word)| (found.count(level), word));
    let counts: Vec<_> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(*count, word)).collect();
    let ignored = found.kept.len() - found.counting().count();
    let verdict = match (counts.is_empty(), ours) {
        (true, 0) => "nothing to validate".to_owned(),
        (true, _) => "valid".to_owned(),
        (false, _) => counts.join(", "),
    };
    let mut summary = format!("{checked}: {verdict}");
    if ignored > 0 {
        summary.push_str(&format!("; {ignored} ignored"));
    }
    if others > 0 {
        summary.push_str(&format!("; {others} of other kinds passed over"));
    }
    summary
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

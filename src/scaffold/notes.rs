//! Comments, and where in an object they stand.

use std::collections::BTreeMap;

/// The comments of one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Lines above it.
    pub above: Vec<String>,
    /// On its line.
    pub beside: Option<String>,
    /// Lines below it and all that it holds.
    pub below: Vec<String>,
}

const NONE: &Note = &Note { above: Vec::new(), beside: None, below: Vec::new() };

/// The comments of an object, by the places they stand at: JSON pointers, the empty one for the object itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(BTreeMap<String, Note>);

impl Notes {
    /// What stands at a place.
    pub fn at(&self, path: &str) -> &Note {
        self.0.get(path).unwrap_or(NONE)
    }

    /// Adds lines above a place.
    pub fn above(&mut self, path: &str, lines: &[&str]) {
        self.of(path).above.extend(lines.iter().map(|line| one_line(line)));
    }

    /// Adds lines above all else; long ones are broken.
    pub fn on_top(&mut self, lines: &[String]) {
        self.of("").above.splice(..0, lines.iter().flat_map(|line| wrapped(&one_line(line))));
    }

    /// Sets what stands beside a place.
    pub fn beside(&mut self, path: &str, text: &str) {
        self.of(path).beside = Some(one_line(text));
    }

    /// Adds lines below a place.
    pub fn below(&mut self, path: &str, lines: &[&str]) {
        self.of(path).below.extend(lines.iter().map(|line| one_line(line)));
    }

    fn of(&mut self, path: &str) -> &mut Note {
        self.0.entry(path.to_owned()).or_default()
    }
}

/// Columns of a line.
const WIDTH: usize = 96;

/// Lines of a text, those after the first further in.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        match line.is_empty() || line.chars().count() + word.chars().count() < WIDTH {
            true if line.is_empty() => line.push_str(word),
            true => line.extend([" ", word]),
            false => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// A comment ends with its line, whatever a user's words in it hold.
fn one_line(text: &str) -> String {
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

//! What to do about a text that is no YAML: the mistakes that people make, and what is seen of them.

#[cfg(test)]
mod tests;

use crate::manifest::{self, Text, lines};

/// What to do about a text that is no YAML.
pub(super) fn way_out(text: &Text, problem: &manifest::Problem) -> String {
    let (said, at) = (problem.message(), problem.span().start);
    let is_template = text.content.contains("{{");
    let cause = match said {
        _ if is_template => None,
        "reference to unknown value" => unknown_alias(text, at),
        said if said.starts_with("mapping values are not allowed") => {
            glued(text, at).or_else(|| colon_within(text, at)).or_else(|| column(text, at))
        }
        said if said.contains("did not find expected") => column(text, at),
        _ => None,
    };
    cause.unwrap_or_else(|| general_way_out(text, problem).to_owned())
}

/// A word that begins with `*`, which is no text without quotes. What may be a Secret's is not shown.
fn unknown_alias(text: &Text, at: usize) -> Option<String> {
    let rest = lines::at(&text.content, at);
    let word = rest.get(rest.find('*')?..)?.split([' ', ',', ']', '}']).next()?;
    let name = word.strip_prefix('*')?;
    if manifest::holds_secret(&text.content) {
        return Some("write a text that begins with * in quotes: without them it is the name of an anchor".to_owned());
    }
    let quotes = format!("write \"{word}\", with quotes");
    Some(match name.is_empty() || name.contains('.') {
        true => format!("{quotes}: without them a * begins the name of an anchor"),
        false => format!(
            "write &{name} before the value that is meant, further up in the same document; if it is a text, {quotes}"
        ),
    })
}

/// A text that has a colon and a blank in it, and no quotes. It is not shown: it may be a Secret's.
fn colon_within(text: &Text, at: usize) -> Option<String> {
    let start = lines::begin(&text.content, at);
    let line = lines::at(&text.content, start).trim_start_matches([' ', '-']);
    let (name, value) = line.split_once(": ")?;
    let value = value.trim();
    let is_text = !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '#']);
    let number = lines::place(&text.content, start).0;
    (is_text && (value.contains(": ") || value.ends_with(':')))
        .then(|| format!("write quotes around all that stands behind {name}: on line {number}: it has a colon in it"))
}

/// A line that begins in a column that no line around it begins in.
fn column(text: &Text, at: usize) -> Option<String> {
    let start = lines::begin(&text.content, at);
    let line = lines::at(&text.content, start);
    let own = indent(line)?;
    let number = lines::place(&text.content, start).0;
    let open = open_columns(text.content.get(..start)?, number);
    if open.iter().any(|open| open.column == own) {
        return None;
    }
    let is_dash = begins_with_dash(line.get(own..)?);
    let fits = || open.iter().filter(|open| open.is_dash == is_dash);
    let more = fits().rev().find(|open| open.column > own);
    let less = fits().find(|open| open.column < own);
    let told = |open: &Open| format!("column {}, as on line {}", open.column + 1, open.line);
    let columns: Vec<_> = more.into_iter().chain(less).map(told).collect();
    let head = format!("line {number} begins in column {}, where nothing that is open does: begin it in", own + 1);
    (!columns.is_empty()).then(|| format!("{head} {}", columns.join(", or in ")))
}

/// A list or an object that may go on.
struct Open {
    /// Counted from 0.
    column: usize,
    is_dash: bool,
    /// The last line on which it has something.
    line: usize,
}

/// What is open before a line, innermost first.
fn open_columns(before: &str, number: usize) -> Vec<Open> {
    let mut open = Vec::new();
    let mut least = usize::MAX;
    let lines: Vec<_> = lines::split(before).collect();
    for (text, line) in lines.into_iter().rev().zip((1..number).rev()) {
        if text.starts_with("---") || least == 0 {
            break;
        }
        for (column, is_dash) in columns(text.trim_end_matches(['\n', '\r'])).into_iter().rev() {
            if column < least {
                open.push(Open { column, is_dash, line });
                least = column;
            }
        }
    }
    open
}

/// In which column, counted from 0, something begins on a line; none on an empty one.
fn indent(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    line.get(indent..).filter(|rest| !rest.is_empty() && !rest.starts_with(['#', '\t'])).map(|_| indent)
}

/// The columns in which lists and objects begin on a line: that of each dash, and that behind the last.
fn columns(line: &str) -> Vec<(usize, bool)> {
    let Some(mut at) = indent(line) else { return Vec::new() };
    let mut columns = Vec::new();
    while let Some(rest) = line.get(at..).filter(|rest| begins_with_dash(rest)) {
        columns.push((at, true));
        let behind = rest.trim_start_matches('-').trim_start_matches(' ');
        if behind.is_empty() {
            return columns;
        }
        at = line.len() - behind.len();
    }
    columns.push((at, false));
    columns
}

fn begins_with_dash(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// A colon that ends no name, which makes one text of its line and of the next: on this line or on the one before.
fn glued(text: &Text, at: usize) -> Option<String> {
    let this = lines::begin(&text.content, at);
    let before = lines::begin(&text.content, this.saturating_sub(1));
    [before, this].into_iter().find_map(|start| {
        let line = lines::at(&text.content, start).trim_matches(' ');
        let line = line.trim_start_matches("- ");
        let (name, value) = line.split_once(':').filter(|(_, value)| !value.is_empty() && !value.starts_with(' '))?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c));
        let number = lines::place(&text.content, start).0;
        let what = match value.chars().next()? {
            '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200b}' => "there stands a character that looks like one",
            _ => "there is none",
        };
        is_name.then(|| format!("write a blank behind the colon of {name}: on line {number}; {what}"))
    })
}

fn general_way_out(text: &Text, problem: &manifest::Problem) -> &'static str {
    let before = text.content.get(..problem.span().end).unwrap_or_default();
    let line = before.get(lines::begin(before, before.len())..).unwrap_or_default();
    if text.content.contains("{{") {
        return "this is a template: validate what becomes of it, `helm template CHART | kubectl wasmcloud validate -f -`";
    }
    if line.trim_start_matches(' ').starts_with('\t') {
        return "YAML is indented with blanks, not with tabs; `expand -t2 FILE` turns them into blanks";
    }
    "what belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it"
}

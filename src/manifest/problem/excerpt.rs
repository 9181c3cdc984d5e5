//! The few lines of a text that a drawing shows, none of them longer than a person reads.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::manifest::{lines, shown};

/// Lines of what is marked that are shown.
const LINES: usize = 10;
/// Bytes of a line from which on it is cut.
const LONG: usize = 400;
/// What is shown of such a line before what is marked, and in all.
const BEFORE: usize = 60;
const WINDOW: usize = 200;

/// A part of a text.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// The number of its first line, counted from 0.
    first: usize,
    /// Line and column of what is marked, counted from 0.
    marked: (usize, usize),
    /// The bytes of the excerpt that are marked.
    span: (usize, usize),
}

impl Excerpt {
    /// What is around some bytes that begin at a line and a column, counted from 1.
    pub(super) fn of(name: &str, text: &str, (line, column): (usize, usize), (start, length): (usize, usize)) -> Self {
        let start = text.floor_char_boundary(start);
        let end = text.floor_char_boundary(start.saturating_add(length));
        let line_start = lines::begin(text, start);
        let before = lines::begin(text, line_start.saturating_sub(1));
        let marked = (line.saturating_sub(1), column.saturating_sub(1));
        let first = marked.0.saturating_sub(usize::from(before < line_start));
        let mut excerpt = Self { name: shown::name(name).into_owned(), first, marked, ..Self::default() };
        let mut at = before;
        for piece in lines::split(text.get(before..).unwrap_or_default()).take(LINES + 2) {
            if at > end && at > start {
                excerpt.take(piece, None, None);
                break;
            }
            let within = |offset: usize| offset.checked_sub(at).filter(|offset| *offset <= piece.len());
            excerpt.take(piece, within(start).filter(|_| at >= line_start), within(end));
            at += piece.len();
        }
        if at < end {
            excerpt.span.1 = excerpt.text.len();
        }
        excerpt
    }

    /// Takes in one line; the offsets are of what begins and ends in it.
    fn take(&mut self, line: &str, start: Option<usize>, end: Option<usize>) {
        let body = line.trim_end_matches(['\n', '\r']);
        let (from, to) = match body.len() > LONG {
            true => {
                let from = body.floor_char_boundary(start.unwrap_or_default().saturating_sub(BEFORE));
                (from, body.floor_char_boundary(from + WINDOW))
            }
            false => (0, body.len()),
        };
        let sign = |is_cut: bool| if is_cut { "…" } else { "" };
        self.text.push_str(sign(from > 0));
        let base = self.text.len();
        let place = |offset: usize| {
            let before = body.get(from..offset.clamp(from, to)).unwrap_or_default();
            base + shown::source(before).len()
        };
        let (start, end) = (start.map(place), end.map(place));
        self.span = (start.unwrap_or(self.span.0), end.unwrap_or(self.span.1));
        self.text.push_str(&shown::source(body.get(from..to).unwrap_or_default()));
        self.text.push_str(sign(to < body.len()));
        self.text.push('\n');
    }

    /// The bytes that are marked.
    pub(super) fn span(&self) -> (usize, usize) {
        (self.span.0, self.span.1.saturating_sub(self.span.0))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        let line = read.line() + self.first;
        let column = if line == self.marked.0 { self.marked.1 } else { read.column() };
        let (name, lines) = (self.name.clone(), read.line_count());
        Ok(Box::new(MietteSpanContents::new_named(name, read.data(), *read.span(), line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, place: (usize, usize), span: (usize, usize)) -> (String, String) {
        let excerpt = Excerpt::of("a.yaml", text, place, span);
        let (start, length) = excerpt.span();
        (excerpt.text.clone(), excerpt.text[start..start + length].to_owned())
    }

    #[test]
    fn it_has_a_line_before_and_a_line_after() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        assert_eq!(marked(text, (3, 2), (9, 2)), ("two\nthree\nfour\n".into(), "hr".into()));
        assert_eq!(marked(text, (1, 1), (0, 3)), ("one\ntwo\n".into(), "one".into()));
        assert_eq!(marked(text, (5, 1), (19, 4)), ("four\nfive\n".into(), "five".into()));
        assert_eq!(marked(text, (2, 1), (4, 9)), ("one\ntwo\nthree\nfour\n".into(), "two\nthree".into()));
        assert_eq!(marked("", (1, 1), (0, 0)), (String::new(), String::new()));
        assert_eq!(Excerpt::of("a", text, (3, 2), (9, 2)).first, 1);
    }

    #[test]
    fn long_lines_are_cut_around_what_is_marked() {
        let text = format!("{}<here>{}\n", "a".repeat(1_000_000), "ü".repeat(1_000_000));
        let (shown, word) = marked(&text, (1, 1_000_001), (1_000_000, 6));
        assert_eq!(word, "<here>");
        assert!(shown.len() < 250 && shown.starts_with("…a") && shown.ends_with("ü…\n"), "{shown}");
        let (shown, word) = marked(&text, (1, 1), (0, text.len()));
        assert!(shown.len() < 250 && word.len() <= WINDOW && shown.ends_with("a…\n"), "{shown}");
    }

    #[test]
    fn what_is_marked_ends_after_some_lines() {
        let (shown, word) = marked(&"line\n".repeat(1000), (3, 1), (10, 2000));
        assert_eq!(shown.lines().count(), LINES + 2);
        assert!(word.lines().count() <= LINES + 1, "{word}");
    }

    #[test]
    fn controls_do_not_move_the_mark() {
        let (shown, word) = marked("a\u{1b}\u{202e}b: word\r\n", (1, 6), (8, 4));
        assert_eq!((shown.as_str(), word.as_str()), ("a\u{fffd}\u{fffd}b: word\n", "word"));
    }
}

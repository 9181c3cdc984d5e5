//! The words and signs of a text that means to be JSON.

use std::borrow::Cow;
use std::ops::Range;

use crate::manifest::shown;

/// Bytes of a word that are repeated.
const SHOWN: usize = 60;

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// Where it begins.
    pub(super) start: usize,
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    /// Whether nobody may see it.
    pub(super) is_secret: bool,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{` or `[`.
    Open,
    /// `}` or `]`.
    Close,
    Comma,
    Colon,
    /// A text in double quotes.
    Text,
    /// A text whose quotes are not closed on its line.
    Unclosed,
    /// A text in quotes that are none to JSON.
    Quoted,
    /// What other languages have for comments.
    Comment,
    /// Numbers, `true`, and what has no quotes.
    Word,
}

impl Token<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end()
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// As words about it repeat it.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        if self.is_secret { Cow::Borrowed("…") } else { shown::cut(self.text, SHOWN) }
    }
}

/// The pieces of a text, without what is blank. Of one that holds a Secret, nothing is shown.
pub(super) fn tokens(text: &str, is_secret: bool) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let start = at + rest.len() - trimmed.len();
        let (kind, length) = piece(trimmed)?;
        at = start + length;
        Some(Token { start, text: text.get(start..at)?, kind, is_secret })
    })
}

fn piece(text: &str) -> Option<(Kind, usize)> {
    let sign = text.chars().next()?;
    Some(match sign {
        '{' | '[' => (Kind::Open, 1),
        '}' | ']' => (Kind::Close, 1),
        ',' => (Kind::Comma, 1),
        ':' => (Kind::Colon, 1),
        '"' => quoted(text).map_or_else(|| (Kind::Unclosed, line(text)), |length| (Kind::Text, length)),
        '\'' | '`' => (Kind::Quoted, foreign(text, sign).unwrap_or_else(|| word(text))),
        '‘' | '’' | '“' | '”' | '„' => (Kind::Quoted, word(text)),
        '#' => (Kind::Comment, line(text)),
        '/' if text.starts_with("//") => (Kind::Comment, line(text)),
        '/' if text.starts_with("/*") => (Kind::Comment, text.find("*/").map_or(text.len(), |end| end + 2)),
        _ => (Kind::Word, word(text)),
    })
}

/// How long a text in double quotes is, if they are closed before its line ends.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, c)| {
        let is_end = !escaped && matches!(c, '\n' | '\r' | '"');
        escaped = c == '\\' && !escaped;
        is_end
    });
    end.filter(|(_, c)| *c == '"').map(|(index, _)| index + 1)
}

/// The same of other quotes.
fn foreign(text: &str, quote: char) -> Option<usize> {
    let (end, sign) = text.char_indices().skip(1).find(|(_, c)| matches!(c, '\n' | '\r') || *c == quote)?;
    (sign == quote).then_some(end + 1)
}

fn line(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

fn word(text: &str) -> usize {
    // In `http://a` the colon is part of it.
    let is_end = |(index, c): &(usize, char)| {
        let is_sign = c.is_whitespace() || "{}[],\"".contains(*c);
        *index > 0 && (is_sign || *c == ':' && !text[*index..].starts_with("://"))
    };
    text.char_indices().find(is_end).map_or(text.len(), |(index, _)| index)
}

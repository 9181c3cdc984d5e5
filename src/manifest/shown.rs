//! Texts from outside, as they may be shown: terminals do as they are told by control characters, whoever has written them.

use std::borrow::Cow;

/// Bytes of a message that are shown.
const LENGTH: usize = 4096;

/// A message for people: no longer than anybody reads, and without what a terminal would obey. Line breaks stay.
pub fn message(text: &str) -> Cow<'_, str> {
    let cut = cut(text, LENGTH);
    if cut.chars().any(is_obeyed) { Cow::Owned(escaped(&cut)) } else { cut }
}

/// A name of a file, of which not even line breaks stay.
pub fn name(text: &str) -> Cow<'_, str> {
    match text.chars().any(char::is_control) {
        true => Cow::Owned(escaped(&text.replace('\n', "\\n"))),
        false => message(text),
    }
}

/// Source text for a drawing: as many characters as before.
pub fn source(text: &str) -> String {
    text.chars().map(|character| if is_obeyed(character) { '\u{fffd}' } else { character }).collect()
}

/// The beginning of a text, with a sign that there is more of it.
pub fn cut(text: &str, length: usize) -> Cow<'_, str> {
    if text.len() <= length {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(length);
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}

fn escaped(text: &str) -> String {
    let escape = |character: char| match is_obeyed(character) {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Whether a terminal does something else than to show it: controls, and what turns the direction of writing.
fn is_obeyed(character: char) -> bool {
    let turns =
        matches!(character, '\u{061c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(message("a\u{1b}[31m\r\u{9b}\u{202e}\n\tü"), "a\\u{1b}[31m\\r\\u{9b}\\u{202e}\n\tü");
        assert_eq!(name("a\n\u{7}"), "a\\n\\u{7}");
        assert_eq!(source("a\u{1b}\r\u{2066}b\tü"), "a\u{fffd}\u{fffd}\u{fffd}b\tü");
        assert!(matches!(message("plain – ü"), Cow::Borrowed(_)) && matches!(name("a.yaml"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(cut("aüb", 2), "a…");
        assert_eq!(cut("aüb", 4), "aüb");
        assert_eq!(message(&"ü".repeat(5000)).len(), LENGTH + '…'.len_utf8());
    }
}

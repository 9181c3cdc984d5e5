//! Texts as YAML 1.1 and 1.2 both read them: kubectl reads the one, most else the other.

use serde_json::Value;

use crate::report::render_yaml;

/// A text on one line, quoted where it would be read as something else.
pub(super) fn text(text: &str) -> String {
    if text.chars().any(needs_escape) {
        return escaped(&text.into());
    }
    let written = render_yaml(&text.into());
    let written = written.trim_end_matches('\n');
    // A block of several lines would have to know how far in it stands.
    if written.contains('\n') { escaped(&text.into()) } else { written.to_owned() }
}

/// Whether a text can stand in a list on one line as it is: lower case letters, digits and dashes, read as nothing else.
pub(super) fn is_word(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    word.bytes().all(plain) && word.starts_with(|first: char| first.is_ascii_lowercase()) && text(word) == word
}

/// What cannot stand in YAML as it is, or not on one line.
fn needs_escape(character: char) -> bool {
    let is_break = matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    character.is_control() || is_break
}

/// As JSON has it and YAML takes it; what JSON may leave as it is and YAML may not is escaped too.
pub(super) fn escaped(value: &Value) -> String {
    let json = value.to_string();
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match needs_escape(character) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => escaped.push(character),
        }
    }
    escaped
}

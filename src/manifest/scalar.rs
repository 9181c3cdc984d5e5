//! Words as YAML has them. One that every reader takes for that word stands as it is, any other in quotes: kubectl reads
//! YAML 1.1 as Go does, others read 1.1 to the letter, or 1.2.

#[cfg(test)]
mod tests;

use serde_json::Value;

/// Words that are read as null, a boolean, a number, a merged map or a default value, in lower case.
const MEANT: [&str; 18] = [
    "", "~", "null", "y", "n", "yes", "no", "on", "off", "true", "false", ".inf", "+.inf", "-.inf", ".nan", "<<", "=",
    "-",
];

/// A text on one line; `flow` is for one between brackets.
pub(crate) fn word(text: &str, flow: bool) -> String {
    if is_plain(text, flow) { text.to_owned() } else { quoted(text) }
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    json(&text.into())
}

/// A value on one line, as JSON has it and YAML takes it: what JSON may leave as it is and YAML may not is escaped too.
pub(crate) fn json(value: &Value) -> String {
    let mut escaped = String::new();
    for character in value.to_string().chars() {
        match is_unprintable(character) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => escaped.push(character),
        }
    }
    escaped
}

/// Whether a text without quotes is read as that text.
fn is_plain(text: &str, flow: bool) -> bool {
    let begins = !text.starts_with(['?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%'])
        && !text.starts_with(['@', '`', ' '])
        && !text.starts_with("- ")
        && !begins_document(text);
    let goes_on = !text.contains(is_unprintable) && !text.contains(": ") && !text.contains(" #");
    let ends = !text.ends_with([':', ' ']);
    // Between brackets older readers end a word at any colon.
    let brackets = flow && text.contains([',', '[', ']', '{', '}', ':', '?']);
    begins && goes_on && ends && !brackets && !has_a_meaning(text)
}

/// Whether it would begin or end a document at the start of a line.
fn begins_document(text: &str) -> bool {
    ["---", "..."]
        .iter()
        .any(|mark| text.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// What cannot stand in YAML as it is, or not on one line.
fn is_unprintable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether it is read as something else than a text. Some readers take words in any case.
fn has_a_meaning(text: &str) -> bool {
    MEANT.contains(&text.to_ascii_lowercase().as_str()) || is_number(text) || is_time(text)
}

/// A number of any reader: with a base, with digits set apart, in base 60, or with a point or an exponent.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let based = unsigned.get(..2).zip(unsigned.get(2..)).is_some_and(|(base, digits)| match base {
        "0x" | "0X" => is_digits(digits, 16),
        "0o" | "0O" => is_digits(digits, 8),
        "0b" | "0B" => is_digits(digits, 2),
        _ => false,
    });
    based || is_decimal(unsigned) || is_base_60(unsigned)
}

/// Digits, of which there is one at least, with `_` between them.
fn is_digits(text: &str, base: u32) -> bool {
    text.chars().all(|c| c == '_' || c.is_digit(base)) && text.contains(|c: char| c.is_digit(base))
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent = exponent.is_none_or(|text| is_digits(text.strip_prefix(['-', '+']).unwrap_or(text), 10));
    exponent && !mantissa.starts_with('_') && is_digits(&mantissa.replacen('.', "", 1), 10)
}

/// Such as `1:30`, which is 90.
fn is_base_60(text: &str) -> bool {
    let whole =
        text.split_once('.').filter(|(_, rest)| rest.is_empty() || is_digits(rest, 10)).map_or(text, |(it, _)| it);
    let mut places = whole.split(':');
    let first = places.next().is_some_and(|first| !first.starts_with('_') && is_digits(first, 10));
    let is_place = |place: &str| place.len() < 3 && is_digits(place, 10) && place.parse::<u8>().is_ok_and(|it| it < 60);
    first && whole.contains(':') && places.all(is_place)
}

/// A date, or a date and a time.
fn is_time(text: &str) -> bool {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let parts: Vec<_> = date.split('-').collect();
    let is_date = matches!(parts[..], [year, month, day] if year.len() == 4
        && [month, day].iter().all(|part| (1..=2).contains(&part.len()))
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())));
    let is_rest = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z' | '+' | '-' | ' ');
    is_date && (time.is_empty() || time.contains(':') && time.chars().skip(1).all(is_rest))
}

//! Numbers and codes with a form of their own.

use std::sync::LazyLock;

use regex::Regex;

use super::matches;

pub(super) fn is_isbn10(text: &str) -> bool {
    let text = without_separators(text);
    let digits = text.bytes().zip(1..).map(|(byte, place): (u8, u32)| match byte {
        b'0'..=b'9' => Some(place * u32::from(byte - b'0')),
        b'X' if place == 10 => Some(100),
        _ => None,
    });
    text.len() == 10 && digits.sum::<Option<u32>>().is_some_and(|sum| sum % 11 == 0)
}

pub(super) fn is_isbn13(text: &str) -> bool {
    let text = without_separators(text);
    let digits = text.bytes().zip([1, 3].into_iter().cycle());
    let digits = digits.map(|(byte, weight): (u8, u32)| byte.is_ascii_digit().then(|| weight * u32::from(byte - b'0')));
    text.len() == 13 && digits.sum::<Option<u32>>().is_some_and(|sum| sum % 10 == 0)
}

fn without_separators(text: &str) -> String {
    text.chars().filter(|character| !(character.is_ascii_whitespace() || *character == '-')).collect()
}

pub(super) fn is_credit_card(text: &str) -> bool {
    static CARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            "^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}",
            "|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})$",
        ))
        .ok()
    });
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let sum: u32 = digits.bytes().rev().zip([1, 2].into_iter().cycle()).map(|(byte, weight)| luhn(byte, weight)).sum();
    matches(&CARD, &digits) && sum.is_multiple_of(10)
}

fn luhn(digit: u8, weight: u32) -> u32 {
    let product = u32::from(digit - b'0') * weight;
    if product > 9 { product - 9 } else { product }
}

pub(super) fn is_ssn(text: &str) -> bool {
    static SSN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}$").ok());
    text.len() == 11 && matches(&SSN, text)
}

pub(super) fn is_hex_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn is_rgb_color(text: &str) -> bool {
    static COLOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let part = "(?:0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])";
        Regex::new(&format!(
            r"^rgb\([ \t\n\f\r]*{part}[ \t\n\f\r]*,[ \t\n\f\r]*{part}[ \t\n\f\r]*,[ \t\n\f\r]*{part}[ \t\n\f\r]*\)$"
        ))
        .ok()
    });
    matches(&COLOR, text)
}

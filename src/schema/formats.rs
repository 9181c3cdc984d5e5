//! The formats of texts that kube-apiserver checks; it lets all others pass.
//!
//! What each takes is that of `k8s.io/kube-openapi/pkg/validation/strfmt`, with its leniencies.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::metadata::{dns_label, dns_subdomain};

mod codes;

#[cfg(test)]
mod tests;

/// A format that is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format(fn(&str) -> bool);

impl Format {
    /// The format of this name; dashes in names do not count.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(Self(match name.replace('-', "").as_str() {
            "bsonobjectid" => |text| text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "uri" => is_request_uri,
            "email" => is_email,
            "hostname" => is_hostname,
            "ipv4" => |text| is_sloppy_ipv4(text) || (text.contains('.') && is_ipv6(text)),
            "ipv6" => is_ipv6,
            "cidr" => is_cidr,
            "mac" => is_mac,
            "uuid" => |text| is_uuid(text, None),
            "uuid3" => |text| is_uuid(text, Some('3')),
            "uuid4" => |text| is_uuid(text, Some('4')),
            "uuid5" => |text| is_uuid(text, Some('5')),
            "isbn" => |text| codes::is_isbn10(text) || codes::is_isbn13(text),
            "isbn10" => codes::is_isbn10,
            "isbn13" => codes::is_isbn13,
            "creditcard" => codes::is_credit_card,
            "ssn" => codes::is_ssn,
            "hexcolor" => codes::is_hex_color,
            "rgbcolor" => codes::is_rgb_color,
            "byte" => is_base64,
            "password" => |_| true,
            "date" => is_date,
            "duration" => is_duration,
            "datetime" => is_date_time,
            "k8sshortname" => |text| dns_label(text).is_empty(),
            "k8slongname" => |text| dns_subdomain(text).is_empty(),
            _ => return None,
        }))
    }

    pub(super) fn accepts(self, text: &str) -> bool {
        (self.0)(text)
    }
}

/// A regular expression that is written here; the tests of formats compile each.
pub(super) fn matches(regex: &'static LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// An absolute URI or an absolute path.
fn is_request_uri(text: &str) -> bool {
    static SCHEME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:/|[A-Za-z][A-Za-z0-9+.-]*:)").ok());
    static BAD_ESCAPE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"%(?:$|[^0-9A-Fa-f]|[0-9A-Fa-f](?:$|[^0-9A-Fa-f]))").ok());
    let path = text.split('?').next().unwrap_or(text);
    let control = text.bytes().any(|byte| byte < 0x20 || byte == 0x7f);
    let host = text.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(""));
    let bad_host = host.contains([' ', '<', '>', '"', '\\', '^', '`', '{', '|', '}']);
    !control && !bad_host && matches(&SCHEME, text) && !matches(&BAD_ESCAPE, path)
}

/// An address, perhaps with a name before it: `Ann <ann@example.com>`.
fn is_email(text: &str) -> bool {
    static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let atom = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\x{80}-\x{10ffff}]+";
        let local = format!(r#"(?:{atom}(?:\.{atom})*|"(?:[^"\\\x00-\x1f]|\\.)+")"#);
        let domain = format!(r"(?:{atom}(?:\.{atom})*|\[[0-9A-Fa-f.:]+\])");
        let name = format!(r#"(?:(?:{atom}\.?|"(?:[^"\\]|\\.)*")\s*)+"#);
        Regex::new(&format!(r"^\s*(?:{local}@{domain}|(?:{name})?<{local}@{domain}>)\s*$")).ok()
    });
    matches(&ADDRESS, text)
}

fn is_hostname(text: &str) -> bool {
    static HOSTNAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let letter = r"a-zA-Z0-9\p{S}\p{L}";
        let many = format!(r"([{letter}](([{letter}-]{{0,61}}[{letter}])?)(\.)){{1,}}([a-zA-Z\p{{L}}]){{2,63}}");
        Regex::new(&format!(r"^([{letter}]((-?[{letter}]{{0,62}})?)|{many})$")).ok()
    });
    text.len() <= 255 && text.split('.').all(|part| part.len() <= 63) && matches(&HOSTNAME, text)
}

/// Zeros before a number are fine, as in Go before 1.17.
fn is_sloppy_ipv4(text: &str) -> bool {
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits
            && part
                .trim_start_matches('0')
                .parse::<u8>()
                .map_or_else(|_| part.bytes().all(|byte| byte == b'0'), |_| true)
    };
    text.split('.').count() == 4 && text.split('.').all(number)
}

fn is_ipv6(text: &str) -> bool {
    text.contains(':') && text.parse::<Ipv6Addr>().is_ok()
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let bits =
        if !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit()) { bits.parse::<u8>().ok() } else { None };
    let most = if is_sloppy_ipv4(address) { Ipv4Addr::BITS } else { Ipv6Addr::BITS };
    let is_address = is_sloppy_ipv4(address) || is_ipv6(address);
    is_address && bits.is_some_and(|bits| u32::from(bits) <= most)
}

/// 6, 8 or 20 bytes.
fn is_mac(text: &str) -> bool {
    static MAC: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let lengths = |byte: &str, separator: &str, counts: [u8; 3]| {
            counts.map(|count| format!("{byte}(?:{separator}{byte}){{{count}}}")).join("|")
        };
        let byte = "[0-9A-Fa-f]{2}";
        let all = [
            lengths(byte, ":", [5, 7, 19]),
            lengths(byte, "-", [5, 7, 19]),
            lengths("[0-9A-Fa-f]{4}", r"\.", [2, 3, 9]),
        ];
        Regex::new(&format!("^(?:{})$", all.join("|"))).ok()
    });
    matches(&MAC, text)
}

fn is_uuid(text: &str, version: Option<char>) -> bool {
    static UUID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{12}$").ok()
    });
    let Some(found) = UUID.as_ref().and_then(|regex| regex.captures(text)) else { return false };
    let variant = matches!(&found[2], "8" | "9" | "a" | "b" | "A" | "B");
    match version {
        None => true,
        Some('3') => &found[1] == "3",
        Some(version) => variant && found[1].starts_with(version),
    }
}

fn is_base64(text: &str) -> bool {
    static BASE64: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let part = "[A-Za-z0-9+/]";
        Regex::new(&format!("^(?:{part}{{4}})*(?:{part}{{2}}==|{part}{{3}}=|{part}{{4}})$")).ok()
    });
    matches(&BASE64, text)
}

/// `2006-01-02`, and no other form.
fn is_date(text: &str) -> bool {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_date_time(text: &str) -> bool {
    static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$").ok()
    });
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (date, time) = (parts.next().unwrap_or(""), parts.next());
    is_date(date) && time.is_some_and(|time| matches(&TIME, time))
}

/// Durations of Go (`1h30m`) and of Scala (`22 ns`, `3 weeks`).
fn is_duration(text: &str) -> bool {
    static GO: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$").ok()
    });
    static SCALA: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let spelled = "ns|us|µs|ms|s|m|h|hr|d|w|wk";
        let begun = "nano|micro|milli|sec|min|hour|day|week|µs";
        Regex::new(&format!(r"(?i)[0-9]{{1,18}}\s*(?:(?:{spelled})(?:[^A-Za-zµ]|$)|(?:{begun})[A-Za-zµ]*)")).ok()
    });
    matches(&GO, text) || matches(&SCALA, text)
}

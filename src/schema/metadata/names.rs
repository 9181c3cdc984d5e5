//! What may be a name, a label or an annotation's key, with the server's words for what may not.

#[cfg(test)]
mod tests;

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

/// What an object may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// A DNS subdomain, as for most kinds.
    Subdomain,
    /// A DNS label, as for Namespaces.
    Label,
    /// A DNS label that begins with a letter, as for Services before 1.34.
    Label1035,
    /// Anything that can stand in a URL's path, as for roles and for embedded resources.
    PathSegment,
}

impl NameRule {
    /// What is wrong with a name.
    pub fn check(self, name: &str) -> Vec<String> {
        match self {
            Self::Subdomain => dns_subdomain(name),
            Self::Label => dns_label(name),
            Self::Label1035 => dns_label_1035(name),
            Self::PathSegment => path_segment(name),
        }
    }

    /// What is wrong with the first part of a name that is to be generated.
    pub(super) fn check_prefix(self, prefix: &str) -> Vec<String> {
        match self {
            Self::PathSegment => path_segment_part(prefix),
            _ => self.check(&mask_trailing_dash(prefix)),
        }
    }
}

/// What is wrong with a DNS subdomain (RFC 1123).
pub fn dns_subdomain(value: &str) -> Vec<String> {
    subdomain(value, "characters")
}

fn subdomain(value: &str, unit: &str) -> Vec<String> {
    let mut wrong = too_long(value, 253, unit);
    if !value.split('.').all(|part| is_label(part, false)) {
        wrong.push(format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
             '{LABEL}(\\.{LABEL})*')"
        ));
    }
    wrong
}

/// What is wrong with a DNS label (RFC 1123).
pub fn dns_label(value: &str) -> Vec<String> {
    let mut wrong = too_long(value, 63, "characters");
    if !is_label(value, false) {
        wrong.push(if value.split('.').all(|part| is_label(part, false)) {
            "must not contain dots".to_owned()
        } else {
            format!(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
                 and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
                 '{LABEL}')"
            )
        });
    }
    wrong
}

/// What is wrong with a DNS label that begins with a letter (RFC 1035).
pub fn dns_label_1035(value: &str) -> Vec<String> {
    let mut wrong = too_long(value, 63, "characters");
    if !is_label(value, true) {
        wrong.push(format!(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
             validation is '{LABEL_1035}')"
        ));
    }
    wrong
}

/// What is wrong with a qualified name: the key of a label or an annotation, a finalizer.
pub fn qualified_name(value: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut parts = value.split('/');
    let name = match (parts.next(), parts.next(), parts.next()) {
        (Some(prefix), Some(name), None) => {
            match prefix {
                "" => wrong.push("prefix part must be non-empty".to_owned()),
                _ => wrong.extend(subdomain(prefix, "bytes").iter().map(|message| format!("prefix part {message}"))),
            }
            name
        }
        (Some(name), None, None) => name,
        _ => {
            let optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a valid label key {} {optional}", must_be_key())];
        }
    };
    if name.is_empty() {
        wrong.push("name part must be non-empty".to_owned());
    }
    wrong.extend(too_long(name, 63, "bytes").iter().map(|message| format!("name part {message}")));
    if !is_key(name) {
        wrong.push(format!("name part {}", must_be_key()));
    }
    wrong
}

/// What is wrong with the value of a label.
pub fn label_value(value: &str) -> Vec<String> {
    let mut wrong = too_long(value, 63, "bytes");
    if !(value.is_empty() || is_key(value)) {
        wrong.push(format!(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
             validation is '({KEY})?')"
        ));
    }
    wrong
}

/// What is wrong with a part of a URL's path.
fn path_segment(name: &str) -> Vec<String> {
    match name {
        "." | ".." => vec![format!("may not be '{name}'")],
        _ => path_segment_part(name),
    }
}

fn path_segment_part(name: &str) -> Vec<String> {
    let contained = ["/", "%"].into_iter().filter(|illegal| name.contains(illegal));
    contained.map(|illegal| format!("may not contain '{illegal}'")).collect()
}

/// A generated name continues behind the dash. The server drops the letter before it as well: its rules are the rules.
fn mask_trailing_dash(name: &str) -> String {
    match name.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let end = rest.char_indices().next_back().map_or(0, |(index, _)| index);
            format!("{}a", &rest[..end])
        }
        _ => name.to_owned(),
    }
}

/// Lengths are in bytes; the server says characters of names all the same.
fn too_long(value: &str, limit: usize, unit: &str) -> Vec<String> {
    (value.len() > limit).then(|| format!("must be no more than {limit} {unit}")).into_iter().collect()
}

fn is_label(value: &str, letter_first: bool) -> bool {
    let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = value.as_bytes();
    let first = bytes.first().is_some_and(|byte| byte.is_ascii_lowercase() || (!letter_first && byte.is_ascii_digit()));
    first && bytes.last().is_some_and(inner) && bytes.iter().all(|byte| inner(byte) || *byte == b'-')
}

fn is_key(value: &str) -> bool {
    let bytes = value.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    outer(bytes.first()) && outer(bytes.last()) && bytes.iter().all(inner)
}

fn must_be_key() -> String {
    format!(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
         character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{KEY}')"
    )
}

//! What validation finds wrong, in the words of kube-apiserver.

use std::fmt::Write as _;

use serde_json::{Number, Value};

#[cfg(test)]
mod tests;

/// What stands where a schema has rules that were not looked at.
pub(super) const RULES_NOT_CHECKED: &str = "some validation rules were not checked because the object was invalid; correct the \
                                 existing errors to complete validation";

/// One thing that is wrong with an object: a cause of a `Status` of reason `Invalid`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, as `field.Path` writes it: `spec.replicas`, `spec.list[0].x`, `spec.map[key]`; `<nil>` for the whole object.
    pub path: String,
    /// What kind of wrong it is.
    pub reason: Reason,
    /// What is wrong, as it stands behind the path: `Invalid value: 5: should be less than or equal to 3`.
    pub message: String,
}

/// The kinds of findings: `reason` of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A value that must be there is not.
    Required,
    /// A value that breaks a rule.
    Invalid,
    /// A value that is none of those listed.
    NotSupported,
    /// A value that is there twice and may be only once.
    Duplicate,
    /// A value that must not be there.
    Forbidden,
    /// A text that is too long.
    TooLong,
    /// A list or a map that holds too much.
    TooMany,
    /// A value of the wrong type.
    TypeInvalid,
}

impl Reason {
    /// The word for it in a cause of a `Status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "FieldValueRequired",
            Self::Invalid => "FieldValueInvalid",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Duplicate => "FieldValueDuplicate",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::TypeInvalid => "FieldValueTypeInvalid",
        }
    }

    /// Whether rules in CEL are not looked at where there is such a finding: they could meet values that no schema allows.
    pub(crate) fn blocks_rules(self) -> bool {
        matches!(self, Self::Required | Self::NotSupported | Self::TooLong | Self::TooMany | Self::TypeInvalid)
    }

    /// The words that its messages begin with.
    fn words(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Invalid | Self::TypeInvalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Duplicate => "Duplicate value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
        }
    }
}

impl Finding {
    /// A finding about a value, with the value in its message.
    pub(crate) fn about(path: &str, reason: Reason, value: &Value, detail: &str) -> Self {
        let message = format!("{}: {}", reason.words(), shown(value));
        Self::with_detail(path, reason, message, detail)
    }

    /// A finding that does not show the value.
    pub(crate) fn plain(path: &str, reason: Reason, detail: &str) -> Self {
        Self::with_detail(path, reason, reason.words().to_owned(), detail)
    }

    /// Whether it only says that rules were not looked at, because of what else was found.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.message.ends_with(RULES_NOT_CHECKED)
    }

    /// An invalid text.
    pub(crate) fn invalid(path: &str, text: &str, detail: &str) -> Self {
        let message = format!("{}: {}", Reason::Invalid.words(), quoted(text));
        Self::with_detail(path, Reason::Invalid, message, detail)
    }

    /// A value that is none of `allowed`.
    pub(crate) fn not_supported(path: &str, value: &Value, allowed: &[String]) -> Self {
        let allowed: Vec<_> = allowed.iter().map(|text| quoted(text)).collect();
        Self::about(path, Reason::NotSupported, value, &format!("supported values: {}", allowed.join(", ")))
    }

    fn with_detail(path: &str, reason: Reason, mut message: String, detail: &str) -> Self {
        if !detail.is_empty() {
            message.push_str(": ");
            message.push_str(detail);
        }
        Self { path: path.to_owned(), reason, message }
    }
}

/// A value as a message shows it: texts in quotes, numbers as Go prints them, anything else as JSON.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => number_shown(number),
        other => other.to_string(),
    }
}

/// A number as `%v` of Go prints it.
pub(crate) fn number_shown(number: &Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => integer.to_string(),
        (None, Some(float)) => float_shown(float),
        (None, None) => number.to_string(),
    }
}

/// A float as `%v` of Go prints it: the shortest form, with an exponent below 10⁻⁴ and from 10⁶ on.
pub(crate) fn float_shown(float: f64) -> String {
    let magnitude = float.abs();
    if magnitude == 0.0 || (1e-4..1e6).contains(&magnitude) {
        return float.to_string();
    }
    let text = format!("{float:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
            format!("{digits}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

/// A text as `%q` of Go prints it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => push_beyond_ascii(&mut out, character),
        }
    }
    out.push('"');
    out
}

fn push_beyond_ascii(out: &mut String, character: char) {
    // Behind a letter, so that combining marks count as printable, as in Go.
    let printable = !format!("a{character}").escape_debug().any(|escaped| escaped == '\\');
    let code = u32::from(character);
    let _ = match code {
        _ if printable => write!(out, "{character}"),
        0..=0x7f => write!(out, "\\x{code:02x}"),
        0x80..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

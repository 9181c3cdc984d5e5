//! Causes in the words of apimachinery's `field.Error`.

use serde_json::Value;

use super::failure::Cause;
pub(crate) use crate::schema::quoted;

/// `Required value`.
pub fn required(field: impl Into<String>, detail: &str) -> Cause {
    cause("FieldValueRequired", "Required value".to_owned(), field, detail)
}

/// `Invalid value: …`.
pub fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Cause {
    cause("FieldValueInvalid", format!("Invalid value: {}", shown(value)), field, detail)
}

/// `Invalid value` of what is shown in a form of its own.
pub fn invalid_shown(field: impl Into<String>, shown: &str, detail: &str) -> Cause {
    cause("FieldValueInvalid", format!("Invalid value: {shown}"), field, detail)
}

/// `Invalid value` of what must not be repeated, such as a Secret's data.
pub fn invalid_unsaid(field: impl Into<String>, detail: &str) -> Cause {
    cause("FieldValueInvalid", "Invalid value: \"\"".to_owned(), field, detail)
}

/// `Unsupported value: "x": supported values: "a", "b"`; they are given in the order to be shown.
pub fn not_supported(field: impl Into<String>, value: &str, supported: &[&str]) -> Cause {
    let listed = supported.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ");
    let message = format!("Unsupported value: {}", quoted(value));
    cause("FieldValueNotSupported", message, field, &format!("supported values: {listed}"))
}

/// `Forbidden: …`.
pub fn forbidden(field: impl Into<String>, detail: &str) -> Cause {
    cause("FieldValueForbidden", "Forbidden".to_owned(), field, detail)
}

/// `Duplicate value: …`.
pub fn duplicate(field: impl Into<String>, value: &Value) -> Cause {
    cause("FieldValueDuplicate", format!("Duplicate value: {}", shown(value)), field, "")
}

/// `Too long: may not be more than … bytes`.
pub fn too_long(field: impl Into<String>, bytes: usize) -> Cause {
    cause("FieldValueTooLong", "Too long".to_owned(), field, &format!("may not be more than {bytes} bytes"))
}

/// `Too many: n: must have at most … items`.
pub fn too_many(field: impl Into<String>, count: usize, most: usize) -> Cause {
    cause("FieldValueTooMany", format!("Too many: {count}"), field, &format!("must have at most {most} items"))
}

fn cause(reason: &'static str, said: String, field: impl Into<String>, detail: &str) -> Cause {
    let message = if detail.is_empty() { said } else { format!("{said}: {detail}") };
    Cause { reason, message, field: field.into() }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

//! Reading objects of the kinds that are built in, which a real server decodes into Go types.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::definitions::GO_TYPE;
use crate::local::api::causes::quoted;
use crate::local::api::failure::Failure;
use crate::local::api::resource::Resource;
use crate::schema::{Schema, Type, go};

/// What Go calls a time with microseconds.
const MICRO_TIME: &str = "v1.MicroTime";

/// Checks the types of an object's fields, and drops what such a type does not keep: nulls, and maps and lists without
/// anything in them. Unknown fields stay.
///
/// # Errors
/// 400 in the server's words. No value is repeated.
pub fn decode(resource: &Resource, object: &mut Value) -> Result<(), Failure> {
    let place = Place { of: &resource.kind, path: "" };
    read(&resource.schema, object, place).map_err(|why| {
        let (kind, version) = (&resource.kind, &resource.version);
        Failure::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
    })
}

/// Checks the types of what is no object of a resource, such as `DeleteOptions`, and drops nulls and what is empty.
///
/// # Errors
/// In the words of Go's decoder.
pub fn decode_options(schema: &Schema, kind: &str, value: &mut Value) -> Result<(), String> {
    read(schema, value, Place { of: kind, path: "" })
}

/// A field, as Go speaks of it.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The struct that has it.
    of: &'a str,
    /// From the root on.
    path: &'a str,
}

fn read(schema: &Schema, value: &mut Value, place: Place<'_>) -> Result<(), String> {
    if schema.int_or_string {
        let fits = value.is_string() || value.as_i64().is_some_and(|number| i32::try_from(number).is_ok());
        return if fits { Ok(()) } else { Err(mismatch(value, "int32", place)) };
    }
    match (schema.kind, &mut *value) {
        (None, _) | (Some(Type::Boolean), Value::Bool(_)) | (Some(Type::Number), Value::Number(_)) => Ok(()),
        (Some(Type::Integer), Value::Number(number)) if fits(schema, number) => Ok(()),
        (Some(Type::String), Value::String(text)) => read_text(schema, text),
        (Some(Type::Array), Value::Array(items)) => {
            let Some(of) = schema.items.as_deref() else { return Ok(()) };
            items.iter_mut().try_for_each(|item| read(of, item, Place { of: own(of, place.of), ..place }))
        }
        (Some(Type::Object), Value::Object(fields)) => {
            if let (Some(of), true) = (schema.additional.as_deref(), schema.properties.is_empty()) {
                return fields.values_mut().try_for_each(|value| read_entry(of, value, place));
            }
            let struct_name = own(schema, place.of);
            for (name, field) in &schema.properties {
                let Some(value) = fields.get_mut(name) else { continue };
                let path = if place.path.is_empty() { name.clone() } else { format!("{}.{name}", place.path) };
                if !value.is_null() {
                    read(field, value, Place { of: struct_name, path: &path })?;
                }
                if value.is_null() || is_empty(field, value) {
                    fields.remove(name);
                }
            }
            Ok(())
        }
        (Some(_), value) => Err(mismatch(value, &go_type(schema), place)),
    }
}

/// An entry of a map; null is the empty value.
fn read_entry(schema: &Schema, value: &mut Value, place: Place<'_>) -> Result<(), String> {
    if value.is_null() && schema.kind == Some(Type::String) {
        *value = "".into();
    }
    read(schema, value, place)
}

fn read_text(schema: &Schema, text: &str) -> Result<(), String> {
    match format(schema) {
        "byte" => match STANDARD.decode(text) {
            Ok(_) => Ok(()),
            Err(base64::DecodeError::InvalidByte(index, _)) => {
                Err(format!("illegal base64 data at input byte {index}"))
            }
            Err(_) => Err(format!("illegal base64 data at input byte {}", text.len())),
        },
        "date-time" if schema.source.get(GO_TYPE).is_some_and(|name| name == MICRO_TIME) => read_micro_time(text),
        "date-time" if text.parse::<jiff::Timestamp>().is_err() => Err("parsing time: not in RFC 3339".to_owned()),
        _ => Ok(()),
    }
}

/// A time with microseconds: `2026-01-01T00:00:00.000000Z`, with six digits and no other number of them.
fn read_micro_time(text: &str) -> Result<(), String> {
    const LAYOUT: &str = "2006-01-02T15:04:05.000000Z07:00";
    let wrong = |rest: &str, element: &str| {
        let (text, rest) = (quoted(text), quoted(rest));
        Err(format!("parsing time {text} as \"{LAYOUT}\": cannot parse {rest} as \"{element}\""))
    };
    if text.parse::<jiff::Timestamp>().is_err() || !text.is_ascii() {
        return wrong(text, "2006");
    }
    let rest = text.get("2006-01-02T15:04:05".len()..).unwrap_or_default();
    let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    match (rest.starts_with('.'), digits) {
        (true, 6) => Ok(()),
        (true, 7..) => wrong(&rest[7..], "Z07:00"),
        _ => wrong(rest, ".000000"),
    }
}

fn is_empty(schema: &Schema, value: &Value) -> bool {
    match value {
        Value::Array(items) => schema.kind == Some(Type::Array) && items.is_empty(),
        Value::Object(fields) => schema.additional.is_some() && fields.is_empty(),
        _ => false,
    }
}

fn fits(schema: &Schema, number: &serde_json::Number) -> bool {
    match format(schema) {
        "int32" => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        _ => number.is_i64(),
    }
}

fn format(schema: &Schema) -> &str {
    schema.source.get("format").and_then(Value::as_str).unwrap_or_default()
}

fn own<'s>(schema: &'s Schema, otherwise: &'s str) -> &'s str {
    let name = schema.source.get(GO_TYPE).and_then(Value::as_str);
    name.and_then(|name| name.rsplit('.').next()).unwrap_or(otherwise)
}

fn go_type(schema: &Schema) -> String {
    if let Some(name) = schema.source.get(GO_TYPE).and_then(Value::as_str) {
        return name.to_owned();
    }
    match schema.kind {
        Some(Type::String) => "string".to_owned(),
        Some(Type::Boolean) => "bool".to_owned(),
        Some(Type::Number) => "float64".to_owned(),
        Some(Type::Integer) if format(schema) == "int32" => "int32".to_owned(),
        Some(Type::Integer) => "int64".to_owned(),
        Some(Type::Array) => {
            format!("[]{}", schema.items.as_deref().map_or_else(|| "interface {}".to_owned(), go_type))
        }
        Some(Type::Object) => {
            format!("map[string]{}", schema.additional.as_deref().map_or_else(|| "interface {}".to_owned(), go_type))
        }
        None => "interface {}".to_owned(),
    }
}

fn mismatch(value: &Value, wanted: &str, place: Place<'_>) -> String {
    let kind = go::json_kind(value);
    match place.path {
        "" => format!("json: cannot unmarshal {kind} into Go value of type {wanted}"),
        path => format!("json: cannot unmarshal {kind} into Go struct field {}.{path} of type {wanted}", place.of),
    }
}

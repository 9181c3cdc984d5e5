#![allow(missing_docs)]
use super::{failure::Failure, path::Target, registry::Registry, respond::Form};
use serde_json::{Value, json};
pub fn api(_r: &Registry, _a: &str) -> Value {
    json!({})
}
pub fn apis(_r: &Registry, _a: &str) -> Value {
    json!({})
}
pub fn group(_r: &Registry, _g: &str) -> Option<Value> {
    None
}
pub fn resources(_r: &Registry, _g: &str, _v: &str) -> Option<Value> {
    None
}
pub fn negotiate(_a: &str) -> Result<Form, Failure> {
    Ok(Form::Object)
}
pub fn media_type(_t: &Target, _a: &str) -> Option<&'static str> {
    None
}

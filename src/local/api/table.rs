#![allow(missing_docs)]
use super::{failure::Failure, resource::Resource};
use serde_json::{Value, json};
#[derive(Clone, Copy, Debug, Default)]
pub enum Include {
    #[default]
    Metadata,
    Object,
    None,
}
impl Include {
    pub fn parse(_t: Option<&str>) -> Result<Self, Failure> {
        Ok(Self::Metadata)
    }
}
pub fn table(_r: &Resource, _o: &[Value], _i: Include, _m: Value, _n: jiff::Timestamp) -> Value {
    json!({})
}

#![allow(missing_docs)]
use super::failure::Failure;
use serde_json::Value;
pub fn decode_object(_b: &[u8]) -> Result<Value, Failure> {
    Err(Failure::bad_request("protobuf"))
}

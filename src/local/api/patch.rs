#![allow(missing_docs)]
use super::failure::Failure;
use serde_json::Value;
pub fn merge(old: &Value, patch: &Value) -> Result<Value, Failure> {
    let mut new = old.clone();
    json_patch::merge(&mut new, patch);
    Ok(new)
}
pub fn json(old: &Value, patch: &Value) -> Result<Value, Failure> {
    let mut new = old.clone();
    let p: json_patch::Patch =
        serde_json::from_value(patch.clone()).map_err(|e| Failure::bad_request(e.to_string()))?;
    json_patch::patch(&mut new, &p).map_err(|e| Failure::bad_request(e.to_string()))?;
    Ok(new)
}
pub fn strategic(_k: &str, old: &Value, patch: &Value) -> Result<Value, Failure> {
    merge(old, patch)
}

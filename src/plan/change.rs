//! What a verb makes of an object, and the patch that says so.

use serde_json::{Map, Value, json};

/// What a verb makes of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is to be like this.
    To(Value),
    /// It stays as it is, for this reason.
    Not(String),
}

/// The merge patch that makes `after` of `before`, on the condition that nobody has changed it in between.
pub fn patch(before: &Value, after: &Value) -> Value {
    let mut patch = difference(before, after).unwrap_or_else(|| json!({}));
    patch["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
    patch
}

/// A merge patch; nothing when there is nothing to change.
fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let changed = new.iter().filter_map(|(name, value)| {
        let change = old.get(name).map_or_else(|| Some(value.clone()), |before| difference(before, value));
        Some((name.clone(), change?))
    });
    let changes: Map<_, _> = gone.chain(changed).collect();
    (!changes.is_empty()).then_some(Value::Object(changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_says_what_is_gone_and_what_is_new() {
        let before = json!({"metadata": {"resourceVersion": "7", "name": "a"}, "spec": {"a": 1, "b": {"c": [1, 2]}}});
        let after = json!({"metadata": {"resourceVersion": "7", "name": "a"}, "spec": {"b": {"c": [1]}, "d": {}}});
        let expected = json!({
            "metadata": {"resourceVersion": "7"},
            "spec": {"a": null, "b": {"c": [1]}, "d": {}},
        });
        assert_eq!(patch(&before, &after), expected);
        assert_eq!(patch(&before, &before), json!({"metadata": {"resourceVersion": "7"}}));
    }

    #[test]
    fn lists_go_as_a_whole_and_what_is_the_same_is_left_out() {
        let old = json!({"a": 1, "b": {"c": 1, "d": [1, 2]}, "e": 5});
        let new = json!({"a": 1, "b": {"c": 2, "d": [1]}, "f": {"g": 1}});
        let expected = json!({"b": {"c": 2, "d": [1]}, "e": null, "f": {"g": 1}});
        assert_eq!(difference(&old, &new), Some(expected));
        assert_eq!(difference(&old, &old), None);
    }
}

use serde_json::json;

use super::*;
use crate::schema::rules::evaluate::{Expression, deep_stack};

fn verdict(rule: &str) -> Result<(), String> {
    let schema = Schema::parse(&json!({
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "on": { "type": "boolean" },
                    "count": { "type": "integer" },
                    "dash-ed": { "type": "string" },
                    "maybe": { "type": "integer", "nullable": true },
                    "list": { "type": "array", "items": { "type": "string" } },
                    "map": { "type": "object", "additionalProperties": { "type": "integer" } },
                    "open": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                },
            },
        },
    }))
    .unwrap();
    deep_stack(|| check(Expression::compile(rule).unwrap().parts(), &schema, true)).unwrap()
}

#[test]
fn a_field_that_cannot_be_is_undefined() {
    for rule in [
        "self.nope == 1",
        "has(self.nope)",
        "self.spec.on && self.spec.nope",
        "self.spec.list.all(x, x == self.spec.nope)",
        "self.metadata.labels == {}",
        "self.spec['count'] == 1 || self.nope.a",
        "[self.nope].size() == 1",
        "{'a': self.nope} == {}",
    ] {
        assert!(verdict(rule).unwrap_err().starts_with("undefined field"), "{rule}");
    }
}

#[test]
fn a_rule_comes_to_a_bool() {
    for rule in [
        "self.spec.count + 1",
        "self.spec.count",
        "self.spec",
        "self.metadata",
        "'text'",
        "1",
        "[]",
        "{}",
        "size(self.spec.list)",
        "-self.spec.count",
        "self.kind",
        "self.spec.on ? 1 : self.spec.count",
    ] {
        assert_eq!(verdict(rule), Err("cel expression must evaluate to a bool".to_owned()), "{rule}");
    }
}

#[test]
fn what_may_be_right_is_let_pass() {
    for rule in [
        "self.spec.on",
        "true",
        "!self.spec.on",
        "self.spec.open.anything",
        "self.spec.map.anything == 1",
        "self.spec.dash__dash__ed == 'x'",
        "self.metadata.name.startsWith('a') && self.apiVersion != ''",
        "self.spec.list.exists(spec, spec == 'a')",
        "self.spec.maybe == null || self.spec.maybe > 1",
        "oldSelf.spec == self.spec",
        "has(self.spec.count) ? self.spec.count > 1 : true",
        "type(self.spec.count) == int",
        "self.spec.list.map(x, x).size() in [1, 2]",
        "self.spec.on ? 1 : true",
    ] {
        assert_eq!(verdict(rule), Ok(()), "{rule}");
    }
}

use serde_json::json;

use super::*;

fn found(schema: Value, object: Value, old: Option<Value>) -> String {
    let schema = Schema::parse(&schema).unwrap();
    let findings = Rules::of(&schema).unwrap().check(&object, old.as_ref());
    findings.iter().map(|finding| format!("{}: {}\n", finding.path, finding.message)).collect()
}

fn of_self(rule: &str, this: Value) -> String {
    let field = json!({"x-kubernetes-preserve-unknown-fields": true, "x-kubernetes-validations": [{"rule": rule}]});
    found(json!({"type": "object", "properties": {"a": field}}), json!({"a": this}), None)
}

#[test]
fn schemas_without_rules_have_none() {
    let schema = Schema::parse(&json!({"type": "object", "properties": {"a": {"type": "string"}}})).unwrap();
    assert!(Rules::of(&schema).is_none());
}

#[test]
fn a_broken_rule_is_told_and_nothing_panics() {
    for (rule, expected) in [
        (
            "other > 1",
            "a: Invalid value: \"\": rule compile error: undeclared reference to 'other' (in container '')\n",
        ),
        ("1", "a: Invalid value: \"\": rule compile error: cel expression must evaluate to a bool: 1\n"),
        ("", "a: Invalid value: \"\": rule compile error: rule is not specified\n"),
        ("1 / 0 == 1", "a: Invalid value: \"\": division by zero evaluating rule: 1 / 0 == 1\n"),
        ("[1][5] == 1", "a: Invalid value: \"\": index out of bounds: 5 evaluating rule: [1][5] == 1\n"),
        ("{'a': 1}['b'] == 1", "a: Invalid value: \"\": no such key: b evaluating rule: {'a': 1}['b'] == 1\n"),
    ] {
        assert_eq!(of_self(rule, json!(1)), expected, "{rule}");
    }
    for rule in [
        "(",
        "self.",
        "Message{a: 1}",
        "self.foo(",
        "[[[[",
        "'",
        "unknown(self)",
        "\u{0}",
        &"(".repeat(5000),
        &"[".repeat(999),
        &"1?".repeat(999),
        &"!".repeat(9999),
        &"1+".repeat(9999),
    ] {
        assert_ne!(of_self(rule, json!(1)), "", "{rule}");
    }
}

#[test]
fn what_nests_deep_is_refused_or_evaluated() {
    for depth in [1, 5, 10, 15, 20, 22, 25, 60, 90, 96, 97, 120] {
        let rule = format!("{}1{} == []", "[".repeat(depth), "]".repeat(depth));
        assert_ne!(of_self(&rule, json!(1)), "");
        let rule = format!("{}true{}", "[true].all(x, ".repeat(depth), ")".repeat(depth));
        of_self(&rule, json!(1));
    }
}

#[test]
fn the_usual_vocabulary_is_there() {
    for rule in [
        "type(self) == int",
        "type('a') == string",
        "type(1.5) == double",
        "type(null) == null_type",
        "type([]) != map",
        "math.greatest(1, 2) == 2",
        "sets.contains([1, 2], [1])",
        "'a,b'.split(',').size() == 2",
        "optional.of(1).hasValue()",
        "quantity('1Gi').isGreaterThan(quantity('1Mi'))",
        "isURL('http://a')",
        "'abc'.find('b') == 'b'",
        "[1, 2].map(x, x * 2).exists(y, y == 4)",
        "[1].all(x, [2].all(y, x < y))",
        "ip('1.2.3.4').family() == 4",
        "!format.dns1123Label().validate('a').hasValue()",
    ] {
        assert_eq!(of_self(rule, json!(1)), "", "{rule}");
    }
}

#[test]
fn cost_is_bounded() {
    let list = (1..=10).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let nested = (0..9).rev().fold("true".to_owned(), |inner, depth| format!("[{list}].all(x{depth}, {inner})"));
    let told = of_self(&nested, json!(1));
    assert!(told.contains("call cost exceeds limit"), "{told}");
    let rules: Vec<_> = (0..30).map(|_| json!({"rule": format!("{nested} || true")})).collect();
    let field = json!({"type": "integer", "x-kubernetes-validations": rules});
    let schema = json!({"type": "object", "properties": {"a": field}});
    assert_eq!(found(schema, json!({"a": 1}), None).lines().count(), 1, "what costs too much ends the check");
}

#[test]
fn field_paths_follow_the_schema() {
    let schema = Schema::parse(&json!({
        "type": "object",
        "properties": {
            "spec": {"type": "object", "properties": {"a.b": {"type": "string"}}},
            "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {"x": {"type": "string"}}}},
        },
    }))
    .unwrap();
    let path = |text: &str| compile::normal_field_path(text, &schema);
    assert_eq!(path(".spec['a.b']").unwrap(), "spec.a.b");
    assert_eq!(path(".map['a \\'key\\''].x").unwrap(), "map[a 'key'].x");
    for bad in
        [".other", ".spec.other", "spec", ".spec[0]", ".spec['a.b'", ".map['a", ".", ".map['\\x']", ".spec['a.b'].c"]
    {
        assert!(path(bad).is_err(), "{bad}");
    }
}

#[test]
fn rules_stand_for_the_message_that_cannot_be_told() {
    let with = |expression: &str| {
        let rule = json!({"rule": "false", "message": " fixed ", "messageExpression": expression});
        found(json!({"type": "object", "x-kubernetes-validations": [rule]}), json!({}), None)
    };
    assert_eq!(with("'  made  '"), "<nil>: Invalid value: made\n");
    for expression in ["''", "'a\\nb'", "1", "self.nothing", "'x'.charAt(5)"] {
        assert_eq!(with(expression), "<nil>: Invalid value: fixed\n", "{expression}");
    }
}

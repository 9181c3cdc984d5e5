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

/// Rules as they are without anything left out of what they are given.
fn with_whole_shapes(rules: &mut Rules, schema: &Schema) {
    rules.shape = Shape::of(schema, false);
    for (name, below) in &mut rules.properties {
        with_whole_shapes(below, &schema.properties[name]);
    }
    if let (Some(below), Some(schema)) = (&mut rules.items, &schema.items) {
        with_whole_shapes(below, schema);
    }
}

const ABOUT_ENTRIES: [&str; 16] = [
    "self.all(x, self.exists_one(y, y.name == x.name && (has(y.version) ? y.version : '') == (has(x.version) ? x.version : '')))",
    "self.all(x, (has(x.name) && x.name != '') || self.filter(y, y.kind == x.kind && !(has(y.name) && y.name != '')).size() == 1)",
    "self.exists(x, x.labels.all(key, x.labels[key] != ''))",
    "self.all(x, !has(x.labels) || x.labels.size() < 2)",
    "self.all(x, !has(x.list) || x.list.exists(y, has(y.a)))",
    "self.all(x, !has(x.list) || x.list.size() > 1 || x.list[0] == {'a': 'b'})",
    "self.map(x, x.name).exists_one(x, x == 'a')",
    "self.filter(x, has(x.version)).all(x, x.kind == 'a')",
    "self == []",
    "self.all(x, 'kind' in x)",
    "self[0].name == 'a'",
    "self.all(x, x.name == x.version)",
    "self.all(x, x == self[0])",
    "!self.exists(x, has(x.labels) && has(x.labels.a))",
    "self.all(x, !has(x.list) || x.list.filter(y, y.a == 'a').size() == x.list.size())",
    "size(self) < 3",
];

proptest::proptest! {
    #[test]
    fn what_a_rule_does_not_see_changes_nothing(entries in proptest::collection::vec(entry(), 0..4)) {
        let texts = json!({"type": "object", "additionalProperties": {"type": "string"}});
        let text = json!({"type": "string"});
        let below = json!({"type": "object", "properties": {"a": text, "b": text}});
        let properties = json!({"name": text, "version": text, "kind": text, "labels": texts,
            "list": {"type": "array", "items": below}});
        for rule in ABOUT_ENTRIES {
            let list = json!({"type": "array", "items": {"type": "object", "properties": properties},
                "x-kubernetes-validations": [{"rule": rule, "messageExpression": "'there are ' + string(self.size())"}]});
            let schema = Schema::parse(&json!({"type": "object", "properties": {"entries": list}})).unwrap();
            let mut rules = Rules::of(&schema).unwrap();
            let object = json!({"entries": entries});
            let found = format!("{:?}", rules.check(&object, None));
            with_whole_shapes(&mut rules, &schema);
            proptest::prop_assert_eq!(found, format!("{:?}", rules.check(&object, None)), "{}", rule);
        }
    }
}

fn entry() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let text = || prop_oneof![Just(json!("")), Just(json!("a")), Just(json!("b"))];
    let below = || prop_oneof![Just(json!({})), Just(json!({"a": "a"})), Just(json!({"a": "b", "b": "a"}))];
    let optional = |value: BoxedStrategy<Value>| proptest::option::of(value);
    let labels = prop_oneof![Just(json!({})), Just(json!({"a": ""})), Just(json!({"a": "b", "c": "d"}))];
    let list = proptest::collection::vec(below(), 0..3).prop_map(Value::from);
    let parts =
        (optional(text().boxed()), optional(text().boxed()), optional(text().boxed()), optional(labels.boxed()));
    (parts, optional(list.boxed())).prop_map(|((name, version, kind, labels), list)| {
        let fields = [("name", name), ("version", version), ("kind", kind), ("labels", labels), ("list", list)];
        fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>().into()
    })
}

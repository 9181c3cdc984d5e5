//! What holds for every schema and every value, tried with random ones.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

const NAMES: [&str; 6] = ["a", "b", "metadata", "kind", "apiVersion", "x-y"];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&NAMES[..]).prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-4..4_i64).prop_map(Value::from),
        // Whole, halved and extreme: serde_json reads others only nearly.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 2.0)),
        prop::sample::select(&[1e300, -1e-7, 1e17, 9_007_199_254_740_993.0][..]).prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A keyword that needs no schema below.
fn keyword() -> impl Strategy<Value = (String, Value)> {
    let number = prop_oneof![(-3..5_i64).prop_map(Value::from), any::<f64>().prop_map(Value::from)];
    let kind = prop::sample::select(&["object", "array", "string", "integer", "number", "boolean"][..]);
    let rule = prop::sample::select(&["self == oldSelf", "self.a > 1", "self.all(x, x == 'a')", "1 / 0 == 1", "("][..]);
    prop_oneof![
        4 => kind.prop_map(|kind| ("type".to_owned(), json!(kind))),
        1 => any::<bool>().prop_map(|flag| ("nullable".to_owned(), json!(flag))),
        1 => any::<bool>().prop_map(|flag| ("x-kubernetes-preserve-unknown-fields".to_owned(), json!(flag))),
        1 => any::<bool>().prop_map(|flag| ("x-kubernetes-embedded-resource".to_owned(), json!(flag))),
        1 => any::<bool>().prop_map(|flag| ("x-kubernetes-int-or-string".to_owned(), json!(flag))),
        1 => prop::sample::select(&["atomic", "set"][..]).prop_map(|list| ("x-kubernetes-list-type".to_owned(), json!(list))),
        2 => scalar().prop_map(|default| ("default".to_owned(), default)),
        1 => Just(("default".to_owned(), json!({}))),
        2 => prop::collection::vec(scalar(), 0..3).prop_map(|values| ("enum".to_owned(), Value::from(values))),
        2 => (prop::sample::select(&["minimum", "maximum", "multipleOf", "minLength", "maxItems"][..]), number)
            .prop_map(|(key, number)| (key.to_owned(), number)),
        1 => ".{0,5}".prop_map(|pattern| ("pattern".to_owned(), json!(pattern))),
        1 => prop::sample::select(&["date-time", "uri", "email", "ipv4", "int32", "duration"][..])
            .prop_map(|format| ("format".to_owned(), json!(format))),
        1 => prop::collection::vec(name(), 0..3).prop_map(|names| ("required".to_owned(), json!(names))),
        1 => rule.prop_map(|rule| ("x-kubernetes-validations".to_owned(), json!([{"rule": rule}]))),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let flat = prop::collection::vec(keyword(), 0..4).prop_map(|all| Value::Object(all.into_iter().collect()));
    flat.prop_recursive(4, 24, 4, |inner| {
        let properties = prop::collection::btree_map(name(), inner.clone(), 0..4);
        let list = prop::collection::vec(inner.clone(), 1..3);
        let part = prop_oneof![
            3 => properties.prop_map(|all| ("properties", Value::Object(all.into_iter().collect()))),
            2 => inner.clone().prop_map(|schema| ("items", schema)),
            1 => inner.clone().prop_map(|schema| ("additionalProperties", schema)),
            1 => any::<bool>().prop_map(|flag| ("additionalProperties", json!(flag))),
            1 => inner.prop_map(|schema| ("not", schema)),
            1 => (prop::sample::select(&["allOf", "anyOf", "oneOf"][..]), list)
                .prop_map(|(key, all)| (key, Value::from(all))),
        ];
        (prop::collection::vec(keyword(), 0..4), prop::collection::vec(part, 1..3)).prop_map(|(own, parts)| {
            let parts = parts.into_iter().map(|(key, value)| (key.to_owned(), value));
            Value::Object(own.into_iter().chain(parts).collect::<Map<_, _>>())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pruning_twice_is_pruning_once(source in schema(), mut value in value()) {
        let schema = Schema::parse(&source).unwrap();
        prune(&schema, &mut value);
        let once = value.clone();
        prop_assert_eq!(prune(&schema, &mut value), Vec::<String>::new());
        prop_assert_eq!(once, value);
    }

    #[test]
    fn defaulting_twice_is_defaulting_once(source in schema(), mut value in value()) {
        let schema = Schema::parse(&source).unwrap();
        default_values(&schema, &mut value);
        let once = value.clone();
        default_values(&schema, &mut value);
        prop_assert_eq!(once, value);
    }

    #[test]
    fn what_is_pruned_and_has_its_defaults_has_no_unknown_fields(source in schema(), mut value in value()) {
        let schema = Schema::parse(&source).unwrap();
        prune(&schema, &mut value);
        default_values(&schema, &mut value);
        prop_assert_eq!(prune(&schema, &mut value), Vec::<String>::new());
    }

    #[test]
    fn checks_take_anything(source in schema(), value in value(), old in prop::option::of(value())) {
        let schema = Schema::parse(&source).unwrap();
        let found = validate(&schema, &value, old.as_ref());
        prop_assert_eq!(&found, &validate(&schema, &value, old.as_ref()), "the second look finds the same");
        prop_assert!(found.iter().all(|finding| !finding.path.is_empty() && !finding.message.is_empty()));
        metadata::malformed(&schema, &value);
        metadata::validate(&value, true, metadata::NameRule::Subdomain, "metadata");
        metadata::validate_update(&value, &value, "metadata");
    }

    #[test]
    fn any_schema_is_judged(source in prop_oneof![schema(), value()]) {
        let problems = Schema::structural_problems(&source);
        prop_assert!(!problems.is_empty() || Schema::parse(&source).is_ok(), "what has no problems can be read");
    }

    #[test]
    fn what_is_read_is_what_was_written(value in value()) {
        let (read, twice) = strict::read(value.to_string().as_bytes()).unwrap();
        prop_assert!(twice.is_empty());
        prop_assert_eq!(read.to_string().len() <= value.to_string().len(), true);
        prop_assert_eq!(strict::read(read.to_string().as_bytes()).unwrap().0, read);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let strict = strict::read(&bytes).is_ok();
        prop_assert_eq!(strict, serde_json::from_slice::<Value>(&bytes).is_ok());
    }
}

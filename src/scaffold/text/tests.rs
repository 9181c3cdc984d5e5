use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn fields_stand_in_the_order_they_are_read_in_and_comments_beside_them() {
    let object = json!({
        "spec": {"template": {"spec": {
            "hostInterfaces": [{"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
                "config": {"host": "a.example", "A": "yes"}}],
            "components": [{"image": "r/a:1", "name": "a"}, {"image": "r/b:1", "name": "b"}],
            "volumes": [{"name": "tmp", "ephemeral": {}}],
        }}, "replicas": 2},
        "metadata": {"name": "a", "labels": {"b": "1", "a": "true"}}, "kind": "K", "apiVersion": "v1",
    });
    let mut notes = Notes::default();
    notes.above("", &["The whole.", ""]);
    notes.beside("/spec/replicas", "how many");
    notes.above("/spec/template/spec/components/0", &["The first."]);
    notes.above("/spec/template/spec/components/1/name", &["The second."]);
    notes.beside("/spec/template/spec/components", "all of them");
    notes.below("/spec/template/spec/components", &["no more"]);
    notes.beside("/metadata/labels/a", "two\nlines");
    assert_snapshot!(render(&object, &notes), @r#"
    # The whole.
    #
    apiVersion: v1
    kind: K
    metadata:
      name: a
      labels:
        a: "true" # two lines
        b: "1"
    spec:
      replicas: 2 # how many
      template:
        spec:
          components: # all of them
            # The first.
            - name: a
              image: r/a:1
            # The second.
            - name: b
              image: r/b:1
          # no more
          hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                A: "yes"
                host: a.example
          volumes:
            - name: tmp
              ephemeral: {}
    "#);
}

#[test]
fn words_are_listed_on_one_line() {
    assert!(is_word("incoming-handler"));
    for text in ["y", "a,b", "a b", "A", "1a", "-a", ""] {
        assert!(!is_word(text), "{text}");
    }
}

fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![any::<String>(), "[a-z0-9:. #'\"-]{0,12}", "(yes|No|null|~|0x1|1e3|=|<<)"];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back(value in values(), words in any::<String>()) {
        let mut notes = Notes::default();
        for path in ["", "/a", "/0", "/0/0", "/a/0"] {
            notes.above(path, &[&words]);
            notes.beside(path, &words);
            notes.below(path, &[&words]);
        }
        let text = render(&value, &notes);
        let read: Value = serde_saphyr::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(read, value, "{}", text);
    }
}

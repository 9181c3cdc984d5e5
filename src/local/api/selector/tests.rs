//! Expectations as kube-apiserver 1.36 answers.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::local::api::builtin;
use crate::local::api::resource::Resource;

fn labels(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn selects(selector: &str, of: &str) -> bool {
    let selector = LabelSelector::parse(selector).unwrap();
    let object = json!({ "metadata": { "labels": labels(of) } });
    let selected = selector.matches(&labels(of));
    assert_eq!(selected, selector.matches_object(&object));
    selected
}

#[test]
fn labels_are_matched() {
    let all = "a=b,c!=d,e in (x,y),!f,g,h>1";
    assert!(selects(all, "a=b,e=x,g=,h=2"));
    for not in
        ["a=c,e=x,g=,h=2", "a=b,c=d,e=x,g=,h=2", "a=b,e=z,g=,h=2", "a=b,e=x,f=,g=,h=2", "a=b,e=x,h=2", "a=b,e=x,g=,h=1"]
    {
        assert!(!selects(all, not), "{not}");
    }
    assert!(selects("", "a=b"));
    assert!(selects("a!=b,c notin (d),e<5", "e=4"));
    assert!(!selects("e<5", "e=x"));
    assert!(selects("a=,b in (),in in (in,)", "a=,b=,in=in"));
    assert!(selects("a in (,x)", "a="));
    assert!(selects("! a", "b=c"));
    assert!(selects(" a == b , in", "a=b,in=x"));
    assert!(LabelSelector::parse("").unwrap().is_empty());
}

#[test]
fn label_selectors_that_make_no_sense_are_refused_as_the_server_does() {
    let refused = |text: &str| LabelSelector::parse(text).unwrap_err().message;
    for (text, why) in [
        ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("=b", "found '=', expected: !, identifier, or 'end of string'"),
        ("a=b,", "found '', expected: identifier after ','"),
        ("a,,b", "found ',', expected: identifier after ','"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a in x", "unable to parse requirement: found 'x' expected: '('"),
        ("a!b", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a in (x y)", "unable to parse requirement: found 'y', expected: ',' or ')'"),
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        ("a=!b", "unable to parse requirement: found '!', expected: identifier"),
        ("a <> b", "unable to parse requirement: found '>', expected: identifier"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    ] {
        assert_eq!(refused(text), why, "{text}");
    }
    let integer = "for 'Gt', 'Lt' operators, the value must be an integer";
    assert_eq!(refused("a > x"), format!("unable to parse requirement: values[0]: Invalid value: \"x\": {integer}"));
    let key = "unable to parse requirement: <nil>: Invalid value: \"A/b/c\": a valid label key must consist of";
    assert!(refused("A/b/c=1").starts_with(key));
    assert!(
        refused("a=-x")
            .starts_with("unable to parse requirement: values[0][a]: Invalid value: \"-x\": a valid label must")
    );
}

fn kind(kind: &str) -> Resource {
    builtin::resources().into_iter().find(|resource| resource.kind == kind).unwrap()
}

#[test]
fn fields_are_matched() {
    let secret = json!({ "metadata": { "name": "a", "namespace": "n" }, "type": "Opaque" });
    let selects = |text: &str| FieldSelector::parse(text, &kind("Secret")).unwrap().matches(&secret);
    assert!(selects(""));
    assert!(selects("metadata.name=a,metadata.namespace==n,type!=x,"));
    assert!(!selects("metadata.name!=a"));
    assert!(!selects("metadata.name=a,metadata.name=b"));
    let named = FieldSelector::parse(r"metadata.name=a\,b", &kind("Secret")).unwrap();
    assert_eq!(named.exact("metadata.name"), Some("a,b"));
    assert_eq!(named.exact("metadata.namespace"), None);
    let event = json!({ "involvedObject": { "name": "x" }, "source": {}, "reportingComponent": "c" });
    let source = FieldSelector::parse("involvedObject.name=x,source=c,involvedObject.uid=", &kind("Event")).unwrap();
    assert!(source.matches(&event));
    assert!(!source.matches(&Value::Null));
}

#[test]
fn field_selectors_that_make_no_sense_are_refused_as_the_server_does() {
    let refused = |text: &str, of: &str| FieldSelector::parse(text, &kind(of)).unwrap_err().message;
    let known = r#"is not a known field selector: only "metadata.name", "metadata.namespace""#;
    assert_eq!(refused("metadata.foo=x", "ConfigMap"), format!("\"metadata.foo\" {known}"));
    assert_eq!(refused("=x", "ConfigMap"), format!("\"\" {known}"));
    assert_eq!(refused("foo=1", "Secret"), "field label not supported: foo");
    let unclear = "invalid selector: 'metadata.name'; can't understand 'metadata.name'";
    assert_eq!(refused("metadata.name", "ConfigMap"), unclear);
    assert_eq!(refused(r"metadata.name=a\b", "ConfigMap"), r"invalid field selector: invalid escape sequence: \b");
    assert_eq!(refused("metadata.name=a=b", "ConfigMap"), "invalid field selector: unescaped character in value: 61");
    let mut widget = kind("ConfigMap");
    (widget.custom, widget.selectable) = (true, vec!["spec.host".to_owned()]);
    let why = FieldSelector::parse("spec.x=1", &widget).unwrap_err().message;
    assert_eq!(why, format!("\"spec.x\" {known}, \"spec.host\""));
}

proptest! {
    #[test]
    fn no_selector_brings_it_down(text in "[ab/.,=!<>() \\\\ü-]{0,24}") {
        let _ = LabelSelector::parse(&text).map(|selector| selector.matches(&labels("a=b")));
        let _ = FieldSelector::parse(&text, &kind("Secret"));
    }
}

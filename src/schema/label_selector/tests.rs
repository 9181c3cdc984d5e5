//! Expectations as kube-apiserver 1.36 answers.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

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
    let refused = |text: &str| LabelSelector::parse(text).unwrap_err();
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

proptest! {
    #[test]
    fn no_selector_brings_it_down(text in "[ab/.,=!<>() \\\\ü-]{0,24}") {
        let _ = LabelSelector::parse(&text).map(|selector| selector.matches(&labels("a=b")));
    }
}

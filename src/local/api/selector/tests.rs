//! Expectations as kube-apiserver 1.36 answers.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::local::api::builtin;
use crate::local::api::resource::Resource;

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
        let _ = FieldSelector::parse(&text, &kind("Secret"));
    }
}

use std::sync::Arc;

use crate::error::Look;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

/// What is found in a Workload's spec, a line each with its help.
fn found(spec: &str) -> String {
    let head = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {name: a}\nspec:\n";
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content: format!("{head}{spec}") })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let shown = found.kept.iter().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_dash_too_many_is_told_once() {
    insta::assert_snapshot!(found("  components:\n  - name: a\n  - image: r.io/a:1\n  - name: b\n    image: r.io/b:1\n"), @r#"
    a.yaml:7:5: error[WC0102]: spec.components[1]: it is the rest of spec.components[0], of which a "-" makes another entry
      help: write a blank in place of its "-": it belongs to the entry above
    "#);
    insta::assert_snapshot!(found("  components: [{name: a, image: 'r.io/a:1'}]\n  hostInterfaces:\n  - namespace: wasi\n  - package: keyvalue\n  - interfaces: [store]\n"), @r#"
    a.yaml:8:5: error[WC0102]: spec.hostInterfaces[1]: this and what follows are the rest of spec.hostInterfaces[0], of which a "-" makes another entry
      help: write blanks in place of their dashes: they belong to the entry above
    "#);
}

#[test]
fn entries_that_lack_something_of_their_own_are_told_each() {
    insta::assert_snapshot!(found("  components:\n  - name: a\n  - name: b\n"), @"
    a.yaml:6:5: error[WC0102]: spec.components[0].image: Required value
      help: add
            image: REGISTRY/NAME:TAG
    a.yaml:7:5: error[WC0102]: spec.components[1].image: Required value
      help: add
            image: REGISTRY/NAME:TAG
    ");
    insta::assert_snapshot!(found("  components:\n  - poolSize: 1\n  - name: b\n"), @"
    a.yaml:6:5: error[WC0102]: spec.components[0].image: Required value
      help: add
            image: REGISTRY/NAME:TAG
    a.yaml:6:5: error[WC0102]: spec.components[0].name: Required value
      help: add
            name: NAME
    a.yaml:7:5: error[WC0102]: spec.components[1].image: Required value
      help: add
            image: REGISTRY/NAME:TAG
    ");
}

#[test]
fn a_shape_that_is_wrong_is_told_as_it_is_to_be_written() {
    let component = "  components: [{name: a, image: 'r.io/a:1'}]\n";
    let interfaces = |entry: &str| found(&format!("{component}  hostInterfaces:\n  - {entry}\n"));
    insta::assert_snapshot!(interfaces("wasi:keyvalue/store@0.2.0-draft"), @r#"
    a.yaml:7:5: error[WC0103]: spec.hostInterfaces[0]: must be of type object, not string
      help: write
            - namespace: wasi
              package: keyvalue
              version: "0.2.0-draft"
              interfaces: [store]
    "#);
    insta::assert_snapshot!(interfaces("store"), @"
    a.yaml:7:5: error[WC0103]: spec.hostInterfaces[0]: must be of type object, not string
      help: write an object: its fields one a line below this one, indented further, as KEY: value
    ");
    insta::assert_snapshot!(interfaces("{name: 'wasi:keyvalue', interfaces: [store]}"), @r#"
    a.yaml:7:12: error[WC0105]: spec.hostInterfaces[0].name: Invalid value: "wasi:keyvalue": should match '^[a-z0-9][a-z0-9-]*$'
      help: write
            namespace: wasi
            package: keyvalue
    "#);
    insta::assert_snapshot!(interfaces("{namespace: 'wasi:keyvalue', interfaces: [store]}"), @"
    a.yaml:7:6: error[WC0102]: spec.hostInterfaces[0].package: Required value
      help: write
            namespace: wasi
            package: keyvalue
    ");
    insta::assert_snapshot!(interfaces("{namespace: wasi, package: keyvalue, interfaces: 'store, batch'}"), @"
    a.yaml:7:54: error[WC0103]: spec.hostInterfaces[0].interfaces: must be of type array, not string
      help: write interfaces: [store, batch]
    ");
    insta::assert_snapshot!(found("  components:\n    name: a\n    image: r.io/a:1\n"), @r#"
    a.yaml:6:5: error[WC0103]: spec.components: must be of type array, not object
      help: write "- " before its first field, and indent its other fields as far as that one
    "#);
    insta::assert_snapshot!(found("  components:\n    web:\n      image: r.io/a:1\n"), @r#"
    a.yaml:6:5: error[WC0103]: spec.components: must be of type array, not object
      help: write a list: "- name: web" in place of "web:", with its fields below name
    "#);
    let local = |fields: &str| {
        found(&format!("  components:\n  - name: a\n    image: r.io/a:1\n    localResources: {{{fields}}}\n"))
    };
    insta::assert_snapshot!(local("allowedHosts: '*'"), @r#"
    a.yaml:8:36: error[WC0103]: spec.components[0].localResources.allowedHosts: must be of type array, not string
      help: write allowedHosts: ["*"]
    "#);
    insta::assert_snapshot!(local("environment: {config: [{name: PORT, value: 8080}, {name: A, value: b}]}"), @r#"
    a.yaml:8:44: error[WC0103]: spec.components[0].localResources.environment.config: must be of type object, not array
      help: write
            config:
              PORT: "8080"
              A: "b"
    "#);
    insta::assert_snapshot!(local("environment: {config: [{name: A, valueFrom: {}}]}"), @"
    a.yaml:8:44: error[WC0103]: spec.components[0].localResources.environment.config: must be of type object, not array
      help: write an object: its fields one a line below this one, indented further, as KEY: value
    ");
}

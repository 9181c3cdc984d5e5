use std::sync::Arc;

use crate::error::Look;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

/// What is found in an object of ours, a line each with its help.
fn found(kind: &str, rest: &str) -> String {
    let content = format!("apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: {kind}\n{rest}");
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let shown = found.kept.iter().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
    shown.collect::<Vec<_>>().join("\n")
}

/// The same of a Workload with one component, and more fields of it.
fn component(more: &str) -> String {
    found("Workload", &format!("metadata: {{name: a}}\nspec:\n  components:\n  - name: a\n    image: r.io/a:1\n{more}"))
}

#[test]
fn numbers_beyond_their_type_are_told_where_they_stand() {
    insta::assert_snapshot!(component("    poolSize: 99999999999\n    maxInvocations: 1.5\n"), @"
    a.yaml:8:15: error[WC0105]: spec.components[0].poolSize: the number is none that int32 has
      help: write a whole number from -2147483648 to 2147483647
    a.yaml:9:21: error[WC0103]: spec.components[0].maxInvocations: must be of type int32, not float64
      help: write a whole number, without quotes, such as 1
    ");
    insta::assert_snapshot!(component("    poolSize: -1\n"), @"
    a.yaml:8:15: error[WC0105]: spec.components[0].poolSize: Invalid value: -1: should be greater than or equal to 0
      help: write 0 or more
    ");
}

#[test]
fn what_is_required_is_to_be_added() {
    insta::assert_snapshot!(found("Workload", "metadata: {name: a}\nspec:\n  components: [{}]\n  volumes: [{hostPath: {}}]\n"), @"
    a.yaml:5:16: error[WC0102]: spec.components[0].image: Required value
      help: add
            image: REGISTRY/NAME:TAG
    a.yaml:5:16: error[WC0102]: spec.components[0].name: Required value
      help: add
            name: NAME
    a.yaml:6:14: error[WC0102]: spec.volumes[0].hostPath.path: Required value
      help: add
            path: /data
    a.yaml:6:14: error[WC0102]: spec.volumes[0].name: Required value
      help: add
            name: NAME
    ");
}

#[test]
fn what_has_the_wrong_type_is_to_be_written_otherwise() {
    insta::assert_snapshot!(component("    poolSize: many\n    localResources: [a]\n    imagePullSecret: {name: {}}\n"), @r#"
    a.yaml:8:15: error[WC0103]: spec.components[0].poolSize: must be of type integer, not string
      help: write a whole number, without quotes, such as 1
    a.yaml:9:21: error[WC0103]: spec.components[0].localResources: must be of type object, not array
      help: write an object: its fields one a line below this one, indented further, as KEY: value
    a.yaml:10:29: error[WC0103]: spec.components[0].imagePullSecret.name: must be of type string, not object
      help: write one text, such as "value"
    "#);
    insta::assert_snapshot!(component("    localResources: {allowedHosts: a.io, volumeMounts: {a: b}}\n"), @r#"
    a.yaml:8:36: error[WC0103]: spec.components[0].localResources.allowedHosts: must be of type array, not string
      help: write allowedHosts: [a.io]
    a.yaml:8:56: error[WC0103]: spec.components[0].localResources.volumeMounts: must be of type array, not object
      help: write a list: a line for each entry, which begins with "- "
    "#);
}

#[test]
fn names_are_to_be_such_as_kubernetes_takes() {
    insta::assert_snapshot!(found("Artifact", "metadata:\n  name: My_App\n  namespace: a.b\n  labels:\n    a.b/c: \"x y\"\n    \"d e\": f\nspec: {image: r.io/a:1}\n"), @r#"
    a.yaml:4:9: error[WC0106]: metadata.name: Invalid value: "My_App": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
      help: write name: my-app
    a.yaml:5:14: error[WC0106]: metadata.namespace: Invalid value: "a.b": must not contain dots
      help: write namespace: a-b
    a.yaml:7:12: error[WC0106]: metadata.labels: Invalid value: "x y": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
      help: a label is of letters, digits, -, _ and dots, at most 63, and begins and ends with a letter or digit; longer texts are annotations
    a.yaml:8:5: error[WC0106]: metadata.labels: Invalid value: "d e": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
      help: a label is of letters, digits, -, _ and dots, at most 63, and begins and ends with a letter or digit; longer texts are annotations
    "#);
    insta::assert_snapshot!(found("Artifact", "metadata: {generateName: _}\nspec: {image: r.io/a:1}\n"), @r#"
    a.yaml:3:26: error[WC0106]: metadata.generateName: Invalid value: "_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
      help: write generateName: web-
    "#);
    insta::assert_snapshot!(found("Artifact", "metadata: {name: [a], labels: {a: on}}\nspec: {image: r.io/a:1}\n"), @r#"
    a.yaml:3:35: error[WC0106]: metadata.labels.a: must be a text, and is a boolean without quotes
      help: write "on"
    "#);
    insta::assert_snapshot!(found("Artifact", "spec: {image: r.io/a:1}\n"), @"
    a.yaml:1:1: error[WC0106]: metadata.name: Required value: name or generateName is required
      help: add to metadata
            name: web
    ");
}

#[test]
fn entries_keep_to_their_rules() {
    let entry = |more: &str| {
        found(
            "Workload",
            &format!(
                "metadata: {{name: a}}\nspec:\n  components: [{{name: a, image: r.io/a:1}}]\n  hostInterfaces:\n  - namespace: acme\n    package: b\n{more}"
            ),
        )
    };
    insta::assert_snapshot!(entry("    interfaces: []\n"), @"
    a.yaml:9:17: error[WC0105]: spec.hostInterfaces[0].interfaces: Invalid value: 0: should have at least 1 items
      help: list 1 or more of them
    ");
    insta::assert_snapshot!(entry("    interfaces: [c]\n    name: A_b\n"), @r#"
    a.yaml:10:11: error[WC0105]: spec.hostInterfaces[0].name: Invalid value: "A_b": should match '^[a-z0-9][a-z0-9-]*$'
      help: write small letters, digits and -, beginning with a letter or digit, such as cache-1
    "#);
    insta::assert_snapshot!(entry(&format!("    interfaces: [c]\n    version: \"{}\"\n", "1".repeat(65))), @"
    a.yaml:10:14: error[WC0105]: spec.hostInterfaces[0].version: Too long: may not be more than 64 bytes
      help: keep to 64 characters
    ");
}

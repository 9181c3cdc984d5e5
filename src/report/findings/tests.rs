use std::sync::Arc;

use super::*;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, Ignored, check};

fn validated(content: &str) -> String {
    let files = FileSet::read(vec![Arc::new(Text { name: "app.yaml".to_owned(), content: content.to_owned() })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    text(&files, &found, Level::Info, &Look::PLAIN)
}

#[test]
fn findings_are_told_with_their_places() {
    let text = validated(
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\n\
        apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata:\n  name: web\nspec:\n  replicsa: 3\n  \
        template:\n    metadata: {labels: {a: b}}\n    spec:\n      components:\n      - name: web\n        image: yes\n",
    );
    insta::assert_snapshot!(text, @r#"
    app.yaml:10:3: error[WC0101]: unknown field spec.replicsa
      help: did you mean replicas?
    app.yaml:12:5: error[WC0201]: spec.template has no metadata
      help: labels are spec.template.labels, annotations spec.template.annotations
    app.yaml:16:16: error[WC0003]: spec.template.spec.components[0].image: yes without quotes is a boolean, where a string is wanted
      help: write "yes"
    1 object in 1 file: 3 errors; 1 of other kinds passed over
    "#);
}

#[test]
fn nothing_to_tell_is_told() {
    insta::assert_snapshot!(validated("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"), @"0 objects in 1 file: all valid; 1 of other kinds passed over");
}

#[test]
fn what_cannot_be_read_is_told() {
    insta::assert_snapshot!(validated("a: 1\nb: 2\na: 3\n"), @"
    app.yaml:3:1: error[WC0002]: a stands here again, first on line 1
      help: keep one of them: which one counts depends on who reads it
    0 objects in 1 file: 1 error
    ");
    insta::assert_snapshot!(validated("a:\n\tb: 2\n"), @"
    app.yaml:2:2: error[WC0001]: tabs disallowed within this context (block indentation)
      help: YAML is indented with blanks, not with tabs; `expand -t2 FILE` turns them into blanks
    0 objects in 1 file: 1 error
    ");
    insta::assert_snapshot!(validated("- 1\n"), @"
    app.yaml:1:3: error[WC0004]: a manifest is an object, with apiVersion and kind
      help: such as apiVersion: runtime.wasmcloud.dev/v1alpha1 and kind: WorkloadDeployment
    0 objects in 1 file: 1 error
    ");
    insta::assert_snapshot!(validated("apiVersion: runtime.wasmcloud.dev/v1beta1\nkind: WorkloadDeployment\n---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Deployment\n"), @"
    app.yaml:1:13: error[WC0005]: WorkloadDeployment has no version v1beta1
      help: write apiVersion: runtime.wasmcloud.dev/v1alpha1
    app.yaml:5:7: error[WC0005]: runtime.wasmcloud.dev has no kind Deployment
      help: the kinds are WorkloadDeployment, WorkloadReplicaSet, Workload, Host, Artifact
    2 objects in 1 file: 2 errors
    ");
}

use super::*;
use crate::error::Look;
use crate::manifest::Text;
use crate::report::findings;
use crate::validate::{Definitions, Facts, Level, check};

/// A deployment with an unknown field, and this annotation.
fn validated(annotation: &str, ignored: &[&str]) -> String {
    let content = format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: a\n  annotations:\n    \
         wasmcloud.dev/ignore: {annotation:?}\nspec: {{image: \"registry.example.com/a:1\", extra: 1}}\n"
    );
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let ignored: Vec<_> = ignored.iter().map(|word| (*word).to_owned()).collect();
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::read(&ignored).unwrap());
    findings::text(&files, &found, Level::Info, &Look::PLAIN)
}

#[test]
fn what_an_annotation_names_with_a_reason_is_ignored() {
    insta::assert_snapshot!(validated("WC0101: of a newer version", &[]), @"1 object in 1 file: valid; 1 ignored");
    insta::assert_snapshot!(validated("wc0101, WC0102: both; WC0103: third", &[]), @"
    a.yaml:6:27: warning[WC0006]: WC0102 is ignored, and nothing of it is found
      help: take WC0102 out of the annotation
    a.yaml:6:27: warning[WC0006]: WC0103 is ignored, and nothing of it is found
      help: take WC0103 out of the annotation
    1 object in 1 file: 2 warnings; 1 ignored
    ");
}

#[test]
fn an_ignore_without_reason_or_effect_is_told() {
    insta::assert_snapshot!(validated("WC0101", &[]), @r#"
    a.yaml:6:27: info[WC0008]: WC0101 is ignored without a reason
      help: write "WC0101: the reason"
    1 object in 1 file: 1 note; 1 ignored
    "#);
    insta::assert_snapshot!(validated("WC9999: what is this\n", &[]), @"
    a.yaml:6:27: warning[WC0006]: WC9999 is no code of a finding
      help: `kubectl wasmcloud explain-code` lists the codes; reasons stand behind a colon
    a.yaml:7:43: error[WC0101]: unknown field spec.extra
      help: take it out, or use one of image, imagePullSecret
    1 object in 1 file: 1 error, 1 warning
    ");
}

#[test]
fn the_command_line_ignores_everywhere() {
    insta::assert_snapshot!(validated("", &["WC0101=for now"]), @"1 object in 1 file: valid; 1 ignored");
    assert_eq!(Ignored::read(&["WC1".to_owned()]).unwrap_err(), "WC1 is no code of a finding");
}

#[test]
fn an_item_of_a_list_is_not_the_item_beside_it() {
    let item = |annotations: &str| {
        format!(
            "- apiVersion: runtime.wasmcloud.dev/v1alpha1\n  kind: Artifact\n  metadata: {{name: a, annotations: {annotations}}}\n  \
             spec: {{image: \"registry.example.com/a:1\", extra: 1}}\n"
        )
    };
    let items = item("{}").repeat(11) + &item("{wasmcloud.dev/ignore: \"WC0101: x\"}");
    let content = format!("apiVersion: v1\nkind: List\nitems:\n{items}");
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let of_code = found.kept.iter().filter(|(finding, _)| finding.code.id == "WC0101");
    let ignored: Vec<_> = of_code.map(|(finding, _)| finding.ignored.is_some()).collect();
    assert_eq!(ignored, [[false; 11].as_slice(), &[true]].concat());
}

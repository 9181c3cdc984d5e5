use std::sync::Arc;

use super::*;
use crate::error::Look;
use crate::manifest::Text;

/// What is found in a text, a line each with its help.
fn found(content: &str) -> String {
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content: content.to_owned() })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let shown = found.kept.iter().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
    shown.collect::<Vec<_>>().join("\n")
}

/// What is found in a deployment with this `spec`, without what its template lacks.
fn deployment(spec: &str) -> String {
    found(&format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {{name: web}}\nspec:\n{spec}"
    ))
}

#[test]
fn quotes_that_are_too_many_or_too_few_are_told() {
    insta::assert_snapshot!(deployment("  replicas: \"3\"\n"), @"
    a.yaml:4:1: error[WC0102]: spec.template: Required value
      help: add
            template:
              spec:
                components:
                - name: web
                  image: REGISTRY/NAME:TAG
    a.yaml:5:13: error[WC0103]: spec.replicas: must be of type integer, not string
      help: write 3, without quotes
    ");
    insta::assert_snapshot!(deployment("  replicas: 'three'\n"), @"
    a.yaml:4:1: error[WC0102]: spec.template: Required value
      help: add
            template:
              spec:
                components:
                - name: web
                  image: REGISTRY/NAME:TAG
    a.yaml:5:13: error[WC0103]: spec.replicas: must be of type integer, not string
      help: write a whole number, without quotes, such as 1
    ");
    let config = |value: &str| {
        deployment(&format!(
            "  template: {{spec: {{hostInterfaces: [{{namespace: a, package: b, interfaces: [c], config: {{x: {value}}}}}], components: [{{name: a, image: a:1}}]}}}}\n"
        ))
    };
    insta::assert_snapshot!(config("on"), @r#"
    a.yaml:5:94: error[WC0003]: spec.template.spec.hostInterfaces[0].config.x: on without quotes is a boolean, where a string is wanted
      help: write "on"
    "#);
    insta::assert_snapshot!(config("0755"), @r#"
    a.yaml:5:94: error[WC0103]: spec.template.spec.hostInterfaces[0].config.x: must be of type string, not integer
      help: write "0755"
    "#);
    insta::assert_snapshot!(config("1.0"), @r#"
    a.yaml:5:94: error[WC0103]: spec.template.spec.hostInterfaces[0].config.x: must be of type string, not number
      help: write "1.0"
    "#);
    insta::assert_snapshot!(config("[1]"), @r#"
    a.yaml:5:94: error[WC0103]: spec.template.spec.hostInterfaces[0].config.x: must be of type string, not array
      help: write one text, such as "value"
    "#);
}

#[test]
fn items_of_lists_are_objects_with_places_of_their_own() {
    insta::assert_snapshot!(found("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret}\n- apiVersion: runtime.wasmcloud.dev/v1alpha1\n  kind: Artifact\n  metadata:\n    name: a\n  spec:\n    image: 1\n"), @r#"
    a.yaml:10:12: error[WC0103]: spec.image: must be of type string, not integer
      help: write "1"
    "#);
}

#[test]
fn json_has_places_too() {
    insta::assert_snapshot!(found("{\n\t\"apiVersion\": \"runtime.wasmcloud.dev/v1alpha1\",\n\t\"kind\": \"Artifact\",\n\t\"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"image\": 1}\n}\n"), @r#"
    a.yaml:5:20: error[WC0103]: spec.image: must be of type string, not integer
      help: write "1"
    "#);
}

#[test]
fn more_than_helps_anybody_is_only_counted() {
    let one = "---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\nspec: {image: a/b:1, x: 1, y: 1, z: 1}\n";
    let text = Text { name: "a.yaml".to_owned(), content: one.repeat(4000) };
    let files = FileSet::read(vec![Arc::new(text)]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    assert_eq!(found.kept.len(), finding::KEPT);
    assert!(found.beyond >= 2000 && found.errors_beyond && found.has_errors());
}

/// How much is kept of what is found in a text, how much is only counted, and whether an error is among it.
fn counted(content: String, ignored: &[&str]) -> (usize, usize, bool) {
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let ignored: Vec<_> = ignored.iter().map(|code| (*code).to_owned()).collect();
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::read(&ignored).unwrap());
    (found.kept.len(), found.beyond, found.has_errors())
}

/// In one document; what is ignored is so whether or not it is kept.
#[test]
fn what_is_only_counted_is_an_error_unless_it_is_ignored() {
    let fields: String = (0..finding::KEPT + 5).map(|number| format!("  x{number}: 1\n")).collect();
    let document = |annotations: &str| {
        format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: a, annotations: {{{annotations}}}}}\n\
             spec:\n  image: a/b:1.0.0\n{fields}"
        )
    };
    assert_eq!(counted(document(""), &[]), (finding::KEPT, 5, true));
    assert_eq!(counted(document("wasmcloud.dev/ignore: 'WC0101: newer'"), &[]), (finding::KEPT, 5, false));
    assert_eq!(counted(document(""), &["WC0101"]), (finding::KEPT, 5, false));
}

#[test]
fn keys_that_stand_twice_and_documents_that_are_none_are_counted_too() {
    let twice: String = (0..finding::KEPT + 5).map(|number| format!("x{number}: 1\nx{number}: 2\n")).collect();
    assert_eq!(counted(twice.clone(), &[]), (finding::KEPT, 5, true));
    assert_eq!(counted(twice, &["WC0002"]), (finding::KEPT, 5, false));
    let none = "---\na: 1\n".repeat(finding::KEPT + 5);
    assert_eq!(counted(none.clone(), &[]), (finding::KEPT, 5, true));
    assert_eq!(counted(none, &["WC0004"]), (finding::KEPT, 5, false));
}

/// Objects in several files, each wrong beside the others or by itself.
#[test]
fn findings_across_files_are_kept_up_to_a_limit() {
    let list = |file: usize, item: &str| {
        let items: String = (0..4_000).map(|n| item.replace("NAME", &format!("a{}", file * 4_000 + n))).collect();
        let content = format!("apiVersion: v1\nkind: List\nitems:\n{items}");
        Arc::new(Text { name: format!("{file}.yaml"), content })
    };
    let ours = "runtime.wasmcloud.dev/v1alpha1";
    let secret = "- {apiVersion: v1, kind: Secret, metadata: {name: NAME}, data: {a: '!'}}\n".to_owned();
    let absent = format!(
        "- {{apiVersion: {ours}, kind: Artifact, metadata: {{name: NAME}}, spec: {{image: 'a.io/b:1', imagePullSecret: {{name: x}}}}}}\n"
    );
    for (item, code) in [
        (secret, &code::NOT_BASE64),
        (absent, &code::ABSENT_REFERENCE),
        (
            "- {apiVersion: core.oam.dev/v1, kind: Application, metadata: {name: NAME}}\n".to_owned(),
            &code::OLD_GENERATION,
        ),
        (
            "- {apiVersion: wasmcloud.dev/v1, kind: WorkloadDeployment, metadata: {name: NAME}}\n".to_owned(),
            &code::UNKNOWN_KIND,
        ),
        ("- {name: NAME}\n".to_owned(), &code::NO_OBJECT),
    ] {
        let files = FileSet::read((0..3).map(|file| list(file, &item)).collect());
        assert!(files.findings.len() <= finding::KEPT);
        let (ignored, counts) = (Ignored::default(), |_: &Finding| true);
        let ignoring = ignored.among(&files);
        let found = rules::across(&files, counts, || Gathered::new(&ignoring)).kept;
        assert!(found.len() <= finding::KEPT, "{code}");
        let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
        assert!(found.kept.iter().all(|(finding, _)| finding.code == code), "{code}");
        assert_eq!((found.kept.len(), found.beyond), (10_000, 2_000), "{code}");
        assert_eq!(found.errors_beyond, code.level == Level::Error, "{code}");
    }
}

/// What is written as something else as a whole is not taken apart: its fields are right where its type is.
#[test]
fn fields_of_what_has_the_wrong_type_are_not_told() {
    let component =
        "  replicas: 1\n  template:\n    spec:\n      components:\n      - name: web\n        image: r.io/a:1\n";
    let environment = "        localResources:\n          environment:\n            config:\n            - name: A\n              value: b\n";
    insta::assert_snapshot!(deployment(&format!("{component}{environment}")), @r#"
    a.yaml:14:15: error[WC0103]: spec.template.spec.components[0].localResources.environment.config: must be of type object, not array
      help: write
            config:
              A: "b"
    "#);
    let variable = environment.split_once("config").unwrap().0.to_owned() + "LOG: debug\n";
    insta::assert_snapshot!(deployment(&format!("{component}{variable}")), @"
    a.yaml:13:13: error[WC0101]: unknown field spec.template.spec.components[0].localResources.environment.LOG
      help: write it below config:
            config:
              LOG: VALUE
    ");
    let without_dash =
        "      hostInterfaces:\n        namespace: wasi\n        package: config\n        interfaces: [store]\n";
    insta::assert_snapshot!(deployment(&format!("{component}{without_dash}  replicsa: 1\n")), @r#"
    a.yaml:12:9: error[WC0103]: spec.template.spec.hostInterfaces: must be of type array, not object
      help: write "- " before its first field, and indent its other fields as far as that one
    a.yaml:15:3: error[WC0101]: unknown field spec.replicsa
      help: did you mean replicas?
    "#);
}

/// The parser finds fault with the line behind.
#[test]
fn colons_without_a_blank_are_told_of() {
    let beginning = "apiVersion: v1\nkind: ConfigMap\ndata:\n";
    insta::assert_snapshot!(found(&format!("{beginning}  replicas:1\n  a: b\n")), @"
    a.yaml:5:4: error[WC0001]: mapping values are not allowed in this context
      help: write a blank behind the colon of replicas: on line 4; there is none
    ");
    insta::assert_snapshot!(found(&format!("{beginning}  replicas:\u{a0}1\n  a: b\n")), @"
    a.yaml:5:4: error[WC0001]: mapping values are not allowed in this context
      help: write a blank behind the colon of replicas: on line 4; there stands a character that looks like one
    ");
    insta::assert_snapshot!(found(&format!("{beginning}  a: b: c\n")), @"
    a.yaml:4:7: error[WC0001]: mapping values are not allowed in this context
      help: write quotes around all that stands behind a: on line 4: it has a colon in it
    ");
}

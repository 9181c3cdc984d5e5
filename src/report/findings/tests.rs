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
    insta::assert_snapshot!(validated("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"), @"0 objects in 1 file: nothing to validate; 1 of other kinds passed over");
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
      help: did you mean WorkloadDeployment?
    2 objects in 1 file: 2 errors
    ");
}

/// Two files: one that is right and has a word that is ignored, one that is wrong in several ways.
fn several() -> (FileSet, Findings) {
    let right = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: a\n  annotations:\n    \
                 wasmcloud.dev/ignore: 'WC0101: of a newer version'\nspec:\n  image: registry.example.com/a:1.0.0\n  new: 1\n";
    let wrong = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: b,c:100%\n  annotations:\n    \
                 wasmcloud.dev/ignore: 'WC0104: 1'\nspec: {}\n";
    let text = |name: &str, content: &str| Arc::new(Text { name: name.to_owned(), content: content.to_owned() });
    let files =
        FileSet::read(vec![text("./right.yaml", right), text("dir/wrong ü.yaml", wrong), text("broken.yaml", "a: [")]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    (files, found)
}

/// More than is kept, errors among it.
fn beyond() -> Findings {
    Findings { beyond: 7, errors_beyond: true, ..Findings::default() }
}

#[test]
fn every_format_says_how_many_are_not_shown() {
    let (files, found, said) = (FileSet::default(), beyond(), "and 7 more, which are not shown");
    let harmless = Findings { errors_beyond: false, ..beyond() };
    assert!(text(&files, &found, Level::Info, &Look::PLAIN).starts_with(&format!("{said}\n")));
    assert_eq!(as_json(&files, &found, Level::Info)["summary"]["beyond"], 7);
    let run = &sarif(&found, Level::Info)["runs"][0];
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], said);
    assert_eq!(sarif(&Findings::default(), Level::Info)["runs"][0].get("invocations"), None);
    assert_eq!(github(&found, Level::Info), format!("::error::{said}\n"));
    assert_eq!(github(&harmless, Level::Info), format!("::notice::{said}\n"));
    let failures = |found: &Findings| {
        let xml = junit(&files, found, Level::Info);
        assert!(xml.contains(&format!("<testcase name=\"{said}\"")), "{xml}");
        xml.contains("failures=\"1\"")
    };
    assert!(failures(&found) && !failures(&harmless));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a whole report stands in it")]
fn json_has_every_finding_and_a_summary() {
    let (files, found) = several();
    insta::assert_snapshot!(crate::report::render_json(&as_json(&files, &found, Level::Info)), @r#"
    {
        "findings": [
            {
                "code": "WC0101",
                "column": 3,
                "endColumn": 6,
                "endLine": 9,
                "file": "./right.yaml",
                "ignored": "of a newer version",
                "level": "error",
                "line": 9,
                "message": "unknown field spec.new",
                "object": "artifact/a",
                "remedy": "take it out, or use one of image, imagePullSecret",
                "title": "a field that the definition does not have"
            },
            {
                "code": "WC0106",
                "column": 9,
                "endColumn": 17,
                "endLine": 4,
                "file": "dir/wrong ü.yaml",
                "ignored": null,
                "level": "error",
                "line": 4,
                "message": "metadata.name: Invalid value: \"b,c:100%\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                "object": "artifact/b,c:100%",
                "remedy": "write name: b-c-100",
                "title": "metadata that Kubernetes refuses"
            },
            {
                "code": "WC0006",
                "column": 27,
                "endColumn": 38,
                "endLine": 6,
                "file": "dir/wrong ü.yaml",
                "ignored": null,
                "level": "warning",
                "line": 6,
                "message": "WC0104 is ignored, and nothing of it is found",
                "object": "artifact/b,c:100%",
                "remedy": "take WC0104 out of the annotation",
                "title": "an ignore without effect"
            },
            {
                "code": "WC0102",
                "column": 1,
                "endColumn": 5,
                "endLine": 7,
                "file": "dir/wrong ü.yaml",
                "ignored": null,
                "level": "error",
                "line": 7,
                "message": "spec.image: Required value",
                "object": "artifact/b,c:100%",
                "remedy": "add\nimage: REGISTRY/NAME:TAG",
                "title": "a required field that is missing"
            },
            {
                "code": "WC0001",
                "column": 4,
                "endColumn": 5,
                "endLine": 1,
                "file": "broken.yaml",
                "ignored": null,
                "level": "error",
                "line": 1,
                "message": "unclosed bracket '['",
                "object": null,
                "remedy": "what belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it",
                "title": "not YAML and not JSON"
            }
        ],
        "summary": {
            "beyond": 0,
            "errors": 3,
            "files": 3,
            "ignored": 1,
            "infos": 0,
            "objects": 2,
            "passedOver": 0,
            "warnings": 1
        }
    }
    "#);
}

#[test]
fn annotations_of_github_are_escaped() {
    insta::assert_snapshot!(github(&several().1, Level::Info), @r#"
    ::error file=dir/wrong ü.yaml,line=4,endLine=4,col=9,endColumn=17,title=WC0106 metadata that Kubernetes refuses::metadata.name: Invalid value: "b,c:100%25": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')%0Awrite name: b-c-100
    ::warning file=dir/wrong ü.yaml,line=6,endLine=6,col=27,endColumn=38,title=WC0006 an ignore without effect::WC0104 is ignored, and nothing of it is found%0Atake WC0104 out of the annotation
    ::error file=dir/wrong ü.yaml,line=7,endLine=7,col=1,endColumn=5,title=WC0102 a required field that is missing::spec.image: Required value%0Aadd%0Aimage: REGISTRY/NAME:TAG
    ::error file=broken.yaml,line=1,endLine=1,col=4,endColumn=5,title=WC0001 not YAML and not JSON::unclosed bracket '['%0Awhat belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it
    "#);
    assert_eq!(github(&several().1, Level::Error).lines().count(), 3);
}

#[test]
fn junit_has_a_case_for_each_object() {
    let (files, found) = several();
    insta::assert_snapshot!(junit(&files, &found, Level::Info), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="kubectl wasmcloud validate" tests="3" skipped="0" failures="2" errors="0">
        <testsuite name="./right.yaml" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="artifact/a" classname="./right.yaml"/>
        </testsuite>
        <testsuite name="dir/wrong ü.yaml" tests="1" skipped="0" errors="0" failures="1">
            <testcase name="artifact/b,c:100%" classname="dir/wrong ü.yaml">
                <failure message="metadata.name: Invalid value: &quot;b,c:100%&quot;: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, &apos;-&apos; or &apos;.&apos;, and must start and end with an alphanumeric character (e.g. &apos;example.com&apos;, regex used for validation is &apos;[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*&apos;)" type="WC0106">dir/wrong ü.yaml:4:9: error[WC0106]: metadata.name: Invalid value: &quot;b,c:100%&quot;: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, &apos;-&apos; or &apos;.&apos;, and must start and end with an alphanumeric character (e.g. &apos;example.com&apos;, regex used for validation is &apos;[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*&apos;)
      help: write name: b-c-100
    dir/wrong ü.yaml:7:1: error[WC0102]: spec.image: Required value
      help: add
            image: REGISTRY/NAME:TAG</failure>
                <system-out>dir/wrong ü.yaml:6:27: warning[WC0006]: WC0104 is ignored, and nothing of it is found
      help: take WC0104 out of the annotation</system-out>
            </testcase>
        </testsuite>
        <testsuite name="broken.yaml" tests="1" skipped="0" errors="0" failures="1">
            <testcase name="broken.yaml" classname="broken.yaml">
                <failure message="unclosed bracket &apos;[&apos;" type="WC0001">broken.yaml:1:4: error[WC0001]: unclosed bracket &apos;[&apos;
      help: what belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it</failure>
            </testcase>
        </testsuite>
    </testsuites>
    "#);
}

#[test]
fn sarif_fits_the_published_schema() {
    let schema = include_str!("../../../tests/fixtures/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    // A slip of the standard: this is no regular expression, and we write no `language`.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"] = json!({});
    }
    let schema = jsonschema::validator_for(&schema).unwrap();
    for found in [several().1, Findings::default(), beyond()] {
        let log = sarif(&found, Level::Info);
        let problems: Vec<_> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), found.kept.len());
    }
    assert_ne!(schema.iter_errors(&json!({"version": "2.1.0"})).count(), 0, "the schema refuses what is no log");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a whole report stands in it")]
fn sarif_names_rule_place_and_reason() {
    let mut log = sarif(&several().1, Level::Info);
    let results = log["runs"][0]["results"].take();
    insta::assert_snapshot!(crate::report::render_json(&results), @r#"
    [
        {
            "level": "error",
            "locations": [
                {
                    "logicalLocations": [
                        {
                            "fullyQualifiedName": "artifact/a"
                        }
                    ],
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "right.yaml"
                        },
                        "region": {
                            "endColumn": 6,
                            "endLine": 9,
                            "startColumn": 3,
                            "startLine": 9
                        }
                    }
                }
            ],
            "message": {
                "text": "unknown field spec.new\ntake it out, or use one of image, imagePullSecret"
            },
            "ruleId": "WC0101",
            "ruleIndex": 8,
            "suppressions": [
                {
                    "justification": "of a newer version",
                    "kind": "inSource"
                }
            ]
        },
        {
            "level": "error",
            "locations": [
                {
                    "logicalLocations": [
                        {
                            "fullyQualifiedName": "artifact/b,c:100%"
                        }
                    ],
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "dir/wrong%20%C3%BC.yaml"
                        },
                        "region": {
                            "endColumn": 17,
                            "endLine": 4,
                            "startColumn": 9,
                            "startLine": 4
                        }
                    }
                }
            ],
            "message": {
                "text": "metadata.name: Invalid value: \"b,c:100%\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\nwrite name: b-c-100"
            },
            "ruleId": "WC0106",
            "ruleIndex": 13
        },
        {
            "level": "warning",
            "locations": [
                {
                    "logicalLocations": [
                        {
                            "fullyQualifiedName": "artifact/b,c:100%"
                        }
                    ],
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "dir/wrong%20%C3%BC.yaml"
                        },
                        "region": {
                            "endColumn": 38,
                            "endLine": 6,
                            "startColumn": 27,
                            "startLine": 6
                        }
                    }
                }
            ],
            "message": {
                "text": "WC0104 is ignored, and nothing of it is found\ntake WC0104 out of the annotation"
            },
            "ruleId": "WC0006",
            "ruleIndex": 5
        },
        {
            "level": "error",
            "locations": [
                {
                    "logicalLocations": [
                        {
                            "fullyQualifiedName": "artifact/b,c:100%"
                        }
                    ],
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "dir/wrong%20%C3%BC.yaml"
                        },
                        "region": {
                            "endColumn": 5,
                            "endLine": 7,
                            "startColumn": 1,
                            "startLine": 7
                        }
                    }
                }
            ],
            "message": {
                "text": "spec.image: Required value\nadd\nimage: REGISTRY/NAME:TAG"
            },
            "ruleId": "WC0102",
            "ruleIndex": 9
        },
        {
            "level": "error",
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {
                            "uri": "broken.yaml"
                        },
                        "region": {
                            "endColumn": 5,
                            "endLine": 1,
                            "startColumn": 4,
                            "startLine": 1
                        }
                    }
                }
            ],
            "message": {
                "text": "unclosed bracket '['\nwhat belongs to one object begins in one column, and what is opened is closed: look at this line and at those before it"
            },
            "ruleId": "WC0001",
            "ruleIndex": 0
        }
    ]
    "#);
}

#[test]
fn what_the_command_line_ignores_is_suppressed_from_outside() {
    let (files, _) = several();
    let ignored = Ignored::read(&["WC0106=legacy".to_owned()]).unwrap();
    let log = sarif(&check(&files, &Definitions::own(), &Facts::default(), &ignored), Level::Info);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let kinds: Vec<_> = results.iter().filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
    assert_eq!(kinds, ["inSource", "external"]);
}

#[test]
fn what_tells_kustomize_what_to_do_is_no_object() {
    let named = |name: &str| {
        let text = Text { name: name.to_owned(), content: "resources: [web.yaml]\n".to_owned() };
        let files = FileSet::read(vec![Arc::new(text)]);
        let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
        super::text(&files, &found, Level::Info, &Look::PLAIN)
    };
    insta::assert_snapshot!(named("base/kustomization.yaml"), @"0 objects in 1 file: nothing to validate; 1 of other kinds passed over");
    insta::assert_snapshot!(named("base/web.yaml"), @"
    base/web.yaml:1:1: error[WC0004]: apiVersion is missing
      help: such as apiVersion: runtime.wasmcloud.dev/v1alpha1 and kind: WorkloadDeployment
    0 objects in 1 file: 1 error
    ");
}

#[test]
fn templates_are_to_be_rendered_first() {
    insta::assert_snapshot!(validated("kind: Artifact\nmetadata:\n  name: {{ .Values.name }}\n"), @"
    app.yaml:3:10: error[WC0001]: expected string scalar
      help: this is a template: validate what becomes of it, `helm template CHART | kubectl wasmcloud validate -f -`
    0 objects in 1 file: 1 error
    ");
}

/// Every format, of a text.
fn in_all_formats(content: &str) -> Vec<String> {
    let files = FileSet::read(vec![Arc::new(Text { name: "app.yaml".to_owned(), content: content.to_owned() })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let drawn = text(&files, &found, Level::Info, &Look { terminal: true, ..Look::PLAIN });
    let machines = [as_json(&files, &found, Level::Info), sarif(&found, Level::Info)].map(|json| json.to_string());
    let lines = [
        text(&files, &found, Level::Info, &Look::PLAIN),
        github(&found, Level::Info),
        junit(&files, &found, Level::Info),
    ];
    std::iter::once(drawn).chain(machines).chain(lines).collect()
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    let artifact =
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: ü\n\n# why\nspec:\n  ";
    let wrong = format!("{artifact}image: yes\n  imgae: [\n    ü, x]\n---\n{artifact}size: 1\n");
    let duplicate = format!("{artifact}image: a\n  image: b\n");
    let unread = format!("{artifact}image: a\n image: b\n");
    let tab = format!("{artifact}image:\n\tb: 1\n");
    let json = "{\n\"kind\": \"Artifact\",\n\"apiVersion\": \"runtime.wasmcloud.dev/v1alpha1\",\n\"metadata\": 1,\n\"kind\": 2}\n";
    let secret = "kind: Secret\napiVersion: v1\ndata: {a: b}\n---\na: 1\n";
    for content in [wrong.as_str(), &duplicate, &unread, &tab, json, &json.replace("\"kind\": 2", "\"x\" 2"), secret] {
        let expected = in_all_formats(content);
        assert!(expected[0].contains("error") && expected[0].contains('│'), "{}", expected[0]);
        for end in ["\r\n", "\r"] {
            assert_eq!(in_all_formats(&content.replace('\n', end)), expected, "{end:?}");
        }
    }
    let drawn = &in_all_formats(&wrong.replace('\n', "\r"))[0];
    assert!(
        drawn.contains("╭─[app.yaml:8:10]\n 7 │ spec:\n 8 │   image: yes\n   ·          ───\n 9 │   imgae: ["),
        "{drawn}"
    );
}

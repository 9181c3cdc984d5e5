//! Much of everything.

use insta::assert_snapshot;

use super::{HEAD, limited, told};
use crate::support::TestEnv;

/// Validates a text of many findings within so many MiB; the two last lines of what is said.
fn last_lines(content: &str, mebibytes: u64) -> String {
    let env = TestEnv::new();
    env.file("a.yaml", content);
    last_lines_of(&env, "a.yaml", mebibytes)
}

/// The same of files that are there.
fn last_lines_of(env: &TestEnv, name: &str, mebibytes: u64) -> String {
    let output = limited(env, mebibytes, &["validate", "-f", name]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().rev().take(2).collect::<Vec<_>>().join("\n")
}

/// Lines with a number in each.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

const MANY: usize = 990_000;

#[test]
#[ignore = "takes long"]
fn a_million_unknown_fields() {
    let fields = format!("{HEAD}spec:\n{}", numbered(MANY, |n| format!("  a{n}: 1\n")));
    assert_snapshot!(last_lines(&fields, 800), @"
    1 object in 1 file: 10000 errors
    and 980001 more, which are not shown
    ");
}

#[test]
#[ignore = "takes long"]
fn a_million_labels_that_are_none() {
    let labels = format!("{HEAD}  labels:\n{}spec: {{}}\n", numbered(MANY, |n| format!("    a b{n}: x\n")));
    assert_snapshot!(last_lines(&labels, 1000), @"
    1 object in 1 file: 10000 errors
    and 980001 more, which are not shown
    ");
}

#[test]
#[ignore = "takes long"]
fn a_million_interfaces_that_are_none() {
    let begin = "spec:\n  template:\n    spec:\n      components: [{name: a, image: 'r.io/a:1'}]\n      hostInterfaces:\n      - namespace: wasi\n        package: http\n        interfaces:\n";
    let interfaces = format!("{HEAD}{begin}{}", numbered(MANY, |n| format!("        - a/b{n}\n")));
    assert_snapshot!(last_lines(&interfaces, 800), @"
    1 object in 1 file: 10000 errors
    and 980000 more, which are not shown
    ");
}

#[test]
#[ignore = "takes long"]
fn a_million_keys_that_stand_twice() {
    let twice = format!("{HEAD}spec:\n{}", numbered(MANY, |n| format!("  a{}: 1\n", n / 2)));
    assert_snapshot!(last_lines(&twice, 800), @"
    0 objects in 1 file: 10000 errors
    and 485000 more, which are not shown
    ");
}

#[test]
#[ignore = "takes long"]
fn a_million_findings_in_many_documents() {
    let fields = numbered(16, |n| format!(", x{n}: 1"));
    let document = |n: usize| {
        format!(
            "---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: a{n}}}\nspec: {{image: 'r.io/a:1.0.0'{fields}}}\n"
        )
    };
    let env = TestEnv::new();
    for file in 0..5 {
        env.file(&format!("all/{file}.yaml"), &numbered(12_500, |n| document(file * 12_500 + n)));
    }
    let output = limited(&env, 800, &["validate", "-f", "all", "-o", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 10_000);
    assert_eq!((&json["summary"]["beyond"], &json["summary"]["objects"]), (&990_000.into(), &62_500.into()));
}

/// Objects that are wrong beside each other; most of what it takes are the objects.
#[test]
#[ignore = "takes long"]
fn objects_in_many_files_with_a_finding_each() {
    let env = TestEnv::new();
    for file in 0..4 {
        let secret = |n: usize| {
            let name = file * 50_000 + n;
            format!("- {{apiVersion: v1, kind: Secret, metadata: {{name: s{name}}}, data: {{a: '!'}}}}\n")
        };
        env.file(
            &format!("all/{file}.yaml"),
            &format!("apiVersion: v1\nkind: List\nitems:\n{}", numbered(50_000, secret)),
        );
    }
    assert_snapshot!(last_lines_of(&env, "all", 800), @"
    0 objects in 4 files: 10000 errors; 200000 of other kinds passed over
    and 190000 more, which are not shown
    ");
}

#[test]
#[ignore = "takes long"]
fn a_file_of_a_hundred_megabytes() {
    let env = TestEnv::new();
    let line = format!("    {}\n", "x".repeat(95));
    env.file("comment.yaml", &format!("{}{HEAD}spec: {{}}\n", format!("# {line}").repeat(1_000_000)));
    env.file("text.yaml", &format!("{HEAD}spec:\n  x: |\n{}", line.repeat(1_000_000)));
    env.file("line.yaml", &format!("{HEAD}spec: {{x: {}}}\n", "x".repeat(100_000_000)));
    env.file("values.yaml", &format!("a:\n{}", "- 1\n".repeat(25_000_000)));
    let object = |more: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {{\"name\": \"a\"}}, \"data\": {{\"a\": {more}}}}}"
        )
    };
    env.file("text.json", &object(&format!("\"{}\"", "x".repeat(100_000_000))));
    env.file("values.json", &object(&format!("[{}1]", "1,".repeat(50_000_000))));
    env.file("cut.json", &object(&format!("\"{}", "x".repeat(100_000_000))));
    let said: String =
        ["comment.yaml", "text.yaml", "line.yaml", "values.yaml", "text.json", "values.json", "cut.json"]
            .iter()
            .map(|name| told(&env, 900, &["validate", "-f", name]))
            .collect();
    assert_snapshot!(said, @r#"
    code: 1
    --- stdout
    comment.yaml:671089:1: error[WC0001]: it has more than the 67108864 bytes of comments that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    code: 1
    --- stdout
    text.yaml:7:5: error[WC0001]: it has more than the 67108864 bytes of text that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    code: 1
    --- stdout
    line.yaml:5:11: error[WC0001]: it has more than the 67108864 bytes of text that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    code: 1
    --- stdout
    values.yaml:1999999:3: error[WC0001]: it has more than the 2000000 values that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    code: 0
    --- stdout
    0 objects in 1 file: nothing to validate; 1 of other kinds passed over
    code: 1
    --- stdout
    values.json:1:1: error[WC0001]: this line holds more than the 2000000 values that are read
      help: divide it into several files, or look for what has made it so large
    0 objects in 1 file: 1 error
    code: 1
    --- stdout
    cut.json:1:84: error[WC0001]: a text is not closed on its line
      help: write " where it ends; a line break within it is written \n
    0 objects in 1 file: 1 error
    "#);
}

#[test]
#[ignore = "takes long"]
fn a_hundred_thousand_files() {
    let env = TestEnv::new();
    for number in 0..100_000 {
        let object = format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: a{number}}}\nspec: {{image: 'r.io/a:1.0.0'}}\n"
        );
        env.file(&format!("all/{}/{number}.yaml", number % 10), &object);
    }
    assert_snapshot!(told(&env, 600, &["validate", "-f", "all", "-R"]), @"
    code: 0
    --- stdout
    100000 objects in 100000 files: valid
    ");
}

/// A component whose code is a hole in a file.
#[test]
fn a_component_of_a_hundred_megabytes() {
    let env = TestEnv::new();
    let manifest = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: web\nspec:\n  components:\n    - name: web\n      image: file://large.wasm\n";
    env.file("web.yaml", manifest);
    let component = |megabytes: u32| {
        let length = megabytes * 1_000_000;
        let digits = [0, 7, 14, 21, 28].map(|by| (length >> by) as u8 & 0x7f | if by < 28 { 0x80 } else { 0 });
        // A custom section with an empty name.
        let head = [b"\0asm\x0d\0\x01\0\0".as_slice(), &digits, &[0]].concat();
        std::fs::write(env.file("large.wasm", ""), &head).unwrap();
        let file = std::fs::File::options().write(true).open(env.home().join("large.wasm")).unwrap();
        file.set_len(head.len() as u64 + u64::from(length) - 1).unwrap();
        told(&env, 250, &["validate", "-f", "web.yaml", "--images", "--level=warning"])
    };
    assert_snapshot!(component(100), @"
    code: 0
    --- stdout
    1 object in 1 file: 1 note
    ");
    assert_snapshot!(component(1000), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot read ./large.wasm: 1000000014 bytes are more than the 268435456 that a component may have
    1 object in 1 file: 1 error, 1 note
    ");
}

use insta::assert_snapshot;

use crate::support::TestEnv;

const ARTIFACT: &str = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: a\nspec:\n  image: registry.example.com/a:1.0.0\n";

#[test]
fn what_is_right_is_told_and_exits_with_0() {
    let env = TestEnv::new();
    env.file("a.yaml", ARTIFACT);
    env.file("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    assert_snapshot!(env.run(&["validate", "-f", "."]), @"
    code: 0
    --- stdout
    1 object in 2 files: valid; 1 of other kinds passed over
    ");
}

#[test]
fn what_is_wrong_exits_with_1_in_every_format() {
    let env = TestEnv::new();
    env.file("a.yaml", &ARTIFACT.replace("image", "imgae"));
    assert_snapshot!(env.run(&["validate", "-f", "a.yaml"]), @"
    code: 1
    --- stdout
    a.yaml:6:3: error[WC0101]: unknown field spec.imgae
      help: did you mean image?
    1 object in 1 file: 1 error
    ");
    for format in ["json", "sarif", "junit", "github"] {
        let run = env.run(&["validate", "-f", "a.yaml", "-o", format]);
        assert!(run.starts_with("code: 1\n") && run.contains("WC0101"), "{format}: {run}");
    }
    assert_snapshot!(env.run(&["validate", "-f", "a.yaml", "--ignore=WC0101,WC0102=for a test"]), @"
    code: 0
    --- stdout
    1 object in 1 file: valid; 2 ignored
    ");
}

#[test]
fn what_cannot_be_told_exits_with_2() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["validate"]), @"
    code: 2
    --- stderr
    error: must specify one of -f and -k
    ");
    assert_snapshot!(env.run(&["validate", "-f", "nowhere.yaml"]), @r#"
    code: 2
    --- stderr
    error: the path "nowhere.yaml" does not exist
    "#);
    assert_snapshot!(env.run(&["validate", "-f", "nowhere.yaml", "--ignore=WC1"]), @"
    code: 2
    --- stderr
    error: WC1 is no code of a finding
    help: `kubectl wasmcloud explain-code` lists the codes
    ");
    env.file("empty/readme.md", "");
    assert_snapshot!(env.run(&["validate", "-f", "empty"]), @"
    code: 2
    --- stderr
    error: error reading [empty]: recognized file extensions are [.json .yaml .yml]
    ");
    env.file("a.yaml", ARTIFACT);
    assert_snapshot!(env.run(&["validate", "-f", "a.yaml", "--schema-dir", "empty"]), @"
    code: 2
    --- stderr
    error: empty: there is no CustomResourceDefinition of runtime.wasmcloud.dev among them
    ");
}

#[test]
fn definitions_of_a_directory_are_gone_by() {
    let env = TestEnv::new();
    let crds = env.run(&["crds"]);
    let crds = crds.split_once("--- stdout\n").map_or(crds.as_str(), |(_, crds)| crds);
    env.file("crds/all.yaml", &crds.replace("imagePullSecret:", "secretOfOld:"));
    env.file("a.yaml", &format!("{ARTIFACT}  imagePullSecret: {{name: x}}\n"));
    assert_snapshot!(env.run(&["validate", "-f", "a.yaml", "--schema-dir", "crds"]), @"
    code: 1
    --- stdout
    a.yaml:7:3: error[WC0101]: unknown field spec.imagePullSecret
      help: did you mean image?
    a.yaml:7:27: info[WC0271]: spec.imagePullSecret.name: Secret x is not among these files
      help: it must be there before the workload can start
    1 object in 1 file: 1 error, 1 note
    ");
}

#[test]
fn what_is_no_text_does_not_hide_the_rest() {
    let env = TestEnv::new();
    env.file("a.yaml", &ARTIFACT.replace("image", "imgae"));
    std::fs::write(env.home().join("b.yaml"), b"a: 1\nb: \xe4\n").unwrap();
    std::fs::write(env.home().join("c.yaml"), b"\xff\xfea\0").unwrap();
    assert_snapshot!(env.run(&["validate", "-f", "."]), @"
    code: 1
    --- stdout
    ./a.yaml:6:3: error[WC0101]: unknown field spec.imgae
      help: did you mean image?
    ./b.yaml:2:4: error[WC0001]: it cannot be read: it is not UTF-8
      help: store it as UTF-8, such as with `iconv -t UTF-8`; what is no text goes elsewhere
    ./c.yaml:1:1: error[WC0001]: it cannot be read: it is UTF-16, not UTF-8
      help: store it as UTF-8, such as with `iconv -t UTF-8`; what is no text goes elsewhere
    1 object in 3 files: 3 errors
    ");
    assert_snapshot!(env.run(&["apply", "-f", "c.yaml", "--server=http://127.0.0.1:1"]), @"
    code: 1
    --- stderr
    error: cannot read c.yaml
      caused by: it is UTF-16, not UTF-8
    ");
}

#[cfg(unix)]
#[test]
fn pipes_in_a_directory_are_not_waited_for() {
    let env = TestEnv::new();
    env.file("a.yaml", ARTIFACT);
    let made = std::process::Command::new("mkfifo").arg(env.home().join("p.yaml")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("nowhere", env.home().join("lost.yaml")).unwrap();
    std::os::unix::fs::symlink(".", env.home().join("loop")).unwrap();
    assert_snapshot!(env.run(&["validate", "-R", "-f", "."]), @"
    code: 1
    --- stdout
    ./lost.yaml:1:1: error[WC0001]: it cannot be read: No such file or directory (os error 2)
      help: the link leads to nothing: mend it, or take it away
    ./p.yaml:1:1: error[WC0001]: it cannot be read: it is no file
      help: take it away, or name the files that are meant
    1 object in 3 files: 2 errors
    ");
}

#[test]
fn a_terminal_is_not_told_what_to_do_by_a_manifest() {
    let env = TestEnv::new();
    env.file("a\u{1b}[2J.yaml", &format!("{ARTIFACT}  \"x\\e]0;t\\a\\u009b31m\": 1 # \u{202e}\n"));
    assert_snapshot!(env.run(&["validate", "-f", "."]), @r"
    code: 1
    --- stdout
    ./a\u{1b}[2J.yaml:7:3: error[WC0101]: unknown field spec.x\u{1b}]0;t\u{7}\u{9b}31m
      help: take it out, or use one of image, imagePullSecret
    1 object in 1 file: 1 error
    ");
    assert_snapshot!(env.run(&["validate", "-f", ".", "-o", "github"]), @r"
    code: 1
    --- stdout
    ::error file=./a\u{1b}[2J.yaml,line=7,endLine=7,col=3,endColumn=23,title=WC0101 a field that the definition does not have::unknown field spec.x\u{1b}]0;t\u{7}\u{9b}31m%0Atake it out, or use one of image, imagePullSecret
    ");
    for format in ["text", "github", "junit", "sarif", "json"] {
        let run = env.run(&["validate", "-f", ".", "-o", format]);
        assert!(!run.contains(['\u{1b}', '\u{7}']), "{format}: {run:?}");
    }
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let env = TestEnv::new();
    env.file("a.yaml", &ARTIFACT.replace("a:1.0.0", "a"));
    assert_snapshot!(env.run(&["validate", "-f", "a.yaml", "-f", "./a.yaml", "-f", "."]), @r#"
    code: 0
    --- stdout
    a.yaml:6:10: warning[WC0211]: spec.image: "registry.example.com/a" has neither tag nor digest, and is taken for registry.example.com/a:latest
      help: write image: registry.example.com/a:TAG, so that a rollout and an undo know what they run
    1 object in 1 file: 1 warning
    "#);
}

#[test]
fn keys_that_stand_twice_in_json_are_told() {
    let env = TestEnv::new();
    let artifact = "{\n\t\"apiVersion\": \"runtime.wasmcloud.dev/v1alpha1\",\n\t\"kind\": \"Artifact\",\n\t\"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"image\": \"r.io/a:1\", \"image\": \"r.io/a:2\"}\n}\n";
    env.file("a.json", artifact);
    assert_snapshot!(env.run(&["validate", "-f", "a.json"]), @"
    code: 1
    --- stdout
    a.json:5:32: error[WC0002]: image stands here again, first on line 5
      help: keep one of them: which one counts depends on who reads it
    0 objects in 1 file: 1 error
    ");
}

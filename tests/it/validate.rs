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
    a.yaml:5:1: error[WC0102]: spec.image: Required value
    a.yaml:6:3: error[WC0101]: unknown field spec.imgae
      help: did you mean image?
    1 object in 1 file: 2 errors
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
    error: no manifests (.yaml, .yml, .json) were found
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

use insta::assert_snapshot;
use kubectl_wasmcloud::plan::codes;
use regex::Regex;

use crate::support::TestEnv;

#[test]
fn a_code_is_explained_as_markdown_in_a_pipe() {
    assert_snapshot!(TestEnv::new().run(&["explain-code", "wc0203"]), @"
    code: 0
    --- stdout
    # WC0203: a deploy policy that does not exist

    The definition takes any text for `deployPolicy`, and controllers take whatever they do not know for `RollingUpdate`. A typing
    error therefore changes how the application is replaced, and nobody is told.

    ## Wrong

    ```yaml
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: web
    spec:
      deployPolicy: recreate
      template:
        spec:
          components:
          - name: web
            image: ghcr.io/acme/web:1.4.2
    ```

    ## Right

    ```yaml
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: web
    spec:
      deployPolicy: Recreate
      template:
        spec:
          components:
          - name: web
            image: ghcr.io/acme/web:1.4.2
    ```

    ## What to do

    Write `RollingUpdate`, which replaces step by step and keeps serving, or `Recreate`, which stops all old replicas first.
    ");
    assert_snapshot!(TestEnv::new().run(&["explain-code", "WCC053"]), @"
    code: 0
    --- stdout
    # WCC053: hosts take new Workloads

    Hosts are cordoned: what runs there goes on, and nothing new comes. If all are, every rollout waits.

    ## How to see it

    ```sh
    kubectl wasmcloud get hosts -o wide
    ```

    ## What to do

    `kubectl wasmcloud uncordon HOST` opens it again.
    ");
}

#[test]
fn programs_get_its_parts() {
    let told = TestEnv::new().run(&["explain-code", "WC0203", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(told.split_once("stdout\n").unwrap().1).unwrap();
    assert_eq!((json["code"].as_str(), json["level"].as_str()), (Some("WC0203"), Some("warning")));
    assert!(json["page"].as_str().unwrap().starts_with("# WC0203: a deploy policy"), "{json}");
    let told = TestEnv::new().run(&["explain-code", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(told.split_once("stdout\n").unwrap().1).unwrap();
    assert_eq!(json.as_array().unwrap().len(), codes::all().len());
}

#[test]
fn all_codes_are_listed() {
    let told = TestEnv::new().run(&["explain-code"]);
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines[2], "CODE     LEVEL     TITLE");
    assert!(lines.contains(&"WC0220   error     wasi:http without a host name"), "{told}");
    assert!(lines.contains(&"WCC053   check     hosts take new Workloads"), "{told}");
    assert_eq!(lines.len(), codes::all().len() + 3);
}

#[test]
fn an_unknown_code_says_which_was_meant() {
    assert_snapshot!(TestEnv::new().run(&["explain-code", "WC220"]), @r#"
    code: 2
    --- stderr
    error: there is no code "WC220"
    help: did you mean WC0220?
    "#);
    assert_snapshot!(TestEnv::new().run(&["explain-code", "nonsense"]), @r#"
    code: 2
    --- stderr
    error: there is no code "nonsense"
    help: `kubectl wasmcloud explain-code` lists all codes
    "#);
}

#[test]
fn codes_are_completed_with_their_titles() {
    let told = TestEnv::new().run(&["__complete", "explain-code", "WCC08"]);
    assert_snapshot!(told, @"
    code: 0
    --- stdout
    WCC080	no other definitions of runtime.wasmcloud.dev are there
    WCC081	you may create CustomResourceDefinitions
    WCC082	you may create what a controller in the cluster needs
    WCC083	no controller is in charge yet
    :4
    ");
}

#[test]
fn whatever_the_program_says_has_a_page() {
    let code = Regex::new(r"\bWCC?\d{3,4}\b").unwrap();
    let mut missing = Vec::new();
    for entry in walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&entry).unwrap();
        // What tests of unknown codes say is unknown.
        let said = text.split("#[cfg(test)]").next().unwrap();
        // WC9999 is an example of one that does not exist.
        let said = code.find_iter(said).map(|found| found.as_str()).filter(|found| *found != "WC9999");
        let unknown = said.filter(|found| codes::find(found).is_err());
        missing.extend(unknown.map(|found| format!("{found} in {}", entry.display())));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// The sources and pages, without files of tests.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: std::path::PathBuf| match path.is_dir() {
        true if path.ends_with("tests") => Vec::new(),
        true => walk(&path),
        false if path.ends_with("tests.rs") => Vec::new(),
        false => vec![path],
    };
    entries.flat_map(of).filter(|path| path.extension().is_some_and(|end| end == "rs" || end == "md")).collect()
}

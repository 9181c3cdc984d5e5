use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::TestEnv;

#[test]
fn the_definitions_are_printed_without_a_cluster() {
    let told = TestEnv::new().run(&["crds"]);
    assert!(told.starts_with("code: 0\n--- stdout\n---\napiVersion: apiextensions.k8s.io/v1\n"), "{told}");
    assert_eq!(told.matches("\nkind: CustomResourceDefinition\n").count(), 5);
    let told = TestEnv::new().run(&["crds", "-o", "json"]);
    assert!(told.contains("\"kind\": \"List\""), "{told}");
}

#[test]
fn a_closed_pipe_is_silent() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"))
        .arg("crds")
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn scripts_need_no_configuration() {
    let env = TestEnv::new();
    env.file(".kube/config", "this is: [no kubeconfig");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let told = env.run(&["completion", shell]);
        assert!(told.starts_with("code: 0\n--- stdout\n") && told.contains("rollout"), "{shell}: {told}");
    }
}

#[test]
fn shells_without_a_script_are_named() {
    assert_snapshot!(TestEnv::new().run(&["completion", "csh"]), @"
    code: 2
    --- stderr
    error: invalid value 'csh' for '<SHELL>'
      [possible values: bash, zsh, fish, powershell]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

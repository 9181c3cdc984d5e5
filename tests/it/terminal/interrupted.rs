//! Ctrl-C while there is much to compute.

use crate::support::TestEnv;
use crate::support::terminal::Terminal;

/// Seconds of the processor's time, far more than reading the file takes, and far less than all there is to do.
const BUSY: f64 = 0.3;

#[test]
fn what_computes_for_long_ends_at_once() {
    let env = TestEnv::new();
    let object = |n: u32| {
        format!(
            "---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: a{n}}}\n\
             spec: {{image: 'ghcr.io/acme/a{n}:1.0.0', imagePullSecret: {{name: pull}}}}\n"
        )
    };
    env.file("many.yaml", &(0..100_000).map(object).collect::<String>());
    for words in [&["validate", "-f", "many.yaml"][..], &["apply", "-f", "many.yaml"], &["diff", "-f", "many.yaml"]] {
        let terminal = Terminal::run(&env, (20, 80), &[], words);
        terminal.is_busy_for(BUSY);
        terminal.signal("INT");
        assert_eq!(terminal.end(), (130, String::new()), "{words:?}");
    }
}

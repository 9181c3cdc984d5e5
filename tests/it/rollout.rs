#[cfg(feature = "local")]
mod history;
#[cfg(feature = "local")]
mod pause;
#[cfg(feature = "local")]
mod restart;
#[cfg(feature = "local")]
mod status;
#[cfg(feature = "local")]
mod undo;

use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn only_deployments_are_rolled_out() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["rollout", "status", "ww/x"]), @"
    code: 2
    --- stderr
    error: no status viewer has been implemented for Workload
    help: only workloaddeployments are rolled out; `kubectl wasmcloud get` shows the others
    ");
    assert_snapshot!(env.run(&["rollout", "undo", "artifact/x"]), @r#"
    code: 2
    --- stderr
    error: no rollbacker has been implemented for "Artifact.runtime.wasmcloud.dev"
    help: only workloaddeployments are rolled out; those that use the artifact follow every change of it
    "#);
    assert_snapshot!(env.run(&["rollout", "restart", "workload", "x"]), @"
    code: 2
    --- stderr
    error: workloads.runtime.wasmcloud.dev restarting is not supported
    help: `kubectl wasmcloud delete workload NAME` has its replica set make another one; `rollout restart` takes deployments
    ");
    assert_snapshot!(env.run(&["rollout", "pause", "host/x"]), @"
    code: 2
    --- stderr
    error: hosts.runtime.wasmcloud.dev pausing is not supported
    help: only workloaddeployments are rolled out; `kubectl wasmcloud drain HOST` moves Workloads off a host
    ");
}

#[test]
fn something_has_to_be_named() {
    let env = TestEnv::new();
    for verb in ["status", "history", "undo", "restart", "pause", "resume"] {
        for words in [&["rollout", verb][..], &["rollout", verb, "wd"]] {
            let told = env.run(words);
            let help = format!("`rollout {verb}` needs the name of a workloaddeployment, or -l SELECTOR");
            let expected = format!("code: 2\n--- stderr\nerror: required resource not specified\nhelp: {help}\n");
            assert_eq!(told, expected);
        }
    }
}

#[test]
fn a_name_alone_is_a_deployment() {
    let env = TestEnv::new();
    env.unreachable_cluster();
    for verb in ["status", "history", "undo", "restart", "pause", "resume"] {
        let told = env.run(&["rollout", verb, "web"]);
        assert!(told.contains("The connection to the server"), "{told}");
    }
}

#[test]
fn flags_are_checked_before_the_server_is_asked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["rollout", "history", "web", "--diff=a"]), @"
    code: 2
    --- stderr
    error: invalid value 'a' for '--diff[=<A[,B]>]': `a` is no revision; 2, or -1 for the one before the newest, would be

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["rollout", "history", "web", "--diff", "-o", "json"]), @"
    code: 2
    --- stderr
    error: the argument '--diff[=<A[,B]>]' cannot be used with '--output <FORMAT>'

    Usage: kubectl wasmcloud rollout history (NAME… | TYPE NAME… | TYPE/NAME…) [flags]
           kubectl wasmcloud rollout history (-l SELECTOR | -f FILE…) [flags]

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["rollout", "restart", "web", "--batch=0"]), @"
    code: 2
    --- stderr
    error: invalid value '0' for '--batch[=<NUMBER>]': 0 is not in 1..=65535

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["rollout", "undo", "web", "-o", "wide"]), @"
    code: 2
    --- stderr
    error: invalid value 'wide' for '--output <FORMAT>': the formats are json, yaml, name and jsonpath=TEMPLATE

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["rollout", "status", "web", "--revision=-1"]), @"
    code: 2
    --- stderr
    error: revision must be a positive integer: -1
    ");
}

#[test]
fn verbs_are_listed() {
    assert_snapshot!(TestEnv::new().run(&["rollout", "-h"]), @"
    code: 0
    --- stdout
    Follow and steer the rollouts of deployments

    Usage: kubectl wasmcloud rollout [OPTIONS] <COMMAND>

    Commands:
      history  Show the revisions of deployments, and what they differ in
      pause    Hold rollouts back until they are resumed
      restart  Replace every Workload by a new one of the same template
      resume   Let paused rollouts go on
      status   Show the status of rollouts, until they are complete
      undo     Go back to a former revision
      help     Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help (see more with '--help')

    Connection:
      -n, --namespace <NAMESPACE>  Namespace to work in; default is the one of the context
          --context <NAME>         Context of the kubeconfig to use
          --kubeconfig <FILE>      Kubeconfig file to use, instead of those in KUBECONFIG
          --local[=<DIR>]          Use the local control plane that runs here, or in DIR
    ");
    assert_snapshot!(TestEnv::new().run(&["rollout", "restart", "-h"]), @"
    code: 0
    --- stdout
    Replace every Workload by a new one of the same template

    Usage: kubectl wasmcloud rollout restart (NAME… | TYPE NAME… | TYPE/NAME…) [flags]
           kubectl wasmcloud rollout restart (-l SELECTOR | -f FILE…) [flags]

    Arguments:
      [TYPE[/NAME]]...  Types and names: TYPE NAME…, TYPE/NAME… or TYPE[,TYPE…]

    Options:
      -f, --filename <FILE>      Files, directories, patterns, or - for standard input
      -k, --kustomize <DIR>      Directory with a kustomization, which `kubectl kustomize` builds
      -R, --recursive            Read directories with all below them
      -l, --selector <SELECTOR>  Only objects with these labels
      -A, --all-namespaces       In all namespaces
          --batch[=<NUMBER>]     Delete the Workloads one after the other, each once the one before is
                                 replaced and ready; with a number, that many at once. For controllers
                                 that ignore a restart
          --timeout <DURATION>   How long --batch may take for each deployment; 0 is for ever [default:
                                 0s]
          --dry-run[=<WHERE>]    Only say what would be done; with `server`, have the server check it
                                 [default: none] [possible values: none, client, server]
      -o, --output <FORMAT>      How to show the objects: json, yaml, name or jsonpath=TEMPLATE;
                                 otherwise one line for each
      -h, --help                 Print help (see more with '--help')

    Connection:
      -n, --namespace <NAMESPACE>  Namespace to work in; default is the one of the context
          --context <NAME>         Context of the kubeconfig to use
          --kubeconfig <FILE>      Kubeconfig file to use, instead of those in KUBECONFIG
          --local[=<DIR>]          Use the local control plane that runs here, or in DIR

    Only workloaddeployments (wd) are rolled out; a NAME alone is one of these.
    ");
}

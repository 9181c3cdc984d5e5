use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn the_verbs_are_listed() {
    assert_snapshot!(TestEnv::new().run(&["-h"]), @"
    code: 0
    --- stdout
    Run wasmCloud workloads on Kubernetes

    Usage: kubectl wasmcloud [OPTIONS] <COMMAND>

    Commands:
      apply           Apply manifests on the server, as `kubectl apply --server-side` does
      completion      Generate a completion script for a shell
      crds            Print the CustomResourceDefinitions
      delete          Delete objects, as `kubectl delete` does
      deploy          Apply manifests and follow the rollout until every replica is available
      diff            Show what applying manifests would change; exits with 0 when nothing, 1 when
                      something, 2 when it failed
      get             Show objects, as `kubectl get` does [alias: list]
      install         Put the CustomResourceDefinitions into a cluster
      local           Run, show or delete a control plane on this machine
      rollout         Follow and steer the rollouts of deployments
      run-controller  Run the controller in the foreground, against any cluster
      version         Show the versions of this program, of the cluster and of what runs in it
      help            Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Connection:
      -n, --namespace <NAMESPACE>  Namespace to work in; default is the one of the context
          --context <NAME>         Context of the kubeconfig to use
          --kubeconfig <FILE>      Kubeconfig file to use, instead of those in KUBECONFIG
          --local[=<DIR>]          Use the local control plane that runs here, or in DIR
    ");
}

#[test]
fn no_verb_is_a_usage_error() {
    let told = TestEnv::new().run(&[]);
    assert!(told.starts_with("code: 2\n--- stderr\n"), "{told}");
}

#[test]
fn flags_of_a_verb_come_first_and_connection_flags_are_short() {
    assert_snapshot!(TestEnv::new().run(&["get", "-h"]), @"
    code: 0
    --- stdout
    Show objects, as `kubectl get` does

    Usage: kubectl wasmcloud get TYPE[,TYPE…] [flags]
           kubectl wasmcloud get TYPE NAME… [flags]
           kubectl wasmcloud get TYPE/NAME… [flags]

    Arguments:
      [TYPE[/NAME]]...  Types and names of what to show

    Options:
      -A, --all-namespaces             Look in all namespaces
      -l, --selector <SELECTOR>        Only objects with these labels
          --field-selector <SELECTOR>  Only objects with these fields, such as metadata.name=x
      -o, --output <FORMAT>            How to show them: json, yaml, name, wide or jsonpath=TEMPLATE
      -w, --watch                      Go on showing changes
          --no-headers                 Leave out the headers of tables
          --show-labels                Show labels as the last column
          --show-managed-fields        Show managedFields with -o json and -o yaml
          --ignore-not-found           An object that is not there is no error
      -h, --help                       Print help (see more with '--help')

    Connection:
      -n, --namespace <NAMESPACE>  Namespace to work in; default is the one of the context
          --context <NAME>         Context of the kubeconfig to use
          --kubeconfig <FILE>      Kubeconfig file to use, instead of those in KUBECONFIG
          --local[=<DIR>]          Use the local control plane that runs here, or in DIR

    Types: workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts, artifacts (art).
    Hosts live in the controller's namespace; without --namespace they are found wherever they are.
    ");
}

#[test]
fn long_help_has_all_connection_flags() {
    assert_snapshot!(TestEnv::new().run(&["crds", "--help"]), @"
    code: 0
    --- stdout
    Print the CustomResourceDefinitions

    Usage: kubectl wasmcloud crds [OPTIONS]

    Options:
      -o, --output <OUTPUT>
              How to print them

              Possible values:
              - yaml: One YAML document each
              - json: One JSON list
              
              [default: yaml]

      -h, --help
              Print help (see a summary with '-h')

    Connection:
      -n, --namespace <NAMESPACE>
              Namespace to work in; default is the one of the context

          --context <NAME>
              Context of the kubeconfig to use

          --kubeconfig <FILE>
              Kubeconfig file to use, instead of those in KUBECONFIG

          --local[=<DIR>]
              Use the local control plane that runs here, or in DIR

          --cluster <NAME>
              Cluster of the kubeconfig to use

          --user <NAME>
              User of the kubeconfig to use

      -s, --server <URL>
              Address and port of the API server

          --token <TOKEN>
              Bearer token to log in with

          --as <USER>
              User to act as

          --as-group <GROUP>
              Group to act as a member of; may be repeated

          --as-uid <UID>
              UID to act as

          --request-timeout <DURATION>
              How long one request may take, such as 10s; 0 is for ever

          --certificate-authority <FILE>
              File with certificates of authorities to trust

          --tls-server-name <NAME>
              Name to expect in the API server's certificate

          --insecure-skip-tls-verify
              Accept any certificate of the API server: insecure

      -v, --v <LEVEL>
              How much to log, as kubectl counts: 6 shows requests, 8 everything

      -y, --yes
              Answer every question with yes, and ask none

          --color <WHEN>
              When to colour

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE
                colours pipes too
              - always: Always
              - never:  Never
    ");
}

#[test]
fn unknown_words_exit_with_2() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["frobnicate"]), @"
    code: 2
    --- stderr
    error: unrecognized subcommand 'frobnicate'

    Usage: kubectl wasmcloud [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "--frobnicate"]), @"
    code: 2
    --- stderr
    error: unexpected argument '--frobnicate' found

      tip: to pass '--frobnicate' as a value, use '-- --frobnicate'

    Usage: kubectl wasmcloud get TYPE[,TYPE…] [flags]
           kubectl wasmcloud get TYPE NAME… [flags]
           kubectl wasmcloud get TYPE/NAME… [flags]

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "--color", "sometimes"]), @"
    code: 2
    --- stderr
    error: invalid value 'sometimes' for '--color <WHEN>'
      [possible values: auto, always, never]

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["install", "--timeout", "60"]), @"
    code: 2
    --- stderr
    error: invalid value '60' for '--timeout <DURATION>': `60` is no duration, such as 90s, 5m or 1h30m

    For more information, try '--help'.
    ");
}

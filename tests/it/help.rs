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
      autoscale       Have an autoscaler set the replicas by a metric that it can read
      check           Check the installation, and say what to do where it is not well [alias: doctor]
      completion      Generate a completion script for a shell, or for kubectl
      cordon          Keep new Workloads away from hosts
      crds            Print the CustomResourceDefinitions
      delete          Delete objects, as `kubectl delete` does
      deploy          Apply manifests and follow the rollout until every replica is available
      describe        Show all there is to know of objects, the worst first
      diff            Show what applying manifests would change; exits with 0 when nothing, 1 when
                      something, 2 when it failed
      drain           Move the Workloads of hosts elsewhere, replacements first
      events          Show what happened to objects, as `kubectl events` does
      explain         Explain the fields of a type, as `kubectl explain` does, without a cluster
      explain-code    Explain the code of a finding or a check: what it means, and what to do
      expose          Make a Service that leads to a deployment
      get             Show objects, as `kubectl get` does [alias: list]
      install         Put the CustomResourceDefinitions, and perhaps a controller, into a cluster
      local           Run, show or delete a control plane on this machine
      logs            Say where the log of what runs an object is
      rbac            Print the roles that the controller, people and each verb need
      report          Gather everything for a bug report in one file, redacted
      rollout         Follow and steer the rollouts of deployments
      run-controller  Run the controller in the foreground, against any cluster
      scaffold        Write manifests for what is to run
      scale           Set how many replicas there are to be
      set             Set images or environment of components
      top             Show how loaded hosts and groups of hosts are
      tree            Show deployments with all that stands under them, down to the hosts
      uncordon        Let new Workloads come to hosts again
      uninstall       Take away what install put into a cluster
      validate        Say what is wrong with manifests, without a cluster
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
           kubectl wasmcloud get -f FILE… [flags]

    Arguments:
      [TYPE[/NAME]]...  Types and names of what to show

    Options:
      -f, --filename <FILE>            Files, directories, patterns, or - for standard input
      -k, --kustomize <DIR>            Directory with a kustomization, which `kubectl kustomize` builds
      -R, --recursive                  Read directories with all below them
      -A, --all-namespaces             Look in all namespaces
      -l, --selector <SELECTOR>        Only objects with these labels
          --field-selector <SELECTOR>  Only objects with these fields, such as metadata.name=x
      -o, --output <FORMAT>            How to show them: json, yaml, name, wide or jsonpath=TEMPLATE
      -w, --watch                      Go on showing changes
          --watch-only                 Show changes from now on, and not what there is
          --output-watch-events        Say whether an object was added, modified or deleted
          --sort-by <JSONPATH>         Sort by the field that this JSONPath leads to, such as
                                       .metadata.creationTimestamp
      -L, --label-columns <LABEL>      Labels that get a column each
          --show-kind                  Say the type before each name
          --columns <WHOSE>            Whose columns tables have: ours, or those that the server prints
                                       [default: ours] [possible values: ours, server]
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
           kubectl wasmcloud get -f FILE… [flags]

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

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_wasmcloud_global_optspecs
    string join \n n/namespace= context= kubeconfig= local= cluster= user= s/server= token= as= as-group= as-uid= request-timeout= certificate-authority= tls-server-name= insecure-skip-tls-verify v/v= y/yes color= h/help V/version
end

function __fish_kubectl_wasmcloud_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_wasmcloud_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_wasmcloud_using_subcommand
    set -l cmd (__fish_kubectl_wasmcloud_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "completion" -d 'Generate a completion script for a shell'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "crds" -d 'Print the CustomResourceDefinitions'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "delete" -d 'Delete objects, as `kubectl delete` does'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "deploy" -d 'Apply manifests and follow the rollout until every replica is available'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "get" -d 'Show objects, as `kubectl get` does'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "list" -d 'Show objects, as `kubectl get` does'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "install" -d 'Put the CustomResourceDefinitions into a cluster'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "local" -d 'Run, show or delete a control plane on this machine'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "man" -d 'Generate the manual pages'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "rollout" -d 'Follow and steer the rollouts of deployments'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "run-controller" -d 'Run the controller in the foreground, against any cluster'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "version" -d 'Show the versions of this program, of the cluster and of what runs in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s o -l output -d 'How to print them' -r -f -a "yaml\t'One YAML document each'
json\t'One JSON list'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand crds" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s f -l filename -d 'Manifests: files, directories, or - for standard input' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s k -l kustomize -d 'Directory with a kustomization, which `kubectl kustomize` builds' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s l -l selector -d 'Objects with these labels' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l field-selector -d 'Objects with these fields, such as metadata.name=x' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l cascade -d 'What becomes of the objects that these own' -r -f -a "background\t''
foreground\t''
orphan\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l wait -d 'Wait until everything is gone' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l timeout -d 'How long to wait; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l dry-run -d 'Only say what would be done; with `server`, have the server check it' -r -f -a "none\t'Nothing is: it is done'
client\t'Nothing is sent that could change anything'
server\t'The server checks everything and keeps nothing'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s o -l output -d '`name` prints KIND.GROUP/NAME' -r -f -a "name\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s R -l recursive -d 'Read directories with all below them'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l all -d 'All objects of the type in the namespace'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s A -l all-namespaces -d 'In all namespaces'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l ignore-not-found -d 'An object that is not there is no error'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s f -l filename -d 'Manifests: files, directories, or - for standard input' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s k -l kustomize -d 'Directory with a kustomization, which `kubectl kustomize` builds' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l wait -d 'Follow the rollout until every replica is available' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l timeout -d 'How long the rollout may take; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l local-http-port -d 'Port that workloads answer on, when this starts a local control plane; 0 is any' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l dry-run -d 'Only say what would be done; with `server`, have the server check it' -r -f -a "none\t'Nothing is: it is done'
client\t'Nothing is sent that could change anything'
server\t'The server checks everything and keeps nothing'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s R -l recursive -d 'Read directories with all below them'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l force-conflicts -d 'Take over fields that were written by others'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s l -l selector -d 'Only objects with these labels' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l field-selector -d 'Only objects with these fields, such as metadata.name=x' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s o -l output -d 'How to show them: json, yaml, name, wide or jsonpath=TEMPLATE' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s A -l all-namespaces -d 'Look in all namespaces'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s w -l watch -d 'Go on showing changes'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l no-headers -d 'Leave out the headers of tables'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l show-labels -d 'Show labels as the last column'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l show-managed-fields -d 'Show managedFields with -o json and -o yaml'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l ignore-not-found -d 'An object that is not there is no error'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s l -l selector -d 'Only objects with these labels' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l field-selector -d 'Only objects with these fields, such as metadata.name=x' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s o -l output -d 'How to show them: json, yaml, name, wide or jsonpath=TEMPLATE' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s A -l all-namespaces -d 'Look in all namespaces'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s w -l watch -d 'Go on showing changes'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l no-headers -d 'Leave out the headers of tables'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l show-labels -d 'Show labels as the last column'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l show-managed-fields -d 'Show managedFields with -o json and -o yaml'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l ignore-not-found -d 'An object that is not there is no error'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l timeout -d 'How long to wait until the API server serves the new kinds; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l dry-run -d 'Only say what would be done; with `server`, have the server check it' -r -f -a "none\t'Nothing is: it is done'
client\t'Nothing is sent that could change anything'
server\t'The server checks everything and keeps nothing'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -f -a "up" -d 'Run it until Ctrl-C'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -f -a "status" -d 'Show whether it runs, and what is in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -f -a "reset" -d 'Delete everything in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and not __fish_seen_subcommand_from up status reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l dir -d 'Data directory; default is $XDG_DATA_HOME/kubectl-wasmcloud/local' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l port -d 'Port of the API server; default is the one of the last time, or any' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l http-port -d 'Port that workloads answer HTTP requests on; 0 is any' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l nats-url -d 'NATS server of real hosts that are to join' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l dir -d 'Data directory; default is $XDG_DATA_HOME/kubectl-wasmcloud/local' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s o -l output -d 'How to show it' -r -f -a "json\t'JSON, indented'
yaml\t'YAML'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l dir -d 'Data directory; default is $XDG_DATA_HOME/kubectl-wasmcloud/local' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "up" -d 'Run it until Ctrl-C'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show whether it runs, and what is in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Delete everything in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand local; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l output-dir -d 'Directory to write the pages to' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -f -a "status" -d 'Show the status of a rollout, until it is complete'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and not __fish_seen_subcommand_from status help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s w -l watch -d 'Follow until it is complete or has failed' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l timeout -d 'How long to follow; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l revision -d 'Only this revision; another one is an error' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s o -l output -d 'How to show where it stands in the end' -r -f -a "json\t''
yaml\t''
name\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the status of a rollout, until it is complete'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand rollout; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-url -d 'NATS server that hosts are reached through; several with commas between' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-creds -d 'File with NATS user credentials' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-ca -d 'File with certificates of authorities to trust for NATS' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-client-cert -d 'Client certificate for NATS' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-client-key -d 'Key of the client certificate for NATS' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l nats-tls-first -d 'TLS handshake before NATS\' greeting' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l pull-timeout -d 'How much longer than 60s a start may take, for slow registries' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l max-starts-per-host -d 'Starts in flight per host' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l drain-delay -d 'How long a Workload that a Service leads to runs on after its endpoint is gone' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l watch-namespaces -d 'Namespaces to reconcile, with commas between; default is all' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l host-namespaces -d 'Environments whose hosts are taken in, and whose Pods are watched, with commas between; default is all' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l allow-shared-hosts -d 'Whether a Workload may run on hosts of an environment other than its namespace' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l disable-artifact-controller -d 'Leave Artifacts to someone else' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l allow-insecure-registries -d 'Speak HTTP to the registries of Artifacts that are resolved; those of this machine are spoken to so anyway' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l cpu-backpressure-threshold -d 'CPU in use, percent, above which a host comes last in placement' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l memory-backpressure-threshold -d 'Memory in use, percent, above which a host comes last in placement' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l leader-elect -d 'Act only while holding the Lease; false only where no other controller can be' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l metrics-bind-address -d 'Where to serve /metrics; 0 is nowhere; default is :8081 in a Pod and nowhere else' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l health-probe-bind-address -d 'Where to serve /healthz and /readyz; 0 is nowhere; default is :8082 in a Pod and nowhere else' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l json-log -d 'Log as JSON, one object a line' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l summary -d 'Draw a live summary below the log when standard error is a terminal' -r -f -a "true\t''
false\t''"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l release -d 'Only hand the cluster over: wait for the Lease, put on record what another controller needs, and exit'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand run-controller" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s o -l output -d 'How to show it' -r -f -a "json\t'JSON, indented'
yaml\t'YAML'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s n -l namespace -d 'Namespace to work in; default is the one of the context' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l context -d 'Context of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l kubeconfig -d 'Kubeconfig file to use, instead of those in KUBECONFIG' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l local -d 'Use the local control plane that runs here, or in DIR' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l cluster -d 'Cluster of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l user -d 'User of the kubeconfig to use' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s s -l server -d 'Address and port of the API server' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l token -d 'Bearer token to log in with' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l as -d 'User to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l as-group -d 'Group to act as a member of; may be repeated' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l as-uid -d 'UID to act as' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l request-timeout -d 'How long one request may take, such as 10s; 0 is for ever' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l certificate-authority -d 'File with certificates of authorities to trust' -r -F
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l tls-server-name -d 'Name to expect in the API server\'s certificate' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s v -l v -d 'How much to log, as kubectl counts: 6 shows requests, 8 everything' -r
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l color -d 'When to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too'
always\t'Always'
never\t'Never'"
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l client -d 'Only this program\'s own version; asks no server'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -l insecure-skip-tls-verify -d 'Accept any certificate of the API server: insecure'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s y -l yes -d 'Answer every question with yes, and ask none'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "completion" -d 'Generate a completion script for a shell'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "crds" -d 'Print the CustomResourceDefinitions'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "delete" -d 'Delete objects, as `kubectl delete` does'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "deploy" -d 'Apply manifests and follow the rollout until every replica is available'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "get" -d 'Show objects, as `kubectl get` does'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "install" -d 'Put the CustomResourceDefinitions into a cluster'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "local" -d 'Run, show or delete a control plane on this machine'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "man" -d 'Generate the manual pages'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "rollout" -d 'Follow and steer the rollouts of deployments'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "run-controller" -d 'Run the controller in the foreground, against any cluster'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "version" -d 'Show the versions of this program, of the cluster and of what runs in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and not __fish_seen_subcommand_from completion crds delete deploy get install local man rollout run-controller version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "up" -d 'Run it until Ctrl-C'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "status" -d 'Show whether it runs, and what is in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and __fish_seen_subcommand_from local" -f -a "reset" -d 'Delete everything in it'
complete -c kubectl-wasmcloud -n "__fish_kubectl_wasmcloud_using_subcommand help; and __fish_seen_subcommand_from rollout" -f -a "status" -d 'Show the status of a rollout, until it is complete'

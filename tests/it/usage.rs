//! What verbs say that were told too little, or what has no effect.

use crate::support::TestEnv;

/// The first line of what is said.
fn said(words: &str) -> String {
    let env = TestEnv::new();
    env.file("empty/readme.md", "");
    env.file("app.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
    let output = env.unreachable_cluster().program(&words.split(' ').collect::<Vec<_>>()).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    format!("{} {}", output.status.code().unwrap(), text.lines().next().unwrap_or_default())
}

#[test]
fn every_verb_says_what_it_needs_as_kubectls_verb_does() {
    for (words, expected) in [
        ("get", "You must specify the type of resource to get."),
        ("describe", "You must specify the type of resource to describe."),
        ("explain", "You must specify the type of resource to explain."),
        ("logs", "TYPE/NAME is a required argument for the logs command"),
        ("logs ww", "resource(s) were provided, but no name was specified"),
        ("delete", "You must provide one or more resources by argument or filename."),
        ("delete wd", "resource(s) were provided, but no name was specified"),
        ("set image a=b", "You must provide one or more resources by argument or filename."),
        ("set image wd a=b", "resource(s) were provided, but no name was specified"),
        ("set env A=b", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("set env --list", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("set env wd A=b", "resource(s) were provided, but no name was specified"),
        ("scale --replicas=1", "You must provide one or more resources by argument or filename."),
        ("scale wd --replicas=1", "resource(s) were provided, but no name was specified"),
        ("expose", "You must provide one or more resources by argument or filename."),
        (
            "autoscale --max=2 --external-metric=x --average-value=1",
            "You must provide one or more resources by argument or filename.",
        ),
        ("cordon", "USAGE: cordon HOST [flags]"),
        ("uncordon", "USAGE: uncordon HOST [flags]"),
        ("drain", "USAGE: drain HOST [flags]"),
        ("rollout history", "required resource not specified"),
        ("rollout pause", "required resource not specified"),
        ("rollout restart", "required resource not specified"),
        ("rollout resume", "required resource not specified"),
        ("rollout status", "required resource not specified"),
        ("rollout undo wd", "required resource not specified"),
        ("apply", "must specify one of -f and -k"),
        ("diff", "must specify one of -f and -k"),
        ("deploy", "must specify one of -f, -k and --image"),
        ("validate", "must specify one of -f and -k"),
    ] {
        assert_eq!(said(words), format!("2 error: {expected}"), "{words}");
    }
}

#[test]
fn a_flag_that_would_have_no_effect_is_an_error_that_says_so() {
    for (words, expected) in [
        ("get ww --output-watch-events", "--output-watch-events option can only be used with --watch or --watch-only"),
        ("get ww --show-labels -o json", "--show-labels option cannot be used with json printer"),
        ("get ww --columns=server -o name", "--columns option cannot be used with name printer"),
        ("get ww --chunk-size=5 -w", "the argument '--chunk-size <NUMBER>' cannot be used with '--watch'"),
        ("get ww -R", "the following required arguments were not provided:"),
        ("describe -f app.yaml -A", "when paths are provided as input, you may not specify resource arguments as well"),
        ("delete wd x -A", "a resource cannot be retrieved by name across all namespaces"),
        ("delete wd/x -A", "a resource cannot be retrieved by name across all namespaces"),
        ("scale wd/x --all --replicas=1", "name cannot be provided when a selector is specified"),
        ("scale wd --all -l a=b --replicas=1", "setting 'all' parameter but found a non empty selector."),
        ("cordon x y --all", "name cannot be provided when a selector is specified"),
        ("set image -f app.yaml --all a=b", "when paths are provided as input, you may not specify --all"),
        ("set env wd/x --list -o json", "--list and --output may not be specified together"),
        ("set env wd/x --list A=b", "--list shows the environment, and changes nothing"),
        (
            "set image -f app.yaml --in-place a=b --field-manager=me",
            "--in-place changes files, whose fields have no managers",
        ),
        ("apply -f app.yaml --all", "--all says what to prune, and needs --prune"),
        ("diff -f app.yaml --all", "--all says what to prune, and needs --prune"),
        ("top hosts a -l a=b", "name cannot be provided when a selector is specified"),
        ("apply -f app.yaml --server-side=false", "apply is always server-side"),
        ("diff -f app.yaml --server-side=false", "diff is always server-side"),
        (
            "deploy -f app.yaml --wait=false --undo-on-failure",
            "--undo-on-failure needs to see the rollout fail, and --wait=false does not look",
        ),
        (
            "deploy -f app.yaml --confirm --dry-run",
            "the argument '--confirm' cannot be used with '--dry-run[=<WHERE>]'",
        ),
        ("rollout restart x --timeout=5s", "the following required arguments were not provided:"),
        (
            "rbac --for=viewer --watch-namespaces=a",
            "--watch-namespaces is about the controller: what people may do is bound by namespace",
        ),
    ] {
        assert_eq!(said(words), format!("2 error: {expected}"), "{words}");
    }
}

#[test]
fn formats_that_are_kubectls_own_are_left_to_it() {
    for format in ["custom-columns=A:.a", "go-template={{.}}", "custom-columns-file=x", "go-template-file=x"] {
        for verb in [
            "get ww",
            "events",
            "describe ww",
            "tree",
            "top",
            "logs ww/x",
            "rollout status x",
            "rollout history x",
            "rollout pause x",
            "scale x --replicas=1",
            "apply -f app.yaml",
        ] {
            let said = said(&format!("{verb} -o {format}"));
            assert!(said.starts_with("2 error: ") && said.contains("`kubectl get "), "{verb} {format}: {said}");
        }
    }
}

#[test]
fn of_a_flag_that_is_repeated_the_last_counts_as_kubectl_has_it() {
    let told = said("get wd -n a -n b -o json -o wide --context=x --context=y");
    assert!(told.ends_with("context was not found for specified context: y"), "{told}");
    assert!(said("get pods/x -l a=b -l c=d").starts_with("2 error: this plugin has no resource type"));
}

#[test]
fn finding_nothing_is_no_usage_error() {
    for (words, expected) in [
        ("scale -f app.yaml --replicas=1", "no objects passed to scale"),
        ("apply -f app.yaml -l a=b", "no objects passed to apply"),
        ("set env -f app.yaml --in-place A=b", "no objects passed to set env"),
        ("apply -f empty", "error reading [empty]: recognized file extensions are [.json .yaml .yml]"),
        ("delete -f empty", "error reading [empty]: recognized file extensions are [.json .yaml .yml]"),
    ] {
        assert_eq!(said(words), format!("1 error: {expected}"), "{words}");
    }
}

#[cfg(feature = "local")]
#[test]
fn that_there_is_none_is_an_error_where_it_is_to_kubectl() {
    let served = crate::support::served::Served::with_hosts(&[]);
    for (words, expected) in [
        ("get wd -l a=b", "0 No resources found in default namespace."),
        ("rollout restart -l a=b", "0 No resources found in default namespace."),
        ("set image wd -l a=b c=d", "0 No resources found in default namespace."),
        ("cordon -l a=b", "0 No resources found"),
        ("drain -l a=b --yes", "0 No resources found"),
        ("delete wd -l a=b", "0 No resources found"),
        ("scale wd -l a=b --replicas=1", "1 error: no objects passed to scale"),
    ] {
        let told = served.run(&words.split(' ').collect::<Vec<_>>());
        assert_eq!(told.replace("code: ", "").replace("\n--- stderr\n", " ").trim(), expected, "{words}");
    }
    let told = served.run(&["get", "wd", "--watch", "--request-timeout=300ms"]);
    assert_eq!(told.trim(), "code: 0", "a watch is a request too");
}

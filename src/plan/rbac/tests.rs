use std::collections::BTreeSet;

use super::manifests::controller_may;
use super::*;

/// The words of every verb that has none below it; what only scripts call asks as whoever it completes for.
fn leaves(command: &clap::Command, words: &str, found: &mut Vec<String>) {
    for sub in command.get_subcommands().filter(|sub| !["help", "__complete"].contains(&sub.get_name())) {
        let words = format!("{words} {}", sub.get_name()).trim().to_owned();
        match sub.has_subcommands() {
            true => leaves(sub, &words, found),
            false => found.push(words),
        }
    }
}

#[test]
fn every_verb_of_the_command_line_is_in_the_table() {
    let mut all = Vec::new();
    leaves(&crate::cli::command(), "", &mut all);
    let known = |words: &str| {
        VERBS
            .iter()
            .any(|verb| words.strip_prefix(verb.words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    let missing: Vec<_> = all.iter().filter(|words| !known(words)).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let is_there = |words: &str| all.iter().any(|leaf| leaf == words || leaf.starts_with(&format!("{words} ")));
    let too_many: Vec<_> = VERBS.iter().map(|verb| verb.words).filter(|words| !is_there(words)).collect();
    assert_eq!(too_many, Vec::<&str>::new());
    assert!(VERBS.is_sorted_by_key(|verb| verb.words));
    assert!(!known("getx"), "a longer word is another verb");
}

#[test]
fn a_denied_permission_names_the_verbs_that_lack_it() {
    let patch = Permission { group: OURS, resource: "hosts", verb: "patch" };
    let verbs: Vec<_> = lacking(&[patch]).into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(verbs, ["cordon", "drain", "uncordon"]);
    let leases = Permission { group: "coordination.k8s.io", resource: "leases", verb: "list" };
    let verbs: Vec<_> = lacking(&[leases]).into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(verbs, Vec::<&str>::new(), "it is optional");
    assert_eq!(patch.title(), "patch hosts.runtime.wasmcloud.dev");
    assert!(lacking(&[]).is_empty());
}

#[test]
fn roles_let_people_do_what_the_verbs_of_their_part_need() {
    let may = |role: Role, words: &str| {
        let verb = VERBS.iter().find(|verb| verb.words == words).unwrap();
        let mut required = verb.needs.iter().filter(|need| !need.optional).flat_map(Need::permissions);
        required.all(|permission| role.allows(permission))
    };
    for words in ["get", "describe", "tree", "events", "rollout status", "rollout history", "top", "check", "report"] {
        assert!(may(Role::Viewer, words), "viewer: {words}");
    }
    for words in ["apply", "deploy", "delete", "scale", "set", "expose", "rollout undo", "rollout restart"] {
        assert!(may(Role::Editor, words), "editor: {words}");
        assert!(!may(Role::Viewer, words), "viewer: {words}");
    }
    for words in ["cordon", "drain"] {
        assert!(may(Role::Admin, words), "admin: {words}");
        assert!(!may(Role::Editor, words), "editor: {words}");
    }
    assert!(!may(Role::Admin, "install"), "definitions are the cluster's, not a namespace's");
}

#[test]
fn viewers_read_no_secrets() {
    let read = Permission { group: "", resource: "secrets", verb: "get" };
    assert!(!Role::Viewer.allows(read));
    let role = user_role(Role::Viewer);
    assert_eq!(role["metadata"]["labels"]["rbac.authorization.k8s.io/aggregate-to-view"], "true");
}

#[test]
fn the_controller_may_do_all_that_upstreams_chart_grants_and_it_sends() {
    let sent = [
        ("coordination.k8s.io", "leases", "update"),
        ("", "events", "patch"),
        ("", "secrets", "get"),
        ("", "pods", "patch"),
        ("discovery.k8s.io", "endpointslices", "create"),
        ("discovery.k8s.io", "endpointslices/restricted", "create"),
        ("", "services/finalizers", "update"),
        (OURS, "hosts", "create"),
        (OURS, "workloads/status", "patch"),
    ];
    for (group, resource, verb) in sent {
        assert!(controller_may(Permission { group, resource, verb }), "{verb} {resource}");
    }
    for forbidden in ["create", "update", "patch", "delete"] {
        assert!(!controller_may(Permission { group: "", resource: "secrets", verb: forbidden }));
    }
}

#[test]
fn a_controller_of_some_namespaces_gets_no_cluster_role() {
    let watched = ["a".to_owned(), "b".to_owned()];
    let objects = controller_manifests("c", "own", &watched, &["pods".to_owned()]);
    let kinds: BTreeSet<_> = objects.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["Role", "RoleBinding", "ServiceAccount"]));
    let namespaces: Vec<_> = objects.iter().filter(|object| object["kind"] == "Role").collect();
    let namespaces: Vec<_> = namespaces.iter().map(|role| role["metadata"]["namespace"].as_str().unwrap()).collect();
    assert_eq!(namespaces, ["own", "a", "b", "pods"]);
    let wide = controller_manifests("c", "own", &[], &[]);
    let kinds: Vec<_> = wide.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);
}

#[test]
fn everything_printed_can_be_read_as_what_it_is() {
    use k8s_openapi::api::rbac::v1::ClusterRole;
    for role in [Role::Viewer, Role::Editor, Role::Admin] {
        let role: ClusterRole = serde_json::from_value(user_role(role)).unwrap();
        assert!(!role.rules.unwrap().is_empty());
    }
}

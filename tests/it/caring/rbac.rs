use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn what_a_viewer_may_do_is_printed() {
    assert_snapshot!(TestEnv::new().run(&["rbac", "--for=viewer"]), @r#"
    code: 0
    --- stdout
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      labels:
        rbac.authorization.k8s.io/aggregate-to-view: "true"
      name: wasmcloud-viewer
    rules:
    - apiGroups:
      - runtime.wasmcloud.dev
      resources:
      - artifacts
      - hosts
      - workloaddeployments
      - workloadreplicasets
      - workloads
      verbs:
      - get
      - list
      - watch
    - apiGroups:
      - ""
      resources:
      - events
      - services
      - configmaps
      - pods
      verbs:
      - get
      - list
      - watch
    - apiGroups:
      - discovery.k8s.io
      resources:
      - endpointslices
      verbs:
      - get
      - list
      - watch
    - apiGroups:
      - coordination.k8s.io
      resources:
      - leases
      verbs:
      - get
      - list
      - watch
    "#);
}

#[test]
fn the_controllers_roles_can_be_of_some_namespaces() {
    let told = TestEnv::new().run(&["rbac", "--watch-namespaces=team-a,team-b", "-n", "ops"]);
    assert!(!told.contains("ClusterRole"), "{told}");
    for namespace in ["ops", "team-a", "team-b"] {
        assert!(told.contains(&format!("namespace: {namespace}\n")), "{told}");
    }
    let told = TestEnv::new().run(&["rbac"]);
    assert!(told.contains("kind: ClusterRole\n") && told.contains("namespace: wasmcloud-system\n"), "{told}");
}

#[test]
fn what_each_verb_needs_is_a_table() {
    let told = TestEnv::new().run(&["rbac", "--verbs"]);
    let lines: Vec<_> = told.lines().filter(|line| line.starts_with("cordon") || line.starts_with("VERB")).collect();
    assert_snapshot!(lines.join("\n"), @"
    VERB              NEEDS                          OF                                                                  GROUP
    cordon            get,list,patch                 hosts                                                               runtime.wasmcloud.dev
    ");
    let told = TestEnv::new().run(&["rbac", "--verbs", "-o", "json"]);
    assert!(told.contains("\"verb\": \"rollout undo\""), "{told}");
}

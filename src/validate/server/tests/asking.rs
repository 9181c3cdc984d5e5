use super::*;

fn keys(asked: &BTreeSet<Key>) -> Vec<String> {
    asked.iter().map(|key| format!("{} {}/{}", key.kind.name(), key.namespace, key.name)).collect()
}

#[test]
fn only_what_is_named_and_not_among_the_files_is_asked_for() {
    let component = "name: a, image: 'artifact://api', imagePullSecret: {name: pull}, localResources: {environment: \
                     {configFrom: [{name: settings}, {name: own}], secretFrom: [{name: tokens}, {name: sealed}]}}";
    let http = "namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: a.example}, \
                secretFrom: [{name: pull}]";
    let spec = "{artifacts: [{name: api, artifactFrom: {name: api}}], kubernetes: {service: {name: web}}, ";
    let head = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {name: web}";
    let template = format!("template: {{spec: {{components: [{{{component}}}], hostInterfaces: [{{{http}}}]}}}}}}");
    let own = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: team}\n---\n\
               apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed}\n";
    let text = format!("{head}\nspec: {spec}{template}\n---\n{own}");
    let asked = Asked::of(&files(&text), "team");
    assert_eq!(
        keys(&asked.objects),
        [
            "Namespace /team",
            "ConfigMap team/settings",
            "Secret team/pull",
            "Secret team/tokens",
            "Service team/web",
            "Artifact team/api"
        ]
    );
    assert_eq!(keys(&asked.pull_secrets), ["Secret team/pull"]);
    assert!(asked.hosts && asked.deployments && asked.namespaces.iter().eq(["team"]));
    let made = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: pull}\n";
    let asked = Asked::of(&files(&format!("{text}---\n{made}")), "team");
    assert!(keys(&asked.objects).contains(&"Secret team/pull".to_owned()), "it may have been made already");
    assert_eq!(keys(&asked.pull_secrets), ["Secret team/pull"]);
    // The ConfigMap is of another namespace than the deployment then.
    assert!(keys(&Asked::of(&files(&text), "other").objects).contains(&"ConfigMap other/own".to_owned()));
}

#[test]
fn what_does_not_run_needs_no_hosts() {
    for text in [
        web(
            "replicas: 0",
            "hostInterfaces: [{namespace: wasi, package: http, interfaces: [handler], config: {host: a}}]",
        ),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n".to_owned(),
    ] {
        let asked = Asked::of(&files(&text), "default");
        assert!(!asked.hosts && !asked.deployments, "{text}");
    }
    let made = web("replicas: 1", "components: []").replace("{name: web}", "{name: web, ownerReferences: [{name: a}]}");
    assert_eq!(Asked::of(&files(&made), "default"), Asked::default());
    let beside = "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\n";
    let asked = Asked::of(&files(&format!("{beside}{}", web("replicas: 1", "components: []"))), "default");
    assert!(asked.hosts && !asked.deployments && asked.objects.is_empty());
}

#[test]
fn secrets_of_artifacts_that_the_files_lack_are_asked_for_once_these_are_known() {
    let artifact = |secret: Value| {
        let spec = json!({"image": "r.io/api:1", "imagePullSecret": secret});
        Found::Artifact(Box::new(read(json!({"metadata": {"name": "api"}, "spec": spec}))))
    };
    let pulling = || artifact(json!({"name": "pull"}));
    let of = |text: &str, cluster: &ClusterFacts| {
        let asked = Asked::of_artifacts(&files(text), cluster);
        assert_eq!(asked.objects, asked.pull_secrets);
        assert!(!asked.hosts && !asked.deployments);
        keys(&asked.objects)
    };
    let known = with([(Referred::Artifact, "api", pulling()), (Referred::Artifact, "b", Found::Missing)]);
    assert_eq!(of("", &known), ["Secret default/pull"]);
    let among = |kind: &str| format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: pull}}\n");
    assert_eq!(of(&among("Secret"), &known), [""; 0]);
    assert_eq!(of(&among("ConfigMap"), &known), ["Secret default/pull"]);
    for (known, asked) in [(Found::PullSecret(PullSecret::default()), 0), (Found::Missing, 0), (Found::There, 1)] {
        let known = with([(Referred::Artifact, "api", pulling()), (Referred::Secret, "pull", known)]);
        assert_eq!(of("", &known).len(), asked, "of what it holds nothing is known when it is only there");
    }
    for none in [json!(null), json!({"name": ""})] {
        assert_eq!(of("", &with([(Referred::Artifact, "api", artifact(none))])), [""; 0]);
    }
}

use super::*;

const COMPONENT: &str = "components:\n      - name: a\n        image: a:1\n        imagePullSecret: {name: pull}\n        \
                         localResources:\n          environment:\n            configFrom: [{name: settings}]\n            \
                         secretFrom: [{name: tokens}]";

#[test]
fn what_is_missing_is_told_where_it_is_named_with_what_follows() {
    let spec = "artifacts: [{name: api, artifactFrom: {name: api}}]\n  kubernetes: {service: {name: web}}";
    let told = found(
        &web(spec, COMPONENT),
        with([
            (Referred::Artifact, "api", Found::Missing),
            (Referred::Service, "web", Found::Missing),
            (Referred::ConfigMap, "settings", Found::Missing),
            (Referred::Secret, "tokens", Found::Missing),
            (Referred::Secret, "pull", Found::Missing),
        ]),
    );
    let nowhere = "neither in namespace default nor among these files";
    let component = "spec.template.spec.components[0]";
    let layer = format!("{component}.localResources.environment");
    assert_eq!(
        told,
        [
            format!(
                "WC0403 5:48 spec.artifacts[0].artifactFrom.name: there is no Artifact api, {nowhere}; nothing is rolled \
                 out until there is one"
            ),
            format!(
                "WC0409 6:32 spec.kubernetes.service.name: there is no Service web, {nowhere}; nothing leads to the workload \
                 until there is one"
            ),
            format!(
                "WC0403 12:33 {component}.imagePullSecret.name: there is no Secret pull, {nowhere}; the workload is not \
                 started without it; make it: kubectl create secret docker-registry pull -n default \
                 --docker-server=REGISTRY …"
            ),
            format!(
                "WC0403 15:33 {layer}.configFrom[0].name: there is no ConfigMap settings, {nowhere}; the workload is not \
                 started without it"
            ),
            format!(
                "WC0403 16:33 {layer}.secretFrom[0].name: there is no Secret tokens, {nowhere}; the workload is not started \
                 without it"
            ),
        ]
    );
}

#[test]
fn what_is_among_the_files_or_was_not_answered_is_not_missing() {
    let beside = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\n\
                  apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x}\nspec: {target: {name: tokens}}\n---\n";
    let text = format!("{beside}{}", web("replicas: 1", COMPONENT));
    let missing = [(Referred::ConfigMap, "settings", Found::Missing), (Referred::Secret, "tokens", Found::Missing)];
    assert_eq!(found(&text, with(missing)), Vec::<String>::new());
}

#[test]
fn a_name_that_stands_twice_is_told_once() {
    let layer = "localResources: {environment: {configFrom: [{name: settings}]}}";
    let component = format!("{{name: a, image: 'a:1', {layer}}}, {{name: b, image: 'b:1', {layer}}}");
    let text = web("replicas: 1", &format!("components: [{component}]"));
    assert_eq!(found(&text, with([(Referred::ConfigMap, "settings", Found::Missing)])).len(), 1);
}

#[test]
fn a_namespace_is_told_once_unless_the_files_make_it() {
    let one = web("replicas: 1", "components: []").replace("{name: web}", "{name: web, namespace: shop}");
    let two = one.replace("name: web", "name: other");
    let mut cluster = with([]);
    cluster.objects.insert(Key::new(Referred::Namespace, "", "shop"), Found::Missing);
    let told = found(&format!("{one}---\n{two}"), cluster.clone());
    let remedy = "make it first: kubectl create namespace shop; or choose another with --namespace";
    assert_eq!(told, [format!("WC0403 3:34 the cluster has no namespace shop, in which this is to stand; {remedy}")]);
    let makes = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n";
    assert_eq!(found(&format!("{makes}{one}"), cluster), Vec::<String>::new());
}

#[test]
fn an_artifact_is_to_be_published() {
    let text =
        web("artifacts: [{name: api, artifactFrom: {name: api}}]", "components: [{name: a, image: 'artifact://api'}]");
    let artifact = |status: Value| {
        let object = json!({"metadata": {"name": "api"}, "spec": {"image": "a:1"}, "status": status});
        found(&text, with([(Referred::Artifact, "api", Found::Artifact(Box::new(read(object))))]))
    };
    let condition = |status: &str, message: &str| json!([{"type": "Published", "status": status, "reason": "R", "message": message, "lastTransitionTime": null}]);
    assert_eq!(
        artifact(json!({"artifactUrl": "a@sha256:00", "conditions": condition("True", "")})),
        Vec::<String>::new()
    );
    assert_eq!(artifact(json!({"artifactUrl": "a:1"})), Vec::<String>::new());
    let told = |why: &str| {
        let what =
            "spec.artifacts[0].artifactFrom.name: Artifact api is not published, and nothing is rolled out before";
        let remedy = "`kubectl wasmcloud describe artifact/api -n default` shows more";
        vec![format!("WC0411 5:48 {what}: {why}; {remedy}")]
    };
    assert_eq!(artifact(Value::Null), told("no controller has looked at it yet"));
    assert_eq!(artifact(json!({"conditions": condition("False", "denied")})), told("denied"));
    assert_eq!(artifact(json!({"artifactUrl": "a:1", "conditions": condition("False", "denied")})), told("denied"));
}

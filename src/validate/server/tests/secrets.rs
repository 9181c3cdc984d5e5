use super::*;

const DOCKER: &str = "kubernetes.io/dockerconfigjson";

fn secret(kind: &str, key: &str, text: &str) -> Found {
    let data = BTreeMap::from([(key.to_owned(), text.as_bytes().to_vec())]);
    Found::PullSecret(PullSecret { kind: kind.to_owned(), data })
}

/// One with an entry for a registry.
fn docker(kind: &str, registry: &str) -> Found {
    let auths = json!({"auths": {registry: {"username": "me", "password": "hunter2"}}});
    secret(kind, ".dockerconfigjson", &auths.to_string())
}

fn pulls(image: &str, secret: Found) -> Vec<String> {
    let component = format!("components: [{{name: a, imagePullSecret: {{name: pull}}, image: '{image}'}}]");
    let told = found(&web("replicas: 1", &component), with([(Referred::Secret, "pull", secret)]));
    assert!(!format!("{told:?}").contains("hunter2"));
    told
}

const PATH: &str = "spec.template.spec.components[0].imagePullSecret.name: Secret pull of the cluster";

#[test]
fn a_secret_has_an_entry_for_the_registry_or_not() {
    for (image, registry) in [
        ("ghcr.io/acme/web:1", "ghcr.io"),
        ("ghcr.io/acme/web:1", "https://ghcr.io/acme"),
        ("oci://ghcr.io/acme/web:1", "ghcr.io"),
        ("acme/web:1", "https://index.docker.io/v1/"),
        ("localhost:5000/web@sha256:00", "localhost:5000"),
        ("file:///web.wasm", "ghcr.io"),
        ("artifact://unlisted", "ghcr.io"),
    ] {
        assert_eq!(pulls(image, docker(DOCKER, registry)), Vec::<String>::new(), "{image} {registry}");
    }
    let remedy = |registry: &str| {
        format!(
            "name another, or make it anew: kubectl create secret docker-registry pull -n default \
             --docker-server={registry} --docker-username=USER --docker-password=TOKEN"
        )
    };
    for (image, registry) in [
        ("ghcr.io/acme/web:1", "ghcr.io"),
        ("acme/web:1", "https://index.docker.io/v1/"),
        ("localhost/web:1", "localhost"),
    ] {
        let why = format!("has no entry for {registry}, from which {image} is pulled");
        let told = [format!("WC0404 8:54 {PATH} {why}; {}", remedy(registry))];
        assert_eq!(pulls(image, docker(DOCKER, "quay.io")), told, "{image}");
    }
}

#[test]
fn a_secret_of_another_type_may_do_and_one_without_the_key_does_not() {
    let told = pulls("ghcr.io/web:1", docker("Opaque", "ghcr.io"));
    let why = "is of type Opaque; not every controller takes it for a pull secret";
    let remedy = format!("make it anew with type: {DOCKER}; a Secret's type cannot be changed");
    assert_eq!(told, [format!("WC0412 8:54 {PATH} {why}; {remedy}")]);
    for (found, why) in [
        (
            secret("Opaque", "password", "hunter2"),
            "is of type Opaque and can pull nothing: it has no .dockerconfigjson",
        ),
        (
            secret("kubernetes.io/dockercfg", ".dockercfg", "{}"),
            "is of type kubernetes.io/dockercfg and can pull nothing",
        ),
        (secret(DOCKER, ".dockerconfigjson", "hunter2"), "its .dockerconfigjson cannot be read"),
        (secret(DOCKER, ".dockerconfigjson", r#"{"auths": {"ghcr.io": {}}}"#), "its .dockerconfigjson cannot be read"),
    ] {
        let told = pulls("ghcr.io/web:1", found);
        assert!(told.len() == 1 && told[0].starts_with("WC0405 8:54 ") && told[0].contains(why), "{told:?}");
        assert!(told[0].contains("--docker-server=ghcr.io"), "{told:?}");
    }
}

#[test]
fn an_artifacts_image_is_the_one_that_is_pulled() {
    let spec = "artifacts: [{name: api, artifactFrom: {name: the-api}}]";
    let component = "components: [{name: a, imagePullSecret: {name: pull}, image: 'artifact://api'}]";
    let status = json!({"artifactUrl": "ghcr.io/api:1"});
    let artifact: Artifact = read(json!({"metadata": {}, "spec": {"image": "ghcr.io/api:1"}, "status": status}));
    let cluster = |registry: &str| {
        let artifact = Found::Artifact(Box::new(artifact.clone()));
        with([(Referred::Secret, "pull", docker(DOCKER, registry)), (Referred::Artifact, "the-api", artifact)])
    };
    assert_eq!(found(&web(spec, component), cluster("ghcr.io")), Vec::<String>::new());
    let told = found(&web(spec, component), cluster("quay.io"));
    assert!(
        told.len() == 1 && told[0].contains("no entry for ghcr.io, from which ghcr.io/api:1 is pulled"),
        "{told:?}"
    );
    // That of the files is the one that counts, and its own Secret is looked at too.
    let head = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: the-api}\n";
    let own = format!("{head}spec: {{image: 'quay.io/api:2', imagePullSecret: {{name: pull}}}}\n---\n");
    let text = format!("{own}{}", web(spec, component));
    assert_eq!(found(&text, cluster("quay.io")), Vec::<String>::new());
    assert_eq!(found(&text, cluster("ghcr.io")).len(), 2);
}

#[test]
fn a_secret_of_the_files_is_no_affair_of_the_clusters() {
    let beside = "apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\n---\n";
    let component = "components: [{name: a, imagePullSecret: {name: pull}, image: 'ghcr.io/a:1'}]";
    let text = format!("{beside}{}", web("replicas: 1", component));
    assert_eq!(found(&text, with([(Referred::Secret, "pull", docker("Opaque", "quay.io"))])), Vec::<String>::new());
}

//! Which images are wanted, and with which pull secrets.

use super::*;
use crate::validate::server::{ClusterFacts, Found, Key, Referred};

fn references(texts: &[(&str, &str)]) -> Vec<(Reference, bool)> {
    let text = |(name, content): &(&str, &str)| Arc::new(Text { name: (*name).into(), content: (*content).into() });
    let files = FileSet::read(texts.iter().map(text).collect());
    let wanted = Images::wanted(&files, None).into_iter();
    wanted
        .map(|reference| (reference.docker_config(&files, None).is_some(), reference))
        .map(|(has, it)| (it, has))
        .collect()
}

fn reference(image: &str, base: &str, secret: Option<(&str, &str)>) -> Reference {
    let secret = secret.map(|(namespace, name)| (namespace.to_owned(), name.to_owned()));
    Reference { image: image.to_owned(), base: base.into(), secret }
}

fn pulling(namespace: &str, image: &str) -> String {
    format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {{name: a{namespace}}}\nspec:\n  \
         components: [{{name: web, image: '{image}', imagePullSecret: {{name: pull}}}}]\n"
    )
}

#[test]
fn files_are_seen_from_their_manifest_and_images_from_anywhere() {
    let one = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {name: a}\nspec: {components: [{name: a, image: 'file://a.wasm'}, {name: b, image: 'r.io/b:1'}, {name: c, image: ''}]}\n";
    let wanted = references(&[("x/a.yaml", one), ("b.yaml", one), ("x/c.yaml", one)]);
    let none = |image, base| (reference(image, base, None), false);
    assert_eq!(wanted, [none("", ""), none("file://a.wasm", "."), none("file://a.wasm", "x"), none("r.io/b:1", "")]);
}

#[test]
fn pull_secrets_are_those_of_the_same_namespace() {
    let secret = |namespace: &str| {
        let config = r#"{"auths":{"r.io":{"username":"me","password":"sesame"}}}"#;
        format!(
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata: {{name: pull{namespace}}}\n\
             stringData: {{.dockerconfigjson: '{config}'}}\n"
        )
    };
    let has = |of_workload: &str, of_secret: &str| {
        let wanted = references(&[("a.yaml", &pulling(of_workload, "r.io/a:1")), ("s.yaml", &secret(of_secret))]);
        wanted[0].1
    };
    assert!(has("", "") && has(", namespace: x", ", namespace: x"));
    assert!(has("", ", namespace: x") && has(", namespace: x", ""), "one may come to stand in the other's");
    assert!(!has(", namespace: x", ", namespace: y"));
    assert!(!references(&[("a.yaml", &pulling("", "r.io/a:1"))])[0].1);
}

#[test]
fn a_component_s_own_pull_secret_goes_before_that_of_its_artifact() {
    let deployment = |own: &str| {
        format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {{name: d}}\nspec:\n  \
             artifacts: [{{name: x, artifactFrom: {{name: a}}}}]\n  \
             template: {{spec: {{components: [{{name: web, image: 'artifact://x'{own}}}]}}}}\n---\n\
             apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: a}}\n\
             spec: {{image: 'file://a.wasm', imagePullSecret: {{name: its}}}}\n"
        )
    };
    let its = (reference("file://a.wasm", "d", Some(("", "its"))), false);
    assert_eq!(references(&[("d/a.yaml", &deployment(""))]), std::slice::from_ref(&its));
    let own = (reference("file://a.wasm", "d", Some(("", "own"))), false);
    assert_eq!(references(&[("d/a.yaml", &deployment(", imagePullSecret: {name: own}"))]), [its, own]);
}

#[test]
fn an_artifact_that_the_files_lack_is_that_of_the_cluster() {
    let deployment = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {name: d}\nspec:\n  \
         artifacts: [{name: x, artifactFrom: {name: a}}]\n  \
         template: {spec: {components: [{name: web, image: 'artifact://x'}]}}\n";
    let read = |more: &str| {
        let content = format!("{deployment}{more}");
        FileSet::read(vec![Arc::new(Text { name: "d/a.yaml".into(), content })])
    };
    let cluster = |namespace: &str, image: &str| {
        let artifact = serde_json::json!({
            "metadata": {"name": "a"}, "spec": {"image": image, "imagePullSecret": {"name": "its"}},
        });
        let found = Found::Artifact(Box::new(serde_json::from_value(artifact).unwrap()));
        let objects = [(Key::new(Referred::Artifact, namespace, "a"), found)];
        ClusterFacts { namespace: "team".to_owned(), objects: objects.into(), ..ClusterFacts::default() }
    };
    let wanted = |more: &str, cluster: &ClusterFacts| Images::wanted(&read(more), Some(cluster));
    let its = reference("r.io/a:1", "", Some(("", "its")));
    assert_eq!(wanted("", &cluster("team", "r.io/a:1")), [its]);
    assert_eq!(wanted("", &cluster("other", "r.io/a:1")), []);
    assert_eq!(wanted("", &cluster("team", "file://a.wasm")), [], "whose file that is nobody knows");
    assert_eq!(Images::wanted(&read(""), None), []);
    let own = "---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\nspec: {image: r.io/own:1}\n";
    assert_eq!(wanted(own, &cluster("team", "r.io/a:1")), [reference("r.io/own:1", "", None)]);
}

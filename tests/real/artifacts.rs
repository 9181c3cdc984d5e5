//! An Artifact that is pinned by digest, in a real registry.

use super::cluster::{Cluster, eventually, get, ok, text};
use super::story::manifest;
use crate::support::component::http_component;

/// An Artifact of that image that is looked up every ten seconds.
fn artifact(image: &str) -> String {
    format!(
        "---
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: Artifact
metadata:
  name: image
  annotations:
    runtime.wasmcloud.dev/resolve: digest
    runtime.wasmcloud.dev/poll-interval: 10s
spec:
  image: {image}
"
    )
}

fn condition(cluster: &Cluster, type_: &str) -> Option<serde_json::Value> {
    let conditions = cluster.objects("artifacts")[0]["status"]["conditions"].as_array()?.clone();
    conditions.into_iter().find(|condition| condition["type"] == type_)
}

#[test]
#[ignore = "real servers"]
fn a_tag_is_pinned_followed_when_it_moves_and_an_unknown_one_named_in_the_registrys_words() {
    let mut cluster = Cluster::new("digest");
    let _controller = cluster.controller();
    let port = cluster.host();
    let image = cluster.push("moving", &http_component("hello from before"));
    let user = manifest("artifact://web", "digest.example.com", 1)
        .replace("  template:", "  artifacts:\n    - name: web\n      artifactFrom:\n        name: image\n  template:");
    let app = cluster.file("app.yaml", &(user + &artifact(&image)));
    ok(cluster.run(&["deploy", "-f", &app]));
    let answers = |body: &str| {
        let answer = get(port, "digest.example.com");
        answer.is_some_and(|(status, text)| status == 200 && text.contains(body)).then_some(())
    };
    eventually("it answers", || answers("hello from before"));
    let url = || cluster.objects("artifacts")[0]["status"]["artifactUrl"].as_str().unwrap_or_default().to_owned();
    let (before, repository) = (url(), image.trim_end_matches(":moving"));
    assert!(before.starts_with(&format!("{repository}@sha256:")), "{before}");

    cluster.push("moving", &http_component("hello from after"));
    eventually("the moved tag is rolled out", || answers("hello from after"));
    let after = url();
    assert!(after != before && after.starts_with(&format!("{repository}@sha256:")), "{after}");

    let unknown = cluster.file("unknown.yaml", &artifact(&image.replace(":moving", ":none")));
    let applied = cluster.run(&["deploy", "-f", &unknown, "--wait=false"]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let published = eventually("the registry's words are told", || {
        condition(&cluster, "Published").filter(|published| published["status"] == "False")
    });
    assert_eq!(published["reason"], "ResolveFailed");
    assert!(published["message"].as_str().unwrap().contains("manifest unknown"), "{published}");
    assert_eq!(url(), after, "the URL is never blanked");
    assert!(answers("hello from after").is_some(), "what runs goes on");
}

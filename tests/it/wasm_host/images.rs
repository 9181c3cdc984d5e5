//! Images in registries: when they are pulled, what is kept, and what a registry's refusal looks like.

use kubectl_wasmcloud::hosts::wire::{ImagePullPolicy, ImagePullSecret, WorkloadState};

use super::bench::{Bench, Change, workload};
use crate::support::component::http_component;
use crate::support::images::{Registry, digest};

async fn runs(bench: &Bench, image: &str, policy: ImagePullPolicy) -> String {
    let workload = workload(image, "it").component(|component| component.image_pull_policy = policy);
    let started = bench.run("it", workload).await;
    if started.workload_state != WorkloadState::Running {
        return started.message;
    }
    let body = bench.get("it", "/").await.body;
    bench.stop("it").await;
    body
}

#[tokio::test]
async fn an_image_is_pulled_as_its_policy_says() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("first"));
    let never = runs(&bench, &image, ImagePullPolicy::Never).await;
    assert!(never.contains("is not in the cache of this host, and its pull policy is Never"), "{never}");
    assert_eq!(registry.asked(), [""; 0]);
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Unspecified).await, "first");
    assert_eq!(registry.asked(), ["manifest", "blob"]);
    for policy in [ImagePullPolicy::IfNotPresent, ImagePullPolicy::Unspecified, ImagePullPolicy::Never] {
        assert_eq!(runs(&bench, &image, policy).await, "first");
        assert_eq!(registry.asked(), [""; 0], "{policy:?}");
    }
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Always).await, "first");
    assert_eq!(registry.asked(), ["manifest"], "what it is, and it is here");
    registry.push("a/b", "v1", &http_component("second"));
    assert_eq!(runs(&bench, &image, ImagePullPolicy::IfNotPresent).await, "first");
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Always).await, "second");
    assert_eq!(runs(&bench, &image, ImagePullPolicy::IfNotPresent).await, "second");
}

#[tokio::test]
async fn credentials_open_a_registry_and_are_never_told() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("private"));
    // user:sesame
    registry.wants("Basic dXNlcjpzZXNhbWU=");
    let with = |password: &str| {
        let secret = ImagePullSecret { username: "user".to_owned(), password: password.to_owned() };
        workload(&image, "it").component(|component| component.image_pull_secret = Some(secret))
    };
    let refused = bench.run("it", with("wrong-password")).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert!(refused.message.starts_with("failed to pull image for component 'http'"), "{}", refused.message);
    assert!(!refused.message.contains("wrong-password"), "{}", refused.message);
    assert_eq!(bench.run("it", workload(&image, "it")).await.workload_state, WorkloadState::Error);
    let started = bench.run("it", with("sesame")).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
}

#[tokio::test]
async fn what_is_no_component_or_not_what_was_promised_is_refused() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let text = registry.push_as("a/b", "text", b"text", "text/plain");
    let told = runs(&bench, &text, ImagePullPolicy::Always).await;
    assert!(told.ends_with("the image holds no WebAssembly, but text/plain"), "{told}");
    let component = http_component("x");
    let image = registry.push("a/b", "v1", &component);
    registry.replace(&digest(&component), &http_component("y"));
    let told = runs(&bench, &image, ImagePullPolicy::Always).await;
    assert!(told.to_lowercase().contains("digest"), "{told}");
    let told = runs(&bench, &image.replace(":v1", ":none"), ImagePullPolicy::Always).await;
    assert!(told.contains("manifest unknown"), "{told}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = runs(&bench, &format!("{closed}/a/b:v1"), ImagePullPolicy::Always).await;
    assert!(told.contains("Connection refused"), "{told}");
}

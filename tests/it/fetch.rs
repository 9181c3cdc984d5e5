//! Components from files and registries: with whose credentials, how often, and what is said when it does not work.

use std::cell::RefCell;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use kubectl_wasmcloud::component::Component;
use kubectl_wasmcloud::registry::component::{FetchError, Fetcher, Settings, Wanted};
use kubectl_wasmcloud::registry::credentials::DockerConfig;
use serde_json::json;
use tempfile::TempDir;

use crate::support::component::{http_component, odd};
use crate::support::images::{Registry, digest};

/// A home and a registry.
struct Place {
    home: TempDir,
    registry: Registry,
}

/// user:sesame
const AUTHORIZATION: &str = "Basic dXNlcjpzZXNhbWU=";

impl Place {
    async fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), registry: Registry::start().await }
    }

    fn fetcher(&self) -> Fetcher {
        let home = self.home.path();
        let programs = Some(format!("{}:/usr/bin:/bin", home.display()).into());
        let settings =
            Settings { docker: Some(home.to_owned()), programs, cache: Some(home.join("cache")), insecure: false };
        Fetcher::new(settings, now)
    }

    async fn fetch(&self, image: &str) -> Result<Component, FetchError> {
        self.fetch_with(image, None).await
    }

    async fn fetch_with(&self, image: &str, secret: Option<&DockerConfig>) -> Result<Component, FetchError> {
        self.fetcher().component(&Wanted { image, base: self.home.path(), secret }).await
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.home.path().join(name), bytes).unwrap();
    }

    fn docker(&self, config: &serde_json::Value) {
        self.file("config.json", config.to_string().as_bytes());
    }

    /// The error, with what differs from run to run made equal.
    async fn told(&self, image: &str) -> String {
        let error = self.fetch(image).await.unwrap_err();
        let text = format!("{error}\nhelp: {}", error.help().unwrap_or("-"));
        let text = text.replace(&self.home.path().display().to_string(), "[HOME]");
        match registry_of(image) {
            registry if registry.starts_with("127.0.0.1:") => text.replace(registry, "[REGISTRY]"),
            _ => text,
        }
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// The registry of an image.
fn registry_of(image: &str) -> &str {
    image.split('/').next().unwrap()
}

fn config(registry: &str, password: &str) -> serde_json::Value {
    json!({"auths": {registry: {"auth": STANDARD.encode(format!("user:{password}"))}}})
}

#[tokio::test]
async fn a_tag_is_asked_for_each_time_and_a_component_pulled_once() {
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("first"));
    assert!(place.fetch(&image).await.unwrap().is_http_handler());
    assert_eq!(place.registry.asked(), ["manifest", "blob"]);
    assert!(place.fetch(&format!("oci://{image}")).await.unwrap().is_http_handler());
    assert_eq!(place.registry.asked(), ["manifest"]);
    place.registry.push("a/b", "v1", &odd::greeter());
    assert!(!place.fetch(&image).await.unwrap().is_http_handler());
    assert_eq!(place.registry.asked(), ["manifest", "blob"]);
    let without = Fetcher::new(Settings::default(), now);
    let wanted = Wanted { image: &image, base: Path::new("/"), secret: None };
    assert!(without.component(&wanted).await.is_ok());
    assert_eq!(place.registry.asked(), ["manifest", "blob"], "without a cache");
}

#[tokio::test]
async fn what_a_digest_stands_for_is_asked_once() {
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("x"));
    let image = image.replace(":v1", &format!("@{}", place.registry.manifest_digest("a/b", "v1")));
    for asked in [&["manifest", "blob"][..], &[]] {
        assert!(place.fetch(&image).await.unwrap().is_http_handler());
        assert_eq!(place.registry.asked(), asked);
    }
}

#[tokio::test]
async fn many_come_in_the_order_in_which_they_are_wanted() {
    let place = Place::new().await;
    place.file("greeter.wasm", &odd::greeter());
    let http = place.registry.push("a/b", "v1", &http_component("x"));
    let file = place.home.path().join("greeter.wasm").display().to_string();
    let uri = format!("file://{file}");
    let images = [http.as_str(), "file://greeter.wasm", "./greeter.wasm", &file, &uri, "./missing.wasm", &http];
    let wanted = images.map(|image| Wanted { image, base: place.home.path(), secret: None });
    let heard = RefCell::new(Vec::new());
    let fetched =
        place.fetcher().components(&wanted, |done, image| heard.borrow_mut().push((done, image.to_owned()))).await;
    let kinds: Vec<_> = fetched.iter().map(|fetched| fetched.as_ref().ok().map(Component::is_http_handler)).collect();
    let (http, file) = (Some(true), Some(false));
    assert_eq!(kinds, [http, file, file, file, file, None, http]);
    let heard = heard.into_inner();
    assert!(heard.is_sorted_by_key(|(done, _)| *done), "{heard:?}");
    assert_eq!((&heard[0], heard.last().unwrap().0), (&(0, images[0].to_owned()), 7));
    assert!(images.iter().all(|image| heard.iter().filter(|(_, of)| of == image).count() >= 2), "{heard:?}");
}

#[tokio::test]
async fn credentials_are_those_of_the_pull_secret_and_then_those_of_docker() {
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("x"));
    place.registry.wants(AUTHORIZATION);
    let registry = registry_of(&image);
    let secret =
        |registry: &str, password: &str| DockerConfig::read(config(registry, password).to_string().as_bytes()).unwrap();
    assert!(place.fetch(&image).await.is_err());
    assert!(place.fetch_with(&image, Some(&secret(registry, "sesame"))).await.is_ok());
    place.docker(&config(registry, "sesame"));
    assert!(place.fetch(&image).await.is_ok());
    assert!(
        place.fetch_with(&image, Some(&secret("other.example.com", "wrong"))).await.is_ok(),
        "it is for another registry"
    );
    assert!(place.fetch_with(&image, Some(&secret(registry, "wrong"))).await.is_err());
}

#[tokio::test]
async fn a_registry_that_lets_in_with_a_token_is_asked_for_one() {
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("x"));
    place.registry.gives("a-token");
    assert!(place.fetch(&image).await.is_ok(), "anyone gets one");
    assert_eq!(place.registry.tokens(), ["scope=repository%3Aa%2Fb%3Apull&service=a+test"], "for manifest and layer");
    place.registry.push("a/b", "v1", &odd::greeter());
    place.registry.wants(AUTHORIZATION);
    let refused = place.fetch(&image).await.unwrap_err();
    assert!(refused.to_string().ends_with(": the registry wants credentials"), "{refused}");
    place.docker(&config(registry_of(&image), "hunter2-and-more"));
    let refused = place.fetch(&image).await.unwrap_err();
    assert!(refused.to_string().ends_with(": the registry refuses the credentials"), "{refused}");
    place.docker(&config(registry_of(&image), "sesame"));
    assert!(!place.fetch(&image).await.unwrap().is_http_handler());
    assert_eq!(place.registry.tokens().len(), 1);
    place.registry.gives("no\ntoken");
    insta::assert_snapshot!(place.told(&image).await, @"
    cannot pull [REGISTRY]/a/b:v1: its token is no text that can be sent back
    help: -
    ");
}

#[cfg(unix)]
#[tokio::test]
async fn docker_s_helpers_are_asked() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("x"));
    place.registry.wants(AUTHORIZATION);
    let registry = registry_of(&image);
    let script = format!(
        "#!/bin/sh\nread -r server\n[ \"$server\" = {registry} ] && echo '{{\"Username\":\"user\",\"Secret\":\"sesame\"}}'\n"
    );
    place.file("docker-credential-here", script.as_bytes());
    let path = place.home.path().join("docker-credential-here");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    for config in [json!({"credsStore": "here"}), json!({"credHelpers": {registry: "here"}, "auths": {registry: {}}})] {
        place.docker(&config);
        assert!(place.fetch(&image).await.is_ok(), "{config}");
    }
    place.docker(&json!({"credsStore": "gone"}));
    insta::assert_snapshot!(place.told(&image).await, @"
    cannot pull [REGISTRY]/a/b:v1: the registry wants credentials
    help: there are none for [REGISTRY]: cannot run docker-credential-gone: No such file or directory (os error 2)
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_cannot_be_reached_is_not_waited_for_again() {
    let place = Place::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (count, counted) = std::sync::mpsc::channel();
    // Whoever comes is sent away at once.
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).try_for_each(|_| count.send(())));
    let fetcher = place.fetcher();
    let told = async |image: &str| {
        let wanted = Wanted { image: &format!("{address}/{image}"), base: place.home.path(), secret: None };
        fetcher.component(&wanted).await.unwrap_err().to_string()
    };
    let first = told("a/b:v1").await;
    let asked = counted.try_iter().count();
    assert!(asked > 0, "{first}");
    assert_eq!(told("c/d:v1").await, first.replace("a/b", "c/d"));
    assert_eq!(counted.try_iter().count(), 0);
}

#[tokio::test]
async fn what_does_not_work_says_why_and_what_to_do() {
    let place = Place::new().await;
    let image = place.registry.push("a/b", "v1", &http_component("x"));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    place.file("module.wasm", &wat::parse_str("(module)").unwrap());
    let text = place.registry.push_as("a/b", "text", b"text", "text/plain");
    let fake = place.registry.push("a/b", "fake", &odd::greeter());
    let another: Vec<u8> = odd::greeter().iter().rev().copied().collect();
    place.registry.replace(&digest(&odd::greeter()), &another);
    let bomb = place.registry.push("a/b", "bomb", b"a few bytes");
    place.registry.replace(&digest(b"a few bytes"), &vec![0; 10_000_000]);
    let mut told = String::new();
    for image in [
        image.replace(":v1", ":none"),
        format!("{closed}/a/b:v1"),
        text,
        fake,
        bomb,
        "./missing.wasm".to_owned(),
        ".".to_owned(),
        "file://module.wasm".to_owned(),
        "NOT AN IMAGE".to_owned(),
        "artifact://web".to_owned(),
    ] {
        told += &format!("{}\n", place.told(&image).await);
    }
    place.registry.wants(AUTHORIZATION);
    told += &format!("{}\n", place.told(&image).await);
    place.docker(&config(registry_of(&image), "hunter2-and-more"));
    told += &format!("{}\n", place.told(&image).await);
    place.file("config.json", b"{");
    told += &place.told(&image).await;
    assert!(!told.contains("hunter2"));
    insta::assert_snapshot!(told, @"
    cannot pull [REGISTRY]/a/b:none: the registry does not have it
    help: push it, or look at its name and tag again
    cannot pull [REGISTRY]/a/b:v1: client error (Connect): tcp connect error: Connection refused (os error 111)
    help: look at the name of the registry: is there a way from here to [REGISTRY]?
    cannot pull [REGISTRY]/a/b:text: the image holds no WebAssembly, but text/plain
    help: -
    cannot pull [REGISTRY]/a/b:fake: what the registry sends has the digest sha256:1533daff13d9cc059fe6a070740c0fd411d112fcc41323f1bab957ce4023b40d, not sha256:b28e6c8d1782599a85e9096d38ac6094915d8b61bdb1a5d84419c082bade6f7b
    help: -
    cannot pull [REGISTRY]/a/b:bomb: the registry sends more than the 11 bytes that its manifest says
    help: -
    cannot read [HOME]/missing.wasm: No such file or directory (os error 2)
    help: build it, or look at its path again
    cannot read [HOME]: it is no file
    help: -
    file://module.wasm: it is a core module, not a component
    help: build it for wasm32-wasip2, or make a component of it: wasm-tools component new MODULE.wasm -o COMPONENT.wasm
    `NOT AN IMAGE` is no image reference: invalid reference format
    help: -
    `artifact://web` is no image reference: only file:// and oci:// may stand before it
    help: -
    cannot pull [REGISTRY]/a/b:v1: the registry wants credentials
    help: docker login [REGISTRY]
    cannot pull [REGISTRY]/a/b:v1: the registry refuses the credentials
    help: docker login [REGISTRY], or look at the name of the image again
    cannot pull [REGISTRY]/a/b:v1: the registry wants credentials
    help: there are none for [REGISTRY]: cannot read [HOME]/config.json: it is no configuration of docker
    ");
}

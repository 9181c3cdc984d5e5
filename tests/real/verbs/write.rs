//! scaffold, validate, explain-code.

use super::with_hosts;
use crate::real::cluster::{get, ok, text};
use crate::real::story::chunked;
use crate::support::component::http::keyvalue_counter;
use crate::support::component::http_component;

#[test]
#[ignore = "real servers"]
fn what_is_scaffolded_of_an_image_is_valid_before_the_cluster_and_runs() {
    let (cluster, _controller, ports) = with_hosts("scaffolding", 1);
    let image = cluster.push("v1", &http_component("made"));
    let words = ["scaffold", "wd", "hello", "--image", &image, "--http-host=scaffolded.example.com", "--replicas=2"];
    let made = ok(cluster.run(&words));
    assert_eq!(ok(cluster.run(&words)), made, "what is made is the same each time");
    assert!(made.contains("interfaces: [incoming-handler]") && made.contains(&image), "{made}");
    let app = cluster.file("app.yaml", &made);
    let nats = format!("--nats-url={}", cluster.nats_url);
    let told = ok(cluster.run(&["validate", "-f", &app, "--images", "--server", &nats]));
    assert_eq!(told, "1 object in 1 file: valid\n");
    ok(cluster.run(&["deploy", "-f", &app]));
    assert_eq!(get(ports[0], "scaffolded.example.com"), Some((200, chunked("made"))));
}

#[test]
#[ignore = "real servers"]
fn a_component_is_held_against_its_manifest_and_its_finding_is_explained() {
    let (cluster, _controller, _) = with_hosts("held", 1);
    let image = cluster.push("v1", &keyvalue_counter());
    let words = ["scaffold", "wd", "hello", "--image", &image, "--http-host=hello.example.com"];
    let right = ok(cluster.run(&words));
    // As one writes it who does not open the image.
    let wrong = ok(cluster.run(&[&words[..], &["--no-open"]].concat()));
    let (right, wrong) = (cluster.file("right.yaml", &right), cluster.file("wrong.yaml", &wrong));
    let nats = format!("--nats-url={}", cluster.nats_url);
    for flags in [&["--images"][..], &["--images", "--server", &nats]] {
        ok(cluster.run(&[&["validate", "-f", &right][..], flags].concat()));
        let told = cluster.run(&[&["validate", "-f", &wrong][..], flags].concat());
        let (code, told) = (told.status.code(), text(&told.stdout));
        assert!(code == Some(1) && told.contains("error[WC0302]") && told.contains("wasi:keyvalue/store"), "{told}");
    }
    assert!(
        ok(cluster.run(&["validate", "-f", &wrong])).ends_with(": valid\n"),
        "it cannot be told by the files alone"
    );
    let page = ok(cluster.run_as_is(&["explain-code", "WC0302"]));
    assert!(page.starts_with("# WC0302: an import that nobody gives\n"), "{page}");

    let gone = cluster.file("gone.yaml", &std::fs::read_to_string(&right).unwrap().replace(":v1", ":v2"));
    let told = cluster.run(&["validate", "-f", &gone, "--images"]);
    let (code, told) = (told.status.code(), text(&told.stdout));
    assert!(code == Some(1) && told.contains(":v2: the registry does not have it"), "{told}");
}

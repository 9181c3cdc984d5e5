//! What rules say of manifests alone is not said again once components are opened.

use super::*;

/// Places and codes; how rules word it is their own affair.
fn codes(text: &str) -> String {
    let firsts = text.lines().filter(|line| line.starts_with("a.yaml:"));
    firsts.filter_map(|line| line.split(']').next()).map(|start| format!("{start}]\n")).collect()
}

const CALLER: &str = "world web { import wasi:http/outgoing-handler@0.2.0; }";

#[test]
fn an_image_that_is_none_is_told_once() {
    let spec = "components:\n- name: web\n  image: NOT AN IMAGE";
    insta::assert_snapshot!(codes(&workload(spec, &[("NOT AN IMAGE", Err("it is no image"))])), @"a.yaml:10:16: error[WC0210]");
}

#[test]
fn requests_that_go_nowhere_are_told_once() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: http\n  interfaces: [outgoing-handler]";
    insta::assert_snapshot!(codes(&web(CALLER, listed)), @"a.yaml:9:9: warning[WC0310]");
    insta::assert_snapshot!(codes(&web("world web { }", listed)), @"a.yaml:12:9: warning[WC0305]");
    let unopened = workload(&format!("{WEB}{listed}"), &[("r.io/web:1", Err("it is gone"))]);
    insta::assert_snapshot!(codes(&unopened), @"
    a.yaml:10:16: error[WC0301]
    a.yaml:14:22: warning[WC0248]
    ");
}

#[test]
fn of_a_misspelt_interface_is_told_what_it_means() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: [stroe]";
    insta::assert_snapshot!(codes(&web(STORE, listed)), @"
    a.yaml:10:16: error[WC0302]
    a.yaml:14:22: warning[WC0242]
    ");
    insta::assert_snapshot!(codes(&web("world web { }", listed)), @"a.yaml:14:22: warning[WC0242]");
    let whole = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: ['wasi:keyvalue/store']";
    insta::assert_snapshot!(codes(&web("world web { }", whole)), @"a.yaml:14:22: error[WC0241]");
}

#[test]
fn of_requests_without_a_host_name_is_told_once() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: http\n  interfaces: [incoming-handler]";
    insta::assert_snapshot!(codes(&web(HTTP, listed)), @"a.yaml:12:9: error[WC0220]");
    insta::assert_snapshot!(codes(&web("world web { }", listed)), @"
    a.yaml:12:9: error[WC0220]
    a.yaml:12:9: warning[WC0305]
    ");
}

#[test]
fn entries_that_the_definition_refuses_are_told_once() {
    let entry = "- {namespace: wasi, package: keyvalue, interfaces: [store]}";
    insta::assert_snapshot!(codes(&web(STORE, &format!("hostInterfaces:\n{entry}\n{entry}"))), @"a.yaml:13:9: error[WC0240]");
}

#[test]
fn a_service_that_leads_to_no_handler_is_told_once() {
    let listed = "kubernetes: {service: {name: web}}";
    let messages = web("world web { export wasmcloud:messaging/handler@0.2.0; }", listed);
    assert!(messages.contains("WC0229") && messages.contains("WC0311"), "{messages}");
    insta::assert_snapshot!(codes(&web(HTTP, listed)), @"
    a.yaml:10:16: warning[WC0311]
    a.yaml:11:36: info[WC0271]
    ");
}

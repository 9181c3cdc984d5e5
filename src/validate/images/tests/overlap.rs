//! What rules say of manifests alone is not said again once components are opened.

use super::*;

const CALLER: &str = "world web { import wasi:http/outgoing-handler@0.2.0; }";

#[test]
fn an_image_that_is_none_is_told_once() {
    let spec = "components:\n- name: web\n  image: NOT AN IMAGE";
    insta::assert_snapshot!(workload(spec, &[("NOT AN IMAGE", Err("it is no image"))]), @r#"
    a.yaml:10:16: error[WC0210]: spec.template.spec.components[0].image: "NOT AN IMAGE" is no image: invalid reference format
      help: write image: REGISTRY/NAME:TAG
    "#);
}

#[test]
fn requests_that_go_nowhere_are_told_once() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: http\n  interfaces: [outgoing-handler]";
    insta::assert_snapshot!(web(CALLER, listed), @r#"
    a.yaml:9:9: warning[WC0310]: component "web" imports wasi:http/outgoing-handler@0.2.0, and without allowedHosts no request leaves it
      help: name the hosts that it calls in spec.template.spec.components[0]:
            localResources:
              allowedHosts:
                - api.example.com
    "#);
    insta::assert_snapshot!(web("world web { }", listed), @"
    a.yaml:12:9: warning[WC0305]: no component uses wasi:http/outgoing-handler
      help: remove spec.template.spec.hostInterfaces[0]
    ");
    let unopened = workload(&format!("{WEB}{listed}"), &[("r.io/web:1", Err("it is gone"))]);
    insta::assert_snapshot!(unopened, @r#"
    a.yaml:10:16: error[WC0301]: it is gone
      help: do something
    a.yaml:14:22: warning[WC0248]: spec.template.spec.hostInterfaces[0].interfaces[0]: no component has allowedHosts, so every request it sends is refused
      help: add to the component that sends them ("*" allows all hosts):
            localResources:
              allowedHosts: [api.example.com]
    "#);
}

#[test]
fn of_a_misspelt_interface_is_told_what_it_means() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: [stroe]";
    insta::assert_snapshot!(web(STORE, listed), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: add it to spec.template.spec.hostInterfaces[0]:
            interfaces: [store]
    a.yaml:14:22: warning[WC0242]: spec.template.spec.hostInterfaces[0].interfaces[0]: wasi:keyvalue has no interface stroe
      help: did you mean store?
    "#);
    insta::assert_snapshot!(web("world web { }", listed), @"
    a.yaml:14:22: warning[WC0242]: spec.template.spec.hostInterfaces[0].interfaces[0]: wasi:keyvalue has no interface stroe
      help: did you mean store?
    ");
    let whole = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: ['wasi:keyvalue/store']";
    insta::assert_snapshot!(web("world web { }", whole), @r#"
    a.yaml:14:22: error[WC0241]: spec.template.spec.hostInterfaces[0].interfaces[0]: "wasi:keyvalue/store" is no name of WIT, and no host has it
      help: write
            namespace: wasi
            package: keyvalue
            interfaces: [store]
    "#);
}

#[test]
fn of_requests_without_a_host_name_is_told_once() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: http\n  interfaces: [incoming-handler]";
    insta::assert_snapshot!(web(HTTP, listed), @"
    a.yaml:12:9: error[WC0220]: spec.template.spec.hostInterfaces[0]: wasi:http has no config.host, and no host starts the workload without
      help: add the name that requests come with:
            config:
              host: web.example.com
    ");
    insta::assert_snapshot!(web("world web { }", listed), @"
    a.yaml:12:9: error[WC0220]: spec.template.spec.hostInterfaces[0]: wasi:http has no config.host, and no host starts the workload without
      help: add the name that requests come with:
            config:
              host: web.example.com
    a.yaml:12:9: warning[WC0305]: no component uses wasi:http/incoming-handler
      help: remove spec.template.spec.hostInterfaces[0]
    ");
}

#[test]
fn entries_that_the_definition_refuses_are_told_once() {
    let entry = "- {namespace: wasi, package: keyvalue, interfaces: [store]}";
    insta::assert_snapshot!(web(STORE, &format!("hostInterfaces:\n{entry}\n{entry}")), @"
    a.yaml:13:9: error[WC0240]: spec.template.spec.hostInterfaces[1]: a second wasi:keyvalue without a name, after hostInterfaces[0]: which is meant cannot be told
      help: write one entry with interfaces: [store], or give this one a name
    ");
}

#[test]
fn a_service_that_leads_to_no_handler_is_told_once() {
    let listed = "kubernetes: {service: {name: web}}";
    let messages = web("world web { export wasmcloud:messaging/handler@0.2.0; }", listed);
    assert!(messages.contains("WC0229") && messages.contains("WC0311"), "{messages}");
    insta::assert_snapshot!(web(HTTP, listed), @r#"
    a.yaml:10:16: warning[WC0311]: component "web" exports wasi:http/incoming-handler@0.2.0, which hosts call only in workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: web.example.com
    a.yaml:11:36: info[WC0271]: spec.template.spec.kubernetes.service.name: Service web is not among these files
      help: it must be there, or nothing leads to the workload
    "#);
}

//! Requests: which come in, and which go out.

use super::*;

#[test]
fn requests_leave_only_for_hosts_that_are_allowed() {
    assert_eq!(
        workload().component("a", &[OUT]).text(),
        "Egress spec.components[0].localResources.allowedHosts
component \"a\" imports wasi:http/outgoing-handler@0.2.0, and without allowedHosts no request leaves it
name the hosts that it calls in spec.components[0]
localResources:
  allowedHosts:
    - api.example.com
"
    );
    let others = workload().component("a", &[OUT]).resources(json!({"environment": {"config": {"A": "b"}}})).text();
    assert!(others.ends_with("\nallowedHosts:\n  - api.example.com\n"), "{others}");
    for meant in [json!([]), json!(["*"])] {
        workload().component("a", &[OUT]).resources(json!({"allowedHosts": meant})).is_clean();
    }
    assert!(workload().service(&["wasi:http/client@0.3.0"]).text().starts_with("Egress spec.service.localResources"));
    workload().component("a", &[OUT]).component("proxy", &["> wasi:http/outgoing-handler@0.2.0"]).is_clean();
}

#[test]
fn requests_come_in_where_they_are_listed() {
    workload().component("a", &[HANDLER]).answering().is_clean();
    assert_eq!(
        workload().component("a", &[HANDLER]).text(),
        "NoIngress spec.components[0].image
component \"a\" exports wasi:http/incoming-handler@0.2.0, which hosts call only in workloads that list it
list it in spec
hostInterfaces:
- namespace: wasi
  package: http
  interfaces: [incoming-handler]
  config:
    host: a.example.com
"
    );
    assert_eq!(
        workload()
            .component("a", &[HANDLER, OUT])
            .resources(json!({"allowedHosts": ["*"]}))
            .lists("wasi:http/outgoing-handler")
            .text(),
        "NoIngress spec.components[0].image
component \"a\" exports wasi:http/incoming-handler@0.2.0, which hosts call only in workloads that list it
add it to spec.hostInterfaces[0]
interfaces: [outgoing-handler, incoming-handler]
config:
  host: a.example.com
"
    );
    let p3 = json!({"config": {"host": "web.example.com"}});
    workload().component("a", &[HANDLER]).listing("wasi:http/handler@0.3.0", p3).is_clean();
    let messages = || workload().component("a", &["> wasmcloud:messaging/handler@0.2.0"]);
    messages().lists("wasmcloud:messaging/handler").is_clean();
    assert!(
        messages()
            .text()
            .starts_with("NoIngress spec.components[0].image\ncomponent \"a\" exports wasmcloud:messaging/handler")
    );
}

#[test]
fn requests_find_a_workload_by_its_host() {
    let listing = |more: Value| workload().component("a", &[HANDLER]).listing("wasi:http/incoming-handler", more);
    assert_eq!(
        listing(json!({"config": {"address": "0.0.0.0:8080"}})).text(),
        "NoHost spec.hostInterfaces[0].config
component \"a\" answers requests, and without config.host none finds it
set spec.hostInterfaces[0].config.host
config:
  host: a.example.com
"
    );
    assert!(listing(json!({"config": {"host": " "}})).text().starts_with("NoHost "));
    listing(json!({"configFrom": [{"name": "web"}]})).is_clean();
    listing(json!({"secretFrom": [{"name": "web"}]})).is_clean();
    let second = json!({"name": "second", "config": {"host": "other.example.com"}});
    assert_eq!(
        workload().component("a", &[HANDLER]).answering().listing("wasi:http/incoming-handler", second).text(),
        "SecondHandler spec.hostInterfaces[1]
requests find the workload by the host of spec.hostInterfaces[0] only, not by that of a second entry
remove spec.hostInterfaces[1]
"
    );
    assert!(
        workload()
            .component("a", &[OUT])
            .resources(json!({"allowedHosts": ["*"]}))
            .answering()
            .text()
            .starts_with("Superfluous ")
    );
}

#[test]
fn one_component_answers_requests() {
    assert_eq!(
        workload().component("a", &[HANDLER]).component("b", &[HANDLER]).answering().text(),
        "SecondHandler spec.components[1].image
component \"a\" and component \"b\" answer requests: hosts send them to one of these, and do not say to which
put each into a workload of its own, or have one call the other
"
    );
}

/// A service answers while it runs, which only WASI 0.3 can.
#[test]
fn a_service_answers_requests_by_the_newer_interface() {
    const RUN: &str = "> wasi:cli/run@0.3.0";
    let newer = || workload().service(&[RUN, "> wasi:http/handler@0.3.0"]);
    assert_eq!(
        newer().text(),
        "NoIngress spec.service.image
the service exports wasi:http/handler@0.3.0, which hosts call only in workloads that list it
list it in spec
hostInterfaces:
- namespace: wasi
  package: http
  interfaces: [handler]
  config:
    host: web.example.com
"
    );
    newer().answering().is_clean();
    let older = || workload().service(&[RUN, HANDLER]);
    let never = "NoIngress spec.service.image
the service exports wasi:http/incoming-handler@0.2.0, which hosts call of components alone
put what answers requests into a component beside the service, or build the service with wasi:http/handler@0.3.0
";
    assert_eq!((older().text().as_str(), older().answering().text().as_str()), (never, never));
}

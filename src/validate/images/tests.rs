use std::collections::HashMap;
use std::sync::Arc;

use super::*;
use crate::error::Look;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, Findings, Ignored, check};

mod overlap;
mod pages;
mod references;
pub(in crate::validate) mod world;

/// The images that there are, each with its WIT, or why it cannot be opened.
type Stock<'a> = &'a [(&'a str, Result<&'a str, &'a str>)];

/// What is found in files, each with its name, when these images are there.
fn found_in(texts: &[(&str, &str)], stock: Stock<'_>) -> Findings {
    let text = |(name, content): &(&str, &str)| Arc::new(Text { name: (*name).into(), content: (*content).into() });
    let files = FileSet::read(texts.iter().map(text).collect());
    let open = |reference: Reference| {
        let (_, opened) = stock.iter().find(|(image, _)| *image == reference.image).unwrap();
        let unopened = |why: &str| Unopened { message: why.to_owned(), remedy: Some("do something".to_owned()) };
        let opened = opened.map(world::component).map_err(unopened);
        (reference, opened)
    };
    let opened: HashMap<_, _> = Images::wanted(&files, None).into_iter().map(open).collect();
    let images = Some(Images::new(opened, Offer::known()));
    check(&files, &Definitions::own(), &Facts { images, ..Facts::default() }, &Ignored::default())
}

/// The same of one file, a line each with its remedy.
fn found(content: &str, stock: Stock<'_>) -> String {
    told(&found_in(&[("a.yaml", content)], stock))
}

fn told(found: &Findings) -> String {
    let shown = found.kept.iter().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
    shown.collect::<Vec<_>>().join("\n")
}

/// What is found in a deployment whose workload has this `spec`.
fn workload(spec: &str, stock: Stock<'_>) -> String {
    let spec = spec.trim_matches('\n').replace('\n', "\n      ");
    found(
        &format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata:\n  name: web\nspec:\n  \
             template:\n    spec:\n      {spec}\n"
        ),
        stock,
    )
}

const WEB: &str = "
components:
- name: web
  image: r.io/web:1
";
const STORE: &str = "world web { import wasi:keyvalue/store@0.2.0-draft; }";

/// Answers requests.
const HTTP: &str = "world web { export wasi:http/incoming-handler@0.2.0; }";
const LISTED: &str = "
hostInterfaces:
- namespace: wasi
  package: http
  interfaces: [incoming-handler]
  config: {host: web.example.com}
";

/// One component with this WIT, and more of the spec.
fn web(world: &str, more: &str) -> String {
    workload(&format!("{}\n{}", WEB.trim_end(), more.trim_start_matches('\n')), &[("r.io/web:1", Ok(world))])
}

/// Two components with these.
fn two(web: &str, other: &str, more: &str) -> String {
    let spec = format!("{WEB}- name: other\n  image: r.io/other:1\n{}", more.trim_start());
    workload(&spec, &[("r.io/web:1", Ok(web)), ("r.io/other:1", Ok(other))])
}

#[test]
fn what_is_right_has_no_finding() {
    assert_eq!(web(HTTP, LISTED), "");
    assert_eq!(web("world web { import wasi:clocks/monotonic-clock@0.2.3; }", ""), "");
    assert_eq!(two("world web { import a:b/c@1.0.0; }", "world other { export a:b/c@1.0.0; }", ""), "");
}

#[test]
fn wc0301_stands_at_the_image() {
    insta::assert_snapshot!(workload(WEB, &[("r.io/web:1", Err("cannot pull r.io/web:1: no"))]), @"
    a.yaml:10:16: error[WC0301]: cannot pull r.io/web:1: no
      help: do something
    ");
}

#[test]
fn wc0302_says_what_to_list_and_where() {
    insta::assert_snapshot!(web(STORE, ""), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    "#);
    insta::assert_snapshot!(web(STORE, "hostInterfaces: []"), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    "#);
    let batch = "hostInterfaces:\n- {namespace: wasi, package: keyvalue, interfaces: [batch]}";
    insta::assert_snapshot!(web(STORE, batch), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: add it to spec.template.spec.hostInterfaces[0]:
            interfaces: [store]
    "#);
    insta::assert_snapshot!(web("world web { import wasi:keyvalue/watcher@0.2.0-draft; }", ""), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/watcher@0.2.0-draft, which hosts are not known to have and no other component exports
      help: add a component that exports it, or give hosts a plugin that has it
    "#);
    insta::assert_snapshot!(web("world web { import acme:queue/push; import acme:queue/pull; }", ""), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports acme:queue/pull and acme:queue/push, which no host interface lists and no other component exports
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: acme
              package: queue
              interfaces: [pull, push]
    "#);
}

#[test]
fn wc0303_is_certain_where_the_manifest_is_wrong() {
    let other = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  version: 0.2.0\n  interfaces: [store]";
    insta::assert_snapshot!(web(STORE, other), @r#"
    a.yaml:14:18: error[WC0303]: component "web" imports wasi:keyvalue/store@0.2.0-draft, and spec.template.spec.hostInterfaces[0] lists version 0.2.0, which does not fit
      help: set spec.template.spec.hostInterfaces[0].version:
            version: 0.2.0-draft
    "#);
    insta::assert_snapshot!(two("world web { import a:b/c@1.0.0; }", "world other { export a:b/c@1.1.0; }", ""), @r#"
    a.yaml:10:16: error[WC0303]: component "web" imports a:b/c@1.0.0, and component "other" exports a:b in version 1.1.0: hosts put together only what has the very same version
      help: build both against one version of a:b
    "#);
    insta::assert_snapshot!(web("world web { import wasi:keyvalue/store@0.2.0-draft2; }", ""), @r#"
    a.yaml:10:16: error[WC0303]: component "web" imports wasi:keyvalue/store@0.2.0-draft2, and hosts have version 0.2.0-draft
      help: build the component against wasi:keyvalue@0.2.0-draft, and list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    "#);
}

#[test]
fn wc0303_is_a_warning_where_hosts_may_have_more() {
    let listed = "hostInterfaces:\n- {namespace: wasi, package: keyvalue, interfaces: [store]}";
    insta::assert_snapshot!(web("world web { import wasi:keyvalue/store@0.2.0-draft2; }", listed), @r#"
    a.yaml:10:16: warning[WC0303]: component "web" imports wasi:keyvalue/store@0.2.0-draft2, and hosts have version 0.2.0-draft
      help: build the component against wasi:keyvalue@0.2.0-draft
    "#);
    insta::assert_snapshot!(web("world web { import wasi:io/streams@0.1.0; }", ""), @r#"
    a.yaml:10:16: warning[WC0303]: component "web" imports wasi:io/streams@0.1.0, and hosts have wasi:io 0.2 and 0.3
      help: build the component against WASI 0.2
    "#);
}

#[test]
fn wc0304_names_what_to_leave() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: [store, watcher]";
    insta::assert_snapshot!(web(STORE, listed), @"
    a.yaml:14:21: warning[WC0304]: hosts are not known to have wasi:keyvalue/watcher, and they refuse a workload that lists what they do not have
      help: leave these in spec.template.spec.hostInterfaces[0]:
            interfaces: [store]
    ");
}

#[test]
fn wc0305_stands_at_the_entry_or_at_its_interfaces() {
    let listed = "hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces:\n  - store\n  - batch\n- namespace: wasi\n  package: logging\n  interfaces: [logging]";
    insta::assert_snapshot!(web(STORE, listed), @"
    a.yaml:15:11: warning[WC0305]: no component uses wasi:keyvalue/batch
      help: leave these in spec.template.spec.hostInterfaces[0]:
            interfaces: [store]
    a.yaml:17:9: warning[WC0305]: no component uses wasi:logging/logging
      help: remove spec.template.spec.hostInterfaces[1]
    ");
}

#[test]
fn wc0306_is_a_warning_where_hosts_choose() {
    let exports = "world other { export a:b/c@1.0.0; }";
    let third = "- name: third\n  image: r.io/third:1";
    let stock = [
        ("r.io/web:1", Ok("world web { import a:b/c@1.0.0; }")),
        ("r.io/other:1", Ok(exports)),
        ("r.io/third:1", Ok(exports)),
    ];
    insta::assert_snapshot!(workload(&format!("{WEB}- name: other\n  image: r.io/other:1\n{third}"), &stock), @r#"
    a.yaml:10:16: error[WC0306]: component "web" imports a:b/c@1.0.0, which component "other" and component "third" export: hosts do not choose between them
      help: leave one component that exports it
    "#);
    insta::assert_snapshot!(two(HTTP, HTTP, LISTED), @r#"
    a.yaml:12:16: warning[WC0306]: component "web" and component "other" answer requests: hosts send them to one of these, and do not say to which
      help: put each into a workload of its own, or have one call the other
    "#);
    let named = "- namespace: wasi\n  package: http\n  name: second\n  interfaces: [incoming-handler]\n  config: {host: other.example.com}";
    insta::assert_snapshot!(web(HTTP, &format!("{LISTED}{named}")), @"
    a.yaml:16:9: warning[WC0306]: requests find the workload by the host of spec.template.spec.hostInterfaces[0] only, not by that of a second entry
      help: remove spec.template.spec.hostInterfaces[1]
    ");
}

#[test]
fn wc0307_names_who_is_in_the_circle() {
    let (web, other) = ("world web { import a:b/c; export a:b/d; }", "world other { export a:b/c; import a:b/d; }");
    insta::assert_snapshot!(two(web, other, ""), @r#"
    a.yaml:10:16: error[WC0307]: component "web" and component "other" import from each other in a circle
      help: take what both need out into a component of its own
    "#);
}

#[test]
fn wc0308_names_what_is_imported() {
    insta::assert_snapshot!(web("world web { import log: func(text: string); }", ""), @r#"
    a.yaml:10:16: error[WC0308]: component "web" imports `log` outside of any interface, and hosts give interfaces only
      help: put it into an interface of the component's WIT
    "#);
}

#[test]
fn wc0309_stands_at_the_image_of_the_service() {
    let service = |world| workload("service:\n  image: r.io/it:1", &[("r.io/it:1", Ok(world))]);
    insta::assert_snapshot!(service(HTTP), @"
    a.yaml:9:16: error[WC0309]: the service does not export wasi:cli/run, by which hosts start it
      help: list it under components, or build it as a command
    ");
    assert_eq!(service("world it { export wasi:cli/run@0.2.0; }"), "");
}

#[test]
fn wc0310_stands_where_all_hosts_are_denied() {
    let world = "world web { import wasi:http/outgoing-handler@0.2.0; }";
    insta::assert_snapshot!(web(world, ""), @r#"
    a.yaml:9:9: warning[WC0310]: component "web" imports wasi:http/outgoing-handler@0.2.0, and without allowedHosts no request leaves it
      help: name the hosts that it calls in spec.template.spec.components[0]:
            localResources:
              allowedHosts:
                - api.example.com
    "#);
    insta::assert_snapshot!(web(world, "  localResources:\n    allowedHosts: []"), @"");
    assert_eq!(web(world, "  localResources:\n    allowedHosts: ['*']"), "");
}

#[test]
fn wc0311_says_what_to_list() {
    insta::assert_snapshot!(web(HTTP, ""), @r#"
    a.yaml:10:16: warning[WC0311]: component "web" exports wasi:http/incoming-handler@0.2.0, which hosts call only in workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: web.example.com
    "#);
}

#[test]
fn an_artifact_is_the_one_that_the_deployment_lists() {
    let listed = "
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: web
  namespace: a
spec:
  artifacts:
  - name: mine
    artifactFrom: {name: web}
  template:
    spec:
      components:
      - name: web
        image: artifact://mine
---
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: Artifact
metadata: {name: web, namespace: b}
spec: {image: r.io/other:1}
---
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: Artifact
metadata: {name: web, namespace: a}
spec: {image: r.io/web:1}
";
    let other = "world other { import wasi:logging/logging@0.1.0-draft; }";
    insta::assert_snapshot!(found(listed, &[("r.io/web:1", Ok(STORE)), ("r.io/other:1", Ok(other))]), @r#"
    a.yaml:15:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    "#);
    let unlisted = listed.replace("name: mine", "name: another");
    let text = found(&unlisted, &[("r.io/web:1", Ok(STORE)), ("r.io/other:1", Ok(other))]);
    assert!(text.contains("WC0215") && !text.contains("WC03"), "{text}");
    let set = listed
        .replace("WorkloadDeployment", "WorkloadReplicaSet")
        .replace("  artifacts:\n  - name: mine\n    artifactFrom: {name: web}\n", "");
    let text = found(&set, &[("r.io/web:1", Ok(STORE)), ("r.io/other:1", Ok(other))]);
    assert!(text.contains("WC0215") && !text.contains("WC03"), "{text}");
    insta::assert_snapshot!(found(listed, &[("r.io/web:1", Err("no")), ("r.io/other:1", Err("no"))]), @"
    a.yaml:20:15: error[WC0301]: no
      help: do something
    a.yaml:25:15: error[WC0301]: no
      help: do something
    ");
}

#[test]
fn every_kind_with_components_is_looked_at() {
    let kinds = "
apiVersion: v1
kind: List
items:
- apiVersion: runtime.wasmcloud.dev/v1alpha1
  kind: Workload
  metadata: {name: a}
  spec:
    components: [{name: web, image: 'r.io/web:1'}]
- apiVersion: runtime.wasmcloud.dev/v1alpha1
  kind: WorkloadReplicaSet
  metadata: {name: b}
  spec:
    template: {spec: {service: {image: 'r.io/web:1'}}}
---
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: Artifact
metadata: {name: c}
spec: {image: 'r.io/gone:1'}
";
    let stock = [("r.io/web:1", Ok("world it { export wasi:cli/run@0.2.0; import wasi:keyvalue/store@0.2.0-draft; }"))];
    insta::assert_snapshot!(found(kinds, &[stock[0], ("r.io/gone:1", Err("it is gone"))]), @r#"
    a.yaml:9:37: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:14:40: error[WC0302]: the service imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:19:15: error[WC0301]: it is gone
      help: do something
    "#);
}

#[test]
fn what_cannot_be_opened_hides_what_depends_on_it_alone() {
    let spec = |third: &str| {
        format!(
            "{WEB}- name: other\n  image: r.io/other:1\n- name: third\n  image: r.io/third:1\nhostInterfaces:\n\
             - namespace: wasi\n  package: logging\n  interfaces: [logging]\n- {{namespace: acme, package: x, interfaces: [{third}]}}"
        )
    };
    let imports = "world web { import acme:queue/push; import wasi:keyvalue/store@0.2.0-draft; }";
    let stock = |third| {
        [
            ("r.io/web:1", Ok(imports)),
            ("r.io/other:1", Ok("world other { import log: func(); }")),
            ("r.io/third:1", third),
        ]
    };
    insta::assert_snapshot!(workload(&spec("z"), &stock(Err("it is gone"))), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:12:16: error[WC0308]: component "other" imports `log` outside of any interface, and hosts give interfaces only
      help: put it into an interface of the component's WIT
    a.yaml:14:16: error[WC0301]: it is gone
      help: do something
    "#);
    insta::assert_snapshot!(workload(&spec("z"), &stock(Ok("world third { import acme:x/z; }"))), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports acme:queue/push, which no host interface lists and no other component exports
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: acme
              package: queue
              interfaces: [push]
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:12:16: error[WC0308]: component "other" imports `log` outside of any interface, and hosts give interfaces only
      help: put it into an interface of the component's WIT
    a.yaml:16:9: warning[WC0305]: no component uses wasi:logging/logging
      help: remove spec.template.spec.hostInterfaces[0]
    "#);
}

#[test]
fn what_cannot_be_read_at_all_is_told_by_its_definition() {
    let text = workload("components:\n- name: web\n  image: 7", &[]);
    assert!(text.contains("WC0103") && !text.contains("WC03"), "{text}");
    let text = workload("components: web", &[]);
    assert!(text.contains("WC0103") && !text.contains("WC03"), "{text}");
}

#[test]
fn a_wrong_type_hides_nothing_of_what_else_can_be_read() {
    let stock = [("r.io/web:1", Ok(STORE)), ("r.io/other:1", Err("it is gone"))];
    let other = "- name: other\n  image: r.io/other:1";
    insta::assert_snapshot!(workload(&format!("{WEB}  poolSize: many\n{other}"), &stock), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:11:19: error[WC0103]: spec.template.spec.components[0].poolSize: must be of type integer, not string
      help: write a whole number, without quotes, such as 1
    a.yaml:13:16: error[WC0301]: it is gone
      help: do something
    "#);
    insta::assert_snapshot!(workload(&format!("{WEB}- name: third\n  image: 7\n{other}"), &stock), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it in spec.template.spec:
            hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [store]
    a.yaml:12:16: error[WC0103]: spec.template.spec.components[1].image: must be of type string, not integer
      help: write "7"
    a.yaml:14:16: error[WC0301]: it is gone
      help: do something
    "#);
    let entries = "hostInterfaces:\n- {namespace: wasi, package: keyvalue, interfaces: store}";
    insta::assert_snapshot!(workload(&format!("{WEB}{other}\n{entries}"), &stock), @"
    a.yaml:12:16: error[WC0301]: it is gone
      help: do something
    a.yaml:14:58: error[WC0103]: spec.template.spec.hostInterfaces[0].interfaces: must be of type array, not string
      help: write interfaces: [store]
    ");
    let config = "hostInterfaces:\n- {namespace: wasi, package: keyvalue, interfaces: [batch], config: {size: 7}}";
    insta::assert_snapshot!(workload(&format!("{WEB}{config}"), &stock), @r#"
    a.yaml:10:16: error[WC0302]: component "web" imports wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: add it to spec.template.spec.hostInterfaces[0]:
            interfaces: [store]
    a.yaml:12:82: error[WC0103]: spec.template.spec.hostInterfaces[0].config.size: must be of type string, not integer
      help: write "7"
    "#);
}

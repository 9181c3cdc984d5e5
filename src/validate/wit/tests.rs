use serde_json::{Value, json};

use super::*;
use crate::component::Labelled;

mod requests;
mod versions;
mod ways;

/// A component that imports and exports these, in words: `a:b/c`, `label=a:b/c`, `shape a:b/c`, `bare c`, `> a:b/c`.
fn component(words: &[&str]) -> Component {
    let mut component = Component::default();
    for word in words {
        if let Some(export) = word.strip_prefix("> ") {
            component.exports.push(export.parse().unwrap());
        } else if let Some(shape) = word.strip_prefix("shape ") {
            component.shapes.push(shape.parse().unwrap());
        } else if let Some(name) = word.strip_prefix("bare ") {
            component.bare.push(name.to_owned());
        } else if let Some((label, interface)) = word.split_once('=') {
            component.labelled.push(Labelled { label: label.to_owned(), interface: interface.parse().unwrap() });
        } else {
            component.imports.push(word.parse().unwrap());
        }
    }
    component
}

/// A workload in the making.
struct Workload {
    spec: Value,
    components: Vec<Option<Component>>,
    service: Option<Component>,
    offer: Offer,
}

fn workload() -> Workload {
    Workload { spec: json!({"components": []}), components: Vec::new(), service: None, offer: Offer::known() }
}

impl Workload {
    fn component(mut self, name: &str, words: &[&str]) -> Self {
        let listed = self.spec["components"].as_array_mut().unwrap();
        listed.push(json!({"name": name, "image": "registry.example.com/it:1"}));
        self.components.push(Some(component(words)));
        self
    }

    fn unknown(mut self, name: &str) -> Self {
        self = self.component(name, &[]);
        *self.components.last_mut().unwrap() = None;
        self
    }

    fn service(mut self, words: &[&str]) -> Self {
        self.spec["service"] = json!({"image": "registry.example.com/it:1"});
        self.service = Some(component(&[&["> wasi:cli/run@0.2.0"], words].concat()));
        self
    }

    /// `wasi:keyvalue/store,atomics@0.2.0` and more fields.
    fn listing(mut self, text: &str, more: Value) -> Self {
        let (path, version) = text.split_once('@').map_or((text, None), |(path, version)| (path, Some(version)));
        let (package, names) = path.split_once('/').unwrap();
        let (namespace, package) = package.split_once(':').unwrap();
        let names: Vec<_> = names.split(',').collect();
        let mut entry = json!({"namespace": namespace, "package": package, "interfaces": names});
        entry.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        if let Some(version) = version {
            entry["version"] = json!(version);
        }
        let spec = self.spec.as_object_mut().unwrap();
        spec.entry("hostInterfaces").or_insert(json!([])).as_array_mut().unwrap().push(entry);
        self
    }

    fn lists(self, text: &str) -> Self {
        self.listing(text, Value::Null)
    }

    fn answering(self) -> Self {
        self.listing("wasi:http/incoming-handler", json!({"config": {"host": "web.example.com"}}))
    }

    fn resources(mut self, resources: Value) -> Self {
        let last = self.components.len() - 1;
        self.spec["components"][last]["localResources"] = resources;
        self
    }

    fn offered(mut self, offer: Offer) -> Self {
        self.offer = offer;
        self
    }

    fn findings(&self) -> Vec<WitFinding> {
        let spec: WorkloadSpec = serde_json::from_value(self.spec.clone()).unwrap();
        let opened = Opened { spec: &spec, path: "spec", components: &self.components, service: self.service.as_ref() };
        check(&opened, &self.offer)
    }

    /// All findings, as a person might be shown them.
    fn text(&self) -> String {
        let text = self.findings().into_iter().map(|finding| {
            let WitFinding { kind, path, message, remedy: Remedy { what, yaml }, .. } = finding;
            format!("{kind:?} {path}\n{message}\n{what}\n{}", yaml.unwrap_or_default())
        });
        text.collect::<Vec<_>>().join("---\n")
    }

    fn is_clean(&self) {
        assert_eq!(self.text(), "");
    }
}

const STORE: &str = "wasi:keyvalue/store@0.2.0-draft";
const ATOMICS: &str = "wasi:keyvalue/atomics@0.2.0-draft";
const HANDLER: &str = "> wasi:http/incoming-handler@0.2.0";
const OUT: &str = "wasi:http/outgoing-handler@0.2.0";

#[test]
fn what_is_listed_and_what_is_built_in_is_given() {
    workload().is_clean();
    workload().component("a", &[STORE, ATOMICS]).lists("wasi:keyvalue/atomics,store").is_clean();
    workload().component("a", &[STORE]).lists("wasi:keyvalue/store@0.2.0-draft").is_clean();
    workload().component("a", &[STORE]).lists("wasi:keyvalue/store@").is_clean();
    let built_in = ["wasi:io/streams@0.2.6", "wasi:cli/environment@0.2.0", "wasi:http/types@0.3.0-rc-2025-09-16"];
    workload().component("a", &built_in).is_clean();
    workload().component("a", &built_in).lists("wasi:io/streams").is_clean();
    workload().service(&[STORE]).lists("wasi:keyvalue/store").is_clean();
    workload().component("a", &["shape acme:types/point@1.0.0"]).is_clean();
    workload()
        .component("a", &[STORE, "shape wasi:keyvalue/batch@0.2.0-draft"])
        .lists("wasi:keyvalue/store,batch")
        .is_clean();
}

#[test]
fn what_is_missing_is_to_be_listed() {
    assert_eq!(
        workload().component("a", &[STORE]).component("b", &[ATOMICS, STORE]).text(),
        "Missing spec.components[0].image
component \"a\" and component \"b\" import wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
list it in spec
hostInterfaces:
- namespace: wasi
  package: keyvalue
  interfaces: [atomics, store]
"
    );
}

#[test]
fn what_is_missing_goes_into_the_entry_that_its_package_has() {
    assert_eq!(
        workload().component("a", &[STORE]).component("b", &[ATOMICS]).lists("wasi:keyvalue/store").text(),
        "Missing spec.components[1].image
component \"b\" imports wasi:keyvalue/atomics@0.2.0-draft, which hosts give only to workloads that list it
add it to spec.hostInterfaces[0]
interfaces: [store, atomics]
"
    );
    let other = workload().component("a", &[STORE]).lists("wasi:keyvalue/batch").text();
    assert!(other.starts_with("Missing ") && other.ends_with("interfaces: [store]\n"), "{other}");
    workload().component("a", &[STORE, ATOMICS]).lists("wasi:keyvalue/store").is_clean();
    workload().component("a", &[STORE, "shape wasi:keyvalue/batch"]).lists("wasi:keyvalue/batch").is_clean();
}

#[test]
fn what_hosts_are_not_known_to_have_may_be_given_by_anyone() {
    assert_eq!(
        workload().component("a", &["acme:queue/push@1.0.0"]).text(),
        "Missing spec.components[0].image
component \"a\" imports acme:queue/push@1.0.0, which no host interface lists and no other component exports
list it in spec
hostInterfaces:
- namespace: acme
  package: queue
  interfaces: [push]
"
    );
    workload().component("a", &["acme:queue/push@1.0.0"]).lists("acme:queue/push").is_clean();
    workload().component("a", &["acme:queue/push@1.0.0"]).unknown("b").is_clean();
    assert!(workload().component("a", &[STORE]).unknown("b").text().starts_with("Missing "));
}

#[test]
fn a_label_needs_an_entry_of_its_name() {
    let labelled = || workload().component("a", &["cache=wasi:keyvalue/store@0.2.0-draft"]);
    labelled().listing("wasi:keyvalue/store", json!({"name": "cache"})).is_clean();
    assert_eq!(
        labelled().text(),
        "Missing spec.components[0].image
component \"a\" imports wasi:keyvalue/store@0.2.0-draft as `cache`, which hosts give only to workloads that list it
list it in spec
hostInterfaces:
- namespace: wasi
  package: keyvalue
  name: cache
  interfaces: [store]
"
    );
    assert!(labelled().lists("wasi:keyvalue/store").text().contains("  name: cache\n"));
    workload().component("a", &[STORE]).listing("wasi:keyvalue/store", json!({"name": "cache"})).is_clean();
}

#[test]
fn components_give_each_other_what_has_the_same_version() {
    let pair = |import: &str, export: &str| {
        workload().component("importer", &[import]).component("exporter", &[&format!("> {export}")])
    };
    pair("a:b/c@1.0.0", "a:b/c@1.0.0").is_clean();
    pair("a:b/c", "a:b/c").is_clean();
    pair("exporter=a:b/c@1.0.0", "a:b/c@1.0.0").is_clean();
    assert!(pair("other=a:b/c@1.0.0", "a:b/c@2.0.0").text().starts_with("Missing "));
    assert_eq!(
        pair("a:b/c@1.0.0", "a:b/c@1.1.0").text(),
        "Version spec.components[0].image
component \"importer\" imports a:b/c@1.0.0, and component \"exporter\" exports a:b in version 1.1.0: hosts put together only what has the very same version
build both against one version of a:b
"
    );
    workload().service(&["a:b/c@1.0.0"]).component("exporter", &["> a:b/c@1.0.0"]).is_clean();
    pair(STORE, STORE).is_clean();
}

#[test]
fn the_service_gives_nothing() {
    assert_eq!(
        workload().component("a", &["a:b/c@1.0.0"]).service(&["> a:b/c@1.0.0"]).text(),
        "Missing spec.components[0].image
component \"a\" imports a:b/c@1.0.0, which only the service exports: hosts give components what other components export
list it in spec
hostInterfaces:
- namespace: a
  package: b
  interfaces: [c]
"
    );
}

#[test]
fn what_is_to_be_changed_once_is_told_once() {
    let both = [STORE, ATOMICS];
    assert_eq!(
        workload().component("a", &both).lists("wasi:keyvalue/store,atomics@0.2.0").text(),
        "Version spec.hostInterfaces[0].version
component \"a\" imports wasi:keyvalue/store@0.2.0-draft and wasi:keyvalue/atomics@0.2.0-draft, and spec.hostInterfaces[0] lists version 0.2.0, which does not fit
set spec.hostInterfaces[0].version
version: 0.2.0-draft
"
    );
    let of_draft2 = ["wasi:keyvalue/atomics@0.2.0-draft2", "wasi:keyvalue/store@0.2.0-draft2"];
    assert_eq!(
        workload().component("a", &of_draft2).service(&of_draft2).text(),
        "Version spec.components[0].image
component \"a\" and the service import wasi:keyvalue/atomics@0.2.0-draft2 and wasi:keyvalue/store@0.2.0-draft2, and hosts have version 0.2.0-draft
build the component against wasi:keyvalue@0.2.0-draft, and list it in spec
hostInterfaces:
- namespace: wasi
  package: keyvalue
  interfaces: [atomics, store]
"
    );
    assert_eq!(
        workload().component("a", &["wasi:io/streams@0.1.0", "wasi:io/error@0.1.0"]).text(),
        "HostVersion spec.components[0].image
component \"a\" imports wasi:io/streams@0.1.0 and wasi:io/error@0.1.0, and hosts have wasi:io 0.2 and 0.3
build the component against WASI 0.2
"
    );
    let handlers = workload().component("a", &[HANDLER]).component("b", &[HANDLER, "> wasi:http/handler@0.3.0"]);
    assert_eq!(
        handlers.text(),
        "NoIngress spec.components[0].image
component \"a\" and component \"b\" export wasi:http/handler@0.3.0 and wasi:http/incoming-handler@0.2.0, which hosts call only in workloads that list it
list it in spec
hostInterfaces:
- namespace: wasi
  package: http
  interfaces: [incoming-handler]
  config:
    host: a.example.com
"
    );
}

#[test]
fn what_nobody_uses_is_superfluous() {
    let both = || workload().component("a", &[STORE]).lists("wasi:keyvalue/store,batch").lists("acme:queue/push,pull");
    assert_eq!(
        both().text(),
        "Superfluous spec.hostInterfaces[0].interfaces
no component uses wasi:keyvalue/batch
leave these in spec.hostInterfaces[0]
interfaces: [store]
---
Superfluous spec.hostInterfaces[1]
no component uses acme:queue/push and acme:queue/pull
remove spec.hostInterfaces[1]
"
    );
    both().unknown("b").is_clean();
    workload().component("a", &["> acme:queue/push@1.0.0"]).lists("acme:queue/push").is_clean();
}

#[test]
fn what_hosts_do_not_have_is_not_to_be_listed() {
    assert_eq!(
        workload().component("a", &[STORE]).lists("wasi:keyvalue/store,watcher").text(),
        "NotOffered spec.hostInterfaces[0].interfaces
hosts are not known to have wasi:keyvalue/watcher, and they refuse a workload that lists what they do not have
leave these in spec.hostInterfaces[0]
interfaces: [store]
"
    );
    assert_eq!(
        workload().component("a", &["a:b/c@1.0.0"]).component("b", &["> a:b/c@1.0.0"]).lists("a:b/c").text(),
        "Superfluous spec.hostInterfaces[0]
components give each other a:b/c, and hosts refuse a workload that lists what they do not have
remove spec.hostInterfaces[0]
"
    );
}

#[test]
fn hosts_that_have_told_have_nothing_else() {
    let asked = |workload: Workload| workload.offered(Offer::reported([]));
    let missing = asked(workload().component("a", &["wasi:tls/types@0.2.0-draft"]).lists("wasi:tls/types")).text();
    assert!(missing.starts_with("NotOffered spec.hostInterfaces[0]\nno host has wasi:tls/types, "), "{missing}");
    assert_eq!(
        asked(workload().component("a", &[STORE])).text(),
        "Missing spec.components[0].image
component \"a\" imports wasi:keyvalue/store@0.2.0-draft, which no host has and no other component exports
add a component that exports it, or give hosts a plugin that has it
"
    );
    asked(workload().component("a", &["wasi:io/streams@0.2.0", HANDLER]).answering()).is_clean();
}

#[test]
fn two_that_give_the_same_are_one_too_many() {
    assert_eq!(
        workload().component("a", &["a:b/c"]).component("b", &["> a:b/c"]).component("c", &["> a:b/c"]).text(),
        "BoundTwice spec.components[0].image
component \"a\" imports a:b/c, which component \"b\" and component \"c\" export: hosts do not choose between them
leave one component that exports it
"
    );
    workload().component("a", &["b=a:b/c"]).component("b", &["> a:b/c"]).component("c", &["> a:b/c"]).is_clean();
    workload().component("b", &["> a:b/c"]).component("c", &["> a:b/c"]).is_clean();
    let named = |name: &str| json!({"name": name});
    let twice = || workload().component("a", &[STORE, ATOMICS]).listing("wasi:keyvalue/store", named("cache"));
    assert_eq!(
        twice().listing("wasi:keyvalue/atomics,store@0.2.0-draft", named("cache")).text(),
        "BoundTwice spec.hostInterfaces[1]
wasi:keyvalue/store@0.2.0-draft is listed already by spec.hostInterfaces[0]
leave these in spec.hostInterfaces[1]
interfaces: [atomics]
"
    );
    twice().listing("wasi:keyvalue/atomics,store", named("other")).is_clean();
}

#[test]
fn what_the_definition_refuses_is_not_told_again() {
    let store = || workload().component("a", &[STORE]).lists("wasi:keyvalue/store");
    store().lists("wasi:keyvalue/store@0.2.0-draft").is_clean();
    let named = || json!({"name": "cache"});
    let cache = workload().component("a", &[STORE]).listing("wasi:keyvalue/store", named());
    cache.listing("wasi:keyvalue/store@", named()).is_clean();
    workload().component("a", &[HANDLER]).answering().answering().is_clean();
}

#[test]
fn circles_are_found() {
    let circle = workload()
        .component("x", &["a:b/one"])
        .component("a", &["a:b/two", "> a:b/one"])
        .component("b", &["a:b/one", "> a:b/two"]);
    assert_eq!(
        circle.text(),
        "Circle spec.components[1].image
component \"a\" and component \"b\" import from each other in a circle
take what both need out into a component of its own
"
    );
}

#[test]
fn what_no_host_can_run_is_told() {
    assert_eq!(
        workload().component("a", &["bare log", "bare trace"]).text(),
        "Bare spec.components[0].image
component \"a\" imports `log` and `trace` outside of any interface, and hosts give interfaces only
put it into an interface of the component's WIT
"
    );
    let mut service = workload().service(&[]);
    service.is_clean();
    service.service = Some(Component::default());
    assert!(service.text().starts_with("NotAService spec.service.image\nthe service does not export wasi:cli/run"));
}

//! The versions in which packages have been published, and which of them fit.

use super::*;

#[test]
fn patches_of_built_in_packages_fit() {
    let allowed = || json!({"allowedHosts": ["*"]});
    for patch in 0..=12 {
        let versioned = |names: &[&str]| names.iter().map(|name| format!("{name}@0.2.{patch}")).collect::<Vec<_>>();
        let words = versioned(&[
            "wasi:http/types",
            "wasi:http/outgoing-handler",
            "wasi:io/streams",
            "> wasi:http/incoming-handler",
        ]);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let web = || workload().component("a", &words).resources(allowed());
        web().answering().is_clean();
        for version in ["0.2.0", "0.2.2", "0.3.0"] {
            let more = json!({"version": version, "config": {"host": "web.example.com"}});
            web().listing("wasi:http/incoming-handler,outgoing-handler", more).is_clean();
        }
    }
}

#[test]
fn wasi_0_3_is_built_in_too() {
    for version in ["0.3.0", "0.3.0-rc-2025-09-16", "0.3.1"] {
        let versioned = |name: &str| format!("{name}@{version}");
        let words = ["wasi:http/types", "wasi:http/client", "wasi:clocks/monotonic-clock", "> wasi:http/handler"]
            .map(versioned);
        let words = words.each_ref().map(String::as_str);
        let web = workload().component("a", &words).resources(json!({"allowedHosts": ["*"]}));
        web.listing("wasi:http/handler", json!({"config": {"host": "web.example.com"}})).is_clean();
    }
}

#[test]
fn a_draft_fits_only_itself() {
    let importing = |version: &str| workload().component("a", &[&format!("wasi:keyvalue/store@{version}")]);
    importing("0.2.0-draft").lists("wasi:keyvalue/store").is_clean();
    importing("0.2.0-draft").lists("wasi:keyvalue/store@0.2.0-draft").is_clean();
    for version in ["0.2.0", "0.2.1-draft", "0.2.0-draft2"] {
        let listed = importing("0.2.0-draft").lists(&format!("wasi:keyvalue/store@{version}"));
        assert!(listed.text().starts_with("Version spec.hostInterfaces[0].version\n"), "{version}");
        let other = importing(version).lists("wasi:keyvalue/store");
        assert!(other.text().starts_with("HostVersion spec.components[0].image\n"), "{version}");
    }
}

/// What components that have been published import and export, in the versions of their time.
#[test]
fn what_published_components_want_is_there() {
    let imports = [
        "wasi:blobstore/blobstore@0.2.0-draft",
        "wasi:blobstore/container@0.2.0-draft",
        "wasi:blobstore/types@0.2.0-draft",
        "wasi:config/store@0.2.0-rc.1",
        "wasi:keyvalue/atomics@0.2.0-draft",
        "wasi:keyvalue/batch@0.2.0-draft",
        "wasi:keyvalue/store@0.2.0-draft",
        "wasi:logging/logging@0.1.0-draft",
        "wasmcloud:messaging/consumer@0.2.0",
        "wasmcloud:messaging/types@0.2.0",
        "wasmcloud:postgres/query@0.1.1-draft",
        "wasmcloud:postgres/prepared@0.2.0",
        "wasmcloud:secrets/store@2.1.0",
    ];
    for import in imports {
        let name = import.split('@').next().unwrap();
        workload().component("a", &[import]).lists(name).is_clean();
        workload().component("a", &[import]).lists(import).is_clean();
        assert!(workload().component("a", &[import]).text().starts_with("Missing "), "{import}");
    }
    for export in ["wasmcloud:messaging/handler@0.2.0", "wasmcloud:messaging/handler@0.2.3"] {
        workload().component("a", &[&format!("> {export}")]).lists("wasmcloud:messaging/handler").is_clean();
    }
    let shims = [
        "wasi:cli/environment@0.2.0",
        "wasi:cli/terminal-stdout@0.2.3",
        "wasi:sockets/tcp@0.2.0",
        "wasi:filesystem/preopens@0.2.6",
        "wasi:random/insecure-seed@0.2.12",
    ];
    workload().component("a", &shims).is_clean();
}

#[test]
fn versions_that_hosts_do_not_have_are_told() {
    assert_eq!(
        workload().component("a", &["wasi:keyvalue/store@0.2.0-draft2"]).text(),
        "Version spec.components[0].image
component \"a\" imports wasi:keyvalue/store@0.2.0-draft2, and hosts have version 0.2.0-draft
build the component against wasi:keyvalue@0.2.0-draft, and list it in spec
hostInterfaces:
- namespace: wasi
  package: keyvalue
  interfaces: [store]
"
    );
    assert_eq!(
        workload().component("a", &["wasi:keyvalue/store@0.2.0-draft2"]).lists("wasi:keyvalue/store").text(),
        "HostVersion spec.components[0].image
component \"a\" imports wasi:keyvalue/store@0.2.0-draft2, and hosts have version 0.2.0-draft
build the component against wasi:keyvalue@0.2.0-draft
"
    );
    assert_eq!(
        workload().component("a", &["wasi:io/streams@0.1.0"]).text(),
        "HostVersion spec.components[0].image
component \"a\" imports wasi:io/streams@0.1.0, and hosts have wasi:io 0.2 and 0.3
build the component against WASI 0.2
"
    );
    workload().component("a", &["wasmcloud:messaging/consumer@0.2.7"]).lists("wasmcloud:messaging/consumer").is_clean();
}

#[test]
fn an_entry_in_another_version_gives_nothing() {
    assert_eq!(
        workload().component("a", &[STORE]).lists("wasi:keyvalue/store@0.2.0").text(),
        "Version spec.hostInterfaces[0].version
component \"a\" imports wasi:keyvalue/store@0.2.0-draft, and spec.hostInterfaces[0] lists version 0.2.0, which does not fit
set spec.hostInterfaces[0].version
version: 0.2.0-draft
"
    );
}

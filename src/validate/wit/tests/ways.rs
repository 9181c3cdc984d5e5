//! Whatever is put together: a finding's own remedy helps, and nothing panics.

use proptest::prelude::*;

use super::*;

fn names() -> impl Strategy<Value = String> {
    let names =
        ["wasi:keyvalue/store", "wasi:http/incoming-handler", "wasi:http/outgoing-handler", "wasi:io/error", "a:b/c"];
    let versions = ["", "@0.2.0", "@0.2.0-draft", "@1.0.0"];
    (proptest::sample::select(names.to_vec()), proptest::sample::select(versions.to_vec()))
        .prop_map(|(name, version)| format!("{name}{version}"))
}

fn words() -> impl Strategy<Value = Vec<String>> {
    let word = (proptest::sample::select(vec!["", "> ", "shape ", "b="]), names())
        .prop_map(|(kind, name)| format!("{kind}{name}"));
    proptest::collection::vec(word, 0..4)
}

proptest! {
    #[test]
    fn every_finding_points_into_the_workload(
        components in proptest::collection::vec(proptest::option::of(words()), 0..4),
        service in proptest::option::of(words()),
        entries in proptest::collection::vec((names(), proptest::option::of(Just("b"))), 0..4),
        asked in any::<bool>(),
    ) {
        let mut it = workload();
        for (name, words) in ["a", "b", "c", "d"].iter().zip(&components) {
            it = match words {
                Some(words) => it.component(name, &words.iter().map(String::as_str).collect::<Vec<_>>()),
                None => it.unknown(name),
            };
        }
        if let Some(words) = &service {
            it = it.service(&words.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for (name, label) in &entries {
            it = it.listing(name, json!({"name": label}));
        }
        if asked {
            it = it.offered(Offer::reported([]));
        }
        for finding in it.findings() {
            prop_assert!(finding.path.starts_with("spec."), "{}", finding.path);
            prop_assert!(!finding.message.contains('\n') && !finding.message.ends_with('.'), "{}", finding.message);
            prop_assert!(!finding.remedy.what.is_empty());
            if let Some(yaml) = &finding.remedy.yaml {
                prop_assert!(serde_saphyr::from_str::<Value>(yaml).is_ok(), "{yaml}");
            }
        }
    }

    /// What is missing is there once its lines are written.
    #[test]
    fn the_lines_for_what_is_missing_help(words in proptest::collection::vec(names(), 1..4), listed in proptest::option::of(names())) {
        let mut it = workload().component("a", &words.iter().map(String::as_str).collect::<Vec<_>>());
        if let Some(listed) = &listed {
            it = it.lists(listed.split('@').next().unwrap());
        }
        while let Some(finding) = it.findings().into_iter().find(|finding| finding.kind == Kind::Missing) {
            let lines: Value = serde_saphyr::from_str(&finding.remedy.yaml.unwrap()).unwrap();
            let before = it.spec.clone();
            match (lines.as_array(), lines.get("interfaces")) {
                (Some(lines), _) => it.spec["hostInterfaces"].as_array_mut().unwrap().extend(lines.clone()),
                (None, Some(names)) => it.spec["hostInterfaces"][0]["interfaces"] = names.clone(),
                (None, None) => it.spec["hostInterfaces"] = lines["hostInterfaces"].clone(),
            }
            prop_assert!(it.spec != before, "it helps");
        }
    }
}

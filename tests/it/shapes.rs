//! What is printed for programs is what the long help says.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::TestEnv;
use crate::support::served::Served;

/// The names of all members, but of those below these, which are the server's or names of types.
fn members(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        Value::Object(object) => {
            for (name, value) in object {
                found.insert(name.clone());
                if !["serverVersion", "metadata", "objects"].contains(&name.as_str()) {
                    members(value, found);
                }
            }
        }
        _ => {}
    }
}

/// The words of what the long help says of JSON.
fn told(verb: &[&str]) -> BTreeSet<String> {
    let help = TestEnv::new().run(&[verb, &["--help"]].concat());
    let told = help.split_once("With -o json").unwrap_or_else(|| panic!("{verb:?}: {help}")).1;
    told.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

#[track_caller]
fn compare(verb: &[&str], printed: &Value) {
    let mut found = BTreeSet::new();
    members(printed, &mut found);
    assert!(!found.is_empty(), "{verb:?}");
    let untold: Vec<_> = found.difference(&told(verb)).cloned().collect();
    assert_eq!(untold, Vec::<String>::new(), "{verb:?}: {printed}");
}

#[test]
fn what_programs_read_is_in_the_long_help() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("reg.example.com/app:1", 1);
    for (verb, more) in [
        (&["check"][..], &[][..]),
        (&["rollout", "status"], &["hello"]),
        (&["logs"], &["wd/hello"]),
        (&["top"], &[]),
        (&["tree"], &["hello"]),
        (&["version"], &[]),
    ] {
        compare(verb, &served.json(&[verb, more].concat()));
    }
    let described = served.json(&["describe", "wd/hello"]);
    let names = described.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names.difference(&told(&["describe"])).count(), 0, "{names:?}");
}

#[test]
fn what_programs_read_without_a_cluster_is_in_the_long_help() {
    let env = TestEnv::new();
    env.file("a.yaml", "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\nspec: {}\n");
    for (verb, more) in [
        (&["validate"][..], &["-f", "a.yaml"][..]),
        (&["explain-code"], &["WC0101"]),
        (&["local", "status"], &["--dir", "nowhere"]),
    ] {
        let output = env.program(&[verb, more, &["-o", "json"]].concat()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        compare(verb, &serde_json::from_str(&text).unwrap_or_else(|error| panic!("{verb:?}: {error}: {text}")));
    }
}

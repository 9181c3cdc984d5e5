use super::*;
use crate::cli;

fn completed(line: &str) -> Completion {
    let words: Vec<_> = line.split(' ').map(OsString::from).collect();
    complete(cli::command(), &words)
}

fn values(line: &str) -> Vec<String> {
    completed(line).candidates.into_iter().map(|candidate| candidate.value).collect()
}

#[test]
fn verbs_come_with_what_they_do_and_without_flags() {
    let first = completed("");
    assert!(first.candidates.iter().any(|found| found.value == "get" && found.help.starts_with("Show objects")));
    assert!(first.candidates.iter().all(|found| !found.value.starts_with('-')));
    assert_eq!(values("rollout sta"), ["status"]);
    assert_eq!(values("depl"), ["deploy"]);
    assert!(!values("").contains(&"__complete".to_owned()), "what only shells type is hidden");
}

#[test]
fn flags_come_when_one_is_begun() {
    assert_eq!(values("get wd --no-h"), ["--no-headers"]);
    assert!(values("get wd --").contains(&"--namespace".to_owned()));
    assert_eq!(values("deploy --dry-run=cl"), ["--dry-run=client"]);
    assert_eq!(values("completion z"), ["zsh"]);
}

#[test]
fn codes_come_with_what_they_mean() {
    let found = completed("validate --ignore WC010");
    assert_eq!(found.candidates.len(), 6);
    assert_eq!((found.candidates[3].value.as_str(), found.question), ("WC0104", None));
    assert_eq!(found.candidates[3].help, "a value that is none of those allowed");
    assert!(values("validate --ignore WCC").is_empty() && !values("explain-code WCC").is_empty());
    assert_eq!(values("validate --level w"), ["warning"]);
    assert_eq!(values("validate -o s"), ["sarif"]);
}

#[test]
fn what_must_be_looked_up_is_a_question() {
    let asked = |line: &str| completed(line).question;
    let objects = |verb: &str| Some(Question::Objects { verb: verb.to_owned() });
    assert_eq!(asked("get "), objects("get"));
    assert_eq!(asked("get wd "), objects("get"));
    assert_eq!(asked("rollout status wd/h"), objects("rollout status"));
    assert_eq!(asked("get -n "), Some(Question::Namespaces));
    assert_eq!(asked("get wd --context "), Some(Question::Contexts));
    assert_eq!(asked("deploy -f "), Some(Question::Files));
    assert_eq!(asked("validate --schema-dir "), Some(Question::Directories));
    assert_eq!(asked("scaffold wd a --output-dir "), Some(Question::Directories));
    for verb in ["scaffold wd", "deploy"] {
        assert_eq!(asked(&format!("{verb} a --config-from ")), Some(Question::ConfigMaps));
        assert_eq!(asked(&format!("{verb} a --secret-from=")), Some(Question::Secrets));
        assert_eq!(asked(&format!("{verb} a --pull-secret p")), Some(Question::Secrets));
    }
    assert_eq!(asked("deploy -k "), Some(Question::Files));
    assert_eq!(asked("get -o "), None);
    assert_eq!(asked("nonsense "), None);
}

#[test]
fn a_value_behind_its_flag_keeps_it() {
    let found = completed("get wd --namespace=te");
    assert_eq!((found.prefix.as_str(), found.typed.as_str()), ("--namespace=", "te"));
    assert_eq!(found.question, Some(Question::Namespaces));
    assert_eq!(completed("get wd/h").typed, "wd/h");
}

#[test]
fn words_before_tell_which_objects_are_meant() {
    let wanted = |verb: &str, before: &[&str], typed: &str| {
        objects(verb, &before.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), typed)
    };
    let names = |kind, before: &str, but: &[&str]| {
        let but = but.iter().map(|name| (*name).to_owned()).collect();
        Some(Wanted::Names { kind, before: before.to_owned(), but })
    };
    assert_eq!(wanted("get", &[], ""), Some(Wanted::Types));
    assert_eq!(wanted("get", &["wd"], ""), names(Kind::WorkloadDeployment, "", &[]));
    assert_eq!(wanted("get", &["wd", "a"], "b"), names(Kind::WorkloadDeployment, "", &["a"]));
    assert_eq!(wanted("get", &[], "ww/x"), names(Kind::Workload, "ww/", &[]));
    assert_eq!(wanted("get", &["host/h", "ww/a"], "ww/"), names(Kind::Workload, "ww/", &["a"]));
    assert_eq!(wanted("get", &["ww/a"], ""), Some(Wanted::Types));
    assert_eq!(wanted("get", &["pods"], ""), None);
    assert_eq!(wanted("get", &[], "pods/"), None);
    let bare = Wanted::NamesOrTypes { kind: Kind::WorkloadDeployment, but: vec![] };
    assert_eq!(wanted("rollout undo", &[], ""), Some(bare));
    assert_eq!(wanted("rollout undo", &["a"], ""), names(Kind::WorkloadDeployment, "", &["a"]));
    assert_eq!(wanted("scaffold", &["wd"], ""), None);
    assert_eq!(wanted("drain", &["h1"], ""), names(Kind::Host, "", &["h1"]));
}

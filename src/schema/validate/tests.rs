use std::fmt::Write as _;

use serde_json::json;

use super::*;

fn line(finding: &Finding) -> String {
    format!("{}: {}: {}", finding.path, finding.reason.as_str(), finding.message)
}

/// Objects of one schema, and the causes that a kube-apiserver 1.36.3 told for each.
///
/// `server.json` was written by a script: it made the schema the one of a throw-away definition, created each object
/// with `dryRun=All`, or, where there is an old one, stored that and updated it, and sorted the causes of the answer.
/// Old objects that are invalid themselves were stored under a schema that takes anything.
#[test]
fn the_server_says_the_same() {
    let data: Value = serde_json::from_str(include_str!("server.json")).unwrap();
    let schema = Schema::parse(&data["schema"]).unwrap();
    let object = |case: &Value, key: &str| json!({"apiVersion": "a.helper.test/v1", "kind": "Case", "metadata": {"name": case["name"]}, "spec": case[key]});
    let prepared = |mut object: Value| {
        crate::schema::prune(&schema, &mut object);
        crate::schema::default_values(&schema, &mut object);
        object
    };
    let mut differences = String::new();
    for case in data["cases"].as_array().unwrap() {
        let old = case["old"].is_object().then(|| prepared(object(case, "old")));
        let mut found: Vec<_> =
            validate(&schema, &prepared(object(case, "object")), old.as_ref()).iter().map(line).collect();
        found.sort();
        if json!(found) != case["expected"] {
            let _ = writeln!(
                differences,
                "{} from {}\n  is   {found:#?}\n  not  {:#}",
                case["object"], case["old"], case["expected"]
            );
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

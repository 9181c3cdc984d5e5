use super::*;

fn lines(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| format!("{}: {}: {}", problem.path, problem.reason.as_str(), problem.message))
        .collect()
}

/// Schemas, and the causes for which a kube-apiserver 1.36.3 refused a definition that has each; written by a script
/// like `validate/server.json`. Compiler's positions in expressions are not compared.
#[test]
fn the_server_refuses_the_same() {
    let data: Value = serde_json::from_str(include_str!("server.json")).unwrap();
    for case in data.as_array().unwrap() {
        assert_eq!(json!(lines(&Schema::structural_problems(&case["schema"]))), case["expected"], "{}", case["schema"]);
    }
}

#[test]
fn rules_are_compiled() {
    let of = |rule: &str| {
        let rules = json!([{"rule": rule}]);
        let schema =
            json!({"type": "object", "properties": {"a": {"type": "string", "x-kubernetes-validations": rules}}});
        lines(&Schema::structural_problems(&schema))
    };
    assert_eq!(of("self == 'a'"), Vec::<String>::new());
    assert_eq!(
        of("other == 'a'"),
        ["spec.validation.openAPIV3Schema.properties[a].x-kubernetes-validations[0].rule: FieldValueInvalid: Invalid \
             value: {\"rule\":\"other == 'a'\"}: compilation failed: undeclared reference to 'other' (in container '')"]
    );
    assert_eq!(of("self ==").len(), 1);
}

#[test]
fn the_definitions_of_this_project_have_no_problems() {
    for crd in crate::api::crds() {
        for version in &crd.spec.versions {
            let schema = version.schema.as_ref().and_then(|schema| schema.open_api_v3_schema.as_ref());
            let source = serde_json::to_value(schema).unwrap();
            assert_eq!(lines(&Schema::structural_problems(&source)), Vec::<String>::new());
        }
    }
}

#[test]
fn what_is_no_schema_is_told_and_nothing_panics() {
    for source in [json!(null), json!(5), json!({"properties": 5}), json!({"type": 5}), json!({"items": 5})] {
        assert_ne!(lines(&Schema::structural_problems(&source)), Vec::<String>::new(), "{source}");
    }
}

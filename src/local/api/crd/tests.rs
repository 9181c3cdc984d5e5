//! Expectations as kube-apiserver 1.36 answers to a creation with `dryRun=All`.

use serde_json::json;

use super::*;
use crate::local::api::resource::Cell;

fn widget() -> Value {
    let schema = json!({ "openAPIV3Schema": {
        "type": "object",
        "properties": { "spec": { "type": "object", "properties": { "host": { "type": "string" }, "any": { "type": "object" } } } },
    }});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "widgets.f.example.com" },
        "spec": {
            "group": "f.example.com", "scope": "Namespaced",
            "names": { "kind": "Widget", "plural": "widgets" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": schema }],
        },
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut crd = widget();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    crd.pointer_mut(parent).unwrap()[field] = value;
    crd
}

fn refused(mut crd: Value) -> Vec<String> {
    let causes = prepare(&mut crd, None).unwrap_err();
    causes.into_iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect()
}

#[test]
fn what_is_left_out_is_filled_in() {
    let mut crd = widget();
    prepare(&mut crd, None).unwrap();
    assert_eq!(crd["spec"]["names"]["singular"], "widget");
    assert_eq!(crd["spec"]["names"]["listKind"], "WidgetList");
    assert_eq!(crd["spec"]["conversion"], json!({ "strategy": "None" }));
    assert_eq!(crd["status"]["storedVersions"], json!(["v1"]));
    let mut told = with("/status", json!({ "conditions": [{ "type": "Established", "status": "True" }] }));
    prepare(&mut told, None).unwrap();
    assert_eq!(told, crd);
    let again = crd.clone();
    prepare(&mut crd, Some(&again)).unwrap();
    assert_eq!(crd, again);
}

#[test]
fn names_are_checked() {
    let name = r#"metadata.name: Invalid value: "x.y": must be spec.names.plural+"."+spec.group"#;
    assert_eq!(refused(with("/metadata/name", json!("x.y"))), [name]);
    let group = refused(with("/spec/group", json!("nodot")));
    assert_eq!(group[1], r#"spec.group: Invalid value: "nodot": should be a domain with at least one dot"#);
    assert_eq!(refused(with("/spec/group", json!("")))[1], "spec.group: Required value");
    assert_eq!(
        refused(with("/spec/scope", json!("Foo"))),
        [r#"spec.scope: Unsupported value: "Foo": supported values: "Cluster", "Namespaced""#]
    );
    assert_eq!(refused(with("/spec/scope", json!(""))), ["spec.scope: Required value"]);
    let protected = refused(with("/spec/group", json!("x.k8s.io"))).pop().unwrap();
    assert!(
        protected.starts_with(
            "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have"
        )
    );
    let kind = refused(with("/spec/names", json!({ "plural": "widgets" })));
    assert_eq!(kind, ["singular", "kind", "listKind"].map(|field| format!("spec.names.{field}: Required value")));
    let names = json!({ "plural": "widgets", "kind": "Fo_o", "shortNames": ["A"], "listKind": "Fo_o" });
    let fields: Vec<String> =
        refused(with("/spec/names", names)).iter().map(|said| said.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(
        fields,
        ["singular", "kind", "listKind", "shortNames[0]", "listKind"].map(|field| format!("spec.names.{field}"))
    );
}

#[test]
fn versions_are_checked() {
    let path = "/spec/versions/0";
    assert_eq!(
        refused(with(&format!("{path}/schema"), Value::Null)),
        ["spec.versions[0].schema.openAPIV3Schema: Required value"]
    );
    let root = refused(with(&format!("{path}/schema/openAPIV3Schema"), json!({ "type": "string" })));
    assert_eq!(root, [r#"spec.validation.openAPIV3Schema.type: Invalid value: "string": must be object at the root"#]);
    let none = refused(with(&format!("{path}/storage"), json!(false)));
    assert!(none[0].ends_with("must have exactly one version marked as storage version"));
    assert_eq!(none[1], "status.storedVersions: Invalid value: null: must have at least one stored version");
    assert!(
        refused(with(&format!("{path}/name"), json!("V1")))[0]
            .starts_with(r#"spec.versions[0].name: Invalid value: "V1": a DNS-1035"#)
    );
    let twice = json!([widget()["spec"]["versions"][0], widget()["spec"]["versions"][0]]);
    let twice = refused(with("/spec/versions", twice));
    assert!(twice[0].ends_with("must contain unique version names") && twice.len() == 2, "{twice:?}");
    let conversion = |conversion: Value| refused(with("/spec/conversion", conversion));
    assert_eq!(
        conversion(json!({ "strategy": "Webhook" })),
        [
            "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
            "spec.conversion.conversionReviewVersions: Required value",
        ]
    );
    let webhook = json!({ "clientConfig": { "url": "https://x" }, "conversionReviewVersions": ["v1"] });
    let whole = conversion(json!({ "strategy": "Webhook", "webhook": webhook }));
    assert!(whole[0].starts_with("spec.conversion.strategy: Forbidden"));
    assert_eq!(conversion(json!({ "strategy": "None", "webhook": webhook })).len(), 2);
}

#[test]
fn columns_subresources_and_selectable_fields_are_checked() {
    let path = "/spec/versions/0";
    let columns = json!([{ "name": "", "type": "foo", "jsonPath": "x", "format": "q" }]);
    assert_eq!(
        refused(with(&format!("{path}/additionalPrinterColumns"), columns)),
        [
            "spec.additionalPrinterColumns[0].name: Required value",
            r#"spec.additionalPrinterColumns[0].type: Invalid value: "foo": must be one of boolean,date,integer,number,string"#,
            r#"spec.additionalPrinterColumns[0].format: Invalid value: "q": must be one of byte,date,date-time,double,float,int32,int64,password"#,
            r#"spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with ."#,
        ]
    );
    let scale =
        json!({ "scale": { "specReplicasPath": "x", "statusReplicasPath": ".spec.x", "labelSelectorPath": "y" } });
    assert_eq!(
        refused(with(&format!("{path}/subresources"), scale)),
        [
            r#"spec.subresources.scale.specReplicasPath: Invalid value: "x": must be a simple json path starting with ."#,
            r#"spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.x": should be a json path under .status"#,
            r#"spec.subresources.scale.labelSelectorPath: Invalid value: "y": must be a simple json path starting with ."#,
        ]
    );
    let fields = json!([{ "jsonPath": ".spec.nope" }, { "jsonPath": ".spec.any" }, { "jsonPath": ".spec.host" }, { "jsonPath": ".spec.host" }]);
    let fields = refused(with(&format!("{path}/selectableFields"), fields));
    assert_eq!(
        fields[0],
        r#"spec.selectableFields[0].jsonPath: Invalid value: ".spec.nope": is an invalid path: does not refer to a valid field"#
    );
    assert!(fields[1].contains("must point to a field of type string, boolean or integer"));
    assert_eq!(fields[2], r#"spec.selectableFields[3].jsonPath: Duplicate value: ".spec.host""#);
}

#[test]
fn what_objects_are_stored_under_cannot_change() {
    let mut old = widget();
    prepare(&mut old, None).unwrap();
    old["status"] = crd_status(&old, &[], jiff::Timestamp::UNIX_EPOCH);
    let mut new = old.clone();
    new["spec"]["scope"] = json!("Cluster");
    new["spec"]["versions"][0]["name"] = json!("v2");
    let causes = prepare(&mut new, Some(&old)).unwrap_err();
    assert_eq!(
        (causes[1].field.as_str(), causes[1].message.as_str()),
        ("spec.scope", r#"Invalid value: "Cluster": field is immutable"#)
    );
    assert!(
        causes[0]
            .message
            .starts_with(r#"Invalid value: "v1": missing from spec.versions; v1 was previously a storage version"#)
    );
}

#[test]
fn names_are_accepted_unless_another_has_them() {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut first = widget();
    prepare(&mut first, None).unwrap();
    first["status"] = crd_status(&first, &[], now);
    assert_eq!(
        first["status"],
        json!({
            "conditions": [
                { "type": "NamesAccepted", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z",
                  "reason": "NoConflicts", "message": "no conflicts found" },
                { "type": "Established", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z",
                  "reason": "InitialNamesAccepted", "message": "the initial names have been accepted" },
            ],
            "acceptedNames": { "plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList" },
            "storedVersions": ["v1"],
        })
    );
    assert!(is_established(&first));
    assert_eq!(crd_status(&first, &[first.clone()], "2027-01-01T00:00:00Z".parse().unwrap()), first["status"]);
    let mut second = with("/spec/names", json!({ "kind": "Widget", "plural": "wodgets", "singular": "wodget" }));
    second["metadata"]["name"] = json!("wodgets.f.example.com");
    second["status"] = crd_status(&second, &[first], now);
    assert_eq!(second["status"]["conditions"][0]["reason"], "KindConflict");
    assert_eq!(second["status"]["conditions"][0]["message"], r#""Widget" is already in use"#);
    assert!(!is_established(&second));
}

#[test]
fn a_resource_is_made_of_each_served_version() {
    let mut crd = widget();
    let version = crd["spec"]["versions"][0].clone();
    let of = |name: &str, served: bool| {
        let mut version = version.clone();
        (version["name"], version["served"], version["storage"]) =
            (json!(name), json!(served), json!(name == "v1alpha1"));
        version
    };
    crd["spec"]["versions"] = json!([of("v1alpha1", true), of("v2", false), of("v1", true), of("v1beta1", true)]);
    crd["spec"]["versions"][2]["additionalPrinterColumns"] =
        json!([{ "name": "Host", "type": "string", "jsonPath": ".spec.host", "priority": 1 }]);
    crd["spec"]["versions"][2]["selectableFields"] = json!([{ "jsonPath": ".spec.host" }]);
    let resources = resource_of_crd(&crd).unwrap();
    let versions: Vec<&str> = resources.iter().map(|resource| resource.version.as_str()).collect();
    assert_eq!(versions, ["v1", "v1beta1", "v1alpha1"]);
    let first = &resources[0];
    assert_eq!(
        (first.storage_version.as_str(), first.singular.as_str(), first.list_kind.as_str()),
        ("v1alpha1", "widget", "WidgetList")
    );
    assert_eq!((first.columns[0].name.as_str(), first.columns[0].priority), ("Host", 1));
    assert_eq!(first.columns[0].description, "Custom resource definition column (in JSONPath format): .spec.host");
    assert_eq!(first.selectable, ["spec.host"]);
    assert_eq!((resources[1].columns[0].name.as_str(), resources[1].columns[0].kind.as_str()), ("Age", "date"));
    assert!(matches!(&resources[1].columns[0].cell, Cell::Path(path) if path == ".metadata.creationTimestamp"));
}

#[test]
fn versions_are_ordered_by_how_stable_they_are() {
    let mut versions =
        ["foo10", "v1alpha1", "v10", "v2", "v3beta1", "v11alpha2", "foo1", "v12alpha1", "v11beta2", "v10beta3"];
    versions.sort_by_key(|version| std::cmp::Reverse(version_priority(version)));
    assert_eq!(
        versions,
        ["v10", "v2", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "v1alpha1", "foo1", "foo10"]
    );
}

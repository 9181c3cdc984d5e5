//! Expectations as kube-apiserver 1.36 answers, but for the addresses and node ports that it gives.

use super::*;

fn made(spec: Value, old: Option<&Value>) -> Result<Value, Vec<String>> {
    let mut service = json!({ "metadata": { "name": "s" }, "spec": spec });
    let mut causes = Vec::new();
    super::service(&mut service, old, &mut causes);
    let said = |cause: Cause| format!("{}: {}", cause.field, cause.message);
    if causes.is_empty() { Ok(service) } else { Err(causes.into_iter().map(said).collect()) }
}

fn refused(spec: Value) -> Vec<String> {
    made(spec, None).unwrap_err()
}

#[test]
fn what_is_left_out_is_filled_in() {
    let plain = made(json!({ "ports": [{ "port": 80 }] }), None).unwrap();
    assert_eq!(plain["status"], json!({ "loadBalancer": {} }));
    assert_eq!(
        plain["spec"],
        json!({
            "type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "ports": [{ "port": 80, "protocol": "TCP", "targetPort": 80 }],
        })
    );
    let sticky = made(json!({ "ports": [{ "port": 1 }], "sessionAffinity": "ClientIP" }), None).unwrap();
    assert_eq!(sticky["spec"]["sessionAffinityConfig"], json!({ "clientIP": { "timeoutSeconds": 10800 } }));
    let balanced = made(json!({ "type": "LoadBalancer", "ports": [{ "port": 1 }] }), None).unwrap();
    assert_eq!(balanced["spec"]["externalTrafficPolicy"], "Cluster");
    assert_eq!(balanced["spec"]["allocateLoadBalancerNodePorts"], true);
    let external = made(json!({ "type": "ExternalName", "externalName": "a.b" }), None).unwrap();
    assert_eq!(external["spec"], json!({ "type": "ExternalName", "externalName": "a.b", "sessionAffinity": "None" }));
}

#[test]
fn an_address_stays_once_it_is_there() {
    let headless = made(json!({ "clusterIP": "None" }), None).unwrap();
    assert_eq!(headless["spec"]["clusterIPs"], json!(["None"]));
    assert_eq!(headless["spec"]["ipFamilies"], json!(["IPv4", "IPv6"]));
    assert_eq!(headless["spec"]["ipFamilyPolicy"], "RequireDualStack");
    let kept = made(json!({ "clusterIP": "", "ports": [{ "port": 81 }] }), Some(&headless)).unwrap();
    assert_eq!(kept["spec"]["clusterIP"], "None");
    let selecting = made(json!({ "clusterIP": "None", "selector": { "a": "b" } }), None).unwrap();
    assert_eq!(selecting["spec"]["ipFamilies"], json!(["IPv4"]));
    let moved = made(json!({ "clusterIP": "10.0.0.7", "ports": [{ "port": 81 }] }), Some(&headless)).unwrap_err();
    assert_eq!(moved, ["spec.clusterIPs[0]: Invalid value: [\"10.0.0.7\"]: may not change once set"]);
    assert!(made(json!({ "type": "ExternalName", "externalName": "a.b" }), Some(&headless)).is_ok());
    let alone = refused(json!({ "clusterIPs": ["None"], "ports": [{ "port": 1 }] }));
    assert_eq!(alone, ["spec.clusterIPs: Invalid value: [\"None\"]: must be empty when `clusterIP` is not specified"]);
    assert!(
        refused(json!({ "clusterIP": "foo", "ports": [{ "port": 1 }] }))[0]
            .starts_with("spec.clusterIPs[0]: Invalid value: \"foo\"")
    );
    let both = refused(json!({ "type": "ExternalName", "externalName": "a.b", "clusterIP": "None" }));
    assert_eq!(both, ["spec.clusterIPs: Forbidden: may not be set for ExternalName services"]);
}

#[test]
fn ports_are_checked() {
    let range = "must be between 1 and 65535, inclusive";
    let port = |field: &str, value: &str| format!("spec.ports[0].{field}: Invalid value: {value}: {range}");
    assert_eq!(refused(json!({})), ["spec.ports: Required value"]);
    assert_eq!(refused(json!({ "ports": [{ "name": "a" }] })), [port("port", "0"), port("targetPort", "0")]);
    assert_eq!(refused(json!({ "ports": [{ "port": 80, "targetPort": 70000 }] })), [port("targetPort", "70000")]);
    assert_eq!(
        refused(json!({ "ports": [{ "port": 80 }, { "port": 81 }] })),
        ["spec.ports[0].name: Required value", "spec.ports[1].name: Required value"]
    );
    let same = refused(json!({ "ports": [{ "port": 80, "name": "a" }, { "port": 81, "name": "a" }] }));
    assert_eq!(same, ["spec.ports[1].name: Duplicate value: \"a\""]);
    assert!(
        refused(json!({ "ports": [{ "port": 80, "name": "a" }, { "port": 80, "name": "b" }] }))[0]
            .starts_with("spec.ports[1]: Duplicate value")
    );
    assert!(
        made(json!({ "ports": [{ "port": 80, "name": "a" }, { "port": 80, "name": "b", "protocol": "UDP" }] }), None)
            .is_ok()
    );
    let protocol = refused(json!({ "ports": [{ "port": 80, "protocol": "X" }] }));
    assert_eq!(
        protocol,
        ["spec.ports[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\""]
    );
    let hyphens = refused(json!({ "ports": [{ "port": 80, "targetPort": "a--b" }] }));
    assert_eq!(hyphens, ["spec.ports[0].targetPort: Invalid value: \"a--b\": must not contain consecutive hyphens"]);
    let node = refused(json!({ "ports": [{ "port": 80, "nodePort": 30000 }] }));
    assert_eq!(node, ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]);
    assert!(
        refused(json!({ "ports": [{ "port": 80, "appProtocol": "a b" }] }))[0]
            .starts_with("spec.ports[0].appProtocol: Invalid")
    );
}

#[test]
fn fields_with_a_few_values_have_one_of_them() {
    let with = |field: &str, value: &str| {
        let mut spec = json!({ "ports": [{ "port": 1 }] });
        spec[field] = json!(value);
        refused(spec)
    };
    let types = "\"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"";
    assert_eq!(with("type", "Foo"), [format!("spec.type: Unsupported value: \"Foo\": supported values: {types}")]);
    for (field, values) in [
        ("sessionAffinity", "\"ClientIP\", \"None\""),
        ("internalTrafficPolicy", "\"Cluster\", \"Local\""),
        ("ipFamilyPolicy", "\"PreferDualStack\", \"RequireDualStack\", \"SingleStack\""),
    ] {
        assert_eq!(with(field, "X"), [format!("spec.{field}: Unsupported value: \"X\": supported values: {values}")]);
    }
    let external =
        "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services";
    assert_eq!(with("externalTrafficPolicy", "Local"), [external]);
    assert_eq!(refused(json!({ "type": "ExternalName" })), ["spec.externalName: Required value"]);
    let selector = refused(json!({ "ports": [{ "port": 1 }], "selector": { "a/b/c": "x", "k": "-" } }));
    assert!(selector[0].starts_with("spec.selector: Invalid value: \"a/b/c\": a valid label key must consist"));
    assert!(selector[1].starts_with("spec.selector: Invalid value: \"-\": a valid label must be an empty string"));
}

//! The bodies are what kubectl 1.37 sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;

fn read(body: &str) -> Value {
    decode_object(&STANDARD.decode(body).unwrap()).unwrap()
}

#[test]
fn what_kubectl_creates_is_read() {
    let config_map = "azhzAAoPCgJ2MRIJQ29uZmlnTWFwEjsKGgoCcGISABoIaGVscGVyLWYiACoAMgA4AEIAEgUKAWESABIGCgFrEgF2Gg4KB2Jpbi5kYXQSA2hp/xoAIgA=";
    assert_eq!(
        read(config_map),
        json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "pb", "namespace": "helper-f" },
            "data": { "a": "", "k": "v" }, "binaryData": { "bin.dat": "aGn/" },
        })
    );
    let secret = "azhzAAoMCgJ2MRIGU2VjcmV0EiwKGwoDcGJzEgAaCGhlbHBlci1mIgAqADIAOABCABILCgFwEgZnZWhlaW0aABoAIgA=";
    assert_eq!(
        read(secret),
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "pbs", "namespace": "helper-f" },
            "data": { "p": "Z2VoZWlt" },
        })
    );
    let namespace = "azhzAAoPCgJ2MRIJTmFtZXNwYWNlEiEKGQoJaGVscGVyLWYzEgAaACIAKgAyADgAQgASABoCCgAaACIA";
    assert_eq!(
        read(namespace),
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "helper-f3" }, "spec": {} })
    );
    let account = "azhzAAoUCgJ2MRIOU2VydmljZUFjY291bnQSHgocCgRwYnNhEgAaCGhlbHBlci1mIgAqADIAOABCABoAIgA=";
    assert_eq!(read(account)["metadata"], json!({ "name": "pbsa", "namespace": "helper-f" }));
}

#[test]
fn services_and_questions_are_read() {
    let service = "azhzAAoNCgJ2MRIHU2VydmljZRKXAQorCgVwYnN2YxIAGghoZWxwZXItZiIAKgAyADgAQgBaDAoDYXBwEgVwYnN2YxJkChsKBzgwLTgwODASA1RDUBhQIgcIABCQPxoAKAAKHgoHODEtaHR0cBIDVENQGFEiCggBEAAaBGh0dHAoABIMCgNhcHASBXBic3ZjGgAiCUNsdXN0ZXJJUDoAQgBSAFoAYABoABoCCgAaACIA";
    assert_eq!(
        read(service),
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "name": "pbsvc", "namespace": "helper-f", "labels": { "app": "pbsvc" } },
            "spec": {
                "type": "ClusterIP", "selector": { "app": "pbsvc" },
                "ports": [
                    { "name": "80-8080", "protocol": "TCP", "port": 80, "targetPort": 8080 },
                    { "name": "81-http", "protocol": "TCP", "port": 81, "targetPort": "http" },
                ],
            },
        })
    );
    let may = "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSQAoQCgASABoAIgAqADIAOABCABIiCiAKCGhlbHBlci1mEgZjcmVhdGUaACIAKgRwb2RzMgA6ABoICAASABoAIAAaACIA";
    assert_eq!(
        read(may)["spec"],
        json!({ "resourceAttributes": { "namespace": "helper-f", "verb": "create", "resource": "pods" } })
    );
}

/// An envelope as clients write it.
fn sealed(api_version: &str, kind: &str, raw: Vec<u8>) -> Vec<u8> {
    let type_meta = Some(TypeMeta { api_version: api_version.to_owned(), kind: kind.to_owned() });
    [MAGIC, &Unknown { type_meta, raw, ..Unknown::default() }.encode_to_vec()].concat()
}

#[test]
fn options_and_moments_are_read() {
    // gracePeriodSeconds 0, preconditions.uid "u", propagationPolicy "Orphan", dryRun ["All"].
    let raw = b"\x08\x00\x12\x03\x0a\x01u\x22\x06Orphan\x2a\x03All".to_vec();
    let options = decode_object(&sealed("runtime.wasmcloud.dev/v1alpha1", "DeleteOptions", raw)).unwrap();
    assert_eq!(options["gracePeriodSeconds"], 0);
    assert_eq!(options["preconditions"], json!({ "uid": "u" }));
    assert_eq!((&options["propagationPolicy"], &options["dryRun"]), (&json!("Orphan"), &json!(["All"])));
    // metadata {}, spec { renewTime: 1 s and 5 µs, acquireTime: the zero time }.
    let raw = b"\x0a\x00\x12\x09\x1a\x00\x22\x05\x08\x01\x10\x88\x27".to_vec();
    let lease = decode_object(&sealed("coordination.k8s.io/v1", "Lease", raw)).unwrap();
    assert_eq!(lease["spec"], json!({ "renewTime": "1970-01-01T00:00:01.000005Z" }));
    let raw = b"\x12\x0b\x22\x09\x08\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec();
    assert_eq!(decode_object(&sealed("coordination.k8s.io/v1", "Lease", raw)).unwrap_err().code.as_u16(), 400);
}

#[test]
fn what_is_not_known_is_refused() {
    let code = |body: &[u8]| decode_object(body).unwrap_err().code.as_u16();
    assert_eq!(code(b""), 400);
    assert_eq!(code(b"{}"), 400);
    assert_eq!(code(b"k8s\0\xff"), 400);
    assert_eq!(code(b"k8s\0"), 415);
    assert_eq!(code(&sealed("apps/v1", "Deployment", Vec::new())), 415);
    assert_eq!(code(&sealed("v1", "Secret", b"\x12\xff".to_vec())), 400);
}

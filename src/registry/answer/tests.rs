use http::HeaderValue;
use serde_json::json;

use super::*;

fn digest() -> String {
    format!("sha256:{}", "0a".repeat(32))
}

fn read(manifest: &serde_json::Value) -> Result<Meant, String> {
    super::manifest(manifest.to_string().as_bytes())
}

fn layer(media_type: &str, size: i64) -> serde_json::Value {
    json!({"mediaType": media_type, "size": size, "digest": digest()})
}

fn image(layers: &[serde_json::Value]) -> Result<Meant, String> {
    read(&json!({"schemaVersion": 2, "layers": layers}))
}

#[test]
fn the_layer_that_is_a_component_is_taken() {
    let layers = [layer("text/plain", 1), layer("application/wasm", 2)];
    assert_eq!(image(&layers), Ok(Meant::Component(Layer { digest: digest(), size: 2 })));
    assert_eq!(image(&layers[..1]).unwrap_err(), "the image holds no WebAssembly, but text/plain");
    assert_eq!(image(&[]).unwrap_err(), "the image holds no WebAssembly, but nothing");
    let many = vec![layer("a/b", 1); 1000];
    assert_eq!(image(&many).unwrap_err(), "the image holds no WebAssembly, but a/b, a/b, a/b, …");
    assert!(image(&[layer("application/wasm", i64::MAX)]).unwrap_err().contains("more than"));
    assert!(image(&[layer("application/wasm", -1)]).unwrap_err().contains("negative"));
}

#[test]
fn a_manifest_that_is_none_is_told() {
    let told = |manifest| read(&manifest).unwrap_err();
    assert_eq!(told(json!({"schemaVersion": 1, "layers": []})), "its manifest is of version 1, and only 2 can be read");
    assert_eq!(told(json!({})), "its manifest has neither layers nor manifests");
    assert!(told(json!([])).starts_with("its manifest is none at line 1, column "));
}

#[test]
fn of_several_platforms_that_of_this_one_is_taken() {
    let entry = |os: &str, digest: &str| {
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
        let platform = json!({"os": os, "architecture": architecture});
        json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1, "digest": digest, "platform": platform})
    };
    let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let list = |entries: &[serde_json::Value]| read(&json!({"schemaVersion": 2, "manifests": entries}));
    assert_eq!(list(&[entry("plan9", "x"), entry(os, &digest())]), Ok(Meant::Manifest(digest())));
    assert_eq!(list(&[entry("plan9", &digest())]).unwrap_err(), "it has nothing for this platform");
    let strange = list(&[entry(os, "../../blobs/x")]).unwrap_err();
    assert_eq!(strange, "its manifest names `../../blobs/x`, which is no digest");
}

#[test]
fn a_token_is_wanted_where_the_header_says() {
    let of = |told: &[&'static str]| {
        let told = told.iter().map(|told| (WWW_AUTHENTICATE, HeaderValue::from_static(told)));
        Challenge::of(&told.collect()).map(|challenge| (challenge.realm, challenge.service.unwrap_or_default()))
    };
    let (realm, service) = ("https://r.io/token".to_owned(), "r.io".to_owned());
    let full = r#"Bearer realm="https://r.io/token",service="r.io",scope="x""#;
    assert_eq!(of(&[full]), Some((realm.clone(), service.clone())));
    assert_eq!(of(&["Basic realm=\"a\"", "bearer Realm=\"https://r.io/token\""]), Some((realm, String::new())));
    for none in ["", "Basic realm=\"a\"", "Bearer service=\"r.io\"", "Bearer realm=\"", "\"", "Bearer realm"] {
        assert_eq!(of(&[none]), None, "{none}");
    }
    assert_eq!(of(&[]), None);
}

#[test]
fn a_token_has_two_names() {
    let token = |text: &str| token(text.as_bytes());
    assert_eq!(token(r#"{"token":"a","access_token":"b"}"#).as_deref(), Some("a"));
    assert_eq!(token(r#"{"access_token":"b","expires_in":300}"#).as_deref(), Some("b"));
    assert_eq!((token("{}"), token("a"), token("")), (None, None, None));
}

#[test]
fn what_lies_behind_a_refusal_is_its_code_or_else_its_status() {
    let told = |status: u16, body: &str| refused(StatusCode::from_u16(status).unwrap(), body.as_bytes());
    let envelope = |code: &str| json!({"errors": [{"code": "X", "message": "so"}, {"code": code}]}).to_string();
    for (status, body, refusal) in [
        (401, envelope("MANIFEST_UNKNOWN"), Refusal::Unauthorized),
        (403, envelope("DENIED"), Refusal::Unauthorized),
        (403, "<html>".to_owned(), Refusal::Unauthorized),
        (404, envelope("MANIFEST_UNKNOWN"), Refusal::NotFound),
        (404, envelope("DENIED"), Refusal::Unauthorized),
        (404, envelope("Y"), Refusal::NotFound),
        (404, String::new(), Refusal::NotFound),
        (400, envelope("NAME_UNKNOWN"), Refusal::NotFound),
        (429, envelope("TOOMANYREQUESTS"), Refusal::Other),
        (502, "\u{fffd}".to_owned(), Refusal::Other),
    ] {
        assert_eq!(told(status, &body).1, refusal, "{status} {body}");
    }
    assert_eq!(told(404, &envelope("Y")).0, "the registry answers 404 Not Found: so; ");
    assert_eq!(told(500, "").0, "the registry answers 500 Internal Server Error");
}

#[test]
fn what_a_registry_says_is_one_short_line_without_secrets() {
    let secret = ImagePullSecret { username: "me".to_owned(), password: "sesame".to_owned() };
    let told = words("you said bWU6c2VzYW1l,\nsesame\x1b[31m", Some(&secret));
    assert_eq!(told, "you said [redacted], [redacted] [31m");
    assert_eq!(words(&"é".repeat(1000), None).chars().count(), WORDS + 1);
}

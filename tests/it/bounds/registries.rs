//! Registries that do not stop.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Response;
use futures::stream;
use insta::assert_snapshot;
use serde_json::json;

use super::told;
use crate::support::TestEnv;
use crate::support::images::{Registry, digest};

/// A registry with one answer to each of `/v2/`, manifests and blobs.
async fn serve(answer: fn(&str) -> Response<Body>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(move |request: Request| async move { answer(request.uri().path()) });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// A registry that lets in with a token only, which it answers so.
async fn serve_token(answer: fn() -> Response<Body>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move |request: Request| async move {
        match request.uri().path() {
            "/token" => answer(),
            _ => {
                let challenge = format!("Bearer realm=\"http://{address}/token\",service=\"test\"");
                Response::builder().status(401).header("www-authenticate", challenge).body(Body::empty()).unwrap()
            }
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
    address
}

/// A body without an end.
fn endless() -> Body {
    let part = Bytes::from(vec![b' '; 64 * 1024]);
    Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone())))
}

fn manifest(layer: &serde_json::Value) -> Body {
    let config = json!({"mediaType": "application/vnd.wasm.config.v0+json", "digest": digest(b"{}"), "size": 2});
    Body::from(json!({"schemaVersion": 2, "config": config, "layers": [layer]}).to_string())
}

/// What is said of an image there, within 200 MiB.
fn said(env: &TestEnv, registry: &str) -> String {
    env.file(
        "web.yaml",
        &format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: web\nspec:\n  components:\n    \
             - name: web\n      image: {registry}/a/b:v1\n"
        ),
    );
    told(env, 200, &["validate", "-f", "web.yaml", "--images", "--level=error"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_without_an_end() {
    let all = serve(|path| Response::new(if path == "/v2/" { Body::empty() } else { endless() })).await;
    assert_snapshot!(said(&TestEnv::new(), &all.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry sends more than the 4194304 bytes that a manifest may have
    1 object in 1 file: 1 error
    ");
    let refused = serve(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        _ => Response::builder().status(404).body(endless()).unwrap(),
    });
    assert_snapshot!(said(&TestEnv::new(), &refused.await.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry does not have it
      help: push it, or look at its name and tag again
    1 object in 1 file: 1 error
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_an_end() {
    let endless_token = serve_token(|| Response::new(endless())).await;
    assert_snapshot!(said(&TestEnv::new(), &endless_token.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry sends more than the 1048576 bytes that a token may have
    1 object in 1 file: 1 error
    ");
    let refused = serve_token(|| Response::builder().status(401).body(endless()).unwrap()).await;
    assert_snapshot!(said(&TestEnv::new(), &refused.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: docker login 127.0.0.1:[PORT], or name an imagePullSecret whose Secret is among the files, or with --server in the cluster
    1 object in 1 file: 1 error
    ");
    let failed = serve_token(|| Response::builder().status(500).body(endless()).unwrap()).await;
    assert_snapshot!(said(&TestEnv::new(), &failed.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry answers 500 Internal Server Error
    1 object in 1 file: 1 error
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_refused_without_an_end() {
    let refused = serve(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        path if path.contains("/manifests/") => {
            Response::new(manifest(&json!({"mediaType": "application/wasm", "digest": digest(b"x"), "size": 10})))
        }
        _ => Response::builder().status(500).body(endless()).unwrap(),
    });
    assert_snapshot!(said(&TestEnv::new(), &refused.await.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry answers 500 Internal Server Error
    1 object in 1 file: 1 error
    ");
}

/// As large as one may be, and of the smallest parts there are.
#[tokio::test(flavor = "multi_thread")]
async fn manifests_of_nothing_but_parts() {
    let told = async |answer: fn(&str) -> Response<Body>| said(&TestEnv::new(), &serve(answer).await.to_string());
    let brackets = told(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        _ => Response::new(Body::from(format!("{{\"layers\": [{}", "[],".repeat(1_390_000)))),
    });
    assert_snapshot!(brackets.await, @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: its manifest is none at line 1, column 14
    1 object in 1 file: 1 error
    ");
    let layers = told(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        _ => {
            let layer = r#"{"mediaType":"","digest":"","size":0},"#;
            let layers = layer.repeat(4 * 1024 * 1024 / layer.len() - 10);
            Response::new(Body::from(format!("{{\"schemaVersion\":2,\"layers\":[{}]}}", layers.trim_end_matches(','))))
        }
    });
    assert_snapshot!(layers.await, @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the image holds no WebAssembly, but , , , …
    1 object in 1 file: 1 error
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_more_than_it_says() {
    let small = serve(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        path if path.contains("/manifests/") => {
            Response::new(manifest(&json!({"mediaType": "application/wasm", "digest": digest(b"x"), "size": 10})))
        }
        _ => Response::new(endless()),
    });
    assert_snapshot!(said(&TestEnv::new(), &small.await.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry sends more than the 10 bytes that its manifest says
    1 object in 1 file: 1 error
    ");
    let large = serve(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        _ => Response::new(manifest(
            &json!({"mediaType": "application/wasm", "digest": digest(b"x"), "size": 1_u64 << 40}),
        )),
    });
    assert_snapshot!(said(&TestEnv::new(), &large.await.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: 1099511627776 bytes are more than the 268435456 that a component may have
    1 object in 1 file: 1 error
    ");
}

/// What is packed is not unpacked.
#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_is_not_set_off() {
    // `gzip` of a manifest's first brace.
    let packed = serve(|path| match path {
        "/v2/" => Response::new(Body::empty()),
        _ => Response::builder()
            .header("content-encoding", "gzip")
            .body(Body::from(&b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\x06\0\x39\x47\xd5\x15\x01\0\0\0"[..]))
            .unwrap(),
    });
    assert_snapshot!(said(&TestEnv::new(), &packed.await.to_string()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: its manifest cannot be read: expected value at line 1 column 1
    1 object in 1 file: 1 error
    ");
    let registry = Registry::start().await;
    let image = registry.push_as("a/b", "v1", b"\x1f\x8b\x08\0", "application/wasm");
    assert_snapshot!(said(&TestEnv::new(), image.split('/').next().unwrap()), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: 127.0.0.1:[PORT]/a/b:v1: it is not WebAssembly
      help: give the .wasm file that the build has made
    1 object in 1 file: 1 error
    ");
}

/// Docker's configuration is of the user, and may be broken; what it lacks is told when the registry wants to know.
#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_of_docker_that_is_too_much() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", b"x");
    registry.wants("Basic x");
    let said = || said(&env, image.split('/').next().unwrap());
    env.file(".docker/config.json", &" ".repeat(2 * 1024 * 1024));
    assert_snapshot!(said(), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: there are none for 127.0.0.1:[PORT]: cannot read [HOME]/.docker/config.json: it is too large
    1 object in 1 file: 1 error
    ");
    env.file(".docker/config.json", &format!("{{\"x\": {}", "[".repeat(1_000_000)));
    assert_snapshot!(said(), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: there are none for 127.0.0.1:[PORT]: cannot read [HOME]/.docker/config.json: it is no configuration of docker
    1 object in 1 file: 1 error
    ");
    std::fs::remove_file(env.home().join(".docker/config.json")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/zero", env.home().join(".docker/config.json")).unwrap();
    #[cfg(unix)]
    assert_snapshot!(said(), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: there are none for 127.0.0.1:[PORT]: cannot read [HOME]/.docker/config.json: it is no file
    1 object in 1 file: 1 error
    ");
}

//! Components small enough to build in a test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What one `blocking-write-and-flush` takes.
const MAX_BODY: usize = 4096;

/// A component of a few KB that answers every HTTP request with 200 and `body`.
pub(crate) fn http_component(body: &str) -> Vec<u8> {
    assert!(body.len() <= MAX_BODY, "a body of {} bytes is over {MAX_BODY}", body.len());
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&*WASI_HTTP_WIT).expect("the WIT of wasi:http parses");
    let world = resolve.select_world(&[package], Some("wasi:http/proxy")).expect("wasi:http has a world proxy");
    let mut module = wat::parse_str(http_module(body)).expect("the WAT of the HTTP component parses");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).expect("the world embeds");
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).expect("the module fits the world");
    encoder.encode().expect("the HTTP component encodes")
}

/// Where cargo keeps the WIT that the package `wasmtime-wasi-http` ships.
static WASI_HTTP_WIT: LazyLock<PathBuf> = LazyLock::new(|| {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version=1", "--manifest-path"])
        .arg(manifest)
        .output()
        .expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let package = packages.iter().find(|package| package["name"] == "wasmtime-wasi-http").expect("it is a dependency");
    let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
    Path::new(manifest).with_file_name("wit")
});

/// A result of an imported function is written to address 0; the body lies behind it. Handles are numbers, and every
/// `result` is taken for `ok`, whose payload lies at address 4: an instance that reads a handle from an error traps.
fn http_module(body: &str) -> String {
    let length = body.len();
    let bytes: String = body.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    format!(
        r#"(module
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $new_fields (result i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-response" (func $new_response (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.body" (func $response_body (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $body_stream (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]outgoing-body.finish" (func $finish_body (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
    (func $answer (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-request" (func $drop_request (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))

  (memory (export "memory") 1)
  (data (i32.const 1024) "{bytes}")

  ;; Errors that carry text need memory from here; this component has no use for them.
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)

  (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $out i32)
    (local $response i32) (local $body i32) (local $stream i32)
    (call $drop_request (local.get $request))

    (local.set $response (call $new_response (call $new_fields)))
    (call $response_body (local.get $response) (i32.const 0))
    (local.set $body (i32.load (i32.const 4)))

    ;; Answered before the body is written, which nobody reads until then. 0 is `ok`; the rest is room for an error.
    (call $answer (local.get $out) (i32.const 0) (local.get $response)
      (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))

    (call $body_stream (local.get $body) (i32.const 0))
    (local.set $stream (i32.load (i32.const 4)))
    (call $write (local.get $stream) (i32.const 1024) (i32.const {length}) (i32.const 0))

    ;; A body ends only once its stream is gone. The zeroes are its missing trailers.
    (call $drop_stream (local.get $stream))
    (call $finish_body (local.get $body) (i32.const 0) (i32.const 0) (i32.const 0))))
"#
    )
}

#[cfg(test)]
mod tests {
    use wit_component::{DecodedWasm, decode};

    use super::http_component;

    #[test]
    fn an_http_component_exports_the_handler_and_holds_its_body() {
        let component = http_component("hello from v1");
        let DecodedWasm::Component(resolve, world) = decode(&component).unwrap() else {
            panic!("not a component");
        };
        let exports = resolve.worlds[world].exports.keys();
        let exports: Vec<_> = exports.map(|export| resolve.name_world_key(export)).collect();
        assert_eq!(exports, ["wasi:http/incoming-handler@0.2.12"]);
        assert!(component.windows(13).any(|bytes| bytes == b"hello from v1"));
        assert_ne!(component, http_component("hello from v2"));
    }
}

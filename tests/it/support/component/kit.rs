//! What all modules are made with.
//!
//! Handles are numbers. Results of imported functions are written to address 0; their payload lies at 4, or at 8 where
//! it needs to. Constants lie from 1024 on, what is to be answered is collected at 64 KiB, and what the host passes in
//! comes to lie from 128 KiB on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Interfaces that the package of wasi:http does not bring along.
const OTHERS: &str = "
package wasi:config@0.2.0-rc.1 {
  interface store {
    variant error { upstream(string), io(string) }
    get: func(key: string) -> result<option<string>, error>;
    get-all: func() -> result<list<tuple<string, string>>, error>;
  }
}
package wasi:keyvalue@0.2.0-draft {
  interface store {
    variant error { no-such-store, access-denied, other(string) }
    open: func(identifier: string) -> result<bucket, error>;
    resource bucket { set: func(key: string, value: list<u8>) -> result<_, error>; }
  }
  interface atomics {
    use store.{bucket, error};
    increment: func(bucket: borrow<bucket>, key: string, delta: u64) -> result<u64, error>;
  }
}
package wasi:logging@0.1.0-draft {
  interface logging {
    enum level { trace, debug, info, warn, error, critical }
    log: func(level: level, context: string, message: string);
  }
}
package wasi:blobstore@0.2.0-draft {
  interface container { clear: func(); }
}
package test:pair@1.0.0 {
  interface greet { greet: func(name: string) -> string; }
  interface things {
    resource thing { constructor(number: u32); number: func() -> u32; }
    next: func(after: thing) -> list<thing>;
  }
}
";

/// A component of a module; `world` says what it imports and exports.
pub(super) fn component(world: &str, module: &str) -> Vec<u8> {
    let mut resolve = WASI.clone();
    let text = format!("package test:component;\nworld it {{ {world} }}\n{OTHERS}");
    let package = resolve.push_str("test.wit", &text).expect("the WIT of the test parses");
    let world = resolve.select_world(&[package], Some("it")).expect("the test has a world");
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}\n{module}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).expect("the world embeds");
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).expect("the module fits the world").encode().expect("the component encodes")
}

/// The packages of WASI.
static WASI: LazyLock<Resolve> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    resolve.push_dir(wasi_http_wit()).expect("the WIT of wasi:http parses");
    resolve
});

/// Where cargo keeps the WIT that the package `wasmtime-wasi-http` ships.
fn wasi_http_wit() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let versions = cargo(&["-vV"]);
    let platform = versions.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo tells its platform");
    // Packages for other platforms need not have been downloaded.
    let metadata = ["metadata", "--offline", "--locked", "--format-version=1", "--filter-platform", platform];
    let metadata = cargo(&[&metadata[..], &["--manifest-path", manifest.to_str().expect("a path in UTF-8")]].concat());
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let package = packages.iter().find(|package| package["name"] == "wasmtime-wasi-http").expect("it is a dependency");
    let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
    Path::new(manifest).with_file_name("wit")
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// Text that a module holds.
#[derive(Default)]
pub(super) struct Texts(Vec<u8>);

impl Texts {
    /// Address and length, as two operands.
    pub(super) fn at(&mut self, text: &str) -> String {
        let address = 1024 + self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        assert!(address + text.len() < 65536, "the texts are too long");
        format!("(i32.const {address}) (i32.const {})", text.len())
    }

    fn data(&self) -> String {
        let bytes: String = self.0.iter().map(|byte| format!("\\{byte:02x}")).collect();
        format!("(data (i32.const 1024) \"{bytes}\")")
    }
}

/// Memory, what the host allocates in it, and what is collected to be answered.
fn memory(texts: &Texts) -> String {
    format!(
        r#"
  (memory (export "memory") 8)
  {data}
  (global $heap (mut i32) (i32.const 131072))
  (global $end (mut i32) (i32.const 65536))
  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (global.set $heap (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get $size))))
  (func $append (param $from i32) (param $length i32)
    (memory.copy (global.get $end) (local.get $from) (local.get $length))
    (global.set $end (i32.add (global.get $end) (local.get $length))))
  (func $append_byte (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))
  (func $append_number (param $number i32)
    (if (i32.ge_u (local.get $number) (i32.const 10))
      (then (call $append_number (i32.div_u (local.get $number) (i32.const 10)))))
    (call $append_byte (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10)))))
"#,
        data = texts.data()
    )
}

/// A module without HTTP.
pub(super) fn plain(texts: &Texts, imports: &str, functions: &str) -> String {
    format!("(module {imports} {} {functions})", memory(texts))
}

/// A module that answers requests with what `body` has appended; it may use `$request` and `$it`.
///
/// A 200 is answered before the body is written, which nobody reads until then.
pub(super) fn handler(texts: &Texts, imports: &str, functions: &str, body: &str) -> String {
    format!(
        r#"(module
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $new_fields (result i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-response" (func $new_response (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-response.body" (func $response_body (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $body_stream (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]outgoing-body.finish" (func $finish_body (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[static]response-outparam.set"
    (func $answer (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-request.path-with-query" (func $path (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-request" (func $drop_request (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_stream (param i32)))
  {imports}
  {memory}
  {functions}
  (global $out (mut i32) (i32.const 0))
  (global $body (mut i32) (i32.const 0))
  (global $stream (mut i32) (i32.const 0))

  ;; The head of the answer. 0 is `ok`; the rest is room for an error.
  (func $begin (local $response i32)
    (local.set $response (call $new_response (call $new_fields)))
    (call $response_body (local.get $response) (i32.const 0))
    (global.set $body (i32.load (i32.const 4)))
    (call $answer (global.get $out) (i32.const 0) (local.get $response)
      (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $body_stream (global.get $body) (i32.const 0))
    (global.set $stream (i32.load (i32.const 4))))

  ;; What has been collected.
  (func $send
    (call $write (global.get $stream) (i32.const 65536) (i32.sub (global.get $end) (i32.const 65536)) (i32.const 0))
    (global.set $end (i32.const 65536)))

  (func (export "wasi:http/incoming-handler@0.2.12#handle") (param $request i32) (param $given i32)
    (local $it i32)
    (global.set $out (local.get $given))
    (global.set $end (i32.const 65536))
    {body}
    (call $drop_request (local.get $request))
    (call $begin)
    (call $send)
    ;; A body ends only once its stream is gone. The zeroes are its missing trailers.
    (call $drop_stream (global.get $stream))
    (call $finish_body (global.get $body) (i32.const 0) (i32.const 0) (i32.const 0))))
"#,
        memory = memory(texts)
    )
}

/// The world of a handler that imports more.
pub(super) fn handler_world(imports: &[&str]) -> String {
    let imports: String = imports.iter().map(|import| format!("import {import}; ")).collect();
    format!(
        "import wasi:http/types@0.2.12; import wasi:io/streams@0.2.12; {imports} \
         export wasi:http/incoming-handler@0.2.12;"
    )
}

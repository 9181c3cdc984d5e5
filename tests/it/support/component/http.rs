//! Components that answer requests, each in a way of its own.

use super::kit::{Texts, component, handler, handler_world};

/// What one `blocking-write-and-flush` takes.
const MAX_BODY: usize = 4096;

/// Answers every request with `body`.
pub(crate) fn http_component(body: &str) -> Vec<u8> {
    assert!(body.len() <= MAX_BODY, "a body of {} bytes is over {MAX_BODY}", body.len());
    let mut texts = Texts::default();
    let text = texts.at(body);
    component(&handler_world(&[]), &handler(&texts, "", "", &format!("(call $append {text})")))
}

/// Answers with its environment and its configuration, a line for each pair.
pub(crate) fn mirror() -> Vec<u8> {
    let mut texts = Texts::default();
    let config = texts.at("config ");
    let imports = r#"
  (import "wasi:cli/environment@0.2.12" "get-environment" (func $environment (param i32)))
  (import "wasi:config/store@0.2.0-rc.1" "get-all" (func $config (param i32)))"#;
    let functions = format!(
        r#"
  (func $append_pairs (param $pair i32) (param $count i32) (param $is_config i32)
    (loop $next
      (if (local.get $count) (then
        (if (local.get $is_config) (then (call $append {config})))
        (call $append (i32.load (local.get $pair)) (i32.load offset=4 (local.get $pair)))
        (call $append_byte (i32.const 61))
        (call $append (i32.load offset=8 (local.get $pair)) (i32.load offset=12 (local.get $pair)))
        (call $append_byte (i32.const 10))
        (local.set $pair (i32.add (local.get $pair) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))))"#
    );
    let body = "
    (call $environment (i32.const 0))
    (call $append_pairs (i32.load (i32.const 0)) (i32.load (i32.const 4)) (i32.const 0))
    (call $config (i32.const 0))
    (call $append_pairs (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 1))";
    let world = handler_world(&["wasi:cli/environment@0.2.12", "wasi:config/store@0.2.0-rc.1"]);
    component(&world, &handler(&texts, imports, &functions, body))
}

/// Counts the requests that this instance has answered.
pub(crate) fn counter() -> Vec<u8> {
    let body =
        "(global.set $count (i32.add (global.get $count) (i32.const 1))) (call $append_number (global.get $count))";
    let functions = "(global $count (mut i32) (i32.const 0))";
    component(&handler_world(&[]), &handler(&Texts::default(), "", functions, body))
}

/// Counts all requests, in `wasi:keyvalue`.
pub(crate) fn keyvalue_counter() -> Vec<u8> {
    let mut texts = Texts::default();
    let (bucket, key) = (texts.at("default"), texts.at("count"));
    let imports = r#"
  (import "wasi:keyvalue/store@0.2.0-draft" "open" (func $open (param i32 i32 i32)))
  (import "wasi:keyvalue/atomics@0.2.0-draft" "increment" (func $increment (param i32 i32 i32 i64 i32)))"#;
    let body = format!(
        "(call $open {bucket} (i32.const 0))
    (call $increment (i32.load (i32.const 4)) {key} (i64.const 1) (i32.const 0))
    (call $append_number (i32.load (i32.const 8)))"
    );
    let world = handler_world(&["wasi:keyvalue/store@0.2.0-draft", "wasi:keyvalue/atomics@0.2.0-draft"]);
    component(&world, &handler(&texts, imports, "", &body))
}

/// `/w…` writes a file `note` into its first directory, any other path reads it; answers what it wrote or read, or
/// `error` and the number of the error.
pub(crate) fn files() -> Vec<u8> {
    let mut texts = Texts::default();
    let (name, text, error) = (texts.at("note"), texts.at("kept"), texts.at("error "));
    let imports = r#"
  (import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $directories (param i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.open-at" (func $open (param i32 i32 i32 i32 i32 i32 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.write" (func $write_file (param i32 i32 i32 i64 i32)))
  (import "wasi:filesystem/types@0.2.12" "[method]descriptor.read" (func $read_file (param i32 i64 i64 i32)))"#;
    let functions = format!(
        r#"
  (func $failed (result i32)
    (if (i32.load8_u (i32.const 0)) (then (call $append {error}) (call $append_number (i32.load8_u (i32.const 4)))))
    (i32.load8_u (i32.const 0)))"#
    );
    let body = format!(
        r#"
    (block $done
      (call $path (local.get $request) (i32.const 0))
      ;; The second letter of the path: w is 119. Create and write, or read.
      (if (i32.eq (i32.load8_u offset=1 (i32.load (i32.const 4))) (i32.const 119)) (then
        (call $directories (i32.const 0))
        (call $open (i32.load (i32.load (i32.const 0))) (i32.const 0) {name} (i32.const 1) (i32.const 2) (i32.const 0))
        (br_if $done (call $failed))
        (call $write_file (i32.load (i32.const 4)) {text} (i64.const 0) (i32.const 0))
        (br_if $done (call $failed))
        (call $append {text})
        (br $done)))
      (call $directories (i32.const 0))
      (call $open (i32.load (i32.load (i32.const 0))) (i32.const 0) {name} (i32.const 0) (i32.const 1) (i32.const 0))
      (br_if $done (call $failed))
      (call $read_file (i32.load (i32.const 4)) (i64.const 100) (i64.const 0) (i32.const 0))
      (br_if $done (call $failed))
      (call $append (i32.load (i32.const 4)) (i32.load (i32.const 8))))"#
    );
    let world = handler_world(&["wasi:filesystem/preopens@0.2.12", "wasi:filesystem/types@0.2.12"]);
    component(&world, &handler(&texts, imports, &functions, &body))
}

/// Asks the host and port that the path names, and answers with the status it got, or `error` and its number.
pub(crate) fn caller() -> Vec<u8> {
    let mut texts = Texts::default();
    let (status, error) = (texts.at("status "), texts.at("error "));
    let imports = r#"
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-request" (func $new_request (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-scheme"
    (func $set_scheme (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-path-with-query"
    (func $set_path (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-authority"
    (func $set_authority (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/outgoing-handler@0.2.12" "handle" (func $ask (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]future-incoming-response.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]future-incoming-response.get" (func $get (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-response.status" (func $status (param i32) (result i32)))
  (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))"#;
    let body = format!(
        r#"
    (local.set $it (call $new_request (call $new_fields)))
    (call $path (local.get $request) (i32.const 0))
    (drop (call $set_authority (local.get $it) (i32.const 1)
      (i32.add (i32.load (i32.const 4)) (i32.const 1)) (i32.sub (i32.load (i32.const 8)) (i32.const 1))))
    (drop (call $set_path (local.get $it) (i32.const 1) (i32.load (i32.const 4)) (i32.const 1)))
    (drop (call $set_scheme (local.get $it) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (call $ask (local.get $it) (i32.const 0) (i32.const 0) (i32.const 0))
    (block $done
      (if (i32.load8_u (i32.const 0)) (then
        (call $append {error}) (call $append_number (i32.load8_u (i32.const 8))) (br $done)))
      (local.set $it (i32.load (i32.const 8)))
      (call $block (call $subscribe (local.get $it)))
      (call $get (local.get $it) (i32.const 0))
      (if (i32.load8_u (i32.const 16)) (then
        (call $append {error}) (call $append_number (i32.load8_u (i32.const 24))) (br $done)))
      (call $append {status}) (call $append_number (call $status (i32.load (i32.const 24)))))"#
    );
    let world = handler_world(&["wasi:http/outgoing-handler@0.2.12", "wasi:io/poll@0.2.12"]);
    component(&world, &handler(&texts, imports, "", &body))
}

/// Writes a line to standard output and to standard error, and one to `wasi:logging`.
pub(crate) fn talker() -> Vec<u8> {
    let mut texts = Texts::default();
    let (out, err, log) = (texts.at("to stdout\n"), texts.at("to stderr\n"), texts.at("to the log"));
    let imports = r#"
  (import "wasi:cli/stdout@0.2.12" "get-stdout" (func $stdout (result i32)))
  (import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))
  (import "wasi:logging/logging@0.1.0-draft" "log" (func $log (param i32 i32 i32 i32 i32)))"#;
    let body = format!(
        "(call $write (call $stdout) {out} (i32.const 0)) (call $write (call $stderr) {err} (i32.const 0))
    (call $log (i32.const 3) {log} {log})"
    );
    let world =
        handler_world(&["wasi:cli/stdout@0.2.12", "wasi:cli/stderr@0.2.12", "wasi:logging/logging@0.1.0-draft"]);
    component(&world, &handler(&texts, imports, "", &body))
}

/// Reads the whole request, and answers with its body.
pub(crate) fn echo() -> Vec<u8> {
    let imports = r#"
  (import "wasi:http/types@0.2.12" "[method]incoming-request.consume" (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]incoming-body.stream" (func $stream_of (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[resource-drop]incoming-body" (func $drop_body (param i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]input-stream" (func $drop_input (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read" (func $read (param i32 i64 i32)))"#;
    let functions = r#"
  (func $read_all (param $input i32)
    (loop $more
      (call $read (local.get $input) (i64.const 1000) (i32.const 0))
      (if (i32.eqz (i32.load8_u (i32.const 0))) (then
        (call $append (i32.load (i32.const 4)) (i32.load (i32.const 8)))
        (br $more)))))"#;
    let body = "
    (call $consume (local.get $request) (i32.const 0))
    (local.set $it (i32.load (i32.const 4)))
    (call $stream_of (local.get $it) (i32.const 0))
    ;; Kept where no result is written.
    (i32.store (i32.const 96) (i32.load (i32.const 4)))
    (call $read_all (i32.load (i32.const 96)))
    (call $drop_input (i32.load (i32.const 96)))
    (call $drop_body (local.get $it))";
    component(&handler_world(&[]), &handler(&Texts::default(), imports, functions, body))
}

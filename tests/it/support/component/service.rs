//! Services: components that run for themselves.

use super::kit::{Texts, component, handler, handler_world, plain};

/// A service whose `run` is this; 0 is `ok`.
fn service(world: &str, texts: &Texts, imports: &str, run: &str) -> Vec<u8> {
    let run = format!(r#"(func (export "wasi:cli/run@0.2.12#run") (result i32) {run})"#);
    component(&format!("{world} export wasi:cli/run@0.2.12;"), &plain(texts, imports, &run))
}

/// Comes to a good end at once.
pub(crate) fn done() -> Vec<u8> {
    service("", &Texts::default(), "", "(i32.const 0)")
}

/// Returns an error at once.
pub(crate) fn failing() -> Vec<u8> {
    service("", &Texts::default(), "", "(i32.const 1)")
}

/// Traps at once.
pub(crate) fn trapping() -> Vec<u8> {
    service("", &Texts::default(), "", "unreachable")
}

/// Runs for ever without waiting for anything.
pub(crate) fn endless() -> Vec<u8> {
    service("", &Texts::default(), "", "(loop $again (br $again)) unreachable")
}

const SOCKETS: &str = r#"
  (import "wasi:sockets/instance-network@0.2.12" "instance-network" (func $network (result i32)))
  (import "wasi:sockets/tcp-create-socket@0.2.12" "create-tcp-socket" (func $create (param i32 i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.subscribe" (func $subscribe (param i32) (result i32)))
  (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))"#;
const SOCKETS_WORLD: [&str; 4] = [
    "wasi:sockets/instance-network@0.2.12",
    "wasi:sockets/tcp-create-socket@0.2.12",
    "wasi:sockets/tcp@0.2.12",
    "wasi:io/poll@0.2.12",
];

/// An IPv4 address and a port, as the operands that a socket address is.
fn address(ip: [u8; 4], port: u16) -> String {
    let zeroes = "(i32.const 0) ".repeat(6);
    let [a, b, c, d] = ip;
    format!("(i32.const 0) (i32.const {port}) (i32.const {a}) (i32.const {b}) (i32.const {c}) (i32.const {d}) {zeroes}")
}

/// Listens on a port and says `served` to who connects; an error ends it.
pub(crate) fn listener(ip: [u8; 4], port: u16) -> Vec<u8> {
    let mut texts = Texts::default();
    let served = texts.at("served");
    let mut imports = SOCKETS.to_owned();
    imports += &format!(
        r#"
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.start-bind" (func $start_bind (param i32 i32 {} i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.finish-bind" (func $finish_bind (param i32 i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.start-listen" (func $start_listen (param i32 i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.finish-listen" (func $finish_listen (param i32 i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.accept" (func $accept (param i32 i32)))
  (import "wasi:sockets/tcp@0.2.12" "[resource-drop]tcp-socket" (func $drop_socket (param i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]input-stream" (func $drop_input (param i32)))
  (import "wasi:io/streams@0.2.12" "[resource-drop]output-stream" (func $drop_output (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $write (param i32 i32 i32 i32)))"#,
        "i32 ".repeat(12)
    );
    let address = address(ip, port);
    let run = format!(
        r#"
    (local $socket i32)
    (block $failed
      (call $create (i32.const 0) (i32.const 0))
      (br_if $failed (i32.load8_u (i32.const 0)))
      (local.set $socket (i32.load (i32.const 4)))
      (call $start_bind (local.get $socket) (call $network) {address} (i32.const 0))
      (br_if $failed (i32.load8_u (i32.const 0)))
      (call $block (call $subscribe (local.get $socket)))
      (call $finish_bind (local.get $socket) (i32.const 0))
      (br_if $failed (i32.load8_u (i32.const 0)))
      (call $start_listen (local.get $socket) (i32.const 0))
      (br_if $failed (i32.load8_u (i32.const 0)))
      (call $block (call $subscribe (local.get $socket)))
      (call $finish_listen (local.get $socket) (i32.const 0))
      (br_if $failed (i32.load8_u (i32.const 0)))
      (loop $next
        (call $block (call $subscribe (local.get $socket)))
        (call $accept (local.get $socket) (i32.const 0))
        (br_if $failed (i32.load8_u (i32.const 0)))
        (call $write (i32.load (i32.const 12)) {served} (i32.const 64))
        (call $drop_output (i32.load (i32.const 12)))
        (call $drop_input (i32.load (i32.const 8)))
        (call $drop_socket (i32.load (i32.const 4)))
        (br $next)))
    (i32.const 1)"#
    );
    let world: String =
        SOCKETS_WORLD.iter().chain(&["wasi:io/streams@0.2.12"]).map(|name| format!("import {name}; ")).collect();
    service(&world, &texts, &imports, &run)
}

/// Connects to a port and answers with what it is told, or `error` and the number of the error.
pub(crate) fn client(ip: [u8; 4], port: u16) -> Vec<u8> {
    let mut texts = Texts::default();
    let error = texts.at("error ");
    let mut imports = SOCKETS.to_owned();
    imports += &format!(
        r#"
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.start-connect" (func $start_connect (param i32 i32 {} i32)))
  (import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.finish-connect" (func $finish_connect (param i32 i32)))
  (import "wasi:io/streams@0.2.12" "[method]input-stream.blocking-read" (func $read (param i32 i64 i32)))"#,
        "i32 ".repeat(12)
    );
    let address = address(ip, port);
    let body = format!(
        r#"
    (block $done
      (block $failed
        (call $create (i32.const 0) (i32.const 0))
        (br_if $failed (i32.load8_u (i32.const 0)))
        (local.set $it (i32.load (i32.const 4)))
        (call $start_connect (local.get $it) (call $network) {address} (i32.const 0))
        (br_if $failed (i32.load8_u (i32.const 0)))
        (call $block (call $subscribe (local.get $it)))
        (call $finish_connect (local.get $it) (i32.const 0))
        (br_if $failed (i32.load8_u (i32.const 0)))
        (call $read (i32.load (i32.const 4)) (i64.const 100) (i32.const 0))
        (br_if $failed (i32.load8_u (i32.const 0)))
        (call $append (i32.load (i32.const 4)) (i32.load (i32.const 8)))
        (br $done))
      (call $append {error})
      (call $append_number (i32.load8_u (i32.const 4))))"#
    );
    component(&handler_world(&SOCKETS_WORLD), &handler(&texts, &imports, "", &body))
}

//! Components that misbehave, and those that need each other.

use super::kit::{Texts, component, handler, handler_world, plain};

/// Traps on every request; `/t…` after it has begun to answer.
pub(crate) fn trap() -> Vec<u8> {
    let body = "
    (call $path (local.get $request) (i32.const 0))
    (if (i32.eq (i32.load8_u offset=1 (i32.load (i32.const 4))) (i32.const 116)) (then
      (call $begin) (call $append_number (i32.const 1)) (call $send)))
    unreachable";
    component(&handler_world(&[]), &handler(&Texts::default(), "", "", body))
}

/// Panics as Rust does: it says why, and traps.
pub(crate) fn panic() -> Vec<u8> {
    let mut texts = Texts::default();
    let words = texts.at("thread 'main' panicked at src/lib.rs:7:9:\nno such luck\nnote: run it again\n");
    let imports = r#"(import "wasi:cli/stderr@0.2.12" "get-stderr" (func $stderr (result i32)))"#;
    let body = format!("(call $write (call $stderr) {words} (i32.const 0)) unreachable");
    component(&handler_world(&["wasi:cli/stderr@0.2.12"]), &handler(&texts, imports, "", &body))
}

/// Never answers, and never waits for anything.
pub(crate) fn endless() -> Vec<u8> {
    component(&handler_world(&[]), &handler(&Texts::default(), "", "", "(loop $again (br $again))"))
}

/// Takes memory until it gets no more, and then traps; answers how many MiB it had if that are more than `mebibytes`.
pub(crate) fn hog(mebibytes: u32) -> Vec<u8> {
    let body = format!(
        "(loop $more
      (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
      (br_if $more (i32.lt_u (memory.size) (i32.const {}))))
    (call $append_number (i32.div_u (memory.size) (i32.const 16)))",
        mebibytes * 16
    );
    component(&handler_world(&[]), &handler(&Texts::default(), "", "", &body))
}

/// Imports what no host gives.
pub(crate) fn importer_of_nothing() -> Vec<u8> {
    let imports = r#"(import "wasi:blobstore/container@0.2.0-draft" "clear" (func $clear))"#;
    let world = handler_world(&["wasi:blobstore/container@0.2.0-draft"]);
    component(&world, &handler(&Texts::default(), imports, "", "(call $clear)"))
}

/// Exports `greet`, which answers its first environment variable's value, ` greets ` and the name.
pub(crate) fn greeter() -> Vec<u8> {
    let mut texts = Texts::default();
    let greets = texts.at(" greets ");
    let imports = r#"(import "wasi:cli/environment@0.2.12" "get-environment" (func $environment (param i32)))"#;
    let functions = format!(
        r#"
  (func (export "test:pair/greet@1.0.0#greet") (param $name i32) (param $length i32) (result i32)
    (local $pair i32)
    (global.set $end (i32.const 65536))
    (call $environment (i32.const 0))
    (if (i32.load (i32.const 4)) (then
      (local.set $pair (i32.load (i32.const 0)))
      (call $append (i32.load offset=8 (local.get $pair)) (i32.load offset=12 (local.get $pair)))))
    (call $append {greets})
    (call $append (local.get $name) (local.get $length))
    (i32.store (i32.const 0) (i32.const 65536))
    (i32.store (i32.const 4) (i32.sub (global.get $end) (i32.const 65536)))
    (i32.const 0))"#
    );
    let world = "import wasi:cli/environment@0.2.12; export test:pair/greet@1.0.0;";
    component(world, &plain(&texts, imports, &functions))
}

/// Answers what `greet` of another component says to `you`, after its own environment's first value.
pub(crate) fn greeted() -> Vec<u8> {
    let mut texts = Texts::default();
    let (you, colon) = (texts.at("you"), texts.at(": "));
    let imports = r#"
  (import "test:pair/greet@1.0.0" "greet" (func $greet (param i32 i32 i32)))
  (import "wasi:cli/environment@0.2.12" "get-environment" (func $environment (param i32)))"#;
    let body = format!(
        "(call $greet {you} (i32.const 16))
    (call $environment (i32.const 0))
    (local.set $it (i32.load (i32.const 0)))
    (call $append (i32.load offset=8 (local.get $it)) (i32.load offset=12 (local.get $it)))
    (call $append {colon})
    (call $append (i32.load (i32.const 16)) (i32.load (i32.const 20)))"
    );
    let world = handler_world(&["test:pair/greet@1.0.0", "wasi:cli/environment@0.2.12"]);
    component(&world, &handler(&texts, imports, "", &body))
}

/// Exports `greet` and imports it: two of them make a circle.
pub(crate) fn greeter_of_greeters() -> Vec<u8> {
    let imports = r#"(import "test:pair/greet@1.0.0" "greet" (func $greet (param i32 i32 i32)))"#;
    let functions = r#"
  (func (export "test:pair/greet@1.0.0#greet") (param i32 i32) (result i32)
    (call $greet (local.get 0) (local.get 1) (i32.const 0))
    (i32.const 0))"#;
    let world = "import test:pair/greet@1.0.0; export test:pair/greet@1.0.0;";
    component(world, &plain(&Texts::default(), imports, functions))
}

/// Exports a resource that holds a number, and a function that takes one and gives the one after it, in a list.
pub(crate) fn maker_of_things() -> Vec<u8> {
    let imports = r#"
  (import "[export]test:pair/things@1.0.0" "[resource-new]thing" (func $new (param i32) (result i32)))
  (import "[export]test:pair/things@1.0.0" "[resource-rep]thing" (func $number_of (param i32) (result i32)))"#;
    let functions = r#"
  (func (export "test:pair/things@1.0.0#[constructor]thing") (param $number i32) (result i32)
    (call $new (local.get $number)))
  (func (export "test:pair/things@1.0.0#[method]thing.number") (param $number i32) (result i32)
    (local.get $number))
  (func (export "test:pair/things@1.0.0#next") (param $after i32) (result i32)
    (i32.store (i32.const 16) (call $new (i32.add (call $number_of (local.get $after)) (i32.const 1))))
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 1))
    (i32.const 0))"#;
    component("export test:pair/things@1.0.0;", &plain(&Texts::default(), imports, functions))
}

/// Makes a thing of another component and answers its number, and that of the one after it.
pub(crate) fn user_of_things() -> Vec<u8> {
    let imports = r#"
  (import "test:pair/things@1.0.0" "[constructor]thing" (func $make (param i32) (result i32)))
  (import "test:pair/things@1.0.0" "[method]thing.number" (func $number (param i32) (result i32)))
  (import "test:pair/things@1.0.0" "[resource-drop]thing" (func $drop_thing (param i32)))
  (import "test:pair/things@1.0.0" "next" (func $next (param i32 i32)))"#;
    let body = "
    (local.set $it (call $make (i32.const 41)))
    (call $append_number (call $number (local.get $it)))
    (call $next (local.get $it) (i32.const 0))
    (local.set $it (i32.load (i32.load (i32.const 0))))
    (call $append_number (call $number (local.get $it)))
    (call $drop_thing (local.get $it))";
    let world = handler_world(&["test:pair/things@1.0.0"]);
    component(&world, &handler(&Texts::default(), imports, "", body))
}

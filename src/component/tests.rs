use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Component, ComponentError> {
    Component::read(&wat::parse_str(text).unwrap())
}

fn names(interfaces: &[Interface]) -> Vec<String> {
    interfaces.iter().map(ToString::to_string).collect()
}

/// As components are encoded: a resource of one interface is used in another, and code is in a module.
const COMPONENT: &str = r#"(component
  (type $errors (instance (export "error" (type (sub resource)))))
  (import "wasi:io/error@0.2.2" (instance $errors (type $errors)))
  (alias export $errors "error" (type $error))
  (type $streams (instance
    (alias outer 1 $error (type $outer))
    (export "error" (type $error (eq $outer)))
    (type $failed (own $error))
    (export "write" (func (result $failed)))))
  (import "wasi:io/streams@0.2.2" (instance (type $streams)))
  (core module $code (func (export "run") (result i32) i32.const 0))
  (core instance $code (instantiate $code))
  (func $run (result (result)) (canon lift (core func $code "run")))
  (instance $run (export "run" (func $run)))
  (export "wasi:cli/run@0.2.2" (instance $run)))"#;

#[test]
fn imports_and_exports_are_read() {
    let component = read(COMPONENT).unwrap();
    assert_eq!(names(&component.imports), ["wasi:io/error@0.2.2", "wasi:io/streams@0.2.2"]);
    assert_eq!(names(&component.exports), ["wasi:cli/run@0.2.2"]);
    assert!(component.is_service() && component.bare.is_empty());
    assert_eq!(read("(component)").unwrap(), Component::default());
}

/// Each in the one before, by reference: a hundred thousand levels in some hundred KiB.
#[test]
fn instances_may_nest_without_end() {
    let mut section = Vec::new();
    let levels: u32 = 100_000;
    leb(&mut section, levels);
    // An instance type of nothing.
    section.extend([0x42, 0]);
    for index in 0..levels - 1 {
        // Alias outer type 1 INDEX, and export "a" (instance (type 0)).
        section.extend([0x42, 2, 0x02, 0x03, 0x02, 1]);
        leb(&mut section, index);
        section.extend([0x04, 0, 1, b'a', 0x05, 0]);
    }
    let mut bytes = b"\0asm\x0d\0\x01\0\x07".to_vec();
    leb(&mut bytes, section.len() as u32);
    bytes.extend(section);
    assert_eq!(Component::read(&bytes), Ok(Component::default()));
}

fn leb(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[test]
fn both_sides_of_http_are_seen() {
    let function = r#"(instance (export "f" (func)))"#;
    let client = read(&format!(r#"(component (import "wasi:http/outgoing-handler@0.2.0" {function}))"#)).unwrap();
    assert!(client.is_http_client() && !client.is_http_handler() && !client.is_service());
    let handler = format!(
        r#"(component (import "x" {}) (export "wasi:http/incoming-handler@0.2.0" (instance 0)))"#,
        function.replacen("(instance", "(instance $x", 1)
    );
    let handler = read(&handler).unwrap();
    assert!(handler.is_http_handler() && !handler.is_http_client());
    assert_eq!(handler.bare, ["x"]);
}

/// Nobody gives the shape of a value: it is the same everywhere.
#[test]
fn an_interface_that_is_used_for_its_types_only_is_no_import() {
    let component = read(
        r#"(component
  (import "a:b/shapes@1.0.0" (instance $shapes
    (type $point (record (field "x" u32)))
    (export "point" (type (eq $point)))))
  (alias export $shapes "point" (type $point))
  (import "a:b/more-shapes@1.0.0" (instance
    (alias outer 1 $point (type $outer))
    (export "point" (type (eq $outer)))))
  (import "a:b/shapes-of-its-own" (instance))
  (import "shapes" (type (eq $point)))
  (import "a:b/draw@1.0.0" (instance
    (alias outer 1 $point (type $outer))
    (export "point" (type $point (eq $outer)))
    (export "draw" (func (param "at" $point))))))"#,
    )
    .unwrap();
    assert_eq!(names(&component.imports), ["a:b/draw@1.0.0"]);
    let shapes = ["a:b/shapes@1.0.0", "a:b/more-shapes@1.0.0", "a:b/shapes-of-its-own"];
    assert_eq!(names(&component.shapes), shapes);
    assert_eq!(component.bare, [""; 0]);
}

/// A resource is somebody's, though nothing is done with it but to hold it.
#[test]
fn an_interface_that_passes_on_a_resource_is_an_import() {
    let component = read(
        r#"(component
  (import "a:b/maker" (instance $maker (export "thing" (type (sub resource)))))
  (alias export $maker "thing" (type $thing))
  (import "a:b/holder" (instance
    (alias outer 1 $thing (type $outer))
    (export "thing" (type (eq $outer))))))"#,
    )
    .unwrap();
    assert_eq!(names(&component.imports), ["a:b/maker", "a:b/holder"]);
}

#[test]
fn an_import_with_a_name_of_its_own_is_of_the_interface_that_it_implements() {
    let store = r#"(instance (export "get" (func)))"#;
    let implements = |name: &str| format!(r#"(import "{name}" (implements "wasi:keyvalue/store@0.2.0") {store})"#);
    let component = read(&format!("(component {} {})", implements("first"), implements("second"))).unwrap();
    let labelled = component.labelled.iter().map(|import| format!("{} {}", import.label, import.interface));
    let expected = ["first wasi:keyvalue/store@0.2.0", "second wasi:keyvalue/store@0.2.0"];
    assert_eq!(labelled.collect::<Vec<_>>(), expected);
    assert!(component.imports.is_empty() && component.bare.is_empty());
    assert_eq!(component.given().count(), 2);
}

#[test]
fn functions_outside_of_interfaces_are_told() {
    let component = read(r#"(component (import "log" (func (param "line" string))))"#).unwrap();
    assert_eq!((component.imports.len(), component.bare), (0, vec!["log".to_owned()]));
}

#[test]
fn what_is_inside_of_it_is_its_own_matter() {
    let component = read(&format!(r#"(component {} (core module (import "a" "b" (func))))"#, COMPONENT)).unwrap();
    assert_eq!(component, Component::default());
}

#[test]
fn what_is_no_component_is_told_apart() {
    let text = "(component)";
    assert_eq!(Component::read(text.as_bytes()).unwrap_err(), ComponentError::Text);
    for bytes in [&b""[..], b"\0", b"<html>", b"\x1f\x8b\x08"] {
        assert_eq!(Component::read(bytes).unwrap_err(), ComponentError::NotWasm);
    }
    assert_eq!(read("(module)").unwrap_err(), ComponentError::CoreModule);
    assert_eq!(Component::read(b"\0asm\x07\0\x01\0").unwrap_err(), ComponentError::UnknownVersion);
    assert_eq!(Component::read(b"\0asm\x0d").unwrap_err(), ComponentError::Truncated(5));
    let help = ComponentError::CoreModule.help().unwrap();
    assert!(help.contains("wasm-tools component new"), "{help}");
}

#[test]
fn a_wit_package_is_none() {
    let mut resolve = wit_parser::Resolve::default();
    let text = "package a:b@1.0.0; interface i { f: func(); } world w { import i; }";
    let package = resolve.push_str("a.wit", text).unwrap();
    let bytes = wit_component::encode(&resolve, package, false).unwrap();
    assert_eq!(Component::read(&bytes).unwrap_err(), ComponentError::WitPackage);
}

/// Wherever it is cut, it is said that it is cut, or there is less of it: sections have no end mark.
#[test]
fn what_is_cut_off_is_told() {
    let bytes = wat::parse_str(COMPONENT).unwrap();
    let whole = Component::read(&bytes).unwrap();
    for length in 4..bytes.len() {
        match Component::read(&bytes[..length]) {
            Ok(component) => assert!(component.imports.len() <= whole.imports.len()),
            Err(error) => assert_eq!(error, ComponentError::Truncated(length)),
        }
    }
}

/// A section of a component.
fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id][..], &number(body.len()), body].concat()
}

fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 128 {
        bytes.push((value % 128) as u8 | 128);
        value /= 128;
    }
    bytes.push(value as u8);
    bytes
}

fn component_of(sections: &[Vec<u8>]) -> Vec<u8> {
    [b"\0asm\x0d\0\x01\0".to_vec(), sections.concat()].concat()
}

#[test]
fn code_and_data_are_stepped_over() {
    // A module that is no module inside, and a section that nobody knows.
    let large = vec![0xff; 64 * 1024 * 1024];
    let import = [vec![1, 0], number(5), b"a:b/c".to_vec(), vec![5, 0]].concat();
    let instance = [vec![1, 0x42, 2, 1, 0x40, 0, 1, 0, 4, 0, 1, b'f', 1, 0]].concat();
    let bytes = component_of(&[section(1, &large), section(7, &instance), section(10, &import)]);
    assert_eq!(names(&Component::read(&bytes).unwrap().imports), ["a:b/c"]);
}

#[test]
fn bombs_do_no_harm() {
    // An instance type within an instance type, and so on.
    let deep = [vec![1], [0x42, 1, 1].repeat(100_000)].concat();
    let error = Component::read(&component_of(&[section(7, &deep)])).unwrap_err();
    assert!(error.to_string().contains("nesting is too deep"), "{error}");
    // As many types as a section can name, and none of them there.
    let promised = section(7, &[0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(Component::read(&component_of(&[promised])).is_err());
    // More of them than anyone needs, in one section or in many.
    let strings = |count: usize| section(7, &[number(count), vec![0x73; count]].concat());
    let parts: Vec<_> = (0..5).map(|_| strings(1024 * 1024)).collect();
    assert_eq!(Component::read(&component_of(&parts)).unwrap_err(), ComponentError::TooLarge);
    assert_eq!(Component::read(&component_of(&[strings(5 * 1024 * 1024)])).unwrap_err(), ComponentError::TooLarge);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Component::read(&bytes);
        let _ = Component::read(&component_of(std::slice::from_ref(&bytes)));
        for id in 0..14 {
            let _ = Component::read(&component_of(&[section(id, &bytes)]));
        }
    }

    #[test]
    fn a_damaged_component_is_read_or_refused(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = wat::parse_str(COMPONENT).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(error) = Component::read(&bytes) {
            prop_assert!(!error.to_string().contains('\n'));
        }
    }
}

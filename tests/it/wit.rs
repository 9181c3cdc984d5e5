//! Components as tools make them, read as other tools read them.

use kubectl_wasmcloud::api::WorkloadDeployment;
use kubectl_wasmcloud::component::{Component, ComponentError};
use kubectl_wasmcloud::validate::wit::{Offer, Opened, check};
use wit_component::{DecodedWasm, decode};
use wit_parser::WorldKey;

use crate::support::component::{http, odd, service};

/// Imports and exports as wit-parser has them, in their order.
fn decoded(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let DecodedWasm::Component(resolve, world) = decode(bytes).unwrap() else { panic!("no component") };
    let names = |items: Vec<&WorldKey>| items.iter().map(|key| resolve.name_world_key(key)).collect();
    let world = &resolve.worlds[world];
    (names(world.imports.keys().collect()), names(world.exports.keys().collect()))
}

fn names<'a, T: ToString + 'a>(items: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    items.into_iter().map(ToString::to_string).collect()
}

#[test]
fn components_are_read_as_wit_parser_reads_them() {
    let all = [
        http::http_component("x"),
        http::mirror(),
        http::keyvalue_counter(),
        http::files(),
        http::caller(),
        http::talker(),
        http::echo(),
        odd::trap(),
        odd::greeter(),
        odd::greeted(),
        odd::greeter_of_greeters(),
        odd::maker_of_things(),
        odd::user_of_things(),
        odd::importer_of_nothing(),
        service::done(),
        service::listener([127, 0, 0, 1], 1),
    ];
    for bytes in all {
        let (mut imports, mut exports) = decoded(&bytes);
        let component = Component::read(&bytes).unwrap();
        let mut read = (names(component.imports.iter().chain(&component.shapes)), names(&component.exports));
        for names in [&mut imports, &mut exports, &mut read.0, &mut read.1] {
            names.sort();
        }
        assert_eq!(read, (imports, exports));
        assert!(component.labelled.is_empty() && component.bare.is_empty());
    }
}

#[test]
fn the_first_thing_to_try_is_in_order() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hello");
    let component = Component::read(&std::fs::read(format!("{directory}/hello.wasm")).unwrap()).unwrap();
    assert!(component.is_http_handler() && !component.is_service() && !component.is_http_client());
    let manifest = std::fs::read_to_string(format!("{directory}/hello.yaml")).unwrap();
    let deployment: WorkloadDeployment = serde_saphyr::from_str(&manifest).unwrap();
    let spec = &deployment.spec.template.spec;
    let components = [Some(component)];
    let opened = Opened { spec, path: "spec.template.spec", components: &components, service: None };
    assert_eq!(check(&opened, &Offer::known()), []);
}

#[test]
fn what_people_take_for_a_component_is_told_apart() {
    let error = |text: &str| Component::read(&wat::parse_str(text).unwrap()).unwrap_err();
    assert_eq!(error("(module)"), ComponentError::CoreModule);
    let told = format!("{}: {}", error("(module)"), error("(module)").help().unwrap());
    insta::assert_snapshot!(told, @"it is a core module, not a component: build it for wasm32-wasip2, or make a component of it: wasm-tools component new MODULE.wasm -o COMPONENT.wasm");
}

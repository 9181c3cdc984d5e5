//! Components made of nothing but the WIT of their world.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

use crate::component::{Component, Interface};

/// The component of a world: `world web { import wasi:keyvalue/store@0.2.0-draft; }`. Each interface that it names has a
/// function, so that it has to be given.
pub(in crate::validate) fn component(world: &str) -> Component {
    let mut resolve = Resolve::default();
    let text = format!("package made:here;\n{world}\n{}", packages(world));
    let package = resolve.push_str("world.wit", &text).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    let bytes = ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
    Component::read(&bytes).unwrap()
}

/// The packages of all interfaces that a world names.
fn packages(world: &str) -> String {
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for word in world.split([';', '{', '}']).filter_map(|statement| statement.split_whitespace().next_back()) {
        if let Ok(Interface { namespace, package, name, version }) = word.parse() {
            let version = version.map(|version| format!("@{version}")).unwrap_or_default();
            packages.entry(format!("{namespace}:{package}{version}")).or_default().insert(name);
        }
    }
    packages.iter().fold(String::new(), |mut text, (package, names)| {
        let interfaces = names.iter().map(|name| format!("interface {name} {{ it: func(); }}"));
        let _ = writeln!(text, "package {package} {{ {} }}", interfaces.collect::<Vec<_>>().join(" "));
        text
    })
}

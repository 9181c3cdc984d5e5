//! What is generated and committed is what the program generates now. `UPDATE_GENERATED=1 cargo test generated` makes it so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use kubectl_wasmcloud::commands::completion::Target;

use crate::support::TestEnv;
use crate::support::component::http_component;

fn committed(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn read_all(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

fn prove(folder: &str, generated: BTreeMap<String, String>) {
    let folder = committed(folder);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        generated.iter().for_each(|(name, content)| std::fs::write(folder.join(name), content).unwrap());
    }
    let committed = read_all(&folder);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    let way_out = "run `UPDATE_GENERATED=1 cargo test generated` and commit the result";
    assert_eq!(names(&committed), names(&generated), "{way_out}");
    for (name, content) in &generated {
        assert!(committed.get(name) == Some(content), "{name} is not what the program generates now: {way_out}");
    }
}

#[test]
fn completions_are_current() {
    let targets = Target::value_variants().iter();
    prove("completions", targets.map(|target| (target.file_name().to_owned(), target.script().to_owned())).collect());
}

#[test]
fn the_component_to_begin_with_is_current() {
    let path = committed("tests/fixtures/hello/hello.wasm");
    let component = http_component("Hello from WebAssembly, on this very machine.\n");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &component).unwrap();
    }
    let way_out = "run `UPDATE_GENERATED=1 cargo test generated` and commit the result";
    assert!(
        std::fs::read(path).ok().as_ref() == Some(&component),
        "hello.wasm is not what is generated now: {way_out}"
    );
}

#[test]
fn man_pages_are_current() {
    let env = TestEnv::new();
    let told = env.run(&["man", "--output-dir", "pages"]);
    assert_eq!(told, "code: 0\n");
    prove("man", read_all(&env.home().join("pages")));
}

//! Manifests that are wrong and right in one way each, and manifests as people write them: what `validate` says of them.

mod beside;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubectl_wasmcloud::error::Look;
use kubectl_wasmcloud::manifest::Text;
use kubectl_wasmcloud::report::findings;
use kubectl_wasmcloud::validate::{FileSet, Ignored, Level, check, code};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/validate").join(folder)
}

/// What is said of a file under its own name, as in a pipe, with the code that the program would end with.
fn validated(file: &Path) -> String {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap().to_owned();
    let content = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let files = FileSet::read(vec![Arc::new(Text { name, content })]);
    let (definitions, facts) = beside::beside(file.parent().unwrap(), &files);
    let found = check(&files, &definitions, &facts, &Ignored::default());
    format!("code: {}\n{}", u8::from(found.has_errors()), findings::text(&files, &found, Level::Info, &Look::PLAIN))
}

/// The codes of findings in an output.
fn codes(told: &str) -> impl Iterator<Item = &str> {
    told.lines().filter_map(|line| line.split_once('[')?.1.split_once("]: ")).map(|(code, _)| code)
}

#[test]
fn what_is_wrong_is_told_as_it_was() {
    let update = std::env::var_os("UPDATE_GENERATED").is_some();
    let mut wrong = Vec::new();
    for code in code::ALL {
        let folder = fixtures(code.id);
        let told = validated(&folder.join("fail.yaml"));
        if update {
            std::fs::write(folder.join("fail.txt"), &told).unwrap();
        }
        if !codes(&told).any(|found| found == code.id) {
            wrong.push(format!("{code} is not found in its fail.yaml:\n{told}"));
        }
        if std::fs::read_to_string(folder.join("fail.txt")).ok().as_ref() != Some(&told) {
            wrong.push(format!("{code}: fail.txt has other words; UPDATE_GENERATED=1 writes these:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_right_is_left_alone() {
    let told = code::ALL.iter().map(|code| (code, validated(&fixtures(code.id).join("pass.yaml"))));
    let wrong: Vec<_> =
        told.filter(|(_, told)| codes(told).next().is_some() || !told.starts_with("code: 0\n")).collect();
    assert!(wrong.is_empty(), "{}", wrong.iter().map(|(code, told)| format!("{code}: {told}")).collect::<String>());
}

#[test]
fn no_manifest_of_the_corpus_is_called_wrong() {
    let upstreams = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/upstream-objects");
    let folders = [fixtures("corpus"), upstreams].map(|folder| std::fs::read_dir(folder).unwrap());
    let mut files: Vec<_> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 25, "there are but {}", files.len());
    let told = files.iter().map(|file| (file, validated(file)));
    let wrong: Vec<_> = told.filter(|(_, told)| !told.starts_with("code: 0\n") || told.contains(" warning[")).collect();
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.iter().map(|(file, told)| format!("{}: {told}", file.display())).collect::<String>()
    );
}

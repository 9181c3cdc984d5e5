//! The pages of findings that need components: their examples, with components of the worlds beside them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::validate::code::{self, Code};

/// The codes that only opened components yield.
fn codes() -> impl Iterator<Item = &'static Code> {
    code::ALL.iter().copied().filter(|code| code.id.starts_with("WC03"))
}

/// What stands under a heading of a page.
fn part<'a>(code: &'a Code, heading: &str) -> &'a str {
    let rest = code.page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("{code} lacks {heading}"));
    rest.split("\n## ").next().unwrap()
}

/// The blocks of a language.
fn blocks<'a>(part: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    part.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The worlds of a part, by their names: those of components.
fn worlds(part: &str) -> BTreeMap<String, String> {
    let texts = blocks(part, "wit").into_iter().flat_map(|block| block.split("\n}\n"));
    let worlds = texts.filter_map(|text| {
        let name = text.trim().strip_prefix("world ")?.split_whitespace().next()?;
        Some((name.to_owned(), format!("{text}\n}}")))
    });
    worlds.collect()
}

/// The images of an example, each with the name of its component, which the service has not.
fn images(yaml: &str) -> Vec<(String, String)> {
    let object: Value = serde_saphyr::from_str(yaml).unwrap();
    let spec = &object["spec"]["template"]["spec"];
    let named = |part: &Value, name: &str| (name.to_owned(), part["image"].as_str().unwrap().to_owned());
    let components = spec["components"].as_array().into_iter().flatten();
    let components = components.map(|part| named(part, part["name"].as_str().unwrap()));
    components.chain(spec.get("service").map(|part| named(part, "service"))).collect()
}

/// The codes of what is found in an example; a component without a world cannot be opened.
fn found_with(yaml: &str, worlds: &BTreeMap<String, String>) -> Vec<&'static str> {
    let images = images(yaml);
    let world = |name: &str| worlds.get(name).map(String::as_str).ok_or("it is not there");
    let stock: Vec<_> = images.iter().map(|(name, image)| (image.as_str(), world(name))).collect();
    let found = found_in(&[("page.yaml", yaml)], &stock);
    let mut codes: Vec<_> = found.kept.iter().map(|(finding, _)| finding.code.id).collect();
    codes.dedup();
    codes
}

/// The one example under a heading.
fn example<'a>(code: &'a Code, heading: &str) -> &'a str {
    let blocks = blocks(part(code, heading), "yaml");
    assert_eq!(blocks.len(), 1, "{code} under {heading}");
    blocks[0]
}

#[test]
fn wrong_examples_are_wrong_in_that_way_alone() {
    for code in codes() {
        assert_eq!(found_with(example(code, "Wrong"), &worlds(part(code, "Wrong"))), [code.id]);
    }
}

#[test]
fn right_examples_leave_nothing_to_find() {
    for code in codes() {
        let own = worlds(part(code, "Right"));
        let worlds = if own.is_empty() { worlds(part(code, "Wrong")) } else { own };
        assert_eq!(found_with(example(code, "Right"), &worlds), [""; 0], "{code}");
    }
}

#[test]
fn without_components_nothing_is_found() {
    for code in codes() {
        for heading in ["Wrong", "Right"] {
            let text = Text { name: "page.yaml".to_owned(), content: example(code, heading).to_owned() };
            let files = FileSet::read(vec![Arc::new(text)]);
            let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
            assert_eq!(told(&found), "", "{code} under {heading}");
        }
    }
}

//! What is run, and its configuration.

use super::sheet::{Sheet, one_line};
use crate::plan::describe::{Entry, Layer, Part};

pub(super) fn parts(sheet: &mut Sheet, parts: &[Part]) {
    for (name, part) in [("Components", "component"), ("Service", "service"), ("Host Interfaces", "interface")] {
        let mut all = parts.iter().filter(|one| one.part == part).peekable();
        if all.peek().is_some() {
            sheet.heading(0, name);
            all.for_each(|part| one(sheet, part));
        }
    }
}

fn one(sheet: &mut Sheet, part: &Part) {
    let depth = if part.name.is_empty() { 1 } else { 2 };
    if !part.name.is_empty() {
        sheet.heading(1, &part.name);
    }
    let fields: Vec<_> = part.facts.0.iter().map(|(name, value)| ((*name).to_owned(), vec![value.clone()])).collect();
    sheet.fields(depth, &fields);
    part.layers.iter().for_each(|layer| of_layer(sheet, depth, layer));
}

fn of_layer(sheet: &mut Sheet, depth: usize, layer: &Layer) {
    let name = match layer.layer {
        "environment" => "Environment",
        _ => "Config",
    };
    sheet.heading(depth, name);
    for problem in &layer.problems {
        let problem = sheet.paint.bad(problem);
        sheet.line(depth + 1, &problem);
    }
    if layer.entries.is_empty() {
        return;
    }
    let hides = layer.entries.iter().any(|entry| !entry.shadows.is_empty());
    let rows: Vec<_> = layer.entries.iter().map(|entry| row(entry, hides)).collect();
    let headers: &[&str] = if hides { &["Key", "Value", "From", "Shadows"] } else { &["Key", "Value", "From"] };
    sheet.table(depth + 1, headers, &rows);
}

fn row(entry: &Entry, hides: bool) -> Vec<String> {
    let value = match &entry.value {
        Some(value) => one_line(value),
        None => format!("<set in {}>", entry.from),
    };
    let shadows = hides.then(|| entry.shadows.join(", "));
    [entry.key.clone(), value, entry.from.clone()].into_iter().chain(shadows).collect()
}

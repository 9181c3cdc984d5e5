//! What came of checks, for people and for programs.

use console::style;
use serde_json::{Value, json};

use crate::plan::check::{Category, Check, Verdict, worst};

/// Everything, category by category, and the sum of it below.
pub fn render(categories: &[Category], colour: bool) -> String {
    let shown = categories.iter().map(|category| section(category, &category.checks, colour));
    shown.collect::<String>() + &sum(categories, colour)
}

/// Only what is not as it should be.
pub fn render_short(categories: &[Category], colour: bool) -> String {
    let mut text = String::new();
    for category in categories {
        let wrong: Vec<_> = category.checks.iter().filter(|check| check.result != Verdict::Success).cloned().collect();
        if !wrong.is_empty() {
            text.push_str(&section(category, &wrong, colour));
        }
    }
    text + &sum(categories, colour)
}

/// The codes of what is not as it should be.
pub fn render_names(categories: &[Category]) -> String {
    let wrong =
        categories.iter().flat_map(|category| &category.checks).filter(|check| check.result != Verdict::Success);
    wrong.map(|check| format!("{}\n", check.code)).collect()
}

/// As data: linkerd's shape, with our codes.
pub fn to_value(categories: &[Category]) -> Value {
    json!({"success": worst(categories) != Verdict::Error, "categories": categories})
}

fn section(category: &Category, checks: &[Check], colour: bool) -> String {
    let line = "-".repeat(category.name.len());
    let checks: String = checks.iter().map(|check| render_check(check, colour)).collect();
    format!("{}\n{line}\n{checks}\n", style(category.name).bold().force_styling(colour))
}

fn render_check(check: &Check, colour: bool) -> String {
    let mark = mark(check.result, colour);
    if check.result == Verdict::Success {
        return format!("{mark} {}\n", check.description);
    }
    let mut text = format!("{mark} {} ({})\n", check.description, check.code);
    for line in check.error.iter().flat_map(|error| error.lines()) {
        text.push_str(&format!("    {line}\n"));
    }
    if let Some(hint) = &check.hint {
        text.push_str(&format!("    {} {hint}\n", style("hint:").cyan().bold().force_styling(colour)));
    }
    text
}

fn mark(verdict: Verdict, colour: bool) -> String {
    let mark = match verdict {
        Verdict::Success => style("√").green(),
        Verdict::Warning => style("‼").yellow(),
        Verdict::Error => style("×").red(),
    };
    mark.force_styling(colour).to_string()
}

fn sum(categories: &[Category], colour: bool) -> String {
    let verdict = if worst(categories) == Verdict::Error { Verdict::Error } else { Verdict::Success };
    format!("Status check results are {}\n", mark(verdict, colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(result: Verdict) -> Check {
        let wrong = result != Verdict::Success;
        Check {
            description: "all is well".to_owned(),
            code: "WCC999",
            result,
            error: wrong.then(|| "first line\nsecond line".to_owned()),
            hint: wrong.then(|| "do that".to_owned()),
        }
    }

    #[test]
    fn it_looks_as_linkerds_does() {
        let categories = [
            Category { name: "one", checks: vec![check(Verdict::Success), check(Verdict::Warning)] },
            Category { name: "other", checks: vec![check(Verdict::Error)] },
        ];
        insta::assert_snapshot!(render(&categories, false), @"
        one
        ---
        √ all is well
        ‼ all is well (WCC999)
            first line
            second line
            hint: do that

        other
        -----
        × all is well (WCC999)
            first line
            second line
            hint: do that

        Status check results are ×
        ");
    }

    #[test]
    fn short_leaves_out_what_is_well() {
        let well = [Category { name: "one", checks: vec![check(Verdict::Success)] }];
        assert_eq!(render_short(&well, false), "Status check results are √\n");
        let warned = [Category { name: "one", checks: vec![check(Verdict::Success), check(Verdict::Warning)] }];
        let shown = render_short(&warned, false);
        assert_eq!(shown.matches("all is well").count(), 1);
        assert!(shown.ends_with("results are √\n"), "a warning is no failure");
    }

    #[test]
    fn names_are_the_codes_of_what_is_not_well() {
        let checks = vec![check(Verdict::Success), check(Verdict::Warning), check(Verdict::Error)];
        assert_eq!(render_names(&[Category { name: "one", checks }]), "WCC999\nWCC999\n");
        assert_eq!(render_names(&[Category { name: "one", checks: vec![check(Verdict::Success)] }]), "");
    }

    #[test]
    fn data_has_linkerds_fields() {
        let value = to_value(&[Category { name: "one", checks: vec![check(Verdict::Error)] }]);
        assert_eq!(value["success"], false);
        assert_eq!(value["categories"][0]["categoryName"], "one");
        let found = &value["categories"][0]["checks"][0];
        assert_eq!(
            (&found["result"], &found["code"], &found["hint"]),
            (&"error".into(), &"WCC999".into(), &"do that".into())
        );
        let value = to_value(&[Category { name: "one", checks: vec![check(Verdict::Success)] }]);
        assert!(value["categories"][0]["checks"][0].get("error").is_none());
    }
}

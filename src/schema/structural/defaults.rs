//! Defaults must be values that their schemas take.

use crate::schema::{Finding, Problem, Reason, Schema, prune::prune_value, validate};

/// Checks the defaults of a schema and of all below it.
pub(super) fn check(schema: &Schema, path: &str, problems: &mut Vec<Problem>) {
    if let Some(default) = &schema.default {
        let at = format!("{path}.default");
        if !prune_value(schema, &mut default.clone()).is_empty() {
            problems.push(Finding::about(&at, Reason::Invalid, default, "must not have unknown fields"));
        }
        let found = validate(schema, default, None);
        problems.extend(found.into_iter().map(|finding| Finding { path: below(&at, &finding.path), ..finding }));
    }
    for (name, schema) in &schema.properties {
        check(schema, &format!("{path}.properties[{name}]"), problems);
    }
    if let Some(items) = &schema.items {
        check(items, &format!("{path}.items"), problems);
    }
}

fn below(default: &str, path: &str) -> String {
    if path == "<nil>" { default.to_owned() } else { format!("{default}.{path}") }
}

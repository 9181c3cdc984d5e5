//! Checking an object against its schema.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::{Finding, Reason, Schema, finding::RULES_NOT_CHECKED, place::Place, rules::Rules};

mod embedded;
mod lists;
mod node;
mod numbers;
mod report;

#[cfg(test)]
mod tests;

pub(super) use lists::Correlation;
use node::Node;
use report::Report;

/// Checks an object, pruned and with its defaults, against its schema, as kube-apiserver checks a custom resource: its
/// values, embedded resources, lists that are sets and maps, and the rules in CEL.
///
/// With the `old` object, rules about a transition are looked at too, and what was wrong with it already and is still
/// the same is let through (ratcheting).
///
/// The findings have the server's paths and words. What a schema's checks need is made at its first use and kept with
/// it, so keep schemas instead of reading them anew, and do not change a schema that was in use; a clone begins without,
/// so share schemas by reference. Of one object at most 1000 values are found wrong. Rules about values that are what
/// they were are not looked at again, so that one that cannot be evaluated is told only of what is written anew.
pub fn validate(schema: &Schema, object: &Value, old: Option<&Value>) -> Vec<Finding> {
    validate_within(schema, object, old, Extent::default())
}

/// How much of an object is checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent<'a> {
    /// The only field whose values are checked, as those of `status` are when that is written alone. Lists and rules are
    /// looked at everywhere all the same.
    pub field: Option<&'a str>,
    /// Whether something was found already for which rules are not looked at.
    pub blocked: bool,
}

/// Checks an object as [`validate`] does, as far as is said.
pub fn validate_within(schema: &Schema, object: &Value, old: Option<&Value>, extent: Extent<'_>) -> Vec<Finding> {
    let checks = schema.checks.0.get_or_init(|| Box::new(Checks::of(schema)));
    let mut findings = match extent.field {
        Some(field) => checks.values.check_field(field, object, old),
        None => checks.values.check_correlated(object, old, &Place::ROOT).findings,
    };
    if checks.has_embedded && extent.field.is_none() {
        findings.extend(embedded::check(schema, object));
    }
    if checks.has_keyed_lists && old.is_none_or(|old| lists::check(schema, old).is_empty()) {
        findings.extend(lists::check(schema, object));
    }
    if let Some(rules) = &checks.rules {
        if extent.blocked || findings.iter().any(|finding| finding.reason.blocks_rules()) {
            findings.push(Finding::about("<nil>", Reason::Invalid, &Value::Null, RULES_NOT_CHECKED));
        } else {
            findings.extend(rules.check(object, old));
        }
    }
    findings
}

/// What a schema's checks need, made at the first use of the schema.
///
/// A copy of a schema may be changed, so it begins without.
#[derive(Debug, Default)]
pub struct Prepared(OnceLock<Box<Checks>>);

impl Clone for Prepared {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Prepared {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Checks {
    values: Node,
    has_embedded: bool,
    has_keyed_lists: bool,
    rules: Option<Rules>,
}

impl Checks {
    fn of(schema: &Schema) -> Self {
        Self {
            values: Node::of(schema),
            has_embedded: any(schema, &|schema| schema.embedded_resource),
            has_keyed_lists: any(schema, &|schema| schema.list != super::ListType::Atomic),
            rules: Rules::of(schema),
        }
    }
}

/// Whether something is true of a schema or one below it.
pub(super) fn any(schema: &Schema, is: &dyn Fn(&Schema) -> bool) -> bool {
    let below = schema.properties.values().chain(schema.additional.as_deref()).chain(schema.items.as_deref());
    is(schema) || below.into_iter().any(|schema| any(schema, is))
}

impl Node {
    /// Checks one field of an object. As the server has it, the words name what is below that field, and the paths all.
    fn check_field(&self, field: &str, object: &Value, old: Option<&Value>) -> Vec<Finding> {
        let (Some(node), Some(value)) = (self.properties.get(field), object.get(field)) else { return Vec::new() };
        let mut findings = node.check_correlated(value, old.and_then(|old| old.get(field)), &Place::ROOT).findings;
        for finding in &mut findings {
            finding.path = match finding.path.as_str() {
                "<nil>" => field.to_owned(),
                path => format!("{field}.{path}"),
            };
        }
        findings
    }

    /// Checks a value that has an old one; what is wrong with both is let through.
    fn check_correlated(&self, value: &Value, old: Option<&Value>, place: &Place<'_>) -> Report {
        let report = self.check(value, old, place);
        if !report.is_valid() && old == Some(value) { Report::default() } else { report }
    }

    fn check(&self, value: &Value, old: Option<&Value>, place: &Place<'_>) -> Report {
        let mut report = Report::default();
        if self.has_type_check() || value.is_null() {
            report.merge(self.check_type(value, place));
        }
        if value.is_null() {
            self.check_choices(value, place, &mut report);
            return report;
        }
        report.matches += usize::from(self.has_type_check());
        report.merge(self.check_combined(value, old, place));
        match value {
            Value::String(text) => {
                report.matches += 1;
                self.check_text(text, place, &mut report);
                if let Some((name, format)) = &self.format {
                    report.matches += 1;
                    if !format.accepts(text) {
                        report.wrong_type(place, name, text);
                    }
                }
            }
            Value::Number(number) => {
                report.matches += 1;
                report.merge(self.check_number(number, place));
            }
            Value::Array(items) => {
                report.matches += 1;
                self.check_items(items, old, place, &mut report);
            }
            _ => {}
        }
        self.check_choices(value, place, &mut report);
        report.matches += 1;
        if let Value::Object(fields) = value {
            report.matches += 1;
            self.check_fields(fields, old, place, &mut report);
        }
        report.matches += 2;
        report
    }

    fn check_choices(&self, value: &Value, place: &Place<'_>, report: &mut Report) {
        let Some(choices) = &self.choices else { return };
        if !choices.values.iter().any(|choice| numbers::same(value, choice)) {
            report.add(|| Finding::not_supported(&report::name(place), value, &choices.shown));
        }
    }

    fn check_text(&self, text: &str, place: &Place<'_>, report: &mut Report) {
        let length = text.chars().count() as u64;
        let (min, max, pattern) = (self.min_length, self.max_length, &self.pattern);
        if let Some(max) = max.filter(|max| length > *max) {
            let bytes = if max == 1 { "byte" } else { "bytes" };
            let detail = format!("may not be more than {max} {bytes}");
            report.add(|| Finding::plain(&report::name(place), Reason::TooLong, &detail));
        } else if let Some(min) = min.filter(|min| length < *min) {
            report.invalid(place, &Value::from(text), &format!("should be at least {min} chars long"));
        } else if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.accepts(text)) {
            report.invalid(place, &Value::from(text), &format!("should match '{}'", pattern.shown));
        }
    }

    fn check_items(&self, items: &[Value], old: Option<&Value>, place: &Place<'_>, report: &mut Report) {
        let count = items.len() as u64;
        if let Some(node) = &self.items {
            let old = Correlation::of(old, self.map_keys.as_deref());
            for (index, item) in items.iter().enumerate() {
                report.merge(node.check_correlated(item, old.find(item), &place.index(index)));
            }
        }
        if let Some(min) = self.min_items.filter(|min| count < *min) {
            report.invalid(place, &Value::from(count), &format!("should have at least {min} items"));
        }
        report.too_many(place, count, self.max_items);
        if self.unique_items && items.len() != items.iter().map(Value::to_string).collect::<HashSet<_>>().len() {
            report.invalid(place, &Value::from(""), "shouldn't contain duplicates");
        }
        report.matches += 1;
    }

    fn check_fields(&self, fields: &Map<String, Value>, old: Option<&Value>, place: &Place<'_>, report: &mut Report) {
        let count = fields.len() as u64;
        if let Some(min) = self.min_properties.filter(|min| count < *min) {
            report.invalid(place, &Value::from(count), &format!("should have at least {min} properties"));
        }
        report.too_many(place, count, self.max_properties);
        let old = |name: &str| {
            let visible = !(place.is_root() && matches!(name, "apiVersion" | "kind"));
            old.filter(|_| visible).and_then(|old| old.get(name))
        };
        for name in fields.keys().filter(|name| self.is_closed && !self.properties.contains_key(*name)) {
            let detail = format!("{}.{name} in body is a forbidden property", place.dotted());
            report.add(|| Finding::invalid(&report::name(place), name, &detail));
        }
        if let Some(additional) = &self.additional {
            for (name, value) in fields.iter().filter(|(name, _)| !self.properties.contains_key(*name)) {
                report.merge(additional.check_correlated(value, old(name), &place.key(name)));
            }
        }
        for (name, value) in fields {
            if let Some(node) = self.properties.get(name) {
                report.merge(node.check_correlated(value, old(name), &place.field(name)));
            }
        }
        for name in self.required.iter().filter(|name| !fields.contains_key(*name)) {
            report.add(|| Finding::plain(&place.field(name).dotted(), Reason::Required, ""));
        }
    }
}

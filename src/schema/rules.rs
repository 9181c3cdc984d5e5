//! Rules in CEL: `x-kubernetes-validations`.
//!
//! The language and its Kubernetes functions are those of the crate `kube-cel`; which rule is looked at when, with what,
//! and what is told of it, is here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use self::{
    evaluate::{Budget, Expression, Outcome},
    seen::Seen,
    shape::Shape,
};
use super::{Finding, ListType, Reason, Schema, Type, place::Place, validate::Correlation};

mod compile;
mod evaluate;
mod seen;
mod shape;
mod types;

#[cfg(test)]
mod tests;

pub(super) use compile::{Rule, normal_field_path};
pub(super) use evaluate::deep_stack;

/// The rules of a schema and of all below it.
#[derive(Debug)]
pub(super) struct Rules {
    own: Vec<Result<Rule, String>>,
    shape: Shape,
    kind: Option<Type>,
    map_keys: Option<Vec<String>>,
    properties: BTreeMap<String, Rules>,
    additional: Option<Box<Rules>>,
    items: Option<Box<Rules>>,
}

impl Rules {
    /// Reads the rules of a schema; none when there are none.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let has_rules = |schema: &Schema| schema.source.get("x-kubernetes-validations").is_some();
        if !super::validate::any(schema, &has_rules) {
            return None;
        }
        evaluate::deep_stack(|| Self::below(schema, true)).unwrap_or_else(|| Some(Self::unreadable(schema)))
    }

    /// What stands for rules that could not be read for want of resources: they are not passed over.
    fn unreadable(schema: &Schema) -> Self {
        Self {
            own: vec![Err("compilation failed".to_owned())],
            shape: Shape::default(),
            kind: schema.kind,
            map_keys: None,
            properties: BTreeMap::new(),
            additional: None,
            items: None,
        }
    }

    fn below(schema: &Schema, is_root: bool) -> Option<Self> {
        let own = Rule::all_of(schema);
        let properties = schema.properties.iter();
        let properties: BTreeMap<_, _> =
            properties.filter_map(|(name, schema)| Some((name.clone(), Self::below(schema, false)?))).collect();
        let child = |schema: &Option<Box<Schema>>| Some(Box::new(Self::below(schema.as_deref()?, false)?));
        let (additional, items) = (child(&schema.additional), child(&schema.items));
        if own.is_empty() && properties.is_empty() && additional.is_none() && items.is_none() {
            return None;
        }
        let seen = || Seen::by(own.iter().flatten().flat_map(Rule::expressions));
        let shape = if own.is_empty() { Shape::default() } else { Shape::of(schema, is_root).seen(&seen()) };
        let map_keys = match &schema.list {
            ListType::Map(keys) => Some(keys.clone()),
            _ => None,
        };
        Some(Self { own, shape, kind: schema.kind, map_keys, properties, additional, items })
    }

    /// Looks at every rule that applies to an object.
    pub(super) fn check(&self, object: &Value, old: Option<&Value>) -> Vec<Finding> {
        let mut check = Check { budget: Budget::of_object(), findings: Vec::new() };
        self.check_value(object, Old { rule: old, same: old, ancestor: None }, &Place::ROOT, &mut check);
        check.findings
    }

    fn check_value(&self, value: &Value, old: Old<'_>, place: &Place<'_>, check: &mut Check) {
        if value.is_null() || check.budget.is_spent() {
            return;
        }
        if !self.own.is_empty() {
            self.check_own(value, old, place, check);
        }
        match value {
            Value::Object(fields) => self.check_fields(fields, value, old, place, check),
            Value::Array(items) => self.check_items(items, value, old, place, check),
            _ => {}
        }
    }

    fn check_fields(
        &self,
        fields: &Map<String, Value>,
        value: &Value,
        old: Old<'_>,
        place: &Place<'_>,
        check: &mut Check,
    ) {
        for (name, field) in fields {
            let old =
                || old.below(value, old.rule.and_then(|old| old.get(name)), old.same.and_then(|old| old.get(name)));
            match (self.properties.get(name), &self.additional) {
                (Some(rules), _) => rules.check_value(field, old(), &place.field(name), check),
                (None, Some(rules)) => rules.check_value(field, old(), &place.key(name), check),
                (None, None) => {}
            }
        }
    }

    fn check_items(&self, items: &[Value], value: &Value, old: Old<'_>, place: &Place<'_>, check: &mut Check) {
        let Some(rules) = &self.items else { return };
        let by_rule = Correlation::of(old.rule, self.map_keys.as_deref());
        let by_same = Correlation::of(old.same, self.map_keys.as_deref());
        for (index, item) in items.iter().enumerate() {
            let old = old.below(value, by_rule.find(item), by_same.find(item));
            rules.check_value(item, old, &place.index(index), check);
        }
    }

    fn check_own(&self, value: &Value, old: Old<'_>, place: &Place<'_>, check: &mut Check) {
        let former = old.rule.filter(|old| !old.is_null());
        // What is the same as it was passed when it was written, or would be let through: most writes are of a status,
        // and most rules are about a spec.
        let is_unchanged = old.is_unchanged(value);
        let has_former = former.is_some();
        let applies = |rule: &Rule| match rule.uses_old {
            true => has_former || rule.optional_old,
            false => !is_unchanged,
        };
        if !self.own.iter().any(|rule| rule.as_ref().map_or(true, &applies)) {
            return;
        }
        let this = self.shape.value(value);
        let former = former.map(|old| self.shape.value(old));
        for rule in &self.own {
            let rule = match rule {
                Ok(rule) if applies(rule) => rule,
                Ok(_) => continue,
                Err(wrong) => {
                    check.findings.push(self.broken(place, &format!("rule compile error: {wrong}")));
                    continue;
                }
            };
            let variables = evaluate::Variables { this: &this, former: former.as_ref(), optional: rule.optional_old };
            match rule.expression.evaluate(&variables, &mut check.budget) {
                Outcome::Value(evaluate::Value::Bool(true)) => {}
                Outcome::Value(evaluate::Value::Bool(false)) => {
                    let detail = self.message(rule, &variables, check);
                    check.findings.push(self.told(rule, value, place, &detail));
                }
                Outcome::Value(_) => check.findings.push(self.broken(place, &rule.of_wrong_type())),
                Outcome::Failed(wrong) => check.findings.push(self.broken(place, &rule.failed(&wrong))),
                Outcome::TooDear(words) => {
                    check.findings.push(self.broken(place, &rule.too_dear(words)));
                    check.budget.spend_all();
                    return;
                }
            }
        }
    }

    fn message(&self, rule: &Rule, variables: &evaluate::Variables<'_>, check: &mut Check) -> String {
        let evaluate = |message: &Expression| match message.evaluate(variables, &mut check.budget) {
            Outcome::Value(evaluate::Value::String(text)) => compile::one_line(&text),
            _ => None,
        };
        rule.message_expression.as_ref().and_then(evaluate).unwrap_or_else(|| rule.static_message())
    }

    /// What is told of a rule that an object breaks.
    fn told(&self, rule: &Rule, value: &Value, place: &Place<'_>, detail: &str) -> Finding {
        let path = match (&rule.field_path, place.is_root()) {
            (None, _) => place.path(),
            (Some(field), true) => field.clone(),
            (Some(field), false) => format!("{}.{field}", place.path()),
        };
        let hidden = matches!(self.kind, Some(Type::Object | Type::Array));
        match rule.reason {
            reason @ (Reason::Forbidden | Reason::Required) => Finding::plain(&path, reason, detail),
            Reason::Duplicate if hidden => Finding::plain(&path, Reason::Duplicate, ""),
            Reason::Duplicate => Finding::about(&path, Reason::Duplicate, value, ""),
            _ if hidden => Finding::plain(&path, Reason::Invalid, detail),
            _ => Finding::about(&path, Reason::Invalid, value, detail),
        }
    }

    /// What is told of a rule that cannot be looked at.
    fn broken(&self, place: &Place<'_>, detail: &str) -> Finding {
        Finding::invalid(&place.path(), self.kind.map_or("", Type::name), detail)
    }
}

/// One look at an object.
struct Check {
    budget: Budget,
    findings: Vec<Finding>,
}

/// What a value was before.
#[derive(Clone, Copy)]
struct Old<'a> {
    /// To rules: `oldSelf`.
    rule: Option<&'a Value>,
    /// To what is let through when nothing changed.
    same: Option<&'a Value>,
    /// The next value above that has an old one, with it.
    ancestor: Option<(&'a Value, &'a Value)>,
}

impl<'a> Old<'a> {
    /// What a value below was; `value` is the one above.
    fn below(self, value: &'a Value, rule: Option<&'a Value>, same: Option<&'a Value>) -> Self {
        Self { rule, same, ancestor: self.same.map(|same| (value, same)).or(self.ancestor) }
    }

    /// Whether the value, or the next one above that had an old one, is what it was.
    fn is_unchanged(self, value: &Value) -> bool {
        match (self.same, self.ancestor) {
            (Some(same), _) => same == value,
            (None, Some((value, same))) => same == value,
            (None, None) => false,
        }
    }
}

//! How much of a value expressions look at: nothing else has to be made of it, and copied with every round of a
//! comprehension.

use std::collections::BTreeMap;

use kube_cel::cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, operators};

use super::evaluate::Expression;

/// The part of a value that expressions look at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Everything in it, such as by a comparison.
    pub(super) whole: bool,
    /// Fields, by their names in rules.
    pub(super) fields: BTreeMap<String, Seen>,
    /// The items of a list, or all keys of a map: it is counted, or gone through.
    pub(super) items: Option<Box<Seen>>,
}

/// A step from a value to one in it.
#[derive(Clone, Debug)]
enum Step {
    Field(String),
    Item,
}

impl Seen {
    /// What expressions see of `self` and `oldSelf`.
    pub(super) fn by<'a>(expressions: impl IntoIterator<Item = &'a Expression>) -> Self {
        let mut looking = Looking::default();
        expressions.into_iter().for_each(|expression| looking.look(expression.parts()));
        looking.seen
    }

    fn at(&mut self, path: &[Step]) -> &mut Self {
        path.iter().fold(self, |seen, step| match step {
            Step::Field(name) => seen.fields.entry(name.clone()).or_default(),
            Step::Item => seen.items.get_or_insert_default(),
        })
    }
}

#[derive(Default)]
struct Looking<'e> {
    seen: Seen,
    /// The variables of the comprehensions around, with the place of those that stand for a part of `self`.
    scope: Vec<(&'e str, Option<Vec<Step>>)>,
}

impl<'e> Looking<'e> {
    /// The place in `self` that an expression is.
    fn locate(&self, expression: &IdedExpr) -> Option<Vec<Step>> {
        match &expression.expr {
            Expr::Ident(name) => match self.scope.iter().rev().find(|(variable, _)| variable == name) {
                Some((_, place)) => place.clone(),
                None => matches!(name.as_str(), "self" | "oldSelf").then(Vec::new),
            },
            Expr::Select(select) if !select.test => {
                let mut place = self.locate(&select.operand)?;
                place.push(Step::Field(select.field.clone()));
                Some(place)
            }
            _ => None,
        }
    }

    fn look(&mut self, expression: &'e IdedExpr) {
        if let Some(place) = self.locate(expression) {
            self.seen.at(&place).whole = true;
            return;
        }
        match &expression.expr {
            Expr::Select(select) => match self.locate(&select.operand) {
                Some(mut place) => {
                    place.push(Step::Field(select.field.clone()));
                    self.seen.at(&place);
                }
                None => self.look(&select.operand),
            },
            Expr::Call(call) => match counted(call) {
                Some(list) => self.count(list),
                None => self.all(call.target.as_deref().into_iter().chain(&call.args)),
            },
            Expr::Comprehension(comprehension) => self.go_through(comprehension, &comprehension.loop_step),
            Expr::List(list) => self.all(&list.elements),
            Expr::Map(map) => map.entries.iter().for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => self.all([&entry.key, &entry.value]),
                EntryExpr::StructField(field) => self.look(&field.value),
            }),
            Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => {}
        }
    }

    fn all(&mut self, expressions: impl IntoIterator<Item = &'e IdedExpr>) {
        expressions.into_iter().for_each(|expression| self.look(expression));
    }

    /// Looks at what is only counted.
    fn count(&mut self, list: &'e IdedExpr) {
        match (self.locate(list), &list.expr) {
            (Some(mut place), _) => {
                place.push(Step::Item);
                self.seen.at(&place);
            }
            (None, Expr::Comprehension(comprehension)) => {
                let step = filter_of(comprehension).unwrap_or(&comprehension.loop_step);
                self.go_through(comprehension, step);
            }
            (None, _) => self.look(list),
        }
    }

    /// Looks at a comprehension, of each round at its condition and at `step`.
    fn go_through(&mut self, comprehension: &'e ComprehensionExpr, step: &'e IdedExpr) {
        let range = &comprehension.iter_range;
        let item = self.locate(range).filter(|_| comprehension.iter_var2.is_none()).map(|mut place| {
            place.push(Step::Item);
            self.seen.at(&place);
            place
        });
        if item.is_none() {
            self.look(range);
        }
        self.look(&comprehension.accu_init);
        let length = self.scope.len();
        self.scope.push((&comprehension.iter_var, item));
        let others = comprehension.iter_var2.iter().chain([&comprehension.accu_var]);
        self.scope.extend(others.map(|name| (name.as_str(), None)));
        self.all([&comprehension.loop_cond, step, &comprehension.result]);
        self.scope.truncate(length);
    }
}

/// What a call of `size` counts.
fn counted(call: &CallExpr) -> Option<&IdedExpr> {
    match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
        ("size", Some(list), []) | ("size", None, [list]) => Some(list),
        _ => None,
    }
}

/// The condition of a comprehension that `filter` makes: its rounds are `condition ? result + [item] : result`.
fn filter_of(comprehension: &ComprehensionExpr) -> Option<&IdedExpr> {
    let is = |expression: &IdedExpr, name: &str| matches!(&expression.expr, Expr::Ident(ident) if ident == name);
    let [condition, then, otherwise] = args_of(&comprehension.loop_step, operators::CONDITIONAL)? else { return None };
    let [before, added] = args_of(then, operators::ADD)? else { return None };
    let Expr::List(added) = &added.expr else { return None };
    let [item] = added.elements.as_slice() else { return None };
    let all = [before, otherwise, &comprehension.result];
    let collects = all.into_iter().all(|part| is(part, &comprehension.accu_var)) && is(item, &comprehension.iter_var);
    collects.then_some(condition)
}

/// What an operator is given.
fn args_of<'e>(expression: &'e IdedExpr, operator: &str) -> Option<&'e [IdedExpr]> {
    match &expression.expr {
        Expr::Call(call) if call.func_name == operator => Some(&call.args),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a rule sees: fields by name, `*` for all, `[]` for items.
    fn seen(rule: &str) -> String {
        described(&Seen::by([&Expression::compile(rule).unwrap()]))
    }

    fn described(seen: &Seen) -> String {
        if seen.whole {
            return "*".to_owned();
        }
        let fields = seen.fields.iter().map(|(name, below)| format!("{name}{}", described(below)));
        let items = seen.items.iter().map(|items| format!("[{}]", described(items)));
        let all: Vec<_> = fields.chain(items).collect();
        if all.is_empty() { String::new() } else { format!("({})", all.join(" ")) }
    }

    #[test]
    fn fields_are_seen_that_are_named() {
        assert_eq!(seen("self.a == 1 && self.b.c > 2"), "(a* b(c*))");
        assert_eq!(seen("has(self.a) && !has(self.b.c)"), "(a b(c))");
        assert_eq!(seen("self.a == oldSelf.b"), "(a* b*)");
        assert_eq!(seen("true"), "");
    }

    #[test]
    fn items_are_seen_as_their_variables_are() {
        assert_eq!(seen("self.all(x, has(x.a) && x.b == 1)"), "([(a b*)])");
        assert_eq!(seen("self.list.exists(x, self.list.exists_one(y, y.a == x.b))"), "(list([(a* b*)]))");
        assert_eq!(seen("self.exists(x, x.list.all(y, y.a))"), "([(list([(a*)]))])");
        assert_eq!(seen("self.all(x, x.all(x, x.a))"), "([([(a*)])])", "the inner one is meant");
        assert_eq!(seen("[1].all(x, x > 0 && self.a)"), "(a*)");
        assert_eq!(seen("[self.a].all(x, x.b)"), "(a*)");
    }

    #[test]
    fn what_is_counted_is_not_looked_into() {
        assert_eq!(seen("self.size() > 1"), "([])");
        assert_eq!(seen("size(self.a) > 1"), "(a([]))");
        assert_eq!(seen("self.filter(x, x.a).size() == 1"), "([(a*)])");
        assert_eq!(seen("size(self.filter(x, x.a)) == 1"), "([(a*)])");
        assert_eq!(seen("self.filter(x, x.a) == []"), "([*])");
        assert_eq!(seen("self.filter(x, x.a).filter(x, x.b).size() == 0"), "([*])");
        assert_eq!(seen("self.map(x, x.a, x.b).size() == 0"), "([(a* b*)])");
        assert_eq!(seen("self.map(x, x).size() == 0"), "([*])");
    }

    #[test]
    fn whatever_else_is_done_with_a_value_sees_all_of_it() {
        for rule in [
            "self == oldSelf",
            "self.all(x, x == {})",
            "self.all(x, 'a' in x)",
            "self.all(x, x['a'] == 1)",
            "self[0].a == 1",
            "self.all(x, string(x) == '')",
            "self.all(x, type(x) == map)",
            "self.all(x, [x] == [])",
            "self.all(x, {'a': x} == {})",
            "self.all(x, true ? x : x)",
            "oldSelf.hasValue()",
        ] {
            assert!(seen(rule).contains('*') && !seen(rule).contains("a*"), "{rule}: {}", seen(rule));
        }
    }
}

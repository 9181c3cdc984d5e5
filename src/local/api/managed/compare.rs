//! What has changed between two values, field by field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::set::FieldSet;
use super::typed::{Form, Typed, same};

/// The fields that differ; none is in two of the sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Only in the old value.
    pub(super) removed: FieldSet,
    /// In both, and not the same.
    pub(super) modified: FieldSet,
    /// Only in the new value.
    pub(super) added: FieldSet,
}

/// What has become of one element, itself and below it.
#[derive(Default)]
struct Found {
    removed: bool,
    modified: bool,
    added: bool,
    below: Comparison,
}

impl Comparison {
    /// Leaves out fields of the object that a request to an endpoint cannot write.
    pub(super) fn without(mut self, ignored: &FieldSet) -> Self {
        self.removed.subtract_whole(ignored);
        self.modified.subtract_whole(ignored);
        self.added.subtract_whole(ignored);
        self
    }

    /// Adds an element; it is named only if there is something to say of it.
    fn put(&mut self, element: impl Fn() -> PathElement, found: Found) {
        let Found { removed, modified, added, below } = found;
        let sets = [
            (&mut self.removed, removed, below.removed),
            (&mut self.modified, modified, below.modified),
            (&mut self.added, added, below.added),
        ];
        for (set, member, below) in sets.into_iter().filter(|(_, member, below)| *member || !below.is_empty()) {
            set.put(element(), member, below);
        }
    }
}

/// Compares two values of a type.
pub(super) fn compare(typed: Typed<'_>, old: &Value, new: &Value) -> Comparison {
    walk(typed, Some(old), Some(new)).below
}

fn walk(typed: Typed<'_>, old: Option<&Value>, new: Option<&Value>) -> Found {
    let mut found = Found::default();
    let forms = (typed.forms(old), typed.forms(new));
    let whole = match (old, new) {
        (_, None) => visit(typed, forms.0.first(), old, new, &mut found),
        (Some(_), Some(_)) if forms.0 != forms.1 => {
            visit(typed, forms.0.first(), old, new, &mut found);
            visit(typed, forms.1.first(), old, new, &mut found)
        }
        (_, Some(_)) => visit(typed, forms.1.first(), old, new, &mut found),
    };
    if !whole {
        found.added |= old.is_none();
        found.removed |= new.is_none();
    }
    found
}

/// Treats both as of one form; says whether they were compared as a whole.
fn visit(typed: Typed<'_>, form: Form, old: Option<&Value>, new: Option<&Value>, found: &mut Found) -> bool {
    match form {
        Form::Scalar => {}
        Form::Map => {
            let fields = (old.and_then(Value::as_object), new.and_then(Value::as_object));
            let empty = fields.0.is_none_or(Map::is_empty) && fields.1.is_none_or(Map::is_empty);
            if !typed.is_atomic_map() && !empty {
                compare_fields(typed, fields.0, fields.1, &mut found.below);
                return false;
            }
        }
        Form::List => {
            let items = (items(old), items(new));
            let empty = items.0.is_empty() && items.1.is_empty();
            if !typed.is_atomic_list() && !empty {
                compare_items(typed, items.0, items.1, &mut found.below);
                return false;
            }
        }
    }
    match (old, new) {
        (None, _) => found.added = true,
        (_, None) => found.removed = true,
        (Some(old), Some(new)) => found.modified |= !same(old, new),
    }
    true
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn compare_fields(
    typed: Typed<'_>,
    old: Option<&Map<String, Value>>,
    new: Option<&Map<String, Value>>,
    comparison: &mut Comparison,
) {
    for (name, value) in old.into_iter().flatten() {
        let found = walk(typed.field(name), Some(value), new.and_then(|new| new.get(name)));
        comparison.put(|| PathElement::Field(name.clone()), found);
    }
    for (name, value) in new.into_iter().flatten() {
        if old.is_none_or(|old| !old.contains_key(name)) {
            comparison.put(|| PathElement::Field(name.clone()), walk(typed.field(name), None, Some(value)));
        }
    }
}

fn compare_items(typed: Typed<'_>, old: &[Value], new: &[Value], comparison: &mut Comparison) {
    let mut elements: BTreeMap<PathElement, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
    for item in old {
        if let Ok(element) = typed.identify(item) {
            elements.entry(element).or_default().0.push(item);
        }
    }
    for item in new {
        if let Ok(element) = typed.identify(item) {
            elements.entry(element).or_default().1.push(item);
        }
    }
    for (element, (old, new)) in elements {
        comparison.put(|| element.clone(), compare_item(typed.item(), &old, &new));
    }
}

/// Items of one name: what occurs more than once is owned as one.
fn compare_item(typed: Typed<'_>, old: &[&Value], new: &[&Value]) -> Found {
    let one = |items: &[&Value]| items.first().map(|item| walk(typed, None, Some(item)).below.added);
    match (old, new) {
        ([] | [_], [] | [_]) => walk(typed, old.first().copied(), new.first().copied()),
        ([_, _, ..], [_, _, ..]) => {
            let equal = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new));
            Found { modified: !equal, ..Found::default() }
        }
        ([_, _, ..], _) => {
            let below = Comparison { added: one(new).unwrap_or_default(), ..Comparison::default() };
            Found { removed: true, added: !new.is_empty(), below, ..Found::default() }
        }
        _ => {
            let below = Comparison { removed: one(old).unwrap_or_default(), ..Comparison::default() };
            Found { added: true, removed: !old.is_empty(), below, ..Found::default() }
        }
    }
}

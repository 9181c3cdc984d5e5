//! What a schema says of a value as far as ownership goes: what is owned whole, what field by field, what item by item.

use std::sync::LazyLock;

use serde_json::Value;

use super::path::{PathElement, Scalar};
use crate::schema::{ListType, Schema, Type};

/// Allows everything: objects are owned field by field, lists whole.
static ANY: LazyLock<Schema> = LazyLock::new(Schema::default);
/// A text.
static TEXT: LazyLock<Schema> = LazyLock::new(|| of_kind(Type::String));
/// `ObjectMeta`, as it is in every object whatever its own schema says.
static METADATA: LazyLock<Schema> = LazyLock::new(metadata);

fn of_kind(kind: Type) -> Schema {
    Schema { kind: Some(kind), ..Schema::default() }
}

fn metadata() -> Schema {
    let text = || of_kind(Type::String);
    let texts = || Schema { additional: Some(Box::new(text())), ..of_kind(Type::Object) };
    let owner = ["apiVersion", "blockOwnerDeletion", "controller", "kind", "name", "uid"].map(|name| {
        let flag = matches!(name, "blockOwnerDeletion" | "controller");
        (name.to_owned(), of_kind(if flag { Type::Boolean } else { Type::String }))
    });
    let owner = Schema { properties: owner.into(), atomic_map: true, ..of_kind(Type::Object) };
    let list = |items, list| Schema { items: Some(Box::new(items)), list, ..of_kind(Type::Array) };
    let number = || of_kind(Type::Integer);
    let fields = [
        ("annotations", texts()),
        ("creationTimestamp", text()),
        ("deletionGracePeriodSeconds", number()),
        ("deletionTimestamp", text()),
        ("finalizers", list(text(), ListType::Set)),
        ("generateName", text()),
        ("generation", number()),
        ("labels", texts()),
        ("managedFields", Schema::default()),
        ("name", text()),
        ("namespace", text()),
        ("ownerReferences", list(owner, ListType::Map(vec!["uid".to_owned()]))),
        ("resourceVersion", text()),
        ("selfLink", text()),
        ("uid", text()),
    ];
    let properties = fields.map(|(name, schema)| (name.to_owned(), schema)).into();
    Schema { properties, ..of_kind(Type::Object) }
}

/// The type of a value.
#[derive(Clone, Copy)]
pub(super) struct Typed<'s> {
    pub(super) schema: &'s Schema,
    /// It is a whole Kubernetes object: `apiVersion`, `kind` and `metadata` are as in all of them.
    object: bool,
    /// Something above it preserves unknown fields.
    open: bool,
}

/// The forms that a value may have, before or after a look at the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forms {
    map: bool,
    scalar: bool,
    list: bool,
}

/// The form that a value is treated as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Map,
    Scalar,
    List,
}

impl Forms {
    /// The form that decides where there are several.
    pub(super) fn first(self) -> Form {
        match self {
            Self { map: true, .. } => Form::Map,
            Self { scalar: true, .. } => Form::Scalar,
            _ => Form::List,
        }
    }

    /// Whether it may be an object.
    pub(super) fn has_map(self) -> bool {
        self.map
    }

    /// Whether it may be a list.
    pub(super) fn has_list(self) -> bool {
        self.list
    }
}

impl<'s> Typed<'s> {
    /// The type of a whole object.
    pub(super) fn object(schema: &'s Schema) -> Self {
        Self { schema, object: true, open: schema.preserve_unknown }
    }

    fn below(self, schema: &'s Schema) -> Self {
        Self { schema, object: schema.embedded_resource, open: self.open || schema.preserve_unknown }
    }

    /// The forms that a value may have: one if the schema says so or the value decides it.
    pub(super) fn forms(self, value: Option<&Value>) -> Forms {
        let kind = self.schema.kind;
        let forms = Forms {
            map: matches!(kind, None | Some(Type::Object)),
            scalar: !matches!(kind, Some(Type::Object | Type::Array)),
            list: matches!(kind, None | Some(Type::Array)),
        };
        let only = |map, scalar, list| Forms { map, scalar, list };
        match value {
            Some(Value::Object(_)) if forms.map => only(true, false, false),
            Some(Value::Array(_)) if forms.list => only(false, false, true),
            Some(Value::String(_) | Value::Number(_) | Value::Bool(_)) if forms.scalar => only(false, true, false),
            _ => forms,
        }
    }

    /// The form that a value is treated as.
    pub(super) fn form(self, value: &Value) -> Form {
        self.forms(Some(value)).first()
    }

    /// Whether every value is right.
    pub(super) fn allows_all(self) -> bool {
        self.schema.kind.is_none()
            && self.schema.properties.is_empty()
            && self.schema.additional.is_none()
            && !self.object
    }

    /// Whether the schema says that values are owned whole; not what is only deduced where everything is allowed.
    pub(super) fn is_whole(self) -> bool {
        match self.schema.kind {
            Some(Type::Object) => self.schema.atomic_map,
            Some(Type::Array) => self.is_atomic_list(),
            None => self.schema.atomic_map && !self.schema.properties.is_empty(),
            Some(_) => false,
        }
    }

    /// Whether objects are owned whole.
    pub(super) fn is_atomic_map(self) -> bool {
        self.schema.atomic_map
    }

    /// Whether lists are owned whole.
    pub(super) fn is_atomic_list(self) -> bool {
        self.schema.list == ListType::Atomic
    }

    /// The type of a field that the schema declares.
    pub(super) fn declared(self, name: &str) -> Option<Self> {
        if self.object {
            match name {
                "apiVersion" | "kind" => return Some(self.below(&TEXT)),
                "metadata" => return Some(Self { schema: &METADATA, object: false, open: false }),
                _ => {}
            }
        }
        self.schema.properties.get(name).map(|schema| self.below(schema))
    }

    /// The type of fields that it does not declare; `None` when there may be none.
    pub(super) fn undeclared(self) -> Option<Self> {
        match &self.schema.additional {
            Some(schema) => Some(self.below(schema)),
            None if self.open || (self.schema.properties.is_empty() && !self.object) => Some(self.below(&ANY)),
            None => None,
        }
    }

    /// The type of a field; anything where there should be none.
    pub(super) fn field(self, name: &str) -> Self {
        self.declared(name).or_else(|| self.undeclared()).unwrap_or_else(|| self.below(&ANY))
    }

    /// The type of a list's items.
    pub(super) fn item(self) -> Self {
        self.below(self.schema.items.as_deref().unwrap_or(&ANY))
    }

    /// How an item of a list that is not atomic is found again.
    ///
    /// # Errors
    ///
    /// What keeps it from being found, in the words of the real server.
    pub(super) fn identify(self, item: &Value) -> Result<PathElement, String> {
        match &self.schema.list {
            ListType::Atomic => Err("invalid indexing of non-associative list".to_owned()),
            ListType::Map(keys) => self.key(keys, item).map(PathElement::Key),
            ListType::Set => match item {
                Value::Object(_) => Err("associative list without keys has an element that's a map type".to_owned()),
                Value::Array(_) => Err("not supported: associative list with lists as elements".to_owned()),
                Value::Null => Err("associative list without keys has an element that's an explicit null".to_owned()),
                scalar => Ok(PathElement::Value(Scalar(scalar.clone()))),
            },
        }
    }

    fn key(self, keys: &[String], item: &Value) -> Result<Vec<(String, Scalar)>, String> {
        let fields = match item {
            Value::Object(fields) => fields,
            Value::Null => return Err("associative list with keys may not have a null element".to_owned()),
            _ => return Err("associative list with keys may not have non-map elements".to_owned()),
        };
        let properties = self.schema.items.as_ref().map(|items| &items.properties);
        let default =
            |name: &String| properties.and_then(|known| known.get(name)).and_then(|field| field.default.as_ref());
        let mut key: Vec<_> = keys
            .iter()
            .filter_map(|name| {
                fields.get(name).or_else(|| default(name)).map(|value| (name.clone(), Scalar(value.clone())))
            })
            .collect();
        if key.is_empty() && !keys.is_empty() {
            let quoted: Vec<_> = keys.iter().map(|name| format!("{name:?}")).collect();
            return Err(format!(
                "associative list with keys has an element that omits all key fields [{}] (and doesn't have default \
                 values for any key fields)",
                quoted.join(" ")
            ));
        }
        key.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(key)
    }
}

/// Whether two values say the same: `1` is `1.0`.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let pairs = left.iter().zip(right);
            left.len() == right.len()
                && pairs.into_iter().all(|(left, right)| left.0 == right.0 && same(left.1, right.1))
        }
        _ => super::path::compare(left, right).is_eq(),
    }
}

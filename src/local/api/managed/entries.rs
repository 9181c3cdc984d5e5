//! `metadata.managedFields`: who owns what, read and written.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::codec;
use super::path::Malformed;
use super::set::FieldSet;

/// How many entries of updates an object keeps.
const MAX_UPDATERS: usize = 10;
/// Who owns what the oldest updaters owned.
const ANCIENT_CHANGES: &str = "ancient-changes";

/// How fields came to be owned, in the order of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    /// Server-side apply.
    Apply,
    /// Anything else.
    Update,
}

/// Whom an entry is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Writer {
    pub(super) manager: String,
    pub(super) operation: Operation,
    /// Version that it updated in; empty for appliers, who are the same in all versions.
    pub(super) api_version: String,
    pub(super) subresource: String,
}

/// The order of conflicts, which on the real server is that of a JSON text: who has no subresource comes last.
impl Ord for Writer {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |writer: &Self| writer.subresource.is_empty();
        let by_name = self.manager.cmp(&other.manager).then_with(|| self.operation.cmp(&other.operation));
        let by_version = by_name.then_with(|| self.api_version.cmp(&other.api_version));
        by_version.then_with(|| key(self).cmp(&key(other))).then_with(|| self.subresource.cmp(&other.subresource))
    }
}

impl PartialOrd for Writer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As conflicts name it.
impl fmt::Display for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.manager)?;
        if !self.subresource.is_empty() {
            write!(formatter, " with subresource {:?}", self.subresource)?;
        }
        match self.operation {
            Operation::Apply => Ok(()),
            Operation::Update => write!(formatter, " using {}", self.api_version),
        }
    }
}

/// What a writer owns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Holding {
    pub(super) fields: FieldSet,
    /// Version that the fields are of.
    pub(super) api_version: String,
    /// Last change of the entry, in seconds; absent when nobody said.
    pub(super) time: Option<Timestamp>,
}

/// Who owns what of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Owners(pub(super) BTreeMap<Writer, Holding>);

/// What a request says of the owners.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// Nothing that counts: they stay what they are.
    Nothing,
    /// Nobody owns anything any more.
    Reset,
    /// These.
    These(Owners),
}

/// `metadata.managedFields` of an object.
pub(super) fn listed(object: &Value) -> Option<&Vec<Value>> {
    object.get("metadata")?.get("managedFields")?.as_array()
}

/// Takes `metadata.managedFields` out of an object.
pub(super) fn take(object: &mut Value) -> Option<Value> {
    object.get_mut("metadata")?.as_object_mut()?.remove("managedFields")
}

/// Reads what a request says of the owners. As on the real server, what makes no sense is taken for silence.
pub(super) fn asked(list: Option<&Value>) -> Asked {
    match list.and_then(Value::as_array).map(Vec::as_slice) {
        None => Asked::Nothing,
        Some([]) => Asked::Reset,
        Some([one]) if is_blank(one) => Asked::Reset,
        Some(entries) => Owners::decode(entries).map_or(Asked::Nothing, Asked::These),
    }
}

fn is_blank(entry: &Value) -> bool {
    let blank = |value: &Value| value.is_null() || value.as_str().is_some_and(str::is_empty);
    entry.as_object().is_some_and(|fields| fields.values().all(blank))
}

impl Owners {
    /// Reads entries.
    ///
    /// # Errors
    ///
    /// When one of them is none.
    pub(super) fn decode(entries: &[Value]) -> Result<Self, Malformed> {
        entries.iter().map(decode_entry).collect::<Result<_, _>>().map(Self)
    }

    /// The entries in the order of the real server: appliers first, then by time, manager, version, subresource.
    pub(super) fn encode(&self) -> Option<Value> {
        let seconds = |holding: &Holding| holding.time.map_or(0, Timestamp::as_second);
        let mut entries: Vec<_> = self.0.iter().collect();
        entries.sort_by(|left, right| {
            let by_time = left.0.operation.cmp(&right.0.operation).then_with(|| seconds(left.1).cmp(&seconds(right.1)));
            let by_name = by_time.then_with(|| left.0.manager.cmp(&right.0.manager));
            let by_version = by_name.then_with(|| left.1.api_version.cmp(&right.1.api_version));
            by_version.then_with(|| left.0.subresource.cmp(&right.0.subresource))
        });
        let entries: Vec<_> = entries.into_iter().map(|(writer, holding)| encode_entry(writer, holding)).collect();
        (!entries.is_empty()).then_some(Value::Array(entries))
    }

    /// Whether somebody owns fields of a version of another group. Versions of this group say the same.
    pub(super) fn of_other_groups(&self, group: &str) -> bool {
        let group_of = |version: &'_ str| version.split_once('/').is_some_and(|(of, _)| of == group);
        let is_other = |version: &str| !(group_of(version) || group.is_empty() && !version.contains('/'));
        self.0.values().any(|holding| is_other(&holding.api_version))
    }

    /// Drops those who own nothing.
    pub(super) fn drop_empty(&mut self) {
        self.0.retain(|_, holding| !holding.fields.is_empty());
    }

    /// Puts the oldest updaters of a version together until no more than ten are left.
    pub(super) fn cap(&mut self) {
        let mut updaters: Vec<_> = self.0.iter().filter(|(writer, _)| writer.operation == Operation::Update).collect();
        let mut count = updaters.len();
        if count <= MAX_UPDATERS {
            return;
        }
        updaters.sort_by_key(|(_, holding)| holding.time.map_or(0, Timestamp::as_second));
        let updaters: Vec<Writer> = updaters.into_iter().map(|(writer, _)| writer.clone()).collect();
        let mut first_of: BTreeMap<String, Writer> = BTreeMap::new();
        for writer in updaters {
            if count <= MAX_UPDATERS {
                break;
            }
            let Some(version) = self.0.get(&writer).map(|holding| holding.api_version.clone()) else { continue };
            match first_of.entry(version) {
                Slot::Vacant(slot) => {
                    slot.insert(writer);
                }
                Slot::Occupied(slot) => {
                    self.bury(slot.get().clone(), &writer, slot.key().clone());
                    count -= 1;
                }
            }
        }
    }

    /// Gives what two updaters own to the one entry of ancient changes.
    fn bury(&mut self, first: Writer, next: &Writer, api_version: String) {
        let ancient = Writer {
            manager: ANCIENT_CHANGES.to_owned(),
            operation: Operation::Update,
            api_version,
            subresource: String::new(),
        };
        if !self.0.contains_key(&ancient)
            && let Some(holding) = self.0.remove(&first)
        {
            self.0.insert(ancient.clone(), holding);
        }
        if let (Some(buried), Slot::Occupied(mut slot)) = (self.0.remove(next), self.0.entry(ancient)) {
            slot.get_mut().fields.unite(buried.fields);
            slot.get_mut().time = buried.time;
        }
    }
}

fn decode_entry(entry: &Value) -> Result<(Writer, Holding), Malformed> {
    let entry = entry.as_object().ok_or(Malformed)?;
    let text = |name: &str| match entry.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(value) => value.as_str().ok_or(Malformed),
    };
    let operation = match text("operation")? {
        "Apply" => Operation::Apply,
        "Update" => Operation::Update,
        _ => return Err(Malformed),
    };
    let api_version = text("apiVersion")?;
    if api_version.is_empty() || text("fieldsType")? != "FieldsV1" {
        return Err(Malformed);
    }
    let time = match text("time")? {
        "" => None,
        time => Some(time.parse().map_err(|_| Malformed)?),
    };
    let writer = Writer {
        manager: text("manager")?.to_owned(),
        operation,
        api_version: if operation == Operation::Apply { String::new() } else { api_version.to_owned() },
        subresource: text("subresource")?.to_owned(),
    };
    let fields = codec::decode(entry.get("fieldsV1"))?;
    Ok((writer, Holding { fields, api_version: api_version.to_owned(), time }))
}

fn encode_entry(writer: &Writer, holding: &Holding) -> Value {
    let operation = match writer.operation {
        Operation::Apply => "Apply",
        Operation::Update => "Update",
    };
    let mut entry = Map::new();
    let time = holding.time.map(in_seconds);
    let texts = [
        ("apiVersion", holding.api_version.as_str()),
        ("fieldsType", "FieldsV1"),
        ("manager", &writer.manager),
        ("operation", operation),
        ("subresource", &writer.subresource),
        ("time", time.as_deref().unwrap_or_default()),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        entry.insert(name.to_owned(), text.into());
    }
    entry.insert("fieldsV1".to_owned(), codec::encode(&holding.fields));
    Value::Object(entry)
}

/// A time as `metav1.Time` writes it: whole seconds.
fn in_seconds(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

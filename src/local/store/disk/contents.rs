//! What a store's file holds, read at the start.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use redb::{Database, ReadableDatabase, ReadableTable};
use serde::Deserialize;

use super::{FORMAT, FORMAT_ENTRY, META, OBJECTS, REVISION_ENTRY};
use crate::local::store::{Key, StoreError, Stored};

/// Everything that the file holds.
pub(in crate::local::store) struct Contents {
    pub(in crate::local::store) revision: u64,
    pub(in crate::local::store) objects: BTreeMap<Key, Arc<Stored>>,
}

#[derive(Deserialize)]
struct Object {
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    resource_version: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl Contents {
    pub(super) fn read(database: &Database, path: &Path) -> Result<Self, StoreError> {
        let unreadable = |error: redb::Error| match error {
            redb::Error::Io(error) => StoreError::disk("read", path, &error),
            other => StoreError::corrupt(path, &other.to_string()),
        };
        let (revision, entries) = entries(database).map_err(unreadable)?;
        let revision = revision.map_err(|cause| StoreError::corrupt(path, &cause))?;
        let mut objects = BTreeMap::new();
        for (key, json) in entries {
            let stored = stored(key.clone(), json, revision).map_err(|cause| {
                let Key { resource, namespace, name } = &key;
                StoreError::corrupt(path, &format!("{resource} \"{name}\" in \"{namespace}\": {cause}"))
            })?;
            objects.insert(key, Arc::new(stored));
        }
        Ok(Self { revision, objects })
    }
}

type Entries = (Result<u64, String>, Vec<(Key, Bytes)>);

fn entries(database: &Database) -> Result<Entries, redb::Error> {
    let transaction = database.begin_read()?;
    let meta = transaction.open_table(META)?;
    let number = |entry: &str| Ok::<_, redb::Error>(meta.get(entry)?.map(|value| value.value()));
    let revision = match (number(FORMAT_ENTRY)?, number(REVISION_ENTRY)?) {
        (Some(FORMAT), Some(revision)) => revision,
        (Some(FORMAT), None) => return Ok((Err("it has no revision".into()), Vec::new())),
        (Some(other), _) => {
            return Ok((Err(format!("its format is {other}; this version reads {FORMAT}")), Vec::new()));
        }
        (None, _) => return Ok((Err("it does not say what format it has".into()), Vec::new())),
    };
    let mut entries = Vec::new();
    for entry in transaction.open_table(OBJECTS)?.iter()? {
        let (key, json) = entry?;
        let (resource, namespace, name) = key.value();
        let key = Key { resource: resource.into(), namespace: namespace.into(), name: name.into() };
        entries.push((key, Bytes::copy_from_slice(json.value())));
    }
    Ok((Ok(revision), entries))
}

/// The error does not quote the object: it may be a Secret.
fn stored(key: Key, json: Bytes, newest: u64) -> Result<Stored, String> {
    let object: Object = serde_json::from_slice(&json)
        .map_err(|error| format!("no object as JSON (line {}, column {})", error.line(), error.column()))?;
    let revision = object.metadata.resource_version.parse().ok().filter(|revision| *revision <= newest);
    let revision = revision.ok_or("its resourceVersion is none of this store")?;
    Ok(Stored { key, revision, labels: object.metadata.labels, json })
}

//! The store's file: a redb database with every object under its key, and the revision.

mod contents;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError, StorageError, Table, TableDefinition};

pub(super) use contents::Contents;

use super::published::{Group, Shared};
use super::{Key, StoreError, Stored};

/// The file's name in the data directory.
const FILE: &str = "store.redb";
/// What a new file is called until it is complete.
const UNFINISHED: &str = "store.redb.new";
/// The format that this version reads and writes.
const FORMAT: u64 = 1;
/// Bytes that redb may cache. Nothing is read from it after the start, so this is for its own pages.
const CACHE: usize = 32 << 20;
/// Resource, namespace and name, to JSON.
const OBJECTS: TableDefinition<'_, (&str, &str, &str), &[u8]> = TableDefinition::new("objects");
/// [`REVISION_ENTRY`] and [`FORMAT_ENTRY`], to their numbers.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const REVISION_ENTRY: &str = "revision";
const FORMAT_ENTRY: &str = "format";

type Objects<'txn> = Table<'txn, (&'static str, &'static str, &'static str), &'static [u8]>;
type Open = Box<dyn Fn() -> Result<Database, DatabaseError> + Send>;

/// The file, open for writing.
pub(super) struct Disk {
    path: PathBuf,
    open: Open,
    /// `None` after a failure: redb wants to be opened again then.
    database: Option<Database>,
    /// Objects of failed groups: what the file holds of them is unknown.
    suspects: BTreeSet<Key>,
}

impl Disk {
    /// Opens the store in a directory; makes one when there is none.
    pub(super) fn open(directory: &Path) -> Result<(Self, Contents), StoreError> {
        let path = directory.join(FILE);
        if !path.try_exists().map_err(|error| StoreError::disk("opened", &path, &error))? {
            create(directory, &path).map_err(|error| StoreError::disk("created", &path, &*error))?;
        }
        let open = {
            let path = path.clone();
            Box::new(move || checking().open(&path))
        };
        Self::with(path, open)
    }

    /// Opens the store that a function opens.
    pub(super) fn with(path: PathBuf, open: Open) -> Result<(Self, Contents), StoreError> {
        // redb may panic on pages that were changed behind its back.
        let read = || {
            let database = open().map_err(|error| opening(&path, error))?;
            let contents = Contents::read(&database, &path)?;
            Ok((database, contents))
        };
        let (database, contents) = catch_unwind(AssertUnwindSafe(read))
            .unwrap_or_else(|_| Err(StoreError::corrupt(&path, "its pages do not fit together")))?;
        Ok((Self { path, open, database: Some(database), suspects: BTreeSet::new() }, contents))
    }

    /// Puts a group on the disk, all of it or nothing. What is published is the state before it.
    pub(super) fn commit(&mut self, group: &Group, shared: &Shared) -> Result<(), StoreError> {
        let done = self.try_commit(group, shared);
        match done {
            Ok(()) => self.suspects.clear(),
            Err(_) => {
                self.database = None;
                self.suspects.extend(group.changed().map(|(key, _)| key.clone()));
            }
        }
        done.map_err(|error| StoreError::disk("written", &self.path, &*error))
    }

    /// Takes back what a failed group may have left in the file.
    pub(super) fn settle(&mut self, shared: &Shared) -> Result<(), StoreError> {
        let nothing = Group::after(shared.read().revision());
        if self.suspects.is_empty() { Ok(()) } else { self.commit(&nothing, shared) }
    }

    fn try_commit(&mut self, group: &Group, shared: &Shared) -> Result<(), Box<dyn Error>> {
        let database = match &mut self.database {
            Some(database) => database,
            closed => closed.insert((self.open)()?),
        };
        let transaction = database.begin_write()?;
        {
            let mut objects = transaction.open_table(OBJECTS)?;
            for key in &self.suspects {
                let published = shared.read().get(key).cloned();
                put(&mut objects, key, published.as_deref())?;
            }
            for (key, state) in group.changed() {
                put(&mut objects, key, state)?;
            }
        }
        transaction.open_table(META)?.insert(REVISION_ENTRY, group.revision())?;
        Ok(transaction.commit()?)
    }
}

fn put(objects: &mut Objects<'_>, key: &Key, state: Option<&Stored>) -> Result<(), StorageError> {
    let key = (&*key.resource, &*key.namespace, &*key.name);
    match state {
        Some(stored) => objects.insert(key, &stored.json[..])?,
        None => objects.remove(key)?,
    };
    Ok(())
}

/// Makes an empty store. It gets its name when it is complete, so that a file of that name is always a store.
fn create(directory: &Path, path: &Path) -> Result<(), Box<dyn Error>> {
    let unfinished = directory.join(UNFINISHED);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let database = Builder::new().create(&unfinished)?;
    initialize(&database)?;
    database.close()?;
    std::fs::rename(&unfinished, path)?;
    Ok(File::open(directory)?.sync_all()?)
}

fn initialize(database: &Database) -> Result<(), Box<dyn Error>> {
    let transaction = database.begin_write()?;
    transaction.open_table(OBJECTS)?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert(FORMAT_ENTRY, FORMAT)?;
        meta.insert(REVISION_ENTRY, 1)?;
    }
    Ok(transaction.commit()?)
}

fn checking() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
    builder
}

/// Tells a file that is no store from one that cannot be read.
fn opening(path: &Path, error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::UpgradeRequired(version) => {
            StoreError::corrupt(path, &format!("its file format is {version}, which is not this version's"))
        }
        DatabaseError::Storage(StorageError::Corrupted(cause)) => StoreError::corrupt(path, &cause),
        DatabaseError::Storage(StorageError::Io(error)) if is_about_contents(&error) => {
            StoreError::corrupt(path, &error.to_string())
        }
        other => StoreError::disk("opened", path, &other),
    }
}

fn is_about_contents(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

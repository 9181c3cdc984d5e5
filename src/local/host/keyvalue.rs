//! `wasi:keyvalue` in memory: what the components of one workload write, they read, for as long as it lives.
//!
//! wasmtime's own crate gives every opened bucket a copy of its own, which the next request does not see.

mod buckets;

use wasmtime::component::{HasSelf, Linker, Resource};

use super::guest::Guest;
pub(super) use buckets::Buckets;
use buckets::Refused;

mod generated {
    wasmtime::component::bindgen!({
        inline: "
            package wasi:keyvalue@0.2.0-draft;
            interface store {
                variant error { no-such-store, access-denied, other(string) }
                record key-response { keys: list<string>, cursor: option<u64> }
                open: func(identifier: string) -> result<bucket, error>;
                resource bucket {
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                    exists: func(key: string) -> result<bool, error>;
                    list-keys: func(cursor: option<u64>) -> result<key-response, error>;
                }
            }
            interface atomics {
                use store.{bucket, error};
                increment: func(bucket: borrow<bucket>, key: string, delta: u64) -> result<u64, error>;
            }
            interface batch {
                use store.{bucket, error};
                get-many: func(bucket: borrow<bucket>, keys: list<string>)
                    -> result<list<option<tuple<string, list<u8>>>>, error>;
                set-many: func(bucket: borrow<bucket>, key-values: list<tuple<string, list<u8>>>)
                    -> result<_, error>;
                delete-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<_, error>;
            }
            world imports { import store; import atomics; import batch; }
        ",
        imports: { default: trappable },
        with: { "wasi:keyvalue/store.bucket": super::Bucket },
        trappable_error_type: { "wasi:keyvalue/store.error" => super::Failed },
    });
}

use generated::wasi::keyvalue::store::{self, KeyResponse};
use generated::wasi::keyvalue::{atomics, batch};

/// A bucket that a component has opened.
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Bucket {
    name: String,
}

/// Why a call failed: for the component, or because its handle is none.
pub(super) enum Failed {
    /// Told to the component.
    Refused(Refused),
    /// Ends the component.
    Trap(wasmtime::Error),
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<wasmtime::component::ResourceTableError> for Failed {
    fn from(error: wasmtime::component::ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl Guest {
    fn bucket(&mut self, bucket: &Resource<Bucket>) -> Result<(&Buckets, &str), Failed> {
        let (program, table) = self.program_and_table();
        Ok((&program.buckets, &table.get(bucket)?.name))
    }
}

impl store::Host for Guest {
    fn open(&mut self, identifier: String) -> Result<Resource<Bucket>, Failed> {
        self.program().buckets.open(&identifier)?;
        Ok(self.table().push(Bucket { name: identifier })?)
    }

    fn convert_error(&mut self, failed: Failed) -> wasmtime::Result<store::Error> {
        match failed {
            Failed::Refused(refused) => Ok(store::Error::Other(refused.to_string())),
            Failed::Trap(error) => Err(error),
        }
    }
}

impl store::HostBucket for Guest {
    fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Result<Option<Vec<u8>>, Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        Ok(buckets.get(name, &key))
    }

    fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Result<(), Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        Ok(buckets.set(name, key, value)?)
    }

    fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Result<(), Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        buckets.delete(name, &key);
        Ok(())
    }

    fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Result<bool, Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        Ok(buckets.get(name, &key).is_some())
    }

    fn list_keys(&mut self, bucket: Resource<Bucket>, cursor: Option<u64>) -> Result<KeyResponse, Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        let (keys, cursor) = buckets.keys(name, cursor.unwrap_or(0));
        Ok(KeyResponse { keys, cursor })
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table().delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for Guest {
    fn increment(&mut self, bucket: Resource<Bucket>, key: String, delta: u64) -> Result<u64, Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        Ok(buckets.increment(name, key, delta)?)
    }
}

impl batch::Host for Guest {
    fn get_many(
        &mut self,
        bucket: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<(String, Vec<u8>)>>, Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        Ok(keys.into_iter().map(|key| buckets.get(name, &key).map(|value| (key, value))).collect())
    }

    fn set_many(&mut self, bucket: Resource<Bucket>, pairs: Vec<(String, Vec<u8>)>) -> Result<(), Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        for (key, value) in pairs {
            buckets.set(name, key, value)?;
        }
        Ok(())
    }

    fn delete_many(&mut self, bucket: Resource<Bucket>, keys: Vec<String>) -> Result<(), Failed> {
        let (buckets, name) = self.bucket(&bucket)?;
        for key in &keys {
            buckets.delete(name, key);
        }
        Ok(())
    }
}

/// Gives it to components.
pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    store::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    atomics::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)?;
    batch::add_to_linker::<_, HasSelf<Guest>>(linker, |guest| guest)
}

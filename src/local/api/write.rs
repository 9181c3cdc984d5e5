//! Create, update, patch and delete: reads what is there, decides, writes, and tries again when another was faster.

pub(in crate::local) mod crd;
pub(super) mod delete;
mod patch;
mod place;

pub(super) use patch::{refused, unsupported};

use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::failure::{Cause, Failure, qualified};
use super::options::Options;
use super::path::Objects;
use super::resource::Resource;
use super::strategy::{self, Part};
use super::{ApiServer, body, builtin, managed, meta, scale, stored};
use crate::local::store::{Change, Draft, Expected, Key, Refused, Stored};
use crate::schema::metadata::{self, NameRule};
use crate::schema::{self, Extent, Reason};

/// How often a write is tried again that named no version and met another one. Each time another write has been done.
const ATTEMPTS: usize = 256;

/// A request for objects, checked.
pub struct Call {
    /// What kind of objects.
    pub resource: Arc<Resource>,
    /// Which.
    pub at: Objects,
    /// How.
    pub options: Options,
    /// Who asks: `fieldManager`, else the program in `User-Agent`.
    pub manager: String,
    /// What the answer warns of.
    pub warnings: Vec<String>,
}

/// An object as a write has left it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The object.
    pub object: Value,
    /// Whether it is new.
    pub created: bool,
}

impl Call {
    /// The namespace of the request; empty for objects of the cluster.
    fn namespace(&self) -> &str {
        self.at.namespace.as_deref().unwrap_or_default()
    }

    /// The name in the path.
    pub(super) fn name(&self) -> &str {
        self.at.name.as_deref().unwrap_or_default()
    }

    pub(super) fn key(&self, name: &str) -> Key {
        Key {
            resource: builtin::stored_as(&self.resource).into(),
            namespace: self.namespace().into(),
            name: name.into(),
        }
    }

    pub(super) fn not_found(&self) -> Failure {
        Failure::not_found(&self.resource.group, &self.resource.plural, self.name())
    }

    fn invalid(&self, name: &str, causes: &[Cause]) -> Failure {
        Failure::invalid(&self.resource.group, &self.resource.kind, name, causes)
    }

    fn part(&self) -> Part {
        match self.at.subresource.as_deref() {
            Some("status") => Part::Status,
            Some("finalize") => Part::Finalize,
            _ => Part::Main,
        }
    }

    /// Who writes, for `metadata.managedFields`.
    fn manager(&self) -> managed::Manager<'_> {
        managed::Manager { name: &self.manager, subresource: self.at.subresource.as_deref().unwrap_or_default() }
    }
}

/// What a write makes of the object that is there.
enum Made {
    /// A whole new state, of the object that it names.
    Put(Value),
    /// A new state, whose fields are still to be given to the manager.
    Patched(Value),
    /// A new state whose managed fields are settled.
    Applied(Value),
}

/// How a new object comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Birth {
    /// By POST.
    Posted,
    /// By PUT, of the kinds that it creates.
    Put,
    /// By server-side apply: its managed fields are settled.
    Applied,
}

impl ApiServer {
    /// POST: a new object.
    ///
    /// # Errors
    /// As kube-apiserver's: 400, 403, 409, 422.
    pub(super) async fn create(&self, call: &mut Call, media: &str, bytes: &[u8]) -> Result<Written, Failure> {
        let sent = body::object(media, bytes, &call.resource.kind)?;
        let mut object = sent.object;
        place::check_type(call, &object)?;
        place::check_namespace(call, &mut object)?;
        read_fields(call, &mut object, &sent.complaints)?;
        place::check_own_kind(call, &object)?;
        self.create_object(call, object, Birth::Posted).await
    }

    /// Creates an object that was pruned.
    async fn create_object(&self, call: &mut Call, mut object: Value, birth: Birth) -> Result<Written, Failure> {
        let generated = place::generate_name(&mut object);
        let name = meta::name(&object).to_owned();
        self.may_create(call, &name)?;
        let version = meta::text(&object, "resourceVersion").parse::<u64>().unwrap_or_default();
        let now = self.now();
        let causes = prepare(call, &mut object, None);
        if birth != Birth::Applied {
            managed::update(None, &mut object, &call.resource, &call.manager(), now);
        }
        let uid = uuid::Uuid::new_v4().to_string();
        strategy::before_create(&call.resource, &mut object, &uid, now);
        check(call, &object, None, causes)?;
        if call.options.dry_run {
            if let Some(there) = self.store.get(&call.key(&name)) {
                return Err(already_exists(call, &name, Some(&there)));
            }
            return Ok(Written { object, created: true });
        }
        if birth == Birth::Posted && version != 0 {
            return Err(Failure::unexpected("resourceVersion should not be set on objects to be created"));
        }
        self.finish_crd(call, &mut object)?;
        self.enter_namespace(call, &name).await?;
        match self.keep(call, &name, Expected::Absent, object, false).await {
            Ok(object) => Ok(Written { object, created: true }),
            Err(Refused::Conflict(_)) if generated => Err(generated_conflict(call, &name)),
            Err(Refused::Conflict(there)) => Err(already_exists(call, &name, there.as_deref())),
            Err(Refused::Failed(error)) => Err(unkept(&error.to_string())),
        }
    }

    /// PUT: a new state of an object.
    ///
    /// # Errors
    /// As kube-apiserver's: 400, 404, 409, 422.
    pub(in crate::local) async fn update(
        &self,
        call: &mut Call,
        media: &str,
        bytes: &[u8],
    ) -> Result<Written, Failure> {
        let sent = body::object(media, bytes, &call.resource.kind)?;
        let mut object = sent.object;
        place::check_type(call, &object)?;
        place::check_namespace(call, &mut object)?;
        place::check_name(call, &object)?;
        read_fields(call, &mut object, &sent.complaints)?;
        if self.store.get(&call.key(call.name())).is_none() && created_by_update(&call.resource) {
            meta::remove(&mut object, "uid");
            return self.create_object(call, object, Birth::Put).await;
        }
        self.revise(call, |_, _| Ok(Made::Put(object.clone()))).await
    }

    /// A write through the scale subresource.
    ///
    /// # Errors
    /// As kube-apiserver's: 404, 409, 422.
    pub(super) async fn revise_scale(
        &self,
        call: &mut Call,
        change: impl Fn(&Resource, &Value) -> Result<Value, Failure>,
    ) -> Result<Written, Failure> {
        let resource = call.resource.clone();
        self.revise(call, |_, old| change(&resource, old).map(Made::Patched)).await
    }

    /// Reads an object, makes its next state and writes it; again when it has changed in between.
    async fn revise(
        &self,
        call: &mut Call,
        mut make: impl FnMut(&mut Call, &Value) -> Result<Made, Failure>,
    ) -> Result<Written, Failure> {
        for _ in 0..ATTEMPTS {
            let stored = self.store.get(&call.key(call.name())).ok_or_else(|| call.not_found())?;
            let old = self.load(&call.resource, &stored)?;
            let made = make(call, &old)?;
            let (new, gone) = self.next_state(call, &old, made)?;
            if new == old || call.options.dry_run {
                return Ok(Written { object: new, created: false });
            }
            let name = call.name().to_owned();
            match self.keep(call, &name, Expected::Revision(stored.revision), new, gone).await {
                Ok(object) => return Ok(Written { object, created: false }),
                // A write that names a version finds on its next try that it is stale.
                Err(Refused::Conflict(_)) => {}
                Err(Refused::Failed(error)) => return Err(unkept(&error.to_string())),
            }
        }
        Err(Failure::conflict(&call.resource.group, &call.resource.plural, call.name(), strategy::STALE))
    }

    /// The state that is to be kept, and whether it is the last one.
    fn next_state(&self, call: &mut Call, old: &Value, made: Made) -> Result<(Value, bool), Failure> {
        let resource = call.resource.clone();
        let (mut new, applied) = match made {
            Made::Put(new) => {
                strategy::check_identity(&resource, old, &new)?;
                (new, false)
            }
            Made::Patched(new) => (new, false),
            Made::Applied(new) => (new, true),
        };
        strategy::check_version(&resource, old, &new)?;
        place::check_own_kind(call, &new)?;
        let causes = if call.part() == Part::Main { prepare(call, &mut new, Some(old)) } else { Vec::new() };
        if !applied {
            managed::update(Some(old), &mut new, &resource, &call.manager(), self.now());
        }
        strategy::before_update(&resource, call.part(), old, &mut new);
        meta::copy(old, &mut new, "resourceVersion");
        check(call, &new, Some(old), causes)?;
        if call.part() == Part::Main {
            self.finish_crd(call, &mut new)?;
        }
        managed::keep_times(old, &mut new);
        let gone = strategy::ends_deletion(old, &new);
        Ok((new, gone))
    }

    /// Writes an object, or removes it in this last state.
    async fn keep(
        &self,
        call: &Call,
        name: &str,
        expected: Expected,
        mut object: Value,
        gone: bool,
    ) -> Result<Value, Refused> {
        let draft = Draft::of(&stored::to_store(&call.resource, &object));
        let change = if gone { Change::Delete(draft) } else { Change::Put(draft) };
        let stored = self.store.write(call.key(name), expected, change).await?;
        if !gone {
            meta::set(&mut object, "resourceVersion", stored.revision.to_string().into());
        }
        self.noticed(&call.resource, name);
        Ok(object)
    }

    /// A stored object in the version of this resource.
    pub(super) fn load(&self, resource: &Resource, stored: &Stored) -> Result<Value, Failure> {
        match stored::served(resource, stored) {
            Value::Null => Err(unkept("the stored object cannot be read")),
            object => Ok(object),
        }
    }
}

/// Kinds that a PUT creates when they are missing.
fn created_by_update(resource: &Resource) -> bool {
    !resource.custom && matches!(resource.plural.as_str(), "leases" | "events")
}

/// Reads what was sent into what the schema knows, with its defaults.
///
/// # Errors
/// 400 for wrong types of built-in kinds, and for unknown fields where they are to be refused; `complaints` are about the
/// text.
fn read_fields(call: &mut Call, object: &mut Value, complaints: &[String]) -> Result<(), Failure> {
    let unknown = drop_unknown(call, object)?;
    schema::default_values(&call.resource.schema, object);
    body::judge(call, complaints, &unknown)
}

/// Drops the fields that the schema does not know; which they were.
fn drop_unknown(call: &Call, object: &mut Value) -> Result<Vec<String>, Failure> {
    // An empty list of managers says something, and is dropped as empty otherwise.
    let managers = object["metadata"].get("managedFields").cloned();
    if !call.resource.custom {
        builtin::decode(&call.resource, object)?;
    }
    let unknown = schema::prune(&call.resource.schema, object);
    if let Some(managers) = managers {
        meta::set(object, "managedFields", managers);
    }
    Ok(unknown)
}

/// Fills in what the kind itself says of fields that were left out; what is wrong by its own rules.
fn prepare(call: &Call, object: &mut Value, old: Option<&Value>) -> Vec<Cause> {
    if call.resource.custom {
        return Vec::new();
    }
    // The rules of a kind are about what is stored.
    builtin::to_stored(&call.resource, object);
    let causes = builtin::prepare(&call.resource, object, old).err().unwrap_or_default();
    builtin::to_served(&call.resource, object);
    causes
}

/// Checks what is to be kept; `causes` are those of the kind itself.
fn check(call: &Call, object: &Value, old: Option<&Value>, mut causes: Vec<Cause>) -> Result<(), Failure> {
    let resource = &call.resource;
    let metadata = &object["metadata"];
    let found = match old {
        None => metadata::validate(metadata, resource.namespaced, name_rule(resource), "metadata"),
        Some(old) => metadata::validate_update(metadata, &old["metadata"], "metadata"),
    };
    let blocked = found.iter().any(|finding| finding.reason.blocks_rules());
    let found: Vec<Cause> = found.into_iter().map(Cause::from).collect();
    if old.is_some() {
        // kube-apiserver asks twice: once for all kinds, once for this one.
        causes.splice(0..0, found.iter().cloned());
    }
    causes.extend(found);
    causes.extend(builtin::finalizers(resource, object));
    if resource.custom {
        let of_status = call.part() == Part::Status;
        let extent = Extent { field: of_status.then_some("status"), blocked };
        let mut found = schema::validate_within(&resource.schema, object, old, extent);
        // That rules were not looked at is said last.
        let unchecked = found.pop_if(|last| last.path == "<nil>" && last.reason == Reason::Invalid);
        causes.extend(found.into_iter().map(Cause::from));
        if let Some(scale) = &resource.scale {
            causes.extend(scale::check(scale, object, of_status));
        }
        causes.extend(unchecked.map(Cause::from));
    }
    if causes.is_empty() { Ok(()) } else { Err(call.invalid(meta::name(object), &causes)) }
}

/// What names of this kind have to be.
fn name_rule(resource: &Resource) -> NameRule {
    if resource.custom {
        return NameRule::Subdomain;
    }
    match resource.kind.as_str() {
        "Namespace" | "Service" => NameRule::Label,
        _ => NameRule::Subdomain,
    }
}

fn already_exists(call: &Call, name: &str, there: Option<&Stored>) -> Failure {
    let mut failure = Failure::already_exists(&call.resource.group, &call.resource.plural, name);
    if there.is_some_and(|stored| meta::deleting(&stored::served(&call.resource, stored))) {
        failure.message = format!("object is being deleted: {}", failure.message);
    }
    failure
}

fn generated_conflict(call: &Call, name: &str) -> Failure {
    let plural = qualified(&call.resource.group, &call.resource.plural);
    let message =
        format!("{plural} \"{name}\" already exists, the server was not able to generate a unique name for the object");
    Failure::new(StatusCode::CONFLICT, "AlreadyExists", message).about(
        &call.resource.group,
        &call.resource.plural,
        name,
    )
}

/// The store has failed: 500, in its words.
fn unkept(why: &str) -> Failure {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", format!("Internal error occurred: {why}"))
}

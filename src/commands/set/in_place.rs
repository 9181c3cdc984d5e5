//! `--in-place`: the files themselves are changed.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::{SetArgs, Setting, meant};
use crate::api::Kind;
use crate::api::names::field_manager;
use crate::cluster::DryRun;
use crate::error::Error;
use crate::manifest::edit::{self, Located};
use crate::manifest::{self, Text};
use crate::ui::Ui;

/// An object of a file.
pub(super) struct InFile {
    /// Its kind.
    pub(super) kind: Kind,
    /// The object, and where it stands.
    pub(super) located: Located,
    text: Arc<Text>,
}

impl InFile {
    /// The object.
    pub(super) fn object(&self) -> &Value {
        &self.located.object
    }

    fn title(&self) -> String {
        let name = self.object().pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        format!("{}: {}/{name}", self.text.name, self.kind.qualified())
    }
}

/// Reads the objects that are to be changed.
///
/// # Errors
/// When no files are named, or they cannot be read or hold no such objects.
pub(super) fn read(args: &SetArgs, change: &Setting<'_>) -> Result<Vec<InFile>, Error> {
    check(args)?;
    let texts = manifest::read(&args.target.files.filename, args.target.files.recursive)?;
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for text in &texts {
        match edit::objects(text) {
            Ok(all) => found.extend(all.into_iter().filter_map(|located| {
                let kind = meant(manifest::kind_of(&located.object), &change.aim)?;
                Some(InFile { kind, located, text: Arc::clone(text) })
            })),
            Err(problem) => problems.push(problem),
        }
    }
    match (problems.is_empty(), found.is_empty()) {
        (false, _) => Err(Error::Manifests(problems)),
        (true, true) => Err(Error::nothing_passed(change.aim.verb)),
        (true, false) => Ok(found),
    }
}

fn check(args: &SetArgs) -> Result<(), Error> {
    let files = &args.target.files;
    let target = &args.target;
    if !target.words.is_empty() || target.selects() || target.all_namespaces || args.all {
        return Err(Error::usage("--in-place changes files: it takes -f FILE, and no objects of a server"));
    }
    if files.kustomize.is_some() {
        return Err(Error::usage_with(
            "--in-place cannot change what a kustomization makes",
            "change the files that it is made from, with -f FILE",
        ));
    }
    if files.filename.is_empty() {
        return Err(Error::usage("--in-place needs -f FILE"));
    }
    if files.filename.iter().any(|path| path == Path::new("-")) {
        return Err(Error::usage_with(
            "--in-place cannot change standard input",
            "--dry-run=client -o yaml prints it changed",
        ));
    }
    if args.write.output.is_some() || args.write.dry_run == DryRun::Server {
        return Err(Error::usage("--in-place goes with neither -o nor --dry-run=server"));
    }
    if args.write.show_managed_fields || args.write.field_manager != field_manager::KUBECTL {
        return Err(Error::usage("--in-place changes files, whose fields have no managers"));
    }
    Ok(())
}

/// Changes the files: all that are to be changed, or none.
///
/// # Errors
/// When an object cannot be changed as asked, or its file not without changing more.
pub(super) fn perform(ui: &Ui, args: &SetArgs, objects: Vec<InFile>, change: &Setting<'_>) -> Result<(), Error> {
    let mut files: Vec<(Arc<Text>, Vec<InFile>)> = Vec::new();
    for object in objects {
        match files.last_mut().filter(|(text, _)| Arc::ptr_eq(text, &object.text)) {
            Some((_, objects)) => objects.push(object),
            None => files.push((Arc::clone(&object.text), vec![object])),
        }
    }
    let (mut lines, mut written, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for (text, objects) in files {
        let mut changes = Vec::new();
        for object in objects {
            let edits = (change.plan)(object.kind, object.object())?;
            if edits.is_empty() {
                ui.status(format!("{} unchanged", object.title()));
                continue;
            }
            lines.push(format!("{} {}{}", object.title(), change.past, args.write.dry_run.suffix()));
            changes.push((object.located, edits));
        }
        match edit::edit(&text, &changes) {
            _ if changes.is_empty() => {}
            Ok(content) => written.push((text, content)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Manifests(problems));
    }
    if args.write.dry_run == DryRun::None {
        written.iter().try_for_each(|(text, content)| manifest::write(Path::new(&text.name), content))?;
    }
    lines.into_iter().try_for_each(|line| ui.result(line))
}

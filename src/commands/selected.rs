//! From words, files and selectors to the objects of our kinds that a verb is about.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files::documents;
use crate::api::Kind;
use crate::cli::target::TargetArgs;
use crate::cluster::{Filter, Scope};
use crate::context::Context;
use crate::error::Error;
use crate::manifest::Document;
use crate::plan::apply::kinds;
use crate::plan::selection::{self, Aim, Selection, kind_of, nameless};
use crate::report::columns::{self, Related, Style};
use crate::report::table::Rows;
use crate::ui::Ui;

/// One object.
#[derive(Clone, Debug)]
pub(super) struct Selected {
    /// Its kind.
    pub(super) kind: Kind,
    /// The object, as the server has it.
    pub(super) object: Value,
}

impl Selected {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.word("/metadata/name")
    }

    /// Its namespace.
    pub(super) fn namespace(&self) -> &str {
        self.word("/metadata/namespace")
    }

    /// `KIND.GROUP/NAME`, as kubectl prints objects.
    pub(super) fn title(&self) -> String {
        format!("{}/{}", self.kind.qualified(), self.name())
    }

    /// The object as its type has it.
    ///
    /// # Errors
    /// When it does not fit the type.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let unreadable = |error| Error::Kubernetes(format!("{} cannot be read: {error}", self.title()));
        T::deserialize(&self.object).map_err(unreadable)
    }

    fn word(&self, path: &str) -> &str {
        self.object.pointer(path).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What was asked for, before the server is asked.
pub(super) enum Wanted {
    /// By types, perhaps with selectors, or by names.
    Words(Selection),
    /// As manifests name them.
    Documents(Vec<Document>),
    /// A person is to pick one of these kinds.
    Pick(Vec<Kind>),
}

/// The objects, in the order asked for.
pub(super) struct Selections {
    /// Those that are there.
    pub(super) objects: Vec<Selected>,
    /// Whether some that were named are not; they are told.
    pub(super) missing: bool,
}

impl Selections {
    /// The outcome of a verb that did all else: an error that has been told, when some were missing.
    pub(super) fn outcome(&self) -> Result<(), Error> {
        if self.missing { Err(Error::Reported) } else { Ok(()) }
    }

    /// Says that there is none of a kind, if so. As to kubectl, that is no error.
    pub(super) fn tell_none(&self, ui: &Ui, context: &Context, args: &TargetArgs, kind: Kind) {
        if self.objects.is_empty() && !self.missing {
            ui.status(context.nothing_found(context.scope(kind, args.all_namespaces) == Scope::All));
        }
    }
}

/// Checks the words before any server is asked. A type without names, selectors or `all` is an error, or, where a person
/// sits at a terminal, a question.
///
/// # Errors
/// Usage errors in kubectl's words.
pub(super) async fn wanted(ui: &Ui, args: &TargetArgs, all: bool, aim: &Aim) -> Result<Wanted, Error> {
    if !args.files.is_empty() {
        if !args.words.is_empty() || args.selects() || args.all_namespaces {
            return Err(Error::usage(
                "when paths are provided as input, you may not specify resource arguments as well",
            ));
        }
        return documents(&args.files, aim.verb).await.map(Wanted::Documents);
    }
    let chooses = all || args.selects();
    let selection = match (args.words.is_empty(), aim.bare) {
        (true, Some(kind)) => Selection::Types(vec![kind]),
        (true, None) if !chooses && ui.can_pick() => return Ok(Wanted::Pick(aim.kinds())),
        _ => selection::parse_for(&args.words, aim)?,
    };
    match selection {
        Selection::Named(_) if args.selects() => {
            Err(Error::usage("name cannot be provided when a selector is specified"))
        }
        Selection::Named(_) if args.all_namespaces => {
            Err(Error::usage("a resource cannot be retrieved by name across all namespaces"))
        }
        Selection::Types(kinds) if !chooses && ui.can_pick() => Ok(Wanted::Pick(kinds)),
        Selection::Types(_) if !chooses => Err(nameless(aim, !args.words.is_empty())),
        selection => Ok(Wanted::Words(selection)),
    }
}

/// Checks what stands beside `--all`: whoever names or selects objects does not want all of them.
///
/// # Errors
/// Usage errors in kubectl's words.
pub(super) fn check_all(args: &TargetArgs, all: bool) -> Result<(), Error> {
    let types_only = args.words.len() < 2 && args.words.iter().all(|word| !word.contains('/'));
    match all {
        true if args.selects() => Err(Error::usage("setting 'all' parameter but found a non empty selector.")),
        true if !args.files.is_empty() => {
            Err(Error::usage("when paths are provided as input, you may not specify --all"))
        }
        true if !types_only => Err(Error::usage("name cannot be provided when a selector is specified")),
        _ => Ok(()),
    }
}

/// Reads the objects. Those named that are not there are told at once, and the others come all the same.
///
/// # Errors
/// When a request fails, or what a person was to pick from is not there.
pub(super) async fn read(
    ui: &Ui,
    context: &Context,
    args: &TargetArgs,
    aim: &Aim,
    wanted: Wanted,
) -> Result<Selections, Error> {
    let mut selections = Selections { objects: Vec::new(), missing: false };
    match wanted {
        Wanted::Words(Selection::Types(kinds)) => selections.objects = list(context, args, &kinds).await?,
        Wanted::Words(Selection::Named(named)) => {
            for (kind, name) in named {
                take(ui, &mut selections, kind, context.find(kind, &name).await)?;
            }
        }
        Wanted::Documents(documents) => {
            for (kind, namespace, name) in ours(context, documents, aim)? {
                let found = context.cluster.get(&kind.api_resource(), Some(&namespace), &name).await;
                take(ui, &mut selections, kind, found)?;
            }
        }
        Wanted::Pick(kinds) => {
            let objects = list(context, args, &kinds).await?;
            selections.objects = vec![pick(ui, context, aim, objects)?];
        }
    }
    Ok(selections)
}

fn take(ui: &Ui, selections: &mut Selections, kind: Kind, found: Result<Value, Error>) -> Result<(), Error> {
    match found {
        Ok(object) => selections.objects.push(Selected { kind, object }),
        Err(error) if error.is_not_found() => {
            ui.error(&error);
            selections.missing = true;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The objects of these kinds that the selectors let through, sorted.
///
/// # Errors
/// When a request fails.
pub(super) async fn list(context: &Context, args: &TargetArgs, kinds: &[Kind]) -> Result<Vec<Selected>, Error> {
    let filter = Filter { labels: args.selector.clone(), fields: args.field_selector.clone() };
    let mut all = Vec::new();
    for kind in kinds {
        let scope = context.scope(*kind, args.all_namespaces);
        let objects: Vec<Value> = context.cluster.list(&kind.api_resource(), &scope, &filter).await?;
        let mut objects: Vec<_> = objects.into_iter().map(|object| Selected { kind: *kind, object }).collect();
        objects.sort_by(|a, b| (a.namespace(), a.name()).cmp(&(b.namespace(), b.name())));
        all.extend(objects);
    }
    Ok(all)
}

/// The documents that are of our kinds and that the verb has a meaning for; others stand in the same files for other verbs.
fn ours(context: &Context, documents: Vec<Document>, aim: &Aim) -> Result<Vec<(Kind, String, String)>, Error> {
    kinds(&documents).map_err(Error::Manifests)?;
    let mut named = Vec::new();
    let mut refused = None;
    for document in &documents {
        let Some(kind) = document.kind().as_ref().and_then(kind_of) else { continue };
        if let Some(refusal) = (aim.refuse)(kind) {
            refused = Some(refusal);
            continue;
        }
        let namespace = context.namespace_of(document)?;
        named.push((kind, namespace, document.name().to_owned()));
    }
    match (named.is_empty(), refused) {
        (true, Some(refusal)) => Err(refusal.into()),
        (true, None) => Err(Error::nothing_passed(aim.verb)),
        (false, _) => Ok(named),
    }
}

/// Tells an error, so that the others get their turn; whether there was one.
///
/// # Errors
/// Those after which nothing can be told any more.
pub(super) fn is_told(ui: &Ui, outcome: Result<(), Error>) -> Result<bool, Error> {
    match outcome {
        Ok(()) => Ok(false),
        Err(error @ (Error::ClosedPipe | Error::Output(_) | Error::Interrupted)) => Err(error),
        Err(error) => {
            ui.error(&error);
            Ok(true)
        }
    }
}

/// Has a person pick one.
///
/// # Errors
/// When there is none, or the question was ended with Ctrl-C.
pub(super) fn pick(ui: &Ui, context: &Context, aim: &Aim, objects: Vec<Selected>) -> Result<Selected, Error> {
    if objects.is_empty() {
        return Err(Error::usage_with(
            "required resource not specified",
            "there is none to pick from in this namespace",
        ));
    }
    let row = |selected: &Selected| {
        let style = Style { kind: aim.bare.is_none(), ..Style::default() };
        columns::row(selected.kind, &selected.object, (context.now)(), style, &Related::default())
    };
    let table = Rows::new(Vec::new(), ui.result_width()).render(objects.iter().map(row).collect(), false);
    let lines: Vec<_> = table.lines().map(str::to_owned).collect();
    let index = ui.pick(aim.verb, &lines)?;
    objects.into_iter().nth(index).ok_or(Error::Interrupted)
}

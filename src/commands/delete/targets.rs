//! What is to be deleted: by names, by selectors, by manifests, or picked by a person.

use serde_json::Value;

use super::{DeleteArgs, missing};
use crate::api::Kind;
use crate::commands::apply::check::{Objects, plan};
use crate::commands::files::documents_if_any;
use crate::commands::selected::{Selected, list, pick};
use crate::context::Context;
use crate::error::Error;
use crate::plan::prune::Target;
use crate::plan::selection::{self, Aim, Selection};
use crate::schema::LabelSelector;
use crate::ui::Ui;

/// Everything can be deleted.
const AIM: Aim = Aim { verb: "delete", bare: None, refuse: |_| None };

/// An object to delete.
pub(super) struct Doomed {
    pub(super) target: Target,
    /// The object as it was, if it is one of ours that was read.
    pub(super) was: Option<(Kind, Value)>,
}

/// How objects were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// By their names.
    Named,
    /// By a person, from a list.
    Picked,
    /// By selectors, or all of a kind.
    Selected,
}

/// What was asked for, before the server is asked.
pub(super) enum Sought {
    Words(Selection),
    Objects(Objects),
    Pick(Vec<Kind>),
}

/// The objects.
pub(super) struct Found {
    pub(super) objects: Vec<Doomed>,
    pub(super) how: How,
}

/// Checks the words before any server is asked.
///
/// # Errors
/// Usage errors in kubectl's words.
pub(super) async fn sought(ui: &Ui, args: &DeleteArgs) -> Result<Sought, Error> {
    if !args.target.files.is_empty() {
        let selector = args.target.selector.as_deref().map(LabelSelector::parse).transpose().map_err(Error::usage)?;
        let documents = documents_if_any(&args.target.files).await?;
        return Objects::read(documents, selector.as_ref()).map(Sought::Objects);
    }
    let chooses = args.all || args.target.selects();
    if args.target.words.is_empty() && !chooses && ui.can_pick() {
        return Ok(Sought::Pick(AIM.kinds()));
    }
    match selection::parse(&args.target.words, AIM.verb)? {
        Selection::Named(_) if chooses => Err(Error::usage("name cannot be provided when a selector is specified")),
        Selection::Types(kinds) if !chooses && ui.can_pick() => Ok(Sought::Pick(kinds)),
        Selection::Types(_) if !chooses => Err(Error::usage("resource(s) were provided, but no name was specified")),
        selection => Ok(Sought::Words(selection)),
    }
}

/// Reads what is to be deleted. What is not there is told at once.
///
/// # Errors
/// When a request fails.
pub(super) async fn find(
    ui: &Ui,
    context: &Context,
    args: &DeleteArgs,
    sought: Sought,
    failed: &mut bool,
) -> Result<Found, Error> {
    let (objects, how) = match sought {
        Sought::Objects(objects) => (written(context, objects).await?, How::Named),
        Sought::Pick(kinds) => {
            let picked = pick(ui, context, &AIM, list(context, &args.target, &kinds).await?)?;
            (vec![doomed(picked)], How::Picked)
        }
        Sought::Words(Selection::Types(kinds)) => {
            let selected = list(context, &args.target, &kinds).await?;
            (selected.into_iter().map(doomed).collect(), How::Selected)
        }
        Sought::Words(Selection::Named(names)) => {
            let mut objects = Vec::new();
            for (kind, name) in names {
                match context.find(kind, &name).await {
                    Ok(object) => objects.push(doomed(Selected { kind, object })),
                    Err(error) => match unseen(context, kind, &name).filter(|_| error.is_forbidden()) {
                        Some(unseen) => objects.push(unseen),
                        None => missing(ui, args, error, failed)?,
                    },
                }
            }
            (objects, How::Named)
        }
    };
    Ok(Found { objects, how })
}

fn doomed(Selected { kind, object }: Selected) -> Doomed {
    Doomed { target: Target::of(&kind.api_resource(), &object), was: Some((kind, object)) }
}

/// Who may only delete does not see what goes, and may delete it all the same, if it is known where that is.
fn unseen(context: &Context, kind: Kind, name: &str) -> Option<Doomed> {
    let namespace = Some(context.scope(kind, false).namespace()?.to_owned());
    let target = Target { resource: kind.api_resource(), namespace, name: name.to_owned() };
    Some(Doomed { target, was: None })
}

/// The objects that manifests name, those first that were applied last.
async fn written(context: &Context, objects: Objects) -> Result<Vec<Doomed>, Error> {
    let (steps, problems) = plan(context, objects).await?;
    if !problems.is_empty() {
        return Err(Error::Manifests(problems));
    }
    Ok(steps.iter().rev().map(|step| Doomed { target: step.into(), was: None }).collect())
}

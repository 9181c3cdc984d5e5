//! What `validate` has to say before anything is written.

use crate::cluster::Validation;
use crate::commands::apart::apart;
use crate::error::{Error, Look};
use crate::manifest::{Document, Problem};
use crate::ui::Ui;
use crate::validate::{Definitions, Facts, FileSet, Finding, Ignored, Level, Place, check};

/// What may be wrong with the values of documents, which the server judges: it may know more fields than this program.
#[derive(Debug, Default)]
pub(in crate::commands) struct Validated {
    suspected: Vec<(Finding, Place)>,
}

/// Looks at documents before the server is asked. Warnings are told at once.
///
/// # Errors
/// What no server would let work, unless that is only to be warned of.
pub(in crate::commands) async fn validate(
    ui: &Ui,
    documents: &[Document],
    how: Validation,
) -> Result<Validated, Error> {
    if how == Validation::Ignore {
        return Ok(Validated::default());
    }
    let files = FileSet::of_documents(documents.to_vec());
    let found = apart(move || check(&files, &Definitions::own(), &Facts::default(), &Ignored::default())).await?;
    let (suspected, certain): (Vec<_>, Vec<_>) =
        found.counting().cloned().partition(|(finding, _)| finding.is_of_schema());
    let told = certain.iter().filter(|(finding, _)| finding.level >= Level::Warning);
    let is_fatal = |finding: &Finding| finding.level == Level::Error && how == Validation::Strict;
    let (fatal, warnings): (Vec<_>, Vec<_>) = told.partition(|(finding, _)| is_fatal(finding));
    for (finding, place) in warnings {
        ui.warning(finding.problem(place).render(&Look::PLAIN));
    }
    match fatal.iter().map(|(finding, place)| finding.problem(place)).collect::<Vec<_>>() {
        problems if problems.is_empty() => Ok(Validated { suspected }),
        problems => Err(Error::Manifests(problems)),
    }
}

impl Validated {
    /// An error with what the server refuses told at its place in the file, where that is known.
    pub(in crate::commands) fn placed(&self, error: Error) -> Error {
        let Error::Manifests(problems) = error else { return error };
        Error::Manifests(problems.into_iter().flat_map(|problem| self.place(problem)).collect())
    }

    /// The findings that say the same as the server.
    fn place(&self, problem: Problem) -> Vec<Problem> {
        let same = self.suspected.iter().filter(|(finding, _)| finding.is_named_by(&problem));
        let same: Vec<_> = same.map(|(finding, place)| finding.problem(place)).collect();
        if same.is_empty() { vec![problem] } else { same }
    }
}

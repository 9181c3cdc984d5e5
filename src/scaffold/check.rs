//! Whether what was made is valid: words of the command line stand in it as they were given.

use std::sync::{Arc, LazyLock};

use super::Made;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, Level, check};

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(Definitions::own);

/// What `validate` finds in manifests that is at least so bad, a line each.
pub fn findings(made: &[Made], level: Level) -> Vec<String> {
    let content = made.iter().map(Made::yaml).collect::<Vec<_>>().join("---\n");
    let text = Text { name: "this".to_owned(), content };
    let found = check(&FileSet::read(vec![Arc::new(text)]), &DEFINITIONS, &Facts::default(), &Ignored::default());
    let bad = found.counting().filter(|(finding, _)| finding.level >= level);
    bad.map(|(finding, _)| finding.message.clone()).collect()
}

//! The codes of findings and checks, each with its page.

use serde::Serialize;

use super::check::codes as checks;
use crate::validate::code as findings;

/// How bad a check is only shows when it is made.
const CHECK: &str = "check";

/// A code and what there is to say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Such as `WC0101`.
    pub code: &'static str,
    /// `error`, `warning` or `info`; `check` of what `check` looks at.
    pub level: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// The explanation, in Markdown.
    pub page: &'static str,
}

impl Explained {
    /// Whether `check` looks at it, and no manifest has it.
    pub fn is_of_check(&self) -> bool {
        self.level == CHECK
    }
}

/// All codes, those of findings first, by their numbers.
pub fn all() -> Vec<Explained> {
    let findings = findings::ALL.iter().map(|code| Explained {
        code: code.id,
        level: code.level.word(),
        title: code.title,
        page: code.page,
    });
    let checks =
        checks::ALL.iter().map(|code| Explained { code: code.code, level: CHECK, title: code.title, page: code.page });
    findings.chain(checks).collect()
}

/// The code of that name, in any case of letters.
///
/// # Errors
/// With the one that was most likely meant, if there is one that is similar.
pub fn find(word: &str) -> Result<Explained, Option<&'static str>> {
    let word = word.trim().to_ascii_uppercase();
    let all = all();
    if let Some(found) = all.iter().find(|known| known.code == word) {
        return Ok(*found);
    }
    let near = all.iter().map(|known| (strsim::damerau_levenshtein(known.code, &word), known.code));
    Err(near.filter(|(distance, _)| *distance <= 2).min().map(|(_, code)| code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_however_they_are_written() {
        assert_eq!(find(" wc0101\n").unwrap().code, "WC0101");
        assert_eq!(find("wcc001").unwrap().level, "check");
    }

    #[test]
    fn of_unknown_ones_the_closest_is_meant() {
        assert_eq!(find("WC101"), Err(Some("WC0101")));
        assert_eq!(find("WCC02"), Err(Some("WCC002")));
        assert_eq!(find("nonsense"), Err(None));
    }

    #[test]
    fn no_code_is_used_for_two_things() {
        let codes: std::collections::BTreeSet<_> = all().iter().map(|known| known.code).collect();
        assert_eq!(codes.len(), all().len());
    }
}

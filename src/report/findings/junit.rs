//! JUnit's XML, as CI systems show it: a suite for each file, a case for each object.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::told::{more, told};
use crate::manifest::Text;
use crate::validate::{FileSet, Finding, Findings, Level, Place};

/// The report; nothing when it cannot be written as XML.
pub fn junit(files: &FileSet, found: &Findings, level: Level) -> String {
    let mut report = Report::new("kubectl wasmcloud validate");
    let mut by_text: HashMap<*const Text, Cases<'_>> = HashMap::new();
    for document in files.ours() {
        by_text.entry(Arc::as_ptr(&document.text)).or_default().entry(document.title()).or_default();
    }
    for told in told(found, level).filter(|(finding, _)| finding.ignored.is_none()) {
        // What is about no object is about the file.
        let Finding { text, object, .. } = &told.0;
        let name = if object.is_empty() { text.name.clone() } else { object.clone() };
        by_text.entry(Arc::as_ptr(text)).or_default().entry(name).or_default().push(told);
    }
    for text in &files.texts {
        let mut suite = TestSuite::new(text.name.clone());
        let cases = by_text.remove(&Arc::as_ptr(text)).unwrap_or_default();
        suite.add_test_cases(cases.into_iter().map(|(name, found)| case(&text.name, name, &found)));
        report.add_test_suite(suite);
    }
    report.add_test_suites(more(found).map(|more| beyond(&more, found.errors_beyond)));
    let written = report.to_string();
    written.map(|xml| format!("{}\n", xml.trim_end())).unwrap_or_default()
}

/// The findings of each object of a text.
type Cases<'a> = BTreeMap<String, Vec<&'a (Finding, Place)>>;

/// That there are more findings: a suite with one case, which fails if one of them is an error.
fn beyond(more: &str, has_errors: bool) -> TestSuite {
    let mut status = TestCaseStatus::success();
    if has_errors {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(more);
    }
    let mut case = TestCase::new(more, status);
    case.set_classname("beyond");
    let mut suite = TestSuite::new("beyond");
    suite.add_test_case(case);
    suite
}

/// An object with errors fails; what is less bad is what it prints.
fn case(file: &str, name: String, found: &[&(Finding, Place)]) -> TestCase {
    let (errors, others): (Vec<_>, Vec<_>) =
        found.iter().copied().partition(|(finding, _)| finding.level == Level::Error);
    let lines = |found: &[&(Finding, Place)]| -> String {
        let shown = found.iter().map(|(finding, place)| finding.problem(place).render(&crate::error::Look::PLAIN));
        shown.collect::<Vec<_>>().join("\n")
    };
    let status = match errors.first() {
        None => TestCaseStatus::success(),
        Some((first, _)) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(first.code.id).set_message(first.message.clone()).set_description(lines(&errors));
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(file);
    if !others.is_empty() {
        case.set_system_out(lines(&others));
    }
    case
}

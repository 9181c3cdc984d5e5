//! JUnit's XML, as CI systems show it: a suite for each file, a case for each object.

use std::collections::BTreeMap;
use std::sync::Arc;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::told::told;
use crate::manifest::Text;
use crate::validate::{FileSet, Finding, Findings, Level, Place};

/// The report; nothing when it cannot be written as XML.
pub fn junit(files: &FileSet, found: &Findings, level: Level) -> String {
    let mut report = Report::new("kubectl wasmcloud validate");
    for text in &files.texts {
        report.add_test_suite(suite(files, found, level, text));
    }
    let written = report.to_string();
    written.map(|xml| format!("{}\n", xml.trim_end())).unwrap_or_default()
}

fn suite(files: &FileSet, found: &Findings, level: Level, text: &Arc<Text>) -> TestSuite {
    let mut cases: BTreeMap<String, Vec<&(Finding, Place)>> = BTreeMap::new();
    for document in files.ours().filter(|document| Arc::ptr_eq(&document.text, text)) {
        cases.entry(document.title()).or_default();
    }
    for told in told(found, level).filter(|(finding, _)| Arc::ptr_eq(&finding.text, text) && finding.ignored.is_none())
    {
        // What is about no object is about the file.
        let name = if told.0.object.is_empty() { text.name.clone() } else { told.0.object.clone() };
        cases.entry(name).or_default().push(told);
    }
    let mut suite = TestSuite::new(text.name.clone());
    suite.add_test_cases(cases.into_iter().map(|(name, found)| case(&text.name, name, &found)));
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

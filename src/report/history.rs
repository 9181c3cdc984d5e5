//! The revisions of a deployment, as `rollout history` shows them.

use serde::Deserialize;
use serde_json::Value;

use super::{columns, render_yaml};
use crate::api::WorkloadSpec;
use crate::plan::rollout::history::Revision;

/// What stands in a cell that has nothing to show.
const NONE: &str = "<none>";
/// kubectl's headers, and what it does not show.
const HEADERS: [&str; 4] = ["REVISION", "CHANGE-CAUSE", "CURRENT", "IMAGES"];

/// All revisions, as kubectl's table has them; kubectl's words when there is none.
pub fn table(revisions: &[Revision]) -> String {
    if revisions.is_empty() {
        return "No rollout history found.\n".to_owned();
    }
    let header = HEADERS.map(str::to_owned);
    let rows: Vec<_> = [header].into_iter().chain(revisions.iter().map(row)).collect();
    lines(&rows).map(|line| line + "\n").collect()
}

/// One line of at most `width` columns for each revision, for who is to pick one.
pub fn choices(revisions: &[&Revision], width: usize) -> Vec<String> {
    let rows: Vec<_> = revisions.iter().map(|revision| row(revision)).collect();
    lines(&rows).map(|line| console::truncate_str(&line, width, "…").into_owned()).collect()
}

/// The template of a revision.
pub fn template(revision: &Revision) -> String {
    let cause = revision.cause().map(|cause| format!("Change-Cause:  {cause}\n")).unwrap_or_default();
    let template = render_yaml(revision.template());
    let indented: String = template.lines().map(|line| format!("  {line}\n")).collect();
    format!("{cause}Workload Template:\n{indented}")
}

fn row(revision: &Revision) -> [String; 4] {
    let number = revision.number.map_or_else(|| NONE.to_owned(), |number| number.to_string());
    let cause = revision.cause().unwrap_or(NONE).replace(['\n', '\r', '\t'], " ");
    let current = if revision.current { "*" } else { "" };
    [number, cause, current.to_owned(), images(revision.template())]
}

fn images(template: &Value) -> String {
    let spec = template.get("spec").and_then(|spec| WorkloadSpec::deserialize(spec).ok());
    columns::images(&spec.unwrap_or_default())
}

/// Columns two apart, as kubectl sets this table.
fn lines(rows: &[[String; 4]]) -> impl Iterator<Item = String> {
    let widest = |column: usize| rows.iter().map(|row| console::measure_text_width(&row[column])).max();
    let widths: Vec<_> = (0..HEADERS.len()).map(|column| widest(column).unwrap_or_default()).collect();
    rows.iter().map(move |row| {
        let cell = |(cell, width): (&String, &usize)| {
            let space = (width + 2).saturating_sub(console::measure_text_width(cell));
            format!("{cell}{}", " ".repeat(space))
        };
        row.iter().zip(&widths).map(cell).collect::<String>().trim_end().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn revision(number: Option<i64>, cause: Option<&str>, current: bool) -> Revision {
        let annotations = cause.map(|cause| json!({"kubernetes.io/change-cause": cause}));
        let image = format!("r/web:{}", number.unwrap_or_default());
        let set = json!({
            "metadata": {"name": "web-x", "annotations": annotations},
            "spec": {"template": {"spec": {"components": [{"name": "http", "image": image}]}}},
        });
        Revision { number, current, set }
    }

    #[test]
    fn the_table_is_kubectls_and_more() {
        let revisions =
            [revision(None, None, false), revision(Some(9), Some("a\nb"), false), revision(Some(10), None, true)];
        insta::assert_snapshot!(table(&revisions), @"
        REVISION  CHANGE-CAUSE  CURRENT  IMAGES
        <none>    <none>                 r/web:0
        9         a b                    r/web:9
        10        <none>        *        r/web:10
        ");
        assert_eq!(table(&[]), "No rollout history found.\n");
    }

    #[test]
    fn choices_take_one_line_each() {
        let (old, older) = (revision(Some(2), Some("new image"), false), revision(Some(1), None, false));
        assert_eq!(choices(&[&old, &older], 80), ["2  new image    r/web:2", "1  <none>       r/web:1"]);
        assert_eq!(choices(&[&old], 12), ["2  new imag…"]);
    }

    #[test]
    fn a_template_reads_as_yaml() {
        insta::assert_snapshot!(template(&revision(Some(2), Some("new image"), true)), @"
        Change-Cause:  new image
        Workload Template:
          spec:
            components:
            - image: r/web:2
              name: http
        ");
    }
}

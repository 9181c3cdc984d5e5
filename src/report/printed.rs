//! Tables that the server printed.

use kube::core::ObjectMeta;
use serde::Deserialize;
use serde_json::Value;

/// A table of the server's.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Printed {
    kind: String,
    #[serde(default)]
    column_definitions: Vec<Column>,
    #[serde(default)]
    rows: Option<Vec<PrintedRow>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Column {
    name: String,
    #[serde(default)]
    priority: i32,
}

/// A row of it.
#[derive(Clone, Debug, Deserialize)]
pub struct PrintedRow {
    cells: Vec<Value>,
    /// The object, or no more of it than its metadata.
    #[serde(default)]
    pub object: Value,
}

impl Printed {
    /// Reads a server's answer.
    ///
    /// # Errors
    /// When it is no table.
    pub fn parse(text: &str) -> Result<Self, String> {
        let printed: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match printed.kind.as_str() {
            "Table" => Ok(printed),
            kind => Err(format!("it is a {kind}, and no Table")),
        }
    }

    /// The headers; `wide` has those that are less important too.
    pub fn headers(&self, wide: bool) -> Vec<String> {
        let shown = self.column_definitions.iter().filter(|column| wide || column.priority == 0);
        shown.map(|column| column.name.to_uppercase()).collect()
    }

    /// The rows' cells that stand under these headers.
    pub fn cells(&self, row: &PrintedRow, wide: bool) -> Vec<String> {
        let cells = row.cells.iter().zip(&self.column_definitions);
        cells.filter(|(_, column)| wide || column.priority == 0).map(|(cell, _)| shown(cell)).collect()
    }

    /// The rows.
    pub fn rows(&self) -> &[PrintedRow] {
        self.rows.as_deref().unwrap_or_default()
    }
}

impl PrintedRow {
    /// The metadata of the object.
    pub fn metadata(&self) -> ObjectMeta {
        self.object.get("metadata").and_then(|metadata| ObjectMeta::deserialize(metadata).ok()).unwrap_or_default()
    }
}

/// A cell as kubectl shows it: nothing is empty, and of several lines there is the first.
fn shown(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => match text.split_once(['\n', '\r', '\u{c}']) {
            Some((first, _)) => format!("{first}..."),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_of_low_priority_are_for_wide_tables() {
        let table = json!({
            "kind": "Table",
            "columnDefinitions": [{"name": "Name"}, {"name": "Ready"}, {"name": "Why", "priority": 1}],
            "rows": [{"cells": ["a", null, "one\ntwo"], "object": {"metadata": {"name": "a", "namespace": "n"}}}],
        });
        let table = Printed::parse(&table.to_string()).unwrap();
        let row = &table.rows()[0];
        assert_eq!(
            (table.headers(false), table.cells(row, false)),
            (vec!["NAME".into(), "READY".into()], vec!["a".into(), String::new()])
        );
        assert_eq!((table.headers(true).len(), table.cells(row, true)[2].as_str()), (3, "one..."));
        assert_eq!(row.metadata().namespace.as_deref(), Some("n"));
        assert!(Printed::parse(r#"{"kind": "WorkloadList"}"#).unwrap_err().contains("no Table"));
    }
}

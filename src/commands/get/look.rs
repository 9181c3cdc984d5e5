//! What tables show besides a kind's own columns.

use jiff::Timestamp;
use kube::core::ObjectMeta;

use crate::api::Kind;
use crate::report::brief::Brief;
use crate::report::columns::{self, Related, Style, or_none};

/// How tables look.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// The kind's own columns, and the namespace.
    pub(super) style: Style,
    /// Labels that have a column each.
    pub(super) label_columns: Vec<String>,
    /// All labels, last.
    pub(super) labels: bool,
    /// What happened, first.
    pub(super) events: bool,
}

impl Look {
    /// The headers of a kind's table.
    pub(super) fn headers(&self, kind: Kind) -> Vec<String> {
        self.headers_around(columns::headers(kind, self.style))
    }

    /// These headers, with those of the other columns around them.
    pub(super) fn headers_around(&self, headers: Vec<String>) -> Vec<String> {
        let event = self.events.then(|| "EVENT".to_owned());
        let last = |label: &String| label.rsplit('/').next().unwrap_or_default().to_uppercase();
        let labels = self.labels.then(|| "LABELS".to_owned());
        event.into_iter().chain(headers).chain(self.label_columns.iter().map(last)).chain(labels).collect()
    }

    /// The row of an object.
    pub(super) fn row(&self, object: &Brief, now: Timestamp, related: &Related, event: &str) -> Vec<String> {
        self.row_around(columns::row_of(object, now, self.style, related), object.metadata(), event)
    }

    /// These cells, with the others around them.
    pub(super) fn row_around(&self, cells: Vec<String>, metadata: &ObjectMeta, event: &str) -> Vec<String> {
        let event = self.events.then(|| event.to_owned());
        let label = |key: &String| metadata.labels.as_ref().and_then(|labels| labels.get(key)).map(String::as_str);
        let columns = self.label_columns.iter().map(|key| or_none(label(key)));
        let labels = self.labels.then(|| columns::labels(metadata));
        event.into_iter().chain(cells).chain(columns).chain(labels).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_have_columns_named_for_the_last_part_of_their_keys() {
        let label_columns = vec!["app.kubernetes.io/name".to_owned(), "tier".to_owned()];
        let look = Look { label_columns, labels: true, events: true, style: Style::default() };
        assert_eq!(look.headers_around(vec!["NAME".to_owned()]), ["EVENT", "NAME", "NAME", "TIER", "LABELS"]);
        let artifact = json!({"metadata": {"name": "a", "labels": {"tier": "x"}}});
        let brief = Brief::of(Kind::Artifact, &artifact);
        let row = look.row_around(vec!["a".to_owned()], brief.metadata(), "ADDED");
        assert_eq!(row, ["ADDED", "a", "<none>", "x", "tier=x"]);
    }
}

//! In which form an answer is wanted, by the `Accept` header.

use std::cmp::Reverse;

use http::StatusCode;

use crate::local::api::failure::Failure;

/// Which forms there are beside the ordinary one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Objects and lists of them: Tables and metadata alone.
    Objects,
    /// `/api` and `/apis`: aggregated discovery.
    Discovery,
    /// None.
    Other,
}

/// The form of an answer; all are written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The object itself.
    Object,
    /// A Table of `meta.k8s.io` in this version.
    Table(&'static str),
    /// A PartialObjectMetadata, or its list if `list`, of `meta.k8s.io` in this version.
    Metadata {
        /// `v1` or `v1beta1`.
        version: &'static str,
        /// Whether a list was asked for.
        list: bool,
    },
    /// An APIGroupDiscoveryList of `apidiscovery.k8s.io/v2`.
    Aggregated,
}

/// Chooses the form that is wanted most of those that there are.
///
/// Protobuf counts as JSON of the last resort: a client that offers JSON too gets JSON as it asks for it, and one that
/// does not gets it all the same, since there is nothing else to give.
///
/// # Errors
/// 406 when nothing that is wanted can be given.
pub fn negotiate(accept: Option<&str>, endpoint: Endpoint) -> Result<Answer, Failure> {
    let accept = accept.filter(|accept| !accept.trim().is_empty()).unwrap_or("*/*");
    let mut clauses: Vec<Clause<'_>> = accept.split(',').filter_map(clause).collect();
    clauses.sort_by_key(|clause| Reverse((clause.quality, clause.specificity())));
    let (json, protobuf): (Vec<_>, Vec<_>) = clauses.iter().partition(|clause| clause.media != PROTOBUF);
    let found = json.into_iter().chain(protobuf).find_map(|clause| clause.answer(endpoint));
    found.ok_or_else(|| {
        let message = "only the following media types are accepted: application/json, application/yaml, \
                       application/vnd.kubernetes.protobuf";
        Failure::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    })
}

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// One of the forms that are asked for.
struct Clause<'a> {
    media: &'a str,
    /// In thousandths.
    quality: u16,
    parameters: usize,
    group: Option<&'a str>,
    version: Option<&'a str>,
    kind: Option<&'a str>,
}

fn clause(text: &str) -> Option<Clause<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().filter(|media| media.contains('/'))?;
    let mut clause = Clause { media, quality: 1000, parameters: 0, group: None, version: None, kind: None };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        match name.trim() {
            "q" => clause.quality = quality(value),
            name => {
                clause.parameters += 1;
                match name {
                    "g" => clause.group = Some(value.trim()),
                    "v" => clause.version = Some(value.trim()),
                    "as" => clause.kind = Some(value.trim()),
                    _ => {}
                }
            }
        }
    }
    Some(clause)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 1000")]
fn quality(text: &str) -> u16 {
    text.trim().parse::<f32>().map_or(0, |quality| (quality.clamp(0.0, 1.0) * 1000.0) as u16)
}

impl Clause<'_> {
    /// Of two that are wanted as much, the more specific one counts.
    fn specificity(&self) -> (bool, bool, usize) {
        (self.media != "*/*", !self.media.ends_with("/*"), self.parameters)
    }

    fn answer(&self, endpoint: Endpoint) -> Option<Answer> {
        if !matches!(self.media, "*/*" | "application/*" | "application/json" | PROTOBUF) {
            return None;
        }
        let Some(kind) = self.kind else { return Some(Answer::Object) };
        let version = match self.version {
            Some("v1") => "v1",
            Some("v1beta1") => "v1beta1",
            Some("v2") => "v2",
            _ => return None,
        };
        match (endpoint, kind, self.group, version) {
            (Endpoint::Discovery, "APIGroupDiscoveryList", Some("apidiscovery.k8s.io"), "v2") => {
                Some(Answer::Aggregated)
            }
            (Endpoint::Objects, "Table", Some("meta.k8s.io"), "v1" | "v1beta1") => Some(Answer::Table(version)),
            (Endpoint::Objects, "PartialObjectMetadata", Some("meta.k8s.io"), "v1" | "v1beta1") => {
                Some(Answer::Metadata { version, list: false })
            }
            (Endpoint::Objects, "PartialObjectMetadataList", Some("meta.k8s.io"), "v1" | "v1beta1") => {
                Some(Answer::Metadata { version, list: true })
            }
            _ => None,
        }
    }
}

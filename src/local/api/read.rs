//! GET of one object and of lists.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::failure::{Cause, Failure};
use super::options::VersionMatch;
use super::resource::Resource;
use super::selector::FieldSelector;
use super::write::Call;
use super::{ApiServer, builtin, stored};
use crate::local::store::{Compacted, List, Stored};
use crate::schema::LabelSelector;

/// What a list or a watch shows of a resource's objects.
pub struct Selection {
    /// `plural.group`.
    pub resource: String,
    /// Namespace; `None` is all.
    pub namespace: Option<String>,
    /// One object's name.
    pub name: Option<String>,
    labels: LabelSelector,
    fields: FieldSelector,
    /// In whose form fields are looked at.
    form: Arc<Resource>,
}

impl Selection {
    /// What the request selects.
    ///
    /// # Errors
    /// 400 for a selector that cannot be read, or asks for a field that none selects by.
    pub fn of(call: &Call) -> Result<Self, Failure> {
        let fields = FieldSelector::parse(&call.options.field_selector, &call.resource)?;
        let name = call.at.name.as_deref().or_else(|| fields.exact("metadata.name"));
        let namespace = call.at.namespace.as_deref().or_else(|| fields.exact("metadata.namespace"));
        Ok(Self {
            resource: builtin::stored_as(&call.resource),
            namespace: namespace.map(str::to_owned),
            name: name.map(str::to_owned),
            labels: LabelSelector::parse(&call.options.label_selector).map_err(Failure::bad_request)?,
            fields,
            form: Arc::clone(&call.resource),
        })
    }

    /// Whether objects are chosen by more than their place.
    pub fn is_partial(&self) -> bool {
        self.name.is_some() || !self.labels.is_empty() || !self.fields.is_empty()
    }

    /// Whether it shows an object.
    pub fn shows(&self, stored: &Stored) -> bool {
        self.is_in_place(stored)
            && self.labels.matches(&stored.labels)
            && (self.fields.is_empty() || self.fields.matches(&stored::served(&self.form, stored)))
    }

    fn is_in_place(&self, stored: &Stored) -> bool {
        *stored.key.resource == *self.resource
            && self.namespace.as_deref().is_none_or(|namespace| *stored.key.namespace == *namespace)
            && self.name.as_deref().is_none_or(|name| *stored.key.name == *name)
    }
}

/// A list, or the part of it that was asked for.
pub struct Listed {
    /// The revision that it is of.
    pub revision: u64,
    /// Objects in the order of namespace and name.
    pub items: Vec<Arc<Stored>>,
    /// Where it goes on; empty when nothing is left.
    pub continuation: String,
    /// How many are left, where that is known.
    pub remaining: Option<usize>,
}

/// Where a list goes on, as the token holds it.
#[derive(Serialize, Deserialize)]
struct Continuation {
    v: String,
    rv: i64,
    start: String,
}

const TOKEN_VERSION: &str = "meta.k8s.io/v1";
/// In a token: at whatever revision there is.
const ANY_REVISION: i64 = -1;

impl ApiServer {
    /// One object.
    ///
    /// # Errors
    /// 404.
    pub(super) fn get(&self, call: &Call) -> Result<Arc<Stored>, Failure> {
        let (asked, newest) = (revision(&call.options.resource_version)?, self.store.revision());
        if asked > newest {
            return Err(too_large(asked, newest));
        }
        self.store.get(&call.key(call.name())).ok_or_else(|| call.not_found())
    }

    /// A list at one revision.
    ///
    /// # Errors
    /// 400 for selectors and tokens that cannot be read, 410 for a revision that is gone, 504 for one that is yet to come.
    pub(super) fn list(&self, call: &Call, selection: &Selection) -> Result<Listed, Failure> {
        let options = &call.options;
        let token = match options.continuation.as_str() {
            "" => None,
            text => Some(continuation(text)?),
        };
        let at = match &token {
            Some(_) if !matches!(options.resource_version.as_str(), "" | "0") => {
                return Err(Failure::bad_request("specifying resource version is not allowed when using continue"));
            }
            Some(token) if token.rv == ANY_REVISION => None,
            Some(token) => u64::try_from(token.rv).ok(),
            None => self.revision_of(call)?,
        };
        let after = token.as_ref().and_then(|token| token.start.split_once('/'));
        let limit = options.limit;
        let list = List {
            resource: &selection.resource,
            namespace: selection.namespace.as_deref(),
            at,
            after,
            limit: (limit > 0 && !selection.is_partial()).then_some(limit),
        };
        let page = self.store.list(&list).map_err(|gone| expired(gone, token.as_ref()))?;
        let mut items = page.items;
        let mut remaining = page.remaining;
        if selection.is_partial() {
            items.retain(|stored| selection.shows(stored));
            if limit > 0 && items.len() > limit {
                remaining = items.len() - limit;
                items.truncate(limit);
            }
        }
        let rest = items.last().filter(|_| remaining > 0).map(|last| token_after(page.revision, last));
        Ok(Listed {
            revision: page.revision,
            remaining: (remaining > 0 && !selection.is_partial()).then_some(remaining),
            continuation: rest.unwrap_or_default(),
            items,
        })
    }

    /// The revision that a list has to be of; `None` is the newest.
    fn revision_of(&self, call: &Call) -> Result<Option<u64>, Failure> {
        let options = &call.options;
        let asked = revision(&options.resource_version)?;
        let newest = self.store.revision();
        match options.resource_version_match {
            _ if asked == 0 => Ok(None),
            _ if asked > newest => Err(too_large(asked, newest)),
            Some(VersionMatch::Exact) => Ok(Some(asked)),
            Some(VersionMatch::NotOlderThan) => Ok(None),
            None => Ok((options.limit > 0).then_some(asked)),
        }
    }
}

/// A resource version as a number; nothing is 0.
///
/// # Errors
/// 400 for what is no number.
pub fn revision(text: &str) -> Result<u64, Failure> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| {
        let message = format!("Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        let cause = Cause { reason: "FieldValueInvalid", message, field: "resourceVersion".to_owned() };
        let mut failure = Failure::invalid("", "ListOptions", "", &[cause]);
        failure.code = StatusCode::BAD_REQUEST;
        failure.reason = "BadRequest";
        failure.message = format!(
            "resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"
        );
        failure.details.clear();
        failure
    })
}

fn too_large(asked: u64, newest: u64) -> Failure {
    let message = format!("Timeout: Too large resource version: {asked}, current: {newest}");
    let mut failure = Failure::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message);
    failure.details.insert(
        "causes".to_owned(),
        json!([{ "reason": "ResourceVersionTooLarge", "message": "Too large resource version" }]),
    );
    failure.details.insert("retryAfterSeconds".to_owned(), 1.into());
    failure
}

fn expired(gone: Compacted, token: Option<&Continuation>) -> Failure {
    let Some(token) = token else {
        return Failure::new(
            StatusCode::GONE,
            "Expired",
            format!(
                "The resourceVersion for the provided list is too old. (asked {}, oldest {})",
                gone.asked, gone.oldest
            ),
        );
    };
    let message = "The provided continue parameter is too old to display a consistent list result. You can start a new \
        list without the continue parameter, or use the continue token in this response to retrieve the remainder of the \
        results. Continuing with the provided token results in an inconsistent list - objects that were created, \
        modified, or deleted between the time the first chunk was returned and now may show up in the list.";
    let mut failure = Failure::new(StatusCode::GONE, "Expired", message);
    failure.continuation =
        Some(write_token(&Continuation { rv: ANY_REVISION, v: token.v.clone(), start: token.start.clone() }));
    failure
}

fn token_after(revision: u64, last: &Stored) -> String {
    let start = format!("{}/{}", last.key.namespace, last.key.name);
    write_token(&Continuation {
        v: TOKEN_VERSION.to_owned(),
        rv: i64::try_from(revision).unwrap_or(ANY_REVISION),
        start,
    })
}

fn write_token(token: &Continuation) -> String {
    STANDARD_NO_PAD.encode(json!(token).to_string())
}

fn continuation(text: &str) -> Result<Continuation, Failure> {
    let bytes = STANDARD_NO_PAD.decode(text).ok();
    let token: Option<Continuation> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    token
        .filter(|token| token.v == TOKEN_VERSION && token.start.contains('/'))
        .ok_or_else(|| Failure::bad_request("continue key is not valid: it was not written by this server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_numbers() {
        assert_eq!((revision(""), revision("0"), revision("7")), (Ok(0), Ok(0), Ok(7)));
        for text in ["x", "-1", "1.0", "99999999999999999999"] {
            assert_eq!(revision(text).unwrap_err().code, StatusCode::BAD_REQUEST, "{text}");
        }
    }

    #[test]
    fn a_token_leads_on_and_a_broken_one_nowhere() {
        let token = Continuation { v: TOKEN_VERSION.to_owned(), rv: 7, start: "n/a".to_owned() };
        let read = continuation(&write_token(&token)).unwrap();
        assert_eq!((read.rv, read.start.as_str()), (7, "n/a"));
        let other = |text: &str| STANDARD_NO_PAD.encode(text);
        let broken = [
            "%".to_owned(),
            other("{}"),
            other(r#"{"v":"v2","rv":1,"start":"/a"}"#),
            other(r#"{"v":"meta.k8s.io/v1","rv":1,"start":"a"}"#),
            other(r#"{"v":"meta.k8s.io/v1","rv":1e99,"start":"/a"}"#),
        ];
        for text in broken {
            assert_eq!(continuation(&text).err().map(|failure| failure.code), Some(StatusCode::BAD_REQUEST), "{text}");
        }
    }

    #[test]
    fn an_old_token_leads_on_at_any_revision() {
        let token = Continuation { v: TOKEN_VERSION.to_owned(), rv: 7, start: "n/a".to_owned() };
        let gone = expired(Compacted { asked: 7, oldest: 9 }, Some(&token));
        let next = continuation(&gone.continuation.clone().unwrap()).unwrap();
        assert_eq!((gone.code.as_u16(), next.rv, next.start.as_str()), (410, ANY_REVISION, "n/a"));
        assert_eq!(expired(Compacted { asked: 7, oldest: 9 }, None).continuation, None);
    }
}

//! Access reviews: whoever has the token may do everything.

use http::Method;
use serde_json::{Value, json};

use super::body;
use super::failure::Failure;
use super::path::Objects;

/// The user that everyone is who has the token.
const USER: &str = "kubernetes-admin";

/// A question about what may be done. It is answered and not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// `SelfSubjectAccessReview`: may I do that?
    Access,
    /// `SelfSubjectRulesReview`: what may I do?
    Rules,
    /// `SelfSubjectReview`: who am I?
    Identity,
}

impl Review {
    /// The review that a path asks for.
    pub fn of(at: &Objects) -> Option<Self> {
        match (at.group.as_str(), at.version.as_str(), at.plural.as_str()) {
            ("authorization.k8s.io", "v1", "selfsubjectaccessreviews") => Some(Self::Access),
            ("authorization.k8s.io", "v1", "selfsubjectrulesreviews") => Some(Self::Rules),
            ("authentication.k8s.io", "v1", "selfsubjectreviews") => Some(Self::Identity),
            _ => None,
        }
    }

    /// The review with its answer.
    ///
    /// # Errors
    /// 405 for anything but POST, 400 and 415 for a body that cannot be read.
    pub fn answer(self, method: &Method, media: &str, bytes: &[u8]) -> Result<Value, Failure> {
        if method != Method::POST {
            let message = "the server does not allow this method on the requested resource";
            return Err(Failure::generic(http::StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message));
        }
        let (kind, group) = match self {
            Self::Access => ("SelfSubjectAccessReview", "authorization.k8s.io/v1"),
            Self::Rules => ("SelfSubjectRulesReview", "authorization.k8s.io/v1"),
            Self::Identity => ("SelfSubjectReview", "authentication.k8s.io/v1"),
        };
        let mut review = match self {
            // It asks nothing that would have to be read.
            Self::Identity => json!({}),
            _ => body::object(media, bytes, kind)?.object,
        };
        if !review.is_object() {
            review = json!({});
        }
        review["kind"] = kind.into();
        review["apiVersion"] = group.into();
        review["status"] = match self {
            Self::Access => {
                json!({ "allowed": true, "reason": "the local control plane lets its one user do everything" })
            }
            Self::Rules => json!({
                "resourceRules": [{ "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"] }],
                "nonResourceRules": [{ "verbs": ["*"], "nonResourceURLs": ["*"] }],
                "incomplete": false,
            }),
            Self::Identity => {
                json!({ "userInfo": { "username": USER, "groups": ["system:masters", "system:authenticated"] } })
            }
        };
        Ok(review)
    }
}

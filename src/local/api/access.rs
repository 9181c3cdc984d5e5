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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(group: &str, plural: &str) -> Objects {
        let (group, plural) = (group.to_owned(), plural.to_owned());
        Objects { group, version: "v1".to_owned(), plural, ..Objects::default() }
    }

    #[test]
    fn three_questions_are_answered() {
        let answer = |group: &str, plural: &str, body: &[u8]| {
            let review = Review::of(&at(group, plural)).unwrap();
            review.answer(&Method::POST, "application/json", body).unwrap()
        };
        let access = answer("authorization.k8s.io", "selfsubjectaccessreviews", br#"{"spec":{"a":1}}"#);
        assert_eq!((&access["status"]["allowed"], &access["spec"]), (&json!(true), &json!({ "a": 1 })));
        assert_eq!(answer("authorization.k8s.io", "selfsubjectrulesreviews", b"{}")["status"]["incomplete"], false);
        assert_eq!(answer("authentication.k8s.io", "selfsubjectreviews", b"null")["kind"], "SelfSubjectReview");
    }

    #[test]
    fn nothing_else_is() {
        assert_eq!(Review::of(&at("authorization.k8s.io", "subjectaccessreviews")), None);
        assert_eq!(Review::of(&at("", "selfsubjectaccessreviews")), None);
        let refused = |method: Method, media: &str, body: &[u8]| {
            Review::Access.answer(&method, media, body).unwrap_err().code.as_u16()
        };
        assert_eq!(refused(Method::GET, "application/json", b"{}"), 405);
        assert_eq!(refused(Method::POST, "text/plain", b"{}"), 415);
        assert_eq!(refused(Method::POST, "application/json", b"{"), 400);
    }
}

//! What goes wrong, as the `Status` objects that Kubernetes answers with.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::schema::Finding;

/// A failed request: code, machine-readable reason, message and details, as `metav1.Status` has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// HTTP status.
    pub code: StatusCode,
    /// `reason`, such as `NotFound`.
    pub reason: &'static str,
    /// `message`, in kube-apiserver's words.
    pub message: String,
    /// `details`.
    pub details: Map<String, Value>,
    /// Whether details are told though there are none, as for what the server answers without knowing the object.
    pub is_generic: bool,
    /// Whether it is told in plain text, as for a path that nobody knows.
    pub is_plain: bool,
    /// `metadata.continue`: how a list goes on that cannot go on as it was.
    pub continuation: Option<String>,
}

/// One entry of `details.causes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// `reason`, such as `FieldValueInvalid` or `FieldManagerConflict`.
    pub reason: &'static str,
    /// `message`.
    pub message: String,
    /// `field`, as a path like `spec.replicas` or `.spec.replicas` for conflicts.
    pub field: String,
}

impl From<Finding> for Cause {
    fn from(finding: Finding) -> Self {
        Self { reason: finding.reason.as_str(), message: finding.message, field: finding.path }
    }
}

impl Failure {
    /// A failure without details.
    pub fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, reason, message, details: Map::new(), is_generic: false, is_plain: false, continuation: None }
    }

    /// A failure that is about no object, with empty details.
    pub fn generic(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { is_generic: true, ..Self::new(code, reason, message) }
    }

    /// 404 in plain text: what a real server says of paths that none of its parts knows, and of groups that no
    /// definition brought.
    pub fn page_not_found() -> Self {
        Self { is_plain: true, ..Self::new(StatusCode::NOT_FOUND, "NotFound", "404 page not found\n") }
    }

    /// 500 without a reason: what a real server answers where an error of its own code comes through.
    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// 400 BadRequest.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 404 NotFound for an object: `configmaps "x" not found`; `resource` is `workloads.runtime.wasmcloud.dev`.
    pub fn not_found(group: &str, plural: &str, name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("{} \"{name}\" not found", qualified(group, plural)))
            .about(group, plural, name)
    }

    /// 409 AlreadyExists.
    pub fn already_exists(group: &str, plural: &str, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", qualified(group, plural));
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(group, plural, name)
    }

    /// 409 Conflict of a write with a stale version.
    pub fn conflict(group: &str, plural: &str, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", qualified(group, plural));
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(group, plural, name)
    }

    /// 422 Invalid with its causes; `kind` as `Workload.runtime.wasmcloud.dev`.
    pub fn invalid(group: &str, kind: &str, name: &str, causes: &[Cause]) -> Self {
        let mut told = HashSet::new();
        let lines = causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message));
        // Told as often as it was found among the causes, once in the message.
        let lines: Vec<String> = lines.filter(|line| told.insert(line.clone())).collect();
        let listed = match lines.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let message = format!("{} \"{name}\" is invalid: {listed}", qualified(group, kind));
        let failure = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        failure.about(group, kind, name).with_causes(causes)
    }

    /// Names the object that it is about.
    #[must_use]
    pub fn about(mut self, group: &str, kind: &str, name: &str) -> Self {
        for (key, value) in [("name", name), ("group", group), ("kind", kind)] {
            if !value.is_empty() {
                self.details.insert(key.to_owned(), value.into());
            }
        }
        self
    }

    /// Adds causes.
    #[must_use]
    pub fn with_causes(mut self, causes: &[Cause]) -> Self {
        let causes = causes.iter().map(|cause| {
            let mut entry = Map::new();
            for (key, value) in [("reason", cause.reason), ("message", &cause.message), ("field", &cause.field)] {
                if !value.is_empty() {
                    entry.insert(key.to_owned(), value.into());
                }
            }
            Value::Object(entry)
        });
        self.details.insert("causes".to_owned(), causes.collect());
        self
    }

    /// The `Status` object.
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.code.as_u16(),
        });
        if !self.reason.is_empty() {
            status["reason"] = self.reason.into();
        }
        if let (Some(fields), true) = (status.as_object_mut(), self.is_generic || !self.details.is_empty()) {
            fields.insert("details".to_owned(), Value::Object(self.details.clone()));
        }
        if let Some(continuation) = &self.continuation {
            status["metadata"]["continue"] = continuation.as_str().into();
        }
        status
    }
}

/// `plural.group`, or `plural` of the core group.
pub fn qualified(group: &str, plural: &str) -> String {
    if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
}

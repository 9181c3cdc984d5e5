//! Pausing rollouts and letting them go on.

use serde_json::Value;

use super::parts::{self, annotate, declined};
use crate::api::names::annotation;
use crate::error::Error;
use crate::plan::change::Change;
use crate::plan::charge::Heed;

/// Whether a deployment is paused.
pub fn is_paused(deployment: &Value) -> bool {
    asked(deployment) == Some("true")
}

/// Pauses a deployment.
///
/// # Errors
/// In kubectl's words, when it is paused already.
pub fn pause(deployment: &Value) -> Result<Change, Error> {
    if is_paused(deployment) {
        return Err(declined(deployment, "is already paused"));
    }
    let mut after = deployment.clone();
    annotate(&mut after["metadata"], annotation::PAUSED, Some("true"));
    Ok(Change::To(after))
}

/// Lets a deployment go on.
///
/// # Errors
/// In kubectl's words, when it is not paused.
pub fn resume(deployment: &Value) -> Result<Change, Error> {
    // A value that makes no sense holds the deployment up as well.
    if matches!(asked(deployment), None | Some("false")) {
        return Err(declined(deployment, "is not paused"));
    }
    let mut after = deployment.clone();
    annotate(&mut after["metadata"], annotation::PAUSED, None);
    Ok(Change::To(after))
}

/// What to say before a pause, if anything.
///
/// # Errors
/// When whoever is in charge would roll all the same.
pub fn heeded(heed: &Heed) -> Result<Option<String>, Error> {
    match (heed, heed.warning("a pause")) {
        (Heed::Ignores(_), Some(message)) => Err(Error::Declined {
            message,
            help: Some(
                "it rolls out every change at once, so apply the change when it may roll; `kubectl wasmcloud \
                 run-controller` in its place heeds pauses"
                    .to_owned(),
            ),
        }),
        (_, warning) => Ok(warning),
    }
}

fn asked(deployment: &Value) -> Option<&str> {
    parts::annotation(deployment.get("metadata")?, annotation::PAUSED).map(str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::charge::Charge;

    fn deployment(paused: Option<&str>) -> Value {
        let annotations = paused.map_or(json!({}), |paused| json!({"runtime.wasmcloud.dev/paused": paused}));
        json!({"metadata": {"name": "web", "annotations": annotations}})
    }

    #[test]
    fn what_is_paused_cannot_be_paused_and_what_is_not_cannot_be_resumed() {
        assert_eq!(pause(&deployment(None)).unwrap(), Change::To(deployment(Some("true"))));
        assert_eq!(pause(&deployment(Some("false"))).unwrap(), Change::To(deployment(Some("true"))));
        assert_eq!(resume(&deployment(Some("true"))).unwrap(), Change::To(deployment(None)));
        assert_eq!(resume(&deployment(Some("nonsense"))).unwrap(), Change::To(deployment(None)));
        let told = |outcome: Result<Change, Error>| outcome.unwrap_err().to_string();
        let title = "workloaddeployments.runtime.wasmcloud.dev \"web\"";
        assert_eq!(told(pause(&deployment(Some(" true ")))), format!("{title} is already paused"));
        assert_eq!(told(resume(&deployment(None))), format!("{title} is not paused"));
        assert_eq!(told(resume(&deployment(Some("false")))), format!("{title} is not paused"));
    }

    #[test]
    fn a_pause_that_is_ignored_is_an_error_and_one_that_waits_a_warning() {
        assert_eq!(heeded(&Heed::Does).unwrap(), None);
        let waits = heeded(&Heed::Nobody(Charge::Nobody)).unwrap().unwrap();
        assert_eq!(waits, "a pause waits for a controller; in charge: none");
        let refused = heeded(&Heed::Ignores("op-1".to_owned())).unwrap_err();
        assert_eq!(refused.to_string(), "op-1 is in charge, and ignores a pause");
        assert_eq!(refused.exit_code(), 1);
    }
}

//! Restarting: a stamp in the template rolls it anew.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::parts::{self, annotate, declined, name_of};
use super::pause::is_paused;
use crate::api::names::annotation;
use crate::error::Error;
use crate::plan::change::Change;
use crate::plan::charge::Heed;

/// Stamps the template with the time, in whole seconds as kubectl does.
///
/// # Errors
/// In kubectl's words, when the deployment is paused or was stamped in the same second.
pub fn restart(deployment: &Value, now: Timestamp) -> Result<Change, Error> {
    if is_paused(deployment) {
        return Err(declined(deployment, "can't restart paused deployment (run rollout resume first)"));
    }
    let stamp = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
    let template = deployment.pointer("/spec/template").cloned().unwrap_or_default();
    if parts::annotation(&template, annotation::RESTARTED_AT) == Some(&stamp) {
        let name = name_of(deployment);
        let why = format!(
            "failed to create patch for {name}: if restart has already been triggered within the past second, please \
             wait before attempting to trigger another"
        );
        return Err(declined(deployment, &why));
    }
    let mut after = deployment.clone();
    if !after["spec"].is_object() {
        after["spec"] = json!({});
    }
    if !after["spec"]["template"].is_object() {
        after["spec"]["template"] = json!({});
    }
    annotate(&mut after["spec"]["template"], annotation::RESTARTED_AT, Some(&stamp));
    Ok(Change::To(after))
}

/// How deployments are restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a stamp in the template.
    Stamp,
    /// By a stamp, and there is something to say first.
    StampAfter(String),
    /// Workload by Workload, that many at once.
    Batch(u16),
    /// A stamp would do nothing; a person may be asked whether to go Workload by Workload.
    AskForBatch(String),
}

/// How to restart, by who is in charge and what was asked for.
///
/// # Errors
/// When Workloads that are deleted would stay away.
pub fn way(heed: &Heed, batch: Option<u16>) -> Result<Way, Error> {
    match (heed, batch) {
        (Heed::Nobody(charge), Some(_)) => Err(Error::Declined {
            message: format!("Workloads that are deleted would stay away; in charge: {charge}"),
            help: Some("`kubectl wasmcloud run-controller` starts a controller".to_owned()),
        }),
        (_, Some(at_once)) => Ok(Way::Batch(at_once)),
        (Heed::Ignores(holder), None) => Ok(Way::AskForBatch(format!("{holder} is in charge, and ignores a restart"))),
        (heed, None) => Ok(heed.warning("a restart").map_or(Way::Stamp, Way::StampAfter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::charge::Charge;

    const NOW: &str = "2026-01-02T03:04:05.678Z";

    fn restarted(deployment: &Value) -> Result<Change, Error> {
        restart(deployment, NOW.parse().unwrap())
    }

    #[test]
    fn the_template_is_stamped_in_whole_seconds() {
        let before = json!({"metadata": {"name": "web"}, "spec": {"template": {"spec": {"components": []}}}});
        let Ok(Change::To(after)) = restarted(&before) else { panic!() };
        let template = json!({
            "annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z"},
            "spec": {"components": []},
        });
        assert_eq!(after, json!({"metadata": {"name": "web"}, "spec": {"template": template}}));
        let again = restarted(&after).unwrap_err().to_string();
        assert!(
            again.starts_with("workloaddeployments.runtime.wasmcloud.dev \"web\" failed to create patch"),
            "{again}"
        );
    }

    #[test]
    fn a_paused_one_is_not_restarted() {
        let paused = json!({"metadata": {"name": "web", "annotations": {"runtime.wasmcloud.dev/paused": "true"}}});
        let told = restarted(&paused).unwrap_err().to_string();
        let expected = "workloaddeployments.runtime.wasmcloud.dev \"web\" can't restart paused deployment (run rollout \
                        resume first)";
        assert_eq!(told, expected);
    }

    #[test]
    fn who_is_in_charge_decides_how() {
        let nobody = Heed::Nobody(Charge::Nobody);
        let another = Heed::Ignores("op-1".to_owned());
        assert_eq!(way(&Heed::Does, None).unwrap(), Way::Stamp);
        assert_eq!(way(&Heed::Does, Some(2)).unwrap(), Way::Batch(2));
        assert_eq!(way(&another, Some(1)).unwrap(), Way::Batch(1));
        let asked = "op-1 is in charge, and ignores a restart".to_owned();
        assert_eq!(way(&another, None).unwrap(), Way::AskForBatch(asked));
        let waits = "a restart waits for a controller; in charge: none".to_owned();
        assert_eq!(way(&nobody, None).unwrap(), Way::StampAfter(waits));
        assert!(way(&nobody, Some(1)).unwrap_err().to_string().contains("would stay away"));
        assert_eq!(way(&Heed::Unknown, Some(1)).unwrap(), Way::Batch(1));
    }
}

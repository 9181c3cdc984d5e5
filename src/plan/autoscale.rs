//! `autoscale`: a HorizontalPodAutoscaler that can work.
//!
//! A Workload is no Pod: Resource and Pods metrics, and averages over Pods such as Utilization, have nothing to read. External
//! and Object metrics have, and with AverageValue they are divided by the replicas that the scale subresource tells.

use serde_json::{Value, json};

use crate::api::{Kind, names};
use crate::error::Error;
use crate::plan::selection::Refusal;
use crate::plan::set::article;

/// A metric that needs no Pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Of something outside the cluster.
    External {
        /// Its name.
        name: String,
        /// Its labels.
        labels: Vec<(String, String)>,
    },
    /// Of an object in the cluster.
    Object {
        /// `apiVersion`, `kind` and name of the object.
        object: (String, String, String),
        /// The metric's name.
        name: String,
    },
}

/// The autoscaler that is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its name; the deployment's when unset.
    pub name: Option<String>,
    /// No fewer replicas; the server's default when unset.
    pub min: Option<i32>,
    /// No more replicas.
    pub max: i32,
    /// What is measured.
    pub metric: Metric,
    /// How much of it each replica is to get.
    pub average: String,
}

impl Metric {
    /// Reads `NAME[,KEY=VALUE…]`.
    ///
    /// # Errors
    /// When a label is none.
    pub fn external(text: &str) -> Result<Self, String> {
        let mut words = text.split(',');
        let name = words.next().unwrap_or_default().to_owned();
        let label = |word: &str| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        let labels = words.map(|word| label(word).ok_or_else(|| format!("\"{word}\" is no KEY=VALUE")));
        let labels = labels.collect::<Result<_, _>>()?;
        if name.is_empty() { Err("it is NAME[,KEY=VALUE…]".to_owned()) } else { Ok(Self::External { name, labels }) }
    }

    /// Reads `KIND/NAME:METRIC`, the kind with its version and group unless it is a well-known one.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object(text: &str) -> Result<Self, String> {
        let form = || "it is KIND/NAME:METRIC, such as service/web:requests-per-second".to_owned();
        let (object, metric) = text.rsplit_once(':').ok_or_else(form)?;
        let (kind, name) = object.split_once('/').ok_or_else(form)?;
        if [kind, name, metric].iter().any(|word| word.is_empty()) {
            return Err(form());
        }
        let (api_version, kind) = described(kind)?;
        Ok(Self::Object { object: (api_version, kind, name.to_owned()), name: metric.to_owned() })
    }

    fn spec(&self, average: &str) -> Value {
        let target = json!({"type": "AverageValue", "averageValue": average});
        match self {
            Self::External { name, labels } => {
                let mut metric = json!({"name": name});
                if !labels.is_empty() {
                    let labels: serde_json::Map<_, _> =
                        labels.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
                    metric["selector"] = json!({"matchLabels": labels});
                }
                json!({"type": "External", "external": {"metric": metric, "target": target}})
            }
            Self::Object { object: (api_version, kind, of), name } => json!({"type": "Object", "object": {
                "describedObject": {"apiVersion": api_version, "kind": kind, "name": of},
                "metric": {"name": name},
                "target": target,
            }}),
        }
    }
}

fn described(word: &str) -> Result<(String, String), String> {
    if let Some(ours) = Kind::from_word(word) {
        return Ok((names::API_VERSION.to_owned(), ours.name().to_owned()));
    }
    let (api_version, kind) = match word.to_ascii_lowercase().as_str() {
        "service" | "services" | "svc" => ("v1", "Service"),
        "namespace" | "namespaces" | "ns" => ("v1", "Namespace"),
        "deployment" | "deployments" | "deploy" => ("apps/v1", "Deployment"),
        "ingress" | "ingresses" | "ing" => ("networking.k8s.io/v1", "Ingress"),
        _ => match word.splitn(3, '.').collect::<Vec<_>>().as_slice() {
            [kind, version, group] => return Ok((format!("{group}/{version}"), (*kind).to_owned())),
            _ => {
                return Err(format!(
                    "\"{word}\" is not known; write it as Kind.version.group, such as HTTPRoute.v1.gateway.networking.k8s.io"
                ));
            }
        },
    };
    Ok((api_version.to_owned(), kind.to_owned()))
}

/// Checks the bounds.
///
/// # Errors
/// In kubectl's words.
pub fn bounds(min: Option<i32>, max: Option<i32>) -> Result<(Option<i32>, i32), Error> {
    let max = max.unwrap_or(-1);
    if max < 1 {
        return Err(Error::usage(format!("--max=MAXPODS is required and must be at least 1, max: {max}")));
    }
    match min.filter(|min| *min >= 0) {
        Some(min) if min > max => {
            Err(Error::usage(format!("--max=MAXPODS must be larger or equal to --min=MINPODS, max: {max}, min: {min}")))
        }
        min => Ok((min, max)),
    }
}

/// Whether a text is a quantity above zero, such as `100`, `1500m` or `2Ki`.
///
/// # Errors
/// When it is not.
pub fn quantity(text: &str) -> Result<String, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let exponent = suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| exponent.parse::<i8>().is_ok());
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&suffix);
    let positive = number.parse::<f64>().is_ok_and(|number| number > 0.0);
    match positive && (known || exponent) {
        true => Ok(text.to_owned()),
        false => Err("it is a quantity above zero, such as 100, 1500m or 2k".to_owned()),
    }
}

/// The autoscaler of a deployment.
pub fn autoscaler(deployment: &Value, wish: &Wish) -> Value {
    let word = |path| deployment.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let deployed = word("/metadata/name");
    let mut autoscaler = json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": wish.name.as_deref().unwrap_or(deployed), "namespace": word("/metadata/namespace")},
        "spec": {
            "scaleTargetRef": {"apiVersion": names::API_VERSION, "kind": Kind::WorkloadDeployment.name(), "name": deployed},
            "maxReplicas": wish.max,
            "metrics": [wish.metric.spec(&wish.average)],
        },
    });
    if let Some(min) = wish.min {
        autoscaler["spec"]["minReplicas"] = min.into();
    }
    autoscaler
}

/// Why a metric of Pods cannot work.
pub fn no_pods(flag: &str) -> Error {
    Error::usage_with(
        format!("{flag} cannot work: Workloads are no Pods, so the autoscaler has nobody's usage to read"),
        "scale by a metric of something else: --external-metric=NAME or --object=KIND/NAME:METRIC, with --average-value",
    )
}

/// What `autoscale` has no meaning for.
pub fn refuse(kind: Kind) -> Option<Refusal> {
    let instead = match kind {
        Kind::WorkloadDeployment => return None,
        Kind::WorkloadReplicaSet => "it has no scale subresource: autoscale the WorkloadDeployment that makes it",
        Kind::Workload => "autoscale the WorkloadDeployment that makes it",
        Kind::Host => {
            "autoscale what runs the hosts: `kubectl autoscale deployment/NAME --cpu=70% --max=N` of the host group"
        }
        Kind::Artifact => "autoscale the WorkloadDeployment that uses it",
    };
    Some(Refusal { message: format!("cannot autoscale {}", article(kind)), instead: instead.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(metric: Metric) -> Wish {
        Wish { name: None, min: Some(1), max: 5, metric, average: "100".to_owned() }
    }

    fn deployment() -> Value {
        json!({"metadata": {"name": "web", "namespace": "n"}})
    }

    #[test]
    fn an_external_metric_is_shared_by_the_replicas() {
        let metric = Metric::external("queue_messages,queue=a,x=y").unwrap();
        let made = autoscaler(&deployment(), &wish(metric));
        assert_eq!(
            made["spec"]["scaleTargetRef"],
            json!({
                "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment", "name": "web"
            })
        );
        assert_eq!((&made["spec"]["minReplicas"], &made["spec"]["maxReplicas"]), (&json!(1), &json!(5)));
        assert_eq!(
            made["spec"]["metrics"],
            json!([{"type": "External", "external": {
                "metric": {"name": "queue_messages", "selector": {"matchLabels": {"queue": "a", "x": "y"}}},
                "target": {"type": "AverageValue", "averageValue": "100"},
            }}])
        );
    }

    #[test]
    fn an_objects_metric_names_the_object() {
        let described = |text: &str| {
            let made = autoscaler(&deployment(), &wish(Metric::object(text).unwrap()));
            made["spec"]["metrics"][0]["object"]["describedObject"].clone()
        };
        assert_eq!(described("svc/web:rps"), json!({"apiVersion": "v1", "kind": "Service", "name": "web"}));
        assert_eq!(
            described("ingress/w:rps"),
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "w"})
        );
        assert_eq!(described("wd/w:rps")["kind"], "WorkloadDeployment");
        assert_eq!(
            described("HTTPRoute.v1.gateway.networking.k8s.io/w:rps"),
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "name": "w"
            })
        );
        for text in ["web", "svc/web", "svc/:x", "thing/web:rps"] {
            assert!(Metric::object(text).is_err(), "{text}");
        }
        assert!(Metric::external("").is_err() && Metric::external("a,b").is_err());
    }

    #[test]
    fn bounds_are_checked_in_kubectls_words() {
        let refused = |min, max| bounds(min, max).unwrap_err().to_string();
        assert_eq!(refused(None, None), "--max=MAXPODS is required and must be at least 1, max: -1");
        assert_eq!(refused(Some(3), Some(2)), "--max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 3");
        assert_eq!(bounds(Some(-1), Some(2)).unwrap(), (None, 2));
        assert_eq!(bounds(Some(2), Some(2)).unwrap(), (Some(2), 2));
    }

    #[test]
    fn quantities_are_above_zero() {
        for text in ["1", "1500m", "2Ki", "0.5", "1e3", "3G"] {
            assert!(quantity(text).is_ok(), "{text}");
        }
        for text in ["", "0", "-1", "x", "1x", "1e", "70%", "."] {
            assert!(quantity(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_deployments_are_autoscaled() {
        let refused: Vec<_> = Kind::ALL.into_iter().filter(|kind| refuse(*kind).is_some()).collect();
        assert_eq!(refused, [Kind::WorkloadReplicaSet, Kind::Workload, Kind::Host, Kind::Artifact]);
    }
}

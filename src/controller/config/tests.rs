mod secrecy;

use serde_json::{Value, json};

use super::*;

fn spec(value: Value) -> WorkloadSpec {
    serde_json::from_value(value).unwrap()
}

fn request(value: Value, sources: &Sources) -> Result<Value, ConfigProblem> {
    let annotations = BTreeMap::from([("a".to_owned(), "b".to_owned())]);
    let spec = spec(value);
    let subject =
        Subject { namespace: "team-a", name: "web-1", uid: "u-1", annotations: Some(&annotations), spec: &spec };
    start_request(&subject, sources).map(|request| serde_json::to_value(request).unwrap())
}

fn sources() -> Sources {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let bytes = |pairs: &[(&str, &[u8])]| pairs.iter().map(|(k, v)| ((*k).to_owned(), v.to_vec())).collect();
    Sources {
        config_maps: BTreeMap::from([
            ("one".into(), map(&[("A", "cm1"), ("B", "cm1"), ("C", "cm1")])),
            ("two".into(), map(&[("B", "cm2")])),
        ]),
        secrets: BTreeMap::from([
            ("s".into(), bytes(&[("C", b"secret")])),
            ("binary".into(), bytes(&[("K", b"\xff\xfe")])),
        ]),
    }
}

#[test]
fn layers_are_flattened_and_the_later_wins() {
    let told = request(
        json!({"components": [{"name": "a", "image": "r/a:1", "localResources": {
            "environment": {
                "config": {"A": "inline", "Z": "inline"},
                "configFrom": [{"name": "one"}, {"name": "two"}],
                "secretFrom": [{"name": "s"}],
            },
            "config": {"k": "v"},
        }}]}),
        &sources(),
    )
    .unwrap();
    let resources = &told["workload"]["witWorld"]["components"][0]["localResources"];
    assert_eq!(resources["environment"], json!({"A": "cm1", "B": "cm2", "C": "secret", "Z": "inline"}));
    assert_eq!(resources["config"], json!({"k": "v"}));
}

#[test]
fn everything_a_workload_has_reaches_the_host() {
    let told = request(
        json!({
            "components": [{"name": "a", "image": "r/a:1", "poolSize": 2, "maxInvocations": 3, "maxConcurrency": 4,
                "imagePullPolicy": "Always", "localResources": {
                    "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": true}],
                    "allowedHosts": ["*"], "allowedIpNameLookups": ["*.svc"], "allowedHostLoopbackPorts": ["5432/tcp"]}}],
            "service": {"image": "r/s:1", "maxRestarts": 5, "imagePullPolicy": "Never"},
            "volumes": [{"name": "data", "hostPath": {"path": "/srv"}}, {"name": "tmp", "ephemeral": {}}],
            "hostInterfaces": [{"namespace": "wasi", "package": "keyvalue", "version": "0.2.0", "name": "cache",
                "interfaces": ["store"], "configFrom": [{"name": "two"}]}],
        }),
        &sources(),
    )
    .unwrap();
    assert_eq!(
        told,
        json!({"workloadId": "u-1", "workload": {
            "namespace": "team-a", "name": "web-1", "annotations": {"a": "b"},
            "witWorld": {
                "components": [{"image": "r/a:1", "name": "a", "poolSize": 2, "maxInvocations": 3, "maxConcurrency": 4,
                    "imagePullPolicy": "IMAGE_PULL_POLICY_ALWAYS", "localResources": {
                        "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": true}],
                        "allowedHosts": ["*"], "allowedIpNameLookups": ["*.svc"],
                        "allowedHostLoopbackPorts": ["5432/tcp"]}}],
                "hostInterfaces": [{"namespace": "wasi", "package": "keyvalue", "version": "0.2.0", "name": "cache",
                    "interfaces": ["store"], "config": {"B": "cm2"}}],
            },
            "service": {"image": "r/s:1", "maxRestarts": "5", "imagePullPolicy": "IMAGE_PULL_POLICY_NEVER"},
            "volumes": [{"name": "data", "hostPath": {"localPath": "/srv"}}, {"name": "tmp", "emptyDir": {}}],
        }})
    );
}

#[test]
fn what_is_missing_is_named() {
    let with = |layer: Value| {
        request(
            json!({"components": [{"name": "a", "image": "r", "localResources": {"environment": layer}}]}),
            &sources(),
        )
    };
    let problem = with(json!({"configFrom": [{"name": "none"}]})).unwrap_err();
    assert_eq!((problem.reason(), problem.to_string().as_str()), ("ConfigMapNotFound", "ConfigMap \"none\" not found"));
    let problem = with(json!({"secretFrom": [{"name": "none"}]})).unwrap_err();
    assert_eq!((problem.reason(), problem.to_string().as_str()), ("SecretNotFound", "Secret \"none\" not found"));
    let problem = with(json!({"secretFrom": [{"name": "binary"}]})).unwrap_err();
    assert_eq!(problem.reason(), "SecretKeyNotUtf8");
    assert_eq!(problem.to_string(), "key \"K\" of Secret \"binary\" is not UTF-8 text");
    assert!(with(json!({"configFrom": [{"name": ""}]})).is_ok(), "an unset name refers to nothing");
    let problem = request(
        json!({"components": [{"name": "a", "image": "r.io/a:1", "imagePullSecret": {"name": "s"}}]}),
        &sources(),
    );
    assert_eq!(problem.unwrap_err().reason(), "PullSecretInvalid");
}

#[test]
fn a_service_gives_http_its_aliases() {
    let told = |config: Value| {
        request(
            json!({"kubernetes": {"service": {"name": "front"}}, "hostInterfaces": [
                {"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": config},
                {"namespace": "wasi", "package": "config", "interfaces": ["store"]}]}),
            &Sources::default(),
        )
        .unwrap()["workload"]["witWorld"]["hostInterfaces"]
            .clone()
    };
    let interfaces = told(json!({"host": "x"}));
    assert_eq!(interfaces[0]["config"], json!({"host": "x", "host-aliases": "front.team-a,front.team-a.svc"}));
    assert_eq!(interfaces[1].get("config"), None);
    let own = told(json!({"host-aliases": "mine"}));
    assert_eq!(own[0]["config"]["host-aliases"], "mine,front.team-a,front.team-a.svc");
}

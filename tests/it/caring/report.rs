#![cfg(feature = "local")]

use std::io::Read;

use serde_json::json;

use crate::support::served::Served;

const SECRET: &str = "hunter2hunter2";

fn unpack(served: &Served, name: &str) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(served.env.home().join(name)).unwrap()).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.push((file.name().unwrap().into_owned(), content));
    }
    files
}

#[test]
fn no_secret_gets_into_it() {
    let served = Served::with_hosts(&["a"]);
    let of = |kind: &str, name: &str, data: serde_json::Value| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "default"}, "stringData": data});
    served.apply(&of("Secret", "plain", json!({"password": SECRET})));
    let login = format!(r#"{{"auths":{{"registry.example.com":{{"username":"u","password":"{SECRET}"}}}}}}"#);
    let mut pull = of("Secret", "pull", json!({".dockerconfigjson": login}));
    pull["type"] = "kubernetes.io/dockerconfigjson".into();
    served.apply(&pull);
    served.apply(&json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "default"},
        "data": {"token": SECRET},
    }));
    served.apply(&json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment",
        "metadata": {"name": "hello", "namespace": "default", "annotations": {
            "example.com/token": SECRET,
            "kubectl.kubernetes.io/last-applied-configuration": SECRET,
        }},
        "spec": {"replicas": 1, "template": {"spec": {"components": [{
            "name": "c", "image": "registry.example.com/hello:1", "imagePullSecret": {"name": "pull"},
            "localResources": {
                "environment": {"config": {"PASSWORD": SECRET}, "secretFrom": [{"name": "plain"}]},
                "config": {"dsn": SECRET},
            },
        }]}}},
    }));
    served.eventually("it runs", || {
        let workloads = served.json(&["get", "ww"]);
        (workloads["items"].as_array().unwrap().len() == 1).then_some(())
    });
    let told = served.run(&["report", "-o", "r.zip"]);
    assert!(told.starts_with("code: 0\n--- stdout\nr.zip\n"), "{told}");
    let files = unpack(&served, "r.zip");
    for (name, content) in &files {
        assert!(!content.contains(SECRET), "{name}: {content}");
    }
    let content =
        |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, content)| content.as_str()).unwrap();
    assert!(content("objects/workloaddeployments.yaml").contains("PASSWORD: \"***\""), "{files:?}");
    assert!(content("configmaps.yaml").contains("token"));
    assert!(content("check.txt").contains("Status check results are"));
    assert!(content("rollouts.yaml").contains("name: hello"));
    assert!(content("versions.yaml").contains("clientVersion"));
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    let readme = content("README.txt");
    for name in names.iter().filter(|name| !name.contains('/') && **name != "README.txt" && **name != "check.json") {
        assert!(readme.contains(name), "{name} is not in the README");
    }
}

#[test]
fn a_report_that_is_there_stays() {
    let served = Served::with_hosts(&[]);
    served.env.file("r.zip", "mine");
    let told = served.run(&["report", "-o", "r.zip"]);
    assert!(told.starts_with("code: 1\n--- stderr\nerror: cannot write r.zip"), "{told}");
    assert_eq!(std::fs::read_to_string(served.env.home().join("r.zip")).unwrap(), "mine");
}

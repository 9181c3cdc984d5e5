//! Values of Secrets go to hosts and nowhere else, whatever goes wrong with them.

use super::{Controller, PATIENCE, apply_text, condition, said};
use crate::real::cluster::{Cluster, free_port, get_path, ok, text, within};
use crate::real::nats_hosts::{Fleet, Mood};
use crate::real::story::manifest;

/// As in a Secret, in a host's environment, and as user and password of a registry; in plain and in base64.
const PLANTED: [&str; 5] =
    ["hunter2-planted", "aHVudGVyMi1wbGFudGVk", "pa55-planted", "Ym9iOnBhNTUtcGxhbnRlZA==", "cGE1NS1wbGFudGVk"];
const PLURALS: [&str; 3] = ["workloads", "workloadreplicasets", "workloaddeployments"];

/// Each reads a Secret and pulls with one; the reason that it does not run for, if there is one.
const DEPLOYMENTS: [(&str, &str, &str, Option<&str>); 4] = [
    ("well", "keys", "pull", None),
    ("binary", "binary", "pull", Some("SecretKeyNotUtf8")),
    ("unreadable", "keys", "broken-pull", Some("PullSecretInvalid")),
    ("elsewhere", "keys", "other-pull", Some("PullSecretHasNoRegistry")),
];

fn plant(cluster: &Cluster) {
    let registry =
        |server: &str| format!(r#"{{"auths":{{"{server}":{{"username":"bob","password":"pa55-planted"}}}}}}"#);
    let secret = |name: &str, key: &str, value: &str| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        format!("---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: {{{key}: \"{value}\"}}\n")
    };
    let mut all = secret("keys", "KEY", "hunter2-planted");
    all += &secret("pull", ".dockerconfigjson", &registry("r.example"));
    all += &secret("other-pull", ".dockerconfigjson", &registry("elsewhere.example"));
    all += &secret("broken-pull", ".dockerconfigjson", "{pa55-planted");
    // The same text, and a byte that is none.
    all += "---\napiVersion: v1\nkind: Secret\nmetadata: {name: binary}\ndata: {KEY: aHVudGVyMi1wbGFudGVk/w==}\n";
    let file = cluster.file("secrets.yaml", &all);
    ok(cluster.kubectl(&["apply", "--server-side", "--namespace", &cluster.namespace, "-f", &file]));
}

fn deploy(cluster: &Cluster, version: u32) {
    for (name, from, pull, _) in DEPLOYMENTS {
        let image = format!("r.example/hello:{version}");
        let reads = format!(
            "          imagePullSecret: {{name: {pull}}}\n          localResources:\n            environment:\n              secretFrom: [{{name: {from}}}]\n"
        );
        let text = manifest(&image, "hello.example.com", 1).replace("name: hello\n", &format!("name: {name}\n"));
        apply_text(cluster, &text.replace("      hostInterfaces:", &format!("{reads}      hostInterfaces:")));
    }
}

/// Waits until a deployment says that it is Ready, or why it is not.
fn says(cluster: &Cluster, name: &str, wanted: &str) {
    within(PATIENCE, &format!("{name} says {wanted}"), || {
        let all = cluster.objects("workloaddeployments");
        let ready = condition(all.iter().find(|object| object["metadata"]["name"] == name).unwrap(), "Ready");
        if ready["status"] == wanted || ready.to_string().contains(wanted) { Ok(()) } else { Err(ready.to_string()) }
    });
}

/// Everything that anybody can be shown, with where it is from.
fn shown(cluster: &Cluster, controller: &Controller, probes: u16) -> Vec<(String, String)> {
    let mut shown = vec![("log".to_owned(), controller.process.log())];
    for (port, path) in [(controller.metrics, "/metrics"), (probes, "/healthz"), (probes, "/readyz")] {
        shown.push((path.to_owned(), get_path(port, "localhost", path).unwrap().1));
    }
    for plural in PLURALS {
        shown.push((plural.to_owned(), serde_json::to_string(&cluster.objects(plural)).unwrap()));
    }
    for (what, namespace) in [
        ("events", &cluster.namespace),
        ("events", &cluster.system),
        ("endpointslices", &cluster.namespace),
        ("hosts.runtime.wasmcloud.dev", &cluster.system),
        ("leases", &cluster.system),
    ] {
        shown
            .push((what.to_owned(), ok(cluster.kubectl(&["get", what, "--namespace", namespace, "--output", "yaml"]))));
    }
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["get", "workloads", "--output", "yaml"],
        vec!["get", "workloads", "--output", "wide"],
        vec!["get", "workloaddeployments", "--output", "json"],
    ];
    for (name, ..) in DEPLOYMENTS {
        commands.push(vec!["rollout", "status", name, "--timeout=1s", "-v=8"]);
        commands.push(vec!["rollout", "history", name]);
    }
    for command in commands {
        let output = cluster.run(&command);
        shown.push((command.join(" "), text(&output.stdout) + &text(&output.stderr)));
    }
    shown
}

#[test]
#[ignore = "real servers"]
fn values_of_secrets_are_told_to_hosts_and_to_nobody_else() {
    let cluster = Cluster::new("secrets");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one"]);
    plant(&cluster);
    for (log, flags, version) in [("text.log", &["-v=8"][..], 1), ("json.log", &["-v=8", "--json-log"][..], 3)] {
        let probes = free_port();
        let address = format!("--health-probe-bind-address=127.0.0.1:{probes}");
        let flags = [flags, &["--leader-elect=false", &address]].concat();
        let controller = Controller::start(&cluster, log, &flags);
        fleet.mood("id-one", Mood::Well);
        deploy(&cluster, version);
        for (name, _, _, reason) in DEPLOYMENTS {
            says(&cluster, name, reason.unwrap_or("True"));
        }
        let told = format!("{:?}", fleet.running());
        assert!(told.contains(PLANTED[0]) && told.contains(PLANTED[2]), "hosts need them: {told}");
        fleet.mood("id-one", Mood::Failing("no room for it"));
        deploy(&cluster, version + 1);
        says(&cluster, "well", "no room for it");
        said(&controller.process, "no room for it").unwrap();
        for (place, text) in shown(&cluster, &controller, probes) {
            for planted in PLANTED {
                assert!(!text.contains(planted), "{planted} in {place}:\n{text}");
            }
        }
        let leaks = controller.process.log();
        assert!(leaks.contains("TRACE") || leaks.contains("DEBUG"), "the log tells everything it can:\n{leaks}");
        controller.kill();
    }
}

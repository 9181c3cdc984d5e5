//! What is found in manifests, and what is not. Messages are in the golden files: here it is about the edges.

mod beside;

use std::sync::Arc;

use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

/// The codes of all that is found, with its line, in the order it stands in.
fn found(content: &str) -> Vec<String> {
    let text = Text { name: "a.yaml".to_owned(), content: content.to_owned() };
    let files = FileSet::read(vec![Arc::new(text)]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    found.kept.iter().map(|(finding, _)| finding.code.id.to_owned()).collect()
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

fn head(kind: &str, name: &str) -> String {
    format!("---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\n")
}

/// A deployment with one component and more in its workload.
fn workload(more: &str) -> String {
    program("", more)
}

/// A deployment with more in its component and in its workload.
fn program(component: &str, more: &str) -> String {
    let (component, more) = (indented(component, 8), indented(more, 6));
    head("WorkloadDeployment", "web")
        + &format!(
            "spec:\n  template:\n    spec:\n      components:\n      - name: a\n        image: r.io/a:1\n{component}{more}"
        )
}

/// A deployment with host interfaces, given as flow YAML, one a line.
fn interfaces(entries: &[&str]) -> String {
    workload(&format!("hostInterfaces:\n{}", entries.iter().map(|entry| format!("- {entry}\n")).collect::<String>()))
}

fn in_workload(more: &str) -> Vec<String> {
    found(&workload(more))
}

fn with(entries: &[&str]) -> Vec<String> {
    found(&interfaces(entries))
}

const NOTHING: [&str; 0] = [];
const HTTP: &str = "{namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: a.io}}";

#[test]
fn images() {
    let image = |image: &str| found(&workload("").replace("r.io/a:1", image));
    for right in [
        "a:1",
        "r.io/a/b:1.2.3-rc.1",
        "r.io:5000/a:1",
        "localhost:5000/a@sha256:0123456789012345678901234567890123456789012345678901234567890123",
        "oci://r.io/a:1",
    ] {
        assert_eq!(image(right), NOTHING, "{right}");
    }
    for untagged in ["a", "r.io:5000/a/b", "r.io/a", "oci://r.io/a"] {
        assert_eq!(image(untagged), ["WC0211"], "{untagged}");
    }
    for wrong in
        ["https://r.io/a:1", "R.io/A:1", "'{{ .Values.image }}'", "${IMAGE}", "'r.io/a:'", "''", "docker://a:1"]
    {
        assert_eq!(image(wrong), ["WC0210"], "{wrong}");
    }
    assert_eq!(image("file://a.wasm"), ["WC0212"]);
    assert_eq!(image("artifact://x"), ["WC0215"]);
    assert_eq!(found(&workload("service: {image: b}")), ["WC0211"]);
    assert_eq!(found(&(head("Artifact", "a") + "spec: {image: 'artifact://b'}\n")), ["WC0210"]);
    assert_eq!(found(&(head("Artifact", "a") + "spec: {image: a}\n")), ["WC0211"]);
}

#[test]
fn artifacts() {
    let listed = |image: &str, name: &str| {
        let deployment = workload("").replace("r.io/a:1", image);
        let artifacts = format!("spec:\n  artifacts: [{{name: {name}, artifactFrom: {{name: web}}}}]\n");
        found(&(head("Artifact", "web") + "spec: {image: r.io/a:1}\n" + &deployment.replacen("spec:\n", &artifacts, 1)))
    };
    assert_eq!(listed("artifact://it", "it"), NOTHING);
    assert_eq!(listed("artifact://it", "at"), ["WC0214", "WC0215"]);
    assert_eq!(listed("r.io/a:1", "it"), ["WC0214"]);
    let set = workload("").replace("WorkloadDeployment", "WorkloadReplicaSet").replace("r.io/a:1", "artifact://it");
    assert_eq!(found(&set), ["WC0215"]);
}

#[test]
fn policies_and_settings() {
    let spec = |line: &str| found(&workload("").replacen("spec:\n", &format!("spec:\n  {line}\n"), 1));
    assert_eq!(spec("deployPolicy: Recreate"), NOTHING);
    assert_eq!(spec("deployPolicy: ''"), NOTHING);
    assert_eq!(spec("deployPolicy: recreate"), ["WC0203"]);
    assert_eq!(spec("replicas: 0"), NOTHING);
    assert_eq!(spec("replicas: -1"), ["WC0202"]);
    let annotated = |annotations: &str| {
        let metadata = format!("metadata: {{name: web, annotations: {{{annotations}}}}}");
        found(&workload("").replacen("metadata: {name: web}", &metadata, 1))
    };
    assert_eq!(annotated("runtime.wasmcloud.dev/max-surge: 50%, runtime.wasmcloud.dev/paused: 'true'"), NOTHING);
    assert_eq!(
        annotated("runtime.wasmcloud.dev/max-surge: half, runtime.wasmcloud.dev/paused: 'yes'"),
        ["WC0204", "WC0204"]
    );
    assert_eq!(
        annotated("runtime.wasmcloud.dev/max-surge: '0', runtime.wasmcloud.dev/max-unavailable: 0%"),
        ["WC0204"]
    );
    assert_eq!(annotated("runtime.wasmcloud.dev/max-surges: '1'"), ["WC0205"]);
    assert_eq!(annotated("runtime.wasmcloud.dev/resolve: digest"), ["WC0205"]);
    assert_eq!(annotated("runtime.wasmcloud.dev/something-else: '1', example.com/max-surge: x"), NOTHING);
    let artifact = |annotations: &str| {
        let metadata = format!("metadata: {{name: a, annotations: {{{annotations}}}}}");
        found(&(head("Artifact", "a").replace("metadata: {name: a}", &metadata) + "spec: {image: r.io/a:1}\n"))
    };
    assert_eq!(artifact("runtime.wasmcloud.dev/resolve: digest, runtime.wasmcloud.dev/poll-interval: 10s"), NOTHING);
    assert_eq!(
        artifact("runtime.wasmcloud.dev/resolve: tag, runtime.wasmcloud.dev/poll-interval: 9s"),
        ["WC0204", "WC0204"]
    );
    assert_eq!(found(&program("imagePullPolicy: Never", "")), NOTHING);
    assert_eq!(found(&program("imagePullPolicy: ''", "")), NOTHING);
    assert_eq!(found(&program("imagePullPolicy: never", "")), ["WC0213"]);
}

#[test]
fn http() {
    let host = |config: &str| {
        with(&[&format!("{{namespace: wasi, package: http, interfaces: [incoming-handler], {config}}}")])
    };
    for right in
        ["config: {host: a.io}", "config: {host: localhost}", "config: {host: A-1.io, host-aliases: 'b.io, c.io'}"]
    {
        assert_eq!(host(right), NOTHING, "{right}");
    }
    assert_eq!(host("config: {}"), ["WC0220"]);
    assert_eq!(host("config: {host: ' '}"), ["WC0220"]);
    assert_eq!(host("config: {address: '0.0.0.0:8080'}"), ["WC0220", "WC0224"]);
    for wrong in ["https://a.io", "'*.a.io'", "a.io/b", "a_b.io", "-a.io", "a..io", "'[::1]:80'"] {
        assert_eq!(host(&format!("config: {{host: {wrong}}}")), ["WC0221"], "{wrong}");
    }
    assert_eq!(host("config: {host: 'a.io:80'}"), ["WC0222"]);
    assert_eq!(host("config: {host: a.io, host-aliases: 'b.io,http://c.io'}"), ["WC0223"]);
    assert_eq!(host("configFrom: [{name: c}]"), ["WC0271"], "the host may stand elsewhere");
    assert_eq!(with(&["{namespace: wasi, package: http, interfaces: [handler]}"]), ["WC0220"], "of WASI 0.3");
    assert_eq!(with(&["{namespace: wasi, package: http, interfaces: [types]}"]), NOTHING);
}

#[test]
fn claims() {
    let two = |one: &str, other: &str| {
        let named = |name: &str, more: &str| {
            let entry = interfaces(&[HTTP]).replacen("{name: web}", &format!("{{name: {name}}}"), 1);
            entry.replace("      components:", &format!("{}      components:", indented(more, 6)))
        };
        found(&(named("one", one) + &named("two", other)))
    };
    assert_eq!(two("", ""), ["WC0225"]);
    assert_eq!(two("environment: a", "environment: a"), ["WC0225"]);
    assert_eq!(two("environment: a", ""), ["WC0225"]);
    assert_eq!(two("environment: a", "environment: b"), NOTHING);
    assert_eq!(two("hostSelector: {hostgroup: a}", "hostSelector: {hostgroup: b}"), NOTHING);
    assert_eq!(two("hostSelector: {hostgroup: a}", "hostSelector: {zone: b}"), ["WC0225"]);
    let apart = interfaces(&[HTTP]).replacen("{name: web}", "{name: one, namespace: a}", 1)
        + &interfaces(&[HTTP]).replacen("{name: web}", "{name: two, namespace: b}", 1);
    assert_eq!(found(&apart), NOTHING, "of two namespaces nobody knows whether they share hosts");
    let asleep = interfaces(&[HTTP])
        + &interfaces(&[HTTP]).replacen("{name: web}", "{name: two}", 1).replacen(
            "spec:\n",
            "spec:\n  replicas: 0\n",
            1,
        );
    assert_eq!(found(&asleep), NOTHING);
}

/// A deployment behind a Service, and the Service.
fn served(service: &str) -> String {
    let deployment = interfaces(&[HTTP]).replacen("spec:\n", "spec:\n  kubernetes: {service: {name: web}}\n", 1);
    format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: x}}\nspec: {service}\n")
        + &deployment
}

#[test]
fn services() {
    let with = |service: &str| found(&served(service));
    assert_eq!(with("{ports: [{name: http, port: 80}]}"), NOTHING);
    assert_eq!(with("{ports: [{name: metrics, port: 1}, {name: http, port: 80}]}"), NOTHING);
    assert_eq!(with("{ports: [{port: 80}]}"), ["WC0227"]);
    assert_eq!(with("{ports: [{name: web, port: 80}]}"), ["WC0227"]);
    assert_eq!(with("{}"), ["WC0227"]);
    assert_eq!(with("{clusterIP: None, ports: [{port: 80}]}"), NOTHING);
    assert_eq!(with("{type: ExternalName, externalName: a.io}"), ["WC0227"]);
    assert_eq!(with("{selector: {a: b}, ports: [{name: http, port: 80}]}"), ["WC0228"]);
    assert_eq!(with("{selector: {}, ports: [{name: http, port: 80}]}"), NOTHING);
    let twice = served("{ports: [{port: 80}]}")
        + &served("{}")
            .split("---\n")
            .nth(2)
            .map(|it| format!("---\n{it}"))
            .unwrap()
            .replace("{name: web}", "{name: again}")
            .replace("a.io", "b.io");
    assert_eq!(found(&twice).iter().filter(|code| *code == "WC0227").count(), 1, "a Service is told of once");
    let silent = workload("kubernetes: {service: {name: web}}");
    assert_eq!(found(&silent), ["WC0229", "WC0271"]);
}

#[test]
fn routes() {
    let service = served("{ports: [{name: http, port: 80}]}");
    let ingress = |host: &str, annotations: &str| {
        let backend = "{service: {name: web, port: {name: http}}}";
        found(&format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, namespace: x, annotations: {{{annotations}}}}}\nspec:\n  \
             rules: [{{host: {host}, http: {{paths: [{{path: /, pathType: Prefix, backend: {backend}}}]}}}}]\n{service}"
        ))
    };
    for right in ["a.io", "A.io", "'*.io'", "web.x", "web.x.svc"] {
        assert_eq!(ingress(right, ""), NOTHING, "{right}");
    }
    assert_eq!(ingress("b.io", ""), ["WC0226"]);
    assert_eq!(ingress("'*.com'", ""), ["WC0226"]);
    assert_eq!(ingress("b.io", "nginx.ingress.kubernetes.io/upstream-vhost: a.io"), NOTHING);
    let route = |rule: &str| {
        found(&format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r}}\nspec:\n  hostnames: [b.io]\n  \
             rules: [{{backendRefs: [{{name: web, port: 80}}]{rule}}}]\n{service}"
        ))
    };
    assert_eq!(route(""), ["WC0226"]);
    assert_eq!(route(", filters: [{type: URLRewrite, urlRewrite: {hostname: a.io}}]"), NOTHING);
}

#[test]
fn interface_names() {
    let listed = |entry: &str| with(&[entry]);
    assert_eq!(listed("{namespace: acme, package: anything, interfaces: [at-all], version: 1.0.0}"), NOTHING);
    assert_eq!(listed("{namespace: 'wasi:logging', package: logging, interfaces: [logging]}"), ["WC0241"]);
    assert_eq!(
        listed("{namespace: wasi, package: logging, interfaces: ['wasi:logging/logging@0.1.0-draft']}"),
        ["WC0241"]
    );
    assert_eq!(listed("{namespace: wasi, package: loging, interfaces: [logging]}"), ["WC0242"]);
    assert_eq!(listed("{namespace: wasi, package: logging, interfaces: [loging]}"), ["WC0242"]);
    assert_eq!(listed("{namespace: wasi, package: nn, interfaces: [graph]}"), NOTHING);
    assert_eq!(listed("{namespace: wasi, package: logging, interfaces: [logging], version: v0.1.0}"), ["WC0243"]);
    assert_eq!(listed("{namespace: wasi, package: logging, interfaces: [logging], version: '0.1'}"), ["WC0243"]);
    assert_eq!(listed("{namespace: wasi, package: logging, interfaces: [logging], version: 0.1.0-draft}"), NOTHING);
}

#[test]
fn ambiguous_interfaces() {
    let log = "{namespace: wasi, package: logging, interfaces: [logging]}";
    assert_eq!(with(&[log, log]), ["WC0240"]);
    assert_eq!(with(&[log, log, log]), ["WC0240", "WC0240"]);
    let named = |name: &str| format!("{{namespace: a, package: b, interfaces: [c], name: {name}}}");
    assert_eq!(with(&[log, &named("x"), &named("z"), "{namespace: a, package: b, interfaces: [c]}"]), NOTHING);
    assert_eq!(with(&[&named("x"), &named("x")]), ["WC0240"]);
}

#[test]
fn backends() {
    let kv = |rest: &str| with(&[&format!("{{namespace: wasi, package: keyvalue, interfaces: [store]{rest}}}")]);
    assert_eq!(kv(""), NOTHING);
    assert_eq!(kv(", config: {bucket: a}"), NOTHING);
    assert_eq!(kv(", config: {backend: nats, url: 'nats://n:4222'}"), ["WC0245", "WC0245"]);
    assert_eq!(kv(", name: a, config: {backend: nats, url: 'nats://n:4222'}"), NOTHING);
    assert_eq!(kv(", name: a, config: {backend: redis}"), ["WC0244"]);
    assert_eq!(kv(", name: a, config: {backend: filesystem}"), ["WC0244"]);
    assert_eq!(kv(", name: a, config: {backend: in-memory}"), NOTHING);
    assert_eq!(kv(", name: a, config: {backend: redis}, secretFrom: [{name: s}]"), ["WC0271"]);
    let postgres =
        |rest: &str| with(&[&format!("{{namespace: wasmcloud, package: postgres, interfaces: [query]{rest}}}")]);
    assert_eq!(postgres(""), ["WC0244"]);
    assert_eq!(postgres(", config: {database: a}"), NOTHING);
    assert_eq!(postgres(", name: a, config: {database: a}"), ["WC0244"]);
    assert_eq!(postgres(", name: a, config: {url: 'postgres://u@h/d'}"), NOTHING);
    let blob = |rest: &str| with(&[&format!("{{namespace: wasi, package: blobstore, interfaces: [blobstore]{rest}}}")]);
    assert_eq!(blob(""), ["WC0247"]);
    assert_eq!(blob(", config: {buckets: 'a, b'}"), ["WC0247"]);
    assert_eq!(blob(", config: {buckets: 'a,b'}"), NOTHING);
    assert_eq!(blob(", name: a, config: {backend: nats, url: 'nats://n'}"), NOTHING);
}

#[test]
fn messages_and_requests() {
    let handler = "hostInterfaces:\n- {namespace: wasmcloud, package: messaging, interfaces: [handler]}";
    assert_eq!(in_workload(handler), ["WC0246"]);
    assert_eq!(found(&program("localResources: {config: {subscriptions: a.b}}", handler)), NOTHING);
    assert_eq!(in_workload(&handler.replace("[handler]", "[consumer]")), NOTHING);
    let out = "hostInterfaces:\n- {namespace: wasi, package: http, interfaces: [outgoing-handler]}";
    assert_eq!(in_workload(out), ["WC0248"]);
    assert_eq!(found(&program("localResources: {allowedHosts: []}", out)), ["WC0248"]);
    assert_eq!(found(&program("localResources: {allowedHosts: ['*']}", out)), NOTHING);
}

#[test]
fn volumes() {
    let mounted = |volumes: &str| {
        found(&program("localResources: {volumeMounts: [{name: v, mountPath: /v}]}", &format!("volumes: {volumes}")))
    };
    assert_eq!(mounted("[{name: v, ephemeral: {}}]"), NOTHING);
    assert_eq!(mounted("[{name: v, hostPath: {path: /v}}]"), NOTHING);
    assert_eq!(mounted("[{name: v}]"), ["WC0250"]);
    assert_eq!(mounted("[{name: v, ephemeral: {}, hostPath: {path: /v}}]"), ["WC0250"]);
    assert_eq!(mounted("[{name: v, ephemeral: }]"), ["WC0103"], "null is told of once");
    assert_eq!(mounted("[{name: v, emptyDir: {}}]"), ["WC0101"], "a source under another name is told of once");
    assert_eq!(mounted("[{name: v, labels: {}}]"), ["WC0250", "WC0101"]);
    assert_eq!(mounted("[]"), ["WC0251"]);
    assert_eq!(mounted("[{name: w, ephemeral: {}}]"), ["WC0251"]);
    assert_eq!(mounted("[{name: v, ephemeral: {}}, {name: w, ephemeral: {}}]"), ["WC0252"]);
    assert_eq!(mounted("[{name: v, ephemeral: {}}, {name: v, ephemeral: {}}]"), ["WC0253"]);
    let paths = |one: &str, other: &str| {
        let mounts = format!(
            "localResources: {{volumeMounts: [{{name: v, mountPath: {one}}}, {{name: v, mountPath: {other}}}]}}"
        );
        found(&program(&mounts, "volumes: [{name: v, ephemeral: {}}]"))
    };
    assert_eq!(paths("/a", "/b"), NOTHING);
    assert_eq!(paths("/a", "/a/"), ["WC0254"]);
    assert_eq!(paths("/", "/"), ["WC0254"]);
}

#[test]
fn components() {
    assert_eq!(in_workload("service: {image: 'r.io/s:1', maxRestarts: 3}"), NOTHING);
    assert_eq!(in_workload("service: {image: 'r.io/s:1', maxRestarts: -1}"), ["WC0263"]);
    let twice = workload("").replace("      - name: a\n", "      - {name: a, image: 'r.io/b:1'}\n      - name: a\n");
    assert_eq!(found(&twice), ["WC0260"]);
    let none = |spec: &str| found(&(head("Workload", "w") + &format!("spec: {spec}\n")));
    assert_eq!(none("{}"), ["WC0261"]);
    assert_eq!(none("{components: []}"), ["WC0261"]);
    assert_eq!(none("{service: {image: 'r.io/s:1'}}"), NOTHING);
    assert_eq!(found(&program("maxInvocations: 5", "")), ["WC0262"]);
    assert_eq!(found(&program("{}".trim_matches(['{', '}']), "")), NOTHING);
    assert_eq!(found(&program("poolSize: 0\nmaxConcurrency: 5", "")), ["WC0262"]);
    assert_eq!(found(&program("poolSize: 1\nmaxConcurrency: 5\nmaxInvocations: 0", "")), NOTHING);
    let ports = |local: &str| found(&program(&format!("localResources: {{{local}}}"), ""));
    assert_eq!(
        ports("allowedHosts: ['a.io:443', 'https://a.io:8443/', '*'], allowedHostLoopbackPorts: ['53/udp']"),
        NOTHING
    );
    assert_eq!(ports("allowedHosts: ['a.io:0', 'https://a.io:70000/']"), ["WC0264", "WC0264"]);
    assert_eq!(ports("allowedHostLoopbackPorts: ['65536/tcp']"), ["WC0264"]);
}

#[test]
fn hosts() {
    assert_eq!(in_workload("hostId: x"), ["WC0206"]);
    assert_eq!(in_workload("hostId: ''"), NOTHING);
    assert_eq!(in_workload("hostSelector: {hostgroup: a, zone: b}"), NOTHING);
    assert_eq!(in_workload("hostSelector: {wasmcloud.com/hostgroup: a}"), ["WC0207"]);
    let host = head("Host", "h") + "hostId: x\n";
    assert_eq!(found(&host), ["WC0208"]);
    assert_eq!(found(&host.replace("{name: h}", "{name: h, uid: u}")), NOTHING, "it comes from a cluster");
}

#[test]
fn names_that_are_booleans() {
    let config = |entry: &str| found(&program(&format!("localResources: {{config: {{{entry}}}}}"), ""));
    assert_eq!(config("\"on\": a, true: b, oN: c, none: d"), NOTHING);
    for name in ["on", "Yes", "n", "OFF"] {
        let codes = config(&format!("{name}: a"));
        assert_eq!(codes, ["WC0003"], "{name}");
    }
    assert_eq!(
        found(
            "{\"apiVersion\": \"runtime.wasmcloud.dev/v1alpha1\", \"kind\": \"Artifact\", \"metadata\": {\"name\": \"a\", \"labels\": {\"on\": \"a\"}}, \"spec\": {\"image\": \"a:1\"}}"
        ),
        NOTHING
    );
}

#[test]
fn metadata_are_texts() {
    let metadata = |metadata: &str| {
        found(&workload("").replacen("metadata: {name: web}", &format!("metadata: {{{metadata}}}"), 1))
    };
    assert_eq!(metadata("name: web, labels: {a: '1', b: 'true'}"), NOTHING);
    for wrong in [
        "name: 1",
        "name: web, namespace: n",
        "name: web, labels: {a: 1.0}",
        "name: web, annotations: {a: yes}",
        "name: []",
    ] {
        assert_eq!(metadata(wrong), ["WC0106"], "{wrong}");
    }
}

#[test]
fn what_a_controller_made_is_left_alone() {
    let owner = "{name: web, uid: u, ownerReferences: [{apiVersion: runtime.wasmcloud.dev/v1alpha1, kind: WorkloadDeployment, name: d, uid: v}]}";
    let made = workload("hostId: x\nvolumes: [{name: v}]")
        .replace("WorkloadDeployment\nmetadata: {name: web}", &format!("WorkloadReplicaSet\nmetadata: {owner}"));
    assert_eq!(found(&made), NOTHING);
}

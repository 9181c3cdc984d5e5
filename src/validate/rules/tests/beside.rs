//! Objects beside each other, and fields that are known from elsewhere.

use super::*;

/// What is told of a text, with the help.
fn told(content: &str) -> Vec<(String, String)> {
    let text = Text { name: "a.yaml".to_owned(), content: content.to_owned() };
    let files = FileSet::read(vec![Arc::new(text)]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let told =
        found.kept.into_iter().map(|(finding, _)| (finding.code.id.to_owned(), finding.remedy.unwrap_or_default()));
    told.collect()
}

fn core(kind: &str, name: &str, rest: &str) -> String {
    format!("---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n")
}

fn reading(from: &str) -> String {
    program(&format!("localResources: {{environment: {{{from}}}}}"), "")
}

#[test]
fn references() {
    let from = |map: &str| found(&(map.to_owned() + &reading("configFrom: [{name: settings}]")));
    assert_eq!(from(""), ["WC0271"]);
    assert_eq!(from(&core("ConfigMap", "settings", "data: {}")), NOTHING);
    assert_eq!(from(&core("Secret", "settings", "stringData: {}")), ["WC0271"], "it is another kind");
    assert_eq!(from(&core("ConfigMap", "setings", "data: {}")), ["WC0270"]);
    assert_eq!(from(&core("ConfigMap", "settings2", "data: {}")), ["WC0271"], "numbers tell names apart");
    assert_eq!(from(&core("ConfigMap", "settings-9f8b7c6d5f", "data: {}")), ["WC0270"]);
    assert_eq!(from(&core("ConfigMap", "settings-of-another", "data: {}")), ["WC0271"]);
    let elsewhere = core("ConfigMap", "settings, namespace: a", "data: {}");
    assert_eq!(from(&elsewhere), NOTHING, "who names no namespace may come to stand in any");
    let here = reading("configFrom: [{name: settings}]").replacen("{name: web}", "{name: web, namespace: b}", 1);
    assert_eq!(found(&(elsewhere + &here)), ["WC0270"]);
    assert_eq!(
        found(&reading("configFrom: [{name: x}, {name: x}], secretFrom: [{name: x}]")),
        ["WC0271", "WC0271"],
        "each is told of once"
    );
    let external = "---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\nspec: {target: {name: x}}\n";
    assert_eq!(found(&(external.to_owned() + &reading("secretFrom: [{name: x}]"))), NOTHING);
    let sealed = "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: x}\n";
    assert_eq!(found(&(sealed.to_owned() + &reading("secretFrom: [{name: x}]"))), NOTHING);
}

#[test]
fn a_service_that_is_named_twice() {
    let both = |inner: &str| {
        let deployment = interfaces(&[HTTP]).replacen("spec:\n", "spec:\n  kubernetes: {service: {name: web}}\n", 1);
        let template = format!("      kubernetes: {{service: {{name: {inner}}}}}\n      components:");
        found(
            &(core("Service", "web", "spec: {ports: [{name: http, port: 80}]}")
                + &deployment.replace("      components:", &template)),
        )
    };
    assert_eq!(both("web"), NOTHING);
    assert_eq!(both("other"), ["WC0230"]);
}

#[test]
fn pull_secrets() {
    let pull = |rest: &str| found(&(core("Secret", "pull", rest) + &program("imagePullSecret: {name: pull}", "")));
    let docker = |key: &str| {
        format!(
            "type: kubernetes.io/dockerconfigjson\nstringData: {{.dockerconfigjson: '{{\"auths\": {{\"{key}\": {{\"auth\": \"YTpi\"}}}}}}'}}"
        )
    };
    for right in ["r.io", "https://r.io", "r.io/a"] {
        assert_eq!(pull(&docker(right)), NOTHING, "{right}");
    }
    assert_eq!(pull(&docker("s.io")), ["WC0274"]);
    assert_eq!(pull(&docker("r.io/b")), ["WC0274"]);
    assert_eq!(pull(&docker("r.io").replace("type: kubernetes.io/dockerconfigjson", "type: Opaque")), ["WC0273"]);
    assert_eq!(pull("stringData: {password: x}"), ["WC0272"]);
    assert_eq!(pull(&docker("r.io").replace("YTpi", "!")), ["WC0272"]);
    assert_eq!(pull("data: {.dockerconfigjson: e30=}"), ["WC0274"], "it has no entry at all");
    let artifact = head("Artifact", "a") + "spec: {image: 'r.io/a:1', imagePullSecret: {name: pull}}\n";
    assert_eq!(found(&(core("Secret", "pull", &docker("s.io")) + &artifact)), ["WC0274"]);
}

#[test]
fn secrets() {
    assert_eq!(found(&core("Secret", "s", "data: {a: eA==, b: '', c: }")), NOTHING);
    assert_eq!(found(&core("Secret", "s", "data: {a: 'plain!', b: 1}")), ["WC0275", "WC0275"]);
    let read = |data: &str| found(&(core("Secret", "s", data) + &reading("secretFrom: [{name: s}]")));
    assert_eq!(read("data: {a: w6k=}"), NOTHING);
    assert_eq!(read("data: {a: /v8=}"), ["WC0276"]);
    let message = told(&core("Secret", "s", "data: {a: 'hunter2!'}"));
    assert!(!format!("{message:?}").contains("hunter2"), "{message:?}");
}

#[test]
fn the_last_source_of_a_key_wins() {
    let map = core("ConfigMap", "m", "data: {a: '1', b: '2'}");
    let secret = core("Secret", "s", "stringData: {b: '3'}");
    let layered = |from: &str| found(&(map.clone() + &secret + &reading(from)));
    assert_eq!(layered("config: {c: x}, configFrom: [{name: m}]"), NOTHING);
    assert_eq!(layered("config: {a: '1'}, configFrom: [{name: m}]"), NOTHING, "it is the same value");
    assert_eq!(layered("config: {a: x}, configFrom: [{name: m}]"), ["WC0277"]);
    assert_eq!(layered("configFrom: [{name: m}], secretFrom: [{name: s}]"), ["WC0277"]);
}

#[test]
fn objects_that_stand_twice() {
    let artifact = |name: &str| head("Artifact", name) + "spec: {image: 'r.io/a:1'}\n";
    assert_eq!(found(&(artifact("a") + &artifact("b"))), NOTHING);
    let other = |name: &str| artifact(name).replace("a:1", "a:2");
    assert_eq!(found(&(artifact("a") + &other("a") + &other("a"))), ["WC0007", "WC0007"]);
    assert_eq!(found(&(artifact("a") + &artifact("a"))), NOTHING, "it comes to the same");
    assert_eq!(found(&(artifact("a") + &artifact("a, namespace: x"))), NOTHING);
    assert_eq!(found(&(core("ConfigMap", "a", "") + &core("Secret", "a", ""))), NOTHING);
}

#[test]
fn autoscalers() {
    let scaler = |target: &str, metrics: &str| {
        found(&format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: h}}\nspec: {{maxReplicas: 2, scaleTargetRef: {{{target}, name: web}}{metrics}}}\n"
        ))
    };
    let ours = "apiVersion: runtime.wasmcloud.dev/v1alpha1, kind: WorkloadDeployment";
    let external = |target: &str| {
        format!(", metrics: [{{type: External, external: {{metric: {{name: m}}, target: {{type: {target}}}}}}}]")
    };
    assert_eq!(scaler(ours, &external("AverageValue")), NOTHING);
    assert_eq!(scaler(ours, &external("Value")), ["WC0278"]);
    assert_eq!(scaler(ours, ""), ["WC0278"]);
    assert_eq!(scaler(ours, ", metrics: [{type: Resource}, {type: Pods}]"), ["WC0278", "WC0278"]);
    assert_eq!(scaler("apiVersion: apps/v1, kind: WorkloadDeployment", &external("AverageValue")), ["WC0278"]);
    assert_eq!(scaler("apiVersion: apps/v1, kind: Deployment", ""), NOTHING);
}

#[test]
fn objects_of_wasmcloud_1() {
    let of =
        |version: &str, kind: &str| found(&format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n"));
    assert_eq!(of("core.oam.dev/v1beta1", "Application"), ["WC0209"]);
    assert_eq!(of("core.oam.dev/v1beta1", "ComponentDefinition"), NOTHING);
    assert_eq!(of("k8s.wasmcloud.dev/v1alpha1", "WasmCloudHostConfig"), ["WC0209"]);
    assert_eq!(of("argoproj.io/v1alpha1", "Application"), NOTHING);
    let listing = |kind: &str| {
        found(&format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{name: a}}\nspec: {{components: [{{name: a, type: {kind}}}]}}\n"
        ))
    };
    assert_eq!(listing("capability"), ["WC0209"]);
    assert_eq!(listing("webservice"), NOTHING, "KubeVela has the same group");
}

#[test]
fn fields_from_elsewhere_are_sent_where_they_belong() {
    let remedy = |content: &str| {
        let told = told(content);
        assert_eq!(told.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["WC0101"], "{content}");
        told[0].1.clone()
    };
    let beside = |field: &str| remedy(&workload("").replacen("spec:\n", &format!("spec:\n  {field}: 1\n"), 1));
    assert!(beside("revisionHistoryLimit").contains("runtime.wasmcloud.dev/revision-history-limit"));
    assert!(beside("strategy").contains("deployPolicy"));
    assert!(remedy(&program("env: []", "")).contains("environment:"));
    assert!(remedy(&program("resources: {}", "")).contains("hosts bound no component"));
    assert!(remedy(&program("localResources: {allowIpNameLookup: []}", "")).contains("allowedIpNameLookups"));
    assert!(remedy(&workload("nodeSelector: {}")).contains("hostSelector"));
    assert_eq!(remedy(&workload("volums: []")), "did you mean volumes?");
    assert!(remedy(&(head("Host", "h, uid: u") + "hostId: x\nspec: {}\n")).contains("beside metadata"));
}

#[test]
fn names_that_stand_alone_and_nothing_at_all() {
    let told = |component: &str| told(&program(component, "")).remove(0);
    assert_eq!(told("imagePullSecret: pull").1, "write\nimagePullSecret:\n  name: pull");
    assert_eq!(told("localResources: {environment: {configFrom: [a]}}").1, "write - name: a");
    let (code, remedy) = told("localResources: {environment: {config: {A: }}}");
    assert_eq!(
        (code.as_str(), remedy.as_str()),
        ("WC0103", "nothing stands behind it, which is null: write A: \"\", or take it out")
    );
    assert!(told("localResources: {allowedHosts: ['https://a.io/b']}").1.starts_with("write a host"));
}

#[test]
fn kinds_of_ours_in_groups_of_others() {
    let of = |api: &str, kind: &str| found(&format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\n"));
    for api in ["runtime.wasmcloud.com/v1alpha1", "runtime.wasmcloud.dv/v1alpha1", "v1alpha1", "apps/v1"] {
        assert_eq!(of(api, "WorkloadDeployment"), ["WC0005"], "{api}");
    }
    for kind in ["Host", "artifact", "Workload"] {
        assert_eq!(of("runtime.wasmcloud.com/v1alpha1", kind), ["WC0005"], "{kind}");
        assert_eq!(of("kueue.x-k8s.io/v1beta1", kind), NOTHING, "{kind}");
    }
}

#[test]
fn host_names_are_claimed_by_aliases_and_by_what_has_no_name_yet() {
    let serving = |metadata: &str, config: &str| {
        let entry = format!("{{namespace: wasi, package: http, interfaces: [incoming-handler], config: {config}}}");
        head("WorkloadDeployment", "x").replace("{name: x}", metadata)
            + &format!(
                "spec: {{template: {{spec: {{components: [{{name: a, image: 'r.io/a:1'}}], hostInterfaces: [{entry}]}}}}}}\n"
            )
    };
    let with_alias = serving("{name: a}", "{host: a.io, host-aliases: 'c.io, b.io'}");
    assert_eq!(found(&with_alias), NOTHING);
    assert_eq!(found(&(with_alias.clone() + &serving("{name: b}", "{host: B.io}"))), ["WC0225"]);
    assert_eq!(found(&(with_alias + &serving("{name: b}", "{host: d.io, host-aliases: c.io}"))), ["WC0225"]);
    let generated = |prefix: &str| serving(&format!("{{generateName: {prefix}}}"), "{host: a.io}");
    assert_eq!(found(&(generated("a-") + &generated("b-"))), ["WC0225"]);
    assert_eq!(found(&(generated("a-") + &generated("a-"))), NOTHING, "they are alike");
}

#[test]
fn what_has_no_spec_does_nothing() {
    for kind in ["WorkloadDeployment", "WorkloadReplicaSet", "Workload"] {
        assert_eq!(found(&head(kind, "a")), ["WC0261"], "{kind}");
    }
    assert_eq!(found(&head("Artifact", "a")), ["WC0210"]);
}

#[test]
fn finalizers_that_stand_twice() {
    let with =
        |all: &str| found(&(head("Artifact", &format!("a, finalizers: [{all}]")) + "spec: {image: 'r.io/a:1'}\n"));
    assert_eq!(with("a.io/x, b.io/x"), NOTHING);
    assert_eq!(with("a.io/x, b.io/x, a.io/x"), ["WC0106"]);
}

#[test]
fn names_that_nothing_can_have() {
    assert_eq!(found(&reading("configFrom: [{name: app_settings}]")), ["WC0270"]);
    assert_eq!(found(&program("imagePullSecret: {name: Pull}", "")), ["WC0270"]);
}

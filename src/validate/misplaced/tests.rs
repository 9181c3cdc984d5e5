use std::sync::Arc;

use crate::error::Look;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

/// What is found in an object of ours, a line each with its help.
fn found(kind: &str, rest: &str) -> String {
    found_but(&[], kind, rest)
}

fn ignored(codes: &[&str]) -> Ignored {
    Ignored::read(&codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>()).unwrap()
}

/// The same without what is ignored.
fn found_but(ignored_codes: &[&str], kind: &str, rest: &str) -> String {
    let content = format!("apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: {kind}\n{rest}");
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &ignored(ignored_codes));
    let shown = found.counting().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
    shown.collect::<Vec<_>>().join("\n")
}

const COMPONENTS: &str = "components: [{name: a, image: 'r.io/a:1'}]";

#[test]
fn what_is_indented_too_little_is_told_once() {
    let rest = format!("metadata:\nname: web\nspec:\nreplicas: 1\ntemplate:\n  spec: {{{COMPONENTS}}}\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:4:1: error[WC0101]: unknown field name
      help: indent it further: it belongs below metadata
    a.yaml:6:1: error[WC0101]: unknown field replicas
      help: indent it further: it belongs below spec
    a.yaml:7:1: error[WC0101]: unknown field template
      help: indent it further: it belongs below spec
    ");
    let rest = format!("metadata: {{name: web}}\nspec:\n  template:\n    spec:\n    {COMPONENTS}\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:7:5: error[WC0101]: unknown field spec.template.components
      help: indent it further: it belongs below spec
    ");
    let rest = format!(
        "metadata: {{name: web}}\nspec:\n  {COMPONENTS}\n  hostInterfaces:\n  - namespace: wasi\n    package: http\n    \
         interfaces: [incoming-handler]\n    config:\n    host: a.io\n"
    );
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:11:5: error[WC0101]: unknown field spec.hostInterfaces[0].host
      help: indent it further: it belongs below config
    ");
    let rest = format!("metadata: {{name: web}}\nspec:\n  {COMPONENTS}\n  hostSelector:\n  hostgroup: default\n");
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:7:3: error[WC0101]: unknown field spec.hostgroup
      help: indent it further: it belongs below hostSelector
    ");
}

#[test]
fn what_belongs_further_down_is_not_asked_for_besides() {
    let rest = format!("metadata: {{name: web}}\nspec:\n  replicas: 1\n  {COMPONENTS}\n  hostInterfaces: []\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:6:3: error[WC0101]: unknown field spec.components
      help: write it below spec.template.spec
    a.yaml:7:3: error[WC0101]: unknown field spec.hostInterfaces
      help: write it below spec.template.spec
    ");
    let rest = format!("metadata: {{name: web}}\nspec:\n  template:\n    {COMPONENTS}\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:6:5: error[WC0101]: unknown field spec.template.components
      help: write it below spec.template.spec
    ");
    let rest = format!("name: web\nmetadata: {{labels: {{a: b}}}}\nspec: {{template: {{spec: {{{COMPONENTS}}}}}}}\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:3:1: error[WC0101]: unknown field name
      help: write it below metadata
    ");
    let rest = format!("metadata: {{name: web}}\ntemplate: {{spec: {{{COMPONENTS}}}}}\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:4:1: error[WC0101]: unknown field template
      help: write it below spec
    ");
}

#[test]
fn what_belongs_further_up_is_sent_there() {
    let rest = "metadata: {name: web}\nspec:\n  template:\n    replicas: 2\n    spec:\n      components:\n      - name: a\n        \
                image: r.io/a:1\n        hostInterfaces: []\n        hostSelector: {hostgroup: default}\n";
    insta::assert_snapshot!(found("WorkloadDeployment", rest), @"
    a.yaml:6:5: error[WC0101]: unknown field spec.template.replicas
      help: write it below spec, beside template
    a.yaml:11:9: error[WC0101]: unknown field spec.template.spec.components[0].hostInterfaces
      help: write it below spec.template.spec, beside components
    a.yaml:12:9: error[WC0101]: unknown field spec.template.spec.components[0].hostSelector
      help: write it below spec.template.spec, beside components
    ");
    // It is there already: which one counts is for the user to say.
    let rest = rest.replace("  template:\n", "  replicas: 1\n  template:\n");
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @"
    a.yaml:7:5: error[WC0101]: unknown field spec.template.replicas
      help: take it out, or use one of annotations, labels, spec
    a.yaml:12:9: error[WC0101]: unknown field spec.template.spec.components[0].hostInterfaces
      help: write it below spec.template.spec, beside components
    a.yaml:13:9: error[WC0101]: unknown field spec.template.spec.components[0].hostSelector
      help: write it below spec.template.spec, beside components
    ");
}

#[test]
fn what_is_mistyped_is_not_lacking_besides() {
    insta::assert_snapshot!(found("Workload", "metadata: {name: a}\nspec:\n  components: [{Name: a, image: 'r.io/a:1'}]\n"), @"
    a.yaml:5:17: error[WC0101]: unknown field spec.components[0].Name
      help: did you mean name?
    ");
    for field in ["component", "Components", "containers", "services"] {
        let rest = format!("metadata: {{name: web}}\nspec:\n  {field}: [{{name: a, image: 'r.io/a:1'}}]\n");
        let told = found("Workload", &rest);
        assert!(!told.contains("WC0261") && told.contains("WC0101"), "{told}");
    }
    let told = found("Workload", "metadata: {name: web}\nspec:\n  imagePullSecrets: [{name: a}]\n");
    assert!(told.contains("WC0261") && told.contains("WC0101"), "{told}");
}

#[test]
fn blanks_that_are_none_are_told_of() {
    let rest = format!("metadata:\n\u{a0}\u{a0}name: web\nspec: {{{COMPONENTS}}}\n");
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:4:1: error[WC0101]: unknown field name: what stands before name looks like a blank, and is none
      help: write plain blanks before name
    ");
    let rest = format!("metadata: {{name: a}}\nspec: {{{COMPONENTS}, \u{200b}hostId: a}}\n");
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:4:52: error[WC0101]: unknown field spec.hostId: what stands before hostId looks like a blank, and is none
      help: write plain blanks before hostId
    ");
}

#[test]
fn a_kind_with_what_another_has_is_to_be_the_other() {
    let rest = format!("metadata: {{name: web}}\nspec:\n  replicas: 2\n  template: {{spec: {{{COMPONENTS}}}}}\n");
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:5:3: error[WC0101]: unknown field spec.replicas
      help: write kind: WorkloadDeployment; a Workload is one replica
    a.yaml:6:3: error[WC0101]: unknown field spec.template
      help: write kind: WorkloadDeployment; a Workload is one replica
    ");
    let rest = format!("metadata: {{name: web}}\nspec:\n  replicas: 2\n  {COMPONENTS}\n");
    insta::assert_snapshot!(found("Workload", &rest), @"
    a.yaml:5:3: error[WC0101]: unknown field spec.replicas
      help: write kind: WorkloadDeployment, with what runs below spec.template.spec; a Workload is one replica
    ");
    for (kind, meant) in
        [("Deployment", "WorkloadDeployment"), ("ReplicaSet", "WorkloadReplicaSet"), ("workload", "Workload")]
    {
        let told = found(kind, &rest);
        assert!(told.ends_with(&format!("did you mean {meant}?")), "{told}");
    }
}

#[test]
fn volumes_as_pods_have_them_are_told_once() {
    let rest = "metadata: {name: web}\nspec:\n  volumes:\n  - name: data\n    emptyDir: {}\n  components:\n  - name: a\n    \
                image: r.io/a:1\n    volumeMounts: [{name: data, mountPath: /data}]\n";
    insta::assert_snapshot!(found("Workload", rest), @"
    a.yaml:7:5: error[WC0101]: unknown field spec.volumes[0].emptyDir
      help: write ephemeral: {}
    a.yaml:11:5: error[WC0101]: unknown field spec.components[0].volumeMounts
      help: write it below localResources:
            localResources:
              volumeMounts:
              - name: VOLUME
                mountPath: /data
    ");
}

#[test]
fn all_words_of_metadata_without_quotes_are_told_and_what_else_is_wrong() {
    let rest = format!(
        "metadata:\n  name: 5\n  labels: {{version: 1.0, on: yes}}\n  annotations: {{a: true}}\nspec:\n  replica: 1\n  template: \
         {{spec: {{{COMPONENTS}}}}}\n"
    );
    insta::assert_snapshot!(found("WorkloadDeployment", &rest), @r#"
    a.yaml:4:9: error[WC0106]: metadata.name: must be a text, and is a number without quotes
      help: write "5"
    a.yaml:5:21: error[WC0106]: metadata.labels.version: must be a text, and is a number without quotes
      help: write "1.0"
    a.yaml:5:26: error[WC0003]: metadata.labels: the name on without quotes is a boolean to kubectl
      help: write "on":
    a.yaml:5:30: error[WC0106]: metadata.labels.on: must be a text, and is a boolean without quotes
      help: write "yes"
    a.yaml:6:20: error[WC0106]: metadata.annotations.a: must be a text, and is a boolean without quotes
      help: write "true"
    a.yaml:8:3: error[WC0101]: unknown field spec.replica
      help: did you mean replicas?
    "#);
}

/// Who ignores unknown fields is told what is lacking for it: the object is refused, or does nothing.
#[test]
fn what_is_ignored_stands_for_nothing() {
    let told = |rest: &str| found_but(&["WC0101"], "Workload", &format!("metadata: {{name: a}}\nspec:\n{rest}"));
    let codes = |rest: &str| {
        let told = told(rest);
        told.lines()
            .filter(|line| line.starts_with("a.yaml"))
            .filter_map(|line| Some(line.split_once('[')?.1[..6].to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("  component: [{name: a, image: 'r.io/a:1'}]\n"), ["WC0261"]);
    assert_eq!(codes("  components: [{Name: a, image: 'r.io/a:1'}]\n"), ["WC0102"]);
    let volume = "  volumes: [{name: v, emptyDir: {}}]\n";
    assert_eq!(codes(&format!("  {COMPONENTS}\n{volume}")), ["WC0250", "WC0252"]);
    let http = "  hostInterfaces: [{namespace: wasi, package: http, interfaces: [incoming-handler], host: a.io}]\n";
    assert_eq!(codes(&format!("  {COMPONENTS}\n{http}")), ["WC0220"]);
}

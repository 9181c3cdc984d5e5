use std::sync::Arc;

use crate::error::Look;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

/// What is found in an object of ours, a line each with its help.
fn found(kind: &str, rest: &str) -> String {
    let content = format!("apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: {kind}\n{rest}");
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    let shown = found.kept.iter().map(|(finding, place)| finding.problem(place).render(&Look::PLAIN));
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

use super::*;

fn shown(kind: Kind, path: &[&str]) -> String {
    render(&find(kind, path).unwrap(), false)
}

fn said(kind: Kind, path: &[&str]) -> (String, Option<String>) {
    let error = find(kind, path).unwrap_err();
    (error.to_string(), error.help())
}

#[test]
fn a_leaf_is_laid_out_as_kubectl_does() {
    // As `kubectl explain workload.spec.components.imagePullPolicy` prints it.
    assert_eq!(
        shown(Kind::Workload, &["spec", "components", "imagePullPolicy"]),
        "GROUP:      runtime.wasmcloud.dev\nKIND:       Workload\nVERSION:    v1alpha1\n\n\
         FIELD: imagePullPolicy <string>\n\n\nDESCRIPTION:\n    \
         When the host pulls the image: Always, IfNotPresent or Never. If unset, the\n    host decides.\n    \n\n"
    );
}

#[test]
fn lists_say_what_they_are_and_what_each_of_them_is() {
    let text = shown(Kind::WorkloadDeployment, &["spec", "template", "spec", "components"]);
    assert!(text.contains("FIELD: components <[]Object>\n"), "{text}");
    assert!(text.contains("    may call each other.\n    A Wasm component that is called when"), "{text}");
    assert!(text.contains("\n  image\t<string> -required-\n"), "{text}");
    assert!(text.ends_with("\n\n\n"));
}

#[test]
fn metadata_is_kubernetes_own() {
    let text = shown(Kind::Host, &["metadata"]);
    assert!(text.contains("FIELD: metadata <ObjectMeta>\n"), "{text}");
    assert!(text.contains("\n  labels\t<map[string]string>\n"), "{text}");
    assert!(text.contains("\n  creationTimestamp\t<string>\n"), "{text}");
    assert!(text.contains("\n  ownerReferences\t<[]OwnerReference>\n"), "{text}");
    assert!(shown(Kind::Host, &["metadata", "ownerReferences"]).contains("\n  uid\t<string> -required-\n"));
}

#[test]
fn recursive_names_everything_below() {
    let text = render(&find(Kind::Workload, &["spec"]).unwrap(), true);
    assert!(text.contains("\nFIELDS:\n  components\t<[]Object>\n    image\t<string> -required-\n"), "{text}");
    assert!(text.contains("\n        configFrom\t<[]Object>\n          name\t<string>\n"), "{text}");
}

#[test]
fn a_field_that_is_not_there_says_which_was_meant() {
    let meant = |name: &str| Some(format!("did you mean \"{name}\"?"));
    assert_eq!(said(Kind::Host, &["statsu"]), ("field \"statsu\" does not exist".to_owned(), meant("status")));
    assert_eq!(said(Kind::Host, &["hostid"]).1, meant("hostId"));
    assert_eq!(said(Kind::Workload, &["spec", "component"]).1, meant("components"));
    assert_eq!(said(Kind::Host, &["nothing"]).1, None);
    assert_eq!(said(Kind::Host, &["hostId", "x"]).0, "field \"x\" does not exist");
}

#[test]
fn every_field_of_every_kind_can_be_explained() {
    fn walk(kind: Kind, path: &mut Vec<String>, field: &Field, seen: &mut usize) {
        for child in field.children() {
            path.push(child.name.clone());
            let steps: Vec<_> = path.iter().map(String::as_str).collect();
            assert!(shown(kind, &steps).contains(&format!("FIELD: {} <", child.name)));
            *seen += 1;
            if path.first().is_none_or(|first| first != "metadata") {
                walk(kind, path, &child.field, seen);
            }
            path.pop();
        }
    }
    let mut seen = 0;
    for kind in Kind::ALL {
        walk(kind, &mut Vec::new(), &Field::root(kind), &mut seen);
    }
    assert!(seen > 150, "{seen}");
}

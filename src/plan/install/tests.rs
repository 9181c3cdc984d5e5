use clap::Parser;
use k8s_openapi::api::apps::v1::Deployment;

use super::*;
use crate::commands::run_controller::ControllerFlags;

fn controller() -> Controller {
    Controller {
        namespace: "wasmcloud-system".to_owned(),
        image: "registry.example.com/kubectl-wasmcloud:1".to_owned(),
        replicas: 1,
        nats_url: "nats://nats:4222".to_owned(),
        ..Controller::default()
    }
}

#[derive(Parser)]
struct Only {
    #[command(flatten)]
    flags: ControllerFlags,
}

#[test]
fn its_objects_come_in_the_order_they_need_each_other() {
    let kinds: Vec<_> =
        controller_objects(&controller()).iter().map(|object| object["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Deployment"]
    );
}

#[test]
fn the_namespace_is_not_marked_because_more_lives_in_it() {
    for object in controller_objects(&controller()) {
        let marked = object["metadata"]["labels"][MANAGED_BY.0] == MANAGED_BY.1;
        assert_eq!(marked, object["kind"] != "Namespace", "{object}");
    }
}

#[test]
fn the_controller_reads_the_arguments_it_is_given() {
    let controller = Controller {
        nats_creds_secret: Some("creds".to_owned()),
        nats_tls_secret: Some("tls".to_owned()),
        watch_namespaces: vec!["a".to_owned(), "b".to_owned()],
        more: vec!["--allow-shared-hosts=false".to_owned()],
        ..controller()
    };
    let arguments = arguments(&controller);
    let flags = Only::try_parse_from(arguments).unwrap().flags;
    let nats = flags.nats();
    assert_eq!(nats.url, "nats://nats:4222");
    assert_eq!(nats.creds.unwrap().to_str(), Some("/etc/wasmcloud/nats-creds/nats.creds"));
    assert!(nats.client_cert.is_some() && nats.ca.is_some());
    assert!(!flags.allow_shared_hosts);
    assert_eq!(flags.settings("own").watch_namespaces.len(), 2);
}

#[test]
fn the_deployment_is_one_and_mounts_what_its_arguments_name() {
    let with = Controller {
        nats_creds_secret: Some("creds".to_owned()),
        pull_secret: Some("pull".to_owned()),
        ..controller()
    };
    let deployment: Deployment = serde_json::from_value(deployment(&with)).unwrap();
    let pod = deployment.spec.template.spec.unwrap();
    let mounts = pod.containers[0].volume_mounts.clone().unwrap();
    assert_eq!(mounts.len(), 1);
    assert_eq!(mounts[0].mount_path, "/etc/wasmcloud/nats-creds");
    assert_eq!(pod.volumes.unwrap()[0].secret.clone().unwrap().secret_name.as_deref(), Some("creds"));
    assert_eq!(pod.image_pull_secrets.unwrap()[0].name, "pull");
    assert_eq!(pod.service_account_name.as_deref(), Some(NAME));
}

#[test]
fn available_is_what_kubectl_calls_rolled_out() {
    let deployment = |generation: i64, updated: i64, available: i64| {
        json!({
            "metadata": {"generation": 2}, "spec": {"replicas": 2},
            "status": {"observedGeneration": generation, "updatedReplicas": updated, "availableReplicas": available},
        })
    };
    assert!(is_available(&deployment(2, 2, 2)));
    assert!(!is_available(&deployment(1, 2, 2)));
    assert!(!is_available(&deployment(2, 1, 2)));
    assert!(!is_available(&deployment(2, 2, 1)));
    assert!(!is_available(&json!({"metadata": {"generation": 1}, "spec": {"replicas": 1}})));
}

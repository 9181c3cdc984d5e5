use super::*;

fn leads(spec: Value) -> Vec<String> {
    let service = Found::Service(Box::new(read(json!({"metadata": {"name": "web"}, "spec": spec}))));
    let text = web("kubernetes: {service: {name: web}}", "components: []");
    found(&text, with([(Referred::Service, "web", service)]))
}

#[test]
fn a_service_has_a_port_named_http_or_leads_nowhere() {
    for well in [
        json!({"ports": [{"name": "metrics", "port": 9090}, {"name": "http", "port": 80}]}),
        json!({"clusterIP": "None", "ports": [{"port": 80}]}),
    ] {
        assert_eq!(leads(well), Vec::<String>::new());
    }
    let path = "WC0406 5:32 spec.kubernetes.service.name: Service web of the cluster leads nowhere";
    let patch = "name it: kubectl patch service web -n default --type=json \
                 -p='[{\"op\": \"add\", \"path\": \"/spec/ports/0/name\", \"value\": \"http\"}]'";
    let several = "give it a port with name: http, or name another Service";
    for (spec, why, remedy) in [
        (json!({"ports": [{"port": 80}]}), "none of its ports is named http", patch),
        (json!({"ports": [{"name": "web", "port": 80}]}), "none of its ports is named http, but web", patch),
        (
            json!({"ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}),
            "none of its ports is named http, but a, b",
            several,
        ),
        (json!({}), "none of its ports is named http", several),
        (json!({"type": "ExternalName", "ports": [{"name": "http", "port": 80}]}), "it is an ExternalName", several),
    ] {
        assert_eq!(leads(spec), [format!("{path}: {why}; {remedy}")]);
    }
}

#[test]
fn the_service_beside_the_template_is_the_one_that_counts() {
    let service = || Found::Service(Box::new(read(json!({"metadata": {}, "spec": {"ports": [{"port": 80}]}}))));
    let inner = "kubernetes: {service: {name: inner}}";
    let both = web("kubernetes: {service: {name: outer}}", inner);
    assert_eq!(found(&both, with([(Referred::Service, "inner", service())])), Vec::<String>::new());
    assert_eq!(found(&web("replicas: 1", inner), with([(Referred::Service, "inner", service())])).len(), 1);
}

#[test]
fn a_service_of_the_files_replaces_it() {
    let beside = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n";
    let text = format!("{beside}{}", web("kubernetes: {service: {name: web}}", "components: []"));
    let service = Found::Service(Box::new(read(json!({"metadata": {}, "spec": {}}))));
    assert_eq!(found(&text, with([(Referred::Service, "web", service)])), Vec::<String>::new());
}

use super::*;

fn http(host: &str) -> Value {
    let interface =
        json!({"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"], "config": {"host": host}});
    json!({ "hostInterfaces": [interface] })
}

fn standing(namespace: &str, name: &str, spec: Value) -> WorkloadDeployment {
    read(json!({"metadata": {"name": name, "namespace": namespace}, "spec": {"template": {"spec": spec}}}))
}

fn claims_beside(more: &str, deployment: WorkloadDeployment) -> Vec<String> {
    let interface = "namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: web.example, \
                     host-aliases: 'www.example,'}";
    let text = web("replicas: 1", &format!("hostInterfaces: [{{{interface}}}]\n      {more}"));
    found(&text, ClusterFacts { deployments: vec![deployment], ..with([]) })
}

#[test]
fn a_name_that_another_deployment_answers_to_is_told_at_its_place() {
    let remedy = "give it a name of its own, or keep the two apart by hostSelector or environment";
    let told = |place: &str, key: &str, name: &str| {
        let path = format!("spec.template.spec.hostInterfaces[0].config.{key}");
        let whose = format!("workloaddeployment/shop in namespace prod answers to {name} already");
        vec![format!("WC0408 {place} {path}: {whose}, and requests go to either; {remedy}")]
    };
    for host in ["web.example", "WEB.example:80"] {
        let found = claims_beside("", standing("prod", "shop", http(host)));
        assert_eq!(found, told("8:104", "host", "web.example"), "{host}");
    }
    let found = claims_beside("", standing("prod", "shop", http("www.example")));
    assert_eq!(found, told("8:131", "host-aliases", "www.example"));
}

#[test]
fn what_is_replaced_elsewhere_or_asleep_claims_nothing() {
    let none = Vec::<String>::new();
    assert_eq!(claims_beside("", standing("default", "web", http("web.example"))), none, "it is the same");
    assert_eq!(claims_beside("", standing("prod", "shop", http("other.example"))), none);
    let mut asleep = standing("prod", "shop", http("web.example"));
    asleep.spec.replicas = Some(0);
    assert_eq!(claims_beside("", asleep), none);
    let mut outgoing = http("web.example");
    outgoing["hostInterfaces"][0]["interfaces"] = json!(["outgoing-handler"]);
    assert_eq!(claims_beside("", standing("prod", "shop", outgoing)), none);
    for (own, field, value) in [
        ("environment: a", "environment", json!("b")),
        ("hostId: a", "hostId", json!("b")),
        ("hostSelector: {zone: a}", "hostSelector", json!({"zone": "b"})),
    ] {
        let mut apart = http("web.example");
        apart[field] = value;
        assert_eq!(claims_beside(own, standing("prod", "shop", apart)), none, "{field}");
        let mut open = http("web.example");
        open[field] = if field == "hostSelector" { json!({"arch": "x"}) } else { json!("") };
        assert_eq!(claims_beside(own, standing("prod", "shop", open)).len(), 1, "{field}");
    }
}

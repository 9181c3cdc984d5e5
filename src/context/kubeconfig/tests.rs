use super::*;

const TWO_CONTEXTS: &str = "
current-context: one
contexts:
- {name: one, context: {cluster: a, user: alice, namespace: team-a}}
- {name: two, context: {cluster: b, user: nobody}}
clusters:
- {name: a, cluster: {server: 'https://a:6443', certificate-authority-data: YQ==}}
- {name: b, cluster: {server: 'https://b:6443'}}
users:
- {name: alice, user: {token: secret, as: bob}}
";

fn global(words: &[&str]) -> GlobalArgs {
    #[derive(clap::Parser)]
    struct Only {
        #[command(flatten)]
        global: GlobalArgs,
    }
    let words = ["test"].iter().chain(words);
    <Only as clap::Parser>::try_parse_from(words).unwrap().global
}

fn resolved(words: &[&str]) -> Result<Option<(Cluster, AuthInfo, Context)>, Error> {
    let kubeconfig = Kubeconfig::from_yaml(TWO_CONTEXTS).unwrap();
    Ok(effective(kubeconfig, &global(words))?.map(|mut kubeconfig| {
        let cluster = kubeconfig.clusters.remove(0).cluster.unwrap();
        let user = kubeconfig.auth_infos.remove(0).auth_info.unwrap();
        (cluster, user, kubeconfig.contexts.remove(0).context.unwrap())
    }))
}

#[test]
fn the_current_context_counts() {
    let (cluster, user, context) = resolved(&[]).unwrap().unwrap();
    assert_eq!(cluster.server.as_deref(), Some("https://a:6443"));
    assert_eq!(user.impersonate.as_deref(), Some("bob"));
    assert_eq!(context.namespace.as_deref(), Some("team-a"));
}

#[test]
fn flags_go_over_the_context() {
    let words =
        ["--context", "two", "--cluster", "a", "--user", "alice", "--as", "carol", "--as-group", "g", "--as-uid", "7"];
    let (cluster, user, context) = resolved(&words).unwrap().unwrap();
    assert_eq!(cluster.server.as_deref(), Some("https://a:6443"));
    assert_eq!(user.impersonate.as_deref(), Some("carol"));
    assert_eq!(user.impersonate_groups, Some(vec!["g".to_owned()]));
    assert_eq!(user.impersonate_uid.as_deref(), Some("7"));
    assert_eq!(context.namespace, None);
}

#[test]
fn insecure_drops_the_authority_and_a_server_without_scheme_is_http() {
    let words = ["--server", "localhost:8080", "--insecure-skip-tls-verify", "--tls-server-name", "x"];
    let (cluster, ..) = resolved(&words).unwrap().unwrap();
    assert_eq!(cluster.server.as_deref(), Some("http://localhost:8080"));
    assert_eq!(cluster.certificate_authority_data, None);
    assert_eq!(cluster.insecure_skip_tls_verify, Some(true));
    assert_eq!(cluster.tls_server_name.as_deref(), Some("x"));
}

#[test]
fn names_that_are_not_there_are_errors() {
    assert!(matches!(resolved(&["--context", "x"]), Err(Error::NoSuchContext(name)) if name == "x"));
    assert!(matches!(resolved(&["--cluster", "x"]), Err(Error::NoSuchCluster(name)) if name == "x"));
    assert!(matches!(resolved(&["--user", "x"]), Err(Error::NoSuchUser(name)) if name == "x"));
    assert!(resolved(&["--context", "two"]).is_ok(), "a context's user may be missing");
}

#[test]
fn a_server_is_enough() {
    let none = effective(Kubeconfig::default(), &global(&[])).unwrap();
    assert!(none.is_none());
    let some = effective(Kubeconfig::default(), &global(&["-s", "https://x:1", "--token", "t"])).unwrap().unwrap();
    assert_eq!(some.clusters[0].cluster.as_ref().unwrap().server.as_deref(), Some("https://x:1"));
    assert!(some.auth_infos[0].auth_info.as_ref().unwrap().token.is_some());
}

#[test]
fn files_come_from_the_flag_then_the_environment_then_the_home() {
    let environment = |vars: &[(&str, &str)]| Environment::new(vars.iter().map(|(n, v)| (n.into(), v.into())));
    let list = environment(&[("KUBECONFIG", "/a::/b"), ("HOME", "/h")]);
    assert_eq!(kubeconfig_files(&global(&[]), &list), [Path::new("/a"), Path::new("/b")]);
    assert_eq!(kubeconfig_files(&global(&["--kubeconfig", "c"]), &list), [Path::new("c")]);
    assert_eq!(kubeconfig_files(&global(&[]), &environment(&[("HOME", "/h")])), [Path::new("/h/.kube/config")]);
    assert!(kubeconfig_files(&global(&[]), &environment(&[])).is_empty());
}

#[test]
fn proxies_of_the_environment_are_chosen_as_client_go_does() {
    let vars = [("HTTPS_PROXY", "http://p:1"), ("http_proxy", "http://q:2"), ("NO_PROXY", ".internal,10.0.0.0/8,bare")];
    let environment = Environment::new(vars.map(|(name, value)| (name.into(), value.into())));
    let proxy = |server: &str| super::proxy(&server.parse().unwrap(), &environment).map(|proxy| proxy.to_string());
    assert_eq!(proxy("https://example.com:6443").as_deref(), Some("http://p:1/"));
    assert_eq!(proxy("http://example.com").as_deref(), Some("http://q:2/"));
    for server in ["https://k.internal", "https://10.1.2.3:6443", "https://bare", "https://localhost:1"] {
        assert_eq!(proxy(server), None, "{server}");
    }
    assert_eq!(proxy("https://127.0.0.1:6443"), None);
    assert_eq!(proxy("https://[::1]:6443"), None);
    let none = Environment::default();
    assert_eq!(super::proxy(&"https://example.com".parse().unwrap(), &none), None);
}

fn pod() -> Pod {
    let account = tempfile::tempdir().unwrap();
    std::fs::write(account.path().join("token"), "secret").unwrap();
    let variables =
        [("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("KUBERNETES_SERVICE_PORT", "443"), ("POD_NAMESPACE", "apps")];
    Pod::find_in(account.path(), &Environment::new(variables.map(|(name, value)| (name.into(), value.into())))).unwrap()
}

#[test]
fn flags_change_what_a_pod_is_given() {
    let words = ["--as", "carol", "--certificate-authority", "mine.crt"];
    let mut kubeconfig = effective(pod().kubeconfig(), &global(&words)).unwrap().unwrap();
    let (cluster, user) =
        (kubeconfig.clusters.remove(0).cluster.unwrap(), kubeconfig.auth_infos.remove(0).auth_info.unwrap());
    assert_eq!(cluster.server.as_deref(), Some("https://10.0.0.1:443"));
    assert_eq!(cluster.certificate_authority.as_deref(), Some("mine.crt"));
    assert_eq!(user.impersonate.as_deref(), Some("carol"), "else it would be done with all the Pod's rights");
    let told = effective(pod().kubeconfig(), &global(&["--token", "other"])).unwrap().unwrap();
    assert_eq!(told.auth_infos[0].auth_info.as_ref().unwrap().token_file, None);
}

#[test]
fn a_context_without_a_namespace_works_in_the_pods() {
    let namespace = |words: &[&str]| {
        let mut kubeconfig = effective(Kubeconfig::from_yaml(TWO_CONTEXTS).unwrap(), &global(words)).unwrap().unwrap();
        at_home(&mut kubeconfig, &pod());
        kubeconfig.contexts.remove(0).context.unwrap().namespace
    };
    assert_eq!(namespace(&[]).as_deref(), Some("team-a"));
    assert_eq!(namespace(&["--context", "two"]).as_deref(), Some("apps"));
}

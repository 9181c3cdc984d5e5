//! wash projects, and what is made of them.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::api::Kind;
use crate::component::Component;
use crate::scaffold::{Made, Opened, Wishes, decide, documents, findings};
use crate::validate::Level;

const FULL: &str = r#"
version: 2.7.0
build:
  command: cargo build --release
  component_path: target/shop.wasm
dev:
  address: 0.0.0.0:8000
  components:
    - name: prices
      file: ./prices.wasm
      environment:
        config: {LOG: debug}
      allowedHosts: []
      poolSize: 2
    - name: stock
      image: ghcr.io/acme/stock:1
      pullPolicy: ifNotPresent
      config: {limit: "5"}
  service_file: cache.wasm
  volumes:
    - host_path: ./data
      guest_path: /data
    - host_path: /srv/data
      guest_path: /more
  host_interfaces:
    - namespace: wasi
      package: http
      interfaces: [incoming-handler]
      config: {address: "0.0.0.0:8000", host: shop.example.com}
    - namespace: wasi
      package: keyvalue
      interfaces: [store, atomics]
      version: 0.2.0-draft
      name: sessions
  wasi_keyvalue_redis_url: redis://user:hunter2@127.0.0.1
  environment: {PGPASSWORD: hunter2}
  wasi_webgpu: false
workload:
  environment:
    config: {LOG: info, REGION: eu}
    configFrom: [app_settings, files]
    secretFrom: [api-keys]
  config: {greeting: hello}
  allowedHosts: [api.example.com]
  allowedHostLoopbackPorts: [5432, 53/udp]
configs:
  app_settings:
    inline: {THEME: dark}
    fromEnv: [USER]
  files:
    file: settings.env
  unused:
    inline: {A: b}
secrets:
  api-keys:
    inline: {TOKEN: hunter2}
    fromEnv: [OTHER]
wit:
  skip_fetch: true
"#;

fn text(name: &str, content: &str) -> Arc<Text> {
    Arc::new(Text { name: name.to_owned(), content: content.to_owned() })
}

fn carried(name: &str, content: &str) -> Result<Carried, Problem> {
    let text = text(name, content);
    let place = Place { here: Path::new("/home/me"), project: Path::new("shop") };
    carry(&read(&text)?, &text, "shop", place)
}

fn made(carried: Carried, opened: &Opened) -> Vec<Made> {
    let wishes = Wishes { replicas: Some(1), ..Wishes::default() };
    let draft = carried.draft.with(&wishes, "shop").unwrap();
    documents(&decide((Kind::WorkloadDeployment, "shop"), None, draft, &wishes, opened).unwrap())
}

fn yaml(carried: Carried, opened: &Opened) -> String {
    let made = made(carried, opened);
    assert_eq!(findings(&made, Level::Warning), Vec::<String>::new());
    made.iter().map(Made::yaml).collect::<Vec<_>>().join("---\n")
}

/// What runs, without what stands above it.
fn spec(carried: Carried) -> String {
    let yaml = yaml(carried, &Opened::new());
    yaml.split_once("    spec:\n").unwrap().1.to_owned()
}

fn said(name: &str, content: &str) -> String {
    carried(name, content).unwrap_err().to_string()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a whole manifest stands in it")]
fn a_project_is_carried_over_and_no_secret_with_it() {
    let carried = carried("config.yaml", FULL).unwrap();
    assert_snapshot!(carried.differences.join("\n"), @r#"
    ConfigMap app-settings lacks what the environment (USER) holds: add it
    make the ConfigMap: kubectl create configmap files --from-env-file=settings.env
    make the Secret: kubectl create secret generic api-keys --from-literal=TOKEN=… --from-literal=OTHER="$OTHER"
    dev.volumes are directories of this machine; in a cluster they have to be in the hosts' Pods
    wasi:http's config.address is left out: hosts have addresses of their own
    set where hosts are started, as in their Helm chart's values, and not carried over: dev.environment, dev.wasi_keyvalue_redis_url
    "#);
    let told = format!("{carried:?}");
    assert!(!told.contains("hunter2"), "{told}");
    assert_snapshot!(yaml(carried, &Opened::new()), @r#"
    # From a wash project. Where Kubernetes differs, and what is left to do:
    # - ConfigMap app-settings lacks what the environment (USER) holds: add it
    # - make the ConfigMap: kubectl create configmap files --from-env-file=settings.env
    # - make the Secret: kubectl create secret generic api-keys --from-literal=TOKEN=…
    #   --from-literal=OTHER="$OTHER"
    # - dev.volumes are directories of this machine; in a cluster they have to be in the hosts' Pods
    # - wasi:http's config.address is left out: hosts have addresses of their own
    # - set where hosts are started, as in their Helm chart's values, and not carried over:
    #   dev.environment, dev.wasi_keyvalue_redis_url
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: app-settings
    data:
      THEME: dark
    ---
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: shop
    spec:
      replicas: 1 # how many Workloads run, each on one host
      template:
        spec:
          components:
            - name: shop
              # A file, for the local control plane. For a cluster push it, and name it as registries do:
              #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
              image: file://shop/target/shop.wasm
              localResources:
                environment: # its environment variables
                  config:
                    LOG: info
                    REGION: eu
                  configFrom: # ConfigMaps, all of their keys; they win over config
                    - name: app-settings
                    - name: files
                  secretFrom: # Secrets, all of their keys; they win over both
                    - name: api-keys
                config: # what it reads through wasi:config
                  greeting: hello
                allowedHosts: # it reaches these hosts and no other
                  - api.example.com
                allowedHostLoopbackPorts:
                  - "5432"
                  - 53/udp
                volumeMounts:
                  - name: data
                    mountPath: /data
                  - name: data-2
                    mountPath: /more
            - name: prices
              # A file, for the local control plane. For a cluster push it, and name it as registries do:
              #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
              image: file://shop/prices.wasm
              poolSize: 2
              localResources:
                environment: # its environment variables
                  config:
                    LOG: debug
                    REGION: eu
                  configFrom: # ConfigMaps, all of their keys; they win over config
                    - name: app-settings
                    - name: files
                  secretFrom: # Secrets, all of their keys; they win over both
                    - name: api-keys
                config: # what it reads through wasi:config
                  greeting: hello
                # It may send requests to no host; wash lets it to all when there is no list. "*" is all.
                allowedHosts: []
                allowedHostLoopbackPorts:
                  - "5432"
                  - 53/udp
                volumeMounts:
                  - name: data
                    mountPath: /data
                  - name: data-2
                    mountPath: /more
            - name: stock
              image: ghcr.io/acme/stock:1
              imagePullPolicy: IfNotPresent
              localResources:
                environment: # its environment variables
                  config:
                    LOG: info
                    REGION: eu
                  configFrom: # ConfigMaps, all of their keys; they win over config
                    - name: app-settings
                    - name: files
                  secretFrom: # Secrets, all of their keys; they win over both
                    - name: api-keys
                config: # what it reads through wasi:config
                  greeting: hello
                  limit: "5"
                allowedHosts: # it reaches these hosts and no other
                  - api.example.com
                allowedHostLoopbackPorts:
                  - "5432"
                  - 53/udp
                volumeMounts:
                  - name: data
                    mountPath: /data
                  - name: data-2
                    mountPath: /more
          # Runs all the time; the components reach it on localhost.
          service:
            # A file, for the local control plane. For a cluster push it, and name it as registries do:
            #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
            image: file://shop/cache.wasm
            localResources:
              environment: # its environment variables
                config:
                  LOG: info
                  REGION: eu
                configFrom: # ConfigMaps, all of their keys; they win over config
                  - name: app-settings
                  - name: files
                secretFrom: # Secrets, all of their keys; they win over both
                  - name: api-keys
              config: # what it reads through wasi:config
                greeting: hello
              allowedHosts: # it reaches these hosts and no other
                - api.example.com
              allowedHostLoopbackPorts:
                - "5432"
                - 53/udp
              volumeMounts:
                - name: data
                  mountPath: /data
                - name: data-2
                  mountPath: /more
          hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: shop.example.com # requests for this host come here
            - name: sessions
              namespace: wasi
              package: keyvalue
              version: 0.2.0-draft
              interfaces: [atomics, store]
          volumes:
            - name: data
              hostPath:
                path: /home/me/shop/data # has to be there where the host runs, in its Pod
            - name: data-2
              hostPath:
                path: /srv/data # has to be there where the host runs, in its Pod
    "#);
}

#[test]
fn egress_is_what_differs_most() {
    let carried = carried("config.yaml", "build: {component_path: a.wasm}\n").unwrap();
    assert_snapshot!(carried.differences.join("\n"), @"without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list them");
    let client = "wasi:http/outgoing-handler@0.2.0".parse().unwrap();
    let client = Component { imports: vec![client], ..Component::default() };
    assert_snapshot!(yaml(carried, &[("file://shop/a.wasm".to_owned(), client)].into()), @r#"
    # From a wash project. Where Kubernetes differs, and what is left to do:
    # - without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list
    #   them
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: shop
    spec:
      replicas: 1 # how many Workloads run, each on one host
      template:
        spec:
          components:
            - name: shop
              # A file, for the local control plane. For a cluster push it, and name it as registries do:
              #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
              image: file://shop/a.wasm
              localResources:
                # It may send requests to no host; wash lets it to all when there is no list. "*" is all.
                allowedHosts: []
    "#);
}

#[test]
fn the_main_component_may_be_the_service_and_a_service_an_image() {
    let service = carried("config.yaml", "dev: {service: true, component_path: s.wasm, service_file: x.wasm}").unwrap();
    assert_snapshot!(spec(service), @"
    # Runs all the time; the components reach it on localhost.
    service:
      # A file, for the local control plane. For a cluster push it, and name it as registries do:
      #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
      image: file://shop/s.wasm
    ");
    let image = "{\"build\": {\"component_path\": \"a.wasm\"}, \"dev\": {\"service_image\": \"r/s:1\", \"service_pull_policy\": \"always\"}}";
    assert_snapshot!(spec(carried("config.json", image).unwrap()), @"
    components:
      - name: shop
        # A file, for the local control plane. For a cluster push it, and name it as registries do:
        #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
        image: file://shop/a.wasm
    # Runs all the time; the components reach it on localhost.
    service:
      image: r/s:1
      imagePullPolicy: Always
    # The image was not opened: this is what a component needs that answers HTTP.
    # `wash inspect IMAGE` shows what it imports: list that too, but for what hosts build in,
    # which is wasi:cli, clocks, filesystem, io, random, sockets, and the outgoing half of http.
    hostInterfaces:
      - namespace: wasi
        package: http
        interfaces: [incoming-handler]
        config:
          host: shop.localhost # requests for this host come here: put your own
    ");
}

#[test]
fn what_is_configured_does_not_hide_that_http_is_answered() {
    let config = |interfaces: &str| {
        let entry = format!("{{namespace: wasmcloud, {interfaces}, config: {{subscriptions: b}}}}");
        let config = format!("build: {{component_path: a.wasm}}\ndev:\n  host_interfaces: [{entry}]\n");
        yaml(carried("config.yaml", &config).unwrap(), &Opened::new())
    };
    let guessed = config("package: secrets, interfaces: [store]");
    assert!(guessed.contains("incoming-handler"), "{guessed}");
    let called = config("package: messaging, interfaces: [handler]");
    assert!(!called.contains("incoming-handler"), "{called}");
}

#[test]
fn toml_is_read_too() {
    let toml =
        "[build]\ncomponent_path = 'a.wasm'\n[workload]\nallowedHosts = ['*']\nallowedHostLoopbackPorts = [80]\n";
    let resources = carried("config.toml", toml).unwrap().draft.parts[0].component.local_resources.clone().unwrap();
    assert_eq!(resources.allowed_hosts.unwrap(), ["*"]);
    assert_eq!(resources.allowed_host_loopback_ports.unwrap(), ["80"]);
}

#[test]
fn an_empty_project_has_a_component_without_an_image() {
    for (name, content) in [("config.yaml", ""), ("config.yaml", "dev:\n"), ("config.json", "{}"), ("config.toml", "")]
    {
        let draft = carried(name, content).unwrap().draft;
        assert_eq!((draft.parts.len(), draft.parts[0].component.image.as_str()), (1, ""), "{name}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_snapshot!(said("config.yaml", "dev:\n  components: 5\n"), @"config.yaml:2:15: expected sequence start");
    assert_snapshot!(said("config.yaml", "dev: [\n"), @"config.yaml:1:6: expected mapping start");
    assert_snapshot!(said("config.yaml", "dev:\n  components:\n    - name: a\n"), @"config.yaml:3: dev.components, a: it has neither a file nor an image");
    assert_snapshot!(said("config.yaml", "dev:\n  service_file: a\n  service_image: b\n"), @"config.yaml:2: dev.service_file and dev.service_image: it has both a file and an image");
    assert_snapshot!(said("config.json", "{\"dev\": {\"components\": [\n{\"name\": 1}]}}"), @"config.json:2:10: invalid type: integer `1`, expected a string");
    assert_snapshot!(said("config.json", "dev"), @"config.json:1:1: expected value");
    assert_snapshot!(said("config.toml", "[dev]\ncomponents = 5\n"), @"config.toml:2:14: invalid type: integer `5`, expected a sequence");
    assert_snapshot!(said("config.toml", "[dev\n"), @"config.toml:1:5: unclosed table, expected `]`");
    assert_snapshot!(said("config.yaml", "a: &a [x]\nb: &b [*a,*a]\nworkload: {config: *b}\n"), @"config.yaml:3:20: expected mapping start");
}

#[test]
fn a_project_is_where_its_dot_wash_is() {
    for (file, project) in [(".wash/config.yaml", ""), ("shop/.wash/config.toml", "shop"), ("x/config.yaml", "x")] {
        assert_eq!(project_of(Path::new(file)), Path::new(project));
    }
}

proptest! {
    #[test]
    fn garbage_is_an_error_or_nothing(content: String, ending in "yaml|json|toml") {
        let _ = carried(&format!("config.{ending}"), &content);
    }

    /// One line of a good file is replaced by another, or by garbage.
    #[test]
    fn damaged_files_do_no_harm(line in 0usize..65, other in 0usize..65, garbage: String, copy: bool) {
        let mut lines: Vec<&str> = FULL.lines().collect();
        let (at, from) = (line % lines.len(), other % lines.len());
        lines[at] = if copy { lines[from] } else { &garbage };
        if let Ok(carried) = carried("config.yaml", &lines.join("\n")) {
            let wishes = Wishes::default();
            if let Ok(draft) = carried.draft.with(&wishes, "shop") {
                let _ = decide((Kind::WorkloadDeployment, "shop"), None, draft, &wishes, &Opened::new());
            }
        }
    }
}

#[test]
fn a_configuration_of_millions_of_lines_is_none() {
    let content = "# nothing\n".repeat(200_000);
    let error = read(&Arc::new(Text { name: "config.yaml".to_owned(), content })).unwrap_err();
    assert_eq!(error.message(), "it is larger than 1 MiB");
}

#[test]
fn a_configuration_that_nests_deep_is_none() {
    for (name, content) in [
        ("config.yaml", format!("dev: {}1", "- ".repeat(100_000))),
        ("config.yaml", "dev: ".to_owned() + &"[".repeat(100_000)),
        ("config.json", r#"{"dev":"#.repeat(100_000)),
        ("config.toml", "dev = ".to_owned() + &"[".repeat(100_000)),
    ] {
        let text = Arc::new(Text { name: name.to_owned(), content });
        assert!(read(&text).is_err(), "{name}");
    }
}

/// Hosts call a service while it runs, which only `wasi:http/handler` can; what they do not call is told.
#[test]
fn a_service_that_answers_http_gets_its_entry() {
    let made = |handler: &str| {
        let carried = carried("config.yaml", "dev: {service: true, component_path: s.wasm}").unwrap();
        let exports = ["wasi:cli/run@0.3.0", handler].map(|name| name.parse().unwrap()).to_vec();
        let opened: Opened = [("file://shop/s.wasm".to_owned(), Component { exports, ..Component::default() })].into();
        let wishes = Wishes { replicas: Some(1), ..Wishes::default() };
        let draft = carried.draft.with(&wishes, "shop").unwrap();
        let request = decide((Kind::WorkloadDeployment, "shop"), None, draft, &wishes, &opened).unwrap();
        let yaml = documents(&request).iter().map(Made::yaml).collect::<String>();
        let told = crate::scaffold::cautions(&request).join("\n");
        format!("{}{told}", yaml.split_once("image: file://shop/s.wasm\n").unwrap().1)
    };
    assert_snapshot!(made("wasi:http/handler@0.3.0"), @"
    hostInterfaces:
      - namespace: wasi
        package: http
        interfaces: [handler]
        config:
          host: shop.localhost # requests for this host come here: put your own
    ");
    assert_snapshot!(made("wasi:http/incoming-handler@0.2.3"), @"the service exports wasi:http/incoming-handler@0.2.3, which hosts call of components alone");
}

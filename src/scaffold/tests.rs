//! What is made of what is asked for.

mod combinations;

use std::collections::BTreeMap;

use insta::assert_snapshot;

use super::*;
use crate::error::Error;

const HTTP: &str = "ghcr.io/acme/http:1";
const CLIENT: &str = "ghcr.io/acme/client:1";
const PROXY: &str = "ghcr.io/acme/proxy:1";
const SERVICE: &str = "ghcr.io/acme/service:1";
const STORE: &str = "ghcr.io/acme/store:1";

fn component(imports: &[&str], exports: &[&str]) -> Component {
    let read = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    Component { imports: read(imports), exports: read(exports), ..Component::default() }
}

fn opened() -> Opened {
    let handler = &["wasi:http/incoming-handler@0.2.3"];
    BTreeMap::from([
        (HTTP.to_owned(), component(&["wasi:cli/environment@0.2.3"], handler)),
        (CLIENT.to_owned(), component(&["wasi:http/outgoing-handler@0.2.3"], &[])),
        (PROXY.to_owned(), component(&["wasi:http/outgoing-handler@0.2.3"], handler)),
        (SERVICE.to_owned(), component(&["wasi:sockets/tcp@0.2.3"], &["wasi:cli/run@0.2.3"])),
        (STORE.to_owned(), component(&["wasi:keyvalue/store@0.2.0-draft", "wasi:config/store@0.2.0-rc.1"], &[])),
    ])
}

fn of(image: &str) -> Wishes {
    Wishes { image: Some(image.to_owned()), replicas: Some(1), ..Wishes::default() }
}

fn request_of(kind: Kind, wishes: &Wishes, opened: &Opened) -> Result<ScaffoldRequest, Error> {
    decide((kind, "web"), None, Draft::default().with(wishes, "web")?, wishes, opened)
}

fn made(wishes: &Wishes) -> String {
    let request = request_of(Kind::WorkloadDeployment, wishes, &opened()).unwrap();
    documents(&request).iter().map(Made::yaml).collect::<Vec<_>>().join("---\n")
}

/// What a flag changes, as a difference to the same without it.
fn changed(wishes: &Wishes) -> String {
    difference(&of(wishes.image.as_deref().unwrap()), wishes)
}

/// What is otherwise than with a component that answers HTTP.
fn otherwise(wishes: &Wishes) -> String {
    difference(&of(HTTP), wishes)
}

fn difference(from: &Wishes, to: &Wishes) -> String {
    let (without, with) = (made(from), made(to));
    let diff = similar::TextDiff::from_lines(&without, &with);
    let lines = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    lines.map(|change| format!("{}{}", change.tag(), change.value())).collect()
}

fn refused(wishes: &Wishes) -> String {
    match request_of(Kind::WorkloadDeployment, wishes, &opened()).unwrap_err() {
        Error::Usage { message, help } => format!("{message}\nhelp: {}", help.unwrap_or_default()),
        error => panic!("{error}"),
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_component_that_answers_http() {
    assert_snapshot!(made(&of(HTTP)), @"
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: web
    spec:
      replicas: 1 # how many Workloads run, each on one host
      template:
        spec:
          components:
            - name: web
              image: ghcr.io/acme/http:1
          hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: web.localhost # requests for this host come here: put your own
    ");
}

#[test]
fn a_component_that_sends_requests_has_a_list_of_hosts() {
    assert_snapshot!(otherwise(&of(PROXY)), @r#"
    -          image: ghcr.io/acme/http:1
    +          image: ghcr.io/acme/proxy:1
    +          localResources:
    +            # It sends HTTP requests and may reach no host. List those it may: api.example.com, or "*".
    +            allowedHosts: []
    "#);
    assert_snapshot!(changed(&Wishes { allowed_hosts: strings(&["a.example", "*"]), ..of(PROXY) }), @r#"
    -            # It sends HTTP requests and may reach no host. List those it may: api.example.com, or "*".
    -            allowedHosts: []
    +            allowedHosts: # it reaches these hosts and no other
    +              - a.example
    +              - "*"
    "#);
    let two = Wishes {
        components: vec![("client".to_owned(), CLIENT.to_owned())],
        allowed_hosts: strings(&["a.example"]),
        ..of(HTTP)
    };
    assert_eq!(made(&two).matches("a.example").count(), 1, "only who sends requests gets them");
    assert_snapshot!(changed(&Wishes { allowed_hosts: strings(&["a.example"]), ..of(HTTP) }), @"
    +          localResources:
    +            allowedHosts: # it reaches these hosts and no other
    +              - a.example
    ");
}

#[test]
fn a_service_by_what_it_says_or_by_the_flag() {
    assert_snapshot!(otherwise(&of(SERVICE)), @"
    -      components:
    -        - name: web
    -          image: ghcr.io/acme/http:1
    -      hostInterfaces:
    -        - namespace: wasi
    -          package: http
    -          interfaces: [incoming-handler]
    -          config:
    -            host: web.localhost # requests for this host come here: put your own
    +      # Runs all the time; the components reach it on localhost.
    +      service:
    +        image: ghcr.io/acme/service:1
    ");
    assert_snapshot!(changed(&Wishes { service: Some(SERVICE.to_owned()), ..of(HTTP) }), @"
    +      # Runs all the time; the components reach it on localhost.
    +      service:
    +        image: ghcr.io/acme/service:1
    ");
}

#[test]
fn interfaces_that_hosts_give_are_listed() {
    assert_snapshot!(changed(&Wishes { components: vec![("store".to_owned(), STORE.to_owned())], ..of(HTTP) }), @"
    +        - name: store
    +          image: ghcr.io/acme/store:1
    +          package: config
    +          interfaces: [store]
    +        - namespace: wasi
    +        - namespace: wasi
    +          package: keyvalue
    +          interfaces: [store]
    ");
}

#[test]
fn images_that_were_not_opened_are_taken_to_answer_http() {
    assert_snapshot!(otherwise(&of("ghcr.io/acme/unknown")), @"
    -          image: ghcr.io/acme/http:1
    +          image: ghcr.io/acme/unknown # which version? hosts pull :latest
    +      # The image was not opened: this is what a component needs that answers HTTP.
    +      # `wash inspect IMAGE` shows what it imports: list that too, but for what hosts build in,
    +      # which is wasi:cli, clocks, filesystem, io, random, sockets, and the outgoing half of http.
    ");
}

#[test]
fn an_artifact_is_listed_and_a_file_explained() {
    assert_snapshot!(otherwise(&of("artifact://web")), @"
    +  # Artifacts whose images it follows.
    +  artifacts:
    +    - name: web
    +      artifactFrom:
    +        name: web
    -          image: ghcr.io/acme/http:1
    +          image: artifact://web
    +      # The image was not opened: this is what a component needs that answers HTTP.
    +      # `wash inspect IMAGE` shows what it imports: list that too, but for what hosts build in,
    +      # which is wasi:cli, clocks, filesystem, io, random, sockets, and the outgoing half of http.
    ");
    assert_snapshot!(otherwise(&of("./out/web.wasm")), @"
    -          image: ghcr.io/acme/http:1
    +          # A file, for the local control plane. For a cluster push it, and name it as registries do:
    +          #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
    +          image: file://out/web.wasm
    +      # The image was not opened: this is what a component needs that answers HTTP.
    +      # `wash inspect IMAGE` shows what it imports: list that too, but for what hosts build in,
    +      # which is wasi:cli, clocks, filesystem, io, random, sockets, and the outgoing half of http.
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "each flag has its lines of a manifest")]
fn each_flag_has_its_place() {
    assert_snapshot!(changed(&Wishes { replicas: Some(3), ..of(HTTP) }), @"
    -  replicas: 1 # how many Workloads run, each on one host
    +  replicas: 3 # how many Workloads run, each on one host
    ");
    assert_snapshot!(changed(&Wishes { replicas: None, ..of(HTTP) }), @"-  replicas: 1 # how many Workloads run, each on one host");
    assert_snapshot!(changed(&Wishes { http_hosts: strings(&["a.example", "b.example", "c"]), ..of(HTTP) }), @"
    -            host: web.localhost # requests for this host come here: put your own
    +            host: a.example # requests for this host come here
    +            host-aliases: b.example,c
    ");
    assert_snapshot!(changed(&Wishes { env: pairs(&[("B", "yes"), ("A", "a: b")]), ..of(HTTP) }), @r#"
    +          localResources:
    +            environment: # its environment variables
    +              config:
    +                A: "a: b"
    +                B: "yes"
    "#);
    assert_snapshot!(changed(&Wishes { config: pairs(&[("a", "1")]), ..of(HTTP) }), @r#"
    +          localResources:
    +            config: # what it reads through wasi:config
    +              a: "1"
    "#);
    assert_snapshot!(changed(&Wishes { config_from: strings(&["m", "n"]), ..of(HTTP) }), @r#"
    +          localResources:
    +            environment: # its environment variables
    +              configFrom: # ConfigMaps, all of their keys; they win over config
    +                - name: m
    +                - name: "n"
    "#);
    assert_snapshot!(changed(&Wishes { secret_from: strings(&["s"]), ..of(HTTP) }), @"
    +          localResources:
    +            environment: # its environment variables
    +              secretFrom: # Secrets, all of their keys; they win over both
    +                - name: s
    ");
    assert_snapshot!(changed(&Wishes { pull_secret: Some("p".to_owned()), ..of(HTTP) }), @"
    +          imagePullSecret:
    +            name: p # a Secret of type kubernetes.io/dockerconfigjson in the same namespace
    ");
    let volumes = vec![volume("cache:/cache").unwrap(), volume("/srv/data:/data:ro").unwrap()];
    assert_snapshot!(changed(&Wishes { volumes, ..of(HTTP) }), @"
    +          localResources:
    +            volumeMounts:
    +              - name: cache
    +                mountPath: /cache
    +              - name: data
    +                mountPath: /data
    +                readOnly: true
    +      volumes:
    +        - name: cache
    +          ephemeral: {} # an empty directory, gone with the Workload
    +        - name: data
    +          hostPath:
    +            path: /srv/data # has to be there where the host runs, in its Pod
    ");
    assert_snapshot!(changed(&Wishes { host_group: Some("edge".to_owned()), ..of(HTTP) }), @"
    +      hostSelector:
    +        hostgroup: edge # only hosts of this group
    ");
    assert_snapshot!(changed(&Wishes { environment: Some("team".to_owned()), ..of(HTTP) }), @"+      environment: team # only hosts of this environment");
    assert_snapshot!(changed(&Wishes { expose: Some(8080), ..of(HTTP) }), @"
    +apiVersion: v1
    +kind: Service
    +metadata:
    +  name: web
    +spec:
    +  # No selector: the controller leads it to the hosts that run the workload.
    +  type: ClusterIP
    +  ports:
    +    - name: http # must be http
    +      port: 8080
    +      protocol: TCP
    +---
    +  kubernetes:
    +    service:
    +      name: web # the Service that leads here
    ");
}

#[test]
fn what_fits_nothing_is_refused() {
    let named = |name: &str, image: &str| vec![(name.to_owned(), image.to_owned())];
    assert_snapshot!(refused(&Wishes { components: named("svc", SERVICE), ..of(HTTP) }), @r#"
    component "svc" is a service: ghcr.io/acme/service:1 exports wasi:cli/run
    help: --service-image ghcr.io/acme/service:1 runs it as the service
    "#);
    assert_snapshot!(refused(&Wishes { service: Some(HTTP.to_owned()), ..of(HTTP) }), @"
    ghcr.io/acme/http:1 is no service: it does not export wasi:cli/run
    help: --component NAME=ghcr.io/acme/http:1 runs it as a component
    ");
    assert_snapshot!(refused(&Wishes { service: Some(SERVICE.to_owned()), ..of(SERVICE) }), @"
    there are two services, and a workload has one
    help: leave out --service-image, or give what --image names to another workload
    ");
    assert_snapshot!(refused(&Wishes { expose: Some(80), ..of(SERVICE) }), @r#"
    cannot expose "web": it answers no HTTP
    help: no component exports wasi:http/incoming-handler; leave out --expose
    "#);
    assert_snapshot!(refused(&Wishes { http_hosts: strings(&["a"]), ..of(SERVICE) }), @"
    --http-host has no meaning: nothing here answers HTTP
    help: no component exports wasi:http/incoming-handler
    ");
    let volumes = vec![volume("a:/a").unwrap(), volume("a:/b").unwrap()];
    assert_snapshot!(refused(&Wishes { volumes, ..of(HTTP) }), @r#"
    there are two volumes named "a"
    help:
    "#);
    assert_snapshot!(refused(&Wishes { components: named("proxy", PROXY), ..of(HTTP) }), @r#"
    components "web" and "proxy" both answer HTTP, and hosts send requests to one
    help: scaffold each by itself
    "#);
    let twice = Draft::default().with(&Wishes { components: named("web", CLIENT), ..of(HTTP) }, "web");
    assert_eq!(twice.unwrap_err().to_string(), "there are two components named \"web\"");
    let artifact = request_of(Kind::Workload, &of("artifact://web"), &opened()).unwrap_err();
    assert_eq!(artifact.to_string(), "artifact://web is for deployments, and this is a Workload");
}

#[test]
fn the_other_types() {
    let wishes = Wishes { expose: Some(80), ..of(HTTP) };
    for (kind, path) in [(Kind::WorkloadReplicaSet, "/spec/template/spec"), (Kind::Workload, "/spec")] {
        let made = documents(&request_of(kind, &wishes, &opened()).unwrap());
        let [service, object] = made.as_slice() else { panic!("{made:?}") };
        assert_eq!(service.file_stem(), "service-web");
        assert_eq!(object.object.pointer(&format!("{path}/kubernetes/service/name")).unwrap(), "web");
    }
    let request = |subject| ScaffoldRequest {
        name: "web".to_owned(),
        namespace: Some("team".to_owned()),
        subject,
        preface: Vec::new(),
    };
    let artifact = Subject::Artifact(ArtifactSpec { image: HTTP.to_owned(), ..ArtifactSpec::default() });
    assert_snapshot!(documents(&request(artifact))[0].yaml(), @"
    # Deployments follow this image when they list the artifact, and name it where an image stands:
    #   artifacts:
    #     - name: web
    #       artifactFrom:
    #         name: web
    #   … image: artifact://web
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: Artifact
    metadata:
      name: web
      namespace: team
    spec:
      image: ghcr.io/acme/http:1
    ");
    let host = HostSubject { group: Some("g".to_owned()), environment: Some("e".to_owned()) };
    assert_snapshot!(documents(&request(Subject::Host(host)))[0].yaml(), @"
    # Nobody has to write Hosts: the controller makes one for each host that it hears from, and deletes
    # those it hears from no more. One that is written by hand, as for a test, goes the same way.
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: Host
    metadata:
      name: web
      namespace: team
      labels:
        hostgroup: g
    hostId: web # what the host calls itself
    # hostname: 10.0.0.1 # where it is reached
    # httpPort: 8000
    environment: e # for a host in a Pod its namespace
    ");
}

#[test]
fn warnings_name_what_is_wrong_at_once() {
    let of = |wishes: &Wishes| cautions(&request_of(Kind::Workload, wishes, &opened()).unwrap());
    assert_eq!(of(&Wishes { image: Some(HTTP.to_owned()), ..Wishes::default() }), Vec::<String>::new());
    let silent = of(&Wishes { image: Some(PROXY.to_owned()), ..Wishes::default() });
    assert_eq!(silent, ["web sends HTTP requests and may reach no host: --allow-host lists those it may"]);
    let opened = [("r/x:1".to_owned(), component(&["wasi:keyvalue/store@0.9.0"], &[]))].into();
    let wrong =
        request_of(Kind::Workload, &Wishes { image: Some("r/x:1".into()), ..Wishes::default() }, &opened).unwrap();
    assert_snapshot!(cautions(&wrong).join("\n"), @r#"component "web" imports wasi:keyvalue/store@0.9.0, and hosts have version 0.2.0-draft"#);
    let unversioned = of(&Wishes { image: Some("r/a".to_owned()), ..Wishes::default() });
    assert_eq!(unversioned, ["r/a has neither tag nor digest: hosts pull :latest, whatever that is by then"]);
}

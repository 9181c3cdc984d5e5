//! What comments say: where a newcomer edits, and what a field does that is often misunderstood.

use super::interfaces::leads_http;
use super::text::child;
use super::{Notes, WorkloadSubject, image, spec_path};
use crate::api::{ArtifactSpec, ConfigLayer, HostInterface, Kind, LocalResources, WorkloadSpec};

const PULL_SECRET: &str = "a Secret of type kubernetes.io/dockerconfigjson in the same namespace";

/// The comments of an Artifact.
pub(super) fn of_artifact(name: &str, spec: &ArtifactSpec) -> Notes {
    let mut notes = Notes::default();
    notes.above(
        "",
        &[
            "Deployments follow this image when they list the artifact, and name it where an image stands:",
            "  artifacts:",
            &format!("    - name: {name}"),
            "      artifactFrom:",
            &format!("        name: {name}"),
            &format!("  … image: artifact://{name}"),
        ],
    );
    of_image(&mut notes, "/spec/image", &spec.image);
    notes.beside("/spec/imagePullSecret/name", PULL_SECRET);
    notes
}

/// The comments of a Host.
pub(super) fn of_host() -> Notes {
    let mut notes = Notes::default();
    notes.above(
        "",
        &[
            "Nobody has to write Hosts: the controller makes one for each host that it hears from, and deletes",
            "those it hears from no more. One that is written by hand, as for a test, goes the same way.",
        ],
    );
    notes.beside("/hostId", "what the host calls itself");
    notes.below("/hostId", &["hostname: 10.0.0.1 # where it is reached", "httpPort: 8000"]);
    notes.beside("/environment", "for a host in a Pod its namespace");
    notes
}

/// The comments of the Service.
pub(super) fn of_service() -> Notes {
    let mut notes = Notes::default();
    notes.above("/spec/type", &["No selector: the controller leads it to the hosts that run the workload."]);
    notes.beside("/spec/ports/0/name", "must be http");
    notes
}

/// The comments of what runs.
pub(super) fn of_workload(workload: &WorkloadSubject) -> Notes {
    let mut notes = Notes::default();
    match workload.kind {
        Kind::WorkloadReplicaSet => notes.above("", &[
            "A WorkloadDeployment makes these, one for each version of its template. One by itself is never rolled out.",
        ]),
        Kind::Workload => notes.above("", &[
            "A WorkloadDeployment makes these. One by itself is not replaced when it is lost.",
        ]),
        Kind::WorkloadDeployment | Kind::Artifact | Kind::Host => {}
    }
    notes.beside("/spec/replicas", "how many Workloads run, each on one host");
    let spec = spec_path(workload.kind);
    let service = if workload.kind == Kind::WorkloadDeployment { "/spec" } else { spec };
    notes.beside(&format!("{service}/kubernetes/service/name"), "the Service that leads here");
    notes.above("/spec/artifacts", &["Artifacts whose images it follows."]);
    of_spec(&mut notes, spec, workload);
    if workload.remarks.suggestions {
        suggest(&mut notes, spec, &workload.spec);
    }
    notes
}

fn of_spec(notes: &mut Notes, path: &str, workload: &WorkloadSubject) {
    let spec = &workload.spec;
    notes.beside(&format!("{path}/hostSelector/hostgroup"), "only hosts of this group");
    notes.beside(&format!("{path}/environment"), "only hosts of this environment");
    for (index, component) in spec.components().iter().enumerate() {
        let path = format!("{path}/components/{index}");
        of_image(notes, &format!("{path}/image"), &component.image);
        of_resources(notes, &path, component.local_resources.as_ref(), workload);
    }
    if let Some(service) = &spec.service {
        let path = format!("{path}/service");
        notes.above(&path, &["Runs all the time; the components reach it on localhost."]);
        of_image(notes, &format!("{path}/image"), &service.image);
        of_resources(notes, &path, service.local_resources.as_ref(), workload);
    }
    let interfaces = format!("{path}/hostInterfaces");
    if workload.remarks.unopened && spec.host_interfaces.is_some() {
        notes.above(
            &interfaces,
            &[
                "The image was not opened: this is what a component needs that answers HTTP.",
                "`wash inspect IMAGE` shows what it imports: list that too, but for what hosts build in,",
                "which is wasi:cli, clocks, filesystem, io, random, sockets, and the outgoing half of http.",
            ],
        );
    }
    for (index, entry) in spec.host_interfaces().iter().enumerate() {
        of_interface(notes, &format!("{interfaces}/{index}"), entry, workload.remarks.assumed_host);
    }
    for (index, volume) in spec.volumes().iter().enumerate() {
        let path = format!("{path}/volumes/{index}");
        notes.beside(&format!("{path}/ephemeral"), "an empty directory, gone with the Workload");
        if volume.host_path.is_some() {
            notes.beside(&format!("{path}/hostPath/path"), "has to be there where the host runs, in its Pod");
        }
    }
}

fn of_image(notes: &mut Notes, path: &str, name: &str) {
    if image::is_file(name) {
        notes.above(
            path,
            &[
                "A file, for the local control plane. For a cluster push it, and name it as registries do:",
                "  wash oci push ghcr.io/ORG/NAME:VERSION FILE",
            ],
        );
    } else if !image::is_artifact(name) && !image::has_version(name) {
        notes.beside(path, "which version? hosts pull :latest");
    }
    let secret = path.replace("/image", "/imagePullSecret/name");
    notes.beside(&secret, PULL_SECRET);
}

fn of_resources(notes: &mut Notes, part: &str, resources: Option<&LocalResources>, workload: &WorkloadSubject) {
    let path = format!("{part}/localResources");
    if let Some(ConfigLayer { config_from, secret_from, .. }) = resources.and_then(|it| it.environment.as_ref()) {
        let environment = format!("{path}/environment");
        notes.beside(&environment, "its environment variables");
        if config_from.is_some() {
            notes.beside(&format!("{environment}/configFrom"), "ConfigMaps, all of their keys; they win over config");
        }
        if secret_from.is_some() {
            notes.beside(&format!("{environment}/secretFrom"), "Secrets, all of their keys; they win over both");
        }
    }
    notes.beside(&format!("{path}/config"), "what it reads through wasi:config");
    let hosts = format!("{path}/allowedHosts");
    match resources.and_then(|it| it.allowed_hosts.as_deref()) {
        Some([]) if workload.remarks.from_wash => notes.above(
            &hosts,
            &["It may send requests to no host; wash lets it to all when there is no list. \"*\" is all."],
        ),
        Some([]) => notes.above(
            &hosts,
            &["It sends HTTP requests and may reach no host. List those it may: api.example.com, or \"*\"."],
        ),
        _ => notes.beside(&hosts, "it reaches these hosts and no other"),
    }
}

fn of_interface(notes: &mut Notes, path: &str, entry: &HostInterface, assumed: bool) {
    if !leads_http(entry) {
        return;
    }
    let said = match assumed {
        true => "requests for this host come here: put your own",
        false => "requests for this host come here",
    };
    notes.beside(&child(&child(path, "config"), "host"), said);
}

/// What is not set, shown where it would stand.
fn suggest(notes: &mut Notes, path: &str, spec: &WorkloadSpec) {
    if spec.host_selector.is_none() {
        notes.above(
            &format!("{path}/components"),
            &[
                "Which hosts may run it; without these any may.",
                "hostSelector:",
                "  hostgroup: default",
                "environment: staging",
            ],
        );
    }
    let first = format!("{path}/components/0");
    notes.below(
        &format!("{first}/image"),
        &[
            "imagePullSecret: # for a private registry",
            "  name: registry-credentials",
            "imagePullPolicy: IfNotPresent # or Always, Never",
            "poolSize: 4 # instances kept and called again; otherwise every call gets a new one",
            "maxInvocations: 1000 # calls until such an instance is replaced",
        ],
    );
    let resources = format!("{first}/localResources");
    notes.below(
        &format!("{resources}/environment/configFrom"),
        &["secretFrom: # Secrets, all of their keys", "  - name: hello-credentials"],
    );
    notes.below(
        &format!("{resources}/allowedHosts"),
        &["allowedIpNameLookups: # names it may look up through wasi:sockets", "  - db.example.com"],
    );
    notes.below(
        &format!("{path}/hostInterfaces"),
        &[
            "A component that runs all the time, and that the others reach on localhost:",
            "service:",
            "  image: ghcr.io/acme/cache:1.0.0",
            "  maxRestarts: 5",
        ],
    );
}

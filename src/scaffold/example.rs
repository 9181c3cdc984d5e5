//! An example that has nearly everything, and runs on the local control plane.

use super::{Draft, Opened, Part, Role, ScaffoldRequest, Subject, Wishes, decide, wishes};
use crate::api::{ArtifactSpec, Kind};
use crate::component::Component;
use crate::error::Error;

/// The component of the example, which answers every request with a greeting.
pub const EXAMPLE_COMPONENT: &[u8] = include_bytes!("../../tests/fixtures/hello/hello.wasm");

/// The file that the example's manifest looks for it in.
pub const EXAMPLE_FILE: &str = "hello.wasm";

/// An image for what nobody runs.
const IMAGE: &str = "ghcr.io/acme/hello:1.0.0";

/// The example for a kind.
///
/// # Errors
/// None; it is made of what fits.
pub fn example(kind: Kind, name: &str, namespace: Option<&str>) -> Result<ScaffoldRequest, Error> {
    let subject = match kind {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet | Kind::Workload => {
            return workload((kind, name), namespace);
        }
        Kind::Artifact => Subject::Artifact(ArtifactSpec { image: IMAGE.to_owned(), ..ArtifactSpec::default() }),
        Kind::Host => Subject::Host(super::HostSubject {
            group: Some("default".to_owned()),
            environment: Some("staging".to_owned()),
        }),
    };
    Ok(ScaffoldRequest { name: name.to_owned(), namespace: namespace.map(str::to_owned), subject, preface: Vec::new() })
}

fn workload((kind, name): (Kind, &str), namespace: Option<&str>) -> Result<ScaffoldRequest, Error> {
    let settings = format!("{name}-settings");
    let wishes = Wishes {
        replicas: (kind != Kind::Workload).then_some(2),
        env: [("GREETING".to_owned(), "Hello".to_owned())].into(),
        config_from: vec![settings.clone()],
        volumes: vec![wishes::volume("cache:/cache").map_err(Error::usage)?],
        expose: Some(80),
        allowed_hosts: vec!["api.example.com".to_owned()],
        ..Wishes::default()
    };
    let mut draft = Draft { parts: vec![Part::new(Role::Component, "http", EXAMPLE_FILE)], ..Draft::default() };
    draft.config_maps = [(settings, [("LOG_LEVEL".to_owned(), "info".to_owned())].into())].into();
    let draft = draft.with(&wishes, name)?;
    let component = Component::read(EXAMPLE_COMPONENT).map_err(|error| Error::usage(error.to_string()))?;
    let opened: Opened = draft.images().into_iter().map(|image| (image.to_owned(), component.clone())).collect();
    let mut request = decide((kind, name), namespace, draft, &wishes, &opened)?;
    if let Subject::Workload(workload) = &mut request.subject {
        workload.remarks.suggestions = true;
    }
    request
        .preface
        .push(format!("Try it: kubectl wasmcloud deploy --local -f DIR, with {EXAMPLE_FILE} beside this file."));
    Ok(request)
}

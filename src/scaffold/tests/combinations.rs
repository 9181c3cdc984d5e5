//! Whatever flags are combined, what is made of them can be applied.

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;
use crate::api::{Artifact, Host, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::validate::Level;

/// The flags that change the shape: how each changes the wishes.
const FLAGS: [fn(&mut Wishes); 13] = [
    |wishes| wishes.replicas = None,
    |wishes| wishes.http_hosts = strings(&["a.example"]),
    |wishes| wishes.http_hosts.push("b.example".to_owned()),
    |wishes| wishes.env = pairs(&[("A", "on"), ("B", "")]),
    |wishes| wishes.config = pairs(&[("a.b/c", "1")]),
    |wishes| wishes.config_from = strings(&["a", "b"]),
    |wishes| wishes.secret_from = strings(&["c"]),
    |wishes| wishes.pull_secret = Some("pull".to_owned()),
    |wishes| wishes.volumes.extend([volume("cache:/c").unwrap(), volume("/srv:/s:ro").unwrap()]),
    |wishes| wishes.host_group = Some("1".to_owned()),
    |wishes| wishes.environment = Some("yes".to_owned()),
    |wishes| wishes.expose = Some(80),
    |wishes| wishes.allowed_hosts = strings(&["*", "https://*.example.com:8443"]),
];

/// What is run: an image, other components, a service.
type Images = (Option<&'static str>, &'static [(&'static str, &'static str)], Option<&'static str>);

const IMAGES: [Images; 7] = [
    (Some(HTTP), &[], None),
    (Some(PROXY), &[("store", STORE)], None),
    (Some(SERVICE), &[("http", HTTP)], None),
    (Some("ghcr.io/acme/unknown:1"), &[], Some(SERVICE)),
    (None, &[("a", HTTP), ("b", CLIENT), ("c", STORE)], Some("unknown/service:1")),
    (Some("file://a.wasm"), &[], None),
    (None, &[], Some(SERVICE)),
];

const KINDS: [Kind; 3] = [Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload];

fn wishes((image, components, service): Images, flags: u32) -> Wishes {
    let components = components.iter().map(|(name, image)| ((*name).to_owned(), (*image).to_owned())).collect();
    let (image, service) = (image.map(str::to_owned), service.map(str::to_owned));
    let mut wishes = Wishes { image, components, service, replicas: Some(2), ..Wishes::default() };
    let chosen = FLAGS.iter().enumerate().filter(|(index, _)| flags >> index & 1 == 1);
    chosen.for_each(|(_, flag)| flag(&mut wishes));
    wishes
}

/// Nobody lacks an interface, and none is listed in vain. The text reads back as the object, which has nothing that its type does not know, and is valid.
#[track_caller]
fn prove(request: &ScaffoldRequest) {
    if let Subject::Workload(workload) = &request.subject {
        let mut findings = workload.findings.iter().filter(|finding| !finding.starts_with("files of this machine"));
        assert_eq!(findings.next(), None);
    }
    let documents = documents(request);
    assert_eq!(findings(&documents, Level::Warning), Vec::<String>::new());
    for made in documents {
        let text = made.yaml();
        let read: Value = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read, made.object, "{text}");
        match made.object["kind"].as_str().unwrap() {
            "WorkloadDeployment" => round_trip::<WorkloadDeployment>(&made.object),
            "WorkloadReplicaSet" => round_trip::<WorkloadReplicaSet>(&made.object),
            "Workload" => round_trip::<Workload>(&made.object),
            "Artifact" => round_trip::<Artifact>(&made.object),
            "Host" => round_trip::<Host>(&made.object),
            "Service" => round_trip::<k8s_openapi::api::core::v1::Service>(&made.object),
            _ => round_trip::<k8s_openapi::api::core::v1::ConfigMap>(&made.object),
        }
    }
}

#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned>(object: &Value) {
    let typed: T = serde_json::from_value(object.clone()).unwrap();
    assert_eq!(&serde_json::to_value(typed).unwrap(), object);
}

/// Proves what the wishes make; false when they do not fit each other, which is an error of usage.
#[track_caller]
fn fits(kind: Kind, wishes: &Wishes) -> bool {
    match request_of(kind, wishes, &opened()) {
        Ok(request) => {
            prove(&request);
            true
        }
        Err(error) => {
            assert!(matches!(error, Error::Usage { .. }), "{error}");
            false
        }
    }
}

#[test]
fn every_pair_of_flags_and_all_but_two_make_what_can_be_applied() {
    let all = (1u32 << FLAGS.len()) - 1;
    let mut fitting = 0;
    for kind in KINDS {
        for images in IMAGES {
            for first in 0..FLAGS.len() {
                for second in first..FLAGS.len() {
                    let pair = 1 << first | 1 << second;
                    fitting +=
                        [pair, all & !pair].into_iter().filter(|flags| fits(kind, &wishes(images, *flags))).count();
                }
            }
        }
    }
    assert!(fitting > 3000, "{fitting}");
}

#[test]
fn every_example_can_be_applied_and_has_no_caution() {
    for kind in Kind::ALL {
        let request = example(kind, "hello", None).unwrap();
        prove(&request);
        assert_eq!(cautions(&request), Vec::<String>::new());
    }
}

proptest! {
    #[test]
    fn any_flags_make_what_can_be_applied(kind in 0..KINDS.len(), images in 0..IMAGES.len(), flags in 0u32..1 << 13) {
        fits(KINDS[kind], &wishes(IMAGES[images], flags));
    }

    #[test]
    fn any_words_stay_what_they_are(key in "[^=]+", value: String, image in "[^:/]{1,20}") {
        let wishes = Wishes { env: [(key, value)].into(), image: Some(format!("r/{image}:1")), ..Wishes::default() };
        let request = request_of(Kind::Workload, &wishes, &Opened::new()).unwrap();
        for made in documents(&request) {
            let text = made.yaml();
            let read: Value = serde_saphyr::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            prop_assert_eq!(read, made.object);
        }
    }
}

//! Readers of what comes from outside, given what nobody would write: nothing makes them panic, and what they say can be
//! shown. A few hundred cases each in every run, the same ones each time.
//!
//! For as long as one likes: `FUZZ_SECONDS=600 cargo test --release --test it fuzz -- --nocapture --test-threads 1`. What
//! fails is kept in `target/fuzz`, made as small as could be; what takes the whole process down, too. `FUZZ_INPUT=FILE` gives
//! a target that file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use kubectl_wasmcloud::component::Component;
use kubectl_wasmcloud::error::Look;
use kubectl_wasmcloud::manifest::Text;
use kubectl_wasmcloud::registry::answer::{self, Challenge, Meant};
use kubectl_wasmcloud::registry::credentials::DockerConfig;
use kubectl_wasmcloud::report::findings;
use kubectl_wasmcloud::scaffold::{EXAMPLE_COMPONENT, wash};
use kubectl_wasmcloud::validate::{Definitions, Facts, FileSet, Ignored, Level, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// What is looked at beside what is there: whatever means something to a reader.
const TOKENS: [&str; 44] = [
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!!set ",
    "!x ",
    "99999999999999999999",
    "-0",
    "1e999",
    ".nan",
    "0o777",
    "~",
    "\u{202e}",
    "\0",
    "\u{feff}",
    "\t",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "? ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "|\n",
    ">-\n",
    "\\u0000",
    "\u{10ffff}",
    "#",
    ": ",
    "items:",
    "kind: List",
    "\r\n",
    "yes",
    "\u{85}",
    "\u{2028}",
    "\u{1b}[31m",
    "runtime.wasmcloud.dev/v1alpha1",
    "wasmcloud.dev/ignore: WC0101",
    "null",
    "a/b:1@sha256:0",
];

/// One change, and two numbers that say where.
type Change = (u8, u32, u32);

/// A seed, changed in some ways.
fn changed(seeds: &[Vec<u8>], (seed, changes): &(usize, Vec<Change>)) -> Vec<u8> {
    let mut data = seeds[seed % seeds.len()].clone();
    for change in changes {
        data = apply(data, seeds, *change);
        data.truncate(200_000);
    }
    data
}

fn apply(mut data: Vec<u8>, seeds: &[Vec<u8>], (kind, a, b): Change) -> Vec<u8> {
    let (a, b) = (a as usize, b as usize);
    let at = a % (data.len() + 1);
    match kind % 12 {
        0 if !data.is_empty() => {
            let at = a % data.len();
            data[at] ^= 1 << (b % 8);
            return data;
        }
        1 if !data.is_empty() => {
            let at = a % data.len();
            data[at] = b.to_le_bytes()[0];
            return data;
        }
        2 => {
            data.truncate(at);
            return data;
        }
        3 => {
            data.splice(at..at, TOKENS[b % TOKENS.len()].bytes());
            return data;
        }
        4 => {
            let end = at + b % (data.len() - at + 1);
            data.drain(at..end);
            return data;
        }
        _ => {}
    }
    let mut lines: Vec<Vec<u8>> = data.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (a, other) = (a % lines.len(), b % lines.len());
    match kind % 12 {
        5 => drop(lines.remove(a)),
        6 => lines.insert(a, lines[other].clone()),
        7 => lines.swap(a, other),
        8 => lines[a].splice(0..0, std::iter::repeat_n(b' ', b % 5)).for_each(drop),
        9 => lines[a] = lines[a].trim_ascii_start().to_vec(),
        10 => {
            let line = lines[a].clone();
            lines.splice(a..a, std::iter::repeat_n(line, b % 100)).for_each(drop);
        }
        _ => {
            let others: Vec<_> = seeds[b % seeds.len()].split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let from = b / 7 % others.len();
            lines.splice(a..a, others[from..].iter().take(20).cloned()).for_each(drop);
        }
    }
    lines.join(&b'\n')
}

/// Runs a target over changed seeds.
#[expect(clippy::disallowed_methods, reason = "a person says in the environment for how long, and waits that long")]
#[expect(clippy::print_stdout, reason = "it is for that person")]
fn fuzz(name: &str, seeds: &[Vec<u8>], target: fn(&[u8])) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    if let Ok(path) = std::env::var("FUZZ_INPUT") {
        return target(&std::fs::read(path).unwrap());
    }
    seeds.iter().for_each(|seed| target(seed));
    let mut round = 0_u64;
    loop {
        let ran = run(&directory.join(name), seeds, target, round, until.is_some());
        if let Err(failure) = ran {
            panic!("{name}, round {round}: {failure}");
        }
        round += 1;
        match until {
            Some(until) if Instant::now() < until => {}
            _ => break,
        }
    }
    if until.is_some() {
        println!("{name}: {round} rounds of {CASES} cases");
    }
}

/// Cases of one round.
const CASES: u32 = 200;

fn run(kept: &Path, seeds: &[Vec<u8>], target: fn(&[u8]), round: u64, keeps: bool) -> Result<(), String> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&round.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let change = (any::<u8>(), any::<u32>(), any::<u32>());
    let strategy = (0..seeds.len(), proptest::collection::vec(change, 1..8));
    let current = kept.with_extension("current");
    if keeps {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
    }
    let ran = TestRunner::new_with_rng(config, rng).run(&strategy, |case| {
        let data = changed(seeds, &case);
        if keeps {
            std::fs::write(&current, &data).unwrap();
        }
        target(&data);
        Ok(())
    });
    ran.map_err(|error| match error {
        TestError::Fail(reason, case) => {
            let (data, path) = (changed(seeds, &case), kept.with_extension("failed"));
            std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
            std::fs::write(&path, data).unwrap();
            format!("{reason}; {} is what it was given", path.display())
        }
        TestError::Abort(reason) => reason.to_string(),
    })
}

/// Files of this repository with such an ending.
fn fixtures(endings: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"), endings, &mut found);
    found.sort();
    found.iter().map(|path| std::fs::read(path).unwrap()).filter(|data| data.len() < 20_000).collect()
}

fn collect(directory: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, endings, found);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
}

fn text(name: &str, data: &[u8]) -> Arc<Text> {
    Arc::new(Text { name: name.to_owned(), content: String::from_utf8_lossy(data).into_owned() })
}

#[test]
fn manifests() {
    let mut seeds = fixtures(&["yaml", "json"]);
    seeds.push(DEPLOYMENT.into());
    seeds.push(format!("{DEPLOYMENT}---\napiVersion: v1\nkind: List\nitems:\n- &a {{kind: A}}\n- *a\n").into());
    fuzz("manifests", &seeds, |data| {
        static OWN: OnceLock<Definitions> = OnceLock::new();
        let files = FileSet::read(vec![text("a.yaml", data)]);
        let found = check(&files, OWN.get_or_init(Definitions::own), &Facts::default(), &Ignored::default());
        for (_, place) in &found.kept {
            assert!(place.line > 0 && place.column > 0 && place.span.0 <= place.span.1, "{place:?}");
        }
        for look in [Look::PLAIN, Look { terminal: true, width: 40, ..Look::PLAIN }] {
            let shown = findings::text(&files, &found, Level::Info, &look);
            assert!(!shown.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
        }
        assert!(findings::as_json(&files, &found, Level::Info)["findings"].is_array());
        assert!(findings::sarif(&found, Level::Info)["runs"].is_array());
        assert!(!findings::junit(&files, &found, Level::Info).is_empty());
        let lines = findings::github(&found, Level::Info);
        assert!(lines.lines().all(|line| line.starts_with("::")), "{lines}");
    });
}

#[test]
fn components() {
    let made = ["(component)", SMALL].map(|text| wat::parse_str(text).unwrap());
    let seeds: Vec<_> = made.into_iter().chain([EXAMPLE_COMPONENT.to_vec()]).collect();
    fuzz("components", &seeds, |data| {
        if let Err(error) = Component::read(data) {
            let said = error.to_string();
            assert!(said.len() < 1000 && !said.contains(char::is_control), "{said:?}");
        }
    });
}

#[test]
fn wash_configurations() {
    let seeds = [WASH_YAML, WASH_JSON, WASH_TOML].map(|text| text.as_bytes().to_vec());
    fuzz("wash", &seeds, |data| {
        for name in ["config.yaml", "config.json", "config.toml"] {
            let text = text(name, data);
            let place = wash::Place { here: Path::new("/here"), project: Path::new("app") };
            let carried = wash::read(&text).and_then(|config| wash::carry(&config, &text, "web", place));
            if let Err(problem) = carried {
                let shown = problem.render(&Look { terminal: true, ..Look::PLAIN });
                assert!(!shown.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
            }
        }
    });
}

#[test]
fn docker_configurations() {
    let seeds = [DOCKER.as_bytes().to_vec(), b"{}".to_vec()];
    fuzz("docker", &seeds, |data| {
        let Some(config) = DockerConfig::read(data) else { return };
        for image in ["ghcr.io/acme/web:1", "web", "localhost:5000/a/b@sha256:00", ""] {
            let _ = config.credentials(image);
        }
        assert_eq!(format!("{config:?}"), "DockerConfig(redacted)");
    });
}

/// What a registry sends for a manifest, and what it may send instead.
#[test]
fn answers_of_registries() {
    let seeds = [IMAGE, INDEX, ENVELOPE, TOKEN, CHALLENGE].map(|text| text.as_bytes().to_vec());
    fuzz("registries", &seeds, |data| {
        let is_digest = |text: &str| {
            let hex = text.strip_prefix("sha256:").or(text.strip_prefix("sha512:")).unwrap();
            matches!(hex.len(), 64 | 128) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let (status, refused) = (StatusCode::NOT_FOUND, answer::refused(StatusCode::NOT_FOUND, data).0);
        assert!(refused.starts_with(&format!("the registry answers {status}")));
        let said = match answer::manifest(data) {
            Ok(Meant::Component(layer)) if layer.size <= answer::LIMIT => layer.digest,
            Ok(Meant::Manifest(digest)) => digest,
            Ok(Meant::Component(layer)) => panic!("{layer:?}"),
            Err(said) => said,
        };
        assert!(answer::manifest(data).is_err() || is_digest(&said), "{said}");
        for said in [said, refused] {
            let shown = answer::words(&said, None);
            assert!(shown.chars().count() <= 501 && !shown.contains(char::is_control), "{shown:?}");
        }
        let _ = answer::token(data);
        let headers = data.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
        let headers: HeaderMap = headers.take(100).map(|line| (axum::http::header::WWW_AUTHENTICATE, line)).collect();
        let _ = Challenge::of(&headers);
    });
}

const DEPLOYMENT: &str = "apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: web
  annotations:
    wasmcloud.dev/ignore: 'WC0101: a reason; WC0104'
spec:
  replicas: 2
  template:
    labels: {app: web}
    spec:
      hostInterfaces:
      - namespace: wasi
        package: http
        interfaces: [incoming-handler]
        config: {host: web.example.com, on: yes}
      components:
      - name: web
        image: registry.example.com/web:1.0.0
        localResources:
          environment: {config: {A: \"1\"}}
          volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, ephemeral: {}}]
";

const SMALL: &str = r#"(component
  (import "wasi:io/error@0.2.2" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (type $streams (instance
    (alias outer 1 $error (type $outer))
    (export "error" (type (eq $outer)))
    (export "f" (func (param "a" u32)))))
  (import "wasi:io/streams@0.2.2" (instance $s (type $streams)))
  (export "wasi:cli/run@0.2.2" (instance $s)))"#;

const WASH_YAML: &str = "build:
  command: cargo build
  component_path: target/app.wasm
dev:
  service: false
  service_image: ghcr.io/acme/service:1
  components:
  - name: other
    file: other.wasm
    environment: {A: b}
    config: {c: d}
    allowedHosts: ['https://example.com']
  volumes:
  - host_path: ./data
    guest_path: /data
  host_interfaces:
  - namespace: wasi
    package: keyvalue
    interfaces: [store]
    config: {bucket: a}
workload:
  environment: {A: b}
configs:
  a: {file: a.env}
secrets:
  b: {file: b.env}
";

const WASH_JSON: &str = r#"{"build": {"component_path": "app.wasm"}, "dev": {"components": [{"name": "a", "image": "r/a:1"}],
 "volumes": [{"host_path": "/a", "guest_path": "/b"}]}, "workload": {"environment": {"A": "1"}}}"#;

const WASH_TOML: &str = "[build]\ncomponent_path = \"app.wasm\"\n[[dev.components]]\nname = \"a\"\nimage = \"r/a:1\"\n[workload.environment]\nA = \"1\"\n";

const DOCKER: &str = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0"}, "ghcr.io/acme": {"username": "a",
 "password": "b"}, "localhost:5000": {}}, "credsStore": "desktop", "credHelpers": {"gcr.io": "gcloud"}}"#;

const IMAGE: &str = r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
 "config": {"mediaType": "application/vnd.wasm.config.v0+json", "size": 2,
  "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
 "layers": [
  {"mediaType": "text/plain", "size": 2, "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
  {"mediaType": "application/wasm", "size": 1024, "urls": ["https://example.com"], "annotations": {"a": "b"},
   "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}],
 "annotations": {"org.opencontainers.image.created": "2026-01-01T00:00:00Z"}}"#;

const INDEX: &str = r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
 "manifests": [
  {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 10,
   "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
   "platform": {"architecture": "amd64", "os": "linux", "os.features": ["a"], "variant": "v1"}},
  {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 10,
   "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
   "platform": {"architecture": "arm64", "os": "linux"}}]}"#;

const ENVELOPE: &str = r#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown", "detail": {"a": [1]}},
 {"code": "ARTIFACT_LOCKED"}]}"#;

const TOKEN: &str =
    r#"{"token": "e30.e30.x", "access_token": "y", "expires_in": 300, "issued_at": "2026-01-01T00:00:00Z"}"#;

const CHALLENGE: &str =
    "Bearer realm=\"https://example.com/token\",service=\"a \\\"test\\\"\",scope=\"x\"\nBasic realm=a, Bearer realm=b";

//! What was scaffolded runs on the local control plane, and answers: every flag at least once.

use std::net::TcpListener;

use crate::local::Up;
use crate::real::cluster::{eventually, get_path};
use crate::support::TestEnv;
use crate::support::component::http::{caller, files, keyvalue_counter, mirror};
use crate::support::component::http_component;
use crate::support::component::service::{client, listener};
use crate::support::images::Registry;

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

/// A control plane, and components to run on it.
struct Plane {
    env: TestEnv,
    up: Up,
    /// Where the service listens.
    port: u16,
}

impl Plane {
    fn start() -> Self {
        let env = TestEnv::new();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        for (name, bytes) in [
            ("hello.wasm", http_component("hello")),
            ("mirror.wasm", mirror()),
            ("files.wasm", files()),
            ("caller.wasm", caller()),
            ("counter.wasm", keyvalue_counter()),
            ("client.wasm", client(LOOPBACK, port)),
            ("listener.wasm", listener(LOOPBACK, port)),
        ] {
            std::fs::write(env.home().join(name), bytes).unwrap();
        }
        let up = Up::start(&env, &[]);
        Self { env, up, port }
    }

    /// Runs a command that has to succeed; what it told.
    #[track_caller]
    fn run(&self, line: &str) -> String {
        let told = self.env.run(&line.split_whitespace().collect::<Vec<_>>());
        assert!(told.starts_with("code: 0\n"), "{line}: {told}");
        told
    }

    /// Applies the ConfigMap and the Secrets that flags name.
    #[track_caller]
    fn provide(&self) {
        let objects = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {B: from the map}\n---\n\
                       apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {C: from the secret}\n---\n\
                       apiVersion: v1\nkind: Secret\nmetadata: {name: pull}\ntype: kubernetes.io/dockerconfigjson\n\
                       stringData: {.dockerconfigjson: '{\"auths\":{\"ghcr.io\":{\"auth\":\"YTpi\"}}}'}\n";
        self.env.file("objects.yaml", objects);
        self.run("apply --local -f objects.yaml");
    }

    /// What `scaffold` writes.
    #[track_caller]
    fn scaffold(&self, line: &str) -> String {
        let words: Vec<_> = std::iter::once("scaffold").chain(line.split_whitespace()).collect();
        let output = self.env.command(&words).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Deploys an image, or more, with flags.
    #[track_caller]
    fn deploy(&self, name: &str, flags: &str) {
        let told = self.run(&format!("deploy {name} {flags} --local --timeout=60s"));
        assert!(told.contains(&format!("deployment \"{name}\" successfully rolled out")), "{told}");
    }

    #[track_caller]
    fn says(&self, host: &str, path: &str, body: &str) {
        let (status, said) = get_path(self.up.http, host, path).unwrap();
        assert_eq!((status, said.lines().any(|line| line == body)), (200, true), "{host}: {said}");
    }

    /// Applies what `scaffold` writes.
    #[track_caller]
    fn apply(&self, line: &str) {
        let text = self.scaffold(line);
        let told = self.env.run_with_input(&["apply", "--local", "-f", "-"], &text);
        assert!(told.starts_with("code: 0\n"), "{line}: {told}\n{text}");
    }
}

#[test]
fn every_flag_makes_what_runs() {
    let plane = Plane::start();
    plane.provide();

    plane.deploy("hello", "--image hello.wasm --replicas=2 --expose=8080 --host-group=default");
    plane.says("hello.localhost", "/", "hello");
    plane.says("hello.default.svc", "/", "hello");
    let told = plane.run("get wd hello --local -o jsonpath={.spec.replicas}");
    assert!(told.contains("\n2"), "{told}");

    let environment = plane.run("get hosts --local -o jsonpath={.items[0].environment}");
    let environment = environment.lines().nth(2).unwrap_or_default().to_owned();
    let narrowed = if environment.is_empty() { String::new() } else { format!("--environment={environment}") };
    plane.deploy(
        "named",
        &format!("--component http=hello.wasm --http-host=one.example --http-host=two.example {narrowed}"),
    );
    plane.says("one.example", "/", "hello");
    plane.says("two.example", "/", "hello");

    plane.deploy("mirror", "--image mirror.wasm --env A=1 --config-from=map --secret-from=keys --config greeting=hi");
    let (_, body) = get_path(plane.up.http, "mirror.localhost", "/").unwrap();
    for line in ["A=1", "B=from the map", "C=from the secret", "config greeting=hi"] {
        assert!(body.lines().any(|said| said == line), "{line}: {body}");
    }

    let data = plane.env.home().join("data");
    std::fs::create_dir(&data).unwrap();
    plane.deploy("own", "--image files.wasm --volume cache:/cache");
    plane.says("own.localhost", "/write", "kept");
    plane.deploy("shared", &format!("--image files.wasm --volume {}:/data", data.display()));
    plane.says("shared.localhost", "/write", "kept");
    assert_eq!(std::fs::read_to_string(data.join("note")).unwrap(), "kept");

    let server = format!("127.0.0.1:{}", plane.up.http);
    plane.deploy("target", "--image hello.wasm --http-host=127.0.0.1");
    plane.deploy("open", &format!("--image caller.wasm --allow-host={server}"));
    plane.says("open.localhost", &format!("/{server}"), "status 200");
    plane.deploy("closed", "--image caller.wasm");
    plane.says("closed.localhost", &format!("/{server}"), "error 15");

    plane.deploy("served", "--image client.wasm --service-image listener.wasm");
    assert!(plane.port > 0);
    plane.says("served.localhost", "/", "served");
    plane.deploy("counter", "--image counter.wasm");
    plane.says("counter.localhost", "/", "1");
    plane.deploy("unopened", "--image hello.wasm --no-open");
    plane.says("unopened.localhost", "/", "hello");
}

/// From a registry that lets nobody in without a password: docker's configuration has it, and the pull secret.
#[test]
fn an_image_of_a_registry_is_opened_and_runs() {
    let plane = Plane::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let registry = runtime.block_on(Registry::start());
    let image = registry.push("acme/mirror", "1.0", &mirror());
    registry.wants("Basic dXNlcjpzZXNhbWU=");
    let name = image.split('/').next().unwrap();
    let auths = format!("{{\"auths\":{{\"{name}\":{{\"auth\":\"dXNlcjpzZXNhbWU=\"}}}}}}");
    let refused = plane.env.run(&["scaffold", "wd", "a", "--image", &image]);
    assert!(refused.starts_with("code: 1\n") && refused.contains("docker login"), "{refused}");
    plane.env.file(".docker/config.json", &auths);
    plane.env.file(
        "pull.yaml",
        &format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: pull}}\ntype: kubernetes.io/dockerconfigjson\n\
             stringData: {{.dockerconfigjson: '{auths}'}}\n"
        ),
    );
    plane.run("apply --local -f pull.yaml");
    plane.deploy("pulled", &format!("--image {image} --pull-secret=pull --env A=1"));
    plane.says("pulled.localhost", "/", "A=1");
    let told = plane.run("get wd pulled --local -o yaml");
    assert!(told.contains("package: config"), "the image says that it reads wasi:config: {told}");
}

#[test]
fn a_wash_project_an_example_and_the_other_types_run() {
    let plane = Plane::start();
    plane.env.file("shop/.wash/config.yaml", "build: {component_path: ../mirror.wasm}\nworkload:\n  environment: {config: {A: '1'}, configFrom: [more]}\nconfigs:\n  more: {inline: {B: '2'}}\n");
    plane.deploy("shop", "--from-wash-config shop");
    let (_, body) = get_path(plane.up.http, "shop.localhost", "/").unwrap();
    assert!(body.contains("A=1\n") && body.contains("B=2\n"), "{body}");

    plane.run("scaffold wd --example --output-dir=example");
    plane.run("deploy --local -f example --timeout=60s");
    let (_, body) = get_path(plane.up.http, "hello.localhost", "/").unwrap();
    assert!(body.contains("Hello from WebAssembly"), "{body}");

    plane.apply("ww alone --image hello.wasm");
    plane.apply("wrs several --image hello.wasm --replicas=2 --expose");
    plane.apply("host stranger --host-group=default");
    plane.apply("artifact web --image file://hello.wasm");
    plane.deploy("followed", "--image artifact://web --no-open");
    for host in ["alone.localhost", "several.localhost", "followed.localhost"] {
        let answers =
            || get_path(plane.up.http, host, "/").filter(|(status, body)| *status == 200 && body.contains("hello"));
        eventually(&format!("{host} answers"), answers);
    }
}

/// The flags that change the shape; N is a number of its own for each workload, DATA a directory.
const FLAGS: [&str; 13] = [
    "--replicas=2",
    "--http-host=hN.example",
    "--http-host=iN.example",
    "--env=A=on",
    "--config=a.b=1",
    "--config-from=map",
    "--secret-from=keys",
    "--pull-secret=pull",
    "--volume=cache:/cache",
    "--volume=DATA:/data:ro",
    "--host-group=default",
    "--expose=80",
    "--allow-host=*.example.com",
];

#[test]
fn every_two_flags_together_make_what_runs() {
    let plane = Plane::start();
    plane.provide();
    let pairs = FLAGS.iter().enumerate().flat_map(|(index, one)| {
        let others = FLAGS[..index].iter();
        others.map(move |other| ("wd", format!("{other} {one}")))
    });
    // Replicas and a Service are not for all kinds.
    let alone = FLAGS.iter().filter(|flag| !flag.starts_with("--replicas") && !flag.starts_with("--expose"));
    let alone = alone.flat_map(|flag| ["wrs", "ww"].map(|kind| (kind, (*flag).to_owned())));
    let data = plane.env.home().display().to_string();
    let (mut all, mut hosts) = (Vec::new(), Vec::new());
    for (number, (kind, flags)) in pairs.chain(alone).enumerate() {
        let flags = flags.replace('N', &number.to_string()).replace("DATA", &data);
        all.push(plane.scaffold(&format!("{kind} w{number} --image mirror.wasm {flags}")));
        let named = flags.split(' ').find_map(|flag| flag.strip_prefix("--http-host="));
        hosts.push((named.map_or_else(|| format!("w{number}.localhost"), str::to_owned), flags));
    }
    plane.env.file("all.yaml", &all.join("---\n"));
    plane.run("apply --local -f all.yaml");
    for (host, flags) in &hosts {
        let answers = || get_path(plane.up.http, host, "/").filter(|(status, _)| *status == 200);
        let (_, body) = eventually(&format!("{host} answers, with {flags}"), answers);
        let says = [
            ("--env", "A=on"),
            ("--config=", "config a.b=1"),
            ("--config-from", "B=from the map"),
            ("--secret-from", "C=from the secret"),
        ];
        for (_, line) in says.iter().filter(|(flag, _)| flags.contains(flag)) {
            assert!(body.lines().any(|said| said == *line), "{flags}: {body}");
        }
    }
}

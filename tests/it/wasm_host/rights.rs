//! What components are given: environment, configuration, files, the network, memory; and no more.

use kubectl_wasmcloud::hosts::wire::{EmptyDirVolume, HostPathVolume, Volume, VolumeMount, WorkloadState};

use super::bench::{Bench, Change, workload};
use crate::support::component::http::{caller, files, keyvalue_counter, mirror, talker};
use crate::support::component::{http_component, odd};

#[tokio::test]
async fn a_component_sees_its_environment_and_its_configuration() {
    let bench = Bench::start().await;
    let image = bench.file("mirror.wasm", &mirror());
    let mirror = workload(&image, "mirror").resources(|resources| {
        resources.environment = [("B".to_owned(), "2".to_owned()), ("A".to_owned(), "1".to_owned())].into();
        resources.config = [("greeting".to_owned(), "hello".to_owned())].into();
    });
    let mirror = mirror.listing("config", &[("greeting", "overridden"), ("of", "all")]);
    bench.run("mirror", mirror).await;
    let body = bench.get("mirror", "/").await.body;
    let mut lines: Vec<_> = body.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines.join("\n") + "\n",
        "A=1\nB=2\nconfig A=1\nconfig B=2\nconfig greeting=hello\nconfig of=all\n",
        "and nothing of the process's"
    );
}

fn mount(name: &str, read_only: bool) -> Vec<VolumeMount> {
    vec![VolumeMount { name: name.to_owned(), mount_path: "/data".to_owned(), read_only }]
}

#[tokio::test]
async fn a_directory_of_the_machine_is_read_and_written_unless_it_is_read_only() {
    let bench = Bench::start().await;
    let image = bench.file("files.wasm", &files());
    let directory = bench.home().join("data");
    std::fs::create_dir(&directory).unwrap();
    let with = |host: &str, read_only| {
        let mut workload =
            workload(&image, host).resources(|resources| resources.volume_mounts = mount("v", read_only));
        let host_path = Some(HostPathVolume { local_path: directory.display().to_string() });
        workload.volumes = vec![Volume { name: "v".into(), host_path, ..Volume::default() }];
        workload
    };
    bench.run("rw", with("rw", false)).await;
    bench.run("ro", with("ro", true)).await;
    assert!(bench.get("ro", "/write").await.body.starts_with("error "));
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
    assert_eq!(bench.get("rw", "/write").await.body, "kept");
    assert_eq!(std::fs::read_to_string(directory.join("note")).unwrap(), "kept");
    assert_eq!(bench.get("ro", "/read").await.body, "kept");
}

#[tokio::test]
async fn an_empty_directory_lives_as_long_as_its_workload() {
    let bench = Bench::start().await;
    let image = bench.file("files.wasm", &files());
    let mut files = workload(&image, "files").resources(|resources| resources.volume_mounts = mount("v", false));
    files.volumes = vec![Volume { name: "v".into(), empty_dir: Some(EmptyDirVolume {}), ..Volume::default() }];
    bench.run("one", files.clone()).await;
    assert_eq!(bench.get("files", "/write").await.body, "kept");
    assert_eq!(bench.get("files", "/read").await.body, "kept", "in an instance of its own");
    bench.stop("one").await;
    assert_eq!(std::fs::read_dir(bench.home().join("cache/volumes")).unwrap().count(), 0);
    bench.run("two", files).await;
    assert!(bench.get("files", "/read").await.body.starts_with("error "), "it is empty again");
}

#[tokio::test]
async fn requests_go_where_allowed_hosts_says_and_nowhere_else() {
    let bench = Bench::start().await;
    let (caller, hello) = (bench.file("c.wasm", &caller()), bench.file("h.wasm", &http_component("x")));
    let server = bench.host.http_addr();
    bench.run("hello", workload(&hello, "127.0.0.1")).await;
    // 15 is HTTP-request-denied.
    for (host, allowed, said) in [
        ("none", vec![], "error 15"),
        ("other", vec!["example.com".to_owned(), format!("127.0.0.1:{}", server.port() ^ 1)], "error 15"),
        ("this", vec![server.to_string()], "status 200"),
        ("any", vec!["*".to_owned()], "status 200"),
    ] {
        bench.run(host, workload(&caller, host).resources(|resources| resources.allowed_hosts = allowed)).await;
        assert_eq!(bench.get(host, &format!("/{server}")).await.body, said, "{host}");
    }
    let bad = workload(&caller, "bad").resources(|resources| resources.allowed_hosts = vec!["*com".to_owned()]);
    let refused = bench.run("bad", bad).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert_eq!(
        refused.message,
        "component 'http': invalid allowedHosts entry '*com': `*` stands alone or as `*.` before a name"
    );
}

#[tokio::test]
async fn memory_ends_at_the_ceiling_and_only_the_request_fails() {
    let bench = Bench::with(|options| options.memory = 32 * 1024 * 1024).await;
    let image = bench.file("small.wasm", &odd::hog(24));
    bench.run("small", workload(&image, "small")).await;
    assert_eq!(bench.get("small", "/").await.body, "24");
    let image = bench.file("large.wasm", &odd::hog(48));
    bench.run("large", workload(&image, "large")).await;
    let answer = bench.get("large", "/").await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("it was refused memory beyond 32 MiB"), "{}", answer.body);
    assert_eq!(bench.status("large").await.workload_state, WorkloadState::Running);
}

#[tokio::test]
async fn key_value_pairs_outlive_a_request_and_belong_to_one_workload() {
    let bench = Bench::start().await;
    let image = bench.file("kv.wasm", &keyvalue_counter());
    for id in ["one", "two"] {
        bench.run(id, workload(&image, id).listing("keyvalue", &[])).await;
    }
    for expected in ["1", "2", "3"] {
        assert_eq!(bench.get("one", "/").await.body, expected);
    }
    assert_eq!(bench.get("two", "/").await.body, "1");
}

#[tokio::test]
async fn what_a_component_writes_is_in_the_log_under_its_workload() {
    let log = super::bench::Captured::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let bench = Bench::start().await;
    let image = bench.file("t.wasm", &talker());
    bench.run("one", workload(&image, "talk").listing("logging", &[])).await;
    assert_eq!(bench.get("talk", "/").await.status, 200);
    let mut lines: Vec<_> = log
        .lines()
        .into_iter()
        .filter(|line| line["target"] == "workload")
        .map(|line| {
            let fields = &line["fields"];
            assert_eq!((&fields["workload"], &fields["component"]), (&"ns/web".into(), &"http".into()));
            format!("{} {} {}", line["level"], fields["message"], fields["stream"])
        })
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [r#""INFO" "to stderr" "stderr""#, r#""INFO" "to stdout" "stdout""#, r#""WARN" "to the log" null"#,]
    );
}

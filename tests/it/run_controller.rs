use std::io::{Read, Write};
use std::net::TcpListener;

use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["run-controller", "--metrics-bind-address", "here"]), @"
    code: 2
    --- stderr
    error: `here` is no address to listen on
    help: an address is IP:PORT or :PORT; 0 serves nothing
    ");
}

#[test]
fn an_address_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let env = TestEnv::new();
    assert_snapshot!(env.unreachable_cluster().run(&["run-controller", "--health-probe-bind-address", &address]), @"
    code: 1
    --- stderr
    error: cannot listen on 127.0.0.1:[PORT]: Address already in use (os error 98)
    ");
}

#[test]
fn no_api_server() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["run-controller"]), @"
    code: 1
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}

#[test]
fn flags_with_one_dash_as_upstreams_chart_passes_them() {
    let words = ["run-controller", "-nats-url=nats://127.0.0.1:1", "-leader-elect=false", "-metrics-bind-address=here"];
    let told = TestEnv::new().unreachable_cluster().run(&words);
    assert!(told.contains("`here` is no address"), "{told}");
}

#[test]
fn a_cluster_without_the_crds() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn(move || server.incoming().flatten().for_each(answer_not_found));
    for words in [&["run-controller"][..], &["get", "wd"], &["rollout", "status", "x"]] {
        let told = TestEnv::new().unreachable_cluster().run(&[words, &["--server", &url]].concat());
        assert!(told.starts_with("code: 1\n"), "{told}");
        assert!(told.contains("error: the server doesn't have a resource type"), "{told}");
        assert!(told.contains("`kubectl wasmcloud install` puts them there"), "{told}");
    }
}

/// What an API server says of a path that it does not know.
fn answer_not_found(mut stream: std::net::TcpStream) {
    let body = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"#;
    let mut request = [0; 8192];
    // A client that has left gets no answer.
    let _ = stream.read(&mut request);
    let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close";
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
}

use kube::core::Status;

use super::*;
use crate::error::render::Look;

fn shown(error: &Error) -> String {
    error.render(&Look::PLAIN)
}

fn status(code: u16, reason: &str, message: &str) -> Box<Status> {
    Status::failure(message, reason).with_code(code).boxed()
}

#[test]
fn first_lines_are_kubectls() {
    let missing = status(404, "NotFound", "workloads.runtime.wasmcloud.dev \"x\" not found");
    assert_eq!(
        shown(&Error::Api(missing)),
        "Error from server (NotFound): workloads.runtime.wasmcloud.dev \"x\" not found"
    );
    let refused = Error::ConnectionRefused { server: "127.0.0.1:1".to_owned() };
    assert!(shown(&refused).starts_with("The connection to the server 127.0.0.1:1 was refused - did you specify"));
    let unauthorized = Error::from(kube::Error::Api(status(401, "Unauthorized", "Unauthorized")));
    assert!(shown(&unauthorized).starts_with("error: You must be logged in to the server (Unauthorized)"));
}

#[test]
fn a_404_without_a_name_means_that_the_type_is_missing() {
    let error = Error::from(kube::Error::Api(status(404, "Failed to parse error data", "404 page not found")));
    let error = error.for_type("workloads");
    assert!(shown(&error).starts_with("error: the server doesn't have a resource type \"workloads\""));
    assert!(shown(&error).contains("kubectl wasmcloud install"));
}

#[test]
fn a_refused_connection_is_found_in_the_chain() {
    let source = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let transport = TransportError { server: "h:6443".to_owned(), proxy: None, source: Box::new(source) };
    let error = Error::from(kube::Error::Service(Box::new(transport)));
    assert!(matches!(&error, Error::ConnectionRefused { server } if server == "h:6443"));
    assert!(error.is_transient());
}

#[test]
fn an_untrusted_certificate_is_named_as_such() {
    let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, tls);
    let error = Error::from(kube::Error::Service(Box::new(source)));
    assert!(shown(&error).starts_with("Unable to connect to the server: tls: invalid peer certificate: UnknownIssuer"));
    assert!(shown(&error).contains("--certificate-authority"));
}

#[test]
fn causes_are_told_once() {
    let source = std::io::Error::other("disk on fire");
    let error = Error::File { doing: "cannot read", path: "a.yaml".into(), source };
    assert_eq!(shown(&error), "error: cannot read a.yaml\n  caused by: disk on fire");
}

#[test]
fn codes_follow_what_happened() {
    assert_eq!(Error::usage("no").exit_code(), 2);
    assert_eq!(Error::Interrupted.exit_code(), 130);
    assert_eq!(Error::ClosedPipe.exit_code(), 0);
    assert_eq!(Error::Reported.exit_code(), 1);
    assert_eq!(Error::Differs.cannot_tell().exit_code(), 1);
    assert_eq!(Error::Reported.cannot_tell().exit_code(), 2);
    assert_eq!(Error::usage("no").cannot_tell().exit_code(), 2);
    assert_eq!(Error::Interrupted.cannot_tell().exit_code(), 130);
    assert_eq!(Error::ClosedPipe.cannot_tell().exit_code(), 0);
    assert!(shown(&Error::ClosedPipe).is_empty());
}

#[test]
fn an_error_of_diff_reads_as_it_does_elsewhere() {
    let error = || Error::usage_with("no", "yes");
    assert_eq!(shown(&error().cannot_tell()), shown(&error()));
    assert_eq!(shown(&Error::Differs), "");
}

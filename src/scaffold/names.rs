//! What objects may be called.

use crate::schema::metadata::{dns_label_1035, dns_subdomain};

/// Reads an object's name; one that a Service bears too has to fit it as well.
///
/// # Errors
/// In Kubernetes' words.
pub fn read_name(name: &str, exposed: bool) -> Result<(), String> {
    let wrong = if exposed { dns_label_1035(name) } else { dns_subdomain(name) };
    match wrong.first() {
        None => Ok(()),
        Some(wrong) => Err(format!("invalid name \"{name}\": {wrong}")),
    }
}

/// A name made of an image's: the last part of it, without tag, digest and `.wasm`.
pub fn name_of_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or_default();
    let last = last.split(['@', ':']).next().unwrap_or_default();
    let last = last.strip_suffix(".wasm").unwrap_or(last);
    super::wishes::label_of(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_from_the_image() {
        for (image, name) in [
            ("ghcr.io/acme/hello:1.0", "hello"),
            ("r:5000/hello@sha256:00", "hello"),
            ("file://target/wasm32-wasip2/release/http_hello.wasm", "http-hello"),
            ("artifact://web", "web"),
        ] {
            assert_eq!(name_of_image(image), name);
        }
    }

    #[test]
    fn a_name_is_one_of_kubernetes() {
        assert!(read_name("web.v1", false).is_ok() && read_name("web.v1", true).is_err());
        assert!(read_name("1web", true).is_err());
        assert!(
            read_name("Web", false).unwrap_err().starts_with("invalid name \"Web\": a lowercase RFC 1123 subdomain")
        );
    }
}

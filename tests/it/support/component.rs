//! Components small enough to build in a test: a module in the text format, and the world that it fits.

pub(crate) mod http;
mod kit;
pub(crate) mod odd;
pub(crate) mod service;

pub(crate) use http::http_component;

#[cfg(test)]
mod tests {
    use wit_component::{DecodedWasm, decode};

    use super::http_component;

    #[test]
    fn an_http_component_exports_the_handler_and_holds_its_body() {
        let component = http_component("hello from v1");
        let DecodedWasm::Component(resolve, world) = decode(&component).unwrap() else {
            panic!("not a component");
        };
        let exports = resolve.worlds[world].exports.keys();
        let exports: Vec<_> = exports.map(|export| resolve.name_world_key(export)).collect();
        assert_eq!(exports, ["wasi:http/incoming-handler@0.2.12"]);
        assert!(component.windows(13).any(|bytes| bytes == b"hello from v1"));
        assert_ne!(component, http_component("hello from v2"));
    }
}

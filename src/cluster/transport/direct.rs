//! The way to the API server without a proxy. It is kube's own, but for one thing: what is written is sent at once. With
//! Nagle's algorithm the first request of a connection waits for the server to acknowledge the TLS handshake, which a
//! server that has nothing to say puts off for 40 ms.

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_rustls::HttpsConnector;
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::Builder;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::retry::RetryPolicy;
use kube::client::{Body, ClientBuilder, ConfigExt, DynBody};
use kube::{Config, Error};
use tower::retry::RetryLayer;
use tower::util::BoxService;
use tower::{BoxError, ServiceBuilder, ServiceExt as _};
use tower_http::ServiceExt as _;
use tower_http::decompression::DecompressionLayer;
use tower_http::trace::TraceLayer;

/// Sends requests, and has the answers.
pub(super) type Transport = BoxService<Request<Body>, Response<Box<DynBody>>, BoxError>;

/// Builds it.
///
/// # Errors
/// When certificates, keys or a login program cannot be used.
pub(super) fn direct(config: &Config) -> Result<ClientBuilder<Transport>, Error> {
    let client = Builder::new(TokioExecutor::new()).build::<_, Body>(connector(config)?);
    let compressed = DecompressionLayer::new().no_br().no_deflate().no_zstd().gzip(!config.disable_compression);
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request<Body>| {
            tracing::debug_span!("HTTP", http.method = %request.method(), http.url = %request.uri())
        })
        .on_request(|_: &Request<Body>, _: &tracing::Span| tracing::debug!("requesting"))
        .on_response(|response: &Response<_>, latency: std::time::Duration, _: &tracing::Span| {
            tracing::debug!(status = response.status().as_u16(), ?latency, "answered");
        })
        .on_body_chunk(())
        .on_eos(())
        .on_failure(());
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .layer(compressed)
        .option_layer(config.default_retry.then(|| RetryLayer::new(RetryPolicy::server_retry())))
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .layer(trace)
        .map_err(BoxError::from)
        .service(client);
    let service = service.map_response_body(|body| Box::new(BodyExt::map_err(body, BoxError::from)) as Box<DynBody>);
    Ok(ClientBuilder::new(service.boxed(), &config.default_namespace))
}

/// Opens connections, with the limits of time that the configuration has.
fn connector(config: &Config) -> Result<TimeoutConnector<HttpsConnector<HttpConnector>>, Error> {
    let mut connector = TimeoutConnector::new(config.rustls_https_connector_with_connector(tcp())?);
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_read_timeout(config.read_timeout);
    connector.set_write_timeout(config.write_timeout);
    connector.set_reset_reader_on_write(config.reset_reader_on_write);
    Ok(connector)
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

#[cfg(test)]
mod tests {
    use tower::Service as _;

    use super::*;

    #[tokio::test]
    async fn what_is_written_is_sent_at_once() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let connection = tcp().call(address.parse().unwrap()).await.unwrap();
        assert!(connection.inner().nodelay().unwrap());
    }
}

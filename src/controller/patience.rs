//! A client that does not wait for ever.

use std::time::Duration;

use http::Request;
use kube::Client;
use kube::client::Body;
use tokio::time::timeout;
use tower::{BoxError, service_fn};

/// How long an API server has to begin its answer: it gives a request up itself after 60 s (`--request-timeout`), so that
/// whoever waits longer waits for a connection that is dead.
const LONGEST: Duration = Duration::from_secs(65);

/// The same client, whose requests fail when their answer has not begun after a minute. What a watch brings later may take
/// any time.
pub fn within_a_minute(client: Client) -> Client {
    let namespace = client.default_namespace().to_owned();
    let service = service_fn(move |request: Request<Body>| {
        let client = client.clone();
        async move {
            match timeout(LONGEST, client.send(request)).await {
                Ok(answer) => answer.map_err(BoxError::from),
                Err(_) => Err(format!("no answer within {} s", LONGEST.as_secs()).into()),
            }
        }
    });
    Client::new(service, namespace)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::Response;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_never_answered_fails_after_a_minute() {
        let never = service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, Infallible>>());
        let client = within_a_minute(Client::new(never, "ns"));
        let began = Instant::now();
        let error = client.request_text(Request::get("/version").body(Vec::new()).unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("no answer within 65 s"), "{error}");
        assert_eq!(began.elapsed().as_secs(), LONGEST.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_comes_through_as_it_is() {
        let answers =
            service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::new(Body::from(b"yes".to_vec()))) });
        let client = within_a_minute(Client::new(answers, "ns"));
        assert_eq!(client.request_text(Request::get("/").body(Vec::new()).unwrap()).await.unwrap(), "yes");
        assert_eq!(client.default_namespace(), "ns");
    }
}

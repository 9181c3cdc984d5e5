//! A server that writes down what it is asked, and has little to say.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tokio::runtime::Runtime;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The method and the address as it stood in the request.
    pub(crate) what: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

impl Asked {
    /// A header; all its values with commas between.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        values.collect::<Vec<_>>().join(",")
    }
}

/// The server.
pub(crate) struct Recorder {
    /// Where it listens.
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    _runtime: Runtime,
}

impl Recorder {
    /// One that answers everything with an empty list.
    pub(crate) fn start() -> Self {
        let list = r#"{"kind":"List","items":[]}"#;
        Self::answering(move || async move { ([("content-type", "application/json")], list).into_response() })
    }

    /// One that never answers.
    pub(crate) fn silent() -> Self {
        Self::answering(|| async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Response::default()
        })
    }

    fn answering<F>(answer: impl Fn() -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let told = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request| {
            let what = format!("{} {}", request.method(), request.uri());
            told.lock().unwrap().push(Asked { what, headers: request.headers().clone() });
            answer()
        });
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async { axum::serve(listener, router).await });
        Self { port, asked, _runtime: runtime }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The first thing it was asked.
    #[track_caller]
    pub(crate) fn first(&self) -> Asked {
        self.asked().into_iter().next().expect("it was asked something")
    }

    /// A kubeconfig whose API server this is, for a user with that in it.
    pub(crate) fn kubeconfig(&self, user: &str, cluster: &str) -> String {
        format!(
            "current-context: here\n\
             contexts: [{{name: here, context: {{cluster: c, user: u}}}}]\n\
             clusters: [{{name: c, cluster: {{server: 'http://127.0.0.1:{}'{cluster}}}}}]\n\
             users: [{{name: u, user: {user}}}]\n",
            self.port
        )
    }
}

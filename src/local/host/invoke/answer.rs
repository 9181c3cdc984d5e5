//! The body of an answer: dropped before its end, it takes the component with it that writes it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::AbortHandle;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use super::Response;

/// Says that an invocation came to no good end: then neither does its answer.
pub(super) type Cut = Arc<AtomicBool>;

/// Cuts an invocation off when it is dropped.
pub(in crate::local::host) struct Running(Option<AbortHandle>);

impl Running {
    /// The invocation of a task.
    pub(super) fn new(task: AbortHandle) -> Self {
        Self(Some(task))
    }

    /// It may come to its own end: all that it has to say is said.
    pub(super) fn let_go(mut self) {
        self.done();
    }

    fn done(&mut self) {
        self.0 = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// A body with the invocation that writes it.
pub(in crate::local::host) struct Answer {
    body: HyperOutgoingBody,
    /// Bytes that are still to come, when that was said.
    left: Option<u64>,
    running: Running,
    cut: Cut,
}

/// Ties an answer to its invocation.
pub(super) fn of(response: Response, running: Running, cut: Cut) -> http::Response<Answer> {
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| {
        let mut answer = Answer { body, left: length, running, cut };
        // Nobody reads such a body, so nobody would see its end.
        if length == Some(0) || answer.body.is_end_stream() {
            answer.running.done();
        }
        answer
    })
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(None) => {
                self.running.done();
                // What its end was dropped with looks like the end.
                if self.cut.load(Ordering::SeqCst) {
                    return Poll::Ready(Some(Err(Error::HttpResponseIncomplete)));
                }
            }
            Poll::Ready(Some(Ok(frame))) => {
                let sent = frame.data_ref().map_or(0, Bytes::len) as u64;
                self.left = self.left.map(|left| left.saturating_sub(sent));
                if self.left == Some(0) {
                    self.running.done();
                }
            }
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

//! What takes long apart from the command itself, which hears Ctrl-C meanwhile.

use crate::error::Error;

/// Runs what computes, or waits without letting go, where that stops nothing else.
///
/// # Errors
/// When it could not come to its end.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Kubernetes(error.to_string()))
}

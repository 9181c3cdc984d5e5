//! Waits that may end.

use std::time::Duration;

/// What a wait comes to; nothing when the time is up before. 0 is for ever.
pub(super) async fn in_time<T>(timeout: Duration, wait: impl Future<Output = T>) -> Option<T> {
    if timeout.is_zero() { Some(wait.await) } else { tokio::time::timeout(timeout, wait).await.ok() }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn zero_is_for_ever() {
        let second = Duration::from_secs(1);
        assert_eq!(in_time(second, ready(1)).await, Some(1));
        assert_eq!(in_time(second, pending::<()>()).await, None);
        let minute = async { tokio::time::sleep(60 * second).await };
        assert_eq!(in_time(Duration::ZERO, minute).await, Some(()));
    }
}

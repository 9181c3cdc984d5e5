//! Watches that the API server refuses: of what we may not look at, and need not.

use std::time::Duration;

use futures::future::ready;
use futures::stream::{self, BoxStream, StreamExt};
use kube::core::Status;
use kube::runtime::watcher::Error;

/// How long nothing is asked of an API server that has refused: the watcher's own back-off ends with each attempt, so that it
/// would ask every second for ever.
const AFTER_REFUSAL: Duration = Duration::from_secs(300);

/// What the API server said, if that is why a watch failed.
pub(in crate::controller) fn answer(error: &Error) -> Option<&Status> {
    match error {
        Error::InitialListFailed(kube::Error::Api(status))
        | Error::WatchStartFailed(kube::Error::Api(status))
        | Error::WatchFailed(kube::Error::Api(status))
        | Error::WatchError(status) => Some(status),
        _ => None,
    }
}

/// What a watch brings, made anew some while after each refusal.
pub(in crate::controller) fn with_rests<News: Send + 'static>(
    mut watched: impl FnMut() -> BoxStream<'static, News> + Send + 'static,
    is_refusal: fn(&News) -> bool,
) -> BoxStream<'static, News> {
    let until_refused = move |watch: Option<BoxStream<'static, News>>| async move {
        let mut watch = watch?;
        let news = watch.next().await?;
        let rest = (!is_refusal(&news)).then_some(watch);
        Some((news, rest))
    };
    let rest = || stream::once(tokio::time::sleep(AFTER_REFUSAL)).filter_map(|()| ready(None));
    stream::repeat_with(move || stream::unfold(Some(watched()), until_refused).chain(rest())).flatten().boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_was_refused_does_not_ask_again_for_five_minutes() {
        let began = tokio::time::Instant::now();
        let watched = || stream::iter(["begins", "refused", "never"]).boxed();
        let mut news = with_rests(watched, |news| *news == "refused");
        let mut asked = Vec::new();
        for _ in 0..3 {
            assert_eq!(news.next().await, Some("begins"));
            asked.push(began.elapsed().as_secs());
            assert_eq!(news.next().await, Some("refused"));
        }
        assert_eq!(asked, [0, 300, 600]);
    }
}

//! Watching the Pods that carry the label of a host group.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{FutureExt, ready};
use futures::stream::{self, BoxStream, StreamExt};
use kube::api::ApiResource;
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};

use super::{Brought, Pod};
use crate::api::names::label;

/// How long nothing is asked of an API server that has refused: the watcher's own back-off ends with each attempt, so that it
/// would ask every second for ever.
const AFTER_REFUSAL: Duration = Duration::from_secs(300);

/// What a watch brought.
#[derive(Debug)]
pub enum News {
    /// Of Pods.
    Pod(Event<Box<Pod>>),
    /// A watch failed and is being made again.
    Failed(Error),
}

impl News {
    /// Whether we may not look, or there is no such thing as a Pod here.
    pub fn is_refusal(&self) -> bool {
        let Self::Failed(error) = self else { return false };
        match error {
            Error::InitialListFailed(kube::Error::Api(status))
            | Error::WatchStartFailed(kube::Error::Api(status))
            | Error::WatchFailed(kube::Error::Api(status))
            | Error::WatchError(status) => status.is_forbidden() || status.is_not_found(),
            _ => false,
        }
    }
}

/// Watches host Pods in these namespaces (one that is empty: in all), and tells in which it was. Where we may not look into
/// all, we look into our own.
pub fn watch_pods(client: &Client, own: &str, scopes: &BTreeSet<String>) -> BoxStream<'static, (String, News)> {
    let mut all = stream::SelectAll::new();
    for scope in scopes {
        let watched = watch_one(client, scope);
        all.push(if scope.is_empty() { or_else(watched, watch_one(client, own)) } else { watched });
    }
    all.boxed()
}

fn watch_one(client: &Client, scope: &str) -> BoxStream<'static, (String, News)> {
    let resource = ApiResource::erase::<k8s_openapi::api::core::v1::Pod>(&());
    let api: Api<Brought> = match scope {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    let watched = move || {
        let events = watcher(api.clone(), Config::default().labels(label::HOST_POD_HOSTGROUP)).default_backoff();
        events.map(|event| event.map_or_else(News::Failed, |event| News::Pod(kept(event)))).boxed()
    };
    let scope = scope.to_owned();
    with_rests(watched).map(move |news| (scope.clone(), news)).boxed()
}

/// What a watch brings, made anew some while after each refusal.
fn with_rests(mut watched: impl FnMut() -> BoxStream<'static, News> + Send + 'static) -> BoxStream<'static, News> {
    let until_refused = |watch: Option<BoxStream<'static, News>>| async {
        let mut watch = watch?;
        let news = watch.next().await?;
        let rest = (!news.is_refusal()).then_some(watch);
        Some((news, rest))
    };
    let rest = || stream::once(tokio::time::sleep(AFTER_REFUSAL)).filter_map(|()| ready(None));
    stream::repeat_with(move || stream::unfold(Some(watched()), until_refused).chain(rest())).flatten().boxed()
}

/// What the one brings, and from its first refusal on what the other brings too.
fn or_else(
    one: BoxStream<'static, (String, News)>,
    other: BoxStream<'static, (String, News)>,
) -> BoxStream<'static, (String, News)> {
    let (refuse, refused) = oneshot::channel();
    let mut refuse = Some(refuse);
    let one = one.inspect(move |(_, news)| {
        if news.is_refusal()
            && let Some(refuse) = refuse.take()
        {
            // Nobody hears it when all is at an end.
            let _ = refuse.send(());
        }
    });
    let other = refused.map(|refused| if refused.is_ok() { other } else { stream::empty().boxed() });
    stream::select(one, other.flatten_stream()).boxed()
}

fn kept(event: Event<Brought>) -> Event<Box<Pod>> {
    match event {
        Event::Apply(pod) => Event::Apply(Box::new(Pod::of(pod))),
        Event::InitApply(pod) => Event::InitApply(Box::new(Pod::of(pod))),
        Event::Delete(pod) => Event::Delete(Box::new(Pod::of(pod))),
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> News {
        let status = kube::core::Status::failure("no", "Forbidden").with_code(403);
        News::Failed(Error::InitialListFailed(kube::Error::Api(Box::new(status))))
    }

    fn told(scope: &str, news: News) -> (String, News) {
        (scope.to_owned(), news)
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_refused_does_not_ask_again_for_five_minutes() {
        let began = tokio::time::Instant::now();
        let watched = || stream::iter([News::Pod(Event::Init), refusal()]).chain(stream::pending()).boxed();
        let mut news = with_rests(watched);
        let mut asked = Vec::new();
        for _ in 0..3 {
            assert!(matches!(news.next().await, Some(News::Pod(Event::Init))));
            asked.push(began.elapsed().as_secs());
            assert!(news.next().await.is_some_and(|news| news.is_refusal()));
        }
        assert_eq!(asked, [0, 300, 600]);
    }

    #[test]
    fn where_all_namespaces_may_not_be_watched_the_own_one_is() {
        let begun = News::Pod(Event::Init);
        let cases =
            [(refusal(), vec!["", "own"]), (begun, vec![""]), (News::Failed(Error::NoResourceVersion), vec![""])];
        for (first, scopes) in cases {
            let all = stream::iter([told("", first)]).boxed();
            let own = stream::iter([told("own", News::Pod(Event::Init))]).boxed();
            let mut both = or_else(all, own);
            let next = || both.next().now_or_never().flatten();
            let seen: Vec<_> = std::iter::from_fn(next).map(|(scope, _)| scope).collect();
            assert_eq!(seen, scopes);
        }
    }
}

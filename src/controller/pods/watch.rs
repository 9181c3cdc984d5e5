//! Watching the Pods that carry the label of a host group.

use std::collections::BTreeSet;

use futures::channel::oneshot;
use futures::future::FutureExt;
use futures::stream::{self, BoxStream, StreamExt};
use kube::api::ApiResource;
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};

use super::{Brought, Pod};
use crate::api::names::label;
use crate::controller::watch::refusal;

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
        refusal::answer(error).is_some_and(|status| status.is_forbidden() || status.is_not_found())
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
    refusal::with_rests(watched, News::is_refusal).map(move |news| (scope.clone(), news)).boxed()
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

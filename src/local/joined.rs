//! The host of this process and real hosts on NATS, as one bus.

use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};

use crate::hosts::wire::{HostHeartbeat, WorkloadStartRequest, WorkloadStatus};
use crate::hosts::{BusError, BusEvent, HostBus};

/// Two buses: what is for the one host goes to its bus, everything else to the other.
pub struct Joined {
    /// The id of the host in this process.
    pub own: String,
    /// The way to it.
    pub here: Arc<dyn HostBus>,
    /// The way to all others.
    pub elsewhere: Arc<dyn HostBus>,
}

impl Joined {
    fn to(&self, host_id: &str) -> &dyn HostBus {
        if host_id == self.own { &*self.here } else { &*self.elsewhere }
    }
}

impl HostBus for Joined {
    fn start<'a>(
        &'a self,
        host_id: &'a str,
        request: &'a WorkloadStartRequest,
    ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        self.to(host_id).start(host_id, request)
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        self.to(host_id).status(host_id, workload_id)
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        self.to(host_id).stop(host_id, workload_id)
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        self.to(host_id).probe(host_id)
    }

    /// The connection that is told of is the one to NATS: the other cannot be lost.
    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
        Box::pin(async move {
            let here = self.here.events().await?;
            let here = here.filter(|event| {
                let of_the_connection = matches!(event, BusEvent::Connected | BusEvent::Disconnected);
                futures::future::ready(!of_the_connection)
            });
            let own = self.own.clone();
            // Nobody else speaks for the host in this process.
            let elsewhere = self.elsewhere.events().await?.filter(move |event| {
                let forged = matches!(event, BusEvent::Heartbeat(beat) if beat.id == own);
                futures::future::ready(!forged)
            });
            Ok(stream::select(here, elsewhere).boxed())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::wire::WorkloadState;

    /// A bus that answers with its own name, and has these events.
    struct Named(&'static str, Vec<BusEvent>);

    impl Named {
        fn answer<T: Send + 'static>(&self, with: impl FnOnce(String) -> T) -> BoxFuture<'_, Result<T, BusError>> {
            Box::pin(futures::future::ready(Ok(with(self.0.to_owned()))))
        }

        fn state(&self) -> BoxFuture<'_, Result<WorkloadStatus, BusError>> {
            self.answer(|message| WorkloadStatus {
                workload_id: String::new(),
                workload_state: WorkloadState::Running,
                message,
            })
        }
    }

    impl HostBus for Named {
        fn start<'a>(
            &'a self,
            _: &'a str,
            _: &'a WorkloadStartRequest,
        ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
            self.state()
        }

        fn status<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
            self.state()
        }

        fn stop<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
            self.state()
        }

        fn probe<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
            self.answer(|hostname| HostHeartbeat { hostname, ..beat("x") })
        }

        fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
            let events = self.1.clone();
            Box::pin(futures::future::ready(Ok(stream::iter(events).boxed())))
        }
    }

    fn beat(id: &str) -> HostHeartbeat {
        HostHeartbeat { id: id.to_owned(), ..HostHeartbeat::default() }
    }

    fn heard(id: &str) -> BusEvent {
        BusEvent::Heartbeat(Box::new(beat(id)))
    }

    #[tokio::test]
    async fn each_host_is_asked_on_its_bus_and_both_are_heard() {
        let here = Named("here", vec![BusEvent::Connected, heard("own")]);
        let elsewhere =
            Named("elsewhere", vec![BusEvent::Connected, heard("other"), heard("own"), BusEvent::Disconnected]);
        let joined = Joined { own: "own".to_owned(), here: Arc::new(here), elsewhere: Arc::new(elsewhere) };
        for (host, place) in [("own", "here"), ("other", "elsewhere")] {
            let request = WorkloadStartRequest::default();
            assert_eq!(joined.start(host, &request).await.unwrap().message, place);
            assert_eq!(joined.status(host, "w").await.unwrap().message, place);
            assert_eq!(joined.stop(host, "w").await.unwrap().message, place);
            assert_eq!(joined.probe(host).await.unwrap().hostname, place);
        }
        let events: Vec<_> = joined.events().await.unwrap().collect().await;
        assert_eq!(events.iter().filter(|event| **event == heard("own")).count(), 1);
        assert_eq!(events.iter().filter(|event| **event == heard("other")).count(), 1);
        assert_eq!(events.iter().filter(|event| **event == BusEvent::Connected).count(), 1);
        assert_eq!(events.len(), 4);
    }
}

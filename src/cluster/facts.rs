//! What an installation is judged by: everything is asked for at once, and what cannot be known says why.

use http::Request;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::client::Body;
use kube::core::ApiResource;
use serde_json::Value;

use super::{Cluster, Filter, Scope};
use crate::api::Kind;
use crate::api::names::{GROUP, LEASE};
use crate::error::Error;
use crate::plan::check::{Facts, Known, Server, runs_ours, runs_upstreams};
use crate::plan::rbac::Permission;

impl Cluster {
    /// Gathers what there is to know; `wanted` are the permissions that are asked after, in that namespace or in all.
    pub async fn facts(&self, clock: fn() -> Timestamp, wanted: &[Permission], namespace: Option<&str>) -> Facts {
        // Nothing else is worth a wait while there is no server.
        let server = self.server(clock).await;
        let (crds, denied, leases, deployments, hosts) = match &server {
            Err(error) => {
                let none = || Err(error.clone());
                (none(), Err(error.clone()), Err(error.clone()), none(), none())
            }
            Ok(_) => tokio::join!(
                known(self.our_crds()),
                known(self.denied(wanted, namespace)),
                known(self.leases()),
                known(self.controllers()),
                known(self.raw_hosts()),
            ),
        };
        Facts { now: clock(), server, crds, denied, leases, deployments, hosts, nats: None }
    }

    async fn server(&self, clock: fn() -> Timestamp) -> Known<Server> {
        let request = Request::get("/version").body(Body::empty()).map_err(|error| error.to_string())?;
        let began = clock();
        let response = self.client.send(request).await.map_err(|error| Error::from(error).to_string())?;
        let ended = clock();
        let date = response.headers().get(http::header::DATE).and_then(|date| date.to_str().ok()).and_then(read_date);
        let (status, body) = (response.status(), response.into_body().collect_bytes().await);
        let body = body.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("it answers {status} when asked for its version"));
        }
        let version = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        Ok(Server { version, ahead: date.map(|date| ahead(date, began, ended)) })
    }

    /// The definitions of our group that there are.
    ///
    /// # Errors
    /// When they may not be listed, or the request fails.
    pub async fn our_crds(&self) -> Result<Vec<Value>, Error> {
        let resource = ApiResource::erase::<CustomResourceDefinition>(&());
        let all: Vec<Value> = self.list(&resource, &Scope::All, &Filter::default()).await?;
        Ok(all.into_iter().filter(|crd| crd["spec"]["group"] == GROUP).collect())
    }

    /// The leases of controllers, wherever they are.
    ///
    /// # Errors
    /// When they may not be listed, or the request fails.
    pub async fn leases(&self) -> Result<Vec<Lease>, Error> {
        self.list(&ApiResource::erase::<Lease>(&()), &Scope::All, &Filter::named(LEASE)).await
    }

    /// The Deployments that run a controller, ours or upstream's.
    ///
    /// # Errors
    /// When they may not be listed, or the request fails.
    pub async fn controllers(&self) -> Result<Vec<Value>, Error> {
        let resource = ApiResource::erase::<Deployment>(&());
        match self.list::<Value>(&resource, &Scope::All, &Filter::default()).await {
            Ok(all) => {
                Ok(all.into_iter().filter(|deployment| runs_ours(deployment) || runs_upstreams(deployment)).collect())
            }
            // A server without Deployments runs none.
            Err(Error::NoResourceType(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn raw_hosts(&self) -> Result<Vec<Value>, Error> {
        self.list(&Kind::Host.api_resource(), &Scope::All, &Filter::default()).await
    }
}

async fn known<T>(asked: impl Future<Output = Result<T, Error>>) -> Known<T> {
    asked.await.map_err(|error| error.to_string())
}

/// A Date header: `Tue, 15 Nov 1994 08:12:31 GMT`.
fn read_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// How far a clock that reads `date`, cut to whole seconds, between `began` and `ended` is ahead: as little as it can be.
fn ahead(date: Timestamp, began: Timestamp, ended: Timestamp) -> SignedDuration {
    const WHOLE: SignedDuration = SignedDuration::from_secs(1);
    if date > ended {
        date.duration_since(ended)
    } else if date + WHOLE < began {
        (date + WHOLE).duration_since(began)
    } else {
        SignedDuration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_is_ahead_or_behind_by_what_cannot_be_the_time_under_way() {
        let (began, ended) = (at("2026-01-01T00:00:10.9Z"), at("2026-01-01T00:00:12Z"));
        let by = |date: &str| ahead(read_date(date).unwrap(), began, ended).as_millis();
        assert_eq!(by("Thu, 01 Jan 2026 00:00:10 GMT"), 0);
        assert_eq!(by("Thu, 01 Jan 2026 00:00:12 GMT"), 0);
        assert_eq!(by("Thu, 01 Jan 2026 00:01:12 GMT"), 60_000);
        assert_eq!(by("Wed, 31 Dec 2025 23:59:10 GMT"), -59_900);
        assert_eq!(read_date("yesterday"), None);
    }
}

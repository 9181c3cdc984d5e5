//! Long lists, piece by piece: one is worked on while the next is on its way.

mod items;

use futures::{AsyncBufRead, AsyncBufReadExt};
use http::header::ACCEPT;
use http::{HeaderValue, Request};
use kube::core::ApiResource;
use kube::core::params::ListParams;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::Cluster;
use super::read::{Filter, Scope, unreadable};
use crate::error::Error;

use items::Items;

/// Bytes of objects that are worked on at once.
const PIECE: usize = 64 * 1024;

/// What the server is asked for to print tables itself, as kubectl asks.
const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// A piece of a list, as the server wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The next objects.
    Next(String),
    /// The server has forgotten the list's beginning: what was read counts no more, and all of it comes now.
    Anew(String),
}

impl Page {
    /// What the server wrote. If what was read before counts no more, `forget` is called first.
    pub fn text(self, forget: impl FnOnce()) -> String {
        match self {
            Self::Next(text) => text,
            Self::Anew(text) => {
                forget();
                text
            }
        }
    }
}

/// How objects are to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    #[default]
    Objects,
    /// As rows of a table with the printer columns of the resource.
    Table,
}

/// No more than where a list goes on.
#[derive(Deserialize)]
struct Position {
    #[serde(default)]
    metadata: PositionMetadata,
}

#[derive(Default, Deserialize)]
struct PositionMetadata {
    #[serde(default, rename = "continue")]
    next: String,
}

impl Cluster {
    /// A list, in pieces: what has arrived of it so far. The server is asked for no more than `chunk` objects at a time; 0 is
    /// all at once.
    pub fn pages(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        filter: &Filter,
        (form, chunk): (Form, u32),
    ) -> mpsc::Receiver<Result<Page, Error>> {
        let (sender, pages) = mpsc::channel(1);
        let mut reading = Reading {
            cluster: self.clone(),
            resource: resource.clone(),
            scope: scope.clone(),
            form,
            params: ListParams { limit: (chunk > 0).then_some(chunk), ..filter.list_params() },
            is_anew: false,
            sender,
        };
        tokio::spawn(async move {
            loop {
                match reading.page().await {
                    Ok(Some(next)) => reading.params = reading.params.continue_token(&next),
                    Ok(None) => return,
                    Err(Stop::Failed(Error::Api(status)))
                        if status.code == 410 && reading.params.continue_token.is_some() =>
                    {
                        (reading.params.limit, reading.params.continue_token, reading.is_anew) = (None, None, true);
                    }
                    Err(Stop::Failed(error)) => return reading.fail(error).await,
                    Err(Stop::Left) => return,
                }
            }
        });
        pages
    }
}

/// A list that is being read.
struct Reading {
    cluster: Cluster,
    resource: ApiResource,
    scope: Scope,
    form: Form,
    params: ListParams,
    /// Whether the list is read a second time, and nothing of that was given out.
    is_anew: bool,
    sender: mpsc::Sender<Result<Page, Error>>,
}

/// Why nothing more is read.
enum Stop {
    /// It cannot be.
    Failed(Error),
    /// Whoever asked has left.
    Left,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Reading {
    /// Asks for a page and gives out what arrives; where the list goes on.
    async fn page(&mut self) -> Result<Option<String>, Stop> {
        let request = self.cluster.request(&self.resource, self.scope.namespace()).list(&self.params);
        let request = formed(request.map_err(|error| Error::Kubernetes(error.to_string()))?, self.form);
        let plural = self.resource.plural.clone();
        let failed = |error: kube::Error| Stop::Failed(Error::from(error).for_type(&plural));
        let answer = self.cluster.client.request_stream(request).await.map_err(failed)?;
        let mut answer = std::pin::pin!(answer);
        let mut items = Items::default();
        loop {
            let bytes = answer.fill_buf().await.map_err(|error| failed(kube::Error::ReadEvents(error)))?;
            let length = bytes.len();
            items.take_in(bytes);
            answer.as_mut().consume(length);
            if items.ready() >= PIECE {
                self.give(items.give()).await?;
            }
            if length == 0 {
                break;
            }
        }
        if items.ready() > 0 || self.form == Form::Table || self.is_anew {
            let rest = if self.form == Form::Table { items.around().to_vec() } else { items.give() };
            self.give(rest).await?;
        }
        Ok(next_of(items.around())?)
    }

    async fn give(&mut self, text: Vec<u8>) -> Result<(), Stop> {
        let text = String::from_utf8(text).map_err(|error| Error::Kubernetes(error.to_string()))?;
        let page = if std::mem::take(&mut self.is_anew) { Page::Anew(text) } else { Page::Next(text) };
        self.sender.send(Ok(page)).await.map_err(|_| Stop::Left)
    }

    async fn fail(&self, error: Error) {
        // Whoever asked may have left.
        let _ = self.sender.send(Err(error)).await;
    }
}

fn formed(mut request: Request<Vec<u8>>, form: Form) -> Request<Vec<u8>> {
    if form != Form::Objects {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(AS_TABLE));
    }
    request
}

/// Where a list goes on, which is complete.
fn next_of(list: &[u8]) -> Result<Option<String>, Error> {
    let position: Position = serde_json::from_slice(list).map_err(unreadable)?;
    Ok(Some(position.metadata.next).filter(|next| !next.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_where_it_goes_on() {
        let next = |list: &str| next_of(list.as_bytes());
        assert_eq!(next(r#"{"metadata": {"continue": "x"}, "items": [{"a": 1}]}"#).unwrap().as_deref(), Some("x"));
        assert_eq!(next(r#"{"metadata": {"continue": ""}}"#).unwrap(), None);
        assert_eq!(next(r#"{"items": []}"#).unwrap(), None);
        assert!(next("no list").is_err());
        assert!(next(r#"{"items": []"#).is_err(), "what was cut off is no end");
    }

    #[test]
    fn tables_are_asked_for_as_kubectl_does() {
        let request = || Request::get("/apis/x?limit=5").body(Vec::new()).unwrap();
        assert!(formed(request(), Form::Objects).headers().is_empty());
        let table = formed(request(), Form::Table);
        assert!(table.headers()[ACCEPT].to_str().unwrap().starts_with("application/json;as=Table;v=v1"));
    }
}

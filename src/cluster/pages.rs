//! Long lists, page by page: one is worked on while the next is on its way.

use http::header::ACCEPT;
use http::{HeaderValue, Request};
use kube::core::ApiResource;
use kube::core::params::ListParams;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::Cluster;
use super::read::{Filter, Scope};
use crate::error::Error;

/// What the server is asked for to print tables itself, as kubectl asks.
const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// A page of a list, as the server wrote it.
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
    /// The pages of a list, of no more than `chunk` objects each; 0 is all in one.
    pub fn pages(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        filter: &Filter,
        (form, chunk): (Form, u32),
    ) -> mpsc::Receiver<Result<Page, Error>> {
        let (sender, pages) = mpsc::channel(1);
        let (cluster, resource, scope) = (self.clone(), resource.clone(), scope.clone());
        let mut params = filter.list_params();
        params.limit = (chunk > 0).then_some(chunk);
        tokio::spawn(async move {
            let mut anew = false;
            loop {
                let text = cluster.page(&resource, &scope, &params, form).await;
                if is_forgotten(&text) && params.continue_token.is_some() {
                    (params.limit, params.continue_token, anew) = (None, None, true);
                    continue;
                }
                let next = text.as_ref().ok().and_then(|text| next_of(text));
                let page = text.map(if std::mem::take(&mut anew) { Page::Anew } else { Page::Next });
                // Whoever asked may have left.
                if sender.send(page).await.is_err() {
                    return;
                }
                let Some(next) = next else { return };
                params = params.continue_token(&next);
            }
        });
        pages
    }

    async fn page(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        params: &ListParams,
        form: Form,
    ) -> Result<String, Error> {
        let request = self.request(resource, scope.namespace()).list(params);
        let request = request.map_err(|error| Error::Kubernetes(error.to_string()))?;
        let text = self.client.request_text(formed(request, form)).await;
        text.map_err(|error| Error::from(error).for_type(&resource.plural))
    }
}

fn formed(mut request: Request<Vec<u8>>, form: Form) -> Request<Vec<u8>> {
    if form != Form::Objects {
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(AS_TABLE));
    }
    request
}

fn is_forgotten(text: &Result<String, Error>) -> bool {
    matches!(text, Err(Error::Api(status)) if status.code == 410)
}

fn next_of(text: &str) -> Option<String> {
    let position: Position = serde_json::from_str(text).ok()?;
    Some(position.metadata.next).filter(|next| !next.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_where_it_goes_on() {
        assert_eq!(next_of(r#"{"metadata": {"continue": "x"}, "items": [{"a": 1}]}"#).as_deref(), Some("x"));
        assert_eq!(next_of(r#"{"metadata": {"continue": ""}}"#), None);
        assert_eq!(next_of(r#"{"items": []}"#), None);
        assert_eq!(next_of("no list"), None);
    }

    #[test]
    fn tables_are_asked_for_as_kubectl_does() {
        let request = || Request::get("/apis/x?limit=5").body(Vec::new()).unwrap();
        assert!(formed(request(), Form::Objects).headers().is_empty());
        let table = formed(request(), Form::Table);
        assert!(table.headers()[ACCEPT].to_str().unwrap().starts_with("application/json;as=Table;v=v1"));
    }
}
